"""音像记录情况: how far what had to be filmed was filmed, by organ and officer; what is missing, excused, late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from mingjing.organs.authority import Actor

from .. import recordings
from ..models import Evidence, RecordingExcuse, Step
from .finding import OF_ORGAN, sight

PAGE = 50


@dataclass(frozen=True)
class Coverage:
    """How many steps of one organ or officer had to be filmed, and what there is of them.

    ``late`` are among ``filmed``: all there is of them came later. ``waiting`` have been recorded and are still
    to be handed in; ``missing`` have neither recording nor reason.
    """

    key: str
    name: str
    asked: int
    filmed: int
    late: int
    excused: int
    waiting: int

    @property
    def missing(self) -> int:
        """Steps with neither recording nor a reason that holds."""
        return self.asked - self.filmed - self.excused - self.waiting

    @property
    def percent(self) -> int:
        """How many of a hundred are filmed, rounded down: 100 only where all are."""
        return 100 * self.filmed // self.asked if self.asked else 100


@dataclass(frozen=True)
class WatchedRow:
    """A step in a list of the watch page."""

    case_no: str
    case_label: str
    organ: str
    seq: int
    title: str
    by: str
    at: datetime
    recording: str
    text: str = ""
    entered_at: datetime | None = None
    legal_on: Any = None
    state: str = ""


def recording_coverage(actor: Actor, since: datetime, at: datetime, *, organ: str = "") -> list[Coverage]:
    """Coverage since a moment, the worst first: by organ, or of one ``organ`` (its code) by officer.

    Cost: 1 query, whatever the number of cases.
    """
    rows = _asked(actor, since, organ)
    by = ("by_id", "by__name") if organ else ("case__organ__code", "case__organ__name")
    films = recordings.films(OuterRef("pk"))
    waiting = Q(filmed=False, excused=False, pending_until__gte=at)
    found = (
        rows.annotate(**recordings.marks(), on_time=Exists(films.filter(added_at__isnull=True)))
        .order_by()
        .values_list(*by)
        .annotate(
            asked=Count("pk"),
            got=Count("pk", filter=Q(filmed=True)),
            late=Count("pk", filter=Q(filmed=True, on_time=False)),
            reasons=Count("pk", filter=Q(filmed=False, excused=True)),
            waiting=Count("pk", filter=waiting),
        )
    )
    told = [Coverage(str(key or ""), name or "平台", *numbers) for key, name, *numbers in found]
    return sorted(told, key=lambda one: (-one.missing, one.percent, one.key))


def unrecorded(
    actor: Actor, since: datetime, at: datetime, *, organ: str = "", page: int = 1
) -> list[WatchedRow]:
    """Steps with neither recording nor reason, the latest first, a page at a time. Cost: 1 query."""
    rows: QuerySet[Any] = _asked(actor, since, organ).annotate(**recordings.marks())
    rows = rows.filter(Q(pending_until__isnull=True) | Q(pending_until__lt=at), filmed=False, excused=False)
    return [_row(one) for one in _page(rows.order_by("-at", "-pk"), page)]


def excuses(actor: Actor, since: datetime, *, organ: str = "", page: int = 1) -> list[WatchedRow]:
    """The reasons that were signed, the latest first. Cost: 1 query."""
    rows = RecordingExcuse.objects.filter(at__gte=since, until__isnull=True, **_seen(actor, "step__", organ))
    rows = rows.select_related("step__case__organ", "by").order_by("-at", "-pk")
    titles = {one.id: one.title for one in recordings.reasons().values()}
    return [
        _row(one.step, text=f"{titles[one.code]}：{one.text}", state=one.state, by=one.by.name)
        for one in rows[(page - 1) * PAGE : page * PAGE + 1]
    ]


def late_entries(actor: Actor, since: datetime, *, organ: str = "", page: int = 1) -> list[WatchedRow]:
    """What was entered late (补录), the latest first, with the reasons. Cost: 1 query."""
    rows = Step.objects.filter(entered_at__gte=since, **_seen(actor, "", organ)).exclude(late_reason="")
    found = _page(rows.order_by("-entered_at", "-pk"), page)
    return [_row(one, text=one.late_reason) for one in found]


def late_recordings(actor: Actor, since: datetime, *, organ: str = "", page: int = 1) -> list[WatchedRow]:
    """Recordings that came later (补传), the latest first. Cost: 1 query."""
    rows = Evidence.objects.filter(added_at__gte=since, kind="audiovisual", **_seen(actor, "", organ))
    rows = rows.select_related("step", "case__organ", "added_by").order_by("-added_at", "-pk")
    return [
        _row(
            one.step,
            of=one.case,
            text=one.late_reason,
            entered_at=one.added_at,
            by=one.added_by.name if one.added_by else "",
        )
        for one in rows[(page - 1) * PAGE : page * PAGE + 1]
    ]


def _asked(actor: Actor, since: datetime, organ: str) -> QuerySet[Step]:
    rows = Step.objects.filter(recording__in=recordings.FILMED, set_aside_at__isnull=True, at__gte=since)
    return rows.filter(**_seen(actor, "", organ))


def _seen(actor: Actor, prefix: str, organ: str) -> dict[str, Any]:
    """Which cases the person may read, as lookups of rows that hang on a case."""
    lookup, value = sight(actor)
    seen = {f"{prefix}case__{'organ' if lookup == OF_ORGAN else lookup}": value}
    return {**seen, **({f"{prefix}case__organ__code": organ} if organ else {})}


def _page(rows: QuerySet[Step], page: int) -> Sequence[Step]:
    return list(rows.select_related("case__organ")[(page - 1) * PAGE : page * PAGE + 1])


def _row(step: Step, *, of: Any = None, **more: Any) -> WatchedRow:
    case = of or step.case
    told = {"by": step.by_name, "entered_at": step.entered_at, **more}
    return WatchedRow(
        case_no=case.no,
        case_label=case.label,
        organ=case.organ.short_name,
        seq=step.seq,
        title=step.title,
        at=step.at,
        recording=step.recording,
        legal_on=step.legal_on,
        **told,
    )
