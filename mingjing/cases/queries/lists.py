"""To-do lists and case lists: keyset pages over what is open, never a count of everything."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value

from mingjing.kernel import case_dates, engine
from mingjing.kernel.clocks import Lamp, end_of_day, lamp
from mingjing.kernel.refused import Refused
from mingjing.kernel.warnings import standing
from mingjing.kernel.workdays import Calendar
from mingjing.law import queries as law
from mingjing.organs.authority import Actor, require

from ..models import Case, CaseParty, Notice, NoticesSeen, Obligation, Step
from .finding import case_work, visible

PAGE = 30
# What waits for one person is counted so far: beyond, an exact figure helps nobody and costs a scan.
COUNTED = 1000
SOON_WORKDAYS = 3


@dataclass(frozen=True)
class TodoFilters:
    """What a to-do list is narrowed to; ``after`` is the cursor of the last row seen."""

    words: str = ""
    step: str = ""
    kind: str = ""  # what can be done now or is pressing; approval | waiting
    lamp: str = ""  # overdue | soon
    after: str = ""


@dataclass(frozen=True)
class TodoRow:
    """One thing to do: a duty or an approval of a case."""

    id: int
    kind: str
    step: str
    title: str
    case_no: str
    case_label: str
    case_title: str
    party: str
    stage: str
    act: str
    due_at: datetime | None
    provisional: bool
    paused: bool
    lamp: Lamp | None
    case_lamp: Lamp | None
    basis: str
    mine: bool
    waiting: str  # why it cannot be done yet; empty if it can
    urged_at: datetime | None = None
    urges: int = 0
    why_paused: str = ""  # what keeps the term standing still, and by which paper
    place: str = ""  # which one of several of its kind in the case: the key behind the stroke
    half: bool = False  # more than half of its term is over, and it is not near its end yet


@dataclass(frozen=True)
class TodoCounts:
    """The figures over the list, and the steps in it as (step, title), to choose from.

    ``open`` is what can be done or presses, ``approvals`` are among it, ``waiting`` is what waits for others;
    ``unread`` are those with a reminder that the person has not read.
    """

    open: int
    approvals: int
    waiting: int
    overdue: int
    soon: int
    done_this_month: int
    steps: tuple[tuple[str, str], ...]
    unread: int = 0


def _owed_by(actor: Actor) -> QuerySet[Obligation]:
    require(actor, "desk.enter")
    roles = [role for role in actor.roles if role != "handler"]
    by_role = Q(assignee__isnull=True, organ_id=actor.organ_id, role__in=roles)
    return Obligation.objects.filter(Q(assignee_id=actor.id) | by_role, state="open")


def _soon(at: datetime, calendar: Calendar) -> datetime:
    return end_of_day(calendar.add(at.date(), SOON_WORKDAYS))


def _at_hand(at: datetime, calendar: Calendar) -> Q:
    """What can be done now; and what is late or soon due although another step must come first."""
    pressing = Q(paused=False, due_at__lte=_soon(at, calendar))
    return Q(ready_at__lte=at) | pressing


def open_count(actor: Actor, at: datetime) -> int:
    """How many things are at hand for the person, for the menu; counts no further than ``COUNTED``. Cost: 1 query."""
    return _owed_by(actor).filter(_at_hand(at, law.calendar())).order_by()[:COUNTED].count()


def todo(
    actor: Actor, at: datetime, filters: TodoFilters | None = None, *, limit: int = PAGE
) -> tuple[list[TodoRow], str]:
    """What the person owes, most urgent first, and the cursor of the next page ("" at the end).

    Cost: 1 query whatever the number of cases.
    """
    filters = filters or TodoFilters()
    calendar = law.calendar()
    rows = _owed_by(actor).select_related("case", "case__party", "case__organ")
    if filters.step:
        rows = rows.filter(step=filters.step)
    if filters.kind == "approval":
        rows = rows.filter(kind="approval")
    elif filters.kind == "waiting":
        rows = rows.exclude(_at_hand(at, calendar))
    else:
        rows = rows.filter(_at_hand(at, calendar))
    if filters.words:
        words = filters.words.strip()
        rows = rows.filter(
            Q(case__label__contains=words)
            | Q(case__title__contains=words)
            | Q(case__no=words)
            | Q(case__party__name__contains=words)
        )
    if filters.lamp == "overdue":
        rows = rows.filter(due_at__lt=at, paused=False)
    elif filters.lamp == "soon":
        rows = rows.filter(due_at__gte=at, due_at__lte=_soon(at, calendar), paused=False)
    rows = _after(rows, filters.after).order_by(F("due_at").asc(nulls_last=True), "id")
    found = list(rows[: limit + 1])
    shown = found[:limit]
    cursor = _cursor(shown[-1]) if len(found) > limit else ""
    return [_todo_row(row, actor, at, calendar) for row in shown], cursor


def _after(rows: QuerySet[Obligation], cursor: str) -> QuerySet[Obligation]:
    """The rows behind the cursor ``<iso due or ->~<id>``; a cursor that cannot be read starts over."""
    due, _, last = cursor.partition("~")
    if not last.isdecimal():
        return rows
    if due == "-":
        return rows.filter(due_at__isnull=True, id__gt=int(last))
    when = _moment(due)
    if when is None:
        return rows
    return rows.filter(Q(due_at__gt=when) | Q(due_at=when, id__gt=int(last)) | Q(due_at__isnull=True))


def _moment(text: str) -> datetime | None:
    """The aware moment of a cursor; None where strangers wrote something else into it."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else None


