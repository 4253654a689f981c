"""小数隐去的口径: ``codex/publicity/statistics.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mingjing.law.codex import files

STATISTICS = "publicity/statistics.toml"


@dataclass(frozen=True)
class StatisticsRule:
    """How small counts are told to the public: not one by one, if they are under the threshold and not nought.

    ``small_cell_below`` is for decisions that were published, ``private_below`` for people who never became public
    (decisions that are not shown, informants, claimants).
    """

    small_cell_below: int
    private_below: int
    basis: str


def statistics_rule() -> StatisticsRule:
    """The rule of this city. Raises: Refused ``codex-wrong``, ``codex-unreadable``."""
    place = files.root() / STATISTICS
    return files.kept("statistics", [STATISTICS], lambda: _read(place))


def _read(path: Path) -> StatisticsRule:
    keys = files.Keys(files.read(path), files.shown(path))
    below = {name: keys.get(name, int) for name in ("small_cell_below", "private_below")}
    for name, value in below.items():
        if value < 1:
            raise files.wrong(keys.file, name, "应为不小于一的整数")
    rule = StatisticsRule(**below, basis=keys.get("basis", str))
    keys.text("source")
    keys.done()
    return rule
