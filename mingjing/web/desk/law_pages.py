"""依据: statutes, power items, benchmarks, and terms reckoned for any day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from mingjing.kernel.clocks import Interval, parse_length, reckon
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.web.ui.asked import number
from mingjing.web.ui.refusals import status_with

from .frame import desk, page, word
from .listing import address

PAGE = 50
UNITS = (("wd", "工作日"), ("d", "日"), ("m", "个月"), ("y", "年"), ("h", "小时"))
OUT = ("from", "until", "cause", "document")
SHANGHAI = ZoneInfo("Asia/Shanghai")


@require_safe
@desk("law.read")
def statutes(request: Any) -> HttpResponse:
    """The list of instruments, filtered by words and rank, paged by place."""
    words, rank = word(request, "words"), word(request, "rank")
    start = _number(request, "from")
    rows = list(law.statutes(words=words, rank=rank)[start : start + PAGE + 1])
    values = {"words": words, "rank": rank}
    path = reverse("desk:law")
    context = {
        "rows": rows[:PAGE],
        "ranks": list(law.RANKS.items()),
        "rank_titles": dict(law.RANKS),
        "words": words,
        "rank": rank,
        "next": address(path, values, **{"from": start + PAGE}) if len(rows) > PAGE else None,
        "first": address(path, values) if start else None,
        "reset": path,
    }
    return page(request, "desk/statutes.html", context, current="law")


@require_safe
@desk("law.read")
def statute(request: Any, slug: str) -> HttpResponse:
    """One instrument as it read on a day."""
    found = law.statute(slug)
    if found is None:
        raise Refused("no-such-statute", f"依据库中没有《{slug}》。", remedy="请从法律法规列表中查找。")
    on, wrong = _day(request, "on", request.at.date())
    version = law.version_on(found, on)
    context = {
        "statute": found,
        "rank_titles": dict(law.RANKS),
        "on": on,
        "wrong": wrong,
        "version": version,
        "versions": law.versions(found),
        "articles": list(law.articles(version)) if version else [],
    }
    return page(request, "desk/statute.html", context, current="law")


@require_safe
@desk("law.read")
def powers(request: Any) -> HttpResponse:
    """The power items as a table."""
    words, field = word(request, "words"), word(request, "field")
    rows = law.power_items(words=words, field=field)
    with_table = {code for one in law.all_benchmarks() for code in one.items}
    context = {
        "rows": rows,
        "words": words,
        "field": field,
        "fields": list(law.FIELDS.items()),
        "with_table": with_table,
        "reset": reverse("desk:powers"),
    }
    return page(request, "desk/powers.html", context, current="powers")


@require_safe
@desk("law.read")
def benchmarks(request: Any) -> HttpResponse:
    """The discretion benchmarks, and the one that was chosen as the table it is; 404 where it does not exist."""
    tables = law.all_benchmarks()
    wanted = word(request, "table")
    chosen = next((one for one in tables if one.id == wanted), None)
    if wanted and chosen is None:
        raise Http404
    context = {"tables": tables, "chosen": chosen}
    return page(request, "desk/benchmarks.html", context, current="benchmarks")


@require_safe
@desk("law.read")
def reckoning(request: Any) -> HttpResponse:
    """A term from a day, with every step of the reckoning: one of the statutory terms, or any length.

    Time that does not count (检测、鉴定) is left out where its cause and document are named.
    """
    known = [one for one in law.clocks() if one.length]
    chosen = next((one for one in known if one.id == word(request, "clock", limit=40)), None)
    context: dict[str, Any] = {
        "clocks": known,
        "clock": chosen,
        "out": {name: word(request, f"out_{name}", limit=100) for name in OUT},
        "units": UNITS,
        "count": word(request, "count", limit=6),
        "unit": word(request, "unit") or "wd",
        "start": word(request, "start") or request.at.date().isoformat(),
        "before": word(request, "before") == "1",
        "result": None,
        "refused": None,
        "timed": word(request, "unit") == "h" or bool(chosen and parse_length(chosen.length).unit == "h"),
        "last_year": law.calendar().last_year,
    }
    if context["count"] or chosen:
        try:
            context["result"] = _reckon(context)
        except Refused as refused:
            context["refused"] = refused
    status = status_with(context["refused"])
    return page(request, "desk/reckon.html", context, current="reckon", status=status)


def _reckon(asked: dict[str, Any]) -> Any:
    clock = asked["clock"]
    own = f"{asked['count']}{asked['unit']}{' before' if asked['before'] else ''}"
    length = parse_length(clock.length if clock else own)
    excluded = [_interval(asked["out"])] if asked["out"]["from"] else []
    return reckon(length, _start(asked["start"], timed=asked["timed"]), law.calendar(), excluded=excluded)


def _interval(out: dict[str, str]) -> Interval:
    """Time that does not count. Raises: Refused ``bad-date``; without a document the clock refuses it."""
    first = _start(out["from"], timed=False)
    last = _start(out["until"], timed=False) if out["until"] else None
    return Interval(first, last, out["cause"], out["document"])


def _start(text: str, *, timed: bool) -> date | datetime:
    try:
        if timed:
            return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Refused(
            "bad-date", f"“{text}”不是日期。", remedy="请写成 2026-03-12；按小时计算的写成 2026-03-12T09:30。"
        ) from None


def _day(request: Any, name: str, default: date) -> tuple[date, str]:
    text = word(request, name, limit=10)
    if not text:
        return default, ""
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return default, f"“{text}”不是日期，以下按 {default} 显示。"


def _number(request: Any, name: str) -> int:
    return number(word(request, name, limit=9), 0)
