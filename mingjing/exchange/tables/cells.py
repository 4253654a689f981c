"""What a stranger's table is made of: sheets of numbered rows of cells, and how their values become text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

Value = str | int | float | bool | date | datetime | time | timedelta | None

# Wider tables are not lists of parties, powers or payments; the bound keeps a lying file from filling memory.
MAX_COLUMNS = 256
MAX_CELL_CHARS = 200_000

_INVISIBLE = dict.fromkeys(
    [*range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0x00AD, *range(0x200B, 0x2010), 0x2060, 0xFEFF]
)
_BLANKS = re.compile(r"[^\S\n]+")
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?[eE]\+\d{2,}")
# What people type into a cell to say that they know nothing.
_NOTHING = frozenset(
    ("-", "--", "—", "——", "/", "\\", "无", "暂无", "不详", "未知", "空", "null", "none", "nan", "n/a")
)


@dataclass(frozen=True)
class Sheet:
    """One worksheet as it streams: rows come with their number in the file, counted from 1."""

    name: str
    rows: Iterator[tuple[int, list[Value]]]


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
    tidy = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_INVISIBLE)
    tidy = "\n".join(_BLANKS.sub(" ", line).strip() for line in tidy.split("\n")).strip()
    return "" if tidy.lower() in _NOTHING else tidy


def doubt_of(value: Value, text: str) -> str:
    """What the table program did to a long number before it was saved, in Chinese, or nothing.

    Table programs hold numbers with 15 significant digits, so a code or a bank reference kept as a number
    has lost its end; the last digits shown are zeros that nobody wrote.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 1e15:
        return "该单元格以数字格式保存，第15位以后的数字已丢失"
    if _SCIENTIFIC.fullmatch(text.strip()):
        return "该单元格以科学计数法保存，末尾数字已丢失"
    return ""


def cell(value: Value) -> Cell:
    """The value as a ``Cell``."""
    text = as_text(value)[:MAX_CELL_CHARS].replace("\x00", "")
    return Cell(text, clean_text(text), doubt_of(value, text))


def is_blank(values: list[Value]) -> bool:
    """Whether no cell of the row holds anything visible."""
    return all(value is None or (isinstance(value, str) and not value.strip()) for value in values)
