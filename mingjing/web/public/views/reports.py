"""统计年报: the published annual reports, year by year and organ by organ, with charts and files."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mingjing.kernel.refused import Refused
from mingjing.kernel.report_layout import publicly
from mingjing.kernel.reporting import Figures, rolled_up
from mingjing.law import queries as law
from mingjing.oversight import queries
from mingjing.oversight.queries import ReportView
from mingjing.record import queries as record
from mingjing.web.ui.reports import charts_of, download, pdf_response, tables_of

from ..cached import public_page


@public_page
def reports(request: Any) -> HttpResponse:
    """The years for which reports are published. Cost: 1 query."""
    return render(request, "public/reports.html", {"years": queries.published_years()})


@public_page
def year(request: Any, year: int) -> HttpResponse:
    """The reports of a year: all organs together by scheme, then each. Cost: 1 query."""
    found = queries.published(year)
    if not found:
        raise Refused(
            "no-such-report", f"还没有公布{year}年的统计年报。", remedy="各机关应于次年1月31日前公布。"
        )
    parts = [
        {
            "scheme": scheme_title,
            "tables": tables_of(figures),
            "charts": charts_of(figures),
            "reports": of,
        }
        for scheme_title, of, figures in _by_scheme(found)
    ]
    return render(request, "public/report_year.html", {"year": year, "parts": parts, "count": len(found)})


def _by_scheme(found: list[ReportView]) -> list[tuple[str, list[ReportView], Figures]]:
    """The reports under their schemes, each group in one; figures by different schemes cannot be added."""
    groups: dict[str, list[ReportView]] = {}
    for one in found:
        groups.setdefault(one.scheme, []).append(one)
    schemes = law.report_schemes()
    told = []
    for id, of in groups.items():
        if id in schemes:
            parts = [(one.organ_code, one.organ, one.figures) for one in of if one.figures is not None]
            told.append((of[0].scheme_title, of, publicly(rolled_up(schemes[id], parts))))
    return told


@public_page
def report(request: Any, year: int, slug: str) -> HttpResponse:
    """One report: tables, charts, its text, and by which digest the record has it. Cost: at most 2 queries."""
    found = _found(year, slug)
    following = queries.superseding(found) if found.state == "returned" else None
    figures = publicly(found.figures) if found.figures and found.state == "published" else None
    context = {
        "report": found,
        "following": following,
        "tables": tables_of(figures) if figures else [],
        "charts": charts_of(figures) if figures else [],
        "scheme": figures.scheme if figures else None,
    }
    return render(request, "public/report.html", context)


@require_safe
def file(request: Any, year: int, slug: str, kind: str) -> HttpResponseBase:
    """One published report as a file: PDF as it was published, or its tables."""
    found = _found(year, slug)
    if found.figures is None or found.state != "published":
        raise Refused("no-such-report", "这一版年报已被更正。", remedy="请从“统计年报”页面下载现行的一版。")
    if kind == "pdf":
        if not found.public_sheet_sha256:
            raise Refused("no-such-report", "这份年报公布时没有制作公布文本。", remedy="请下载表格。")
        return pdf_response(record.open_blob(found.public_sheet_sha256), f"annual-report-{year}")
    title = f"{found.organ}{found.year}年度行政执法统计年报"
    notes = [f"{found.organ}公布；数字的校验值 {found.figures_sha256}"]
    return download(publicly(found.figures), kind, title, found.year, notes)


@require_safe
def year_file(request: Any, year: int, kind: str) -> HttpResponse:
    """All reports of a year by the scheme that most organs used, one row for each organ."""
    groups = _by_scheme(queries.published(year))
    if not groups:
        raise Refused("no-such-report", f"还没有公布{year}年的统计年报。", remedy="请换一个年份。")
    _, of, figures = max(groups, key=lambda one: len(one[1]))
    return download(figures, kind, f"{year}年度行政执法统计年报", year, [f"{len(of)} 个机关已公布"])


def _found(year: int, slug: str) -> ReportView:
    found = queries.by_slug(slug)
    if found.year != year:
        raise Refused("no-such-report", "这个地址没有公布的年报。", remedy="请从“统计年报”页面查找。")
    return found
