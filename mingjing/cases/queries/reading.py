"""Everything the case page tells, read in one statement: one moment of the case, one query."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.record import queries as record
from mingjing.sql import Kept, Rows

from .. import recordings
from ..models import (
    Case,
    CaseLink,
    CaseOfficer,
    Countersign,
    Evidence,
    Handover,
    Move,
    Obligation,
    Paper,
    Payment,
    RecordingExcuse,
    Service,
    Step,
    Submission,
)
from ..work import Grown, Work
from .finding import OF_ORGAN, UNDER, case_work, not_found, sight

EVENTS_SHOWN = 50
MOVES_SHOWN = 100
SUBMISSIONS_SHOWN = 10
_NEWEST = 2**31 - 1


class StepRow(NamedTuple):
    """One step of the time line; ``leaf``, ``leaf_log``, ``leaf_hash`` as of ``record.place_of``."""

    id: int
    seq: int
    step: str
    title: str
    at: datetime
    by_name: str
    proposer: str | None
    note: str
    facts: dict[str, Any]
    entered_at: datetime
    late_reason: str
    entry_id: uuid.UUID
    by_id: int | None
    set_aside_at: datetime | None
    leaf: int | None
    leaf_log: str | None
    leaf_hash: bytes | None


class DoneRow(NamedTuple):
    """A step in few words: every one of the case, for checks. ``filmed``: there is a picture or sound of it,
    ``filmed_in_time``: not only one that was added later."""

    step: str
    title: str
    at: datetime
    by_id: int | None
    on_behalf_of_id: int | None
    filmed: bool
    filmed_in_time: bool
    id: int
    seq: int
    recording: str
    facts: dict[str, Any]
    excused: bool
    pending_until: datetime | None
    set_aside_at: datetime | None


class PaperRow(NamedTuple):
    """A paper of the case."""

    id: int
    step_id: int
    form: str
    title: str
    number: str
    issued_at: datetime
    pages: int
    sha256: str
    outgoing: bool
    voided_at: datetime | None
    served: bool


class EvidenceRow(NamedTuple):
    """A file of a step that is shown; ``adder`` is who added it later."""

    id: int
    step_id: int
    kind: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    made_at: datetime | None
    added_at: datetime | None
    adder: str | None
    late_reason: str
    entry_id: uuid.UUID | None
    lost_at: datetime | None
    lost_reason: str


class ExcuseRow(NamedTuple):
    """A signed reason why a step has no recording."""

    id: int
    step_id: int
    seq: int
    title: str
    code: str
    text: str
    by_id: int
    name: str
    at: datetime
    state: str
    until: datetime | None


class ObligationRow(NamedTuple):
    """Something owed."""

    id: int
    step: str
    kind: str
    title: str
    role: str
    due_at: datetime | None
    provisional: bool
    paused: bool
    clock: str
    basis: str
    explanation: list[str]
    assignee_id: int | None
    ready_at: datetime | None
    urged_at: datetime | None
    urges: int


class MoveRow(NamedTuple):
    """A move in the office, on the time line between the steps."""

    id: int
    seq: int
    kind: str
    title: str
    at: datetime
    by_name: str
    text: str
    entry_id: uuid.UUID
    leaf: int | None
    leaf_log: str | None
    leaf_hash: bytes | None


class HandoverRow(NamedTuple):
    """An offer of the case that waits for its receiver."""

    id: int
    giver: str
    receiver: str
    receiver_id: int
    reason: str
    duties: list[dict[str, str]]
    materials: list[str]
    offered_by_id: int
    giver_id: int
    offered_at: datetime


class CountersignRow(NamedTuple):
    """A colleague's word on an open submission, given or awaited."""

    id: int
    submission_id: int
    officer_id: int
    officer: str
    question: str
    asked_by_id: int
    state: str
    opinion: str
    closed_at: datetime | None


class SubmissionRow(NamedTuple):
    """A submission that waits or came back."""

    id: int
    step: str
    title: str
    role: str
    proposed_by_id: int
    on_behalf_of_id: int | None
    proposer: str
    proposed_at: datetime
    state: str
    opinion: str
    facts: dict[str, Any]


class PaymentRow(NamedTuple):
    """A payment slip; amount in fen."""

    code: str
    due_fen: int
    state: str
    paid_on: date | None


class RelatedRow(NamedTuple):
    """The matter this one grew out of (``is_parent``), or one that grew out of it; ``seen``: may be read."""

    no: str
    label: str
    title: str
    stage_title: str
    ended_at: datetime | None
    procedure: str
    edition: str
    is_parent: bool
    seen: bool


