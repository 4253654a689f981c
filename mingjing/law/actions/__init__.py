"""What changes this room's tables."""

from mingjing.law.actions.loading import CodexLoaded, load_codex

__all__ = ["CodexLoaded", "load_codex"]
