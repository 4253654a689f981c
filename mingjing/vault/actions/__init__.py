"""Everything that writes in the room ``vault``."""

from .incoming import (
    append_piece,
    begin_upload,
    end_upload,
    keep_upload,
    sweep_uploads,
)

__all__ = [
    "append_piece",
    "begin_upload",
    "end_upload",
    "keep_upload",
    "sweep_uploads",
]
