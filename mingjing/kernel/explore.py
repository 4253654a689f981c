"""Examines a procedure by walking every way a case can go, and tells what would go wrong in some case.

Reported are: a situation from which no end can be reached any more (with the shortest way into it), a duty
that can never be done, a step or an outcome that no case can reach, and a term without a basis.
"""

from __future__ import annotations

from collections.abc import Iterator

from mingjing.kernel.abstract_steps import AbstractProcedure, AbstractStep, State
from mingjing.kernel.procedure_parts import Procedure
from mingjing.kernel.tables import Notes, Problem

# About five seconds of walking. A procedure with more situations cannot be understood by people either.
MOST_STATES = 150_000


def problems(procedure: Procedure) -> list[Problem]:
    """Everything wrong with a procedure that its file does not show by itself; empty if it is sound."""
    notes = Notes()
    _note_missing_bases(procedure, notes)
    walk = Walk(procedure)
    if walk.too_large:
        notes.add(
            f"{procedure.source}: steps",
            f"办案情形超过{MOST_STATES}种，未能全部检查",
            "请用 after、closes、once 减少可以任意先后的步骤，或者减少条件中用到的事实",
        )
    else:
        _note_unreachable(procedure, walk, notes)
        _note_undischargeable(procedure, walk, notes)
        _note_dead_end(procedure, walk, notes)
    return notes.problems


class Walk:
    """Every abstract state a case can reach, breadth first, with the way to each."""

    def __init__(self, procedure: Procedure) -> None:
        self.compiled = AbstractProcedure(procedure)
        self.states: list[State] = []
        self.came_from: list[tuple[int, str] | None] = []
        self.leads_back: list[list[int]] = []
        self.ending: list[int] = []
        self.taken = 0
        self.ever_owed = 0
        self.done_while_owed = 0
        self.too_large = False
        self._numbers: dict[State, int] = {}
        self._walk()

    def _walk(self) -> None:
        for state in self.compiled.beginnings():
            self._reach(state, None)
        idle = [step for step in self.compiled.steps if self.compiled.changes_nothing(step)]
        moving = [step for step in self.compiled.steps if step not in idle]
        number = 0
        while number < len(self.states):
            if len(self.states) > MOST_STATES:
                self.too_large = True
                return
            state = self.states[number]
            self.ever_owed |= state.owed & state.included
            for step in moving:
                if self.compiled.enabled(step, state):
                    self._take(number, state, step)
            for bit, lapsed in self.compiled.lapses(state):
                self._reach(lapsed, (number, f"{self._title(bit)}的期限届满"))
            idle = self._try_idle(idle, state)
            number += 1

    def _take(self, number: int, state: State, step: AbstractStep) -> None:
        for answers, following in self.compiled.fire(step, state):
            self.taken |= step.bit
            self.done_while_owed |= step.bit & state.owed & state.included
            if following is None:
                self.ending.append(number)
            elif following != state:
                self._reach(following, (number, self._label(step, answers)))

    def _try_idle(self, idle: list[AbstractStep], state: State) -> list[AbstractStep]:
        """Steps that change nothing need only be found possible once."""
        still = []
        for step in idle:
            if self.compiled.enabled(step, state):
                self.taken |= step.bit
            else:
                still.append(step)
        return still

    def _reach(self, state: State, way: tuple[int, str] | None) -> None:
        number = self._numbers.get(state)
        if number is None:
            number = self._numbers[state] = len(self.states)
            self.states.append(state)
            self.came_from.append(way)
            self.leads_back.append([])
        if way is not None:
            self.leads_back[number].append(way[0])

    def _label(self, step: AbstractStep, answers: tuple[int, ...]) -> str:
        supposed = "，".join(
            self.compiled.facts.bundles[index].in_words(answers[index])
            for index, offered in step.sets
            if len(offered) > 1
        )
        return f"“{step.step.title}”（{supposed}）" if supposed else f"“{step.step.title}”"

    def _title(self, bit: int) -> str:
        return next(f"“{step.step.title}”" for step in self.compiled.steps if step.bit == bit)

    def titles(self, mask: int) -> str:
        """The titles of the steps in a mask."""
        return "、".join(f"“{step.step.title}”" for step in self.compiled.steps if step.bit & mask)

    def way_to(self, number: int) -> str:
        """The shortest way into a state, in words."""
        labels: list[str] = []
        while (way := self.came_from[number]) is not None:
            number, label = way
            labels.append(label)
        return " → ".join(reversed(labels)) or "案件开始"

    def dead_ends(self) -> Iterator[int]:
        """The states from which no end can be reached, nearest first."""
        can_end = bytearray(len(self.states))
        waiting = list(dict.fromkeys(self.ending))
        for number in waiting:
            can_end[number] = 1
        while waiting:
            for earlier in self.leads_back[waiting.pop()]:
                if not can_end[earlier]:
                    can_end[earlier] = 1
                    waiting.append(earlier)
        return (number for number, ends in enumerate(can_end) if not ends)


def _note_missing_bases(procedure: Procedure, notes: Notes) -> None:
    for step in procedure.steps.values():
        place = f"{procedure.source}: steps.{step.id}"
        remedy = '请写 basis = "<法律简称>/<条>"，或者给该步骤写 basis'
        for rule in step.duties:
            if not rule.basis:
                title = rule.title or procedure.steps[rule.step].title
                notes.add(f"{place}.duties", f"义务“{title}”没有依据", remedy)
        for key, term in (("window", step.window), ("at_least", step.at_least), ("extends", step.extends)):
            if term is not None and not term.basis:
                notes.add(f"{place}.{key}", f"“{step.title}”的期限没有依据", remedy)


def _note_unreachable(procedure: Procedure, walk: Walk, notes: Notes) -> None:
    untaken = [step.step for step in walk.compiled.steps if not step.bit & walk.taken]
    reached = {step.step.ends for step in walk.compiled.steps if step.bit & walk.taken}
    for step in untaken:
        notes.add(
            f"{procedure.source}: steps.{step.id}",
            f"任何案件都走不到“{step.title}”这一步",
            "请检查它的 after、when、window，以及有没有步骤用 opens 开启它",
        )
    for code, title in procedure.outcomes.items():
        if code not in reached:
            notes.add(
                f"{procedure.source}: outcomes.{code}",
                f"任何案件都不能以“{title}”结束",
                "请检查以此结束的步骤为什么走不到，或者为什么总有义务未办",
            )


def _note_undischargeable(procedure: Procedure, walk: Walk, notes: Notes) -> None:
    for step in walk.compiled.steps:
        if step.bit & walk.ever_owed and not step.bit & walk.done_while_owed:
            notes.add(
                f"{procedure.source}: steps.{step.step.id}",
                f"“{step.step.title}”成为义务以后永远无法履行",
                "请检查它的前提是否与产生这项义务的步骤相矛盾",
            )


def _note_dead_end(procedure: Procedure, walk: Walk, notes: Notes) -> None:
    """Tells the nearest dead end; the others mostly follow from it."""
    nearest = next(walk.dead_ends(), None)
    if nearest is None:
        return
    state = walk.states[nearest]
    owed = walk.titles(state.owed & state.included)
    notes.add(
        f"{procedure.source}: steps",
        f"有的案件永远不能结束：{walk.way_to(nearest)}" + (f"，此时应办而未办：{owed}" if owed else ""),
        "请让其中某个步骤在此时仍可办理，或用 closes 取消义务，使案件能够走到 ends",
    )
