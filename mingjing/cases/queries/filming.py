"""What has to be filmed: steps of running cases that a recording may be for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.procedure import Step as Rule
from mingjing.organs.authority import Actor

from .. import recordings
from ..models import Case, Step
from ..recording_rules import Further, further_of, procedure_of
from ..recordings import FILMED
from .finding import visible_cases

MOST_CASES = 200


@dataclass(frozen=True)
class FilmedStep:
    """A step that has to be recorded, of a case to choose from."""

    step: str
    title: str
    level: str  # key full
    basis: str


@dataclass(frozen=True)
class FilmedCase:
    """A running case of the person with the steps of its procedure that have to be recorded."""

    no: str
    label: str
    title: str
    party: str
    steps: tuple[FilmedStep, ...]


@dataclass(frozen=True)
class TakenStep:
    """A step that was taken and has to be recorded; ``filmed``: a recording of it is there."""

    case_no: str
    case_label: str
    step: str
    title: str
    seq: int
    at: datetime
    officers: tuple[int, ...]
    filmed: bool


def filmed_step(rule: Rule) -> FilmedStep:
    """The step as it is offered for a recording."""
    return FilmedStep(rule.id, rule.title, rule.recording, rule.recording_basis)


def my_filmed_cases(actor: Actor, at: datetime) -> list[FilmedCase]:
    """Running cases that the officer handles, newest first, each with what has to be filmed in it. Cost: 1 or 2
    queries."""
    rows = (
        visible_cases(actor)
        .filter(
            ended_at__isnull=True,
            officers__officer_id=actor.officer_id,
            officers__role="handler",
            officers__until__isnull=True,
        )
        .select_related("organ", "party")
        .order_by("-moved_at", "-id")
        .distinct()[:MOST_CASES]
    )
    asked: dict[int, Sequence[Further]] = {}
    for one in rows:
        if one.organ_id not in asked:
            asked[one.organ_id] = further_of(one.organ, at.astimezone(SHANGHAI).date())
    found = (_filmed_case(one, at, asked[one.organ_id]) for one in rows)
    return [one for one in found if one.steps]


def taken_steps(actor: Actor, since: datetime, until: datetime, within: timedelta) -> list[TakenStep]:
    """Steps of the organ's running cases that have to be recorded and were taken about that time. Cost: 2 queries.

    For recordings of a camera: they are matched by officer and time.
    """
    rows = (
        Step.objects.filter(
            case__organ_id=actor.organ_id or 0,
            case__ended_at__isnull=True,
            set_aside_at__isnull=True,
            recording__in=FILMED,
            at__gte=since - within,
            at__lte=until + timedelta(days=1) + within,
        )
        .select_related("case")
        .prefetch_related("case__officers")
        .annotate(filmed=Exists(recordings.films(OuterRef("pk"))))
        .order_by("at")[:1000]
    )
    return [_taken(one, one.filmed) for one in rows]


def _filmed_case(case: Case, at: datetime, further: Sequence[Further]) -> FilmedCase:
    steps = procedure_of(case, at, further).steps.values()
    return FilmedCase(
        case.no,
        case.label,
        case.title,
        case.party.name if case.party else "",
        tuple(filmed_step(one) for one in steps if one.recording in FILMED),
    )


def _taken(step: Step, filmed: bool) -> TakenStep:
    handlers = tuple(
        one.officer_id for one in step.case.officers.all() if one.role == "handler" and one.until is None
    )
    return TakenStep(
        case_no=step.case.no,
        case_label=step.case.label,
        step=step.step,
        title=step.title,
        seq=step.seq,
        at=step.at,
        officers=tuple(dict.fromkeys((*((step.by_id,) if step.by_id else ()), *handlers))),
        filmed=filmed,
    )
