"""年报文本: the whole report as a PDF/A: cover, tables, text, how it was counted, who signed, how to check it.

It is set twice and kept by its digest: as the head signs it (what the justice bureau receives) and as it is
published (small figures about people who are not public masked). Equal data gives equal bytes.
Source: 达州三项制度方案/4(2); 国办发〔2018〕118号.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from mingjing.cases.papers import render
from mingjing.cases.papers.qr import svg
from mingjing.cases.papers.wording import day
from mingjing.kernel.report_layout import from_json, heading, publicly, shown_columns, text
from mingjing.kernel.reporting import UNASSIGNED, UNITS, Figures, Line, Scheme, TableFigures
from mingjing.law import queries as law

from .models import AnnualReport
from .sheets import lines_of

MEDIA_TYPE = "application/pdf"
NAME = "统计年报.pdf"
# Bodies side by side on an upright page; more of them follow in a table below.
_BESIDE = 3
_PERIODS = {"q1": "第一季度", "q2": "第二季度", "q3": "第三季度", "q4": "第四季度"}
_TEMPLATE = Path(__file__).with_name("report.typ")


def address(report: AnnualReport) -> str:
    """The public page of a report."""
    return f"{settings.MINGJING_PUBLIC_URL}/reports/{report.year}/{report.slug}"


def set_report(report: AnnualReport, at: datetime, *, public: bool = False) -> bytes:
    """The report as PDF/A-2a, as it stands at ``at``; not yet signed it bears a watermark.

    Raises: Refused ``sheet-not-set`` where a character has no glyph in the fonts at hand, ``no-such-scheme``.
    """
    scheme = law.report_scheme(report.scheme)
    figures = from_json(report.figures, scheme)
    data = _data(report, publicly(figures) if public else figures, public=public)
    return render.set_sheet(_TEMPLATE, data, at, what="年报", remedy="在总体情况中删去或者改写该字符")


def name_of(report: AnnualReport) -> str:
    """The title without the organ: 2026年度行政执法统计年报, of a quarter 2026年第一季度行政执法统计表."""
    if report.period == "year":
        return f"{report.year}年度行政执法统计年报"
    return f"{report.year}年{_PERIODS[report.period]}行政执法统计表"


def _data(report: AnnualReport, figures: Figures, *, public: bool) -> dict[str, Any]:
    organ, name = report.organ.name, name_of(report)
    return {
        "title": organ + name,
        "organ": organ,
        "name": name,
        "state": "公布文本" if public else "报送文本" if report.signed_at else "",
        "draft": report.signed_at is None,
        "demo": settings.MINGJING_DEMO,
        "cover": _cover(report, figures),
        "address": address(report) if public else "",
        "qr": svg(address(report)) if public else "",
        "tables": [_table(figures, one) for one in figures.tables],
        "text": [line.strip() for line in report.text.split("\n") if line.strip()],
        "notes": list(_notes(report, figures.scheme, public=public)),
        "digest": " ".join(re.findall(".{16}", report.figures_sha256)),
        "verify": f"{settings.MINGJING_PUBLIC_URL}/verify",
        "signed": list(_signed(report)),
    }


def _cover(report: AnnualReport, figures: Figures) -> list[tuple[str, str]]:
    told = [
        ("统计期间", f"{day(figures.first.isoformat())}至{day(figures.last.isoformat())}"),
        ("统计口径", report.scheme_title),
        ("版次", f"第 {report.edition} 版"),
        ("锁定日期", _day(report.locked_at)),
        ("签发日期", _day(report.signed_at)),
        ("公布日期", _day(report.published_at)),
    ]
    return [(label, value) for label, value in told if value]


def _day(at: datetime | None) -> str:
    return day(at.isoformat()) if at else ""


def _table(figures: Figures, one: TableFigures) -> dict[str, Any]:
    """A table turned upright: its columns run down the page, bodies side by side."""
    lines = lines_of(one) if _told(one) else ()
    return {
        "title": f"{one.table.title}（单位：{one.table.unit}）",
        "parts": [_part(figures, one, lines[at : at + _BESIDE]) for at in range(0, len(lines), _BESIDE)],
        "note": one.table.note,
    }


def _told(one: TableFigures) -> bool:
    """Of counts from elsewhere a table may not have been there at all."""
    return any(not cell.blank for line in one.lines for id, cell in line.cells.items() if id != UNASSIGNED)


def _part(figures: Figures, one: TableFigures, lines: Sequence[Line]) -> dict[str, Any]:
    return {
        "heads": [line.title for line in lines],
        "rows": [
            [
                "：".join(filter(None, [column.group, heading(column, one.table, figures.scheme)])),
                *(text(one.table, column, line, figures.scheme) for line in lines),
            ]
            for column in shown_columns(one)
        ],
    }


def _notes(report: AnnualReport, scheme: Scheme, *, public: bool) -> Iterator[str]:
    whence = "执法记录逐件汇总" if report.origin == "cases" else "本机关提供的以前年度统计表导入"
    yield f"数字由{whence}，金额单位为{UNITS[scheme.unit]}。{scheme.note}"
    if public:
        yield "涉及投诉人、赔偿请求人等不公开的人的表，较小的数只写范围，能由合计倒算的合计不显示。"
    else:
        yield from (f"须核对：{flag['text']}" for flag in report.flags)


def _signed(report: AnnualReport) -> Iterator[str]:
    if report.signed_by is not None:
        yield from (report.organ.name, f"签发人：{report.signed_by.name}", _day(report.signed_at))
