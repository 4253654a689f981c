"""嵌入栏目: an organ's latest decisions for a frame on its own website, and how to put it there.

The only page of ours that others may frame: it shows a list, takes nothing and runs no script, so that framing
it can deceive nobody into doing something.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.publicity import queries as publicity
from mingjing.publicity.queries import Filters
from mingjing.web.ui.asked import word
from mingjing.web.ui.wording import ACTS

from ..cached import public_page

ROWS, FEWEST, MOST = 8, 3, 20
# Height of the frame in pixels: the head and foot, and each row.
_FRAME, _ROW, _LARGE_ROW = 96, 62, 88


@require_safe
def column(request: HttpRequest, code: str) -> HttpResponse:
    """The latest decisions of an organ, for a frame. Cost: 3 queries."""
    response = _column(request, code)
    response.framed = True  # type: ignore[attr-defined]
    return response


@public_page
def _column(request: Any, code: str) -> HttpResponse:
    organ = next((one for one in organs.organs() if one.code == code), None)
    if organ is None:
        raise Refused("no-such-organ", "没有这个执法机关。", remedy="请从“嵌入栏目”页面重新取得代码。")
    act = _act(request)
    filters = Filters(organ=organ.code, act=act, today=request.at.date())
    query = urlencode({"organ": organ.code, **({"act": act} if act else {})})
    context = {
        "organ": organ,
        "rows": publicity.published(filters, limit=_rows(request)),
        "large": word(request, "text") == "large",
        "more": f"{settings.MINGJING_PUBLIC_URL}/decisions?{query}",
        "site": settings.MINGJING_PUBLIC_URL,
    }
    return render(request, "public/embed.html", context)


@public_page
def snippets(request: HttpRequest) -> HttpResponse:
    """Choose an organ and a size, see it, copy the code. Cost: 1 query."""
    known = organs.organs()
    chosen = next((one for one in known if one.code == word(request, "organ")), None)
    rows, large, act = _rows(request), word(request, "text") == "large", _act(request)
    asked = {"rows": str(rows)} | ({"text": "large"} if large else {}) | ({"act": act} if act else {})
    context = {
        "organs": [(one.code, one.short_name) for one in known],
        "acts": list(ACTS.items()),
        "organ": chosen,
        "rows": rows,
        "large": large,
        "act": act,
        "sizes": [(number, f"{number} 条") for number in (3, 5, 8, 12, 20)],
        "frame": f"/embed/{chosen.code}?{urlencode(asked)}" if chosen else "",
        "height": _FRAME + rows * (_LARGE_ROW if large else _ROW),
        "site": settings.MINGJING_PUBLIC_URL,
        "query": urlencode({"organ": chosen.code, **({"act": act} if act else {})}) if chosen else "",
    }
    return render(request, "public/embed_snippets.html", context)


def _rows(request: HttpRequest) -> int:
    given = word(request, "rows")
    return (
        min(max(int(given), FEWEST), MOST) if given.isascii() and given.isdigit() and len(given) < 4 else ROWS
    )


def _act(request: HttpRequest) -> str:
    given = word(request, "act")
    return given if given in ACTS else ""