class LinkRow(NamedTuple):
    """A case that was merged or split off, and the one it was merged into or split off from."""

    kind: str
    case_id: uuid.UUID
    no: str
    label: str
    title: str
    other_no: str
    other_label: str
    other_title: str


@dataclass(frozen=True)
class Read:
    """A case and all that its page tells; ``handled`` names everybody who handles it or once did."""

    work: Work
    steps: Sequence[StepRow]
    done: Sequence[DoneRow]
    papers: Sequence[PaperRow]
    evidence: Sequence[EvidenceRow]
    obligations: Sequence[ObligationRow]
    submissions: Sequence[SubmissionRow]
    payments: Sequence[PaymentRow]
    related: Sequence[RelatedRow]
    moves: Sequence[MoveRow] = ()
    handovers: Sequence[HandoverRow] = ()
    countersigns: Sequence[CountersignRow] = ()
    links: Sequence[LinkRow] = ()
    excuses: Sequence[ExcuseRow] = ()
    handled: Mapping[int | None, str] = field(default_factory=dict)

    @cached_property
    def recordings(self) -> dict[int, str]:
        """How each step had to be recorded when it was taken, by seq."""
        return {one.seq: one.recording for one in self.done}


def read(actor: Actor, no: str, at: datetime, before: int | None) -> Read:
    """The readable case; at most 50 steps before seq ``before``, newest first. Cost: 1 query.

    Raises: Refused ``not-found`` where the person may not read it, as for a number that nobody bears.
    """
    lookup, value = sight(actor)
    asked = {"no": no, "before": _NEWEST if before is None else before}
    case: Any = (
        _PAGE_OF_ORGAN.first(**asked, organ=value)
        if lookup == OF_ORGAN
        else _PAGE_UNDER.first(**asked, path=value)
    )
    if case is None:
        raise not_found(no)
    work = case_work(case, at)
    work.know(
        handlers=tuple(organs.actors(case.handler_rows, at.date()).values()),
        handled=frozenset(one for one, _ in case.handled_rows),
        recorded=[one for one in case.done_rows if _to_be_filmed(one)],
        takers=tuple((one.step, by) for one in case.done_rows for by in (one.by_id, one.on_behalf_of_id)),
        served=frozenset(one.form for one in case.paper_rows if one.served),
        grown=tuple(
            Grown(one.title, one.procedure, one.edition, one.ended_at is not None)
            for one in case.related_rows
            if not one.is_parent
        ),
    )
    return Read(
        work=work,
        steps=case.step_rows,
        done=case.done_rows,
        papers=case.paper_rows,
        evidence=case.evidence_rows,
        obligations=case.obligation_rows,
        submissions=case.submission_rows,
        payments=case.payment_rows,
        related=case.related_rows,
        moves=case.move_rows,
        handovers=case.handover_rows,
        countersigns=case.countersign_rows,
        links=case.link_rows,
        excuses=case.excuse_rows,
        handled=dict(case.handled_rows),
    )


def _to_be_filmed(row: DoneRow) -> bool:
    return row.recording in recordings.FILMED and row.set_aside_at is None


def _page(no: Any, before: Any, lookup: str, sight: Any) -> QuerySet[Case]:
    """The case of that number within the person's sight, with everything that belongs to it."""
    return (
        Case.objects.filter(**{"no": no, lookup: sight})
        .select_related("organ", "party", "power_item")
        .annotate(**_within(before), related_rows=_related(lookup, sight))
        .order_by()
    )


_OF_CASE = OuterRef("pk")


_HANDOVER = (
    "id",
    "giver_name",
    "receiver_name",
    "receiver_id",
    "reason",
    "duties",
    "materials",
    "offered_by_id",
    "giver_id",
    "offered_at",
)


_NAMES = ("no", "label", "title")
_LINK = (
    "kind",
    "case_id",
    "no",
    "label",
    "title",
    "other_no",
    "other_label",
    "other_title",
)


_COUNTERSIGN = (
    "id",
    "submission_id",
    "officer_id",
    "officer_name",
    "question",
    "asked_by_id",
    "state",
    "opinion",
    "closed_at",
)


