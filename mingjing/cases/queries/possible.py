"""What may be done next in a case, what is owed in it, and why not: the buttons and the duties of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mingjing.kernel import engine
from mingjing.kernel.case_dates import why_paused
from mingjing.kernel.clocks import lamp
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.organs.roles import role_title

from ..access import why_not_actor
from ..models import Obligation, Submission
from ..needs import unmet
from ..urges import why_not_urge
from ..work import POWER_ITEM, Work
from .reading import (
    ObligationRow,
    SubmissionRow,
)
from .views import (
    ActionView,
    ObligationView,
)


def obligation_of(row: Obligation | ObligationRow, work: Work, actor: Actor | None) -> ObligationView:
    """A duty as the page tells it; ``actor`` is who might ask for it, None where nobody does."""
    return ObligationView(
        step=row.step,
        kind=row.kind,
        title=row.title,
        role=role_title(row.role),
        due_at=row.due_at,
        provisional=row.provisional,
        paused=row.paused,
        why_paused=why_paused(work.procedure, work.marking.stops.get(row.step, ())) if row.paused else "",
        lamp=lamp(row.due_at, work.at, work.calendar) if row.due_at and not row.paused else None,
        clock=row.clock,
        basis=row.basis,
        explanation=tuple(row.explanation),
        id=row.id,
        may_urge=actor is not None and _may_urge(work, row, actor),
        urged_at=row.urged_at,
        urges=row.urges,
    )


def _may_urge(work: Work, row: Obligation | ObligationRow, actor: Actor) -> bool:
    ours = actor.organ_id == work.case.organ_id and "case.move" in actor.permissions
    return ours and why_not_urge(work, row, actor) is None


def actions_of(
    work: Work,
    facts: Mapping[str, Any],
    actor: Actor,
    obligations: tuple[ObligationView, ...],
    submissions: Sequence[SubmissionRow],
) -> tuple[ActionView, ...]:
    """Every step that is part of the case and not over and done with, each with why not, if so."""
    possible = engine.possible(work.procedure, work.marking, facts, work.at)
    return tuple(
        action_of(work, work.procedure.steps[step], refused, facts, actor, obligations, submissions)
        for step, refused in possible.items()
        if not work.procedure.steps[step].start and not _settled(refused)
    )


def _settled(refused: Refused | None) -> bool:
    """Steps that are over and done with are no buttons, not even grey ones."""
    return refused is not None and refused.code in (
        "ended",
        "merged",
        "too-often",
        "window-waived",
        "not-included",
    )


def action_of(
    work: Work,
    rule: Rule,
    refused: Refused | None,
    facts: Mapping[str, Any],
    actor: Actor,
    obligations: Sequence[ObligationView],
    submissions: Sequence[Submission | SubmissionRow],
) -> ActionView:
    """One step as a button: whether it may be taken now, by this person, and what stands against it."""
    not_mine = why_not_actor(work, rule, actor)
    if refused is None and not_mine is None:
        refused = work.why_unrecorded(rule) or unmet(_early(rule), work.situation(rule, facts, actor, None))
    return ActionView(
        step=rule.id,
        title=rule.title,
        stage=rule.stage,
        refused=refused,
        not_mine=not_mine,
        approve=role_title(rule.approve) if rule.approve else "",
        recording=rule.recording,
        basis=rule.basis,
        guide=rule.guide,
        through="payment" if rule.confirms_payment else (rule.through or ""),
        owed=next((one for one in obligations if one.step == rule.id and one.kind == "duty"), None),
        submitted=next((one.id for one in submissions if one.step == rule.id and one.state == "open"), None),
        papers=tuple(paper.form for paper in rule.papers),
        flow=rule.flow,
        ends=rule.ends is not None,
        by_party="party" in rule.by,
        happened=work.marking.has_happened(rule.id),
        shows=rule.shows,
    )


# Needs that can be judged before the form is filled in; the others look at what the form will say,
# or at the approver.
_LATER = frozenset(
    {
        "first_in_line",
        "within_benchmark_or_reason",
        "within_spot_cap",
        "within_limitation",
        "head_is_principal",
        "power_in_force",
    }
)


def _early(rule: Rule) -> tuple[str, ...]:
    asks_item = any(field.name == POWER_ITEM for field in rule.facts)
    return tuple(name for name in rule.needs if name not in _LATER and not (asks_item and name == POWER_ITEM))
