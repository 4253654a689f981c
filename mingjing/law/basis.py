"""The short notation of a legal basis: ``行政处罚法/64(1)``, ``行政处罚法/54-62``, joined by ``; ``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mingjing.kernel import numerals
from mingjing.kernel.refused import Refused

_PLACE = re.compile(
    r"^(?P<article>\d+)(?:之(?P<sub>\d+))?(?:-(?P<last>\d+))?"
    r"(?:\((?P<paragraph>\d+)\))?(?:(?:\[|\(|项)(?P<item>\d+)[\])]?)?$"
)


@dataclass(frozen=True)
class Basis:
    """依据: a statute by its short title, and a place in it; ``article`` is None for the whole statute.

    ``last`` is the final article of a range. ``paragraph`` is the 款; in an article of a single 款 with
    numbered items it counts the 项, because such a 款 is never cited by number.
    """

    statute: str
    article: int | None = None
    sub: int = 0
    last: int | None = None
    paragraph: int | None = None
    item: int | None = None

    def __str__(self) -> str:
        if self.article is None:
            return self.statute
        sub = f"之{self.sub}" if self.sub else ""
        last = f"-{self.last}" if self.last else ""
        paragraph = f"({self.paragraph})" if self.paragraph else ""
        item = f"[{self.item}]" if self.item else ""
        return f"{self.statute}/{self.article}{sub}{last}{paragraph}{item}"

    @property
    def place(self) -> str:
        """The place in words, 第六十四条第一款; empty for the whole statute."""
        if self.article is None:
            return ""
        text = numerals.article(self.article, self.sub)
        if self.last:
            text += f"至{numerals.article(self.last)}"
        if self.paragraph:
            text += f"第{numerals.chinese_number(self.paragraph)}款"
        return text + (f"第（{numerals.chinese_number(self.item)}）项" if self.item else "")

    @property
    def text(self) -> str:
        """The basis as a sentence writes it: 《行政处罚法》第六十四条第一款."""
        return f"《{self.statute}》{self.place}"


def parse(text: str) -> tuple[Basis, ...]:
    """Every provision named by a basis; places of one statute may also be joined by commas.

    Raises: Refused ``bad-basis``.
    """
    parts = [part.strip() for part in re.split(r"[;；]", text) if part.strip()]
    if not parts:
        raise _bad(text)
    return tuple(basis for part in parts for basis in _parse_part(part, text))


def spelled_out(text: str, titles: Mapping[str, str] = MappingProxyType({})) -> str:
    """A basis as a sentence writes it: 《行政处罚法》第六十四条第一款; what is not in the notation stays as it was written.

    ``titles`` are the titles to cite by, by the short title of the notation.
    """
    return "、".join(_spelled(part.strip(), titles) for part in re.split(r"[;；]", text) if part.strip())


def _spelled(part: str, titles: Mapping[str, str]) -> str:
    if "/" not in part:
        return part
    try:
        places = parse(part)
    except Refused:  # a slash in somebody's own words
        return part
    return "、".join(f"《{titles.get(one.statute, one.statute)}》{one.place}" for one in places)


def _parse_part(part: str, whole: str) -> list[Basis]:
    statute, slash, places = part.partition("/")
    statute = statute.strip()
    if not statute or (slash and not places.strip()):
        raise _bad(whole)
    if not slash:
        return [Basis(statute)]
    return [_place(statute, place.strip(), whole) for place in re.split(r"[,，、]", places)]


def _place(statute: str, place: str, whole: str) -> Basis:
    match = _PLACE.match(place)
    if match is None:
        raise _bad(whole)
    number = {key: int(value) for key, value in match.groupdict().items() if value}
    if not all(1 <= value <= 9999 for value in number.values()):
        raise _bad(whole)
    return Basis(
        statute,
        number["article"],
        number.get("sub", 0),
        number.get("last"),
        number.get("paragraph"),
        number.get("item"),
    )


def _bad(text: str) -> Refused:
    return Refused(
        "bad-basis",
        f"依据“{text}”写法不对。",
        remedy="写成“法律简称/条(款)[项]”，例如 行政处罚法/64(1)、行政处罚法/54-62；多个依据用“; ”隔开。",
    )
