"""A statistical report as a workbook, as CSV, and as plain lines: one look for desk, public and command line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence

import xlsxwriter

from mingjing.kernel.cells import inert
from mingjing.kernel.report_layout import as_json, heading, shown_columns, text
from mingjing.kernel.reporting import MONEY, RATE, UNITS, Column, Figures, Line, TableFigures

_WIDTH_ROW, _WIDTH = 30, 13
_SHEET_NAME = 31


def lines_of(one: TableFigures) -> tuple[Line, ...]:
    """The rows of a table as they are shown: a sum only where there is more than one row."""
    return one.lines if len(one.lines) == 1 else (*one.lines, one.total)


def csv_text(figures: Figures) -> str:
    """All tables one after the other, each under its title; with a byte order mark, so that table programs know it.

    What a table program would run as a formula gets an apostrophe before it.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for one in figures.tables:
        columns = shown_columns(one)
        writer.writerow([one.table.title])
        writer.writerow(["单位", *(heading(column, one.table, figures.scheme) for column in columns)])
        for line in lines_of(one):
            cells = (text(one.table, column, line, figures.scheme) for column in columns)
            writer.writerow([inert(line.title), *cells])
        writer.writerow([])
    return "\ufeff" + buffer.getvalue()


def json_text(figures: Figures, title: str) -> str:
    """The figures as data: counts and fen exact, texts as the tables show them."""
    return json.dumps({"report": title, **as_json(figures)}, ensure_ascii=False, indent=1)


def workbook(figures: Figures, title: str, notes: Sequence[str] = ()) -> bytes:
    """One sheet for each table, headers grouped as in print, numbers as numbers, empty where the scheme says so."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": title})
        styles = _Styles(book)
        used: set[str] = set()
        for number, one in enumerate(figures.tables, start=1):
            sheet = book.add_worksheet(_sheet_name(number, one, used))
            _write(sheet, styles, figures, one, title)
        _notes(book, styles, figures, notes)
    return buffer.getvalue()


class _Styles:
    """The formats of a workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.plain = book.add_format({"text_wrap": True, "valign": "top"})
        look = {"border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"}
        self.head = book.add_format({**look, "bold": True, "bg_color": "#EEF2F7"})
        self.row = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
        self.cell = book.add_format({"border": 1, "align": "right", "valign": "vcenter"})


def _sheet_name(number: int, one: TableFigures, used: set[str]) -> str:
    name = f"{number} {one.table.title}"[:_SHEET_NAME]
    for bad in "[]:*?/\\":
        name = name.replace(bad, " ")
    used.add(name)
    return name


def _write(
    sheet: xlsxwriter.worksheet.Worksheet, styles: _Styles, figures: Figures, one: TableFigures, title: str
) -> None:
    columns = shown_columns(one)
    sheet.write_string(0, 0, f"{title}：{one.table.title}", styles.title)
    sheet.write_string(1, 0, f"期间：{figures.first} 至 {figures.last}")
    at = _header(sheet, styles, figures, one, columns)
    for line in lines_of(one):
        sheet.write_string(at, 0, line.title, styles.row)
        for place, column in enumerate(columns, start=1):
            _cell(sheet, styles, at, place, column, text(one.table, column, line, figures.scheme))
        at += 1
    if one.table.note:
        sheet.merge_range(at + 1, 0, at + 1, max(1, len(columns)), f"说明：{one.table.note}", styles.plain)
        sheet.set_row(at + 1, 45)
    sheet.set_column(0, 0, _WIDTH_ROW)
    sheet.set_column(1, len(columns), _WIDTH)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(4, 1)


def _header(
    sheet: xlsxwriter.worksheet.Worksheet,
    styles: _Styles,
    figures: Figures,
    one: TableFigures,
    columns: Sequence[Column],
) -> int:
    """The two rows of the header; returns the row below them."""
    sheet.merge_range(2, 0, 3, 0, "单位", styles.head)
    place = 1
    for group, members in grouped(columns):
        titles = [heading(column, one.table, figures.scheme) for column in members]
        if not group:
            for offset, head in enumerate(titles):
                sheet.merge_range(2, place + offset, 3, place + offset, head, styles.head)
        else:
            if len(members) > 1:
                sheet.merge_range(2, place, 2, place + len(members) - 1, group, styles.head)
            else:
                sheet.write_string(2, place, group, styles.head)
            for offset, head in enumerate(titles):
                sheet.write_string(3, place + offset, head, styles.head)
        place += len(members)
    sheet.set_row(2, 30)
    sheet.set_row(3, 45)
    return 4


def grouped(columns: Sequence[Column]) -> Iterator[tuple[str, list[Column]]]:
    """Neighbouring columns under one heading."""
    held: list[Column] = []
    for column in columns:
        if held and held[-1].group != column.group:
            yield held[0].group, held
            held = []
        held.append(column)
    if held:
        yield held[0].group, held


def _cell(
    sheet: xlsxwriter.worksheet.Worksheet, styles: _Styles, at: int, place: int, column: Column, shown: str
) -> None:
    if column.is_ == RATE or not shown.replace(".", "", 1).isdecimal():
        sheet.write_string(at, place, shown, styles.cell)
    else:
        sheet.write_number(at, place, float(shown) if column.is_ == MONEY else int(shown), styles.cell)


def _notes(book: xlsxwriter.Workbook, styles: _Styles, figures: Figures, notes: Sequence[str]) -> None:
    sheet = book.add_worksheet("说明")
    scheme = figures.scheme
    told = [
        f"统计口径：{scheme.title}（{scheme.id}）",
        f"金额单位：{UNITS[scheme.unit]}",
        f"来源：{scheme.source}",
        scheme.note,
        *notes,
    ]
    for at, line in enumerate(one for one in told if one):
        sheet.write_string(at, 0, line, styles.plain)
    sheet.set_column(0, 0, 110)


def plain_lines(figures: Figures) -> Iterator[str]:
    """The report for a terminal: one line for each row in which something happened, then all together."""
    for one in figures.tables:
        yield f"{one.table.title}（{one.table.unit}）" + ("" if one.lines else "：没有数字")
        told = lines_of(one) if one.lines else ()
        quiet = [line for line in told[:-1] if not line.acts]
        for line in told:
            if line not in quiet:
                yield f"  {line.title}：{_told(figures, one, line) or '没有发生'}"
        if quiet:
            yield f"  另有 {len(quiet)} 个单位没有发生。"


def _told(figures: Figures, one: TableFigures, line: Line) -> str:
    unit = UNITS[figures.scheme.unit]
    return "，".join(
        f"{column.title} {shown}{unit if column.is_ == MONEY else ''}"
        for column in shown_columns(one)
        if (shown := text(one.table, column, line, figures.scheme)) != ""
    )
