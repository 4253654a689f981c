"""Keeping the table of obligations equal to what the engine says is owed.

The marking is the truth; rows are what lists, lamps and counts read. ``settle`` compares and moves the
difference, so a defect here can show a wrong list but never a wrong law.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mingjing.kernel import engine
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
            _move(row, duty, _ready_at(work, facts, row.step, row.ready_at))
    new = [_new(work, duty, _ready_at(work, facts, duty.step, None)) for duty in owed.values()]
    work.owed = [*kept, *insert(new)]


def _ready_at(work: Work, facts: Mapping[str, Any], step: str, known: datetime | None) -> datetime | None:
    """From when the step can be taken; one that could be taken before and still can keeps its moment."""
    ready_at = engine.possible_from(work.procedure, work.marking, step, facts, work.at)
    return known if ready_at == work.at and known is not None and known <= work.at else ready_at


def _close(row: Obligation, state: str, at: datetime) -> None:
    row.state = state
    row.closed_at = at
    row.late = state == "discharged" and row.due_at is not None and at > row.due_at
    update(row, "state", "closed_at", "late")


def _move(row: Obligation, duty: Duty, ready_at: datetime | None) -> None:
    if (row.due_at, row.paused, row.ready_at) == (duty.due_at, duty.paused, ready_at):
        return
    row.ready_at = ready_at
    row.due_at = duty.due_at
    row.provisional = duty.provisional
    row.paused = duty.paused
    row.explanation = list(duty.explanation)
    update(row, "ready_at", "due_at", "provisional", "paused", "explanation")


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
