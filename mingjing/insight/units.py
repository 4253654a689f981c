"""What is searched in a text: its units.

A text is cut into units: each Chinese character is one, and so is each run of letters or digits. Blanks and
punctuation are none, so they never stand in the way of a search.
"""

from __future__ import annotations

import re
import unicodedata

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"
_UNIT = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+")


def units(text: str) -> list[str]:
    """The text cut into units, in half width and lower case."""
    return _UNIT.findall("".join(map(_plain, text)))


def has_units(text: str) -> bool:
    """Whether there is anything in a text that can be searched: a character, a letter or a figure."""
    return bool(units(text))


def words_of(text: str) -> list[list[str]]:
    """The words of a question, each as its units."""
    return [cut for word in text.split() if (cut := units(word))]


def _plain(char: str) -> str:
    """The character in half width and lower case, where that is still one character."""
    narrow = unicodedata.normalize("NFKC", char).lower()
    return narrow if len(narrow) == 1 else char
