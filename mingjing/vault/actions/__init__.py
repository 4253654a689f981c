"""Everything that writes in the room ``vault``."""

from ..queries.captures import Receipt
from .binding import bind_capture, mark_taken
from .capturing import end_capture, give_up_capture, receive_chunk, start_capture, sweep_chunks
from .devices import issue_device, register_camera, register_device, revoke_device
from .importing import import_capture
from .incoming import (
    append_piece,
    begin_upload,
    end_upload,
    keep_upload,
    sweep_uploads,
)

__all__ = [
    "Receipt",
    "append_piece",
    "begin_upload",
    "bind_capture",
    "end_capture",
    "end_upload",
    "give_up_capture",
    "import_capture",
    "issue_device",
    "keep_upload",
    "mark_taken",
    "receive_chunk",
    "register_camera",
    "register_device",
    "revoke_device",
    "start_capture",
    "sweep_chunks",
    "sweep_uploads",
]
