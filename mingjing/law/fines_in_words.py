"""Fines in sentences, as the public and the officers outdoors read them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from mingjing.kernel.fines import BASE_FACTS, FineRule, yuan

SUBJECTS: Mapping[str, str] = {
    "any": "当事人",
    "person": "个人",
    "organization": "单位",
    "responsible": "直接负责的主管人员和其他责任人员",
}


def fine_words(rule: FineRule) -> str:
    """The range of one fine rule as a sentence of the law would put it."""
    if rule.base == "amount":
        said = _amounts(int(rule.least), int(rule.most))
    else:
        title = BASE_FACTS[rule.base][1]
        said = f"{title}{_multiples(rule.least, rule.most)}"
        if rule.floor_fen:
            said += f"（{title}不足{_yuan(rule.floor_fen)}的，按{_yuan(rule.floor_fen)}计算）"
    return f"可以处{said}" if rule.optional else said


def _amounts(least: int, most: int) -> str:
    if least == most:
        return _yuan(most)
    return f"{_yuan(least)}以上{_yuan(most)}以下" if least else f"{_yuan(most)}以下"


def _yuan(fen: int) -> str:
    """Whole ten thousands as the law writes them, 10万元; anything else in full."""
    ten_thousands, rest = divmod(fen, 1_000_000)
    return yuan(fen) if rest or not fen else f"{ten_thousands}万元"


def _multiples(least: Decimal, most: Decimal) -> str:
    low, high = f"{least.normalize():f}", f"{most.normalize():f}"
    if least == most:
        return f"的{low}倍"
    return f"{high}倍以下" if not least else f"{low}倍以上{high}倍以下"
