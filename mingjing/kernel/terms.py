"""What a term is made of: its length, the days that do not count, extensions, and the result of reckoning it.

:mod:`mingjing.kernel.clocks` reckons with these.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from mingjing.kernel.numerals import plain_date
from mingjing.kernel.refused import Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")

Unit = Literal["wd", "d", "m", "y", "h", "date"]

UNIT_TITLES: dict[Unit, str] = {"wd": "个工作日", "d": "日", "m": "个月", "y": "年", "h": "小时", "date": ""}

_LENGTH = re.compile(r"(?P<number>[0-9]{1,5})\s*(?P<unit>wd|d|m|y|h)(?P<before>\s+before)?")
_FIXED = re.compile(r"by\s+(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_AMBIGUOUS_DAY = re.compile("[0-9一二三四五六七八九十] *[日天]")
_HOW_TO_WRITE = "请写成 15wd（工作日）、90d（日）、6m（月）、2y（年）、24h（小时）、7wd before（之前 7 个工作日）或 by 01-10（下一个 1 月 10 日前）。"


@dataclass(frozen=True)
class Length:
    """期限长度: a number, a unit and a direction; or a day of the year that the law names (unit ``date``).

    The day of the year is kept as month × 100 + day in ``number``.

    >>> str(Length(7, "wd", before=True)), Length(90, "d").words
    ('7wd before', '90 日')
    >>> str(Length(110, "date")), Length(110, "date").words
    ('by 01-10', '1 月 10 日前')
    """

    number: int
    unit: Unit
    before: bool = False

    def __str__(self) -> str:
        """The text of codex files."""
        if self.unit == "date":
            return f"by {self.number // 100:02d}-{self.number % 100:02d}"
        return f"{self.number}{self.unit}{' before' if self.before else ''}"

    @property
    def words(self) -> str:
        """The length in Chinese: 7 个工作日, 之前 7 个工作日, 1 月 10 日前."""
        if self.unit == "date":
            return f"{self.number // 100} 月 {self.number % 100} 日前"
        return f"{'之前 ' if self.before else ''}{self.number} {UNIT_TITLES[self.unit]}"

    @property
    def months(self) -> int:
        """The length in months, for months and years."""
        return self.number * 12 if self.unit == "y" else self.number


@dataclass(frozen=True)
class Interval:
    """Days that do not count, with the cause and the document that proves it.

    ``end`` is None while it lasts. For an exclusion both days are passed over; for a suspension ``start`` is
    the day it was ordered (counted) and ``end`` the day counting was resumed (not counted).
    """

    start: date
    end: date | None
    cause: str
    document: str


@dataclass(frozen=True)
class Extension:
    """延期: a further length, granted in a document before the term ran out."""

    length: Length
    document: str
    cause: str = ""
    approved_by: str = ""


@dataclass(frozen=True)
class Reckoning:
    """The end of a term and how it was found.

    ``due_at`` is 23:59:59 in Shanghai on ``due_on`` (民法典 art. 203: the last day ends at 24:00), or the
    exact moment for hours. ``starts_on`` is the first day counted; for a term counted back, the day counted
    from. ``paused_since`` is set while an exclusion or suspension lasts: the date then supposes that it ends
    on its first day, and moves on with every further day.
    """

    due_on: date
    due_at: datetime
    provisional: bool
    explanation: tuple[str, ...]
    starts_on: date
    paused_since: date | None = None


def parse_length(text: str) -> Length:
    """Read ``15wd``, ``90d``, ``6m``, ``2y``, ``24h``, ``7wd before``, ``by 01-10``. Raises ``Refused("bad-length")``."""
    narrow = text.translate(_FULL_WIDTH).strip().lower()
    if (fixed := _FIXED.fullmatch(narrow)) is not None:
        return _fixed_day(text, int(fixed["month"]), int(fixed["day"]))
    match = _LENGTH.fullmatch(narrow)
    if match is None:
        raise _bad_length(text, narrow)
    number = int(match["number"])
    if number == 0:
        raise Refused("bad-length", f"期限“{text}”为零。", remedy="期限至少为 1；没有期限的，不要写长度。")
    unit: Unit = match["unit"]  # type: ignore[assignment]  # the pattern admits nothing else
    return Length(number, unit, before=match["before"] is not None)


def _fixed_day(text: str, month: int, day: int) -> Length:
    """A day that every year has. 29 February is not one."""
    try:
        date(2025, month, day)
    except ValueError:
        raise Refused(
            "bad-length", f"“{text}”不是每年都有的日子。", remedy="请写成 by 01-10（月-日）。"
        ) from None
    return Length(month * 100 + day, "date")


def check_interval(interval: Interval, kind: str) -> None:
    """Refuse (``bad-interval``) an interval that ends before it starts, or that no document proves."""
    if interval.end is not None and interval.end < interval.start:
        raise Refused(
            "bad-interval",
            f"{kind}“{interval.cause}”止于{plain_date(interval.end)}，早于起始的{plain_date(interval.start)}。",
            remedy="请核对起止日期。",
        )
    if not interval.document.strip() or not interval.cause.strip():
        raise Refused(
            "bad-interval",
            f"{kind}（自{plain_date(interval.start)}）没有写明事由或者文书，不能扣除。",
            remedy="请补录事由和载明起止日期的文书。",
        )


def check_extension(extension: Extension) -> None:
    """Refuse an extension counted back or in hours (``bad-length``) or unproved (``bad-extension``)."""
    words = extension.length.words
    if extension.length.before or extension.length.unit in ("h", "date"):
        raise Refused("bad-length", f"延长的期限不能是“{words}”。", remedy="请用工作日、日、月或者年。")
    if not extension.document.strip():
        raise Refused("bad-extension", f"延长 {words}没有批准文书。", remedy="请补录批准延期的文书。")


def refuse_changes(term: Length, intervals: Sequence[Interval], extensions: Sequence[Extension]) -> None:
    """Refuse (``not-pausable``) pauses and extensions where the term allows none."""
    if intervals or extensions:
        kind = (
            "倒数的期限" if term.before else "写明日子的期限" if term.unit == "date" else "按小时计算的期限"
        )
        raise Refused(
            "not-pausable",
            f"{kind}（{term.words}）不能扣除、中止或者延长。",
            remedy="请核对程序文件中的期限，或者撤回扣除、延期。",
        )


def _bad_length(text: str, narrow: str) -> Refused:
    remedy = _HOW_TO_WRITE
    if "工作日" not in narrow and _AMBIGUOUS_DAY.search(narrow):
        # 行政处罚法 art. 85 makes some 日 working days and others not: never guess.
        remedy = f"“日”可能是工作日也可能是自然日，须按所依据的法律写明 wd 或 d。{_HOW_TO_WRITE}"
    shown = text if len(text) <= 30 else f"{text[:30]}…"
    return Refused("bad-length", f"期限“{shown}”看不懂。", remedy=remedy)
