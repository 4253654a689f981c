"""The one door for writing in matters: everything that moves a case goes through here."""

from .approving import approve, send_back, withdraw_submission
from .lapsing import Lapsed, take_lapsed
from .opening import assign, open_case
from .paying import confirm_payment
from .recording import add_recording
from .taking import Taken, take

__all__ = [
    "Lapsed",
    "Taken",
    "add_recording",
    "approve",
    "assign",
    "confirm_payment",
    "open_case",
    "send_back",
    "take",
    "take_lapsed",
    "withdraw_submission",
]
