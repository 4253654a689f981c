"""Auditing what others did: the events of a case replayed against a procedure, every breach with its article.

The auditor knows only what the log says. Each event is judged by the rules of the engine and then taken as a
fact, lawful or not, so that one breach does not hide the next. A rule that turns on a fact the log does not
tell is not held against anybody: such doubts are counted, never reported as breaches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from mingjing.kernel import engine
from mingjing.kernel.conditions import Binary, Condition, Name, Node, Unary, names_in
from mingjing.kernel.enabling import Situation, has_passed, refusals, right_state
from mingjing.kernel.marking import Duty, Marking
from mingjing.kernel.numerals import plain_date
from mingjing.kernel.procedure_parts import Procedure, Step
from mingjing.kernel.refused import Refused
from mingjing.kernel.workdays import Calendar

# The kinds of breach, in the order in which reports list them.
KINDS: dict[str, str] = {
    "order": "次序颠倒、前置环节未办",
    "right": "权利被忽视",
    "waiting": "最短间隔不足",
    "condition": "不符合法定条件",
    "late": "逾期办理",
    "missing": "应办未办",
}
_KIND_OF_REFUSAL: dict[str, str] = {
    "ended": "order",
    "not-included": "order",
    "not-started": "order",
    "too-often": "order",
    "condition": "order",
    "milestone": "order",
    "no-term": "order",
    "duties-owed": "missing",
    "window-running": "right",
    "window-lapsed": "order",
    "window-waived": "order",
    "window-not-open": "order",
    "too-soon": "waiting",
    "not-deemed-yet": "waiting",
    "guard": "condition",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a log: the step it is, when it was taken, and the facts it tells."""

    step: str
    at: datetime
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that was not lawful: which step, of which kind, when, why (Chinese), and by which article."""

    kind: str
    step: str
    title: str
    at: datetime
    reason: str
    basis: str
    code: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What the replay of one case found. ``doubts`` counts the rules that turned on facts the log lacks."""

    breaches: tuple[Breach, ...]
    doubts: int
    outcome: str | None


class Auditor:
    """Replays cases against one procedure. ``until`` is the moment to which the logs speak.

    ``unrecorded`` names the steps that the other system does not record at all, whose absence therefore
    proves nothing.
    """

    def __init__(
        self,
        procedure: Procedure,
        calendar: Calendar,
        until: datetime,
        *,
        unrecorded: Iterable[str] = (),
    ) -> None:
        self.procedure = procedure
        self.calendar = calendar
        self.until = until
        self.unrecorded = frozenset(unrecorded)
        self.roots = _roots(procedure)
        self.setters = _setters(procedure)
        self.definitions = {rule.name: rule.when.tree for rule in procedure.derived}

    def audit(self, events: Sequence[Event], constants: Mapping[str, Any]) -> Audit:
        """The breaches of one case, in the order of time; ``constants`` are those of its field on its first day.

        Raises: Refused ``no-constant`` where the profile lacks a term; whatever else the log holds is judged.
        """
        replay = _Replay(self, constants)
        for event in sorted(events, key=lambda one: one.at):
            replay.take(event)
        replay.close()
        return Audit(tuple(replay.breaches), replay.doubts, replay.marking.outcome)


