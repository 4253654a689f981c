"""Asking for placements: what is owed where, by when, what channels answered, and what is withheld and why."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, When

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor

from .matrix import SURE, matrix
from .models import Correction, Delivery, Exemption, Placement
from .placing_models import STATES, WAITING

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
    rows = _behind(placement_rows(wanted), after).select_related("organ", "case", "publication")
    return [_placed(row) for row in rows.order_by(F("due_at").asc(nulls_last=True), "pk")[:limit]]


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
    rows = _behind(rows, after, "task_due").select_related("organ", "case", "publication")
    ordered: Any = rows.order_by(F("task_due").asc(nulls_last=True), "pk")[:limit]
    return [replace(_placed(row), cursor=_cursor(row.task_due, row.pk)) for row in ordered]


REMOVING = ("owed", "sent")
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
    return [_placed(row) for row in ordered]


def _cursor(due_at: datetime | None, key: int) -> str:
    return f"{due_at.isoformat() if due_at else ''}|{key}"


def _behind(rows: QuerySet[Placement], after: str, by: str = "due_at") -> QuerySet[Placement]:
    if not after:
        return rows
    moment, _, key = after.rpartition("|")
    try:
        last, due_at = int(key), datetime.fromisoformat(moment) if moment else None
    except ValueError:
        raise Refused("bad-cursor", f"翻页标记“{after}”无效。", remedy="请从第一页重新翻看。") from None
    if due_at is None:
        return rows.filter(**{f"{by}__isnull": True, "pk__gt": last})
    later, same, never = (
        Q(**{f"{by}__gt": due_at}),
        Q(**{by: due_at, "pk__gt": last}),
        Q(**{f"{by}__isnull": True}),
    )
    return rows.filter(later | same | never)


def _placed(row: Placement) -> Placed:
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
        cursor=_cursor(row.due_at, row.pk),
    )


SMALL = 3  # a count below this is not told: it could point to somebody


@dataclass(frozen=True)
class Withheld:
    """不公示的件数: how many decisions are not shown for one reason; ``count`` is None where it is too small to tell."""

    ground: str
    title: str
    basis: str
    count: int | None

    @property
    def words(self) -> str:
        """The count for readers."""
        return f"少于 {SMALL}" if self.count is None else str(self.count)


def withheld_counts(
    *, organ: str = "", year: int | None = None, channels: Collection[str] = ("portal",)
) -> list[Withheld]:
    """How many decisions are withheld, by coded reason, in the order of the codex; small cells suppressed.

    Source: 达州三项制度方案/4(1) (公开为常态、不公开为例外). Cost: 1 query.
    """
    rows = Placement.objects.filter(state="withheld", channel__in=channels).order_by()
    if organ:
        rows = rows.filter(organ__code=organ)
    if year is not None:
        rows = rows.filter(decided_on__gte=date(year, 1, 1), decided_on__lte=date(year, 12, 31))
    counts: dict[str, int] = {}
    for ground, papers in rows.values_list("ground").annotate(papers=_papers()):
        counts[ground] = papers
    return [
        Withheld(one.id, one.title, one.basis, counts[one.id] if counts[one.id] >= SMALL else None)
        for one in matrix().grounds.values()
        if counts.get(one.id)
    ]


def _papers() -> Count:
    return Count("paper", distinct=True)


@dataclass(frozen=True)
class Exempted:
    """One decision that is not shown, or not yet, as lists show it."""

    id: int
    case_no: str
    number: str
    organ: str
    kind: str
    ground: str
    ground_title: str
    basis: str
    reason: str
    review_on: date
    state: str
    proposed_at: datetime
    proposed_by: str
    opinion: str


def exemptions(
    *, organ: str = "", under: str = "", states: Collection[str] = ("open", "approved"), limit: int = 200
) -> list[Exempted]:
    """Exemptions, the earliest day of review first. Cost: 1 query."""
    rows = Exemption.objects.filter(state__in=states)
    return [_exempted(row) for row in _told(rows, organ, under)[:limit]]


def reviews(*, due_by: date, organ: str = "", under: str = "", limit: int = 200) -> list[Exempted]:
    """Exemptions that are to be judged anew by that day. Source: 政府信息公开条例/18. Cost: 1 query."""
    rows = Exemption.objects.filter(state="approved", review_on__lte=due_by)
    return [_exempted(row) for row in _told(rows, organ, under)[:limit]]


def _told(rows: QuerySet[Exemption], organ: str, under: str) -> QuerySet[Exemption]:
    return _within(rows, organ, under).select_related("case", "paper", "organ", "proposed_by")


def _within(rows: QuerySet[Any], organ: str, under: str) -> QuerySet[Any]:
    if organ:
        rows = rows.filter(organ__code=organ)
    return rows.filter(organ__path__startswith=under) if under else rows


def _exempted(row: Exemption) -> Exempted:
    ground = matrix().grounds.get(row.ground)
    return Exempted(
        id=row.pk,
        case_no=row.case.no,
        number=row.paper.number,
        organ=row.organ.short_name,
        kind=row.kind,
        ground=row.ground,
        ground_title=ground.title if ground else row.ground,
        basis=ground.basis if ground else "",
        reason=row.reason,
        review_on=row.review_on,
        state=row.state,
        proposed_at=row.proposed_at,
        proposed_by=row.proposed_by.name,
        opinion=row.opinion,
    )


@dataclass(frozen=True)
class Asked:
    """One request to correct, as the desk shows it; ``answer`` and ``state`` are what whoever asked may read."""

    id: int
    code: str
    slug: str
    number: str
    case_no: str
    organ: str
    role: str
    asker: str
    contact: str
    text: str
    asked_at: datetime
    due_at: datetime
    state: str
    finding: str
    answer: str
    answered_at: datetime | None
    shown: tuple[tuple[str, str], ...]
    summary: tuple[tuple[str, str], ...]


def corrections(
    *, organ: str = "", under: str = "", states: Collection[str] = ("open", "verified"), limit: int = 100
) -> list[Asked]:
    """Requests to correct, the earliest due first. Cost: 1 query."""
    rows = _within(Correction.objects.filter(state__in=states), organ, under)
    return [_asked(row) for row in rows.select_related("publication__case", "organ")[:limit]]


def correction_by_code(code: str) -> Asked:
    """The request with this code, for whoever asked. Raises: Refused ``no-such-correction``. Cost: 1 query."""
    row = Correction.objects.select_related("publication__case", "organ").filter(code=code).first()
    if row is None:
        raise Refused("no-such-correction", "没有这个查询码的更正申请。", remedy="请核对查询码。")
    return _asked(row)


def correction_of(correction_id: int, actor: Actor) -> Asked:
    """One request of the actor's organ, or of those he supervises. Raises: Refused ``no-such-correction``."""
    wanted = scope_of(actor)
    rows = _within(Correction.objects.filter(pk=correction_id), wanted.organ, wanted.under)
    row = rows.select_related("publication__case", "organ").first()
    if row is None:
        raise Refused("no-such-correction", "没有这件更正申请。", remedy="请从列表重新进入。")
    return _asked(row)


def _asked(row: Correction) -> Asked:
    shown = row.publication
    return Asked(
        id=row.pk,
        code=row.code,
        slug=shown.slug,
        number=shown.number,
        case_no=shown.case.no,
        organ=row.organ.short_name,
        role=row.role,
        asker=row.asker,
        contact=row.contact,
        text=row.text,
        asked_at=row.asked_at,
        due_at=row.due_at,
        state=row.state,
        finding=row.finding,
        answer=row.answer,
        answered_at=row.answered_at,
        shown=tuple((heading, words) for heading, words in shown.rendition.get("text", [])),
        summary=(("subject", shown.subject), ("title", shown.title), ("conclusion", shown.conclusion)),
    )


@dataclass(frozen=True)
class Changed:
    """One line of the history of a placement."""

    state_title: str
    at: datetime
    by: str
    note: str


@dataclass(frozen=True)
class Delivered:
    """One attempt to bring it to the channel, and what the channel answered."""

    attempt: int
    kind: str
    batch: str
    at: datetime
    by: str
    outcome: str
    answered_at: datetime | None
    number: str
    note: str


@dataclass(frozen=True)
class Why:
    """为什么: the row of the matrix that decides, with what is sure about it and what is not."""

    title: str
    basis: str
    sure: str
    note: str


@dataclass(frozen=True)
class PlacementPage:
    """One decision on one channel, told whole."""

    placed: Placed
    why: Why | None
    changes: tuple[Changed, ...]
    deliveries: tuple[Delivered, ...]
    removal_explanation: tuple[str, ...]
    exemption: Exempted | None


def placement_page(placement_id: int, actor: Actor) -> PlacementPage:
    """A placement of the actor's organ, or of one he supervises. Cost: 4 queries.

    Raises: Refused ``no-such-placement``, ``no-organ``.
    """
    rows = placement_rows(scope_of(actor)).select_related("organ", "case", "publication")
    row = rows.filter(pk=placement_id).first()
    if row is None:
        raise Refused("no-such-placement", "没有这条发布项。", remedy="请从“公示”列表重新进入。")
    rule = matrix().rule(row.rule)
    exempt = Exemption.objects.filter(paper=row.paper_id, state__in=("open", "approved"))
    held = exempt.select_related("case", "paper", "organ", "proposed_by").first()
    return PlacementPage(
        placed=_placed(row),
        why=Why(rule.title, rule.basis, SURE[rule.sure], rule.note) if rule else None,
        changes=tuple(
            Changed(STATES[one.state], one.at, one.by_name, one.note) for one in row.changes.order_by("-id")
        ),
        deliveries=tuple(_delivered(one) for one in row.deliveries.order_by("-attempt")),
        removal_explanation=tuple(row.removal_explanation),
        exemption=_exempted(held) if held else None,
    )


def _delivered(row: Delivery) -> Delivered:
    return Delivered(
        attempt=row.attempt,
        kind=DELIVERIES[row.kind],
        batch=row.batch,
        at=row.at,
        by=row.by_name,
        outcome=OUTCOMES[row.outcome],
        answered_at=row.answered_at,
        number=row.number,
        note=row.note,
    )


DELIVERIES = {"show": "公示", "correct": "更正", "remove": "撤下"}
OUTCOMES = {"waiting": "等待回执", "accepted": "已接收", "refused": "被退回"}


def grounds() -> list[tuple[str, str, str]]:
    """The reasons that a head may approve: code, title and basis."""
    return [(one.id, one.title, one.basis) for one in matrix().grounds.values() if one.kind != "law"]


def channels() -> list[tuple[str, str]]:
    """The channels, by code and title."""
    return [(one.id, one.title) for one in matrix().channels]
