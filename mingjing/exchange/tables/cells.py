"""What a stranger's table is made of: sheets of numbered rows of cells, and how their values become text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

Value = str | int | float | bool | date | datetime | time | timedelta | None

# Wider tables are not lists of parties, powers or payments; the bound keeps a lying file from filling memory.
MAX_COLUMNS = 256
MAX_CELL_CHARS = 200_000

_INVISIBLE = dict.fromkeys(
    [*range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0x00AD, *range(0x200B, 0x2010), 0x2060, 0xFEFF]
)
_BLANKS = re.compile(r"[^\S\n]+")
_NUMERIC = re.compile(r"[0-9]{4,}\.0+")
_WHOLE = re.compile(r"\.0+$")
_RUNS = ("=", "+", "-", "@")
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?[eE]\+\d{2,}")
# What people type into a cell to say that they know nothing.
_NOTHING = frozenset(
    ("-", "--", "—", "——", "/", "\\", "无", "暂无", "不详", "未知", "空", "null", "none", "nan", "n/a")
)


class Damaged(list[Value]):
    """The cells of a row that could not be taken apart, with the reason in Chinese."""

    why = ""


@dataclass(frozen=True)
class Sheet:
    """One worksheet as it streams: rows come with their number in the file, counted from 1.

    ``merges`` are the cells merged downwards; readers that meet them on the way add them before their row.
    """

    name: str
    rows: Iterator[tuple[int, list[Value]]]
    merges: list[Merge] = field(default_factory=list)


class Merge(NamedTuple):
    """Cells of one column merged into one: rows counted from 1, the column from 0."""

    first_row: int
    last_row: int
    column: int


class Fill:
    """Writes the value of cells merged downwards into each of their rows, as a reader of the page sees it."""

    def __init__(self, merges: list[Merge], after: int) -> None:
        self._merges = merges
        self._after = after
        self._seen = 0
        self._starts: dict[int, list[Merge]] = {}
        self._open: dict[int, tuple[int, Value]] = {}

    def into(self, number: int, values: list[Value]) -> list[Value]:
        """The row with the values that its merged cells show; rows MUST come in order."""
        for merge in self._merges[self._seen :]:
            if merge.first_row > self._after:
                self._starts.setdefault(merge.first_row, []).append(merge)
        self._seen = len(self._merges)
        for merge in self._starts.pop(number, ()):
            if merge.column < len(values):
                self._open[merge.column] = (merge.last_row, values[merge.column])
        for column, (last, value) in list(self._open.items()):
            if number > last:
                del self._open[column]
            elif column >= len(values) or values[column] in (None, ""):
                values.extend([None] * (column + 1 - len(values)))
                values[column] = value
        return values


@dataclass(frozen=True)
class Cell:
    """A value as it came and as it was understood; ``doubt`` says in Chinese what the file did to it."""

    original: str
    cleaned: str
    doubt: str = ""


def as_text(value: Value) -> str:
    """The value as a person sees it in the table program: whole numbers without ``.0``, dates in ISO form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def clean_text(text: str) -> str:
    """Text without invisible characters and doubled blanks; nothing where the cell only says "none"."""
    # Our own lists of errors put an apostrophe before what a table program would run.
    if text.startswith("'") and text[1:2] in _RUNS:
        text = text[1:]
    tidy = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_INVISIBLE)
    tidy = _BLANKS.sub(" ", tidy).strip()
    if "\n" in tidy:
        tidy = "\n".join(line.strip() for line in tidy.split("\n"))
    return "" if tidy.lower() in _NOTHING else tidy


def clean_number(text: str) -> str:
    """A number or code as text: also without the ``.0`` that programs add to numbers they took for sums."""
    tidy = clean_text(text)
    return _WHOLE.sub("", tidy) if _NUMERIC.fullmatch(tidy) else tidy


def doubt_of(value: Value, text: str) -> str:
    """What the table program did to a long number before it was saved, in Chinese, or nothing.

    Table programs hold numbers with 15 significant digits, so a code or a bank reference kept as a number
    has lost its end; the last digits shown are zeros that nobody wrote.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 1e15:
        return "该单元格以数字格式保存，第15位以后的数字已丢失"
    shown = text.strip()
    if _NUMERIC.fullmatch(shown) and len(shown.partition(".")[0]) > 15:
        return "该单元格曾以数字格式保存，第15位以后的数字已丢失"
    if _SCIENTIFIC.fullmatch(shown):
        return "该单元格以科学计数法保存，末尾数字已丢失"
    return ""


def cell(value: Value) -> Cell:
    """The value as a ``Cell``."""
    text = as_text(value)[:MAX_CELL_CHARS].replace("\x00", "")
    return Cell(text, clean_text(text), doubt_of(value, text))


def is_blank(values: list[Value]) -> bool:
    """Whether no cell of the row holds anything visible."""
    return all(value is None or (isinstance(value, str) and not value.strip()) for value in values)
