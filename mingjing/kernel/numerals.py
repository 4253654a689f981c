"""Numbers as Chinese papers write them: money in capitals, dates, and the numbering of articles.

Capitals follow the annex of 支付结算办法 (correct filling of bills): 整 after 元 only, one 零 for any run of
zeros inside, none where a run ends at 万 or 元. Money is integer fen everywhere; only :func:`parse_yuan`
reads what people type.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from mingjing.kernel.refused import Refused

CAPITALS = "零壹贰叁肆伍陆柒捌玖"
DIGITS = "零一二三四五六七八九"
CAPITAL_UNITS = ("", "拾", "佰", "仟")
UNITS = ("", "十", "百", "千")

# 9999 万亿元 and 99 分: one group more than any budget.
MOST_FEN = 10**18 - 1

# Everything people write for a digit or a unit -> the plain form that number_of reads.
_PLAIN = str.maketrans(
    "〇○壹弌贰弐貳叁叄参參肆伍陆陸柒捌玖拾佰仟萬億两兩", "零零一一二二二三三三三四五六六七八九十百千万亿二二"
)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_VALUES = {char: value for value, char in enumerate(DIGITS)}
_WEIGHTS = {"十": 10, "百": 100, "千": 1000}

_ARABIC = re.compile(r"(?P<number>[0-9,]+(?:\.[0-9]*)?|\.[0-9]+)(?P<unit>亿|万|千|百)?(?:元)?(?:整|正)?")
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+")
_UNIT_YUAN = {None: 1, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_CHINESE = re.compile(
    r"(?:(?P<yuan>[零一二三四五六七八九十百千万亿]+)元)?零?(?:(?P<jiao>[一二三四五六七八九])角)?零?(?:(?P<fen>[一二三四五六七八九])分)?[整正]?"
)
_ARTICLE = re.compile(
    r"第(?P<number>[0-9]+|[零一二三四五六七八九十百千万]+)条(?:之(?P<suffix>[0-9]+|[一二三四五六七八九十]+))?"
)


class Article(NamedTuple):
    """The number of an article: 第一百二十条之二 is ``Article(120, 2)``; without 之, the suffix is 0."""

    number: int
    suffix: int = 0


def capital_money(fen: int) -> str:
    """The amount in capital characters, as on papers that move money: 500000 fen is 伍仟元整.

    Raises ``Refused("bad-amount")`` for a negative amount and for one of a hundred million 亿 or more.
    """
    _require_amount(fen)
    yuan, cents = divmod(fen, 100)
    jiao, rest = divmod(cents, 10)
    if not cents:
        return f"{_read(yuan, CAPITALS, CAPITAL_UNITS)}元整"
    parts = [f"{_read(yuan, CAPITALS, CAPITAL_UNITS)}元"] if yuan else []
    if jiao:
        parts.append(f"{CAPITALS[jiao]}角")
    elif yuan:
        parts.append("零")
    if rest:
        parts.append(f"{CAPITALS[rest]}分")
    return "".join(parts)


def money(fen: int) -> str:
    """The amount in figures with thousands separated and two decimals: 500000 fen is ``5,000.00``."""
    sign = "-" if fen < 0 else ""
    yuan, cents = divmod(abs(fen), 100)
    return f"{sign}{yuan:,}.{cents:02d}"


def plain_date(day: date) -> str:
    """The date in running text: 2026年3月12日."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_number(number: int) -> str:
    """A whole number in words: 12 is 十二, 1054 is 一千零五十四. Raises ``Refused("bad-number")``."""
    if not 0 <= number < 10**16:
        raise Refused("bad-number", f"{number} 不能写成中文数字。", remedy="请用零到一万万亿以内的整数。")
    words = _read(number, DIGITS, UNITS)
    return words[1:] if words.startswith("一十") else words


def number_of(words: str) -> int:
    """The whole number that Chinese words (plain or capital) or Arabic figures name.

    Strict: words must read as :func:`chinese_number` would write them, save that 〇, 两, capitals, a leading
    一 before 十 and an optional 零 after 万 or 亿 are accepted; 二百五 is ambiguous and refused.
    Raises ``Refused("bad-number")``.
    """
    text = _narrow(words).translate(_PLAIN)
    if re.fullmatch(r"[0-9]{1,16}", text):
        return int(text)
    number = (
        _value(text) if len(text) <= 40 and re.fullmatch(r"[零一二三四五六七八九十百千万亿]+", text) else None
    )
    if number is None or not _reads_as(text, number):
        hint = (
            f"；{number} 应写作“{chinese_number(number)}”" if number is not None and number < 10**16 else ""
        )
        raise Refused(
            "bad-number", f"“{_short(words)}”不是规范的数字{hint}。", remedy="请写成“一百二十四”或“124”。"
        )
    return number


def article(number: int, suffix: int = 0) -> str:
    """How a statute numbers an article: 第一百二十四条, with a suffix 第一百二十条之二."""
    return f"第{chinese_number(number)}条" + (f"之{chinese_number(suffix)}" if suffix else "")


def article_number(words: str) -> Article:
    """The number in 第一百二十条之二 or 第120条. Raises ``Refused("bad-article")``."""
    match = _ARTICLE.fullmatch(_narrow(words).translate(_PLAIN))
    if match is None:
        raise Refused(
            "bad-article", f"“{_short(words)}”不是条文序号。", remedy="请写成“第一百二十四条”或“第124条”。"
        )
    suffix = match["suffix"]
    return Article(number_of(match["number"]), number_of(suffix) if suffix else 0)


