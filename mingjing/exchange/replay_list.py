"""The item of a foreign list of powers under which a summary was decided.

Summaries come from other cities, whose lists this city has not imported. What a summary itself tells of its
list (item, provisions, range of the fine) is taken in as an item of a list of its own, so that a replayed
case rests on an item as every other does, and its fine is held against the range that was published with it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from mingjing.insight.ranges import ranges_in
from mingjing.insight.summaries import Reading
from mingjing.kernel.fines import FineRule
from mingjing.kernel.refused import Refused
from mingjing.law import actions as law_actions
from mingjing.law import queries as law

from .powers_file import fine_rules

MOST_TITLE = 500


@dataclass(frozen=True)
class Listed:
    """The item in the list: its row and code, and the range that the fine fits (or none)."""

    row: int
    code: str
    variant: str


def list_item(reading: Reading, *, source: str, field: str, since: date, edition: date) -> Listed:
    """Take the summary's item into the list ``source``; the same item gets the same code in every summary.

    Raises: Refused ``no-basis`` where the summary cites nothing that can be written as a basis.
    """
    basis = "; ".join(
        dict.fromkeys(one.basis for one in reading.basis or reading.violated if _sound(one.basis))
    )
    if not basis:
        raise Refused("no-basis", "摘要没有可以识别的法律条文。", basis="行政处罚法/38(1)")
    fines = _reckonable(reading.range_text)
    parts = "\x1f".join((reading.item, basis, reading.range_text))
    power = law.Power(
        code=f"REPLAY-{hashlib.sha256(parts.encode()).hexdigest()[:12]}",
        field=field,
        title=(reading.item or "摘要没有写明事项")[:MOST_TITLE],
        basis=basis,
        authority="",
        organ_fields=(),
        order_first="",
        fines=fines,
        measures=(),
        notes=(f"处罚幅度原文：{reading.range_text}",) if reading.range_text else (),
        in_force=since,
        until=None,
        sure="imported",
        source=source,
        edition=edition,
    )
    row = law_actions.list_power(source=source, power=power, edition=edition)
    return Listed(row, power.code, _variant(fines, reading))


def _sound(basis: str) -> bool:
    try:
        law.parse(basis)
    except Refused:
        return False
    return True


def _reckonable(words: str) -> tuple[FineRule, ...]:
    """The ranges, if all are plain sums: multiples, tiers by value and sums per piece need facts nobody gave."""
    ranges = ranges_in(words)
    rules = fine_rules(ranges)
    plain = all(rule.base == "amount" and not rule.bound_to_goods for rule in rules)
    return rules if plain and len(rules) == len(ranges) else ()


def _variant(fines: tuple[FineRule, ...], reading: Reading) -> str:
    """The range that fits the fine: which one applied is not told. None fits: the first is held against it."""
    fine = reading.ordered.fine_fen or 0
    return next((rule.id for rule in fines if rule.least <= fine <= rule.most), "")
