"""暂缓、免除、恢复: what an approval outside the procedure does to a duty of the case. Pure.

A decision may lawfully be shown later or not at all (政府信息公开条例/14-16), which is no step of every procedure and
may be decided when the case is long over. ``pause`` lets the term stand still, ``end`` takes the duty away, ``renew``
lets it be owed again for the whole term from the day on which nothing keeps it from being done any more.

Each leaves its trace among the stops of the step, with no step as its cause; ``carried`` brings a case that was told
again from its steps alone to where these approvals have put it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from mingjing.kernel.case_dates import reckon_duty, settled
from mingjing.kernel.marking import Duty, Marking, Stop, frozen
from mingjing.kernel.numerals import plain_date
from mingjing.kernel.procedure_parts import DutyRule, Procedure
from mingjing.kernel.workdays import Calendar

Facts = Mapping[str, Any]
REVIEWED = "政府信息公开条例/18"
"""Why a term runs anew: what may be shown by now is to be shown."""


@dataclass(frozen=True)
class Reason:
    """Why a duty need not be done, or not yet: the ground, and who approved it until when."""

    cause: str
    document: str


def pause(
    procedure: Procedure,
    marking: Marking,
    step: str,
    reason: Reason,
    on: date,
    facts: Facts,
    calendar: Calendar,
) -> Marking:
    """The term of the duty on ``step`` stands still from the day ``on``, or since it first did; the marking itself
    where it does so for this reason already."""
    mine = next((stop for stop in marking.stops.get(step, ()) if not stop.by and stop.until_on is None), None)
    told = Stop("suspended", "", mine.from_on if mine else on, None, reason.cause, reason.document)
    if mine == told:
        return marking
    stops = (*(stop for stop in marking.stops.get(step, ()) if stop.by), told)
    duties = tuple(
        reckon_duty(procedure, duty, stops, marking.extensions.get(step, ()), calendar, facts.get("field"))
        for duty in marking.pending.get(step, ())
    )
    return _with(marking, step, duties, stops)


def end(marking: Marking, step: str, reason: Reason, on: date) -> Marking:
    """The duty on ``step`` is owed no more; the step stays part of the case."""
    return _with(marking, step, (), (Stop("exempt", "", on, on, reason.cause, reason.document),))


def renew(
    procedure: Procedure,
    marking: Marking,
    step: str,
    since: date,
    facts: Facts,
    at: datetime,
    calendar: Calendar,
) -> Marking:
    """The duty on ``step`` is owed as the step that last made it be owed would have it, with its whole term from the
    day ``since``; the marking itself where no step of the case asks for it."""
    for name in sorted(marking.executed, key=lambda one: -marking.executed[one].order):
        rules = [
            rule
            for rule in procedure.steps[name].duties
            if rule.step == step and (rule.when is None or rule.when.holds(facts))
        ]
        if rules:
            duties = (_anew(procedure, name, rule, since, facts, at, calendar) for rule in rules)
            return _with(marking, step, tuple(duties), (Stop("exempt", "", since, since),))
    return marking


def _anew(
    procedure: Procedure,
    by: str,
    rule: DutyRule,
    since: date,
    facts: Facts,
    at: datetime,
    calendar: Calendar,
) -> Duty:
    within = settled(rule.within, facts) if rule.within else None
    duty = Duty(
        step=rule.step,
        title=rule.title or procedure.steps[rule.step].title,
        by=by,
        clock=rule.clock,
        basis=f"{rule.basis}; {REVIEWED}",
        opened_at=at,
        within=within,
        since=since if within else None,
    )
    found = reckon_duty(procedure, duty, (), (), calendar, facts.get("field"))
    line = f"不公示、暂缓公示自{plain_date(since)}解除或者到期，期限自该日重新起算。"
    return replace(found, explanation=(line, *found.explanation))


def is_held(marking: Marking, step: str) -> bool:
    """Whether the term stands still by an approval outside the procedure."""
    return any(not stop.by and stop.until_on is None for stop in marking.stops.get(step, ()))


def carried(kept: Marking, told: Marking) -> Marking:
    """``told``, a case told again from its steps, with what approvals outside the procedure did to it as ``kept`` has it."""
    for step, stops in kept.stops.items():
        if step in told.included and any(not stop.by for stop in stops):
            told = _with(told, step, kept.pending.get(step, ()), stops)
    return told


def _with(marking: Marking, step: str, duties: tuple[Duty, ...], stops: tuple[Stop, ...]) -> Marking:
    pending = {key: value for key, value in marking.pending.items() if key != step}
    if duties:
        pending[step] = duties
    return replace(marking, pending=frozen(pending), stops=frozen({**marking.stops, step: stops}))