def _within(before: Any) -> dict[str, Rows]:
    """Everything that belongs to a case, as rows within its row."""
    handlers = organs.Officer.objects.filter(
        case_roles__case=_OF_CASE, case_roles__role="handler", case_roles__until__isnull=True
    )
    handled = CaseOfficer.objects.filter(case=_OF_CASE, role="handler").order_by("id")
    moves = Move.objects.filter(case=_OF_CASE, seq__lt=before).order_by("-seq")[:MOVES_SHOWN]
    countersigns = Countersign.objects.filter(submission__case=_OF_CASE, submission__state="open")
    countersigns = countersigns.exclude(state="cancelled").annotate(officer_name=F("officer__name"))
    countersigns = countersigns.order_by("id")
    handovers = Handover.objects.filter(case=_OF_CASE, state="open")
    handovers = handovers.annotate(giver_name=F("giver__name"), receiver_name=F("receiver__name"))
    steps = Step.objects.filter(case=_OF_CASE)
    shown = _shown(_OF_CASE, before).annotate(proposer=F("proposed_by__name"), **record.place_of("entry_id"))
    films = recordings.films(OuterRef("pk"))
    filmed = {**recordings.marks(), "filmed_in_time": Exists(films.filter(added_at__isnull=True))}
    served = Exists(Service.objects.filter(paper=OuterRef("pk")))
    papers = Paper.objects.filter(case=_OF_CASE).annotate(served=served)
    evidence = Evidence.objects.filter(
        case=_OF_CASE, step__in=_shown(OuterRef(_OF_CASE), before).values("pk")
    )
    obligations = Obligation.objects.filter(case=_OF_CASE, state="open")
    submissions = Submission.objects.filter(case=_OF_CASE, state__in=("open", "returned"))
    submissions = submissions.annotate(proposer=F("proposed_by__name")).order_by("-id")[:SUBMISSIONS_SHOWN]
    links = CaseLink.objects.filter(Q(case=_OF_CASE) | Q(other=_OF_CASE)).order_by("id")
    links = links.annotate(**{name: F(f"case__{name}") for name in _NAMES})
    links = links.annotate(**{f"other_{name}": F(f"other__{name}") for name in _NAMES})
    excuses = RecordingExcuse.objects.filter(step__case=_OF_CASE).exclude(state="refused").order_by("id")
    excuses = excuses.annotate(seq=F("step__seq"), title=F("step__title"), name=F("by__name"))
    return {
        "excuse_rows": _rows(excuses, ExcuseRow),
        "link_rows": Rows(links.values_list(*_LINK), LinkRow),
        "handled_rows": Rows(handled.values_list("officer_id", "officer__name")),
        "move_rows": _rows(moves.annotate(**record.place_of("entry_id")), MoveRow),
        "handover_rows": Rows(handovers.order_by("id").values_list(*_HANDOVER), HandoverRow),
        "countersign_rows": Rows(countersigns.values_list(*_COUNTERSIGN), CountersignRow),
        "handler_rows": Rows(organs.holdings(handlers.order_by("case_roles__pk"))),
        "step_rows": _rows(shown, StepRow),
        "done_rows": _rows(steps.annotate(**filmed).order_by("seq"), DoneRow),
        "paper_rows": _rows(papers.order_by("id"), PaperRow),
        "evidence_rows": _rows(evidence.annotate(adder=F("added_by__name")).order_by("id"), EvidenceRow),
        "obligation_rows": _rows(obligations.order_by("due_at", "id"), ObligationRow),
        "submission_rows": _rows(submissions, SubmissionRow),
        "payment_rows": _rows(Payment.objects.filter(case=_OF_CASE).order_by("id"), PaymentRow),
    }


def _shown(case: OuterRef, before: Any) -> QuerySet[Step]:
    return Step.objects.filter(case=case, seq__lt=before).order_by("-seq")[:EVENTS_SHOWN]


def _related(lookup: str, sight: Any) -> Rows:
    """The matter above and those below, each with whether the person may read it."""
    related = Case.objects.filter(Q(pk=OuterRef("parent_id")) | Q(parent=_OF_CASE))
    marks = {"is_parent": _yes_or_no(pk=OuterRef("parent_id")), "seen": _yes_or_no(**{lookup: sight})}
    return _rows(related.annotate(**marks).order_by("opened_at", "id"), RelatedRow)


def _rows(rows: QuerySet[Any], shape: Any) -> Rows:
    return Rows(rows.values_list(*shape._fields), shape)


def _yes_or_no(**condition: Any) -> ExpressionWrapper[Q]:
    return ExpressionWrapper(Q(**condition), output_field=BooleanField())


_PAGE_OF_ORGAN = Kept(lambda no, before, organ: _page(no, before, OF_ORGAN, organ))
_PAGE_UNDER = Kept(lambda no, before, path: _page(no, before, UNDER, path))
