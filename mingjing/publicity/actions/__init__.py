"""What is done to what the public sees: decisions put before it and taken off again, registers before any act."""

from .publishing import SHOWN, WITHDRAWN, decision_of, publish, withdraw
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

__all__ = [
    "SHOWN",
    "WITHDRAWN",
    "add_list",
    "confirm_register",
    "decision_of",
    "declare_unchanged",
    "drop_draft",
    "open_draft",
    "open_own_draft",
    "open_revisions",
    "publish",
    "put_row",
    "put_rows",
    "recall_draft",
    "refresh_draft",
    "remove_row",
    "retire_register",
    "return_register",
    "submit_draft",
    "withdraw",
]
