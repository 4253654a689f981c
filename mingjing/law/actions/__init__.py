"""What changes this room's tables: loading the codex, importing statute texts."""

from mingjing.law.actions.importing import ImportReport, import_statutes
from mingjing.law.actions.loading import CodexLoaded, load_codex
from mingjing.law.actions.powers import PowersTaken, list_power, take_in_powers

__all__ = [
    "CodexLoaded",
    "ImportReport",
    "PowersTaken",
    "import_statutes",
    "list_power",
    "load_codex",
    "take_in_powers",
]
