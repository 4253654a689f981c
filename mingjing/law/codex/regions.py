"""行政区划: ``codex/regions.toml``, the city and what lies in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mingjing.law.codex import files


@dataclass(frozen=True)
class Region:
    """One region; ``code`` as in GB/T 2260, or the platform's own where ``local``."""

    code: str
    name: str
    parent: str
    local: bool


def regions() -> tuple[Region, ...]:
    """Every region in the order of the file: the city first.

    Raises: Refused ``codex-wrong``, ``codex-unreadable``.
    """
    return files.kept("regions", ["regions.toml"], lambda: _read(files.root() / "regions.toml"))


def _read(path: Path) -> tuple[Region, ...]:
    keys = files.Keys(files.read(path), files.shown(path))
    keys.text("source")
    found = tuple(_one(table) for table in keys.tables("regions"))
    keys.done()
    return found


def _one(table: files.Keys) -> Region:
    region = Region(
        code=table.get("code", str),
        name=table.get("name", str),
        parent=table.text("parent"),
        local=bool(table.maybe("local", bool)),
    )
    table.done()
    return region
