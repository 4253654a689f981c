"""Sentences that are hard to read because they are long. Source: 达州三项制度方案/1(2) (通俗易懂)."""

from __future__ import annotations

import re

# A full stop, question or exclamation mark, a semicolon or the end of a line ends what is read in one breath.
_ENDS = re.compile(r"[。！？；\n]")


def long_sentences(text: str, longest: int) -> list[str]:
    """The sentences of more than ``longest`` characters, without their stops, in order."""
    return [one for one in map(str.strip, _ENDS.split(text)) if len(one) > longest]
