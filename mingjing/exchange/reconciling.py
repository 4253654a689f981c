"""每日对账: what each channel was to get, and what became of it. Every placement is in exactly one cell of its day.

A placement belongs to the day by which it must be shown, and to the day of the decision where the rule has no term.
``owed`` is all of them, by the rule that publishing is the rule; what a head delayed and what is not shown, by law or by
approval, are parts of it like the others. The parts (``CELLS``) add up to it: no decision is left out.
``late`` cuts across: shown after its day, or still waiting after it. Source: 达州三项制度方案/4(1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate

from mingjing.kernel.clocks import SHANGHAI
from mingjing.publicity import queries as publications
from mingjing.publicity.matrix import matrix
from mingjing.publicity.models import Delivery, Placement

from .models import Package, Sending

CELLS = {
    "unsent": ("未送出", ("owed", "approved")),
    "sent": ("待回执", ("sent",)),
    "accepted": ("已接收", ("accepted", "shown", "ended")),
    "refused": ("被退回", ("refused",)),
    "withdrawn": ("已撤下", ("withdrawn",)),
    "delayed": ("暂缓公示", ("withheld",)),
    "withheld": ("不公示", ("withheld",)),
}
"""The parts of what is owed: name, and the states of placements that each holds; the last two differ by the ground."""
LATE = "late"
WAITING = ("owed", "approved", "sent", "refused")
PAGE = 50


@dataclass(frozen=True)
class Sums:
    """How many were owed, what became of them, and how many were late."""

    owed: int
    parts: Mapping[str, int]
    late: int

    @property
    def whole(self) -> bool:
        """Whether the parts add up to what was owed."""
        return sum(self.parts.values()) == self.owed


@dataclass(frozen=True)
class OrganLine(Sums):
    """One organ over the whole span."""

    organ_code: str
    organ: str


@dataclass(frozen=True)
class Line(OrganLine):
    """One organ, channel and day."""

    channel: str
    channel_title: str
    day: date


@dataclass(frozen=True)
class Task:
    """One placement in a drill-down, with what was last told and what the channel said."""

    id: int
    case_no: str
    number: str
    organ: str
    channel_title: str
    state: str
    state_title: str
    ground: str
    day: date
    late: bool
    removal: str
    removal_title: str
    attempt: int
    told_at: datetime | None
    outcome: str
    receipt: str
    reason: str
    batch: str
    packaged: bool
    tries: int
    next_at: datetime | None
    last_error: str
    again: bool

    @property
    def to_answer(self) -> bool:
        """Whether the channel was told by its interface and its answer is still to come."""
        return self.outcome == "waiting" and not self.packaged

    @property
    def to_correct(self) -> bool:
        """Whether the channel sent it back and nobody has told it anew yet."""
        sent_back = self.state == "refused" or (self.removal == "owed" and self.outcome == "refused")
        return sent_back and not self.again


def balance(
    scope: publications.Wanted, *, first: date, last: date, now: datetime, channel: str = ""
) -> list[Line]:
    """The lines of a span of days, latest first. Cost: 1 query, however many placements."""
    rows = _counted(_spanned(scope, channel, first, last), now, *_ORGAN, "channel", "day")
    titles = {one.id: one.title for one in matrix().channels}
    return [
        Line(
            **_told(row),
            channel=row["channel"],
            channel_title=titles.get(row["channel"], row["channel"]),
            day=row["day"],
        )
        for row in rows.order_by("-day", "organ__code", "channel")
    ]


def by_organ(
    scope: publications.Wanted, *, first: date, last: date, now: datetime, channel: str = ""
) -> list[OrganLine]:
    """The same span, one line an organ: most late first. Cost: 1 query, however many placements."""
    rows = _counted(_spanned(scope, channel, first, last), now, *_ORGAN)
    return [OrganLine(**_told(row)) for row in rows.order_by("-late_count", "organ__code")]


_ORGAN = ("organ__code", "organ__short_name")


def _spanned(scope: publications.Wanted, channel: str, first: date, last: date) -> QuerySet[Any]:
    """The placements of a span of days, each with its ``day``."""
    spanned: QuerySet[Any] = _dated(scope, channel).filter(day__gte=first, day__lte=last)
    return spanned


def _held(cell: str) -> Q:
    """What a cell holds."""
    held = Q(state__in=CELLS[cell][1])
    if cell in ("delayed", "withheld"):
        delayed = Q(ground__in=_delays())
        held &= delayed if cell == "delayed" else ~delayed
    return held


def _delays() -> frozenset[str]:
    """The codes of the grounds for showing later."""
    return frozenset(one.id for one in matrix().grounds.values() if one.kind == "delay")


def _cell_of(row: Placement) -> str:
    """The cell that a placement is in."""
    if row.state == "withheld":
        return "delayed" if row.ground in _delays() else "withheld"
    return next(name for name, (_, states) in CELLS.items() if row.state in states)


def _counted(rows: QuerySet[Any], now: datetime, *keys: str) -> QuerySet[Any]:
    """How many there are of each cell, for each combination of ``keys``."""
    counts = {name: Count("pk", filter=_held(name)) for name in CELLS}
    counted: QuerySet[Any] = rows.values(*keys).annotate(
        owed=Count("pk"), late_count=Count("pk", filter=_late(now)), **counts
    )
    return counted


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "organ_code": row["organ__code"],
        "organ": row["organ__short_name"],
        "owed": row["owed"],
        "parts": {name: row[name] for name in CELLS},
        "late": row["late_count"],
    }


def totals(found: Sequence[Sums]) -> dict[str, int]:
    """The sums of all, by ``owed``, cell and ``late``."""
    parts = {name: sum(one.parts[name] for one in found) for name in CELLS}
    return {"owed": sum(one.owed for one in found), **parts, LATE: sum(one.late for one in found)}


def _dated(scope: publications.Wanted, channel: str) -> QuerySet[Any]:
    """The placements of a scope, each with its ``day``."""
    rows: QuerySet[Any] = publications.placement_rows(scope)
    if channel:
        rows = rows.filter(channel=matrix().channel(channel).id)
    by_term = TruncDate("due_at", tzinfo=SHANGHAI)
    dated: QuerySet[Any] = rows.annotate(day=Coalesce(by_term, F("decided_on"), output_field=DateField()))
    return dated


def _late(now: datetime) -> Q:
    return Q(late=True) | Q(state__in=WAITING, due_at__lt=now)


def tasks(
    scope: publications.Wanted,
    *,
    first: date,
    last: date,
    now: datetime,
    channel: str = "",
    cell: str = "",
    after: int = 0,
    limit: int = PAGE,
) -> list[Task]:
    """The placements behind a number of the balance, by key behind ``after``. Cost: 3 queries."""
    rows = _spanned(scope, channel, first, last).filter(pk__gt=after)
    if cell in CELLS:
        rows = rows.filter(_held(cell))
    elif cell == LATE:
        rows = rows.filter(_late(now))
    found = list(rows.select_related("organ", "case").order_by("pk")[:limit])
    return _tasks(found, now)


def every_task(scope: publications.Wanted, **wanted: Any) -> Iterator[Task]:
    """All of them in constant memory, for downloads. Cost: 3 queries per thousand."""
    after = 0
    while rows := tasks(scope, after=after, limit=1000, **wanted):
        yield from rows
        after = rows[-1].id


def _tasks(rows: Sequence[Any], now: datetime) -> list[Task]:
    """The tasks of placements that ``_dated`` brought with their ``day``."""
    keys = [row.pk for row in rows]
    told = {one.placement_id: one for one in Delivery.objects.filter(placement__in=keys).order_by("attempt")}
    sendings = Sending.objects.filter(placement__in=keys).exclude(state="done")
    trying = {one.placement_id: one for one in sendings}
    return [_task(row, row.day, told.get(row.pk), trying.get(row.pk), now) for row in rows]


def _task(row: Placement, day: date, told: Delivery | None, trying: Sending | None, now: datetime) -> Task:
    waiting_late = row.state in WAITING and row.due_at is not None and row.due_at < now
    grounds = matrix().grounds
    return Task(
        id=row.pk,
        case_no=row.case.no,
        number=row.number,
        organ=row.organ.short_name,
        channel_title=matrix().channel(row.channel).title,
        state=row.state,
        state_title=CELLS[_cell_of(row)][0],
        ground=grounds[row.ground].title if row.ground in grounds else "",
        day=day,
        late=row.late or waiting_late,
        removal=row.removal,
        removal_title=publications.REMOVALS.get(row.removal_kind, ""),
        attempt=told.attempt if told else 0,
        told_at=told.at if told else None,
        outcome=told.outcome if told else "",
        receipt=told.number if told else "",
        reason=told.note if told and told.outcome == "refused" else "",
        batch=told.batch if told else "",
        packaged=bool(told and told.batch.startswith(f"{row.channel}-")),
        tries=trying.tries if trying else 0,
        next_at=trying.next_at if trying else None,
        last_error=trying.last_error if trying else "",
        again=trying is not None,
    )


def packages(organ_id: int, limit: int = 50) -> list[Package]:
    """The upload files of an organ, latest first. Cost: 1 query."""
    return list(Package.objects.filter(organ_id=organ_id).select_related("organ")[:limit])


def package(number: str) -> Package | None:
    """An upload file by its number. Cost: 1 query."""
    return Package.objects.filter(number=number).select_related("organ").first()


def in_package(number: str, *, after: int = 0, limit: int = PAGE) -> list[Delivery]:
    """Up to ``limit`` of what went out in an upload file, behind the placement ``after``. Cost: 1 query."""
    rows = Delivery.objects.filter(batch=number, placement_id__gt=after).select_related("placement__case")
    return list(rows.order_by("placement_id")[:limit])


def to_tell(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those that a channel is to be told of and has not been: what it sent back waits for a person."""
    last = Delivery.objects.filter(placement=OuterRef("pk")).order_by("-attempt")
    sent_back = Q(last_outcome="refused", last_kind__in=("remove", "correct"))
    judged = rows.annotate(
        last_outcome=Coalesce(Subquery(last.values("outcome")[:1]), Value("")),
        last_kind=Coalesce(Subquery(last.values("kind")[:1]), Value("")),
    )
    found: QuerySet[Any] = judged.filter(Q(state="approved") | (Q(removal="owed") & ~sent_back))
    return found


def under_way() -> Exists:
    """Whether a placement has a sending that is not done."""
    return Exists(Sending.objects.filter(placement=OuterRef("pk")).exclude(state="done"))


def for_upload(rows: QuerySet[Any]) -> QuerySet[Any]:
    """What goes into the next upload file; what the channel sent back once a person said so."""
    fresh = to_tell(rows).values("pk")
    found: QuerySet[Any] = rows.filter(Q(pk__in=fresh) | under_way())
    return found


def waiting_for_upload(organ_id: int) -> dict[str, int]:
    """How many placements of an organ wait for each channel. Cost: 1 query."""
    rows = for_upload(Placement.objects.filter(organ_id=organ_id))
    counted = rows.values_list("channel").annotate(count=Count("pk")).order_by("channel")
    return dict(counted)
