"""Finding the header of a list: which row names the columns, and which column holds which field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from .cells import Value, as_text, clean_text

HEADER_ROWS = 20
MAX_TITLE = 100
_NOISE = re.compile(r"[\s*＊:：、,，.。_\-—/\\'\"“”‘’]+")
_BRACKETS = re.compile(r"[(（\[【]([^)）\]】]*)[)）\]】]")


# 统一社会信用代码/注册号, 姓名或名称: one column under several names.
_EITHER = re.compile(r"[/／、|]|或者?|及|和|与")


@dataclass(frozen=True)
class Column:
    """A field of a list and the names under which it is met; ``required`` ones tell the list from others.

    Names stand in order of preference, for lists that have several such columns. ``vague`` names (名称, 类别)
    are those of any list: they count, but do not tell what the list is.
    """

    field: str
    names: tuple[str, ...]
    required: bool = False
    clean: Callable[[str], str] = clean_text
    vague: tuple[str, ...] = ()


@dataclass(frozen=True)
class Header:
    """The columns that were recognized: place by field, the words of each place, and units in brackets.

    ``others`` are further places of a field, best first: they are read where the first one is empty.
    """

    row: int
    positions: dict[str, int]
    titles: dict[int, str]
    units: dict[str, str] = field(default_factory=dict)
    others: dict[str, tuple[int, ...]] = field(default_factory=dict)
    telling: bool = True

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
        # Plain name -> field, preference within the field, and whether the name tells what the list is.
        self._known: dict[str, tuple[str, int, bool]] = {}
        for column in self.columns:
            for rank, name in enumerate((*column.names, *column.vague)):
                self._known.setdefault(plain(name), (column.field, rank, rank < len(column.names)))
        self._required = {column.field for column in self.columns if column.required}

    def score(self, values: Sequence[Value]) -> int:
        """How many different fields the row names."""
        known = (self._find(as_text(value)) for value in values)
        return len({found[0] for found in known if found})

    def _find(self, title: str) -> tuple[str, int, bool] | None:
        """The field that a title names, whole or in parts that all name the same one."""
        if not title.strip() or len(title) > MAX_TITLE:
            return None
        whole = self._known.get(plain(title))
        if whole is not None:
            return whole
        parts = [self._known.get(plain(part)) for part in _EITHER.split(title)]
        known = [part for part in parts if part is not None]
        alike = len(parts) > 1 and len(known) == len(parts) and len({part[0] for part in known}) == 1
        return min(known, key=lambda part: part[1]) if alike else self._remarked(title)

    def _remarked(self, title: str) -> tuple[str, int, bool] | None:
        """The field that only the remark names: 行政相对人代码_2（组织机构代码）."""
        remark = unit(title)
        found = self._known.get(plain(remark)) if remark else None
        return found if found is not None and found[2] else None

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
        again = not header.repeated_by(rows[1][1]) and self.names_again(header, rows[1][1])
        if again and len(double.positions) == len(header.positions):
            return double  # codes above their names: the lower row is no data, and may tell units
        return max(header, double, key=lambda found: len(found.positions))

    def names_again(self, header: Header, values: Sequence[Value]) -> bool:
        """Whether a row is a second header, in other words: each of its cells names the field it stands under."""
        named = 0
        for name, place in header.positions.items():
            text = as_text(values[place]) if place < len(values) else ""
            if not text.strip():
                continue
            found = self._find(text)
            if found is None or found[0] != name:
                return False
            named += 1
        return named >= self.least

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
        places: dict[str, list[tuple[int, int, int]]] = {}
        taken: set[int] = set()
        telling = False
        for turn, titles in enumerate((texts, second)):
            for place, text in enumerate(titles):
                found = self._find(text) if place not in taken else None
                if found is not None and (turn == 0 or found[0] not in places):
                    places.setdefault(found[0], []).append((turn, found[1], place))
                    taken.add(place)
                    telling = telling or found[2]
        ordered = {name: tuple(place for _, _, place in sorted(found)) for name, found in places.items()}
        positions = {name: found[0] for name, found in ordered.items()}
        named = {place: clean_text(text) for place, text in enumerate(texts) if text.strip()}
        units = {name: word for name, place in positions.items() if (word := unit(texts[place]))}
        others = {name: more[1:] for name, more in ordered.items() if len(more) > 1}
        return Header(number, positions, named, units, others, telling)

    def _suffices(self, header: Header) -> bool:
        known = self._required <= header.positions.keys() and len(header.positions) >= self.least
        return known and header.telling
