"""A procedure as transitions between sets of states, time and dates left out.

A state is a vector of bits: for each step whether it is part of the case, owed, done (as far as that matters),
whether its right is open or was used, whether its terms are paused; whether the case has ended; and the codes
of the facts. A right may lapse at any time; a minimum wait is always waited out. A ``Move`` turns a set of
states into the set of all that may follow, and back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from mingjing.kernel.abstract_facts import AbstractFacts, Filling
from mingjing.kernel.conditions import Condition
from mingjing.kernel.diagrams import ALL, NONE, Diagrams
from mingjing.kernel.guarantees import Guarantee
from mingjing.kernel.procedure_parts import DutyRule, Link, Procedure, Step
from mingjing.kernel.relations import Relation, unchanged


@dataclass(frozen=True)
class Change:
    """Where ``under`` holds, these bits are set."""

    under: int
    bits: Mapping[int, bool]


@dataclass(frozen=True)
class Move:
    """A step taken, or a right that lapses (``step`` None, ``name`` ``lapse:…``)."""

    title: str
    step: Step | None
    enabled: int
    fillings: tuple[Filling, ...]
    changes: tuple[Change, ...]
    name: str

    def after(self, states: int, diagrams: Diagrams) -> int:
        """All states that the move leads to from those states, in all of which it MUST be enabled."""
        states = self.filled(states, diagrams)
        for change in self.changes:
            changed = diagrams.put(diagrams.both(states, change.under), change.bits)
            states = diagrams.either(changed, diagrams.minus(states, change.under))
        return states

    def filled(self, states: int, diagrams: Diagrams) -> int:
        """The same with the form filled in and nothing done yet: what the step itself sees."""
        for filling in self.fillings:
            asked = diagrams.both(states, filling.asked)
            filled = diagrams.both(diagrams.forget(asked, filling.levels), filling.allowed)
            states = diagrams.either(filled, diagrams.both(states, filling.unasked))
        if self.fillings:  # what the form says must not forbid the step after all
            states = diagrams.both(states, self.enabled)
        return states

    def relation(self, diagrams: Diagrams) -> Relation:
        """The move as pairs of states. The bits of ``fillings`` and ``changes`` are those after it."""
        looked_at = [self.enabled, *(change.under for change in self.changes)]
        looked_at += [part for one in self.fillings for part in (one.asked, one.unasked, one.allowed)]
        levels = set().union(
            *(diagrams.support(one) for one in looked_at),
            *(one.levels for one in self.fillings),
            *(change.bits for change in self.changes),
        )
        standing = diagrams.both(self.enabled, unchanged(levels, diagrams))
        return Relation(tuple(sorted(levels)), self.after(standing, diagrams))


class AbstractProcedure:
    """The moves of a procedure, its beginnings, and the sets that the findings are about."""

    def __init__(self, procedure: Procedure, watched: Guarantee | None = None) -> None:
        """``watched`` makes the walk keep what that guarantee's condition reads, up to its step."""
        self.procedure = procedure
        self.diagrams = Diagrams()
        self.watched = watched if watched and watched.when else None
        extra = [self.watched.when] if self.watched and self.watched.when else []
        self.facts = AbstractFacts(procedure, [*_conditions(procedure), *extra], self.diagrams)
        self._levels: dict[tuple[str, str], int] = {}
        self._name_bits()
        moves = [self._step_move(step) for step in procedure.steps.values()]
        asked = {move.name: self._asked_by(move) for move in moves}
        by_findings = self._asked_by_findings()
        # A right lapses next to where it is used: what follows from either is then walked in the same round.
        self.moves = [
            one for move in moves for one in (self._forgetful(move, asked, by_findings), *self._lapses(move))
        ]

    def beginning(self) -> int:
        """The states in which a case begins."""
        bits = dict.fromkeys(self._levels.values(), False)
        for (kind, name), level in self._levels.items():
            if kind == "included":
                bits[level] = self.procedure.steps[name].included
        return self.diagrams.both(self.diagrams.cube(bits), self.facts.beginning())

    def owed(self, step: str) -> int:
        """The states in which the step is owed."""
        return self.diagrams.both(self._is("included", step), self._is("owed", step))

    def complete(self) -> int:
        """The states in which the case has ended and nothing is owed."""
        owed = self.diagrams.any_of(self.owed(step) for step in self.procedure.steps)
        return self.diagrams.minus(self._is("ended", ""), owed)

    # --- bits ---

    def _name_bits(self) -> None:
        """Number the bits in the order of the file, facts before the step that sets them first.

        Neighbours in the file concern each other, and a diagram is small where related bits are near. What every
        move looks at (whether the case began, whether it ended) comes last: a move then begins where its own
        bits begin. Each bit leaves the odd level behind it to relations.
        """
        steps = self.procedure.steps.values()
        moved = self._named(lambda step: (*step.opens, *step.closes))
        targets = self._named(_obliging)
        # A step that may be owed again, but done only once, matters even where it changes nothing else.
        idle = {step.id for step in steps if step.id not in targets and self._changes_nothing(step)}
        once = {step.id for step in steps if step.once and step.id not in idle}
        happened = self._named(lambda step: step.after) | once | self.procedure.start_steps
        paused = {name for step in steps for name in step.resumes}
        kinds = (
            ("included", moved),
            ("owed", targets),
            ("happened", happened),
            ("right", {step.id for step in steps if step.window}),
            ("used", {step.id for step in steps if step.window}),
            ("paused", paused),
        )
        level = self._place_facts(None, 0)
        seen_by_all = [("ended", ""), *(("happened", name) for name in self.procedure.start_steps & happened)]
        for step in steps:
            level = self._place_facts(step.id, level)
            for kind, names in kinds:
                if step.id in names and (kind, step.id) not in seen_by_all:
                    self._levels[kind, step.id] = level
                    level += 2
        for bit in seen_by_all:
            self._levels[bit] = level
            level += 2

    def _place_facts(self, setter: str | None, level: int) -> int:
        for variable in self.facts.variables:
            if self.facts.first_setter(variable) == setter:
                level = self.facts.place(variable, level)
        return level

    def _named(self, relation: Callable[[Step], Iterable[Link | DutyRule]]) -> set[str]:
        return {link.step for step in self.procedure.steps.values() for link in relation(step)}

    def _changes_nothing(self, step: Step) -> bool:
        """Whether taking the step makes no difference to any step, so that it need not be remembered."""
        acts = (step.opens, step.closes, step.duties, step.pauses, step.resumes, step.window, step.ends)
        rights = self.procedure.windows_after.get(step.id)
        return not any(acts) and not rights and not self.facts.sets_any(step)

    def _is(self, kind: str, step: str) -> int:
        """The states with that bit; a bit that never changes is decided here."""
        level = self._levels.get((kind, step))
        if level is not None:
            return self.diagrams.bit(level)
        return ALL if kind == "included" and self.procedure.steps[step].included else NONE

    def _set(self, value: bool, kinds: Iterable[str], steps: Iterable[str]) -> dict[int, bool]:
        """Those bits of those steps, as far as they exist."""
        names = tuple(steps)
        levels = (self._levels.get((kind, step)) for kind in kinds for step in names)
        return {level: value for level in levels if level is not None}

    # --- moves ---

    def _step_move(self, step: Step) -> Move:
        return Move(
            title=f"“{step.title}”",
            step=step,
            enabled=self.diagrams.all_of(self._conditions_of(step)),
            fillings=tuple(self.facts.fillings(step)),
            changes=tuple(self._changes_of(step)),
            name=step.id,
        )

    def _lapses(self, move: Move) -> list[Move]:
        return [self._lapse(move.step)] if move.step and move.step.window else []

    def _lapse(self, step: Step) -> Move:
        changes = (Change(ALL, self._set(False, ("right", "used"), (step.id,))),)
        return Move(
            f"“{step.title}”的期限届满", None, self._is("right", step.id), (), changes, f"lapse:{step.id}"
        )

    def _conditions_of(self, step: Step) -> Iterator[int]:
        """What must hold for the step to be taken, relation by relation."""
        diagrams, no = self.diagrams, self.diagrams.without
        yield self._is("included", step.id)
        if not step.after_end:
            yield no(self._is("ended", ""))
        if step.once:
            yield no(self._is("happened", step.id))
        if self.procedure.start_steps and not step.start:
            yield diagrams.any_of(self._is("happened", name) for name in self.procedure.start_steps)
        yield self.facts.condition(step.when)
        for link in step.after:
            missing = diagrams.minus(self._is("included", link.step), self._is("happened", link.step))
            yield no(diagrams.both(self.facts.condition(link.when), missing))
        for link in step.not_while:
            yield no(diagrams.both(self.facts.condition(link.when), self.owed(link.step)))
        for name in step.waits_for_windows:
            yield no(self._right_runs(self.procedure.steps[name]))
        if step.window:
            yield diagrams.both(self._is("right", step.id), self.facts.condition(step.window.when))
        if step.deemed_after:  # any term may run out
            yield self.owed(step.deemed_after)
        yield from self._term_conditions(step)
        if step.ends:
            yield from (no(owed) for owed in self._owed_at_end(step))

    def _right_runs(self, step: Step) -> int:
        exists = self.facts.condition(step.window.when) if step.window else NONE
        running = self.diagrams.minus(self._is("right", step.id), self._is("used", step.id))
        return self.diagrams.all_of((self._is("included", step.id), running, exists))

    def _term_conditions(self, step: Step) -> Iterator[int]:
        diagrams = self.diagrams
        if step.extends:
            yield self.owed(step.extends.step)
        if step.pauses:
            yield diagrams.any_of(
                diagrams.minus(self.owed(name), self._is("paused", name)) for name in step.pauses
            )
        if step.excludes:
            yield diagrams.any_of(self.owed(name) for name in step.excludes)
        if step.resumes:
            yield diagrams.any_of(self._is("paused", name) for name in step.resumes)

    def _owed_at_end(self, step: Step) -> Iterator[int]:
        for name in self.procedure.steps:
            if name != step.id:
                closed = self.diagrams.any_of(
                    self.facts.condition(link.when) for link in step.closes if link.step == name
                )
                yield self.diagrams.minus(self.owed(name), closed)

    def _changes_of(self, step: Step) -> Iterator[Change]:
        """What taking the step does, in the order of the engine."""
        yield Change(ALL, self._set(False, ("owed", "paused"), (step.id,)))
        for name in step.pauses:
            yield Change(self.owed(name), self._set(True, ("paused",), (name,)))
        yield Change(ALL, self._set(False, ("paused",), step.resumes))
        yield from self._linked(step.closes, False, ("included", "owed", "paused"))
        yield from self._linked(step.opens, True, ("included",))
        yield from self._linked(_obliging(step), True, ("owed",))
        waived = [
            other.id
            for other in self.procedure.steps.values()
            if other.window and other.window.waived_by == step.id
        ]
        opened = self.procedure.windows_after.get(step.id, ())
        yield Change(ALL, self._set(False, ("right", "used"), waived))
        yield Change(ALL, {**self._set(True, ("happened", "used"), (step.id,))})
        yield Change(ALL, {**self._set(False, ("used",), opened), **self._set(True, ("right",), opened)})
        if step.once:
            yield Change(ALL, self._set(False, ("right", "used"), (step.id,)))
        if step.ends:
            yield Change(ALL, self._set(True, ("ended",), ("",)))

    # --- forgetting what can never matter again, which keeps the sets small ---

    def _forgetful(self, move: Move, asked_by: Mapping[str, set[int]], by_findings: set[int]) -> Move:
        """The move with every bit cleared that nothing possible after it, and no finding, will ever ask for."""
        if move.step is None:
            return move
        open_later = self._open_after(move.step)
        steps = self.procedure.steps
        alive = [name for name in open_later if self._may_follow(move.step, steps[name])]
        asked = by_findings.union(*(asked_by[name] for name in alive))
        stale = {
            level: False
            for (kind, name), level in self._levels.items()
            if kind != "ended" and (level not in asked or self._is_moot(kind, name, open_later))
            # A step done once is kept from being taken again by its own bit, which nobody else may ask for.
            if not (kind == "happened" and name == move.step.id and move.step.once)
        }
        for levels in self.facts.followed_levels():
            if not asked.intersection(levels):
                stale.update(dict.fromkeys(levels, False))
        return replace(move, changes=self._merged([*move.changes, Change(ALL, stale)]))

    def _asked_by_findings(self) -> set[int]:
        """What the findings themselves look at: whether a step is owed, wherever a case stands."""
        owed = {rule.step for step in self.procedure.steps.values() for rule in step.duties}
        return set().union(*(self.diagrams.support(self.owed(name)) for name in owed))

    def _is_moot(self, kind: str, name: str, open_later: set[str]) -> bool:
        """Whether a bit of a step that never comes back is idle; that the case was started stays true."""
        started = kind == "happened" and name in self.procedure.start_steps
        return name not in open_later and not started

    def _merged(self, changes: list[Change]) -> tuple[Change, ...]:
        """The same changes in fewer: each joined to an earlier one under the same condition where none between
        them touches its bits or looks at them."""
        merged: list[Change] = []
        for change in changes:
            touched = set(change.bits)
            for position in reversed(range(len(merged))):
                earlier = merged[position]
                if earlier.under == change.under:
                    merged[position] = Change(change.under, {**earlier.bits, **change.bits})
                    break
                if touched & (set(earlier.bits) | self.diagrams.support(earlier.under)):
                    merged.append(change)
                    break
            else:
                merged.append(change)
        return tuple(change for change in merged if change.bits)

    def _open_after(self, step: Step) -> set[str]:
        """The steps that may be part of the case some time after this one (possibly more, never fewer)."""
        steps = self.procedure.steps
        shut = {link.step for link in step.closes if link.when is None}
        found = {name for name in steps if name not in shut} | {link.step for link in step.opens}
        while True:
            grown = found | {link.step for name in found for link in steps[name].opens}
            if grown == found:
                return found
            found = grown

    @staticmethod
    def _may_follow(step: Step, other: Step) -> bool:
        """Whether ``other`` may be taken after ``step`` at all."""
        return (other.after_end or not step.ends) and not (step.once and other is step)

    def _asked_by(self, move: Move) -> set[int]:
        diagrams = [move.enabled, *(change.under for change in move.changes)]
        diagrams += [part for filling in move.fillings for part in (filling.asked, filling.unasked)]
        diagrams += [filling.allowed for filling in move.fillings]
        if self.watched and move.step and move.step.id == self.watched.step:
            diagrams.append(self.facts.condition(self.watched.when))
        return set().union(*(self.diagrams.support(diagram) for diagram in diagrams))

    def _linked(
        self, links: Iterable[Link | DutyRule], value: bool, kinds: tuple[str, ...]
    ) -> Iterator[Change]:
        """Links as changes, those under the same condition together."""
        grouped: dict[Condition | None, list[str]] = {}
        for link in links:
            grouped.setdefault(link.when, []).append(link.step)
        for when, names in grouped.items():
            yield Change(self.facts.condition(when), self._set(value, kinds, names))


def _obliging(step: Step) -> tuple[DutyRule, ...]:
    """The duties that make a step owed; one that only sets a term changes no state."""
    return tuple(rule for rule in step.duties if not rule.term_only)


def _conditions(procedure: Procedure) -> list[Condition]:
    """The conditions that decide how a case may go; those of papers do not."""
    found: dict[Condition, None] = {}
    for step in procedure.steps.values():
        conditions = [step.when, step.window.when if step.window else None, *(fix.when for fix in step.fixes)]
        for links in (step.after, step.not_while, step.opens, step.closes, _obliging(step)):
            conditions += [link.when for link in links]
        found.update(dict.fromkeys(condition for condition in conditions if condition is not None))
    return list(found)
