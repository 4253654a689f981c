"""亮证与告知: shown, scanned, excepted, missing, by organ and officer; for heads and the justice bureau."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mingjing.cases import queries as cases
from mingjing.web.ui.asked import number

from . import listing
from .frame import desk, page, word
from .watching import DAYS

TABS = {
    "": "亮证情况",
    "excepted": "没有亮证的理由",
    "missing": "没有记录的环节",
    "undressed": "没有着装的理由",
    "untold": "没有确认的告知",
}


@require_safe
@desk("case.read")
def watch(request: Any) -> HttpResponse:
    """One tab over the last days; every number leads to its list, every line to its case. Cost: 2 queries."""
    tab, organ, code = word(request, "tab"), word(request, "organ", limit=60), word(request, "code", limit=30)
    days = next((one for one in DAYS if str(one) == word(request, "days")), DAYS[1])
    leaf = max(1, number(word(request, "page", limit=4), 1))
    tab = tab if tab in TABS else ""
    since = request.at - timedelta(days=days)
    filters = {"days": days, "organ": organ}
    rows = _rows(request, tab, since, organ, code, leaf)
    more = tab != "" and len(rows) > cases.WATCHED
    path = request.path
    codes = cases.exception_counts(request.actor, since, organ=organ) if tab in ("", "excepted") else []
    context = {
        "tab": tab,
        "tabs": [
            {"title": title, "href": listing.address(path, filters, tab=key), "current": key == tab}
            for key, title in TABS.items()
        ],
        "rows": rows[: cases.WATCHED] if tab else rows,
        "codes": codes,
        "code_options": [(one.code, one.title) for one in codes],
        "code": code,
        "days": days,
        "all_days": [(str(one), f"近 {one} 天") for one in DAYS],
        "organ": organ,
        "organ_name": request.actor.organ_name if organ == request.actor.organ_code else organ,
        "drill": lambda key, to: listing.address(path, {"days": days, "organ": key, "tab": to}),
        "of_code": lambda key: listing.address(path, {**filters, "tab": "excepted", "code": key}),
        "next": listing.address(path, filters, tab=tab, code=code, page=leaf + 1) if more else None,
        "first": listing.address(path, filters, tab=tab, code=code) if leaf > 1 else None,
    }
    return page(request, "desk/conduct.html", context, current="conduct-watch")


def _rows(request: Any, tab: str, since: datetime, organ: str, code: str, leaf: int) -> list[Any]:
    actor = request.actor
    if tab == "excepted":
        return cases.excepted(actor, since, organ=organ, code=code, page=leaf)
    if tab == "missing":
        return cases.unshown(actor, since, organ=organ, page=leaf)
    if tab == "undressed":
        return cases.undressed(actor, since, organ=organ, page=leaf)
    if tab == "untold":
        return cases.unacknowledged(actor, since, organ=organ, page=leaf)
    return cases.meetings(actor, since, organ=organ)
