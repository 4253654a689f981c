"""The engine: what may be done next in a case, and what follows from doing it. Pure.

A timed DCR graph is a marking and five relations (condition, milestone, response, include, exclude), to which
law adds rights that lapse, minimum waits, terms that stop and grow, and an end. Executing a step discharges
its own duty, then excludes, includes and responds, in this order. Unlike plain DCR, excluding a step forgets
what was owed there: 退回补充调查 closes the service of the notice, and the next notice owes it afresh.

Time enters only as ``at``. Facts are the case's facts with the constants of its field's profile; derived
facts are computed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from mingjing.kernel.case_dates import (
    begin_wait,
    day_or_moment,
    due_by_fact,
    local,
    open_right,
    reckon_duty,
    reckoned_dates,
    settled,
)
from mingjing.kernel.enabling import (
    Situation,
    Window,
    form_refusal,
    has_passed,
    owed_duties,
    refusal,
    right_state,
    window_of,
)
from mingjing.kernel.marking import (
    Duty,
    Executed,
    Extension,
    Marking,
    Right,
    Stop,
    Wait,
    dump,
    frozen,
    load,
)
from mingjing.kernel.procedure_parts import DutyRule, Procedure, Step
from mingjing.kernel.refused import Refused
from mingjing.kernel.tables import nearest
from mingjing.kernel.workdays import Calendar

__all__ = [
    "Advance",
    "Duty",
    "Marking",
    "Window",
    "advance",
    "begin",
    "dump",
    "duties",
    "force",
    "load",
    "possible",
    "possible_from",
    "why_not",
    "windows",
]

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Advance:
    """What one step brought about.

    ``opened`` are the duties owed from now on, ``discharged`` and ``cancelled`` the steps no longer owed
    because they were done or closed, ``moved`` the duties whose due date or pause changed, ``lapsed`` the
    steps whose right ran out unused since the last event, ``outcome`` the code of the end if the case ended.
    """

    marking: Marking
    opened: tuple[Duty, ...]
    discharged: tuple[str, ...]
    lapsed: tuple[str, ...]
    cancelled: tuple[str, ...]
    moved: tuple[Duty, ...]
    outcome: str | None


def begin(procedure: Procedure) -> Marking:
    """The marking of a new case: nothing happened, nothing owed."""
    return Marking(included=frozenset(step.id for step in procedure.steps.values() if step.included))


def why_not(procedure: Procedure, marking: Marking, step: str, facts: Facts, at: datetime) -> Refused | None:
    """Why the step may not be taken now, or None. ``advance`` also judges the date facts of its own form."""
    if step not in procedure.steps:
        return _no_such_step(procedure, step)
    return refusal(_situation(procedure, marking, facts, at), procedure.steps[step])


def possible(procedure: Procedure, marking: Marking, facts: Facts, at: datetime) -> dict[str, Refused | None]:
    """Every step that is part of the case, in file order, with the reason why it may not be taken or None."""
    situation = _situation(procedure, marking, facts, at)
    included = marking.included
    return {step.id: refusal(situation, step) for step in procedure.steps.values() if step.id in included}


def possible_from(
    procedure: Procedure, marking: Marking, step: str, facts: Facts, at: datetime
) -> datetime | None:
    """From when the step may be taken if nothing else happens; None if waiting alone never makes it possible.

    Time opens a step only where a right lapses or a minimum wait ends. Cost: one judgement for each such date.
    """
    ends = [right.due_at for right in marking.rights.values()]
    ends += [wait.free_until for wait in marking.waits.values()]
    later = sorted(end + timedelta(seconds=1) for end in ends if end >= at)
    return next((one for one in (at, *later) if why_not(procedure, marking, step, facts, one) is None), None)


def windows(procedure: Procedure, marking: Marking, facts: Facts, at: datetime) -> list[Window]:
    """Every right of the procedure with its state at that time, in file order. Lapsing needs no event."""
    situation = _situation(procedure, marking, facts, at)
    return [window_of(situation, step) for step in procedure.steps.values() if step.window]


def duties(marking: Marking) -> list[Duty]:
    """Every duty owed now, the earliest due first, those without a date last."""
    return owed_duties(marking)


def advance(
    procedure: Procedure,
    marking: Marking,
    step: str,
    facts: Facts,
    at: datetime,
    calendar: Calendar,
) -> Advance:
    """Take the step. ``facts`` already include what its form supplied.

    Raises: Refused for every reason of ``why_not``, and ``fact-missing`` or ``too-soon`` for its date facts.
    """
    if step not in procedure.steps:
        raise _no_such_step(procedure, step)
    chosen = procedure.steps[step]
    known = {**facts, **procedure.settled_by(chosen, procedure.derive(facts), local(at).date())}
    known |= reckoned_dates(procedure, known, calendar)
    situation = _situation(procedure, marking, known, at)
    firing = _Firing(situation, chosen, calendar)
    refused = refusal(situation, chosen) or form_refusal(situation, chosen, firing.own_wait())
    if refused is not None:
        raise refused
    return _what_changed(situation, chosen, firing.fire())


def force(situation: Situation, step: Step, calendar: Calendar) -> Marking:
    """The marking once the step was taken, whatever the rules say: for the audit of what others did.

    A duty or wait whose date the facts do not tell stays without a date. Nothing in a live case calls this.
    """
    return _Firing(situation, step, calendar).fire()


def _no_such_step(procedure: Procedure, step: str) -> Refused:
    reason = f"“{procedure.title}”中没有代码为“{step}”的步骤。"
    return Refused("no-such-step", reason, remedy=f"{nearest(step, procedure.steps)}。")


def _situation(procedure: Procedure, marking: Marking, facts: Facts, at: datetime) -> Situation:
    return Situation(procedure, marking, procedure.derive(facts), local(at))


class _Firing:
    """Works out the marking after one step, relation by relation."""

    def __init__(self, situation: Situation, step: Step, calendar: Calendar) -> None:
        marking = situation.marking
        self.situation = situation
        self.step = step
        self.calendar = calendar
        self.profile: str | None = situation.facts.get("field")
        self.on = situation.at.date()
        self.order = marking.events + 1
        self.included = set(marking.included)
        self.pending = dict(marking.pending)
        self.stops = dict(marking.stops)
        self.extensions = dict(marking.extensions)

    def fire(self) -> Marking:
        """The next marking. The order is that of DCR: discharge, exclude, include, respond."""
        self._discharge()
        self._stop_and_resume()
        self._extend()
        self._close()
        self.included |= set(self.situation.in_force(self.step.opens))
        self._respond()
        before = self.situation.marking
        return Marking(
            included=frozenset(self.included),
            executed=frozen({**before.executed, self.step.id: self._executed()}),
            pending=frozen(self.pending),
            stops=frozen(self.stops),
            extensions=frozen(self.extensions),
            rights=frozen({**before.rights, **self._opened_rights()}),
            waits=frozen({**before.waits, **self._begun_waits()}),
            outcome=self.step.ends or before.outcome,
            events=self.order,
            at=max(before.at or self.situation.at, self.situation.at),
        )

    def own_wait(self) -> datetime | None:
        """Until when the date on this step's form must wait; the step itself may be what is waited from."""
        rule = self.step.at_least
        if rule is None:
            return None
        if rule.after == self.step.id:
            begun = begin_wait(rule, self.situation.facts, self.situation.at, self.calendar)
            return begun.free_until if begun else None
        running = self.situation.marking.waits.get(self.step.id)
        return running.free_until if running else None

    def _executed(self) -> Executed:
        at, before = self.situation.at, self.situation.marking.executed.get(self.step.id)
        if before is None:
            return Executed(at, at, 1, self.order)
        return Executed(before.first_at, at, before.count + 1, self.order)

    def _discharge(self) -> None:
        self._forget(self.step.id)

    def _close(self) -> None:
        """Exclude. Beyond DCR, what was owed falls away: a step opened anew does not revive its old duty."""
        for name in self.situation.in_force(self.step.closes):
            self.included.discard(name)
            self._forget(name)

    def _forget(self, name: str) -> None:
        for owed in (self.pending, self.stops, self.extensions):
            owed.pop(name, None)

    def _stop_and_resume(self) -> None:
        marking, step = self.situation.marking, self.step
        for name in step.pauses:
            if marking.owes(name) and not marking.is_paused(name):
                self._add_stop(name, "suspended")
        for name in step.excludes:
            if marking.owes(name):
                self._add_stop(name, "excluded")
        for name in step.resumes:
            self._finish_stop(name, "suspended")
        for name in step.includes_again:
            self._finish_stop(name, "excluded")

    def _add_stop(self, name: str, kind: str) -> None:
        if name in self.pending:
            self.stops[name] = (*self.stops.get(name, ()), Stop(kind, self.step.id, self.on))
            self._reckon_again(name)

    def _finish_stop(self, name: str, kind: str) -> None:
        """Ends the stop of that kind that has run longest; overlapping ones are united when reckoned."""
        stops = list(self.stops.get(name, ()))
        for position, stop in enumerate(stops):
            if stop.kind == kind and stop.until_on is None:
                stops[position] = replace(stop, until_on=max(stop.from_on, self.on))
                self.stops[name] = tuple(stops)
                self._reckon_again(name)
                return

    def _extend(self) -> None:
        rule = self.step.extends
        if rule is not None and rule.step in self.pending:
            by = settled(rule.by, self.situation.facts)
            extension = Extension(self.step.id, by, self.on, rule.basis)
            self.extensions[rule.step] = (*self.extensions.get(rule.step, ()), extension)
            self._reckon_again(rule.step)

    def _reckon_again(self, name: str) -> None:
        self.pending[name] = tuple(self._reckoned(duty) for duty in self.pending.get(name, ()))

    def _reckoned(self, duty: Duty) -> Duty:
        stops = self.stops.get(duty.step, ())
        extensions = self.extensions.get(duty.step, ())
        return reckon_duty(self.situation.procedure, duty, stops, extensions, self.calendar, self.profile)

    def _respond(self) -> None:
        for rule in self.step.duties:
            if rule.when is not None and not rule.when.holds(self.situation.facts):
                continue
            if rule.term_only and rule.step not in self.pending:
                continue
            duty = self._reckoned(self._new_duty(rule))
            others = tuple(
                old
                for old in self.pending.get(rule.step, ())
                if old.key != duty.key and not (rule.term_only and old.clock == duty.clock)
            )
            self.pending[rule.step] = (*others, duty)

    def _new_duty(self, rule: DutyRule) -> Duty:
        facts, at = self.situation.facts, self.situation.at
        since = day_or_moment(facts.get(rule.from_fact)) if rule.from_fact else at
        within = settled(rule.within, facts) if rule.within else None
        duty = Duty(
            step=rule.step,
            title=rule.title or self.situation.procedure.steps[rule.step].title,
            by=self.step.id,
            clock=rule.clock,
            basis=rule.basis,
            opened_at=at,
            within=within,
            since=since if within else None,
        )
        due = day_or_moment(facts.get(rule.due_fact)) if rule.due_fact else None
        return due_by_fact(duty, due, self.situation.label_of(rule.due_fact or "")) if due else duty

    def _opened_rights(self) -> dict[str, Right]:
        facts, at = self.situation.facts, self.situation.at
        rights = {}
        for name in self.situation.procedure.windows_after.get(self.step.id, ()):
            rule = self.situation.procedure.steps[name].window
            right = open_right(rule, facts, at, self.order, self.calendar) if rule else None
            if right is not None:
                rights[name] = right
        return rights

    def _begun_waits(self) -> dict[str, Wait]:
        facts, at = self.situation.facts, self.situation.at
        waits = {}
        for name in self.situation.procedure.waits_after.get(self.step.id, ()):
            rule = self.situation.procedure.steps[name].at_least
            wait = begin_wait(rule, facts, at, self.calendar) if rule else None
            if wait is not None:
                waits[name] = wait
        return waits


