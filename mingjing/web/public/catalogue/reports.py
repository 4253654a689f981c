"""统计年报: the published annual reports as a list for machines; each leads to its files."""

from __future__ import annotations

from typing import Any

from mingjing.oversight import queries
from mingjing.oversight.queries import ReportView
from mingjing.web.ui.asked import word

from ..downloads import address
from ..lists import Column, Item, Listing, Parameter, Record, whole


def _report(one: ReportView) -> Record:
    path = f"/reports/{one.year}/{one.slug}"
    return {
        "id": one.slug,
        "year": one.year,
        "organ": one.organ,
        "organ_code": one.organ_code,
        "scheme": one.scheme_title,
        "edition": one.edition,
        "published_at": one.published_at.isoformat() if one.published_at else "",
        "sha256": one.figures_sha256,
        "sheet_sha256": one.public_sheet_sha256,
        "address": address(path),
        "file": address(f"{path}.json"),
    }


def _reports(request: Any) -> list[Record]:
    year, organ = word(request, "year", limit=4), word(request, "organ", limit=40)
    found = queries.published(int(year) if year.isdecimal() else None)
    return [_report(one) for one in found if not organ or one.organ_code == organ]


REPORTS = Listing(
    id="reports",
    title="统计年报",
    path="/reports",
    about="各机关公布的年度行政执法统计年报，每份一行；各表的数字在数据文件里。",
    columns=(
        Column("id", "编号"),
        Column("year", "年度", "number"),
        Column("organ", "机关"),
        Column("organ_code", "机关编号", note="筛选时用于 organ"),
        Column("scheme", "统计口径"),
        Column("edition", "版次", "number"),
        Column("published_at", "公布时间", "moment"),
        Column("sha256", "数字的 SHA-256"),
        Column("sheet_sha256", "公布文本（PDF）的 SHA-256", note="制作公布文本以前公布的为空"),
        Column("address", "页面", "address"),
        Column("file", "数据文件", "address"),
    ),
    pages=whole(_reports, "id"),
    item=lambda record: Item(
        f"{record['organ']}{record['year']}年度行政执法统计年报",
        record["address"],
        f"{record['scheme']}，第 {record['edition']} 版",
        record["published_at"],
    ),
    parameters=(Parameter("year", "年度", "number"), Parameter("organ", "机关代码")),
)
