"""What is done to what the public sees: decisions on every channel, registers before any act."""

from .correcting import (
    CORRECTED,
    ask_correction,
    correct,
    previewed_again,
    refuse_correction,
    verify_correction,
)
from .exempting import answer_exemption, lapse_delays, propose_exemption, review_exemption
from .following import ENDED, catch_up, end_displays
from .placing import settle, show
from .publishing import SHOWN, WITHDRAWN, decision_of, previewed, publish, take_down, withdraw
from .register_drafts import (
    add_list,
    drop_draft,
    open_draft,
    open_own_draft,
    put_row,
    put_rows,
    refresh_draft,
    remove_row,
)
from .register_life import confirm_register, recall_draft, retire_register, return_register, submit_draft
from .revising import declare_unchanged, open_revisions
from .telling import accepted, accepted_each, outdated, reached, refused, sent, sent_each, shown

__all__ = [
    "CORRECTED",
    "ENDED",
    "SHOWN",
    "WITHDRAWN",
    "accepted",
    "accepted_each",
    "add_list",
    "answer_exemption",
    "ask_correction",
    "catch_up",
    "confirm_register",
    "correct",
    "decision_of",
    "declare_unchanged",
    "drop_draft",
    "end_displays",
    "lapse_delays",
    "open_draft",
    "open_own_draft",
    "open_revisions",
    "outdated",
    "previewed",
    "previewed_again",
    "propose_exemption",
    "publish",
    "put_row",
    "put_rows",
    "reached",
    "recall_draft",
    "refresh_draft",
    "refuse_correction",
    "refused",
    "remove_row",
    "retire_register",
    "return_register",
    "review_exemption",
    "sent",
    "sent_each",
    "settle",
    "show",
    "shown",
    "submit_draft",
    "take_down",
    "verify_correction",
    "withdraw",
]
