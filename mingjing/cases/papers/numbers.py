"""文号: how the number of a paper is written (GB/T 9704-2012 7.2.5)."""

from __future__ import annotations

import re

from mingjing.kernel.refused import Refused

DEFAULT_PATTERN = "{prefix}{wenzhong}〔{year}〕{seq}号"
_SLOT = re.compile(r"\{(\w+)(?::0(\d))?\}")


def number(prefix: str, wenzhong: str, year: int, seq: int, pattern: str | None = None) -> str:
    """The number of a paper, ``达市监罚〔2026〕12号``.

    By habit of official papers the year has four digits in hexagonal brackets and the serial has no leading
    zeros; an organ that does otherwise gives its own ``pattern`` (second example).
    Refuses ``bad-number`` for a serial below 1, a year that is not four digits, or an unknown slot.

    >>> number("达市监", "罚", 2026, 12)
    '达市监罚〔2026〕12号'
    >>> number("达市监", "罚", 2026, 12, "{prefix}{wenzhong}〔{year}〕{seq:04}号")
    '达市监罚〔2026〕0012号'
    """
    if seq < 1 or not 1000 <= year <= 9999:
        raise Refused("bad-number", f"文号不成立：年份 {year} 应为四位，顺序号 {seq} 应从 1 起")
    values = {"prefix": prefix, "wenzhong": wenzhong, "year": str(year), "seq": str(seq)}

    def write(slot: re.Match[str]) -> str:
        if slot[1] not in values:
            raise Refused(
                "bad-number",
                f"文号格式“{pattern}”中的“{slot[0]}”无法识别",
                remedy="只能使用 {prefix}、{wenzhong}、{year}、{seq} 或补零的 {seq:04}",
            )
        return values[slot[1]].zfill(int(slot[2] or 0))

    return _SLOT.sub(write, pattern or DEFAULT_PATTERN)
