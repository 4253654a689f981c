"""Public lists, declared once: each gives a page, CSV, JSON Lines, a JSON interface and a feed.

A ``Listing`` says what a list is called, which columns a record has and where each comes from, what may be asked,
and where the rows are read. From that one declaration come the addresses (``/decisions.csv`` …), the answers
(``views.lists``), the page for people (``/api/docs``) and the description for programs (``/api/openapi.json``), so
that none of these can say what another does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from mingjing.kernel.refused import Refused

Record = Mapping[str, Any]
# How values are written: days as 2026-03-12, moments as RFC 3339, addresses in full.
KINDS = ("text", "day", "moment", "number", "yesno", "address")


def address(path: str) -> str:
    """The stable public address of a path of ours."""
    return f"{settings.MINGJING_PUBLIC_URL}{path}"


@dataclass(frozen=True)
class Column:
    """One field of a record: its key in JSON, its title in CSV and for people, and what kind of value it is.

    ``of`` takes the value from a row; without it, it is the row's attribute of the same name. ``optional`` fields
    are empty (CSV) or null (JSON) where there is no value; a text that is not there is "".
    """

    key: str
    title: str
    kind: str = "text"
    note: str = ""
    optional: bool = False
    of: Callable[[Any], Any] | None = None

    def value(self, row: Any) -> Any:
        """What the row has here, as it is written."""
        found = self.of(row) if self.of else getattr(row, self.key)
        if found is None:
            return None if self.optional else ""
        if self.kind in ("day", "moment"):
            return found.isoformat()
        return address(found) if self.kind == "address" else found


@dataclass(frozen=True)
class Parameter:
    """One thing that may be asked of a list; ``kind`` as of a column, ``allowed`` where only some values are."""

    name: str
    title: str
    kind: str = "text"
    note: str = ""
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """Some records in the order of the list, and the cursor of what follows; None at the end."""

    records: Sequence[Record]
    next: str | None


@dataclass(frozen=True)
class Item:
    """A record as a feed tells it. ``at`` is a day or a moment, empty where the list knows none.

    ``id`` tells it from the others where they share an address.
    """

    title: str
    address: str
    text: str
    at: str = ""
    id: str = ""


# Some rows behind a cursor, and the cursor of what follows; None at the end.
Rows = Callable[[HttpRequest, str, int], tuple[Sequence[Any], str | None]]


@dataclass(frozen=True)
class Listing:
    """One public list. ``path`` is its page; ``rows`` gives rows behind a cursor.

    ``long`` lists are streamed in downloads, and the latest row is their first; ``version`` tells what changes with
    their rows. The others are answered whole, with an ETag of their bytes; ``newest`` is the column by which a feed
    puts the latest first.
    """

    id: str
    title: str
    path: str
    about: str
    columns: tuple[Column, ...]
    rows: Rows
    item: Callable[[Record], Item]
    parameters: tuple[Parameter, ...] = ()
    long: bool = False
    version: Callable[[], str] = str
    newest: str = ""

    def page(self, request: HttpRequest, after: str, limit: int) -> Page:
        """Some records behind a cursor. Raises: Refused ``bad-cursor``."""
        rows, following = self.rows(request, after, limit)
        return Page([{one.key: one.value(row) for one in self.columns} for row in rows], following)

    def every(self, request: HttpRequest) -> Iterator[Record]:
        """All records that are asked for, a thousand at a time."""
        after: str | None = ""
        while after is not None:
            page = self.page(request, after, 1000)
            yield from page.records
            after = page.next

    def latest(self, request: HttpRequest, limit: int) -> Sequence[Record]:
        """What a feed tells: the latest first, as far as the list knows when something came."""
        if not self.newest:
            return self.page(request, "", limit).records
        return sorted(self.every(request), key=lambda one: one[self.newest] or "", reverse=True)[:limit]


_MARK = "key:"


def whole(rows: Callable[[Any], Sequence[Any]], key: Callable[[Any], str]) -> Rows:
    """Rows of a list that is short enough to be read at once, by ``key``.

    A cursor is the key of the last row that was read: whatever is added or taken away meanwhile, no other row is
    told twice or left out. Raises: Refused ``bad-cursor``.
    """

    def read(request: HttpRequest, after: str, limit: int) -> tuple[Sequence[Any], str | None]:
        if after and not after.startswith(_MARK):
            raise Refused("bad-cursor", f"翻页标记“{after}”无效。", remedy="请从列表第一页重新翻看。")
        last = after.removeprefix(_MARK)
        behind = sorted((row for row in rows(request) if key(row) > last), key=key)
        shown = behind[:limit]
        return shown, f"{_MARK}{key(shown[-1])}" if len(behind) > limit else None

    return read
