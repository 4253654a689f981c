"""文书台账: the numbers of an organ's papers in a year: given, void, held in the field, given before the platform."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mingjing.cases import actions
from mingjing.cases import queries as cases
from mingjing.cases.papers import forms
from mingjing.organs import queries as organs
from mingjing.web.ui import flash
from mingjing.web.ui.asked import number
from mingjing.web.ui.sealing import seal_now

from .frame import desk, page, word
from .listing import address, csv_file

TABS = {"": "按字号", "void": "作废登记", "blocks": "现场号段"}
MANAGES = "case.assign"


@require_safe
@desk("case.read")
def ledger(request: Any) -> HttpResponse:
    """The series of a year, one series, what was found, the void ones or the blocks. Cost: about 10 queries."""
    organ = cases.organ_in_sight(request.actor, word(request, "organ", limit=40))
    chosen = _chosen(request, organ)
    tab, path = chosen["tab"], reverse("desk:ledger")
    context = {
        **chosen,
        **_shown(request, organ, chosen),
        "organ": organ,
        "organs": _organs(request.actor),
        "years": [(one, f"{one} 年") for one in _years(request, organ)],
        "tabs": [
            {"title": title, "href": address(path, {**_kept(chosen), "tab": key}), "current": key == tab}
            for key, title in TABS.items()
        ],
        "states": cases.LEDGER_STATES,
        "of_series": lambda one, only="": address(path, {**_kept(chosen), "series": one, "only": only}),
        "csv": address(reverse("desk:ledger-csv"), {**_kept(chosen), "series": chosen["series"]}),
        "manages": MANAGES in request.actor.permissions and organ.pk == request.actor.organ_id,
    }
    return page(request, "desk/ledger.html", context, current="ledger")


@require_safe
@desk("case.read")
def ledger_csv(request: Any) -> HttpResponseBase:
    """The ledger of a year, or of one series of it, number by number."""
    organ = cases.organ_in_sight(request.actor, word(request, "organ", limit=40))
    chosen = _chosen(request, organ)
    name = f"文书台账-{organ.short_name}-{chosen['year']}{chosen['series']}.csv"
    rows = cases.whole_ledger(organ, chosen["year"], chosen["series"])
    return csv_file(name, cases.LEDGER_HEADS, (row.cells() for row in rows))


@require_POST
@desk(MANAGES)
def start(request: Any) -> HttpResponse:
    """Say how far a series of this year had come before the platform."""
    made = actions.start_series(
        wenzhong=request.POST.get("wenzhong", ""),
        last=number(request.POST.get("last", ""), 0),
        reason=request.POST.get("reason", ""),
        actor=request.actor,
        at=request.at,
    )
    seal_now(request)
    flash.say(request, f"“{made.wenzhong}”字号从第 {made.last + 1} 号起在平台编号。")
    return redirect("desk:ledger")


@require_POST
@desk(MANAGES)
def recall(request: Any, block_id: int) -> HttpResponse:
    """Call in a block that its holder cannot return."""
    void = actions.recall_numbers(
        block_id=block_id, reason=request.POST.get("reason", ""), actor=request.actor, at=request.at
    )
    seal_now(request)
    flash.say(request, f"号段已收回，{len(void)} 个没有用的号码作废。")
    return redirect(f"{reverse('desk:ledger')}?tab=blocks")


def _chosen(request: Any, organ: Any) -> dict[str, Any]:
    """What the address asks for; what it cannot mean falls back to the year's overview.

    A series and what is sought are looked at under the first tab.
    """
    years, tab, series = _years(request, organ), word(request, "tab"), word(request, "series", limit=20)
    year, tab = number(word(request, "year", limit=4), 0), tab if tab in TABS else ""
    return {
        "tab": tab,
        "year": year if year in years else years[0],
        "series": series if series in forms.series() and not tab else "",
        "words": word(request, "words", limit=60) if not tab else "",
        "only": "missing" if word(request, "only") == "missing" else "",
        "out": word(request, "out") == "1",
        "organ_code": organ.code,
    }


def _kept(chosen: dict[str, Any]) -> dict[str, Any]:
    return {"organ": chosen["organ_code"], "year": chosen["year"]}


def _shown(request: Any, organ: Any, chosen: dict[str, Any]) -> dict[str, Any]:
    """The rows of the part that is asked for, with the addresses of the first and the next page."""
    year, after = chosen["year"], number(word(request, "after", limit=18), 0)
    values = {**_kept(chosen), **{name: chosen[name] for name in ("tab", "series", "words", "only")}}
    values["out"] = "1" if chosen["out"] else ""
    if chosen["words"]:
        rows, cursor = cases.find_papers(organ, year, chosen["words"], below=after)
    elif chosen["series"]:
        read = cases.missing_numbers if chosen["only"] else cases.series_numbers
        rows, cursor = read(organ, year, chosen["series"], below=after)
    elif chosen["tab"] == "void":
        rows, more = cases.void_register(organ, year, page=max(1, min(after, 1000)))
        cursor = max(1, after) + 1 if more else 0
    elif chosen["tab"] == "blocks":
        blocks, cursor = cases.organ_blocks(organ, out=chosen["out"], before=after)
        return _paged(request, {"blocks": blocks}, values, cursor, after)
    else:
        begun = cases.series_rows(organ, year)
        known = {one.wenzhong for one in begun}
        to_start = [
            (key, f"{key}（{titles[0]}）") for key, titles in forms.series().items() if key not in known
        ]
        return {"series_rows": begun, "to_start": to_start if year == request.at.year else []}
    return _paged(request, {"rows": rows}, values, cursor, after)


def _paged(
    request: Any, shown: dict[str, Any], values: dict[str, Any], cursor: int, after: int
) -> dict[str, Any]:
    return {
        **shown,
        "next": address(request.path, values, after=cursor) if cursor else None,
        "first": address(request.path, values) if after else None,
    }


def _years(request: Any, organ: Any) -> list[int]:
    """The years to choose from: those with numbers, and this one."""
    return sorted({request.at.year, *cases.ledger_years(organ)}, reverse=True)


def _organs(actor: Any) -> list[tuple[str, str]]:
    """The organs to choose from; none where there is only the own one."""
    if not actor.supervises:
        return []
    return [
        (one.code, one.short_name or one.name)
        for one in organs.organs()
        if one.path.startswith(actor.supervises)
    ]
