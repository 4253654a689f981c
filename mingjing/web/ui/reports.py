"""Statistical reports as desk and public site show them: tables with their cells, charts, and files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from markupsafe import Markup

from mingjing.kernel.refused import Refused
from mingjing.kernel.report_layout import heading, shown_columns, text
from mingjing.kernel.reporting import ALL, MONEY, RATE, TOTAL, UNASSIGNED, Figures, TableFigures
from mingjing.oversight import sheets

from .filenames import disposition
from .svg.charts import Bar, bars

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
CHARTED = ("penalty", "license", "measure", "inspection")
Linker = Callable[[TableFigures, Any, Any], str]


def tables_of(figures: Figures, link: Linker | None = None) -> list[dict[str, Any]]:
    """The tables as the macro ``reports.table`` takes them; ``link`` gives the address behind a cell, if any."""
    return [_table(figures, one, link) for one in figures.tables]


def _table(figures: Figures, one: TableFigures, link: Linker | None) -> dict[str, Any]:
    columns = shown_columns(one)
    return {
        "id": one.table.id,
        "title": one.table.title,
        "note": one.table.note,
        "unit": one.table.unit,
        "columns": [
            {"title": heading(column, one.table, figures.scheme), "group": column.group} for column in columns
        ],
        "lines": [
            {
                "title": line.title,
                "sum": line.row == ALL,
                "cells": [
                    {
                        "text": text(one.table, column, line, figures.scheme),
                        "href": link(one, line, column) if link else "",
                    }
                    for column in columns
                ],
            }
            for line in (sheets.lines_of(one) if _told(one) else ())
        ],
    }


def _told(one: TableFigures) -> bool:
    """Whether the table says anything: of counts from elsewhere a table may not have been there at all."""
    cells = [cell for line in one.lines for id, cell in line.cells.items() if id != UNASSIGNED]
    return any(not cell.blank for cell in cells)


def charts_of(figures: Figures) -> list[tuple[str, Markup]]:
    """A chart of each table of the main acts in which something happened, by its parts; money is not drawn."""
    found = []
    for one in figures.tables:
        if one.table.subjects[0] not in CHARTED or not one.total.acts:
            continue
        rows = [
            Bar(column.title, [one.total.cells[column.id].count], str(one.total.cells[column.id].count))
            for column in one.table.columns
            if column.is_ not in (MONEY, RATE, TOTAL) and one.total.cells[column.id].count
        ]
        said = f"{one.table.title}，" + "，".join(
            f"{row.label} {row.figure} {one.table.unit}" for row in rows
        )
        found.append((f"{one.table.title}（{one.table.unit}）", bars(one.table.title, said, rows)))
    return found


def pdf_response(content: Any, name: str) -> HttpResponseBase:
    """A report as PDF, shown in the browser; ``content`` are its bytes or its open file."""
    response: HttpResponseBase = (
        HttpResponse(content, content_type=PDF)
        if isinstance(content, bytes)
        else FileResponse(content, content_type=PDF)
    )
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def download(figures: Figures, kind: str, title: str, year: int, notes: list[str]) -> HttpResponse:
    """The figures as a file. Raises: Refused ``not-found``."""
    if kind == "xlsx":
        response = HttpResponse(sheets.workbook(figures, title, notes), content_type=XLSX)
    elif kind == "csv":
        response = HttpResponse(sheets.csv_text(figures), content_type="text/csv; charset=utf-8")
    elif kind == "json":
        response = HttpResponse(sheets.json_text(figures, title), content_type="application/json")
    else:
        raise Refused("not-found", "没有这种文件。", remedy="可以下载 pdf、xlsx、csv、json。")
    response["Content-Disposition"] = disposition(f"{title}.{kind}", plain=f"annual-report-{year}.{kind}")
    return response
