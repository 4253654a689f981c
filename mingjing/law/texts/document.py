"""The form that every reader of statute texts produces, and the proof that a text has no holes."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from mingjing.kernel import numerals

# The longest code has 1,260 articles; a larger number is a mistake or an attack.
MOST_ARTICLES = 9_999

_DATE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_PASSED = re.compile(r"通过|修订|修正|修改|公布|发布|签署|令第|批准")
_FROM = re.compile(r"自\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\s*起\s*(?:施行|实施|生效)")
_FROM_HEAD = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日\s*(?:起)?(?:施行|实施)")
_AT_ONCE = re.compile(r"自(?:公布|发布|通过|颁布)之日起(?:施行|实施|生效)")
# Blanks, and the many ways to type a quotation mark or a bracket around a title.
_TYPOGRAPHY = str.maketrans("", "", " \t\n\r“”‘’\"'《》〈〉<>·")
_WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True)
class ArticleText:
    """One article as read: its lines are 款, 项 and 目."""

    number: int
    sub: int
    heading: str
    text: str

    @property
    def label(self) -> str:
        """第一百二十条之二."""
        return numerals.article(self.number, self.sub)


@dataclass(frozen=True)
class Document:
    """One wording of one statute, as a source has it.

    ``dates`` are the days of adoption or promulgation the source gives this wording, the best one first;
    ``in_force_from`` is the day the text itself names, None where it names none or only that of the first
    wording of an amended law. ``repealed`` is what the source says, without a date. ``withheld`` are
    article numbers that are missing or damaged.
    """

    title: str
    dates: tuple[date, ...]
    in_force_from: date | None
    preamble: str
    articles: tuple[ArticleText, ...]
    rank: str
    source: str
    file: str
    issuer: str = ""
    repealed: bool = False
    withheld: tuple[int, ...] = ()

    @property
    def origin(self) -> str:
        """Exactly where the words were read: source and file."""
        return f"{self.source}/{self.file}"

    @cached_property
    def sha256(self) -> str:
        """The digest of the words: articles in order, blanks and the shape of punctuation aside.

        Sources differ in typography only, far more often than in words.
        """
        digest = hashlib.sha256()
        for article in self.articles:
            words = unicodedata.normalize("NFKC", article.text).translate(_TYPOGRAPHY)
            digest.update(f"{article.number}.{article.sub}:{words}\n".encode())
        return digest.hexdigest()


@dataclass(frozen=True)
class Unreadable:
    """A file that gave no statute, and why, in words."""

    file: str
    reason: str


@dataclass
class Draft:
    """A text while it is being read line by line."""

    title: str = ""
    preamble: list[str] = field(default_factory=list)
    articles: list[ArticleText] = field(default_factory=list)


def faults(articles: Sequence[ArticleText], first: int = 1) -> list[str]:
    """Every break in the numbering, in words; empty if the articles run without a gap from ``first``."""
    found = []
    last = (first - 1, 0)
    for article in articles:
        here = (article.number, article.sub)
        if here not in ((last[0] + 1, 0), (last[0], last[1] + 1)):
            found.append(f"应为{numerals.article(last[0] + 1)}，读到{article.label}")
        last = here
    return found


def missing(articles: Iterable[ArticleText]) -> list[int]:
    """The numbers between 1 and the last article that do not occur."""
    present = {article.number for article in articles}
    return [number for number in range(1, max(present, default=0) + 1) if number not in present]


def dates_in(lines: Iterable[str]) -> tuple[date, ...]:
    """Days of adoption, amendment or promulgation in the lines above the first article, latest first."""
    found: set[date | None] = set()
    for line in lines:
        if _PASSED.search(line):
            found.update(_day(*parts) for parts in _DATE.findall(line.translate(_WIDE_DIGITS)))
    return tuple(sorted((day for day in found if day is not None), reverse=True))


def in_force_from(
    preamble: Iterable[str], articles: Sequence[ArticleText], promulgated: date | None
) -> date | None:
    """The day of entry into force that the text names for this very wording, None if it names none.

    An amended law keeps the closing article of its first wording, so a day before the promulgation of this
    wording says nothing about it.
    """
    closing = [article.text for article in articles[-4:]]
    head = [line.translate(_WIDE_DIGITS) for line in preamble]
    tail = [text.translate(_WIDE_DIGITS) for text in closing]
    named = [_day(*parts) for text in (*tail, *head) for parts in _FROM.findall(text)]
    named += [_day(*parts) for text in head for parts in _FROM_HEAD.findall(text)]
    days = [day for day in named if day is not None and (promulgated is None or day >= promulgated)]
    if days:
        return min(days)
    at_once = any(_AT_ONCE.search(text) for text in tail)
    amended = sum(1 for line in head if re.search(r"修订|修正|修改", line)) > 0
    return promulgated if at_once and not amended else None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def rank_of(path_words: str, title: str) -> str:
    """The rank that a folder name or a title gives away; empty where neither does."""
    for words, rank in (
        ("地方性法规", "local_regulation"),
        ("行政法规", "regulation"),
        ("部门规章", "rule"),
        ("司法解释", "interpretation"),
    ):
        if words in path_words:
            return rank
    if title.endswith("宪法"):
        return "constitution"
    if title.endswith(("法", "法典")) and title.startswith("中华人民共和国"):
        return "statute"
    return "regulation" if title.endswith("条例") else ""
