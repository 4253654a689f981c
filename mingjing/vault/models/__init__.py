"""Tables of the room ``vault``, one file for each matter."""

from .captures import Capture, CaptureChunk, CaptureGap, Device
from .custody import Custody, Derivative, Making, Mark
from .incoming import Incoming
from .retention import Deletion, DeletionItem, Ground, Hold
from .screening import Screening
from .scrubbing import ScrubMonth, ScrubPlace
from .sharing import Share

__all__ = [
    "Capture",
    "CaptureChunk",
    "CaptureGap",
    "Custody",
    "Deletion",
    "DeletionItem",
    "Derivative",
    "Device",
    "Ground",
    "Hold",
    "Incoming",
    "Making",
    "Mark",
    "Screening",
    "ScrubMonth",
    "ScrubPlace",
    "Share",
]
