"""What changes this room's tables: loading the codex, importing statute texts."""

from mingjing.law.actions.importing import ImportReport, import_statutes
from mingjing.law.actions.loading import CodexLoaded, load_codex
from mingjing.law.actions.powers import PowersTaken, list_power, take_in_powers
from mingjing.law.actions.proposing import confirm_edition, lay_edition, reject_edition

__all__ = [
    "CodexLoaded",
    "ImportReport",
    "PowersTaken",
    "confirm_edition",
    "import_statutes",
    "lay_edition",
    "list_power",
    "load_codex",
    "reject_edition",
    "take_in_powers",
]
