"""公示统计: the figures of a year as charts, with the same figures in tables beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from mingjing.publicity import outcomes
from mingjing.publicity import queries as publicity
from mingjing.publicity.statistics import Cell, Figures, Line, figures, punctuality
from mingjing.web.ui.svg.charts import SERIES, Bar, bars
from mingjing.web.ui.wording import act_title

from ..cached import public_page
from ..catalogue.statistics import tables_of, title_of, year_of

HIDDEN = "＊"
CHARTED = 10  # lines of a chart; the table beside has them all
_HEADS = {
    "organ": ("按机关", "执法机关"),
    "region": ("按区域", "区域"),
    "field": ("按领域", "领域"),
    "month": ("按月份", "月份"),
}


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
    context = {
        "found": found,
        "years": publicity.years(),
        "legend": [act_title(act) for act in _shades(found)],
        "acts": [(act, act_title(act)) for act in found.acts],
        "tables": [_table(found, name, kinds) for name in _HEADS] if found.acts else [],
        "kinds": _kinds(found, kinds),
        "punctual": punctuality(found.year, request.at),
        "withheld": publicity.withheld_counts(year=found.year),
        "hidden": HIDDEN,
    }
    return render(request, "public/statistics.html", context)


def _shades(found: Figures) -> Sequence[str]:
    """The acts that have a colour of their own; the last colour stands for all further ones."""
    return found.acts if len(found.acts) <= SERIES else (*found.acts[: SERIES - 1], "其余类别")


def _table(found: Figures, name: str, kinds: Mapping[str, str]) -> dict[str, Any]:
    heading, head = _HEADS[name]
    rows = [(title_of(name, line, kinds), line) for line in tables_of(found)[name]]
    charted = [(line.short or title, line) for title, line in (rows if name == "month" else rows[:CHARTED])]
    return {
        "id": name,
        "heading": heading,
        "head": head,
        "rows": rows,
        "chart": bars(
            f"{found.year}年{heading}的决定", "每一横条是合计，各段是各类别。", [_bar(found, *row) for row in charted]
        ),
        "more": len(rows) - len(charted),
        "lead": "month" if name == "month" else name,
    }  # fmt: skip


def _bar(found: Figures, title: str, line: Line) -> Bar:
    """A bar is as long as its total; what is not told apart is its grey end. A hidden total has no bar."""
    if line.total.count is None:
        return Bar(title, [], said(line.total))
    parts = [line.cells[act].count or 0 for act in found.acts]
    return Bar(title, parts, said(line.total), line.total.count - sum(parts))


def said(cell: Cell) -> str:
    """A figure as people read it."""
    return HIDDEN if cell.count is None else f"{cell.count:,}"


def _kinds(found: Figures, titles: Mapping[str, str]) -> dict[str, Any] | None:
    if not found.kinds:
        return None
    rows = [(title_of("kind", line, titles), line.total) for line in found.kinds]
    drawn = [Bar(title, [cell.count or 0], said(cell)) for title, cell in rows[:CHARTED]]
    return {
        "rows": rows,
        "chart": bars(f"{found.year}年各种结论", "一份决定有几种结论的，每种各计一次。", drawn),
    }
