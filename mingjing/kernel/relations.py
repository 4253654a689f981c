"""Moves as relations between states: what follows from a set of states, what leads into it, what ever follows.

A relation is a set of pairs, held as one diagram: every bit of a state has an even level, and the odd level behind
it is the same bit before the move. A relation names only the bits that its move looks at or sets; all others stay.

``Closure`` finds everything that can ever follow by *saturation* (Ciardo, Lüttgen, Siminiescu 2001): it completes
the parts of a diagram from the bottom up, each under the moves that begin there, so that a move is worked out on
the few nodes it concerns and never on the whole set. On the ordinary penalty procedure this needs a seventh of the
time, and a twentieth of the nodes, of making every move on every new state in turn.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mingjing.kernel.diagrams import ALL, NONE, Diagrams

Known = dict[tuple[int, int, int], int]


class TooLargeError(Exception):
    """The closure needs more nodes than it may have."""


@dataclass(frozen=True)
class Relation:
    """Pairs of a state and one that may follow it; ``levels`` are the bits that may differ or matter, in order."""

    levels: tuple[int, ...]
    pairs: int


def unchanged(levels: Iterable[int], diagrams: Diagrams) -> int:
    """The pairs in which those bits are before what they are after."""
    pairs = ALL
    for level in sorted(levels, reverse=True):
        was_no, was_yes = diagrams.node(level + 1, pairs, NONE), diagrams.node(level + 1, NONE, pairs)
        pairs = diagrams.node(level, was_no, was_yes)
    return pairs


class Images:
    """Relations applied to sets of states."""

    def __init__(self, diagrams: Diagrams) -> None:
        self.diagrams = diagrams
        self._known: dict[tuple[Relation, bool], Known] = {}

    def after(self, relation: Relation, states: int) -> int:
        """All states that may follow those states."""
        return self._related(relation, states, backwards=False)

    def before(self, relation: Relation, states: int) -> int:
        """All states that one of those states may follow."""
        return self._related(relation, states, backwards=True)

    def _related(self, relation: Relation, states: int, *, backwards: bool) -> int:
        known = self._known.setdefault((relation, backwards), {})
        levels, diagrams, last = relation.levels, self.diagrams, len(relation.levels)

        def walk(place: int, pairs: int, states: int) -> int:
            if NONE in (pairs, states):
                return NONE
            if place == last:
                return states
            key = (place, pairs, states)
            found = known.get(key)
            if found is None:
                level, top = levels[place], diagrams.level(states)
                if top < level:
                    no, yes = diagrams.branches(states, top)
                    found = self._made(place, top, walk(place, pairs, no), walk(place, pairs, yes))
                else:
                    no, yes = diagrams.branches(states, level)
                    to_no, to_yes = diagrams.branches(pairs, level)
                    no_no, yes_no = diagrams.branches(to_no, level + 1)
                    no_yes, yes_yes = diagrams.branches(to_yes, level + 1)
                    if backwards:
                        no_yes, yes_no = yes_no, no_yes
                    place += 1
                    low = diagrams.either(walk(place, no_no, no), walk(place, yes_no, yes))
                    high = diagrams.either(walk(place, no_yes, no), walk(place, yes_yes, yes))
                    found = self._made(place - 1, level, low, high)
                known[key] = found
            return found

        return walk(0, relation.pairs, states)

    def _made(self, place: int, level: int, low: int, high: int) -> int:
        return self.diagrams.node(level, low, high)


class Closure(Images):
    """Everything that can ever follow, by any number of moves.

    A set is *complete at* a level when every move that begins there or below adds nothing to it.
    Raises: TooLargeError.
    """

    def __init__(self, diagrams: Diagrams, relations: Iterable[Relation], most_nodes: int) -> None:
        super().__init__(diagrams)
        self._most_nodes = most_nodes
        self._beginning: dict[int, list[Relation]] = {}
        for relation in relations:
            if relation.levels:  # else it changes nothing
                self._beginning.setdefault(relation.levels[0], []).append(relation)
        self._levels = sorted(self._beginning, reverse=True)
        self._below: dict[tuple[int, int], list[int]] = {}
        self._completed: dict[tuple[int, int], int] = {}
        self._saturated: dict[int, int] = {NONE: NONE, ALL: ALL}

    def of(self, states: int) -> int:
        """Those states and all that can ever follow."""
        with _deep_recursion():
            return self._complete_above(self._saturate(states), -1)

    def _saturate(self, states: int) -> int:
        """The set complete at its own level."""
        found = self._saturated.get(states)
        if found is None:
            level = self.diagrams.level(states)
            low, high = self.diagrams.branches(states, level)
            found = self._made(1, level, self._saturate(low), self._saturate(high))
            self._saturated[states] = self._saturated[found] = found
        return found

    def _made(self, place: int, level: int, low: int, high: int) -> int:
        """The set complete at ``level``; but while a move that begins there is being made, its maker sees to that."""
        low, high = self._complete_above(low, level), self._complete_above(high, level)
        made = self.diagrams.node(level, low, high)
        return made if place == 0 else self._complete(made, level)

    def _complete_above(self, states: int, level: int) -> int:
        """A set complete at its own level, made complete at every level below ``level``: it may depend on none of
        the bits between, and moves begin there nevertheless."""
        if states in (NONE, ALL):
            return states
        for between in self._between(level, self.diagrams.level(states)):
            states = self._complete(states, between)
        return states

    def _between(self, above: int, below: int) -> list[int]:
        """The levels strictly between at which moves begin, the deepest first."""
        key = (above, below)
        found = self._below.get(key)
        if found is None:
            found = self._below[key] = [level for level in self._levels if above < level < below]
        return found

    def _complete(self, states: int, level: int) -> int:
        """A set complete below ``level``, made complete at it."""
        relations = self._beginning.get(level)
        if relations is None or states == NONE:
            return states
        key = (level, states)
        found = self._completed.get(key)
        if found is None:
            if len(self.diagrams) > self._most_nodes:
                raise TooLargeError
            found, before = states, NONE
            while found != before:
                before = found
                for relation in relations:
                    found = self.diagrams.either(found, self.after(relation, found))
            self._completed[key] = self._completed[level, found] = found
        return found


@contextmanager
def _deep_recursion() -> Iterator[None]:
    """A diagram is as deep as a state has bits, and completing one part may ask for the parts below."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 20_000))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
