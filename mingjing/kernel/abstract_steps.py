"""A procedure compiled for exploration: steps as bit masks, conditions as tests, time and dates left out.

A state says which steps happened (as far as that matters), which are part of the case, which are owed, whose
right is open, whose right was used, whose terms are paused, and what the bundles of facts answer. A right may
lapse at any time; a minimum wait is always waited out. States that cannot differ in future are made equal:
what a step that can never happen again would have asked is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from mingjing.kernel.abstract_facts import AbstractFacts, Answers, Test
from mingjing.kernel.conditions import Condition
from mingjing.kernel.procedure_parts import DutyRule, Link, Procedure, Step

MaskIf = tuple[int, Test]


class State(NamedTuple):
    """An abstract marking. All but ``answers`` are bit sets over the steps in file order."""

    happened: int
    included: int
    owed: int
    rights: int
    used: int
    paused: int
    answers: Answers


@dataclass(frozen=True)
class Masks:
    """Steps that a relation names: always, and under a test."""

    always: int
    tested: tuple[MaskIf, ...]

    def under(self, answers: Answers) -> int:
        """The steps named under these answers."""
        mask = self.always
        for bit, test in self.tested:
            if test.holds(answers):
                mask |= bit
        return mask


class AbstractStep:
    """One step with its relations as masks."""

    def __init__(self, step: Step, compiled: AbstractProcedure) -> None:
        bits, test = compiled.bits, compiled.test
        self.step = step
        self.bit = bits[step.id]
        self.after = compiled.masks(step.after)
        self.not_while = compiled.masks(step.not_while)
        self.opens = compiled.masks(step.opens)
        self.closes = compiled.masks(step.closes)
        self.duties = compiled.masks(Link(rule.step, rule.when) for rule in step.duties)
        self.guard = test(step.when)
        self.has_window = step.window is not None
        self.right_exists = test(step.window.when) if step.window else None
        self.waits = compiled.masks(
            Link(name, window.when)
            for name in step.waits_for_windows
            if (window := compiled.procedure.steps[name].window)
        )
        self.extends = bits[step.extends.step] if step.extends else 0
        self.pauses = compiled.union(step.pauses)
        self.excludes = compiled.union(step.excludes)
        self.resumes = compiled.union(step.resumes)
        self.opens_rights = compiled.union(compiled.procedure.windows_after.get(step.id, ()))
        self.waives = compiled.union(
            other.id
            for other in compiled.procedure.steps.values()
            if other.window and other.window.waived_by == step.id
        )
        self.sets = compiled.facts.set_by(step.id)

    def asked_before(self) -> Iterator[Test]:
        """Tests that must hold already before the step's own form is filled."""
        yield from (test for test in (self.guard, self.right_exists) if test)
        for masks in (self.after, self.not_while, self.waits):
            yield from (test for _, test in masks.tested)

    def asked_after(self) -> Iterator[Test]:
        """Tests that decide what follows, with the step's own form filled."""
        for masks in (self.opens, self.closes, self.duties):
            yield from (test for _, test in masks.tested)


