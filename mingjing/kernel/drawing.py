"""随机抽取: who is drawn follows from the pool and the seed alone, so that anybody can draw again and compare.

Each line of the pool gets a number from SHA-256 over seed and line; the smallest numbers are drawn. A weight
in the last cell (风险权重) makes a line as many times likelier (Efraimidis and Spirakis 2006). Pure.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence

from mingjing.kernel.refused import Refused

CELLS = 3  # name, code, weight
MOST_WEIGHT = 100
_BITS = 52  # of the hash that make the number: what a float holds exactly
_BASIS = "国办发〔2024〕54号; 民营经济促进法/52"


def lines_of(pool: str) -> tuple[str, ...]:
    """The lines of a pool as somebody typed them, blanks around cells and empty lines removed."""
    rows = (
        "|".join(cell.strip() for cell in line.replace("｜", "|").split("|")) for line in pool.splitlines()
    )
    return tuple(row for row in rows if row.strip("|"))


def name_of(line: str) -> str:
    """Whom a line names: its first cell."""
    return line.split("|")[0].strip()


def digest(pool: str) -> str:
    """The hash that names this very pool."""
    return hashlib.sha256("\n".join(lines_of(pool)).encode()).hexdigest()


def draw(pool: str, count: int, seed: str) -> tuple[str, ...]:
    """``count`` lines of the pool, drawn by ``seed``, in the order drawn.

    Raises: Refused ``bad-pool`` where somebody stands in it twice, where a weight is no weight, or where there
    are fewer lines than are to be drawn.
    """
    lines = lines_of(pool)
    _check(lines, count)
    return tuple(sorted(lines, key=lambda line: (_number(seed, line), line))[:count])


def _check(lines: Sequence[str], count: int) -> None:
    twice = [name for name, times in Counter(map(name_of, lines)).items() if times > 1]
    if twice:
        raise _bad(f"名录中“{twice[0]}”出现了不止一次，机会不均等。", "请删去重复的一行。")
    if count < 1:
        raise _bad("抽取数量至少为 1。", "请填写抽取数量。")
    if count > len(lines):
        raise _bad(f"名录有 {len(lines)} 行，不能从中抽取 {count} 个。", "请补全名录，或者减少抽取数量。")


def _number(seed: str, line: str) -> float:
    found = int.from_bytes(hashlib.sha256(f"{seed}\n{line}".encode()).digest(), "big")
    share = ((found >> (256 - _BITS)) + 0.5) / (1 << _BITS)  # between 0 and 1, neither of them
    return -math.log(share) / _weight(line)


def _weight(line: str) -> int:
    cells = line.split("|")
    if len(cells) < CELLS or not cells[-1]:
        return 1
    if not cells[-1].isdecimal() or not 1 <= int(cells[-1]) <= MOST_WEIGHT:
        raise _bad(
            f"“{name_of(line)}”的风险权重“{cells[-1]}”不是 1 至 {MOST_WEIGHT} 的整数。",
            "请更正权重，没有权重的留空。",
        )
    return int(cells[-1])


def _bad(reason: str, remedy: str) -> Refused:
    return Refused("bad-pool", reason, basis=_BASIS, remedy=remedy)