def parse_yuan(text: str) -> int:
    """What a person typed as an amount of yuan, in fen.

    Understands full-width figures, thousands separators, a currency sign, 万元 and 亿元, and Chinese words in
    plain or capital characters. Refuses rather than guesses: negative amounts, parts of a fen, irregular
    separators, mixed figures and words. Raises ``Refused("bad-amount")``.
    """
    cleaned = _narrow(text).translate(_PLAIN).replace("圆", "元").replace("块", "元").replace("毛", "角")
    cleaned = re.sub(r"^(人民币|RMB|CNY)?[¥￥]?(人民币)?", "", cleaned, flags=re.IGNORECASE)
    if not cleaned:
        raise _bad_amount(text, "没有填写数额")
    if cleaned[0] in "-−–负":
        raise _bad_amount(text, "数额不能是负数")
    if match := _ARABIC.fullmatch(cleaned):
        return _arabic_fen(text, match)
    if match := _CHINESE.fullmatch(cleaned):
        return _chinese_fen(text, match)
    if re.fullmatch(r"[零一二三四五六七八九十百千万亿]+", cleaned):
        return _chinese_fen(text, _CHINESE.fullmatch(f"{cleaned}元"))
    raise _bad_amount(text, "不是能识别的数额")


def _arabic_fen(text: str, match: re.Match[str]) -> int:
    whole, _, decimals = match["number"].partition(".")
    if "," in whole and not _GROUPED.fullmatch(whole):
        raise _bad_amount(text, "逗号没有按三位一节书写")
    if len(match["number"]) > 40:
        raise _bad_amount(text, "数字过长")
    fen = Decimal(f"{whole.replace(',', '') or '0'}.{decimals or '0'}") * _UNIT_YUAN[match["unit"]] * 100
    if fen != fen.to_integral_value():
        raise _bad_amount(text, "数额不足一分的部分无法记账，小数最多到分")
    if fen > MOST_FEN:
        raise _bad_amount(text, "数额过大")
    return int(fen)


def _chinese_fen(text: str, match: re.Match[str] | None) -> int:
    if match is None or not (match["yuan"] or match["jiao"] or match["fen"]):
        raise _bad_amount(text, "不是能识别的数额")
    try:
        yuan = number_of(match["yuan"]) if match["yuan"] else 0
    except Refused as refusal:
        raise _bad_amount(text, refusal.reason.rstrip("。")) from refusal
    jiao, fen = (_VALUES[match[key]] if match[key] else 0 for key in ("jiao", "fen"))
    if yuan >= 10**16:
        raise _bad_amount(text, "数额过大")
    return yuan * 100 + jiao * 10 + fen


def _read(number: int, digits: str, units: tuple[str, ...]) -> str:
    """Read a number aloud: by 亿, then 万, then four digits."""
    if number == 0:
        return digits[0]
    for size, name in ((10**8, "亿"), (10**4, "万")):
        if number >= size:
            high, low = divmod(number, size)
            # A missing thousand leaves a gap that 零 closes: 一万零五百, but 十万七千.
            gap = digits[0] if 0 < low < size // 10 else ""
            return f"{_read(high, digits, units)}{name}{gap}{_read(low, digits, units) if low else ''}"
    return _read_below_ten_thousand(number, digits, units)


def _read_below_ten_thousand(number: int, digits: str, units: tuple[str, ...]) -> str:
    words, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            words += (digits[0] if gap and words else "") + digits[digit] + units[place]
        gap = not digit
    return words


def _value(text: str) -> int | None:
    """Add up the words, without judging whether they are well formed; None when nothing can be added up."""
    for size, name in ((10**8, "亿"), (10**4, "万")):
        if name in text:
            head, _, tail = text.rpartition(name)
            high, low = _value(head), _value(tail) if tail else 0
            return None if high is None or low is None else high * size + low
    total, digit = 0, 0
    for char in text:
        if char in _WEIGHTS:
            total += (digit or 1) * _WEIGHTS[char]
            digit = 0
        else:
            digit = _VALUES[char]
    return total + digit if text else None


def _reads_as(text: str, number: int) -> bool:
    if number >= 10**16:
        return False
    pattern = re.sub("([万亿])(?!零|$)", r"\1零?", _read(number, DIGITS, UNITS))
    full = f"一{text}" if text.startswith("十") else text
    return re.fullmatch(pattern, full) is not None


def _require_amount(fen: int) -> None:
    if fen < 0:
        raise Refused(
            "bad-amount", f"金额 {money(fen)} 元是负数，不能写成大写。", remedy="请填写零以上的金额。"
        )
    if fen > MOST_FEN:
        raise Refused("bad-amount", f"金额 {money(fen)} 元过大，不能写成大写。", remedy="请核对金额。")


def _narrow(text: str) -> str:
    return "".join(text.translate(_FULL_WIDTH).split())


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:30]}…"


def _bad_amount(text: str, why: str) -> Refused:
    return Refused(
        "bad-amount",
        f"金额“{_short(text)}”：{why}。",
        remedy="请写成 5000、5,000.00、0.5万元 或 伍仟元整。",
    )
