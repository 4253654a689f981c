"""公众端统计的口径: ``codex/publicity/statistics.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mingjing.law.codex import files


@dataclass(frozen=True)
class StatisticsRule:
    """How the public statistics are told: counts under ``small_cell_below``, but not nought, are not shown."""

    small_cell_below: int
    basis: str


def statistics_rule() -> StatisticsRule:
    """The rule of this city. Raises: Refused ``codex-wrong``, ``codex-unreadable``."""
    place = files.root() / "publicity" / "statistics.toml"
    return files.kept("statistics", ["publicity/statistics.toml"], lambda: _read(place))


def _read(path: Path) -> StatisticsRule:
    keys = files.Keys(files.read(path), files.shown(path))
    rule = StatisticsRule(small_cell_below=keys.get("small_cell_below", int), basis=keys.get("basis", str))
    keys.text("source")
    keys.done()
    return rule