def _cursor(row: Obligation) -> str:
    return f"{row.due_at.isoformat() if row.due_at else '-'}~{row.pk}"


def _todo_row(row: Obligation, actor: Actor, at: datetime, calendar: Calendar) -> TodoRow:
    case = row.case
    why_paused = _why_paused(row, at) if row.paused else ""
    waiting = _waiting(row, at) if row.kind == "duty" else ""
    return TodoRow(
        id=row.pk,
        kind=row.kind,
        step=row.step,
        title=row.title,
        case_no=case.no,
        case_label=case.label,
        case_title=case.title,
        party=case.party.name if case.party else "",
        stage=case.stage_title,
        act=case.act,
        due_at=row.due_at,
        provisional=row.provisional,
        paused=row.paused,
        lamp=lamp(row.due_at, at, calendar) if row.due_at and not row.paused else None,
        case_lamp=lamp(case.due_at, at, calendar) if case.due_at else None,
        basis=row.basis,
        mine=row.assignee_id == actor.id,
        waiting=waiting or (why_paused if row.ready_at is None else ""),
        urged_at=row.urged_at,
        urges=row.urges,
        why_paused=why_paused,
        place=row.key.rpartition("/")[2],
        half=row.due_at is not None
        and not row.paused
        and standing(row.opened_at, row.due_at, at, calendar) == "half",
    )


def _why_paused(row: Obligation, at: datetime) -> str:
    """Reads only what the row brought along; empty where the edition of the procedure is gone."""
    try:
        work = case_work(row.case, at, ())
    except Refused:
        return ""
    return case_dates.why_paused(work.procedure, work.marking.stops.get(row.step, ()))


def _waiting(row: Obligation, at: datetime) -> str:
    """Why an owed step cannot be taken yet, for instance because a colleague's comes first.

    Reads only what the row brought along.
    """
    try:
        work = case_work(row.case, at, ())
        refused = engine.why_not(work.procedure, work.marking, row.step, work.facts(), at)
    except Refused as lost:  # the edition of the procedure is gone: one case, not the whole list
        refused = lost
    return refused.reason if refused else ""


