"""音像记录要求: what has to be recorded in one case, by its procedure and by what only adds to it.

A case that may be disputed is recorded whole (``disputes``). An organ may ask for more in its confirmed
《音像记录事项清单》: for single steps, everywhere or at certain places. Neither ever asks for less.
Source: 达州三项制度方案/7(1), 7(2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.procedure import Procedure, Step
from mingjing.kernel.procedure_steps import recorded_at_least
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.organs.models import Organ

from .disputes import recorded_whole
from .models import Case

LIST = "recording"
BASIS = "达州三项制度方案/7(1)"
# Whom the registers of the organ above them name.
LISTED_ABOVE = ("authorized", "entrusted")
_PARTS = re.compile(r"[、，,；;\s]+")
_KEY = re.compile(r"([a-z0-9-]+)/([a-z0-9_]+)/(key|full)/(.*)", re.S)
_PLACES = ("_place", "_address")


class Further(NamedTuple):
    """进一步的记录要求: a step that an organ wants recorded as ``level``, only at ``places`` where some are named."""

    procedure: str
    step: str
    level: str
    places: tuple[str, ...]


def key_of(row: Mapping[str, Any]) -> str:
    """How a row of the confirmed list is kept to bind; empty where the organ asks for nothing more in it."""
    level, places = str(row.get("further") or ""), places_in(str(row.get("further_places") or ""))
    return f"{row['procedure']}/{row['step']}/{level}/{'、'.join(places)}" if level else ""


def places_in(text: str) -> tuple[str, ...]:
    """The words by which places are known, as people list them."""
    return tuple(dict.fromkeys(filter(None, _PARTS.split(text))))


def further_of(organ: Organ, on: date) -> tuple[Further, ...]:
    """What the organ asked for by that day beyond the procedures; an organization that acts under another follows that
    one's list where it has none of its own. Cost: 0 or 1 query.
    """
    above = organ.parent_id if organ.kind in LISTED_ABOVE else None
    if not organ.records_more and above is None:
        return ()
    lists = organs.confirmed_lists([one for one in (organ.pk, above) if one is not None], on)
    found = lists.get((LIST, organ.pk)) or lists.get((LIST, above or 0))
    matched = (_KEY.fullmatch(key) for key in found.keys) if found else ()
    return tuple(Further(one[1], one[2], one[3], places_in(one[4])) for one in matched if one)


def procedure_of(case: Case, at: datetime, further: Sequence[Further] | None = None) -> Procedure:
    """The edition under which the case runs, with recordings as the case needs them at ``at``.

    ``further`` is ``further_of`` its organ, where it was read for several cases at once. Cost: 0 or 1 query.
    """
    asked = further_of(case.organ, at.astimezone(SHANGHAI).date()) if further is None else further
    ours = [one for one in asked if one.procedure == case.procedure]
    levels = sorted({(one.step, one.level) for one in ours if not one.places or _is_at(case, one.places)})
    return _ruled(case.procedure, case.edition, case.disputed_at is not None, tuple(levels))


def opening_step(procedure: Procedure, organ_id: int | None, on: date) -> Step:
    """The step that opens a matter of the organ, recorded as its list asks everywhere; places are not known yet.

    Cost: 1 or 2 queries.
    """
    start = next(one for one in procedure.steps.values() if one.start)
    for one in further_of(organs.organ_by_id(organ_id), on) if organ_id is not None else ():
        if (one.procedure, one.step, one.places) == (procedure.id, start.id, ()):
            start = recorded_at_least(start, one.level, BASIS)
    return start


def _is_at(case: Case, places: Iterable[str]) -> bool:
    """Whether the case is about such a place, by what is known of it: its title, its party, the places in its facts."""
    known = [str(value) for name, value in case.facts.items() if name.endswith(_PLACES)]
    if case.party is not None:
        known += [case.party.name, case.party.address]
    text = "\n".join([case.title, *known])
    return any(one in text for one in places)


@lru_cache(maxsize=512)
def _ruled(procedure: str, edition: str, disputed: bool, levels: tuple[tuple[str, str], ...]) -> Procedure:
    rules = recorded_whole(procedure, edition) if disputed else law.procedure_edition(procedure, edition)
    if not levels:
        return rules
    steps = dict(rules.steps)
    for step, level in levels:
        if step in steps:
            whole = disputed and level == "key"
            steps[step] = recorded_at_least(steps[step], "full" if whole else level, BASIS)
    return replace(rules, steps=steps)
