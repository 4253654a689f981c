"""One published register as a list: its rows for downloads, its editions for a feed.

Its columns are those of the edition, so that the list is made for each; ``catalogue.LISTS`` has the register of
all registers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django.http import HttpRequest

from mingjing.kernel.clocks import SHANGHAI
from mingjing.publicity.registers import queries
from mingjing.publicity.registers.file import columns_of, label_of, public_values

from ..downloads import address
from ..lists import Column, Item, Listing, Page, Record


def path_of(register: Any) -> str:
    """The public page of a register."""
    return f"/registers/{register.organ.code}/{register.code}"


def rows_of(edition: Any) -> Listing:
    """The rows of an edition, as much of them as is public, in their order; the cursor is the place of the last."""
    columns = columns_of(edition)
    path = path_of(edition.register)

    def pages(request: HttpRequest, after: str, limit: int) -> Page:
        rows = queries.page_of(edition.pk, after=int(after or 0), limit=limit)
        records = [public_values(columns, row.values) for row in rows]
        return Page(records, str(rows[-1].position) if len(rows) == limit else None)

    return Listing(
        id=f"{edition.register.organ.code}-{edition.register.code}-{edition.number}",
        title=edition.register.title,
        path=path,
        about=f"{edition.register.organ.name}，第 {edition.number} 版。",
        columns=tuple(Column(one.id, one.label) for one in columns if one.public),
        pages=pages,
        item=lambda record: Item(label_of("", record), address(path), ""),
    )


def editions_of(register: Any, editions: Sequence[Any]) -> Listing:
    """Every published edition of a register, the newest first, as a feed tells them."""
    path = path_of(register)
    return Listing(
        id="register-editions",
        title=f"{register.organ.name}{register.title}",
        path=path,
        about="经同级司法行政机关确认公布的版本，最新的在前。",
        columns=(),
        pages=lambda request, after, limit: Page([_edition(one, path) for one in editions[:limit]], None),
        item=lambda record: Item(record["title"], record["address"], record["reason"], record["at"]),
    )


def _edition(one: Any, path: str) -> Record:
    return {
        "title": f"{one.register.title}（第 {one.number} 版）",
        "address": address(f"{path}?edition={one.number}"),
        "reason": one.reason,
        "at": datetime.combine(one.publish_on, time(0), SHANGHAI).isoformat(),
    }
