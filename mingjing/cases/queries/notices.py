"""Reminders of running terms, as those who owe the duties see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from mingjing.kernel.clocks import Lamp, lamp
from mingjing.kernel.warnings import MARKS
from mingjing.law import queries as law
from mingjing.organs.authority import Actor

from ..models import Notice, NoticesSeen

MOST_SHOWN = 100
# Whoever answers for the organ's work is told when a term is over (effect of PEN-90 in codex/clocks).
HEADS = frozenset({"unit_head", "organ_head"})


@dataclass(frozen=True)
class NoticeRow:
    """One reminder of a duty that is still owed."""

    mark: str
    title: str
    at: datetime
    due_at: datetime
    provisional: bool
    lamp: Lamp
    case_no: str
    case_label: str
    case_title: str
    step: str
    basis: str
    new: bool


def notices(reader: Actor, at: datetime) -> list[NoticeRow]:
    """The reminders of what the person owes, the latest mark of each duty, the newest first. Cost: 2 queries."""
    seen = NoticesSeen.objects.filter(officer=reader.id).values_list("seen_at", flat=True).first()
    rows = _of(reader).select_related("obligation", "obligation__case")
    latest: dict[int, Notice] = {}
    for row in rows.order_by("-at", "-id")[: 4 * MOST_SHOWN]:
        latest.setdefault(row.obligation_id, row)
    return [_row(one, seen, at) for one in list(latest.values())[:MOST_SHOWN]]


def _of(reader: Actor) -> QuerySet[Notice]:
    """Reminders of open duties that the person owes, and of those overdue in the organ that he answers for."""
    roles = [role for role in reader.roles if role != "handler"]
    owed = Q(obligation__assignee_id=reader.id) | Q(
        obligation__assignee__isnull=True,
        obligation__organ_id=reader.organ_id,
        obligation__role__in=roles,
    )
    if reader.roles & HEADS:
        owed |= Q(mark="overdue", obligation__organ_id=reader.organ_id)
    # A date that has moved since makes the old reminders void.
    return Notice.objects.filter(
        owed, obligation__state="open", obligation__paused=False, due_at=F("obligation__due_at")
    )


def _row(one: Notice, seen: datetime | None, at: datetime) -> NoticeRow:
    duty, case = one.obligation, one.obligation.case
    return NoticeRow(
        mark=MARKS[one.mark],
        title=duty.title,
        at=one.at,
        due_at=one.due_at,
        provisional=duty.provisional,
        lamp=lamp(one.due_at, at, law.calendar()),
        case_no=case.no,
        case_label=case.label,
        case_title=case.title,
        step=duty.step if duty.kind == "duty" else "",
        basis=duty.basis,
        new=seen is None or one.at > seen,
    )
