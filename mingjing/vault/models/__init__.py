"""Tables of the room ``vault``, one file for each matter."""

from .captures import Capture, CaptureChunk, CaptureGap, Device
from .custody import Custody, Derivative, Making, Mark
from .incoming import Incoming

__all__ = [
    "Capture",
    "CaptureChunk",
    "CaptureGap",
    "Custody",
    "Derivative",
    "Device",
    "Incoming",
    "Making",
    "Mark",
]
