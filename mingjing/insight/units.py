"""What is searched in a text: its units, and where the words of a question stand among them.

A text is cut into units: each Chinese character is one, and so is each run of letters or digits. Blanks and
punctuation are none, so they never stand in the way of a search.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"
_UNIT = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+")
SNIPPET_CHARS = 90


@dataclass(frozen=True)
class Unit:
    """A character or a run of letters or figures, and where it stands."""

    word: str
    start: int
    end: int


def units(text: str) -> list[Unit]:
    """The text cut into units, with offsets into the text as given."""
    plain = "".join(_plain(char) for char in text)
    return [Unit(match.group(), match.start(), match.end()) for match in _UNIT.finditer(plain)]


def has_units(text: str) -> bool:
    """Whether there is anything in a text that can be searched: a character, a letter or a figure."""
    return bool(units(text))


def _plain(char: str) -> str:
    """The character in half width and lower case, where that is still one character."""
    narrow = unicodedata.normalize("NFKC", char).lower()
    return narrow if len(narrow) == 1 else char


def words_of(text: str) -> list[list[str]]:
    """The words of a question, each as its units."""
    return [cut for word in text.split() if (cut := [unit.word for unit in units(word)])]


def snippet(text: str, words: list[list[str]]) -> tuple[tuple[str, bool], ...]:
    """The text around the first match, in parts; the parts that match a word are marked True."""
    spans = _matches(units(text), words)
    start = max(0, spans[0][0] - SNIPPET_CHARS // 3) if spans else 0
    end = min(len(text), start + SNIPPET_CHARS)
    parts: list[tuple[str, bool]] = [("…", False)] if start else []
    place = start
    for first, last in spans:
        if first < place or last > end:
            continue
        parts += [(text[place:first], False), (text[first:last], True)]
        place = last
    parts += [(text[place:end], False), ("…" if end < len(text) else "", False)]
    return tuple(part for part in parts if part[0])


def _matches(cut: list[Unit], words: list[list[str]]) -> list[tuple[int, int]]:
    """Where the words stand in a text, in order, without overlaps."""
    found: list[tuple[int, int]] = []
    for word in words:
        size = len(word)
        for place in range(len(cut) - size + 1):
            if all(_same(cut[place + step].word, word[step], size) for step in range(size)):
                found.append((cut[place].start, cut[place + size - 1].end))
    found.sort()
    return [span for number, span in enumerate(found) if not number or span[0] >= found[number - 1][1]]


def _same(unit: str, wanted: str, size: int) -> bool:
    return unit == wanted or (size == 1 and len(wanted) >= 3 and unit.startswith(wanted))
