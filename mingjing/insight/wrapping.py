"""Lines that a typesetter broke: a word of a cue, a name or a number may be torn in two at the end of a line.

Text taken from a PDF, or pasted from a fixed-width program, breaks wherever the line is full. Read line by line,
“微 / 信号：…” is no cue and “法定代 / 表人张某某” names nobody. ``unwrapped`` puts full lines together again and
remembers where each character stood.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

_LEAST_LINES, _LEAST_WIDTH = 2, 24
_FULL = 0.8
"""From this part of the widest line on a line counts as full: letters are of many widths, and signs that may not
begin a line take others with them to the next."""


@dataclass(frozen=True)
class Unwrapped:
    """The text with its full lines put together; ``cuts`` are the places in it before which ``gone`` signs, counted
    from the beginning, were left out."""

    text: str
    cuts: tuple[int, ...]
    gone: tuple[int, ...]

    def back(self, place: int) -> int:
        """Where the sign at this place stood in the original text."""
        at = bisect_right(self.cuts, place)
        return place + (self.gone[at - 1] if at else 0)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a span stood, from its first sign to behind its last."""
        return self.back(start), self.back(end - 1) + 1


def unwrapped(text: str) -> Unwrapped | None:
    """The text with its full lines put together; None where no line is full.

    A line is full that is nearly as wide as the widest of its page, if that is wide at all; the blank that a
    typesetter leaves at its end goes with the break.
    """
    if "\n" not in text:
        return None
    parts, cuts, gone = [], [], []
    length = left_out = 0
    for page in re.split(r"(\f|\n\s*\n)", text):
        lines = page.split("\n")
        widths = [_width(line.rstrip()) for line in lines]
        widest = max(widths)
        for number, line in enumerate(lines):
            last = number == len(lines) - 1
            full = len(lines) >= _LEAST_LINES and widest >= _LEAST_WIDTH and widths[number] >= widest * _FULL
            kept = line if last or not full else line.rstrip()
            kept += "" if last or full else "\n"
            parts.append(kept)
            length += len(kept)
            dropped = len(line) + (not last) - len(kept)
            if dropped:
                left_out += dropped
                cuts.append(length)
                gone.append(left_out)
    return Unwrapped("".join(parts), tuple(cuts), tuple(gone)) if cuts else None


def _width(line: str) -> int:
    """In half widths: signs of Chinese are twice as wide as letters. Source: Unicode UAX #11."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in line)
