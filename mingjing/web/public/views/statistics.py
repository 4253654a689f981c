"""公示统计: the figures of a year as charts, with the same figures in tables beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from mingjing.publicity import outcomes
from mingjing.publicity import queries as publicity
from mingjing.publicity.statistics import Cell, Figures, Line, figures, punctuality
from mingjing.web.ui import english
from mingjing.web.ui.svg.charts import SERIES, Bar, bars
from mingjing.web.ui.wording import act_title

from ..cached import public_page
from ..catalogue.statistics import tables_of, title_of, year_of

HIDDEN = "＊"
CHARTED = 10  # lines of a chart; the table beside has them all
# Per table: its heading, the summary of its figures, and the head of its lines.
_HEADS = {
    "organ": ("按机关", "按机关的数字", "执法机关"),
    "region": ("按区域", "按区域的数字", "区域"),
    "field": ("按领域", "按领域的数字", "领域"),
    "month": ("按月份", "按月份的数字", "月份"),
}
Say = Callable[..., str]


@public_page
def withheld(request: Any) -> HttpResponse:
    """不公示的决定: how many of a year, for which coded reason, on which basis. Cost: 2 queries."""
    year = year_of(request, request.at)
    context = {"year": year, "years": publicity.years(), "rows": publicity.withheld_counts(year=year)}
    return render(request, "public/withheld.html", context)


@public_page
def statistics(request: Any) -> HttpResponse:
    """Charts and tables of one year. Cost: 7 queries, or 3 while the figures are kept."""
    found = figures(year_of(request, request.at), request.at)
    kinds = outcomes.titles(request.at.date())
    say = partial(english.said, request.path)
    context = {
        "found": found,
        "years": publicity.years(),
        "acts": [(act, say(act_title(act))) for act in found.acts],
        "tables": [_table(found, name, kinds, request.path) for name in _HEADS] if found.acts else [],
        "kinds": _kinds(found, kinds, say),
        "punctual": punctuality(found.year, request.at),
        "withheld": publicity.withheld_counts(year=found.year),
        "hidden": HIDDEN,
    }
    return render(request, "public/statistics.html", context)


def _table(found: Figures, name: str, kinds: Mapping[str, str], path: str) -> dict[str, Any]:
    say = partial(english.said, path)
    heading, summary, head = map(say, _HEADS[name])
    rows = [(_title(name, line, kinds, path), line) for line in tables_of(found)[name]]
    charted = [
        _bar(found, line.short or title, line)
        for title, line in (rows if name == "month" else rows[:CHARTED])
    ]
    return {
        "id": name,
        "heading": heading,
        "figures": summary,
        "head": head,
        "rows": rows,
        "legend": _legend(found, charted, say),
        "chart": bars(heading, say("每一横条是合计，各段是各类别。"), charted),
        "more": len(rows) - len(charted),
    }


def _title(name: str, line: Line, kinds: Mapping[str, str], path: str) -> str:
    """What a line is about; names of organs, regions and outcomes stay as they are."""
    if name == "month":
        return english.month(path, int(line.code))
    title = title_of(name, line, kinds)
    return english.said(path, title) if name == "field" else title


def _bar(found: Figures, title: str, line: Line) -> Bar:
    """A bar is as long as its total; what is not told apart is its grey end. A hidden total has no bar."""
    if line.total.count is None:
        return Bar(title, [], said(line.total))
    parts = [line.cells[act].count or 0 for act in found.acts]
    return Bar(title, parts, said(line.total), line.total.count - sum(parts))


def _legend(found: Figures, charted: Sequence[Bar], say: Say) -> list[tuple[str, str]]:
    """The shades that a chart shows, each with what it stands for; the last shade stands for all further acts."""
    shown = {place for bar in charted for place, value in enumerate(bar.parts) if value}
    several = len(found.acts) > SERIES
    own = range(SERIES - 1 if several else len(found.acts))
    told = [(str(place), say(act_title(found.acts[place]))) for place in own if place in shown]
    if several and any(place >= SERIES - 1 for place in shown):
        told.append((str(SERIES - 1), say("其余类别")))
    if any(bar.rest for bar in charted):
        told.append(("rest", say("不分列")))
    return told


def said(cell: Cell) -> str:
    """A figure as people read it."""
    return HIDDEN if cell.count is None else f"{cell.count:,}"


def _kinds(found: Figures, titles: Mapping[str, str], say: Say) -> dict[str, Any] | None:
    if not found.kinds:
        return None
    rows = [(title_of("kind", line, titles), line.total) for line in found.kinds]
    drawn = [Bar(title, [cell.count or 0], said(cell)) for title, cell in rows[:CHARTED]]
    about = say("一份决定有几种结论的，每种各计一次，所以相加不等于合计。")
    return {"rows": rows, "chart": bars(say("按结论种类"), about, drawn)}
