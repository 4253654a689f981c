"""Binary decision diagrams: sets of bit vectors held as one small graph, so that millions cost no more than few.

Reduced and ordered (Bryant 1986). A diagram is an integer naming a node; equal sets have equal integers within
one ``Diagrams``. Variables are numbered in the order in which they are tested.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

NONE = 0
ALL = 1
# Below every variable: the level of the two leaves.
_LEAF = 1 << 30


class Diagrams:
    """A store of nodes with the operations on them. Not thread-safe; made for one exploration."""

    def __init__(self) -> None:
        self._level = [_LEAF, _LEAF]
        self._low = [0, 1]
        self._high = [0, 1]
        self._nodes: dict[tuple[int, int, int], int] = {}
        self._ands: dict[tuple[int, int], int] = {}
        self._ors: dict[tuple[int, int], int] = {}
        self._differences: dict[tuple[int, int], int] = {}
        self._nots: dict[int, int] = {NONE: ALL, ALL: NONE}

    def __len__(self) -> int:
        return len(self._level)

    def bit(self, level: int, value: bool = True) -> int:
        """All vectors whose bit at ``level`` has the value."""
        return self.node(level, NONE, ALL) if value else self.node(level, ALL, NONE)

    def level(self, diagram: int) -> int:
        """The first level on which membership depends; beyond every level for the empty set and the full one."""
        return self._level[diagram]

    def branches(self, diagram: int, level: int) -> tuple[int, int]:
        """The vectors of the set whose bit at ``level`` is 0, and those whose bit is 1. MUST NOT lie below its first."""
        if self._level[diagram] != level:
            return diagram, diagram
        return self._low[diagram], self._high[diagram]

    def node(self, level: int, low: int, high: int) -> int:
        """The set that is ``low`` where the bit at ``level`` is 0 and ``high`` where it is 1; both lie below it."""
        if low == high:
            return low
        key = (level, low, high)
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = len(self._level)
            self._level.append(level)
            self._low.append(low)
            self._high.append(high)
        return found

    def both(self, first: int, second: int) -> int:
        """The intersection."""
        if first == second or second == ALL:
            return first
        if first == ALL:
            return second
        if first == NONE or second == NONE:
            return NONE
        if first > second:
            first, second = second, first
        key = (first, second)
        found = self._ands.get(key)
        if found is None:
            level, other = self._level[first], self._level[second]
            if level < other:
                low = self.both(self._low[first], second)
                high = self.both(self._high[first], second)
            elif level > other:
                level = other
                low = self.both(first, self._low[second])
                high = self.both(first, self._high[second])
            else:
                low = self.both(self._low[first], self._low[second])
                high = self.both(self._high[first], self._high[second])
            found = self._ands[key] = self.node(level, low, high)
        return found

    def either(self, first: int, second: int) -> int:
        """The union."""
        if first == second or second == NONE:
            return first
        if first == NONE:
            return second
        if first == ALL or second == ALL:
            return ALL
        if first > second:
            first, second = second, first
        key = (first, second)
        found = self._ors.get(key)
        if found is None:
            level, other = self._level[first], self._level[second]
            if level < other:
                low = self.either(self._low[first], second)
                high = self.either(self._high[first], second)
            elif level > other:
                level = other
                low = self.either(first, self._low[second])
                high = self.either(first, self._high[second])
            else:
                low = self.either(self._low[first], self._low[second])
                high = self.either(self._high[first], self._high[second])
            found = self._ors[key] = self.node(level, low, high)
        return found

    def minus(self, first: int, second: int) -> int:
        """The vectors of the first set that are not in the second."""
        if first in (NONE, second) or second == ALL:
            return NONE
        if second == NONE:
            return first
        key = (first, second)
        found = self._differences.get(key)
        if found is None:
            level, other = self._level[first], self._level[second]
            if level < other:
                low = self.minus(self._low[first], second)
                high = self.minus(self._high[first], second)
            elif level > other:
                level = other
                low = self.minus(first, self._low[second])
                high = self.minus(first, self._high[second])
            else:
                low = self.minus(self._low[first], self._low[second])
                high = self.minus(self._high[first], self._high[second])
            found = self._differences[key] = self.node(level, low, high)
        return found

    def without(self, diagram: int) -> int:
        """The complement."""
        found = self._nots.get(diagram)
        if found is None:
            low, high = self.without(self._low[diagram]), self.without(self._high[diagram])
            found = self._nots[diagram] = self.node(self._level[diagram], low, high)
            self._nots[found] = diagram
        return found

    def all_of(self, diagrams: Iterable[int]) -> int:
        """The intersection of many."""
        result = ALL
        for diagram in diagrams:
            result = self.both(result, diagram)
        return result

    def any_of(self, diagrams: Iterable[int]) -> int:
        """The union of many."""
        result = NONE
        for diagram in diagrams:
            result = self.either(result, diagram)
        return result

    def forget(self, diagram: int, levels: frozenset[int]) -> int:
        """The set with those bits free: every vector that agrees elsewhere with one of the set."""
        if not levels:
            return diagram
        last, known = max(levels), {NONE: NONE, ALL: ALL}

        def walk(node: int) -> int:
            level = self._level[node]
            if level > last:
                return node
            found = known.get(node)
            if found is None:
                low, high = walk(self._low[node]), walk(self._high[node])
                found = self.either(low, high) if level in levels else self.node(level, low, high)
                known[node] = found
            return found

        return walk(diagram)

    def put(self, diagram: int, values: Mapping[int, bool]) -> int:
        """The set after those bits were set to the values."""
        forgotten = self.forget(diagram, frozenset(values))
        return self.both(forgotten, self.cube(values))

    def cube(self, values: Mapping[int, bool]) -> int:
        """All vectors with those bits."""
        result = ALL
        for level in sorted(values, reverse=True):
            result = self.node(level, NONE, result) if values[level] else self.node(level, result, NONE)
        return result

    def support(self, diagram: int) -> set[int]:
        """The levels on which membership depends."""
        levels: set[int] = set()
        seen, waiting = {NONE, ALL}, [diagram]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                levels.add(self._level[node])
                waiting += (self._low[node], self._high[node])
        return levels

    def one_of(self, diagram: int) -> dict[int, bool]:
        """Bits that put a vector into the set, preferring 0; bits not named do not matter. The set MUST have one."""
        values: dict[int, bool] = {}
        while diagram != ALL:
            value = self._low[diagram] == NONE
            values[self._level[diagram]] = value
            diagram = self._high[diagram] if value else self._low[diagram]
        return values
