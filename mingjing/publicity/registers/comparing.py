"""What changed between two editions: rows that came, went, and cells that read otherwise. Pure.

The order of rows says nothing: a row is known by its key wherever it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]
Rows = Mapping[str, Values]


@dataclass(frozen=True)
class CellChange:
    """One field of a row before and after; None where the row had no such value."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class RowChange:
    """One row: ``state`` is added, removed or changed; ``cells`` are all its values, or only those that changed."""

    key: str
    state: str
    cells: tuple[CellChange, ...]


def differences(old: Rows, new: Rows) -> list[RowChange]:
    """Every row that differs: changed and added ones in the order of ``new``, then removed ones.

    A value that is empty is as good as none.
    """
    came = [change for key, values in new.items() if (change := _row(key, old.get(key), values)) is not None]
    gone = [_whole(key, "removed", values) for key, values in old.items() if key not in new]
    return [*came, *gone]


def _row(key: str, before: Values | None, after: Values) -> RowChange | None:
    if before is None:
        return _whole(key, "added", after)
    cells = _cells(before, after)
    return RowChange(key, "changed", cells) if cells else None


def _whole(key: str, state: str, values: Values) -> RowChange:
    return RowChange(key, state, _cells({}, values) if state == "added" else _cells(values, {}))


def _cells(before: Values, after: Values) -> tuple[CellChange, ...]:
    names = dict.fromkeys((*after, *before))
    pairs = ((name, _value(before, name), _value(after, name)) for name in names)
    return tuple(CellChange(name, old, new) for name, old, new in pairs if old != new)


def _value(values: Values, name: str) -> Any:
    """None for what is empty: a cleared field and one never filled are the same."""
    found = values.get(name)
    return None if found == "" else found


def applied(old: Rows, changes: list[RowChange]) -> dict[str, dict[str, Any]]:
    """The rows that come of applying the differences: ``applied(old, differences(old, new))`` says what ``new`` says."""
    rows = {key: dict(values) for key, values in old.items()}
    for change in changes:
        if change.state == "removed":
            del rows[change.key]
            continue
        row = rows.setdefault(change.key, {})
        for cell in change.cells:
            row[cell.field] = cell.after
    return {
        key: {name: value for name, value in row.items() if _value(row, name) is not None}
        for key, row in rows.items()
    }


def counts(changes: list[RowChange]) -> dict[str, int]:
    """How many rows were added, changed and removed."""
    found = {"added": 0, "changed": 0, "removed": 0}
    for one in changes:
        found[one.state] += 1
    return found
