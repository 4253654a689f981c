"""统计: the figures of a year, one record for each cell of the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest

from mingjing.publicity import outcomes
from mingjing.publicity import queries as publicity
from mingjing.publicity.statistics import Cell, Figures, Line, figures
from mingjing.web.ui.asked import word
from mingjing.web.ui.wording import act_title, field_title, law_refs

from ..downloads import address
from ..lists import Column, Item, Listing, Parameter, Record, whole

TABLES = {
    "all": "全部",
    "organ": "执法机关",
    "region": "区域",
    "field": "领域",
    "month": "月份",
    "kind": "结论种类",
}


def year_of(request: HttpRequest, at: Any) -> int:
    """The year asked for, else the latest with a decision, else this one. Cost: 1 query."""
    given = word(request, "year")
    if given.isascii() and given.isdigit() and 1000 <= int(given) <= 9999:
        return int(given)
    return next(iter(publicity.years()), at.year)


def tables_of(found: Figures) -> Mapping[str, tuple[Line, ...]]:
    """The tables of a year by the names of ``TABLES``."""
    return {
        "all": (found.total,),
        "organ": found.organs,
        "region": found.regions,
        "field": found.fields,
        "month": found.months,
        "kind": found.kinds,
    }


def title_of(table: str, line: Line, kinds: Mapping[str, str]) -> str:
    """What a line is about, in words."""
    if table == "all":
        return "全部"
    if table == "field":
        return field_title(line.code)
    return kinds.get(line.code, line.code) if table == "kind" else line.title


def _records(request: Any) -> list[Record]:
    found = figures(year_of(request, request.at), request.at)
    return list(_cells(found, outcomes.titles(request.at.date())))


def _cells(found: Figures, kinds: Mapping[str, str]) -> Iterator[Record]:
    for table, lines in tables_of(found).items():
        for line in lines:
            title = title_of(table, line, kinds)
            yield _cell(found, (table, line.code, ""), title, line.total)
            if table != "kind":
                for act, cell in line.cells.items():
                    yield _cell(found, (table, line.code, act), title, cell)


def _cell(found: Figures, place: tuple[str, str, str], title: str, cell: Cell) -> Record:
    table, code, act = place
    return {
        "id": f"{found.year}/{table}/{code}/{act}",
        "year": found.year,
        "table": TABLES[table],
        "code": code,
        "title": title,
        "act": act_title(act) if act else "合计",
        "act_code": act,
        "count": cell.count,
        "hidden": cell.count is None,
    }


def _withheld(request: Any) -> list[Record]:
    year = year_of(request, request.at)
    return [
        {
            "id": f"{year}/{one.ground}",
            "year": year,
            "reason": one.title,
            "basis": "、".join(ref.text for ref in law_refs(one.basis)),
            "count": one.count,
        }
        for one in publicity.withheld_counts(year=year)
    ]


_YEAR = Parameter("year", "年份", "number", "不填为最近有决定的一年")
WITHHELD = Listing(
    id="withheld",
    title="依法不公示的决定",
    path="/withheld",
    about="一年里依法不公示的决定有多少件、因为什么理由；只公布件数。",
    columns=(
        Column("id", "编号"),
        Column("year", "年份", "number"),
        Column("reason", "理由"),
        Column("basis", "依据"),
        Column("count", "件数", "number", "太小的不显示", optional=True),
    ),
    pages=whole(_withheld, "id"),
    item=lambda record: Item(
        f"{record['year']}年 {record['reason']}",
        address(f"/withheld?year={record['year']}#{record['id']}"),
        "数字太小，不显示" if record["count"] is None else f"{record['count']} 件",
    ),
    parameters=(_YEAR,),
)
STATISTICS = Listing(
    id="statistics",
    title="公示统计",
    path="/statistics",
    about="一年里作出并公示的执法决定，按机关、区域、领域、月份和结论种类计数；太小的数字不显示。",
    columns=(
        Column("id", "编号"),
        Column("year", "年份", "number"),
        Column("table", "统计项目"),
        Column("code", "代码"),
        Column("title", "名称"),
        Column("act", "类别"),
        Column("act_code", "类别代码", note="合计为空"),
        Column("count", "件数", "number", "隐去的为空", optional=True),
        Column("hidden", "是否隐去", "yesno", "数字太小，或者用来保护别的小数字"),
    ),
    pages=whole(_records, "id"),
    item=lambda record: Item(
        f"{record['year']}年 {record['title']} {record['act']}",
        address(f"/statistics?year={record['year']}#{record['id']}"),
        "隐去" if record["hidden"] else f"{record['count']} 件",
    ),
    parameters=(_YEAR,),
)