class AbstractProcedure:
    """The steps of a procedure as masks, with enabledness, firing and lapsing of abstract states."""

    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure
        self.bits = {name: 1 << position for position, name in enumerate(procedure.steps)}
        self.facts = AbstractFacts(procedure, _conditions(procedure))
        self.steps = [AbstractStep(step, self) for step in procedure.steps.values()]
        self.starts = self.union(procedure.start_steps)
        self._once = self.union(step.id for step in procedure.steps.values() if step.once)
        self._targets = self._all(lambda step: step.duties)
        self._tracked = self._all(lambda step: step.after) | self._once | self.starts
        self._openers = {
            step.bit: sum(other.bit for other in self.steps if _every(other.opens) & step.bit)
            for step in self.steps
        }
        self._users = [self._users_of(index) for index in range(len(self.facts.bundles))]
        self._forgotten: dict[tuple[int, int], tuple[int, ...]] = {}

    def union(self, names: Iterable[str]) -> int:
        """The bits of those steps."""
        mask = 0
        for name in names:
            mask |= self.bits[name]
        return mask

    def masks(self, links: Iterable[Link]) -> Masks:
        """Links as masks."""
        links = tuple(links)
        tested = tuple((self.bits[link.step], test) for link in links if (test := self.test(link.when)))
        return Masks(self.union(link.step for link in links if link.when is None), tested)

    def test(self, condition: Condition | None) -> Test | None:
        """A condition as a test."""
        return None if condition is None else self.facts.test(condition)

    def beginnings(self) -> list[State]:
        """The states in which a case may begin."""
        included = self.union(step.id for step in self.procedure.steps.values() if step.included)
        return list(
            dict.fromkeys(
                self._settled(State(0, included, 0, 0, 0, 0, answers)) for answers in self.facts.beginnings()
            )
        )

    def changes_nothing(self, step: AbstractStep) -> bool:
        """Whether taking the step can make no difference to any other step."""
        own = step.step
        named_by_others = self._all(lambda other: other.after) | self._targets | self.starts
        relations = (step.opens, step.closes, step.duties)
        return not (
            any(_every(masks) for masks in relations)
            or step.pauses
            or step.resumes
            or step.opens_rights
            or step.waives
            or step.sets
            or own.ends
            or own.window
            or step.bit & named_by_others
        )

    def enabled(self, step: AbstractStep, state: State) -> bool:
        """Whether the step may be taken, before its own form is filled in and leaving its end aside."""
        bit = step.bit
        if not state.included & bit or (step.step.once and state.happened & bit):
            return False
        if self.starts and not state.happened & self.starts and not step.step.start:
            return False
        owed = state.owed & state.included
        if step.extends and not step.extends & owed:
            return False
        if step.pauses and not step.pauses & owed & ~state.paused:
            return False
        if step.excludes and not step.excludes & owed:
            return False
        if step.resumes and not step.resumes & state.paused:
            return False
        if step.has_window and not state.rights & bit:
            return False
        return self._tests_pass(step, state, state.answers)

    def _tests_pass(self, step: AbstractStep, state: State, answers: Answers) -> bool:
        if step.guard is not None and not step.guard.holds(answers):
            return False
        if step.right_exists is not None and not step.right_exists.holds(answers):
            return False
        included = state.included
        return not (
            step.after.under(answers) & included & ~state.happened
            or step.not_while.under(answers) & included & state.owed
            or step.waits.under(answers) & included & state.rights & ~state.used
        )

    def fire(self, step: AbstractStep, state: State) -> Iterator[tuple[Answers, State | None]]:
        """Every state the step may lead to, with the answers its form gave; None where the case ends."""
        for answers in self._filled(step, state.answers):
            if answers is not state.answers and not self._tests_pass(step, state, answers):
                continue
            closed = step.closes.under(answers)
            if step.step.ends is None:
                yield answers, self._after(step, state, answers, closed)
            elif not state.owed & state.included & ~step.bit & ~closed:
                yield answers, None

    def _filled(self, step: AbstractStep, answers: Answers) -> Iterator[Answers]:
        if not step.sets:
            yield answers
            return
        for combination in product(*(offered for _, offered in step.sets)):
            changed = list(answers)
            for (index, _), answer in zip(step.sets, combination, strict=True):
                changed[index] = answer
            yield tuple(changed)

    def _after(self, step: AbstractStep, state: State, answers: Answers, closed: int) -> State:
        bit = step.bit
        owed = state.owed & ~bit
        rights = (state.rights & ~step.waives) | step.opens_rights
        used = (state.used | (state.rights & bit)) & ~step.opens_rights
        paused = state.paused & ~bit
        paused = (paused | (step.pauses & owed & state.included)) & ~step.resumes
        return self._settled(
            State(
                happened=state.happened | (bit & self._tracked),
                included=(state.included & ~closed) | step.opens.under(answers),
                owed=owed | step.duties.under(answers),
                rights=rights,
                used=used,
                paused=paused,
                answers=answers,
            )
        )

    def lapses(self, state: State) -> Iterator[tuple[int, State]]:
        """Every open right with the state after it lapsed."""
        rights = state.rights
        while rights:
            bit = rights & -rights
            rights ^= bit
            yield bit, self._settled(state._replace(rights=state.rights & ~bit))

    # --- making states equal that cannot differ in future ---

    def _settled(self, state: State) -> State:
        spent = state.happened & self._once
        rights = state.rights & ~spent
        # A spent step that nobody will owe again is as good as closed.
        included = state.included & ~(spent & ~self._targets)
        return State(
            state.happened,
            included,
            state.owed,
            rights,
            state.used & rights,
            state.paused,
            self._relevant(spent, included, state.answers),
        )

    def _relevant(self, spent: int, included: int, answers: Answers) -> Answers:
        key = (spent, included)
        forgotten = self._forgotten.get(key)
        if forgotten is None:
            alive = ~self._dead(spent, included)
            forgotten = tuple(index for index, users in enumerate(self._users) if not users & alive)
            self._forgotten[key] = forgotten
        if not forgotten:
            return answers
        kept = list(answers)
        for index in forgotten:
            kept[index] = 0
        return tuple(kept)

    def _dead(self, spent: int, included: int) -> int:
        """Steps that can never be taken again: spent ones, and excluded ones whose openers are all dead."""
        dead = spent
        while True:
            more = dead
            for bit, openers in self._openers.items():
                if not bit & (dead | included) and not openers & ~dead:
                    more |= bit
            if more == dead:
                return dead
            dead = more

    def _users_of(self, index: int) -> int:
        """The steps whose future depends on what the bundle answers now."""
        users = 0
        for step in self.steps:
            resets = any(index == position for position, _ in step.sets)
            tests = [*step.asked_before(), *(() if resets else step.asked_after())]
            if any(index in test.bundles for test in tests):
                users |= step.bit
        return users

    def _all(self, relation: Callable[[Step], Iterable[Link | DutyRule]]) -> int:
        """Every step that any step names in that relation."""
        return self.union(link.step for step in self.procedure.steps.values() for link in relation(step))


def _every(masks: Masks) -> int:
    mask = masks.always
    for bit, _ in masks.tested:
        mask |= bit
    return mask


def _conditions(procedure: Procedure) -> list[Condition]:
    """The conditions that decide how a case may go; those of papers and fields do not."""
    found: dict[Condition, None] = {}
    for step in procedure.steps.values():
        conditions = [step.when, step.window.when if step.window else None]
        for links in (step.after, step.not_while, step.opens, step.closes, step.duties):
            conditions += [link.when for link in links]
        found.update(dict.fromkeys(condition for condition in conditions if condition is not None))
    return list(found)
