"""Reading money and dates out of running Chinese text.

Tolerant: what cannot be read is left out, never guessed. Offsets refer to the text as given; amounts are fen.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mingjing.kernel import numerals
from mingjing.kernel.refused import Refused

# One character each, so that offsets survive.
_NARROW = str.maketrans("０１２３４５６７８９．％￥（）", "0123456789.%¥()")

_ARABIC = r"\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
# 1万5千元, 2万3千5百元: figures with the units of speech.
_SPOKEN = r"\d{1,4}万\d千(?:\d百)?"
_WORDS = r"[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]+"
MONEY = (
    rf"(?:{_SPOKEN}|(?:{_ARABIC})\s?[百千万亿]{{0,2}}|{_WORDS})[余多]?\s?[元圆块]"
    rf"(?:[零壹贰叁肆伍陆柒捌玖一二三四五六七八九]角)?(?:零?[壹贰叁肆伍陆柒捌玖一二三四五六七八九]分)?[整正]?"
)
_SPOKEN_SUM = re.compile(r"(?P<wan>\d{1,4})万(?P<qian>\d)千(?:(?P<bai>\d)百)?[元圆块][整正]?")
_UNITS = {"百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}

# 2015年1-12月 is a span of months and 2021年10月2执法队员 a slip: a day needs its marks.
_FULL = re.compile(
    r"(?P<year>(?:19|20)\d{2})\s?年\s?(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})(?!\d)(?:\s?[日号]|(?=[\s，,。；;、)]|$))"
)
_DIGITS = re.compile(
    r"(?<![\d.])(?P<year>(?:19|20)\d{2})(?P<mark>[-./])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)日?"
)
_SPAN = re.compile(
    r"(?P<year>(?:19|20)\d{2})\s?年\s?\d{1,2}\s?月?\s?[-—~至到]\s?(?P<month>\d{1,2})\s?月(?!\s?\d{1,2}\s?[日号])"
)
_MONTH = re.compile(r"(?P<year>(?:19|20)\d{2})\s?年\s?(?P<month>\d{1,2})\s?月")
_YEAR = re.compile(r"(?P<year>(?:19|20)\d{2})\s?年度?")
_WRITTEN = re.compile(
    r"(?P<year>[〇零一二三四五六七八九]{4})年(?P<month>[一二三四五六七八九十]{1,2})月"
    r"(?P<day>[一二三四五六七八九十]{1,3})日"
)


@dataclass(frozen=True)
class Money:
    """An amount and where it stands; ``about`` where its 元 is missing."""

    start: int
    end: int
    text: str
    fen: int
    about: bool = False


@dataclass(frozen=True)
class Day:
    """A date and where it stands; ``precision`` is day, month or year, ``on`` the last day it may mean."""

    start: int
    end: int
    text: str
    on: date
    precision: str


def narrow(text: str) -> str:
    """The text with full-width digits and brackets made half-width, character for character."""
    return text.translate(_NARROW)


def fen_of(words: str) -> int | None:
    """The amount that figures or words name, in fen, or None: 1.5万元, 428，532.10元, 伍仟元整."""
    tidy = narrow(words).replace("，", ",").replace(" ", "").replace("余", "").replace("多", "")
    if spoken := _SPOKEN_SUM.fullmatch(tidy):
        return (
            int(spoken["wan"]) * 10_000 + int(spoken["qian"]) * 1_000 + int(spoken["bai"] or 0) * 100
        ) * 100
    match = re.fullmatch(r"(?P<number>[\d,]+(?:\.\d+)?)(?P<units>[百千万亿]{2})[元圆块].*", tidy)
    try:
        if match:  # 3百万元: two units, which nobody types into a form but statutes of old print
            scale = _UNITS[match["units"][0]] * _UNITS[match["units"][1]]
            return int(Decimal(match["number"].replace(",", "")) * scale * 100)
        return numerals.parse_yuan(tidy)
    except Refused:
        return None


def dates_in(text: str) -> list[Day]:
    """Every date in the text, in order; a date that does not exist (2月30日) is left out."""
    plain = narrow(text)
    found: list[Day] = []
    for pattern in (_FULL, _DIGITS, _WRITTEN, _SPAN, _MONTH, _YEAR):
        for match in pattern.finditer(plain):
            day = _day(match)
            if day is not None and not any(
                other.start < day.end and day.start < other.end for other in found
            ):
                found.append(day)
    return sorted(found, key=lambda day: day.start)


def _day(match: re.Match[str]) -> Day | None:
    parts = match.groupdict()
    try:
        year = _year(parts["year"])
        month = _number(parts.get("month"))
        day = _number(parts.get("day"))
        last = date(year, month or 12, day or monthrange(year, month or 12)[1])
    except (ValueError, Refused):
        return None
    precision = "day" if day else "month" if month else "year"
    return Day(match.start(), match.end(), match.group(), last, precision)


def _year(text: str) -> int:
    return int(text) if text.isdigit() else int("".join(str(numerals.number_of(char)) for char in text))


def _number(text: str | None) -> int | None:
    return None if text is None else numerals.number_of(text)
