"""JSON from outside, held to what the platform can work with and a database can keep.

Whatever is wrong with a text, ``read`` raises ``ValueError`` and nothing else. Source: RFC 8259; RFC 7493 (I-JSON).
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def read(text: str | bytes, *, any_number: bool = False) -> Any:
    """What the text says; ``any_number`` lets NaN and Infinity stand, which some services send.

    Raises ``ValueError`` also for what ``json`` takes in and others choke on: nesting deeper than the reader goes,
    numbers that are none or beyond all measure, a NUL, and halves of characters.
    """
    if isinstance(text, bytes):
        text = text.decode()
    try:
        strict: dict[str, Any] = {} if any_number else {"parse_constant": _no_number, "parse_float": _finite}
        told = json.loads(text, **strict)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if "\\u" in text:
        _require_whole(text, told)
    return told


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _finite(text: str) -> float:
    found = float(text)
    if not math.isfinite(found):
        raise ValueError("a number beyond all measure")
    return found


def _require_whole(text: str, told: Any) -> None:
    if _NUL.search(text):
        raise ValueError("a NUL")
    json.dumps(told, ensure_ascii=False).encode()  # UnicodeEncodeError, a ValueError, for half of a character
