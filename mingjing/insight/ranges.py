"""The range of a fine as a provision words it: 处货值金额十倍以上二十倍以下罚款.

Reads the sentence; whether the fine fits is judged in ``kernel.fines``. Tolerant: a sentence that holds no
range gives none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from mingjing.kernel import numerals
from mingjing.kernel.refused import Refused

from .amounts import fen_of, narrow

_FIGURE = r"\d[\d,]*(?:\.\d+)?"
_WORD = r"[零一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]+"
_NUMBER = rf"(?:{_FIGURE}\s?[千万亿]{{0,2}}|{_WORD})"
_TIMES = rf"(?:{_FIGURE}|{_WORD})\s?倍|百分之(?:{_FIGURE}|{_WORD})|{_FIGURE}\s?%"
_MONEY = rf"{_NUMBER}\s?元"
# A range is one only where a fine follows; 一万元以上的部分 and 一万元以下的，… are conditions.
_FOLLOWED = r"(?=\s*(?:的标准|标准)?(?:的|之)?(?:标准)?(?:计算)?[,，]?\s*(?:并?处以?)?(?:罚款|$))"

_RANGE = re.compile(
    rf"(?P<low>{_MONEY}|{_TIMES}|{_NUMBER})\s?(?:以上[,，]?|至|到|-|—|–|~|～)\s?"
    rf"(?P<high>{_MONEY}|{_TIMES})(?:以下)?{_FOLLOWED}"
    rf"|(?P<most>{_MONEY}|{_TIMES})\s?以下{_FOLLOWED}"
    rf"|(?P<exact>{_MONEY}|{_TIMES})(?=(?:的|之)?罚款)"
)
_FLOOR = re.compile(rf"不足(?P<under>{_MONEY})的?[,，]\s?(?:均|一律)?按照?(?P<floor>{_MONEY})(?:计算|计)")
_PER = re.compile(
    r"每(?:使用一?1?名|平方米|立方米|平方|人次|人|吨|公斤|千克|日|天|月|辆|株|台|份|次|名|户|件|头|只|个)"
)
_BELOW = re.compile(rf"货值(?:金额)?(?:不足|不满|在?)(?P<below>{_MONEY})(?P<or>以下)?")
_FROM = re.compile(rf"货值(?:金额)?(?:达到|在)?(?P<from>{_MONEY})以上")
_BASES = (
    ("premium", re.compile(r"保险费|保费")),
    ("goods", re.compile(r"货值")),
    ("gains", re.compile(r"违法所得|非法所得|违法收入")),
)
_SUBJECTS = (
    ("responsible", re.compile(r"直接负责|责任人员|主要负责人|法定代表人|主管人员|负责人")),
    ("person", re.compile(r"个人|公民|自然人|从业人员|居民|行人|养犬人|驾驶人")),
    ("organization", re.compile(r"单位|企业|公司|法人|机构|经营者")),
)
_BARE_SUBJECT = re.compile(r"(?:个人|单位)(?=(?:每次|可以)?(?:并?处|$))")
_CLAUSE_END = re.compile(r"[;；。|\n]")
_LEAD_IN = re.compile(r"[,，、]?\s*(?:并|可以|可|单|应当|由[^，]*?)*\s*处?(?:以|于)?\s*$")


_EDGES = " ,，、:：。"


@dataclass(frozen=True)
class FineRange:
    """One range: ``least`` and ``most`` are fen where ``base`` is amount, and multiples of the base otherwise.

    ``base`` is amount, goods, gains, premium, or other; for ``other`` and for ranges per piece (``per``:
    每平方米) no sum can be reckoned without more facts, so they are kept in words only. ``condition`` is the
    wording before the range, ``text`` the range itself.
    """

    base: str
    least: Decimal
    most: Decimal
    subject: str
    condition: str
    text: str
    per: str = ""
    floor_fen: int = 0
    goods_from_fen: int | None = None
    goods_below_fen: int | None = None
    optional: bool = False

    @property
    def reckonable(self) -> bool:
        """Whether the range can be checked against a fine by arithmetic."""
        return self.base != "other" and not self.per


def ranges_in(text: str) -> tuple[FineRange, ...]:
    """Every range of a fine that the wording holds, in order."""
    found: list[FineRange] = []
    for clause in _CLAUSE_END.split(narrow(text)):
        found = _with_floor([*found, *_clause(clause)], clause)
    return tuple(found)


def _clause(clause: str) -> list[FineRange]:
    found: list[FineRange] = []
    begin = 0
    subject = "any"
    for match in _RANGE.finditer(clause):
        lead = clause[begin : match.start()]
        subject = _subject(lead) or subject
        one = _range(match, lead, subject)
        if one is not None:
            found.append(one)
        begin = match.end()
    return found


def _range(match: re.Match[str], lead: str, subject: str) -> FineRange | None:
    low = match["low"] or match["exact"]
    high = match["high"] or match["most"] or match["exact"]
    multiple = _is_multiple(high)
    least = _value(_with_unit(low, high), multiple) if low else Decimal(0)
    most = _value(high, multiple)
    if least is None or most is None or least > most:
        return None
    tail = lead[-24:]
    base = next((name for name, words in _BASES if words.search(tail)), "other") if multiple else "amount"
    per = _PER.search(lead[-8:])
    below, above = _BELOW.search(lead), _FROM.search(lead)
    return FineRange(
        base=base,
        least=least,
        most=most,
        subject=subject,
        condition=_LEAD_IN.sub("", lead)
        .strip(_EDGES)
        .removeprefix("的罚款")
        .removeprefix("罚款")
        .strip(_EDGES),
        text=match.group().strip(),
        per=per.group() if per else "",
        goods_from_fen=fen_of(above["from"]) if above else None,
        goods_below_fen=fen_of(below["below"]) if below and not above else None,
        optional="可以" in tail or "可处" in tail or "可并处" in tail,
    )


def _with_unit(low: str, high: str) -> str:
    """1000-3000元, 二至五倍: the lower end borrows the unit of the upper."""
    if low.rstrip().endswith(("元", "倍", "%")) or low.startswith("百分之"):
        return low
    if high.startswith("百分之"):
        return f"百分之{low}"
    unit = re.search(r"(?:[千万亿]{0,2}元|倍|%)$", high)
    return low + (unit.group() if unit and low[-1].isdigit() else high[-1])


def _is_multiple(words: str) -> bool:
    return words.rstrip().endswith(("倍", "%")) or words.startswith("百分之")


def _value(words: str, multiple: bool) -> Decimal | None:
    if not multiple:
        fen = fen_of(words)
        return None if fen is None else Decimal(fen)
    percent = words.startswith("百分之") or words.rstrip().endswith("%")
    figure = words.removeprefix("百分之").rstrip(" %倍").replace(",", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", figure):
        number = Decimal(figure)
    else:
        try:
            number = Decimal(numerals.number_of(figure))
        except Refused:
            return None
    return number / 100 if percent else number


def _subject(lead: str) -> str:
    """Whom the nearest 对… before the range names; nothing where nobody is named."""
    place = lead.rfind("对")
    named = lead[place:] if place >= 0 else "".join(_BARE_SUBJECT.findall(lead)[-1:])
    return next((name for name, words in _SUBJECTS if words.search(named)), "")


def _with_floor(found: list[FineRange], clause: str) -> list[FineRange]:
    """Give the last multiple its floor: 货值金额不足十万元的，按十万元计算."""
    match = _FLOOR.search(clause)
    floor = fen_of(match["floor"]) if match else None
    if floor is None:
        return found
    for place in range(len(found) - 1, -1, -1):
        if found[place].base in ("goods", "gains"):
            return [*found[:place], replace(found[place], floor_fen=floor), *found[place + 1 :]]
    return found
