"""The one door for writing in matters: everything that moves a case goes through here."""

from .approving import approve, send_back, withdraw_submission
from .at_the_spot import SpotStage, penalize_on_the_spot
from .countersigning import ask_countersign, cancel_countersign, countersign
from .disputing import set_disputed
from .evidence import (
    ask_copy,
    clip_evidence,
    mark_evidence,
    note_export,
    open_evidence,
    preview_evidence,
    write_transcript,
)
from .evidence_making import make_waiting
from .excusing import confirm_excuse, excuse_recording, refuse_excuse, report_loss
from .exporting import export_evidence
from .following import open_following
from .handing_in import Told, discard, hand_in
from .handing_over import accept_handover, decline_handover, hand_over, withdraw_handover
from .joining import join, leave
from .lapsing import Lapsed, take_lapsed
from .merging import merge_into
from .migrating import Proposed, migrate, propose_edition
from .numbering import draw_numbers, recall_numbers, return_numbers, start_series, void_number
from .opening import assign, open_case
from .paying import confirm_payment
from .recording import add_recording
from .sharing import answer_share, ask_share, end_share, take_shared
from .showing import confirm_scan, scan_card, show_identity
from .splitting import split_off
from .stepping_back import step_back
from .taking import Taken, take
from .urging import urge
from .warning import read_notices, warn
from .yearly import Opened, open_yearly

__all__ = [
    "Lapsed",
    "Opened",
    "Proposed",
    "SpotStage",
    "Taken",
    "Told",
    "accept_handover",
    "add_recording",
    "answer_share",
    "approve",
    "ask_copy",
    "ask_countersign",
    "ask_share",
    "assign",
    "cancel_countersign",
    "clip_evidence",
    "confirm_excuse",
    "confirm_payment",
    "confirm_scan",
    "countersign",
    "decline_handover",
    "discard",
    "draw_numbers",
    "end_share",
    "excuse_recording",
    "export_evidence",
    "hand_in",
    "hand_over",
    "join",
    "leave",
    "make_waiting",
    "mark_evidence",
    "merge_into",
    "migrate",
    "note_export",
    "open_case",
    "open_evidence",
    "open_following",
    "open_yearly",
    "penalize_on_the_spot",
    "preview_evidence",
    "propose_edition",
    "read_notices",
    "recall_numbers",
    "refuse_excuse",
    "report_loss",
    "return_numbers",
    "scan_card",
    "send_back",
    "set_disputed",
    "show_identity",
    "split_off",
    "start_series",
    "step_back",
    "take",
    "take_lapsed",
    "take_shared",
    "urge",
    "void_number",
    "warn",
    "withdraw_handover",
    "withdraw_submission",
    "write_transcript",
]
