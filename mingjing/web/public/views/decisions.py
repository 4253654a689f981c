"""事后公开: decisions as list, page, proof and feeds."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from mingjing.organs import queries as organs
from mingjing.publicity import bundles, sheet
from mingjing.publicity import queries as publicity
from mingjing.publicity.queries import Filters
from mingjing.record import bundling
from mingjing.record import queries as record
from mingjing.web.ui import english
from mingjing.web.ui.asked import word
from mingjing.web.ui.svg.qr import qr
from mingjing.web.ui.wording import ACTS

from .. import downloads
from ..cached import public_page

FEED = 50
JSON_PAGE = 1000


@public_page
def decisions(request: HttpRequest) -> HttpResponse:
    """The list with filters and keyset paging. Cost: 4 queries."""
    filters, after = _filters(request), word(request, "after")
    rows = publicity.published(filters, after, publicity.PAGE + 1)
    shown = rows[: publicity.PAGE]
    chosen = _chosen(filters)
    further = len(rows) > publicity.PAGE
    said, here = partial(english.said, request.path), english.link(request.path, "/decisions")
    context = {
        "filters": filters,
        "rows": shown,
        "organs": [(organ.code, organ.short_name) for organ in organs.organs()],
        "acts": [(code, said(title)) for code, title in ACTS.items()],
        "years": [(year, said("{year} 年", year=year)) for year in publicity.years()],
        "query": urlencode(chosen),
        "next_href": f"{here}?{urlencode({**chosen, 'after': shown[-1].cursor})}" if further else None,
        "first_href": f"{here}?{urlencode(chosen)}" if after else None,
    }
    return render(request, "public/decisions.html", context)


@public_page
def decision(request: HttpRequest, slug: str) -> HttpResponse:
    """One decision, or its tombstone, with what is needed to verify it. Cost: 2 queries."""
    found = publicity.by_slug(slug)
    code = found.paper.verify_code if found.paper else ""
    address = f"{settings.MINGJING_PUBLIC_URL}/v/{code}" if code else downloads.address(slug)
    context = {"decision": found, "row": found.listed, "qr": qr(address)}
    return render(request, "public/decision.html", context)


@require_safe
def proof(request: HttpRequest, slug: str) -> HttpResponse:
    """The proof that the decision stands in the log, for checking without us.

    Nothing personal is revealed: the record inside holds digests in the place of personal values.
    """
    found = publicity.by_slug(slug)
    response = JsonResponse(
        record.prove(found.decision_entry_id), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    response["Content-Disposition"] = f'attachment; filename="proof-{slug}.json"'
    return response


@require_safe
def bundle(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything needed to verify the decision without us, as one archive; see ``publicity.bundles``.

    Cost: about 20 queries.
    """
    return _download(bundles.bundle_of(slug), bundling.MEDIA_TYPE, f"bundle-{slug}.zip")


@require_safe
def text(request: HttpRequest, slug: str) -> HttpResponse:
    """The published text as PDF, byte for byte what the record names."""
    return _download(bundles.text_of(slug), sheet.MEDIA_TYPE, f"text-{slug}.pdf")


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    # A withdrawn decision must be gone at once, also from whatever stands between.
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def decisions_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every decision of a choice as CSV, streamed."""
    lines = downloads.csv_lines(publicity.every_published(_filters(request)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="decisions.csv"'
    return response


@public_page
def decisions_json(request: HttpRequest) -> HttpResponse:
    """Up to a thousand decisions as JSON; ``next`` is the cursor of the following thousand."""
    rows = publicity.published(_filters(request), word(request, "after"), JSON_PAGE)
    body = {
        "columns": dict(downloads.COLUMNS),
        "items": [downloads.as_record(row) for row in rows],
        "next": rows[-1].cursor if len(rows) == JSON_PAGE else None,
    }
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


@public_page
def decisions_rss(request: Any) -> HttpResponse:
    """The latest decisions for feed readers and for the columns of other government sites."""
    rows = publicity.published(_filters(request), limit=FEED)
    return HttpResponse(downloads.rss(rows, request.at), content_type="application/rss+xml; charset=utf-8")


def _filters(request: HttpRequest) -> Filters:
    year = word(request, "year")
    return Filters(
        organ=word(request, "organ"),
        act=word(request, "act"),
        year=int(year) if year.isascii() and year.isdigit() and 1000 <= int(year) <= 9999 else None,
        words=word(request, "q"),
    )


def _chosen(filters: Filters) -> dict[str, str]:
    """The filters as an address carries them."""
    given = {"organ": filters.organ, "act": filters.act, "year": str(filters.year or ""), "q": filters.words}
    return {name: value for name, value in given.items() if value}
