"""Public lists, declared once: each gives a page, CSV, JSON Lines, a JSON interface and a feed.

A ``Listing`` says what a list is called, which columns a record has, what may be asked, and where the records
come from. From that one declaration come the addresses (``/decisions.csv`` …), the answers (``views.lists``),
the page for people (``/api/docs``) and the description for programs (``/api/openapi.json``), so that none of
these can say what another does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from mingjing.kernel.refused import Refused

Record = Mapping[str, Any]
# How values are written: days as 2026-03-12, moments as RFC 3339, addresses in full.
KINDS = ("text", "day", "moment", "number", "yesno", "address")


@dataclass(frozen=True)
class Column:
    """One field of a record: its key in JSON, its title in CSV and for people, and what kind of value it is.

    ``optional`` fields are empty (CSV) or null (JSON) where there is no value; a text that is not there is "".
    """

    key: str
    title: str
    kind: str = "text"
    note: str = ""
    optional: bool = False


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
    """A record as a feed tells it. ``at`` is RFC 3339, empty where the list knows no moment."""

    title: str
    address: str
    text: str
    at: str = ""


Pages = Callable[[HttpRequest, str, int], Page]


@dataclass(frozen=True)
class Listing:
    """One public list. ``path`` is its page; ``pages`` gives records behind a cursor.

    ``long`` lists are streamed in downloads; the others are answered whole, with an ETag.
    """

    id: str
    title: str
    path: str
    about: str
    columns: tuple[Column, ...]
    pages: Pages
    item: Callable[[Record], Item]
    parameters: tuple[Parameter, ...] = ()
    long: bool = False

    def every(self, request: HttpRequest) -> Iterator[Record]:
        """All records that are asked for, a thousand at a time."""
        after: str | None = ""
        while after is not None:
            page = self.pages(request, after, 1000)
            yield from page.records
            after = page.next


def whole(records: Callable[[HttpRequest], Sequence[Record]], key: str) -> Pages:
    """Pages of a list that is short enough to be made at once; its cursor is the ``key`` of the last record.

    Raises: Refused ``bad-cursor`` where no record has that key any more.
    """

    def pages(request: HttpRequest, after: str, limit: int) -> Page:
        rows = records(request)
        start = 0
        if after:
            keys = [str(row[key]) for row in rows]
            if after not in keys:
                raise Refused("bad-cursor", f"翻页标记“{after}”无效。", remedy="请从列表第一页重新翻看。")
            start = keys.index(after) + 1
        shown = rows[start : start + limit]
        further = start + limit < len(rows)
        return Page(shown, str(shown[-1][key]) if further else None)

    return pages
