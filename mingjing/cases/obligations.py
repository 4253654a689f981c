"""Keeping the table of obligations equal to what the engine says is owed.

The marking is the truth; rows are what lists, lamps and counts read. ``settle`` compares and moves the
difference, so a defect here can show a wrong list but never a wrong law.
"""

from __future__ import annotations

from datetime import datetime

from mingjing.kernel.marking import Duty, Marking
from mingjing.kernel.procedure import Procedure
from mingjing.organs.authority import Actor

from .models import Case, CaseOfficer, Obligation


def settle(case: Case, procedure: Procedure, marking: Marking, *, done: str, at: datetime) -> None:
    """Open, move, discharge and cancel rows so that the open duties of ``case`` equal what is owed.

    ``done`` is the step just taken: rows on it that vanished are discharged; others were cancelled.
    Cost: 1 query to read, 1 per changed row, 1 to add all new rows.
    """
    owed = {
        duty.key: duty for step, duties in marking.pending.items() if marking.owes(step) for duty in duties
    }
    rows = {row.key: row for row in case.obligations.filter(kind="duty", state="open")}
    added = []
    for key, row in rows.items():
        duty = owed.get(key)
        if duty is None or duty.opened_at != row.opened_at:
            _close(row, "discharged" if row.step == done else "cancelled", at)
        elif (row.due_at, row.paused) != (duty.due_at, duty.paused):
            _move(row, duty)
    for key, duty in owed.items():
        held = rows.get(key)
        if held is None or held.state != "open":
            added.append(_new(case, procedure, duty))
    Obligation.objects.bulk_create(added)


def _close(row: Obligation, state: str, at: datetime) -> None:
    row.state = state
    row.closed_at = at
    row.late = state == "discharged" and row.due_at is not None and at > row.due_at
    row.save(update_fields=["state", "closed_at", "late"])


def _move(row: Obligation, duty: Duty) -> None:
    row.due_at = duty.due_at
    row.provisional = duty.provisional
    row.paused = duty.paused
    row.explanation = list(duty.explanation)
    row.save(update_fields=["due_at", "provisional", "paused", "explanation"])


def _new(case: Case, procedure: Procedure, duty: Duty) -> Obligation:
    role = procedure.steps[duty.step].by[0]
    return Obligation(
        case=case,
        organ_id=case.organ_id,
        kind="duty",
        step=duty.step,
        key=duty.key,
        title=duty.title,
        role=role,
        assignee_id=main_handler(case) if role == "handler" else None,
        opened_at=duty.opened_at,
        due_at=duty.due_at,
        provisional=duty.provisional,
        paused=duty.paused,
        clock=duty.clock,
        basis=duty.basis,
        explanation=list(duty.explanation),
    )


def main_handler(case: Case) -> int | None:
    """The officer who answers first for the case: the handler named first."""
    return (
        CaseOfficer.objects.filter(case=case, role="handler")
        .order_by("id")
        .values_list("officer_id", flat=True)
        .first()
    )


def open_approval(case: Case, *, step: str, title: str, role: str, actor: Actor, at: datetime) -> None:
    """Put a submission on the to-do list of those who approve."""
    Obligation.objects.create(
        case=case,
        organ_id=case.organ_id,
        kind="approval",
        step=step,
        key=f"approve/{step}",
        title=f"审批：{title}",
        role=role,
        opened_at=at,
    )


def close_approval(case: Case, *, step: str, at: datetime) -> None:
    """Take a submission off the to-do list."""
    for row in case.obligations.filter(kind="approval", step=step, state="open"):
        _close(row, "discharged", at)


def earliest_due(case: Case) -> datetime | None:
    """The nearest date that the organ, not the party, must keep."""
    return (
        case.obligations.filter(state="open", due_at__isnull=False, paused=False)
        .exclude(role="party")
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )
