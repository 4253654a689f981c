"""后续事项: matters that a decision of another matter calls for; the platform opens them, nobody forgets them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from mingjing.kernel.procedure import Procedure
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs.authority import SYSTEM

from ..models import Case
from ..work import lock
from .opening import begin_case
from .taking import Taken
from .yearly import MADE_UP_DAYS, Opened

MOST_AT_ONCE = 500


def open_following(*, at: datetime, most: int = MOST_AT_ONCE) -> Opened:
    """Open what decisions of the last ``MADE_UP_DAYS`` days call for: one matter for each decision, ever.

    Each is a transaction of its own, under the lock of the decided matter, so that two workers open one.
    Cost: 1 query for each procedure that follows others, over the matters that moved in that time.
    Source: 川办发〔2014〕3号, and the basis of each procedure.
    """
    taken, refused = [], []
    for procedure in law.procedures(at.date()):
        for case_id, label in _calling_for(procedure, at)[:most]:
            try:
                one = _open(procedure, case_id, at)
            except Refused as why:
                refused.append((label, why))
            else:
                taken += [one] if one is not None else []
    return Opened(tuple(taken), tuple(refused))


def _calling_for(procedure: Procedure, at: datetime) -> list[tuple[uuid.UUID, str]]:
    """Decided matters that this one follows and that have none of it yet, the earliest decision first."""
    rule = procedure.follows
    if rule is None:
        return []
    since = at - timedelta(days=MADE_UP_DAYS)
    kept = {f"facts__{name}": value for name, value in rule.kept}
    rows = Case.objects.filter(
        procedure__in=rule.procedures, moved_at__gte=since, decided_on__gte=since.date(), **kept
    ).exclude(children__procedure=procedure.id)
    return list(rows.order_by("decided_on", "id").values_list("pk", "label"))


def _open(procedure: Procedure, case_id: uuid.UUID, at: datetime) -> Taken | None:
    """The matter with its opening step taken; None where it is there already."""
    assert procedure.follows is not None
    with transaction.atomic():
        decided = lock(case_id, at, None)
        if decided.case.children.filter(procedure=procedure.id).exists():
            return None
        start = procedure.steps[next(iter(procedure.start_steps))]
        known = {
            field.name: decided.case.facts.get(field.from_parent)
            for field in start.facts
            if field.from_parent
        }
        return begin_case(
            decided.case.organ,
            law.edition(procedure.id, at.date()),
            title=procedure.follows.title.format(label=decided.case.label),
            facts=known,
            actor=SYSTEM,
            at=at,
            parent=decided.case,
            handlers=[one.officer_id for one in decided.handlers],
        )