class _Replay:
    """One case under replay."""

    def __init__(self, auditor: Auditor, constants: Mapping[str, Any]) -> None:
        self.auditor = auditor
        self.procedure = auditor.procedure
        self.facts: dict[str, Any] = dict(constants)
        self.derived = self.procedure.derive(self.facts)
        self.marking = self._without_unrecorded(engine.begin(self.procedure))
        self.happened = set(auditor.unrecorded)
        self.breaches: list[Breach] = []
        self.doubts = 0
        # Steps that a link whose condition cannot be told may have opened or closed.
        self.maybe_open: set[str] = set()
        self.maybe_closed: set[str] = set()

    def take(self, event: Event) -> None:
        step = self.procedure.steps[event.step]
        self.happened.add(step.id)
        if event.facts:
            self.facts.update(event.facts)
        if event.facts or step.stamps or step.fixes:
            told = self.procedure.derive(self.facts)
            self.facts |= self.procedure.settled_by(step, told, event.at.date())
            self.derived = self.procedure.derive(self.facts) if step.fixes or step.stamps else told
        situation = Situation(self.procedure, self.marking, self.derived, event.at)
        self._judge(situation, step)
        self._judge_lateness(step, event.at)
        self._note_doubtful_links(step)
        self.marking = self._without_unrecorded(engine.force(situation, step, self.auditor.calendar))

    def close(self) -> None:
        """What was owed when the log ends, and should have been done by then."""
        for duty in engine.duties(self.marking):
            if self._is_overdue(duty, self.auditor.until) and duty.step not in self.maybe_closed:
                title = self.procedure.title_of(duty.step)
                reason = f"{title}应当在{_until(duty)}前办理，直至{plain_date(self.auditor.until.date())}没有记录。"
                self._add(
                    "missing", self.procedure.steps[duty.step], duty.due_at, reason, duty.basis, "overdue"
                )

    # --- judging ---

    def _judge(self, situation: Situation, step: Step) -> None:
        """The first reason that is beyond doubt; doubtful ones before it are only counted."""
        for refused in refusals(situation, step):
            if not self._is_doubtful(situation, step, refused):
                kind = _KIND_OF_REFUSAL.get(refused.code, "condition")
                self._add(kind, step, situation.at, refused.reason, refused.basis or step.basis, refused.code)
                return
            self.doubts += 1

    def _is_doubtful(self, situation: Situation, step: Step, refused: Refused) -> bool:
        """Whether the refusal turns on a fact that the log does not tell."""
        match refused.code:
            case "not-included":
                return step.id in self.maybe_open
            case "guard":
                return self._unknown(step.when) or bool(step.window and self._unknown(step.window.when))
            case "milestone":
                blocking = [name for name in situation.in_force(step.not_while) if self.marking.owes(name)]
                return set(blocking) <= self.maybe_closed
            case "duties-owed":
                owed = {name for name in self.marking.pending if self.marking.owes(name)}
                return owed <= self.maybe_closed | {step.id}
            case "window-running":
                open_ones = [
                    name
                    for name in step.waits_for_windows
                    if right_state(situation, self.procedure.steps[name]) == "open"
                ]
                return set(open_ones) <= self.maybe_closed
            case "no-term":
                return bool(self.maybe_open or self.maybe_closed)
            case _:
                return False

    def _judge_lateness(self, step: Step, at: datetime) -> None:
        for duty in self.marking.pending.get(step.id, ()):
            if self.marking.owes(step.id) and self._is_overdue(duty, at):
                assert duty.due_at is not None
                days = (at.date() - duty.due_at.date()).days
                over = f"超期{days}日" if days else "超过时限"
                reason = (
                    f"“{step.title}”应当在{_until(duty)}前办理，实际于{plain_date(at.date())}办理，{over}。"
                )
                self._add("late", step, at, reason, duty.basis, "late")

    def _is_overdue(self, duty: Duty, at: datetime) -> bool:
        return (
            duty.due_at is not None and has_passed(duty.due_at, at) and not self.marking.is_paused(duty.step)
        )

    def _add(self, kind: str, step: Step, at: datetime | None, reason: str, basis: str, code: str) -> None:
        moment = at or self.auditor.until
        self.breaches.append(Breach(kind, step.id, step.title, moment, reason, basis, code))

    # --- doubt ---

    def _note_doubtful_links(self, step: Step) -> None:
        for link in step.opens:
            if link.when and not link.when.holds(self.derived) and self._unknown(link.when):
                self.maybe_open.add(link.step)
        for link in step.closes:
            if link.when and not link.when.holds(self.derived) and self._unknown(link.when):
                self.maybe_closed.add(link.step)

    def _unknown(self, condition: Condition | None) -> bool:
        """Whether a condition turns on a fact that may have been told, though not to this log."""
        return condition is not None and self._holds(condition.tree) is None

    def _holds(self, node: Node) -> bool | None:
        """The condition in three values: true, false, or not to be told (Kleene's strong logic)."""
        match node:
            case Binary("and" | "or" as operator, left, right):
                decisive = operator == "or"
                answers = (self._holds(left), self._holds(right))
                return decisive if decisive in answers else None if None in answers else not decisive
            case Unary("not", operand):
                answer = self._holds(operand)
                return None if answer is None else not answer
            case Name(name) if name in self.auditor.definitions:
                return self._holds(self.auditor.definitions[name])
            case _:
                return None if self._reads_unknown(node) else _leaf(node).holds(self.derived)

    def _reads_unknown(self, node: Node) -> bool:
        """A fact that only steps set which never happened is not unknown: nobody can have told it."""
        for name in names_in(node):
            for root in self.auditor.roots[name]:
                setters = self.auditor.setters.get(root)
                if self.facts.get(root) is None and (
                    setters is None or not setters.isdisjoint(self.happened)
                ):
                    return True
        return False

    def _without_unrecorded(self, marking: Marking) -> Marking:
        unrecorded = self.auditor.unrecorded
        if unrecorded.isdisjoint(marking.included):
            return marking
        return replace(marking, included=marking.included - unrecorded)


@lru_cache(maxsize=4096)
def _leaf(node: Node) -> Condition:
    """One comparison as a condition of its own."""
    return Condition("", node)


def _roots(procedure: Procedure) -> Mapping[str, frozenset[str]]:
    """For each name that conditions may read: the plain facts on which it rests."""

    class Known(dict[str, frozenset[str]]):
        def __missing__(self, name: str) -> frozenset[str]:
            return frozenset((name,))

    known = Known()
    for rule in procedure.derived:
        known[rule.name] = frozenset(root for name in rule.when.names for root in known[name])
    return known


def _setters(procedure: Procedure) -> Mapping[str, frozenset[str]]:
    """For each fact that forms or days set: the steps that set it. Constants are not among them."""
    setters: dict[str, set[str]] = {}
    for step in procedure.steps.values():
        for name in step.sets:
            setters.setdefault(name, set()).add(step.id)
    return {name: frozenset(steps) for name, steps in setters.items()}


def _until(duty: Duty) -> str:
    return plain_date(duty.due_on) if duty.due_on else "期限"
