"""Lists: the address of a next page, and rows as an Excel or a CSV file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import xlsxwriter
from django.http import HttpResponse, StreamingHttpResponse

from mingjing.exchange.errors_workbook import harmless
from mingjing.web.ui.filenames import disposition

MOST_EXPORTED = 5000
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def address(path: str, values: Mapping[str, Any], **changed: Any) -> str:
    """``path`` with the filters that are set; ``changed`` replaces single ones, empty ones fall away."""
    chosen = {name: value for name, value in {**values, **changed}.items() if value not in ("", None, False)}
    return f"{path}?{urlencode(chosen)}" if chosen else path


def workbook(
    name: str, title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], at: datetime
) -> HttpResponse:
    """Rows as .xlsx. Texts are written as texts: a name that begins with = never becomes a formula."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": title})
        sheet = book.add_worksheet(_sheet_name(title))
        bold = book.add_format({"bold": True, "bottom": 1})
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, bold)
        sheet.freeze_panes(1, 0)
        widths = [len(head) * 2 for head in heads]
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                text = str(value)
                sheet.write_string(number, column, text)
                widths[column] = min(max(widths[column], len(text) * 2), 60)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width + 2)
    response = HttpResponse(buffer.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}-{at:%Y%m%d}.xlsx"'
    return response


def _sheet_name(title: str) -> str:
    """The title as the format lets a sheet be called. Source: ECMA-376 Part 1, 18.2.19, and Excel's own limits."""
    return _NO_SHEET_NAME.sub("－", title)[:31].strip("'") or "清单"


class _Echo:
    """A file that only hands on what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Rows as .csv, written as they are read; no cell becomes a formula."""

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield "\ufeff" + writer.writerow(heads)
        for row in rows:
            yield writer.writerow([harmless(str(value)) for value in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = disposition(name)
    return response
