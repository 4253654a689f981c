"""事后公开: decisions as list, page and proof."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mingjing.insight.units import has_units
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.publicity import bundles, sheet
from mingjing.publicity import queries as publicity
from mingjing.publicity.queries import Filters
from mingjing.record import bundling
from mingjing.record import queries as record
from mingjing.web.ui import english
from mingjing.web.ui.asked import word
from mingjing.web.ui.svg.qr import qr
from mingjing.web.ui.wording import ACTS, DECISION_FIELDS

from ..asking import filters_of, query_of
from ..cached import public_page
from ..lists import address


@public_page
def decisions(request: HttpRequest) -> HttpResponse:
    """The list with filters, a count that ends somewhere, and keyset paging. Cost: 5 queries, 6 by text."""
    filters, after = filters_of(request), word(request, "after")
    if after:
        rows, total = publicity.published(filters, after, publicity.PAGE + 1), 0
    else:
        rows, total = publicity.first_page(filters, publicity.PAGE + 1)
    shown = rows[: publicity.PAGE]
    further = len(rows) > publicity.PAGE
    here = english.link(request.path, "/decisions")
    context = {
        "filters": filters,
        "rows": shown,
        "total": _total(request.path, total),
        "empty_words": bool(filters.words) and not has_units(filters.words),
        "fewer": [] if rows else _fewer(request.path, filters),
        "query": query_of(filters),
        "next_href": f"{here}?{query_of(filters, after=shown[-1].cursor)}" if further else None,
        "first_href": f"{here}?{query_of(filters)}" if after else None,
        **_choices(request.path),
    }
    return render(request, "public/decisions.html", context)


def _fewer(path: str, filters: Filters) -> list[tuple[str, str]]:
    """Questions that ask for less, where the one that was asked found nothing: each is worth a try."""
    here, alone = english.link(path, "/decisions"), Filters(words=filters.words)
    found = []
    if filters.words and query_of(filters) != query_of(alone):
        found.append((english.said(path, "只查“{words}”，不加其他条件", words=filters.words), alone))
    words = filters.words.split()
    if len(words) > 1:
        found += [(english.said(path, "只查“{words}”", words=one), Filters(words=one)) for one in words[:4]]
    elif len(filters.words) > 4:
        for part in (filters.words[:4], filters.words[-4:]):
            found.append((english.said(path, "只查“{words}”", words=part), Filters(words=part)))
    return [(title, f"{here}?{query_of(one)}") for title, one in found]


def _total(path: str, total: int) -> str:
    """How many there are, in words; beyond a bound only that it is more."""
    if total > publicity.COUNT_UP_TO:
        return english.said(path, "共超过 {total} 条", total=f"{publicity.COUNT_UP_TO:,}")
    return english.said(path, "共 {total} 条", total=f"{total:,}") if total else ""


def _choices(path: str) -> dict[str, list[tuple[object, str]]]:
    """What the filters offer. Cost: 2 queries."""
    said = partial(english.said, path)
    return {
        "organs": [(organ.code, organ.short_name) for organ in organs.organs()],
        "acts": [(code, said(title)) for code, title in ACTS.items()],
        "fields": [(code, said(title)) for code, title in DECISION_FIELDS.items()],
        "regions": [(region.code, region.name) for region in law.regions()],
        "years": [(year, said("{year} 年", year=year)) for year in publicity.years()],
    }


@public_page
def decision(request: HttpRequest, slug: str) -> HttpResponse:
    """One decision, or its tombstone, with what is needed to verify it. Cost: 2 queries."""
    found = publicity.by_slug(slug, _today(request))
    code = found.paper.verify_code if found.paper else ""
    place = address(f"/v/{code}" if code else f"/decisions/{slug}")
    texts = [found.listed.title, found.listed.conclusion, *(words for _, words in found.text)]
    context = {
        "decision": found,
        "row": found.listed,
        "qr": qr(place),
        "explained": law.plain().explained(texts),
    }
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
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def bundle(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything needed to verify the decision without us, as one archive; see ``publicity.bundles``.

    Cost: about 20 queries.
    """
    return _download(bundles.bundle_of(slug, _today(request)), bundling.MEDIA_TYPE, f"bundle-{slug}.zip")


@require_safe
def text(request: HttpRequest, slug: str) -> HttpResponse:
    """The published text as PDF, byte for byte what the record names."""
    return _download(bundles.text_of(slug, _today(request)), sheet.MEDIA_TYPE, f"text-{slug}.pdf")


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    # A withdrawn decision must be gone at once, also from whatever stands between.
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _today(request: Any) -> date:
    day: date = request.at.date()
    return day
