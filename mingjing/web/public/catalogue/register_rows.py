"""One published register as a list: its rows for downloads, its editions for a feed.

Its columns are those of the edition, so that the list is made for each; ``catalogue.LISTS`` has the register of
all registers.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from django.http import HttpRequest

from mingjing.publicity.registers import queries
from mingjing.publicity.registers.file import columns_of, label_of, public_values

from ..lists import Column, Item, Listing, address


def path_of(register: Any) -> str:
    """The public page of a register."""
    return f"/registers/{register.organ.code}/{register.code}"


def rows_of(edition: Any) -> Listing:
    """The rows of an edition, as much of them as is public, in their order; the cursor is the place of the last."""
    columns = columns_of(edition)
    path = path_of(edition.register)

    def rows(request: HttpRequest, after: str, limit: int) -> tuple[Sequence[Any], str | None]:
        found = queries.page_of(edition.pk, after=int(after or 0), limit=limit)
        values = [public_values(columns, row.values) for row in found]
        return values, str(found[-1].position) if len(found) == limit else None

    return Listing(
        id=f"{edition.register.organ.code}-{edition.register.code}-{edition.number}",
        title=edition.register.title,
        path=path,
        about=f"{edition.register.organ.name}，第 {edition.number} 版。",
        columns=tuple(Column(one.id, one.label, of=itemgetter(one.id)) for one in columns if one.public),
        rows=rows,
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
        columns=(
            Column("title", "清单", of=lambda one: f"{one.register.title}（第 {one.number} 版）"),
            Column("reason", "修订说明"),
            Column("publish_on", "公布日期", "day"),
            Column("address", "页面", "address", of=lambda one: f"{path}?edition={one.number}"),
        ),
        rows=lambda request, after, limit: (editions[:limit], None),
        item=lambda record: Item(
            record["title"], record["address"], record["reason"], at=record["publish_on"]
        ),
    )
