"""Keeping the table of obligations equal to what the engine says is owed.

The marking is the truth; rows are what lists, lamps and counts read. ``settle`` compares and moves the
difference, so a defect here can show a wrong list but never a wrong law.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mingjing.kernel import engine, holding
from mingjing.kernel.marking import Duty
from mingjing.sql import insert, update

from .models import Case, Obligation
from .work import Work


def settle(work: Work, *, done: str) -> None:
    """Open, move, discharge and cancel rows so that ``work.owed`` holds exactly what the marking says is owed.

    ``done`` is the step just taken: rows on it that vanished are discharged; others were cancelled.
    Cost: 1 query for each changed row, 1 to add all new rows.
    """
    marking, facts = work.marking, work.facts()
    owed = {
        duty.key: duty for step, duties in marking.pending.items() if marking.owes(step) for duty in duties
    }
    kept = []
    for row in work.owed:
        duty = owed.get(row.key) if row.kind == "duty" else None
        if row.kind == "duty" and (duty is None or duty.opened_at != row.opened_at):
            _close(row, "discharged" if row.step == done else "cancelled", work.at)
            continue
        kept.append(row)
        if duty is not None:
            del owed[row.key]
            _move(row, duty, _ready_at(work, facts, row.step, row.ready_at), work.at)
    new = [_new(work, duty, _ready_at(work, facts, duty.step, None)) for duty in owed.values()]
    work.owed = [*kept, *insert(new)]


def _ready_at(work: Work, facts: Mapping[str, Any], step: str, known: datetime | None) -> datetime | None:
    """From when the step can be taken; one that could be taken before and still can keeps its moment. None while an
    approval outside the procedure holds it up."""
    if holding.is_held(work.marking, step):
        return None
    ready_at = engine.possible_from(work.procedure, work.marking, step, facts, work.at)
    return known if ready_at == work.at and known is not None and known <= work.at else ready_at


def _close(row: Obligation, state: str, at: datetime) -> None:
    row.state = state
    row.closed_at = at
    row.late = _was_late(row, at)
    update(row, "state", "closed_at", "late")


def _was_late(row: Obligation, at: datetime) -> bool:
    """Whether its term ever ran out before it was done: what stands still, falls away or is owed anew after that was
    late all the same."""
    ran_out = row.due_at is not None and not row.paused and at > row.due_at
    return row.late or ran_out


def _move(row: Obligation, duty: Duty, ready_at: datetime | None, at: datetime) -> None:
    told = list(duty.explanation)
    if (row.due_at, row.paused, row.ready_at, row.explanation) == (duty.due_at, duty.paused, ready_at, told):
        return
    if duty.paused:
        row.late = _was_late(row, at)
    row.ready_at = ready_at
    row.due_at = duty.due_at
    row.provisional = duty.provisional
    row.paused = duty.paused
    row.explanation = told
    update(row, "ready_at", "due_at", "provisional", "paused", "explanation", "late")


def keep_lateness(work: Work, step: str) -> None:
    """Say of a duty that is owed anew that it was late, where the one in whose place it came was. Cost: 2 queries."""
    for row in [one for one in work.owed if one.kind == "duty" and one.step == step]:
        before = Obligation.objects.filter(case_id=row.case_id, kind="duty", key=row.key, pk__lt=row.pk)
        last = before.order_by("-pk").first()
        if last is not None and last.state == "cancelled" and last.late:
            row.late = True
            update(row, "late")


def _new(work: Work, duty: Duty, ready_at: datetime | None) -> Obligation:
    role = work.procedure.steps[duty.step].by[0]
    # The handler named first answers first for the case.
    assignee = work.handlers[0].id if role == "handler" and work.handlers else None
    return Obligation(
        case=work.case,
        organ_id=work.case.organ_id,
        kind="duty",
        step=duty.step,
        key=duty.key,
        title=duty.title,
        role=role,
        assignee_id=assignee,
        opened_at=duty.opened_at,
        ready_at=ready_at,
        due_at=duty.due_at,
        provisional=duty.provisional,
        paused=duty.paused,
        clock=duty.clock,
        basis=duty.basis,
        explanation=list(duty.explanation),
    )


def open_approval(case: Case, *, step: str, title: str, role: str, at: datetime) -> None:
    """Put a submission on the to-do list of those who approve."""
    row = Obligation(
        case=case,
        organ_id=case.organ_id,
        kind="approval",
        step=step,
        key=f"approve/{step}",
        title=f"审批：{title}",
        role=role,
        opened_at=at,
        ready_at=at,
    )
    insert([row])


def close_approval(work: Work, *, step: str) -> None:
    """Take a submission off the to-do list."""
    closed = [row for row in work.owed if row.kind == "approval" and row.step == step]
    for row in closed:
        _close(row, "discharged", work.at)
        work.owed.remove(row)


def open_personal(
    case: Case, *, kind: str, key: str, title: str, role: str, assignee_id: int, at: datetime
) -> None:
    """Put something that a colleague asks of one officer on that officer's to-do list."""
    row = Obligation(
        case=case,
        organ_id=case.organ_id,
        kind=kind,
        step=kind,
        key=key,
        title=title,
        role=role,
        assignee_id=assignee_id,
        opened_at=at,
        ready_at=at,
    )
    insert([row])


