"""The Latin initials of a Chinese name: ZJS for 张建设.

The 3,755 characters of the first level of GB/T 2312-1980 stand in the order of their sound, so that the place of a
character tells its first letter. Others have none. Where a character has several sounds, the order knows one.
"""

from __future__ import annotations

from bisect import bisect_right

# The first character of each letter, by its place in GB/T 2312.
_FIRST = (
    (0xB0A1, "A"), (0xB0C5, "B"), (0xB2C1, "C"), (0xB4EE, "D"), (0xB6EA, "E"), (0xB7A2, "F"),
    (0xB8C1, "G"), (0xB9FE, "H"), (0xBBF7, "J"), (0xBFA6, "K"), (0xC0AC, "L"), (0xC2E8, "M"),
    (0xC4C3, "N"), (0xC5B6, "O"), (0xC5BE, "P"), (0xC6DA, "Q"), (0xC8BB, "R"), (0xC8F6, "S"),
    (0xCBFA, "T"), (0xCDDA, "W"), (0xCEF4, "X"), (0xD1B9, "Y"), (0xD4D1, "Z"),
)  # fmt: skip
_LAST = 0xD7F9
_STARTS = [code for code, _ in _FIRST]


def initials(name: str) -> str:
    """The initials in capitals, or nothing where a character is not of the first level."""
    letters = [_initial(char) for char in name]
    return "".join(letters) if all(letters) else ""


def _initial(char: str) -> str:
    try:
        code = int.from_bytes(char.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return ""
    return _FIRST[bisect_right(_STARTS, code) - 1][1] if _STARTS[0] <= code <= _LAST else ""
