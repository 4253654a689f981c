"""Tables in markup: SpreadsheetML 2003 and web pages saved as ``.xls``, both streamed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from mingjing.kernel.refused import Refused

from .cells import MAX_CELL_CHARS, MAX_COLUMNS, Merge, Sheet, Value
from .text import TextForm, open_text

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_BLOCK = 1 << 16
# Beyond these a document is made to fill memory, not to be read.
_MAX_DEPTH = 50
_MAX_CELLS = 20_000
_MAX_PENDING_CHARS = 4_000_000


def spreadsheetml_sheets(path: Path, form: TextForm) -> Iterator[Sheet]:
    """The worksheets of a SpreadsheetML 2003 file.

    Raises: Refused ``file-damaged``.
    """
    with open_text(path, form) as file:
        events = _events(path, file)
        root: Element | None = None
        for event, element in events:
            root = element if root is None else root
            if event == "start" and element.tag == f"{_SS}Worksheet":
                merges: list[Merge] = []
                yield Sheet(element.get(f"{_SS}Name", ""), _worksheet(path, events, element, merges), merges)
                root.clear()


def _events(path: Path, file: io.TextIOWrapper) -> Iterator[tuple[str, Element]]:
    """The parser's events, a broken document turned into a refusal.

    Characters are fed, not bytes: expat knows no GB18030, and characters override the declared encoding.
    """
    depth = 0
    try:
        for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            if depth > _MAX_DEPTH:
                raise _damaged(path, f"嵌套超过 {_MAX_DEPTH} 层")
            yield event, element
    except DefusedXmlException as error:
        raise _damaged(path, "含有不允许的 DTD 或实体声明") from error
    except (ParseError, ValueError) as error:
        raise _damaged(path, f"不完整，{error}") from error


def _damaged(path: Path, why: str) -> Refused:
    return Refused(
        "file-damaged",
        f"{path.name} 的 XML 无法读取（{why}）。",
        remedy="请重新导出，或用表格软件打开后另存为 xlsx 再导入。",
    )


def _worksheet(
    path: Path, events: Iterator[tuple[str, Element]], worksheet: Element, merges: list[Merge]
) -> Iterator[tuple[int, list[Value]]]:
    """The rows up to the end of this worksheet; ``ss:Index`` may jump ahead but never allocates."""
    number = cells = 0
    for event, element in events:
        if event == "start":
            cells += element.tag == f"{_SS}Cell"
            if cells > _MAX_CELLS:
                raise _damaged(path, f"第 {number + 1} 行的单元格超过 {_MAX_CELLS} 个")
        elif element.tag == f"{_SS}Row":
            number, cells = _index(element, number), 0
            yield number, _cells(element, number, merges)
            element.clear()
        elif element.tag == f"{_SS}Table" or element is worksheet:
            element.clear()
            if element is worksheet:
                return


def _index(element: Element, previous: int) -> int:
    return max(previous + 1, _whole(element, "Index"))


def _whole(element: Element, name: str) -> int:
    """An attribute that counts; nothing where it is no sensible number."""
    given = element.get(f"{_SS}{name}", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _cells(row: Element, number: int, merges: list[Merge]) -> list[Value]:
    values: list[Value] = []
    for element in row.iterfind(f"{_SS}Cell"):
        position = _index(element, len(values))
        if position > MAX_COLUMNS:
            break
        values.extend([None] * (position - 1 - len(values)))
        data = element.find(f"{_SS}Data")
        values.append("".join(data.itertext()) if data is not None else None)
        if down := _whole(element, "MergeDown"):
            merges.append(Merge(number, number + down, position - 1))
        values.extend([None] * min(_whole(element, "MergeAcross"), MAX_COLUMNS - len(values)))
    return values


def html_sheets(path: Path, form: TextForm) -> Iterator[Sheet]:
    """All tables of a web page as one sheet, so that a title table above the list does no harm."""
    yield Sheet("", _html_rows(path, form))


def _html_rows(path: Path, form: TextForm) -> Iterator[tuple[int, list[Value]]]:
    parser = _Tables()
    number = 0
    with open_text(path, form) as file:
        while True:
            block = file.read(_BLOCK)
            if block:
                parser.feed(block)
                if len(parser.rawdata) > _MAX_PENDING_CHARS:
                    raise _endless_mark(path)
            else:
                parser.close()
                parser.end_row()
            for row in parser.rows:
                number += 1
                yield number, row
            parser.rows.clear()
            if not block:
                return


def _endless_mark(path: Path) -> Refused:
    return Refused(
        "file-damaged",
        f"{path.name} 的网页标记没有结束，无法读取。",
        remedy="请重新导出，或用表格软件打开后另存为 xlsx 再导入。",
    )


class _Tables(HTMLParser):
    """Collects finished rows in ``rows``; cells that span rows are repeated in each of them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[Value]] = []
        self._row: list[Value] | None = None
        self._cell: list[str] | None = None
        self._chars = 0
        self._span = (1, 1)
        self._below: dict[int, tuple[int, Value]] = {}
        self._depth = 0
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._hidden += 1
        elif tag == "table":
            self._depth += 1
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")
        elif self._depth > 1:
            return  # a table inside a cell is that cell's text
        elif tag == "tr":
            self.end_row()
            self._row = []
        elif tag in ("td", "th") and self._row is not None:
            self._end_cell()
            given = dict(attrs)
            self._cell, self._chars = [], 0
            self._span = (_span(given.get("colspan")), _span(given.get("rowspan")))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._hidden = max(0, self._hidden - 1)
        elif tag == "table":
            if self._depth == 1:
                self.end_row()
                self._below.clear()
            self._depth = max(0, self._depth - 1)
        elif tag == "tr" and self._depth <= 1:
            self.end_row()
        elif tag in ("td", "th") and self._depth <= 1:
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._hidden and self._chars < MAX_CELL_CHARS:
            self._cell.append(data)
            self._chars += len(data)

    def end_row(self) -> None:
        """Close the open row, if there is one."""
        self._end_cell()
        if self._row is not None:
            self._fill_from_above()
            self.rows.append(self._row)
        self._row = None

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            self._cell = None
            return
        self._fill_from_above()
        value = "".join(self._cell).strip() or None
        across, down = self._span
        for offset in range(min(across, MAX_COLUMNS - len(self._row))):
            # Only the first of the merged columns carries the text, as in a workbook.
            part = value if offset == 0 else None
            if down > 1:
                self._below[len(self._row)] = (down - 1, part)
            self._row.append(part)
        self._cell = None

    def _fill_from_above(self) -> None:
        assert self._row is not None
        while len(self._row) in self._below:
            column = len(self._row)
            left, value = self._below.pop(column)
            if left > 1:
                self._below[column] = (left - 1, value)
            self._row.append(value)


def _span(text: str | None) -> int:
    sound = text and text.isascii() and text.isdigit() and len(text) < 10
    return max(1, min(int(text), MAX_COLUMNS)) if text and sound else 1
