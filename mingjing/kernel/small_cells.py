"""小格隐去: which cells of published tables must not be shown, so that nobody reads one person out of them.

A count of one or two may be a person somebody knows. Such a cell is hidden, and so are further cells until no
hidden one follows from what is left: from a total and the other parts, from several tables together, or from
the bare fact that hidden cells are at least one.
Source: the usual practice of statistical offices (primary and complementary suppression); the threshold is data.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Key = Hashable
# Whether equations fix an unknown is asked modulo a large prime: exact, and without fractions.
_PRIME = 2**61 - 1


@dataclass(frozen=True)
class Sum:
    """A published total and all its parts."""

    total: Key
    parts: tuple[Key, ...]


def hidden(values: Mapping[Key, int], sums: Sequence[Sum], below: int) -> frozenset[Key]:
    """The cells that may not be shown: those under ``below`` but not nought, and what protects them.

    Noughts stay: they are nobody. Whole tables may vanish where there is little in them.
    """
    gone = {key for key, value in values.items() if 0 < value < below}
    while True:
        while weak := {key for one in sums for key in _given_away(one, values, gone, below)}:
            gone |= weak
        known = _determined(sums, gone)
        if not known:
            return frozenset(gone)
        gone |= {_protector(key, values, sums, gone) for key in known}


def _given_away(one: Sum, values: Mapping[Key, int], gone: set[Key], below: int) -> Iterator[Key]:
    """One more cell to hide where this sum alone gives a hidden cell away."""
    unknown = [key for key in (one.total, *one.parts) if key in gone]
    if not unknown:
        return
    if len(unknown) == 1:
        yield from _next(one, values, gone)
    elif one.total not in gone:
        # Each hidden part is at least one: with too little between them, each is known to be small.
        between = sum(values[key] for key in unknown)
        if between - (len(unknown) - 1) < below:
            yield from _next(one, values, gone)


def _next(one: Sum, values: Mapping[Key, int], gone: set[Key]) -> Iterator[Key]:
    """The smallest shown part that is not nought, else the total, else a nought."""
    parts = [key for key in one.parts if key not in gone]
    counted = [key for key in parts if values[key]]
    if counted:
        yield min(counted, key=lambda key: (values[key], str(key)))
    elif one.total not in gone:
        yield one.total
    elif parts:
        yield parts[0]


def _protector(key: Key, values: Mapping[Key, int], sums: Sequence[Sum], gone: set[Key]) -> Key:
    """A shown cell near a hidden one that several sums give away together."""
    near = [one for one in sums if key == one.total or key in one.parts]
    shown = [cell for one in near for cell in (*one.parts, one.total) if cell not in gone]
    wider = shown or [cell for one in sums for cell in (*one.parts, one.total) if cell not in gone]
    return min(wider, key=lambda cell: (not values[cell], values[cell], str(cell)), default=key)


def _determined(sums: Sequence[Sum], gone: set[Key]) -> set[Key]:
    """The hidden cells whose value follows from all sums together, found by elimination."""
    rows: dict[Key, dict[Key, int]] = {}
    for one in sums:
        row = _equation(one, gone)
        for pivot in [key for key in row if key in rows]:
            _subtract(row, rows[pivot], pivot)
        if not row:
            continue
        pivot = next(iter(row))
        inverse = pow(row[pivot], -1, _PRIME)
        row = {key: value * inverse % _PRIME for key, value in row.items()}
        for other in rows.values():
            if pivot in other:
                _subtract(other, row, pivot)
        rows[pivot] = row
    return {pivot for pivot, row in rows.items() if len(row) == 1}


def _equation(one: Sum, gone: set[Key]) -> dict[Key, int]:
    """The hidden cells of a sum with their signs; what is shown is a known number and left out."""
    row = {key: 1 for key in one.parts if key in gone}
    if one.total in gone:
        row[one.total] = _PRIME - 1
    return row


def _subtract(row: dict[Key, int], other: Mapping[Key, int], pivot: Key) -> None:
    """Take the multiple of ``other`` from ``row`` that removes ``pivot``; ``other`` has 1 there."""
    factor = row[pivot]
    for key, value in other.items():
        left = (row.get(key, 0) - factor * value) % _PRIME
        if left:
            row[key] = left
        else:
            row.pop(key, None)