def todo_counts(actor: Actor, at: datetime) -> TodoCounts:
    """The figures over the to-do list and the steps in it, from its most urgent ``COUNTED`` rows. Cost: 2 queries."""
    soon = _soon(at, law.calendar())
    rows = list(
        _owed_by(actor)
        .annotate(told=_unread(actor))
        .order_by(F("due_at").asc(nulls_last=True), "id")
        .values_list("step", "title", "kind", "told", "due_at", "paused", "ready_at")[:COUNTED]
    )
    running = [due_at for *_, due_at, paused, _ in rows if due_at and not paused]
    titles = {row[0]: row[1].removeprefix("审批：") for row in rows}
    at_hand = sum(
        (ready_at is not None and ready_at <= at) or (due_at is not None and due_at <= soon and not paused)
        for *_, due_at, paused, ready_at in rows
    )
    month = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return TodoCounts(
        open=at_hand,
        approvals=sum(row[2] == "approval" for row in rows),
        waiting=len(rows) - at_hand,
        overdue=sum(due_at < at for due_at in running),
        soon=sum(at <= due_at <= soon for due_at in running),
        done_this_month=Step.objects.filter(by_id=actor.id, at__gte=month).order_by()[:COUNTED].count(),
        steps=tuple(sorted(titles.items(), key=lambda pair: pair[1])),
        unread=sum(row[3] for row in rows),
    )


def _unread(actor: Actor) -> Exists:
    """Whether a duty has a reminder that the person has not read."""
    seen = NoticesSeen.objects.filter(officer=OuterRef("reader"))
    told = Notice.objects.filter(obligation=OuterRef("pk"), due_at=OuterRef("due_at"))
    told = told.annotate(reader=Value(actor.id)).annotate(seen_at=Subquery(seen.values("seen_at")[:1]))
    return Exists(told.filter(Q(seen_at__isnull=True) | Q(at__gt=F("seen_at"))))


@dataclass(frozen=True)
class DoneRow:
    """A step the person took."""

    at: datetime
    title: str
    case_no: str
    case_label: str
    case_title: str


def done(actor: Actor, at: datetime, *, days: int = 90) -> list[DoneRow]:
    """The person's latest steps, newest first, at most a page. Cost: 1 query."""
    rows = (
        Step.objects.filter(by_id=actor.id, at__gte=at - timedelta(days=days))
        .select_related("case")
        .order_by("-at", "-id")[:PAGE]
    )
    return [DoneRow(row.at, row.title, row.case.no, row.case.label, row.case.title) for row in rows]


@dataclass(frozen=True)
class CaseFilters:
    """What a case list is narrowed to. ``state``: open, ended or "" for both; ``sort``: due or "" for latest moved.

    ``parties`` are the records that stand for one object, as of ``parties.queries.same``.
    """

    words: str = ""
    stage: str = ""
    state: str = ""
    lamp: str = ""
    procedure: str = ""
    organ: str = ""
    mine: bool = False
    sort: str = ""
    after: str = ""
    parties: tuple[int, ...] = ()


@dataclass(frozen=True)
class CaseRow:
    """One case in a list."""

    no: str
    label: str
    title: str
    organ: str
    party: str
    stage: str
    act: str
    outcome: str
    ended: bool
    opened_at: datetime
    moved_at: datetime
    due_at: datetime | None
    lamp: Lamp | None


def case_list(
    actor: Actor, at: datetime, filters: CaseFilters | None = None, *, limit: int = PAGE
) -> tuple[list[CaseRow], str]:
    """Readable cases, latest moved or soonest due first, and the cursor of the next page. Cost: 1 query."""
    filters = filters or CaseFilters()
    calendar = law.calendar()
    rows = _narrow(Case.objects.filter(visible(actor)), actor, at, filters, calendar)
    if filters.sort == "due":
        rows = _after_due(rows, filters.after).order_by(F("due_at").asc(nulls_last=True), "id")
    else:
        rows = _after_case(rows, filters.after).order_by("-moved_at", "-id")
    found = list(rows.select_related("organ", "party").defer("facts", "marking")[: limit + 1])
    shown = found[:limit]
    cursor = _case_cursor(shown[-1], filters.sort) if len(found) > limit else ""
    return [_case_row(case, at, calendar) for case in shown], cursor


def _case_cursor(last: Case, sort: str) -> str:
    moment = last.due_at if sort == "due" else last.moved_at
    return f"{moment.isoformat() if moment else '-'}~{last.pk}"


def rows_of(actor: Actor, numbers: Sequence[str], at: datetime) -> list[CaseRow]:
    """The readable cases among these numbers, in their order. Cost: 1 query."""
    calendar = law.calendar()
    rows = Case.objects.filter(visible(actor), no__in=numbers).select_related("organ", "party")
    found = {case.no: case for case in rows.defer("facts", "marking")}
    return [_case_row(found[no], at, calendar) for no in numbers if no in found]


