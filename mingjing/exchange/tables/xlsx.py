"""Excel workbooks (xlsx), streamed by openpyxl behind guards against lying and swollen files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from mingjing.kernel.zips import TORN

from .cells import MAX_COLUMNS, Merge, Sheet, Value
from .xls import worker_sheets
from .zipped import damaged, kind_of

MAX_ROWS = 1_048_576  # the format's own limit; a cell that claims to lie lower is lying
MAX_MERGES = 200_000
_BLOCK = 1 << 18
_END_OF_ROWS = re.compile(rb"</(?:\w+:)?sheetData>")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=[\"']([A-Z0-9]{2,10}:[A-Z0-9]{2,10})[\"']")
_MAX_TAIL_BYTES = 32_000_000

# What a cell holds whose formula failed.
_ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"))

# openpyxl reports a damaged part by whatever its parser stumbles over; these are the ones seen under fuzzing.
DAMAGE = (
    *TORN,
    ParseError,
    DefusedXmlException,
    InvalidFileException,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    OverflowError,
)


def zip_sheets(path: Path) -> Iterator[Sheet]:
    """The visible worksheets in order. Memory: one row, plus the table of shared strings.

    Raises: Refused ``file-too-big``, ``file-encrypted``, ``file-foreign``, ``file-damaged``.
    """
    if kind_of(path) != "xlsx":
        yield from worker_sheets(path)
        return
    with path.open("rb") as file:
        try:
            # A file object, because openpyxl judges a path by its extension.
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except DAMAGE:
            # Strict workbooks, and harmless parts that openpyxl is too strict about.
            yield from worker_sheets(path)
            return
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                yield Sheet(sheet.title, _rows(path, sheet), _merges(path, sheet))


def _merges(path: Path, sheet: ReadOnlyWorksheet) -> list[Merge]:
    """Cells merged downwards; the format lists them after the rows, so the part is read through once."""
    try:
        with sheet.parent._archive.open(sheet._worksheet_path) as part:  # openpyxl keeps the two to itself
            refs = _MERGE.findall(_after_rows(part))[:MAX_MERGES]
            areas = [range_boundaries(ref.decode()) for ref in refs]
    except DAMAGE as error:
        raise damaged(path, error, sheet.title) from error
    return [Merge(top, bottom, left - 1) for left, top, _, bottom in areas if bottom > top]


def _after_rows(part: IO[bytes]) -> bytes:
    """What a worksheet says after its rows, up to a bound."""
    before = b""
    while block := part.read(_BLOCK):
        found = _END_OF_ROWS.search(before + block)
        if found:
            return (before + block)[found.end() :] + part.read(_MAX_TAIL_BYTES)
        before = block[-64:]
    return b""


def _rows(path: Path, sheet: ReadOnlyWorksheet) -> Iterator[tuple[int, list[Value]]]:
    # The declared dimension is whatever the writing program left there; without it openpyxl reads what is.
    sheet.reset_dimensions()
    number, gap = 0, None
    rows = sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
    try:
        for number, values in enumerate(rows, start=1):
            if values is gap:  # openpyxl fills gaps with one and the same row
                continue
            trimmed = _trimmed(values)
            gap = gap if trimmed else values
            yield number, trimmed
    except DAMAGE as error:
        raise damaged(path, error, sheet.title, number) from error


def _trimmed(values: tuple[Value, ...]) -> list[Value]:
    last = len(values)
    while last and values[last - 1] is None:
        last -= 1
    return [None if value in _ERRORS else value for value in values[:last]]
