"""Tables of the room ``vault``, one file for each matter."""

from .captures import Capture, CaptureChunk, CaptureGap, Device
from .incoming import Incoming

__all__ = ["Capture", "CaptureChunk", "CaptureGap", "Device", "Incoming"]
