"""Finding the header of a list: which row names the columns, and which column holds which field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from .cells import Value, as_text, clean_text

HEADER_ROWS = 20
_NOISE = re.compile(r"[\s*＊:：、,，.。_\-—/\\'\"“”‘’]+")
_BRACKETS = re.compile(r"[(（\[【]([^)）\]】]*)[)）\]】]")


@dataclass(frozen=True)
class Column:
    """A field of a list and the names under which it is met; ``required`` ones tell the list from others."""

    field: str
    names: tuple[str, ...]
    required: bool = False
    clean: Callable[[str], str] = clean_text


@dataclass(frozen=True)
class Header:
    """The columns that were recognized: place by field, the words of each place, and units in brackets."""

    row: int
    positions: dict[str, int]
    titles: dict[int, str]
    units: dict[str, str] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The last position that has a title."""
        return max(self.titles, default=-1)

    def repeated_by(self, values: Sequence[Value]) -> bool:
        """Whether a row only repeats the header, as printed lists do on every page."""
        texts = {place: as_text(values[place]) if place < len(values) else "" for place in self.titles}
        return all(plain(texts[place]) == plain(self.titles[place]) for place in self.positions.values())


def plain(text: str) -> str:
    """A column name reduced to what matters: half-width, without blanks, marks and bracketed remarks."""
    narrow = unicodedata.normalize("NFKC", text)
    return _NOISE.sub("", _BRACKETS.sub("", narrow)).lower() or _NOISE.sub("", narrow).lower()


def unit(text: str) -> str:
    """What stands in brackets after a column name, e.g. 万元 in 金额（万元）."""
    match = _BRACKETS.search(unicodedata.normalize("NFKC", text))
    return match.group(1).strip() if match else ""


class Layout:
    """The columns an importer knows, ready to look for."""

    def __init__(self, columns: Iterable[Column], *, least: int = 2) -> None:
        self.columns = tuple(columns)
        self.least = least
        self._fields = {plain(name): column.field for column in self.columns for name in column.names}
        self._required = {column.field for column in self.columns if column.required}

    def score(self, values: Sequence[Value]) -> int:
        """How many different fields the row names."""
        known = (self._fields.get(plain(as_text(value))) for value in values)
        return len({name for name in known if name})

    def header(self, rows: Sequence[tuple[int, list[Value]]]) -> Header | None:
        """The first header among ``rows``: one row, or two where the upper one spans groups of columns."""
        for place, (number, values) in enumerate(rows):
            upper = rows[place - 1][1] if place else []
            single = self._named(number, [as_text(value) for value in values])
            double = self._two_rows(number, upper, values) if upper else single
            header = max(single, double, key=lambda found: len(found.positions))
            if self._suffices(header):
                return self._deeper(header, rows[place : place + 2])
        return None

    def _deeper(self, header: Header, rows: Sequence[tuple[int, list[Value]]]) -> Header:
        """The two-row header that begins with this row, if the row below names further columns."""
        if len(rows) < 2 or not self.score(rows[1][1]):
            return header
        double = self._two_rows(rows[1][0], rows[0][1], rows[1][1])
        return max(header, double, key=lambda found: len(found.positions))

    def _two_rows(self, number: int, upper: Sequence[Value], lower: Sequence[Value]) -> Header:
        width = max(len(upper), len(lower))
        above = [as_text(upper[i]).strip() if i < len(upper) else "" for i in range(width)]
        below = [as_text(lower[i]).strip() if i < len(lower) else "" for i in range(width)]
        group, joined = "", []
        for top, bottom in zip(above, below, strict=True):
            group = top or (group if bottom else "")
            joined.append(f"{group}{bottom}" if bottom else top)
        lower_first = [bottom or top for top, bottom in zip(above, below, strict=True)]
        return self._named(number, joined, second=lower_first)

    def _named(self, number: int, texts: Sequence[str], second: Sequence[str] = ()) -> Header:
        """Match whole titles first, then, for two-row headers, the lower titles that are still free."""
        positions: dict[str, int] = {}
        taken: set[int] = set()
        for titles in (texts, second):
            for place, text in enumerate(titles):
                name = self._fields.get(plain(text)) if text.strip() else None
                if name and name not in positions and place not in taken:
                    positions[name] = place
                    taken.add(place)
        named = {place: clean_text(text) for place, text in enumerate(texts) if text.strip()}
        units = {name: found for name, place in positions.items() if (found := unit(texts[place]))}
        return Header(number, positions, named, units)

    def _suffices(self, header: Header) -> bool:
        return self._required <= header.positions.keys() and len(header.positions) >= self.least
