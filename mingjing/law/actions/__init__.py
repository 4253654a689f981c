"""What changes this room's tables: loading the codex, importing statute texts."""

from mingjing.law.actions.importing import ImportReport, import_statutes
from mingjing.law.actions.loading import CodexLoaded, load_codex

__all__ = ["CodexLoaded", "ImportReport", "import_statutes", "load_codex"]