def concerning(party_ids: Sequence[int]) -> Q:
    """The matters in which one of these records is, or was, a party; not those in which it only stood beside one."""
    joined = CaseParty.objects.filter(party__in=party_ids, role="co_party").order_by()
    return Q(party__in=party_ids) | Q(pk__in=joined.values("case"))


def _narrow(
    rows: QuerySet[Case], actor: Actor, at: datetime, filters: CaseFilters, calendar: Calendar
) -> QuerySet[Case]:
    if filters.words:
        words = filters.words.strip()
        rows = rows.filter(
            Q(label__contains=words)
            | Q(title__contains=words)
            | Q(no=words)
            | Q(party__name__contains=words)
            | Q(Exists(CaseParty.objects.filter(case=OuterRef("pk"), party__name__contains=words)))
        )
    if filters.parties:
        rows = rows.filter(concerning(filters.parties))
    if filters.stage:
        rows = rows.filter(stage=filters.stage)
    if filters.state:
        rows = rows.filter(ended_at__isnull=filters.state == "open")
    if filters.procedure:
        rows = rows.filter(procedure=filters.procedure)
    if filters.organ:
        rows = rows.filter(organ__code=filters.organ)
    if filters.mine:
        rows = rows.filter(
            officers__officer_id=actor.officer_id, officers__role="handler", officers__until__isnull=True
        )
    if filters.lamp == "overdue":
        rows = rows.filter(due_at__lt=at, ended_at__isnull=True)
    elif filters.lamp == "soon":
        rows = rows.filter(due_at__gte=at, due_at__lte=_soon(at, calendar), ended_at__isnull=True)
    return rows


def _after_case(rows: QuerySet[Case], cursor: str) -> QuerySet[Case]:
    moved, _, last = cursor.partition("~")
    when, key = _moment(moved), _key(last)
    if when is None or key is None:
        return rows
    return rows.filter(Q(moved_at__lt=when) | Q(moved_at=when, id__lt=key))


def _after_due(rows: QuerySet[Case], cursor: str) -> QuerySet[Case]:
    due, _, last = cursor.partition("~")
    when, key = _moment(due), _key(last)
    if key is None or (when is None and due != "-"):
        return rows
    if when is None:
        return rows.filter(due_at__isnull=True, id__gt=key)
    return rows.filter(Q(due_at__gt=when) | Q(due_at=when, id__gt=key) | Q(due_at__isnull=True))


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _case_row(case: Case, at: datetime, calendar: Calendar) -> CaseRow:
    return CaseRow(
        no=case.no,
        label=case.label,
        title=case.title,
        organ=case.organ.short_name,
        party=case.party.name if case.party else "",
        stage=case.stage_title,
        act=case.act,
        outcome=case.outcome,
        ended=case.ended_at is not None,
        opened_at=case.opened_at,
        moved_at=case.moved_at,
        due_at=case.due_at,
        lamp=lamp(case.due_at, at, calendar) if case.due_at and not case.ended_at else None,
    )


@dataclass(frozen=True)
class OrganFigures:
    """How one organ stands: open cases, those past a date, those with a date within three working days."""

    code: str
    name: str
    open: int
    overdue: int
    soon: int


def by_organ(actor: Actor, at: datetime) -> list[OrganFigures]:
    """The organs whose cases the person may read, those with most late cases first. Cost: 1 query."""
    soon = _soon(at, law.calendar())
    rows = (
        Case.objects.filter(visible(actor), ended_at__isnull=True)
        .order_by()
        .values("organ__code", "organ__short_name")
        .annotate(
            open=Count("id"),
            overdue=Count("id", filter=Q(due_at__lt=at)),
            soon=Count("id", filter=Q(due_at__gte=at, due_at__lte=soon)),
        )
    )
    found = [
        OrganFigures(row["organ__code"], row["organ__short_name"], row["open"], row["overdue"], row["soon"])
        for row in rows
    ]
    return sorted(found, key=lambda one: (-one.overdue, -one.soon, -one.open, one.code))