def _what_changed(situation: Situation, step: Step, after: Marking) -> Advance:
    before = situation.marking
    owed_before = {duty.key: duty for duty in owed_duties(before)}
    if before.owes(step.id):
        owed_before = {key: duty for key, duty in owed_before.items() if duty.step != step.id}
    owed_after = owed_duties(after)
    return Advance(
        marking=after,
        opened=tuple(duty for duty in owed_after if duty.key not in owed_before),
        discharged=(step.id,) if before.owes(step.id) else (),
        lapsed=tuple(_newly_lapsed(situation)),
        cancelled=tuple(_distinct(duty.step for duty in owed_before.values() if not after.owes(duty.step))),
        moved=tuple(
            duty
            for duty in owed_after
            if duty.key in owed_before and _dates(duty) != _dates(owed_before[duty.key])
        ),
        outcome=after.outcome,
    )


def _dates(duty: Duty) -> tuple[Any, ...]:
    return (duty.due_at, duty.paused, duty.provisional, duty.opened_at)


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _newly_lapsed(situation: Situation) -> list[str]:
    """The rights that ran out unused between the last event and now."""
    last = situation.marking.at
    return [
        step.id
        for step in situation.procedure.steps.values()
        if step.window
        and right_state(situation, step) == "lapsed"
        and (last is None or not has_passed(situation.marking.rights[step.id].due_at, last))
    ]
