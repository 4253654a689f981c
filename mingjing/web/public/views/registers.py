"""事前公开的清单: every published register, its editions, what changed between them; as page, CSV, JSON, JSON Lines and feed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.publicity.registers import queries
from mingjing.publicity.registers.comparing import counts
from mingjing.publicity.registers.file import columns_of
from mingjing.publicity.registers.kinds import kinds
from mingjing.record import queries as record
from mingjing.web.ui.asked import number, word
from mingjing.web.ui.filenames import disposition
from mingjing.web.ui.register_words import changes_in_words

from .. import downloads
from ..cached import public_page
from ..catalogue.register_rows import editions_of, rows_of
from ..lists import Listing

PAGE = 40
FEED = 50
MOST_PRINTED = 1000
MOST_CHANGES = 200
MOST_WIDE = 7
LONG = frozenset({"long"})


@public_page
def registers(request: Any) -> HttpResponse:
    """Every register that was published, by kind; of one organ or one kind if asked. Cost: 2 queries."""
    organ, kind = word(request, "organ", limit=40), word(request, "kind", limit=40)
    found = queries.public_registers(request.at.date(), organ_code=organ, kind=kind)
    known = kinds()
    groups = [(known[id], list(group)) for id, group in groupby(found, lambda one: one.register.kind)]
    context = {
        "groups": groups,
        "kinds": [(id, one.title) for id, one in known.items()],
        "organs": [(one.code, one.short_name) for one in organs.organs() if one.kind != "government"],
        "organ": organ,
        "kind": kind,
        "name": next((one.name for one in organs.organs() if one.code == organ), ""),
    }
    return render(request, "public/registers.html", context)


@public_page
def register(request: Any, organ: str, code: str) -> HttpResponse:
    """One register: an edition page by page, who confirmed it when and on which basis, and its history.

    Cost: 6 queries, whatever the length of the list. Raises: Refused ``not-found``.
    """
    on = request.at.date()
    row = queries.public_register(organ, code)
    editions = queries.public_editions(row.pk, on)
    shown = _edition(request, editions)
    everything = word(request, "all") == "1"
    words, after = word(request, "q"), word(request, "after", limit=9)
    limit = MOST_PRINTED if everything else PAGE
    rows = queries.page_of(shown.pk, words=words, after=number(after, 0), limit=limit)
    columns = [one for one in columns_of(shown) if one.public]
    wide = [one for one in columns if one.kind not in LONG][:MOST_WIDE]
    chosen = {name: value for name, value in (("edition", word(request, "edition")), ("q", words)) if value}
    context = {
        "register": row,
        "edition": shown,
        "current": editions[0],
        "editions": editions,
        "until": _until(editions, shown),
        "columns": columns,
        "wide": wide,
        "narrow": [one for one in columns if one not in wide],
        "rows": rows,
        "words": words,
        "total": queries.size_of(shown.pk, words),
        "here": request.path,
        "files": f"/registers/{row.organ.code}/{row.code}",
        "query": urlencode(chosen),
        "next": f"?{urlencode({**chosen, 'after': str(rows[-1].position)})}" if len(rows) == limit else None,
        "first": f"?{urlencode(chosen)}" if after else None,
        "everything": everything,
        "most_printed": MOST_PRINTED,
        "statements": queries.statements_of(row.pk),
    }
    return render(request, "public/register.html", context)


def _edition(request: Any, editions: list[Any]) -> Any:
    """The edition asked for by number, else the current one. Raises: Refused ``not-found``."""
    wanted = word(request, "edition", limit=9)
    found = next((one for one in editions if str(one.number) == wanted), None) if wanted else None
    if not editions or (wanted and found is None):
        raise Refused(
            "not-found",
            "没有这个版本，或者尚未经司法行政机关确认公布。",
            remedy="请从“清单”目录查找。",
        )
    return found or editions[0]


def _until(editions: list[Any], shown: Any) -> Any:
    """The edition that took the place of the one shown; None where it is the current one."""
    later = [one for one in editions if (one.publish_on, one.number) > (shown.publish_on, shown.number)]
    return later[-1] if later else None


@public_page
def compare(request: Any, organ: str, code: str) -> HttpResponse:
    """What changed between two published editions, cell by cell. Cost: 4 queries. Raises: Refused ``not-found``."""
    row = queries.public_register(organ, code)
    editions = queries.public_editions(row.pk, request.at.date())
    numbers = {str(one.number): one for one in editions}
    chosen = [numbers.get(word(request, name, limit=9)) for name in ("old", "new")]
    if None in chosen:
        raise Refused("not-found", "没有要比较的版本。", remedy="请在清单页选择两个已公布的版本。")
    old, new = sorted((one for one in chosen if one), key=lambda one: one.number)
    found = queries.changes(old, new)
    told = changes_in_words(new, found, queries.labels([old, new], [one.key for one in found]), public=True)
    context = {
        "register": row,
        "editions": editions,
        "old": old,
        "new": new,
        "counts": counts([one for one in found if one.key in {each["key"] for each in told}]),
        "changes": told[:MOST_CHANGES],
        "hidden": max(0, len(told) - MOST_CHANGES),
    }
    return render(request, "public/register_compare.html", context)


@require_safe
def as_csv(request: Any, organ: str, code: str) -> StreamingHttpResponse:
    """The edition as CSV in UTF-8 with a byte order mark."""
    listing = rows_of(_shown(request, organ, code))
    lines = downloads.csv_lines(listing.columns, listing.every(request))
    return _download(lines, downloads.CSV, listing, "csv")


@require_safe
def as_json_lines(request: Any, organ: str, code: str) -> StreamingHttpResponse:
    """The edition, one row a line."""
    listing = rows_of(_shown(request, organ, code))
    lines = downloads.json_lines(listing.every(request))
    return _download(lines, downloads.JSON_LINES, listing, "jsonl")


@public_page
def feed(request: Any, organ: str, code: str) -> HttpResponse:
    """The published editions for feed readers: who subscribes learns of every revision. Cost: 2 queries."""
    row = queries.public_register(organ, code)
    editions = queries.public_editions(row.pk, request.at.date())
    _edition(request, editions)
    listing = editions_of(row, editions)
    records = listing.latest(request, FEED)
    return HttpResponse(downloads.rss(listing, records, request.at), content_type=downloads.RSS)


def _shown(request: Any, organ: str, code: str) -> Any:
    row = queries.public_register(organ, code)
    return _edition(request, queries.public_editions(row.pk, request.at.date()))


def _download(
    lines: Iterator[bytes], media_type: str, listing: Listing, ending: str
) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(lines, content_type=media_type)
    answer["Content-Disposition"] = disposition(
        f"{listing.title}{listing.about}{ending}".replace("。", "."), plain=f"{listing.id}.{ending}"
    )
    # An edition never changes; but which one is the current one may.
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def as_json(request: Any, organ: str, code: str) -> HttpResponse:
    """The published file itself: exactly the bytes whose digest the record holds."""
    shown = _shown(request, organ, code)
    with record.open_blob(shown.public_sha256) as file:
        answer = HttpResponse(file.read(), content_type="application/json; charset=utf-8")
    answer["ETag"] = f'"{shown.public_sha256}"'
    return answer
