"""发布项的列表: what is owed where and by when, what is to be done next, and what is withheld."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor

from .matrix import matrix
from .models import Placement
from .paging import behind, cursor
from .placing_models import REMOVING, STATES, WAITING

PAGE = 30
TASKS = {"owed": "公示", "approved": "送出", "sent": "等待回执", "refused": "改正后再送"}
REMOVALS = {"withdrawn": "撤下", "ended": "停止公示", "corrected": "更正"}


@dataclass(frozen=True)
class Wanted:
    """What to look for; empty means everything. ``due_before`` also finds removals due before that moment.

    ``organ`` is an organ's code, ``under`` the place in the tree of organs below which all are meant.
    """

    organ: str = ""
    under: str = ""
    channel: str = ""
    states: tuple[str, ...] = ()
    removal: tuple[str, ...] = ()
    due_before: datetime | None = None
    number: str = ""


@dataclass(frozen=True)
class Placed:
    """One decision on one channel, as lists show it."""

    id: int
    case_id: uuid.UUID
    case_no: str
    number: str
    act: str
    organ: str
    organ_code: str
    channel: str
    channel_title: str
    state: str
    decided_on: date
    due_at: datetime | None
    clock: str
    basis: str
    provisional: bool
    explanation: tuple[str, ...]
    late: bool
    rule: str
    verdict: str
    masking: str
    content: str
    ground: str
    ground_title: str
    shown_on: date | None
    until: date | None
    removal: str
    removal_kind: str
    removal_due_at: datetime | None
    removal_clock: str
    removal_basis: str
    removal_late: bool
    slug: str
    cursor: str

    @property
    def state_title(self) -> str:
        """The state in Chinese."""
        return STATES[self.state]

    @property
    def waiting(self) -> bool:
        """Whether the duty to show is still to be done."""
        return self.state in WAITING

    @property
    def removing(self) -> bool:
        """Whether the channel is still to take it out, or to change it."""
        return self.removal in ("owed", "sent")

    @property
    def task(self) -> str:
        """What is to be done next, in Chinese; empty where nothing is."""
        if self.removing:
            what = REMOVALS[self.removal_kind]
            return f"等待渠道{what}的回执" if self.removal == "sent" else f"请渠道{what}"
        return TASKS.get(self.state, "")

    @property
    def task_due_at(self) -> datetime | None:
        """By when the next thing is to be done: the removal, else the showing."""
        return self.removal_due_at if self.removing else self.due_at if self.waiting else None

    @property
    def task_clock(self) -> str:
        """The term of the next thing."""
        return self.removal_clock if self.removing else self.clock

    @property
    def task_basis(self) -> str:
        """By which articles the next thing is due."""
        return self.removal_basis if self.removing else self.basis


def scope_of(actor: Actor) -> Wanted:
    """What the actor may see: all of the organs he supervises, else those of his own organ.

    Raises: Refused ``no-organ`` for somebody who belongs to none.
    """
    if actor.supervises:
        return Wanted(under=actor.supervises)
    if not actor.organ_code:
        raise Refused("no-organ", "您不属于任何机关，不能查看公示事项。", remedy="请系统管理员核对您的任职。")
    return Wanted(organ=actor.organ_code)


def placement_rows(wanted: Wanted) -> QuerySet[Placement]:
    """The placements that are wanted, in no order. For rooms above that work on the rows themselves."""
    rows = Placement.objects.all().order_by()
    if wanted.organ:
        rows = rows.filter(organ__code=wanted.organ)
    if wanted.under:
        rows = rows.filter(organ__path__startswith=wanted.under)
    if wanted.channel:
        rows = rows.filter(channel=matrix().channel(wanted.channel).id)
    if wanted.states:
        rows = rows.filter(state__in=wanted.states)
    if wanted.removal:
        rows = rows.filter(removal__in=wanted.removal)
    if wanted.number:
        rows = rows.filter(number=wanted.number)
    if wanted.due_before is not None:
        rows = rows.filter(Q(due_at__lt=wanted.due_before) | Q(removal_due_at__lt=wanted.due_before))
    return rows


def placements(wanted: Wanted, after: str = "", limit: int = PAGE) -> list[Placed]:
    """Up to ``limit`` placements behind the cursor, the earliest due first, those without a term last. Cost: 1 query.

    Raises: Refused ``bad-cursor``, ``no-such-channel``.
    """
    rows = behind(placement_rows(wanted), after, "due_at").select_related("organ", "case", "publication")
    return [placed(row) for row in rows.order_by(F("due_at").asc(nulls_last=True), "pk")[:limit]]


def tasks(
    *,
    organ: str = "",
    under: str = "",
    channel: str = "",
    due_before: datetime | None = None,
    limit: int = PAGE,
    after: str = "",
) -> list[Placed]:
    """What is to be done: to show, to send, to send again, or to take out again; the earliest due first.

    ``due_before`` narrows it to what is due before that moment. Cost: 1 query.
    Raises: Refused ``no-such-channel``, ``bad-cursor``.
    """
    rows = placement_rows(Wanted(organ=organ, under=under, channel=channel))
    rows = rows.filter(Q(state__in=WAITING) | Q(removal__in=REMOVING)).annotate(task_due=_TASK_DUE)
    if due_before is not None:
        rows = rows.filter(task_due__lt=due_before)
    rows = behind(rows, after, "task_due").select_related("organ", "case", "publication")
    ordered: Any = rows.order_by(F("task_due").asc(nulls_last=True), "pk")[:limit]
    return [replace(placed(row), cursor=cursor(row.task_due, row.pk)) for row in ordered]


_TASK_DUE = Case(When(removal__in=REMOVING, then=F("removal_due_at")), default=F("due_at"))


def every_placement(wanted: Wanted) -> Iterator[Placed]:
    """All of them, in constant memory. Cost: 1 query per thousand."""
    after = ""
    while rows := placements(wanted, after, 1000):
        yield from rows
        after = rows[-1].cursor


def count_placements(wanted: Wanted, up_to: int = 10_000) -> int:
    """How many, counted no further than ``up_to`` + 1. Cost: 1 query."""
    return placement_rows(wanted)[: up_to + 1].count()


def placements_of(case_id: uuid.UUID) -> list[Placed]:
    """Every placement of a case, decision by decision, in the order of the channels. Cost: 1 query."""
    rows = Placement.objects.filter(case_id=case_id).select_related("organ", "case", "publication")
    order = {one.id: place for place, one in enumerate(matrix().channels)}
    ordered = sorted(rows, key=lambda row: (row.paper_id, order.get(row.channel, 99)))
    return [placed(row) for row in ordered]


def placed(row: Placement) -> Placed:
    """The row as lists show it."""
    known = matrix()
    ground = known.grounds.get(row.ground)
    return Placed(
        id=row.pk,
        case_id=row.case_id,
        case_no=row.case.no,
        number=row.number,
        act=row.act,
        organ=row.organ.short_name,
        organ_code=row.organ.code,
        channel=row.channel,
        channel_title=known.channel(row.channel).title,
        state=row.state,
        decided_on=row.decided_on,
        due_at=row.due_at,
        clock=row.clock,
        basis=row.basis,
        provisional=row.provisional,
        explanation=tuple(row.explanation),
        late=row.late,
        rule=row.rule,
        verdict=row.verdict,
        masking=row.masking,
        content=row.content,
        ground=row.ground,
        ground_title=ground.title if ground else "",
        shown_on=row.shown_on,
        until=row.until,
        removal=row.removal,
        removal_kind=row.removal_kind,
        removal_due_at=row.removal_due_at,
        removal_clock=row.removal_clock,
        removal_basis=row.removal_basis,
        removal_late=row.removal_late,
        slug=row.publication.slug if row.publication else "",
        cursor=cursor(row.due_at, row.pk),
    )


def channels() -> list[tuple[str, str]]:
    """The channels, by code and title."""
    return [(one.id, one.title) for one in matrix().channels]
