"""Everything that writes in the room ``vault``."""

from ..queries.captures import Receipt
from .binding import bind_capture, mark_taken
from .capturing import end_capture, give_up_capture, receive_chunk, start_capture, sweep_chunks
from .custody import note_custody, note_opening
from .deriving import keep_derivative
from .devices import issue_device, register_camera, register_device, revoke_device
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

__all__ = [
    "Receipt",
    "Task",
    "add_mark",
    "append_piece",
    "ask_making",
    "begin_upload",
    "bind_capture",
    "claim_making",
    "end_capture",
    "end_making",
    "end_upload",
    "give_up_capture",
    "import_capture",
    "issue_device",
    "keep_derivative",
    "keep_upload",
    "mark_taken",
    "note_custody",
    "note_opening",
    "receive_chunk",
    "register_camera",
    "register_device",
    "revoke_device",
    "start_capture",
    "sweep_chunks",
    "sweep_uploads",
]
