"""统计: the figures of a year, one record for each cell of the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from mingjing.publicity import outcomes
from mingjing.publicity import queries as publicity
from mingjing.publicity.statistics import Figures, Line, figures
from mingjing.web.ui.asked import word
from mingjing.web.ui.wording import act_title, field_title, law_refs

from ..lists import Column, Item, Listing, Parameter, address, whole

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


@dataclass(frozen=True)
class Figure:
    """One cell of a table of a year; ``act`` is empty for the total of its line."""

    year: int
    table: str
    code: str
    title: str
    act: str
    count: int | None

    @property
    def id(self) -> str:
        """What tells it from every other figure."""
        return f"{self.year}/{self.table}/{self.code}/{self.act}"


def _figures(request: Any) -> list[Figure]:
    found = figures(year_of(request, request.at), request.at)
    return list(_cells(found, outcomes.titles(request.at.date())))


def _cells(found: Figures, kinds: Mapping[str, str]) -> Iterator[Figure]:
    for table, lines in tables_of(found).items():
        for line in lines:
            title = title_of(table, line, kinds)
            cells = {"": line.total} if table == "kind" else {"": line.total, **line.cells}
            for act, cell in cells.items():
                yield Figure(found.year, table, line.code, title, act, cell.count)


@dataclass(frozen=True)
class Reason:
    """How many decisions of a year are withheld for one reason; ``count`` is None where it is too small."""

    year: int
    ground: str
    title: str
    basis: str
    count: int | None


def _reasons(request: Any) -> list[Reason]:
    year = year_of(request, request.at)
    counts = publicity.withheld_counts(year=year)
    return [Reason(year, one.ground, one.title, one.basis, one.count) for one in counts]


_YEAR = Parameter("year", "年份", "number", "不填为最近有决定的一年")
WITHHELD = Listing(
    id="withheld",
    title="依法不公示的决定",
    path="/withheld",
    about="一年里依法不公示的决定有多少件、因为什么理由；只公布件数。",
    columns=(
        Column("id", "编号", of=lambda one: f"{one.year}/{one.ground}"),
        Column("year", "年份", "number"),
        Column("reason", "理由", of=lambda one: one.title),
        Column("basis", "依据", of=lambda one: "、".join(ref.text for ref in law_refs(one.basis))),
        Column("count", "件数", "number", "太小的不显示", optional=True),
    ),
    rows=whole(_reasons, key=lambda one: one.ground),
    item=lambda record: Item(
        f"{record['year']}年 {record['reason']}",
        address(f"/withheld?year={record['year']}"),
        "数字太小，不显示" if record["count"] is None else f"{record['count']} 件",
        id=record["id"],
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
        Column("table", "统计项目", of=lambda one: TABLES[one.table]),
        Column("code", "代码"),
        Column("title", "名称"),
        Column("act", "类别", of=lambda one: act_title(one.act) if one.act else "合计"),
        Column("act_code", "类别代码", note="合计为空", of=lambda one: one.act),
        Column("count", "件数", "number", "隐去的为空", optional=True),
        Column(
            "hidden",
            "是否隐去",
            "yesno",
            "数字太小，或者用来保护别的小数字",
            of=lambda one: one.count is None,
        ),
    ),
    rows=whole(_figures, key=lambda one: one.id),
    item=lambda record: Item(
        f"{record['year']}年 {record['title']} {record['act']}",
        address(f"/statistics?year={record['year']}"),
        "隐去" if record["hidden"] else f"{record['count']} 件",
        id=record["id"],
    ),
    parameters=(_YEAR,),
)
