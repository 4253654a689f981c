"""What the pages of supervision share: one tab over the last days, of one organ or of all, leaf by leaf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mingjing.cases import queries as cases
from mingjing.web.ui.asked import number

from . import listing
from .frame import word

DAYS = (30, 90, 365)


@dataclass(frozen=True)
class Asked:
    """The tab that was asked for, since when, of which organ (empty: all), and which leaf of it."""

    tab: str
    days: int
    since: datetime
    organ: str
    leaf: int


def asked_for(request: Any, tabs: Mapping[str, str]) -> Asked:
    """What the address asks for; what it says amiss is read as nothing."""
    tab = word(request, "tab")
    days = next((one for one in DAYS if str(one) == word(request, "days")), DAYS[1])
    return Asked(
        tab if tab in tabs else "",
        days,
        request.at - timedelta(days=days),
        word(request, "organ", limit=60),
        max(1, number(word(request, "page", limit=4), 1)),
    )


def tabs_context(
    request: Any, asked: Asked, tabs: Mapping[str, str], rows: list[Any], **filters: str
) -> dict[str, Any]:
    """The tabs, the rows of one leaf, and the ways on; ``filters`` are kept from leaf to leaf."""
    path, common = request.path, {"days": asked.days, "organ": asked.organ}
    more = asked.tab != "" and len(rows) > cases.WATCHED
    return {
        "tab": asked.tab,
        "tabs": [
            {"title": title, "href": listing.address(path, common, tab=key), "current": key == asked.tab}
            for key, title in tabs.items()
        ],
        "rows": rows[: cases.WATCHED] if asked.tab else rows,
        "days": asked.days,
        "all_days": [(str(one), f"近 {one} 天") for one in DAYS],
        "organ": asked.organ,
        "organ_name": request.actor.organ_name if asked.organ == request.actor.organ_code else asked.organ,
        "drill": lambda key, to: listing.address(path, {"days": asked.days, "organ": key, "tab": to}),
        "next": listing.address(path, common, tab=asked.tab, **filters, page=asked.leaf + 1)
        if more
        else None,
        "first": listing.address(path, common, tab=asked.tab, **filters) if asked.leaf > 1 else None,
    }
