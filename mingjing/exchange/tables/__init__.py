"""Reading strangers' tables: in whatever format, told by bytes, streamed row by row.

``open_table`` is the only entrance: give it a file and the columns you know, and take numbered rows of cells
that hold both the original and the cleaned value. Nothing is trusted: not the extension, not declared sizes,
not the place of the header.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from mingjing.kernel.refused import Refused

from .cells import Cell, Damaged, Fill, Sheet, Value, as_text, cell, clean_number, clean_text, is_blank
from .header import HEADER_ROWS, Column, Header, Layout
from .markup import html_sheets, spreadsheetml_sheets
from .sniff import Format, sniff
from .text import TextForm, text_sheets
from .xls import xls_sheets
from .xlsx import zip_sheets

__all__ = [
    "Cell",
    "Column",
    "Format",
    "Header",
    "Row",
    "Skipped",
    "Table",
    "Value",
    "as_text",
    "clean_number",
    "clean_text",
    "open_sheets",
    "open_table",
    "raw_sheets",
]


@dataclass(frozen=True)
class Row:
    """One row of a list: its number in the file and its cells by field.

    ``fault`` says in Chinese why the row cannot be trusted as a whole; importers reject such rows.
    ``places`` are the positions of the cells in the file, counted from 0, and ``titles`` the words of the
    header above them. ``values`` are all cells as the file holds them, known columns or not.
    """

    sheet: str
    number: int
    cells: dict[str, Cell]
    units: dict[str, str]
    fault: str = ""
    places: dict[str, int] = field(default_factory=dict)
    titles: dict[int, str] = field(default_factory=dict)
    values: Sequence[Value] = ()

    def text(self, name: str) -> str:
        """The cleaned value of a field, empty where the list has no such column."""
        found = self.cells.get(name)
        return found.cleaned if found else ""

    def column(self, name: str) -> str:
        """Where a field stands in the file, as a table program shows it: ``C 统一社会信用代码``."""
        if name not in self.places:
            return ""
        place, letters = self.places[name] + 1, ""
        while place:
            place, rest = divmod(place - 1, 26)
            letters = chr(ord("A") + rest) + letters
        return f"{letters} {self.titles.get(self.places[name], '')}".strip()

    def originals(self) -> dict[str, str]:
        """The values as they came, without the empty ones."""
        return {name: cell.original for name, cell in self.cells.items() if cell.original.strip()}


@dataclass(frozen=True)
class Skipped:
    """A worksheet that was not read, and the reason."""

    sheet: str
    reason: str


@dataclass
class Table:
    """A file being read: ``rows`` streams; ``skipped`` and ``headers`` fill up as it goes."""

    path: Path
    format: Format
    rows: Iterator[Row]
    skipped: list[Skipped] = field(default_factory=list)
    headers: dict[str, Header] = field(default_factory=dict)


def open_table(path: Path, columns: tuple[Column, ...], *, what: str) -> Table:
    """The rows of every sheet of ``path`` that has these columns; ``what`` names the list in messages.

    Raises: Refused ``file-missing``, ``file-unreadable``, ``file-empty``, ``file-foreign``,
    ``file-encrypted``, ``file-damaged``, ``file-too-big``, ``encoding-unknown``, ``quote-open``,
    ``no-header``; what lies inside the file is only met while ``rows`` is read.
    """
    layout = Layout(columns)
    form, text = sniff(path)
    table = Table(path, form, iter(()))
    table.rows = _rows(table, _sheets(path, form, text, layout), layout, what)
    return table


def open_sheets(
    path: Path, layout: Layout, *, what: str
) -> Iterator[tuple[Header, Iterator[tuple[int, list[Value]]]]]:
    """Every sheet with this layout as its header and its raw rows: for lists of millions of lines.

    The rows leave out blank ones and repeated headers. Raises: Refused as ``open_table``.
    """
    form, text = sniff(path)
    found = False
    for sheet in _sheets(path, form, text, layout):
        head = list(islice(sheet.rows, HEADER_ROWS))
        header = layout.header(head)
        if header is not None:
            found = True
            yield header, _raw(header, chain(head, sheet.rows))
    if not found:
        raise _no_header(path, [path.name], layout, what)


def raw_sheets(path: Path, titles: Iterable[str]) -> Iterator[Sheet]:
    """Every sheet as it stands, for tables that are no lists; ``titles`` help to tell the separator of a text file.

    Raises: Refused as ``open_table``, but never ``no-header``.
    """
    form, text = sniff(path)
    yield from _sheets(path, form, text, Layout(Column(title, (title,)) for title in titles))


def _raw(header: Header, rows: Iterator[tuple[int, list[Value]]]) -> Iterator[tuple[int, list[Value]]]:
    first = min(header.positions.values())
    title = header.titles[first]
    for number, values in rows:
        if number <= header.row or is_blank(values):
            continue
        if len(values) > first and as_text(values[first]).strip() == title and header.repeated_by(values):
            continue
        yield number, values


def _sheets(path: Path, form: Format, text: TextForm | None, layout: Layout) -> Iterator[Sheet]:
    if form is Format.XLSX:
        return zip_sheets(path)
    if form is Format.XLS:
        return xls_sheets(path)
    assert text is not None  # sniff gives a text form for every other format
    if form is Format.SPREADSHEETML:
        return spreadsheetml_sheets(path, text)
    if form is Format.HTML:
        return html_sheets(path, text)
    return text_sheets(path, text, layout.score)


def _rows(table: Table, sheets: Iterator[Sheet], layout: Layout, what: str) -> Iterator[Row]:
    seen: list[str] = []
    for sheet in sheets:
        head = list(islice(sheet.rows, HEADER_ROWS))
        if all(is_blank(values) for _, values in head):
            table.skipped.append(Skipped(sheet.name, "空工作表"))
            continue
        header = layout.header(head)
        if header is None:
            table.skipped.append(Skipped(sheet.name, f"前 {HEADER_ROWS} 行内没有{what}的表头"))
            seen.append(_first_words(head))
            continue
        table.headers[sheet.name] = header
        yield from _body(sheet, header, chain(head, sheet.rows), layout)
    if not table.headers:
        raise _no_header(table.path, seen, layout, what)


def _body(
    sheet: Sheet, header: Header, rows: Iterator[tuple[int, list[Value]]], layout: Layout
) -> Iterator[Row]:
    fill = Fill(sheet.merges, header.row)
    for number, values in rows:
        if number <= header.row or is_blank(values) or header.repeated_by(values):
            continue
        if layout.names_again(header, values):
            continue
        values = fill.into(number, values)
        places = {
            column.field: _place(values, header, column.field)
            for column in layout.columns
            if column.field in header.positions
        }
        cells = {
            column.field: _cell(values, places[column.field], column)
            for column in layout.columns
            if column.field in places
        }
        fault = _fault(values, header)
        yield Row(sheet.name, number, cells, header.units, fault, places, header.titles, values)


def _place(values: list[Value], header: Header, name: str) -> int:
    """Where the row holds this field: the first of its columns that is filled in."""
    first = header.positions[name]
    others = header.others.get(name)
    for place in (first, *others) if others else ():
        if place < len(values) and clean_text(as_text(values[place])):
            return place
    return first


def _cell(values: list[Value], place: int, column: Column) -> Cell:
    raw = cell(values[place] if place < len(values) else None)
    cleaned = raw.cleaned if column.clean is clean_text else column.clean(raw.original)
    return raw if cleaned == raw.cleaned else Cell(raw.original, cleaned, raw.doubt)


def _fault(values: list[Value], header: Header) -> str:
    surplus = [as_text(value) for value in values[header.last + 1 :] if as_text(value).strip()]
    if surplus:
        return f"单元格比表头多 {len(surplus)} 个（多出“{surplus[0][:20]}”），可能是文本中的分隔符没有加引号"
    if isinstance(values, Damaged):
        return values.why
    if any("\ufffd" in value for value in values if isinstance(value, str)):
        return "含有无法识别的字符（文件编码受损）"
    return ""


def _first_words(head: list[tuple[int, list[Value]]]) -> str:
    _, values = next(row for row in head if not is_blank(row[1]))
    return "、".join(as_text(value).strip()[:12] for value in values if as_text(value).strip())[:80]


def _no_header(path: Path, seen: list[str], layout: Layout, what: str) -> Refused:
    if not seen:
        return Refused("file-empty", f"{path.name} 里没有任何数据行。", remedy="请核对是否导错了文件。")
    needed = "、".join(f"“{column.names[0]}”" for column in layout.columns if column.required)
    known = "、".join(column.names[0] for column in layout.columns)
    return Refused(
        "no-header",
        f"{path.name} 的前 {HEADER_ROWS} 行里找不到{what}的表头，看到的是：{'；'.join(seen)}。",
        remedy=f"表头至少要有{needed}，并再有一个可识别的列。可识别的列：{known}。",
    )
