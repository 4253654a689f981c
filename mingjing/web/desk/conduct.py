"""亮证与告知: shown, scanned, excepted, missing, by organ and officer; for heads and the justice bureau."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mingjing.cases import queries as cases
from mingjing.organs.authority import Actor

from . import listing
from .frame import desk, page, word
from .lately import Asked, asked_for, tabs_context

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
    asked, code = asked_for(request, TABS), word(request, "code", limit=30)
    rows = _rows(request.actor, asked, code)
    counted = asked.tab in ("", "excepted")
    codes = cases.exception_counts(request.actor, asked.since, organ=asked.organ) if counted else []
    filters = {"days": asked.days, "organ": asked.organ}
    context = {
        **tabs_context(request, asked, TABS, rows, code=code),
        "codes": codes,
        "code_options": [(one.code, one.title) for one in codes],
        "code": code,
        "of_code": lambda key: listing.address(request.path, {**filters, "tab": "excepted", "code": key}),
    }
    return page(request, "desk/conduct.html", context, current="conduct-watch")


def _rows(actor: Actor, asked: Asked, code: str) -> list[Any]:
    since, organ, leaf = asked.since, asked.organ, asked.leaf
    if asked.tab == "excepted":
        return cases.excepted(actor, since, organ=organ, code=code, page=leaf)
    if asked.tab == "missing":
        return cases.unshown(actor, since, organ=organ, page=leaf)
    if asked.tab == "undressed":
        return cases.undressed(actor, since, organ=organ, page=leaf)
    if asked.tab == "untold":
        return cases.unacknowledged(actor, since, organ=organ, page=leaf)
    return cases.meetings(actor, since, organ=organ)