def close_personal(work: Work, *, kind: str, key: str, done: bool) -> None:
    """Take it off again: discharged if it was answered, else cancelled."""
    for row in [one for one in work.owed if (one.kind, one.key) == (kind, key)]:
        _close(row, "discharged" if done else "cancelled", work.at)
        work.owed.remove(row)


@dataclass(frozen=True)
class Judging:
    """What somebody must approve, or judge anew by a day: ``due_at`` is None for an approval."""

    key: str
    title: str
    role: str
    basis: str
    due_at: datetime | None = None


EXEMPTION = "exemption"


def settle_exemptions(work: Work, wanted: Collection[Judging], *, undone: Collection[str] = ()) -> None:
    """Open and close rows so that exactly these approvals and reviews of exemptions are owed in the case.

    ``undone`` are the keys of those that fell away without anybody having judged. A review stands on the list of what
    can be done from its day on, or when it comes near. Cost: none where nothing changes.
    """
    open_rows = [row for row in work.owed if row.kind == EXEMPTION]
    found = {(row.key, row.title, row.due_at): row for row in open_rows}
    told = {(one.key, one.title, one.due_at): one for one in wanted}
    for place, row in found.items():
        if place not in told:
            _close(row, "cancelled" if row.key in undone else "discharged", work.at)
            work.owed.remove(row)
    new = [_judged(work, one) for place, one in told.items() if place not in found]
    if new:
        work.owed += insert(new)
    due_at = earliest_due(work)
    if work.case.ended_at is None and work.case.due_at != due_at:
        work.case.due_at = due_at
        update(work.case, "due_at")


def _judged(work: Work, one: Judging) -> Obligation:
    return Obligation(
        case=work.case,
        organ_id=work.case.organ_id,
        kind=EXEMPTION,
        step=EXEMPTION,
        key=one.key,
        title=one.title,
        role=one.role,
        basis=one.basis,
        opened_at=work.at,
        ready_at=one.due_at.replace(hour=0, minute=0, second=0) if one.due_at else work.at,
        due_at=one.due_at,
    )


def reassign(work: Work, *, giver_id: int, receiver_id: int) -> None:
    """Put the duties of one handler on the list of another. Cost: 1 query for each."""
    for row in work.owed:
        if row.kind == "duty" and row.assignee_id == giver_id:
            row.assignee_id = receiver_id
            update(row, "assignee")


def earliest_due(work: Work) -> datetime | None:
    """The nearest date that the organ, not the party, must keep."""
    dates = [row.due_at for row in work.owed if row.due_at and not row.paused and row.role != "party"]
    return min(dates, default=None)
