"""从旧兼从轻: what a change of law between the act and today means for one power item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mingjing.kernel.changes import Weighing, weigh
from mingjing.kernel.fines import Span
from mingjing.kernel.refused import Refused
from mingjing.law.codex.powers import Power, act_day


@dataclass(frozen=True)
class LawChange:
    """The item as it stood on the day of the act and as it stands ``on`` that day; None where it did not exist.

    ``spans`` are the two ranges of the fine, None where the version has none or the facts do not tell it yet;
    ``weighing`` is there where both versions are.
    """

    act_on: date
    on: date
    then: Power | None
    now: Power | None
    spans: tuple[Span | None, Span | None]
    weighing: Weighing | None

    @property
    def milder(self) -> str:
        """The choice that art. 37 asks for as far as fines tell: ``then`` unless today's law is lighter."""
        return "now" if self.weighing and self.weighing.lighter == "now" else "then"


def law_change(power: Power, facts: Mapping[str, object], on: date) -> LawChange | None:
    """How the law on the item has changed since the act; None where it has not.

    ``facts``: ``violation_on``, ``fine_variant`` and the amounts that the fines are measured by.
    Source: 行政处罚法 art. 37; 生态环境法典 art. 1057.
    """
    act_on = act_day(facts, on)
    then, now = power.version_on(act_on), power.version_on(on)
    if then == now:
        return None
    spans = (_span(then, facts), _span(now, facts))
    both = then is not None and now is not None
    return LawChange(act_on, on, then, now, spans, weigh(*spans) if both else None)


def _span(power: Power | None, facts: Mapping[str, object]) -> Span | None:
    """The range for the chosen tier of fine, of the first where this version has no such tier."""
    if power is None or not power.fines:
        return None
    known = {rule.id for rule in power.fines}
    told = facts if facts.get("fine_variant") in known else {**facts, "fine_variant": ""}
    try:
        return power.legal_span(told)
    except Refused:  # an amount that is asked for elsewhere is not known yet
        return None
