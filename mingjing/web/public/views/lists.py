"""Every public list for machines: CSV, JSON Lines, the JSON interface, the feed; and what describes them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from mingjing.kernel.refused import Refused
from mingjing.web.ui.asked import word
from mingjing.web.ui.filenames import disposition
from mingjing.web.ui.refusals import problem

from .. import downloads, openapi
from ..cached import public_page
from ..catalogue import LISTS
from ..lists import Listing

FEED = 50
JSON_PAGE = 1000


def paths() -> list[URLPattern]:
    """The addresses of every list in every form, beside its page."""
    forms = {"csv": csv_file, "jsonl": json_lines, "json": interface, "rss": feed}
    return [
        path(f"{listing.path[1:]}.{ending}", _for_machines(view, listing), name=f"{listing.id}-{ending}")
        for listing in LISTS
        for ending, view in forms.items()
    ]


def _for_machines(view: Callable[..., HttpResponseBase], listing: Listing) -> Callable[..., HttpResponseBase]:
    """A list in one form; a question with a fault is answered as a program reads it (RFC 9457)."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase
        try:
            response = view(request, listing=listing)
        except Refused as refused:
            response = problem(refused)
            response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    return answered


@require_safe
def csv_file(request: HttpRequest, listing: Listing) -> HttpResponseBase:
    """Every record asked for as CSV."""
    lines = downloads.csv_lines(listing.columns, listing.every(request))
    return _download(request, listing, lines, downloads.CSV, "csv")


@require_safe
def json_lines(request: HttpRequest, listing: Listing) -> HttpResponseBase:
    """Every record asked for, one a line."""
    lines = downloads.json_lines(listing.every(request))
    return _download(request, listing, lines, downloads.JSON_LINES, "jsonl")


def _download(request: Any, listing: Listing, lines: Any, media_type: str, ending: str) -> HttpResponseBase:
    """Long lists in constant memory; all confirmed by ETag."""
    response: HttpResponseBase
    if listing.long:
        etag = _version(request, listing)
        known = get_conditional_response(request, etag=etag)
        if known is not None:
            return known
        # The first lines are made here, so that a question that is refused is refused and not cut off.
        first = list(islice(lines, 3))
        response = StreamingHttpResponse(part for some in (first, lines) for part in some)
        response["Content-Type"] = media_type
        response["Cache-Control"] = "no-cache"
        response["ETag"] = etag
    else:
        response = _whole(request, lines=lines, media_type=media_type)
    response["Content-Disposition"] = disposition(
        f"{listing.title}-{request.at:%Y%m%d}.{ending}", plain=f"{listing.id}.{ending}"
    )
    return response


def _version(request: Any, listing: Listing) -> str:
    """A weak ETag of a long list that was not made yet: the day counts too, since displays end by it.

    What no entry of the record tells of (a title in the codex) is not looked at: where it changes, the old copy is
    confirmed until the day is over.
    """
    columns = [one.key for one in listing.columns]
    told = f"{listing.version()}{columns}{request.get_full_path()}{request.at:%Y%m%d}"
    return f'W/"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


@public_page
def _whole(request: HttpRequest, lines: Any, media_type: str) -> HttpResponse:
    return HttpResponse(b"".join(lines), content_type=media_type)


@public_page
def interface(request: HttpRequest, listing: Listing) -> HttpResponse:
    """Records as JSON; ``next`` is the cursor of the following page, asked for with ``after``."""
    page = listing.page(request, word(request, "after", limit=200), _limit(request))
    body = {
        "columns": {column.key: column.title for column in listing.columns},
        "items": page.records,
        "next": page.next,
    }
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


def _limit(request: HttpRequest) -> int:
    """How many records a page may hold. Raises: Refused ``bad-limit``."""
    given = word(request, "limit")
    if not given:
        return JSON_PAGE
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= JSON_PAGE):
        raise Refused(
            "bad-limit", f"每页条数“{given}”无效。", remedy=f"请填 1 到 {JSON_PAGE} 之间的整数，或者不填。"
        )
    return int(given)


@public_page
def feed(request: Any, listing: Listing) -> HttpResponse:
    """The latest records for feed readers and for the columns of other government sites."""
    text = downloads.rss(listing, listing.latest(request, FEED), request.at)
    return HttpResponse(text, content_type=downloads.RSS)


@public_page
def docs(request: HttpRequest) -> HttpResponse:
    """开放接口: every list with its addresses, parameters and fields, for people."""
    return render(request, "public/api_docs.html", {"lists": LISTS, "page": JSON_PAGE, "feed": FEED})


@public_page
def description(request: HttpRequest) -> HttpResponse:
    """The same for programs: OpenAPI 3.1."""
    return JsonResponse(openapi.document(LISTS), json_dumps_params={"ensure_ascii": False, "indent": 1})
