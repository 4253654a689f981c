"""What can be read in the room ``vault``."""

from ..codex import Guess, guess, rules
from .captures import (
    CaptureRow,
    CaseRef,
    DeviceRow,
    GapRow,
    Receipt,
    Status,
    capture_for,
    capture_status,
    captures_of_case,
    check_chain,
    choose_kept,
    devices,
    gaps,
    own_capture,
    receipt_of,
    unbound,
    unfinished,
)
from .incoming import own_upload

__all__ = [
    "CaptureRow",
    "CaseRef",
    "DeviceRow",
    "GapRow",
    "Guess",
    "Receipt",
    "Status",
    "capture_for",
    "capture_status",
    "captures_of_case",
    "check_chain",
    "choose_kept",
    "devices",
    "gaps",
    "guess",
    "own_capture",
    "own_upload",
    "receipt_of",
    "rules",
    "unbound",
    "unfinished",
]
