"""Everything that writes in the room ``vault``."""

from ..queries.captures import Receipt
from .binding import bind_capture, mark_taken
from .capturing import end_capture, give_up_capture, receive_chunk, start_capture, sweep_chunks
from .custody import note_custody, note_opening
from .deriving import keep_derivative
from .destroying import (
    Destroyed,
    approve_deletion,
    finish_deletions,
    propose_deletion,
    reject_deletion,
    withdraw_deletion,
)
from .devices import issue_device, register_camera, register_device, revoke_device
from .holding import hold, lift_hold
from .importing import import_capture
from .incoming import (
    append_piece,
    begin_upload,
    end_upload,
    keep_upload,
    sweep_uploads,
)
from .making import Task, ask_making, claim_making, end_making
from .marking import add_mark
from .putting import put
from .retaining import attach, classify, settle
from .screening import Screened, screen_waiting
from .scrubbing import Scrubbed, scrub, slice_bytes

__all__ = [
    "Destroyed",
    "Receipt",
    "Screened",
    "Scrubbed",
    "Task",
    "add_mark",
    "append_piece",
    "approve_deletion",
    "ask_making",
    "attach",
    "begin_upload",
    "bind_capture",
    "claim_making",
    "classify",
    "end_capture",
    "end_making",
    "end_upload",
    "finish_deletions",
    "give_up_capture",
    "hold",
    "import_capture",
    "issue_device",
    "keep_derivative",
    "keep_upload",
    "lift_hold",
    "mark_taken",
    "note_custody",
    "note_opening",
    "propose_deletion",
    "put",
    "receive_chunk",
    "register_camera",
    "register_device",
    "reject_deletion",
    "revoke_device",
    "screen_waiting",
    "scrub",
    "settle",
    "slice_bytes",
    "start_capture",
    "sweep_chunks",
    "sweep_uploads",
    "withdraw_deletion",
]
