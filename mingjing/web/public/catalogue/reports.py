"""统计年报: the published annual reports as a list for machines; each leads to its files."""

from __future__ import annotations

from typing import Any

from mingjing.oversight import queries
from mingjing.oversight.queries import ReportView
from mingjing.web.ui.asked import word

from ..lists import Column, Item, Listing, Parameter, whole


def _path(one: ReportView) -> str:
    return f"/reports/{one.year}/{one.slug}"


def _reports(request: Any) -> list[ReportView]:
    year, organ = word(request, "year", limit=4), word(request, "organ", limit=40)
    found = queries.published(int(year) if year.isdecimal() else None)
    return [one for one in found if organ in ("", one.organ_code)]


REPORTS = Listing(
    id="reports",
    title="统计年报",
    path="/reports",
    about="各机关公布的年度行政执法统计年报，每份一行；各表的数字在数据文件里。",
    columns=(
        Column("id", "编号", of=lambda one: one.slug),
        Column("year", "年度", "number"),
        Column("organ", "机关"),
        Column("organ_code", "机关编号", note="筛选时用于 organ"),
        Column("scheme", "统计口径", of=lambda one: one.scheme_title),
        Column("edition", "版次", "number"),
        Column("published_at", "公布时间", "moment"),
        Column("sha256", "数字的 SHA-256", of=lambda one: one.figures_sha256),
        Column(
            "sheet_sha256",
            "公布文本（PDF）的 SHA-256",
            note="制作公布文本以前公布的为空",
            of=lambda one: one.public_sheet_sha256,
        ),
        Column("address", "页面", "address", of=_path),
        Column("file", "数据文件", "address", of=lambda one: f"{_path(one)}.json"),
    ),
    rows=whole(_reports, key=lambda one: one.slug),
    item=lambda record: Item(
        f"{record['organ']}{record['year']}年度行政执法统计年报",
        record["address"],
        f"{record['scheme']}，第 {record['edition']} 版",
        at=record["published_at"],
    ),
    newest="published_at",
    parameters=(Parameter("year", "年度", "number"), Parameter("organ", "机关代码")),
)
