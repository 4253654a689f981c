"""Earlier inspections of a party: what counts towards the yearly cap, and what the organs above have done.

Source: 国办发〔2024〕54号; 食品生产经营监督检查管理办法/42.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.drawing import lines_of, name_of
from mingjing.organs.models import Organ

from .models import Case, Step

_ROUNDS = ("draw", "draw_again")  # steps of inspection-draw in which the platform draws
APPROVAL = "inspection-approval"  # the form that tells how often the party was inspected
MONITORING = "monitoring-record"  # the procedure of records of monitoring equipment
_MOST_LEVELS = 5  # of organs above one another


def counted(case: Case) -> tuple[date, ...]:
    """The days of this organ's other inspections on site that count, the last first. Cost: 1 query.

    The officers have been there: what was planned and dropped does not count.
    """
    rows = _others(case).filter(organ=case.organ_id, facts__counted_in_year=True)
    return tuple(sorted((_day(at) for at in rows.values_list("facts__arrived_at", flat=True)), reverse=True))


def by_superiors(case: Case) -> tuple[tuple[date, str], ...]:
    """The inspections of the same party in the same field by organs of a higher level: day and organ.

    An organ of one field stands above another where its government does. Cost: 2 queries and 1 per level.
    """
    above = _superiors(case.organ)
    if not above:
        return ()
    rows = _others(case).filter(organ__in=above, field=case.field)
    return tuple((_day(at), name) for at, name in rows.values_list("facts__arrived_at", "organ__name"))


def printed(case: Case, known: Mapping[str, Any]) -> dict[str, str]:
    """What the approval of an inspection says of earlier ones in the year in which it is planned. Cost: 1 query."""
    year = str(
        known.get("planned_on") or known.get("arrived_at") or case.opened_at.astimezone(SHANGHAI).date()
    )[:4]
    times = sum(1 for day in counted(case) if day.year == int(year))
    cap = known["inspection_cap_high" if known.get("risk_level") == "high" else "inspection_cap"]
    free = "本次检查不计入年度频次"
    return {
        "inspected_this_year": f"{times}次",
        "inspection_cap_text": f"年度上限{cap}次" if known.get("capped") else free,
    }


def drawn(parent_id: uuid.UUID | None) -> dict[str, frozenset[str]]:
    """Who was drawn in a matter of random drawing, over all its rounds: ``objects`` and ``officers``, by name.

    Empty where nothing was drawn there. Cost: 1 query.
    """
    found: dict[str, set[str]] = {}
    for facts in Step.objects.filter(case=parent_id, step__in=_ROUNDS).values_list("facts", flat=True):
        for kind in ("objects", "officers"):
            for name in (f"drawn_{kind}", f"more_{kind}"):
                found.setdefault(kind, set()).update(map(name_of, lines_of(str(facts.get(name) or ""))))
    return {kind: frozenset(names) for kind, names in found.items()}


def _others(case: Case) -> QuerySet[Case]:
    """Inspections on site of the same party; one enterprise is often registered twice, so its code counts too."""
    party = case.party
    if party is None:
        return Case.objects.none()
    same = Q(party=party) | (Q(party__code=party.code) if party.code else Q())
    rows = Case.objects.filter(same, act="inspection", facts__arrived_at__isnull=False)
    return rows.exclude(pk=case.pk)


def _superiors(organ: Organ) -> list[int]:
    """The organs of the same field one or more levels up."""
    found: list[int] = []
    government = organ.parent
    for _ in range(_MOST_LEVELS):
        government = government.parent if government is not None else None
        if government is None:
            break
        found += Organ.objects.filter(parent=government, field=organ.field).values_list("pk", flat=True)
    return found


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).astimezone(SHANGHAI).date()
