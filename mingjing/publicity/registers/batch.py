"""Many rows into one edition at once: judged one by one in memory, written in a few statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mingjing.kernel.refused import Refused

from ..models import RegisterEdition, RegisterRow
from .file import columns_of
from .kinds import Kind, clean_row, key_of

CHUNK = 500
MOST_ROWS = 100_000
_SEARCHED = 1000


def searched(values: Mapping[str, Any]) -> str:
    """What of a row is searched for words."""
    return " ".join(str(one) for one in values.values())[:_SEARCHED]


def _twin(key: str) -> Refused:
    return Refused("duplicate-row", f"清单中已有“{key[:60]}”。", remedy="请修改那一行，或者核对是否重复。")


class Batch:
    """The rows of an edition being changed; ``save`` writes what ``put`` took.

    A drawn list takes no further rows: of its rows only the typed fields change. Cost: 1 query to begin, and
    those of ``save``, one for each ``CHUNK`` rows.
    """

    def __init__(self, edition: RegisterEdition, kind: Kind, *, replace: bool = False) -> None:
        self.edition, self.kind = edition, kind
        self.columns = columns_of(edition)
        self._typed = {one.id for one in self.columns if not one.drawn}
        self._key = kind.key or [self.columns[0].id]
        if replace and not kind.drawn:
            edition.rows.all().delete()
        self.rows = {row.key: row for row in edition.rows.all()}
        self._last = max((row.position for row in self.rows.values()), default=0)
        self._touched: dict[str, RegisterRow] = {}

    def tried(self, values: Mapping[str, Any]) -> Refused | None:
        """Why the row is not taken, or None; a second row of the same key in one batch is a mistake, not a change."""
        key = key_of(self._key, values)
        if key in self._touched:
            return _twin(key)
        try:
            self.put(values, key)
        except Refused as refused:
            return refused
        return None

    def put(self, values: Mapping[str, Any], key: str) -> RegisterRow:
        """Change the row of that key, or add one. Raises: Refused ``row-drawn``, ``too-many-rows``, ``InvalidFacts``."""
        row = self.rows.get(key)
        if row is None and self.kind.drawn:
            raise Refused(
                "row-drawn",
                f"这份清单的行取自平台登记，登记中没有“{key[:60]}”，不能手工增加。",
                remedy="请先更改登记，再点“刷新”。",
            )
        typed = {name: value for name, value in values.items() if name in self._typed}
        cleaned = clean_row([one for one in self.columns if not one.drawn], typed)
        return self._keep(row, cleaned)

    def _keep(self, row: RegisterRow | None, cleaned: dict[str, Any]) -> RegisterRow:
        kept = {name: value for name, value in row.values.items() if name not in self._typed} if row else {}
        merged = {**kept, **cleaned}
        key = key_of(self._key, merged)
        twin = self.rows.get(key)
        if twin is not None and twin is not row:
            raise _twin(key)
        if row is None:
            if self._last >= MOST_ROWS:
                raise Refused("too-many-rows", f"一份清单最多 {MOST_ROWS} 行。", remedy="请分成几份清单。")
            self._last += 1
            row = RegisterRow(edition=self.edition, position=self._last)
        self.rows.pop(row.key, None)
        row.key, row.values, row.text = key, merged, searched(merged)
        self.rows[key] = self._touched[key] = row
        return row

    def save(self) -> None:
        """Write every row that was put."""
        touched = [row for row in self.rows.values() if self._touched.get(row.key) is row]
        new, old = [row for row in touched if row.pk is None], [row for row in touched if row.pk is not None]
        RegisterRow.objects.bulk_create(new, batch_size=CHUNK)
        RegisterRow.objects.bulk_update(old, ["key", "values", "text"], batch_size=100)
