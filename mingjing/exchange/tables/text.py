"""Text tables: which encoding, which delimiter, and their rows, in constant memory."""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mingjing.kernel.refused import Refused

from .cells import Damaged, Sheet, Value

_CHUNK = 1 << 16
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = (",", "\t", ";", "|", "，")
# A file is taken as damaged UTF-8 rather than as another encoding while this share of its characters
# beyond ASCII decodes; real GB18030 text decodes as UTF-8 hardly anywhere.
_MOSTLY = 0.9
_HEADER_ROWS = 20
# Longer lines are no rows of a list; the bound keeps a file without line ends from filling memory.
MAX_LINE_CHARS = 4_000_000
# Quotes that nobody closed cost their row; a file full of them is not a table in quotes at all.
MAX_OPEN_QUOTES = 100


@dataclass(frozen=True)
class TextForm:
    """How the bytes of a text file become characters; ``damaged`` where some of them do not."""

    encoding: str
    damaged: bool = False


@dataclass
class _Tally:
    """How well a file decodes: characters beyond ASCII that came out, and those that did not."""

    good: int = 0
    bad: int = 0
    null: int = 0

    @property
    def share(self) -> float:
        return self.good / (self.good + self.bad) if self.good + self.bad else 1.0


def text_form(path: Path) -> TextForm:
    """The encoding of a text file, read once through to be sure.

    Raises: Refused ``encoding-unknown``, ``file-foreign``.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return TextForm(encoding, damaged=_tally(path, encoding).bad > 0)
    guess = _utf16_without_bom(head)
    if guess:
        return TextForm(guess, damaged=_tally(path, guess).bad > 0)
    utf8 = _tally(path, "utf-8")
    if utf8.null:
        raise Refused(
            "file-foreign",
            f"{path.name} 是二进制文件，不是表格（含有 {utf8.null} 个空字节）。",
            remedy="请用表格软件另存为 xlsx 或 csv 后再试。",
        )
    if utf8.bad == 0:
        return TextForm("utf-8")
    gb18030 = _tally(path, "gb18030")
    if utf8.share >= _MOSTLY:
        return TextForm("utf-8", damaged=True)
    if gb18030.share >= _MOSTLY:
        return TextForm("gb18030", damaged=gb18030.bad > 0)
    raise Refused(
        "encoding-unknown",
        f"{path.name} 的文字编码无法识别：按 UTF-8 有 {utf8.bad} 处、按 GB18030 有 {gb18030.bad} 处读不出。",
        remedy="请用表格软件打开原文件，另存为“CSV UTF-8”或 xlsx 后再试。",
    )


def _utf16_without_bom(head: bytes) -> str | None:
    """UTF-16 by the line ends and commas that every table has: ASCII with a zero on one side."""
    pairs = len(head) // 2
    if pairs < 4 or head.count(0) < pairs // 20 + 1:
        return None
    little = sum(head.count(mark) for mark in (b",\x00", b"\n\x00", b"\t\x00"))
    big = sum(head.count(mark) for mark in (b"\x00,", b"\x00\n", b"\x00\t"))
    for encoding, hits in (("utf-16-le", little), ("utf-16-be", big)):
        even = head[: pairs * 2]
        if hits and hits >= max(little, big) and "\x00" not in even.decode(encoding, "replace"):
            return encoding
    return None


def _tally(path: Path, encoding: str) -> _Tally:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    tally = _Tally()
    with path.open("rb") as file:
        while True:
            block = file.read(_CHUNK)
            text = decoder.decode(block, final=not block)
            bad = text.count("\ufffd")
            tally.bad += bad
            tally.good += sum(1 for char in text if char > "\x7f") - bad
            tally.null += text.count("\x00")
            if not block:
                return tally


def open_text(path: Path, form: TextForm) -> io.TextIOWrapper:
    """The file as characters; what does not decode becomes U+FFFD, which importers reject row by row."""
    return path.open(encoding=form.encoding, errors="replace", newline="")


def text_sheets(path: Path, form: TextForm, score: Callable[[Sequence[Value]], int]) -> Iterator[Sheet]:
    """The one sheet of a text table; ``score`` says how many known column names a row holds."""
    yield Sheet("", _rows(path, form, _delimiter(path, form, score)))


def _delimiter(path: Path, form: TextForm, score: Callable[[Sequence[Value]], int]) -> str:
    """The delimiter under which some early row holds the most known names, then the most columns."""

    def worth(delimiter: str) -> tuple[int, int]:
        try:
            rows = [row for _, row in islice(_rows(path, form, delimiter), _HEADER_ROWS)]
        except Refused:
            return (0, 0)
        known = max((score(row) for row in rows), default=0)
        return (known, max((len(row) for row in rows), default=0) if known else 0)

    return max(_DELIMITERS, key=worth)


def _lines(file: io.TextIOWrapper) -> Iterator[str]:
    """The lines, with Excel's own first line ``sep=;`` blanked so that row numbers stay right."""
    number = 0
    while line := file.readline(MAX_LINE_CHARS):
        blank = number == 0 and line.strip().lower().removeprefix("\ufeff").startswith("sep=")
        yield "\n" if blank else line
        number += 1


class _Taken:
    """Lines on their way into a row: those it took are remembered and can be given back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._back: deque[str] = deque()
        self.now: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self.now.append(line)
        return line

    def keep_first(self) -> str:
        """Give back all lines but the first one."""
        first, *rest = self.now
        self._back.extendleft(reversed(rest))
        return first


def _rows(path: Path, form: TextForm, delimiter: str) -> Iterator[tuple[int, list[Value]]]:
    """The rows by number. A quote that is never closed damages the row it stands in, not those it swallows."""
    number = opened = 0
    with open_text(path, form) as file:
        lines = _Taken(_lines(file))
        reader = csv.reader(lines, delimiter=delimiter)
        while True:
            lines.now.clear()
            row: list[Value] | None = None
            try:
                row = list(next(reader))
            except StopIteration:
                return
            except csv.Error:
                reader = csv.reader(lines, delimiter=delimiter)
            number += 1
            if row is None or _swallowed(lines.now, delimiter):
                opened += 1
                if opened > MAX_OPEN_QUOTES or len(lines.now[0]) >= MAX_LINE_CHARS:
                    raise _quotes_open(path, number)
                row = Damaged(list(lines.keep_first().split(delimiter)))
                row.why = "引号没有配对，或者单元格超过 13 万字，无法分列"
            yield number, row


def _swallowed(lines: Sequence[str], delimiter: str) -> bool:
    """Whether a row of several lines is one only because a quote is missing: it has eaten the rows below."""
    if len(lines) == 1:
        return False
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    return False


def _quotes_open(path: Path, number: int) -> Refused:
    return Refused(
        "quote-open",
        f"{path.name} 第 {number} 行起无法分列：引号没有配对，或单元格超过 13 万字。",
        remedy="请检查该行的双引号，或用表格软件另存为 xlsx 后再试。",
    )
