"""What the operative part of a decision orders: kinds of penalty, fines, confiscations.

Reads words, judges nothing. Source of the kinds: 行政处罚法 art. 9; of what is no penalty: art. 28.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .amounts import MONEY, Money, fen_of, narrow

# From light to heavy, with the words by which each is ordered.
PENALTIES: tuple[tuple[str, str], ...] = (
    ("警告", r"警告"),
    ("通报批评", r"通报批评"),
    ("罚款", r"罚款|罚(?=(?:人民币|¥)?\d)"),
    (
        "没收违法所得",
        r"没收.{0,8}?违法所得|没收.{0,6}?(?:非法所得|违法收入)|违法所得[^，。；]{0,12}?(?:予以|依法)没收",
    ),
    ("没收非法财物", r"没收(?!.{0,8}?违法所得|.{0,6}?(?:非法所得|违法收入))|收缴(?:非法|违法|机动车)"),
    ("暂扣许可证件", r"暂扣[^，。；]{0,40}?(?:证|执照|许可)|暂停.{0,8}?执业"),
    ("降低资质等级", r"降低.{0,4}?资质"),
    ("吊销许可证件", r"吊销|撤销.{0,6}?(?:许可|登记|资格)|取消.{0,6}?(?:资质|资格)"),
    (
        "限制开展生产经营活动",
        r"限制.{0,4}?生产|限制开展|(?:责令)?停止.{0,6}?(?:执业|经营|运输|作业|使用|业务)",
    ),
    ("责令停产停业", r"停产停业|停业整顿|停工整顿|责令停业|责令停产|责令.{0,2}停止营业"),
    ("责令关闭", r"责令关闭|予以取缔|责令关停"),
    ("限制从业", r"限制从业|职业禁止|行业禁入|(?:年内|终身)不得(?:从事|担任|重新|申请)"),
    ("行政拘留", r"(?<!司法)(?<!刑事)拘留"),
)
# Ordered together with penalties, yet no penalties themselves.
MEASURES: tuple[tuple[str, str], ...] = (
    (
        "责令改正",
        r"责令[^，。；]{0,40}?(?:改正|整改|纠正|停止违法|停止发布|补办|补足|退还|退回|拆除|恢复|消除|清除|清理)",
    ),
    ("责令支付", r"责令[^，。；]{0,8}?支付|加付.{0,6}?赔偿金"),
    ("追缴税款", r"追缴|补缴"),
    ("加收滞纳金", r"滞纳金"),
    ("赔偿损失", r"赔偿.{0,4}?损失"),
    ("恢复原状", r"恢复原状|采取补救措施"),
    ("强制拆除", r"强制拆除|排除妨碍"),
    ("扣留", r"扣留"),
)
_SPARED = re.compile(r"(?:不予|免予|免于)(?:行政)?处罚")
_BETWEEN = (
    r"(?:[，,]?即)?(?:合计|共计|总计|累计|共)?(?:金额)?(?:合计|共计|总计|计|为|总额为?|数额为?|各)?(?:金额)?"
    r"(?:人民币?|¥)?[:：(]?\s?"
)
# A figure whose 元 was forgotten (2000整) or stands behind a bracket (2618177.76（…）元).
_BARE = r"\d[\d,，]*(?:\.\d+)?(?=\s?(?:整|\([^()]{0,40}\)元|[，。；]|$))"
_FINE_THEN_MONEY = re.compile(
    rf"(?P<lead>[^，。；]{{0,6}})罚款?(?P<between>{_BETWEEN})(?:(?P<amount>{MONEY})|(?P<bare>{_BARE}))"
)
_MONEY_THEN_FINE = re.compile(
    rf"(?:处以?|给予|并处|罚|作出|计|共)\s?(?:人民币)?\s?(?P<amount>{MONEY})"
    r"(?:\([^()]{0,30}\))?的?(?:行政)?罚款"
)
_TOTAL = re.compile(r"(?:[合共总累]计|共)[^\d]*$")
_GAINS = r"(?:违法所得|非法所得|违法收入)(?:共计|合计|计|为|款)?(?:人民币|¥)?\s?"
_CONFISCATED = re.compile(rf"没收[^，。；]{{0,30}}?{_GAINS}(?P<amount>{MONEY})")
_GAINS_CONFISCATED = re.compile(rf"{_GAINS}(?P<amount>{MONEY})[^，。；]{{0,6}}?(?:予以|依法)没收")


@dataclass(frozen=True)
class Ordered:
    """What a decision orders: kinds as in ``PENALTIES`` and ``MEASURES``, amounts in fen.

    ``fines`` lists each single fine; ``fine_fen`` is their sum, or the total where the text states one, and
    None where a fine is ordered whose amount cannot be read. ``spared`` marks a decision not to penalize.
    """

    penalties: tuple[str, ...]
    measures: tuple[str, ...]
    fines: tuple[Money, ...]
    fine_fen: int | None
    confiscated_fen: int
    spared: bool


def ordered(text: str) -> Ordered:
    """Read the operative part of a decision."""
    plain = narrow(text)
    penalties, measures = kinds_in(text)
    fines, total = _fines(text, plain)
    return Ordered(
        penalties=penalties,
        measures=measures,
        fines=fines,
        fine_fen=total if fines else (None if "罚款" in penalties else 0),
        confiscated_fen=_confiscated(plain),
        spared=bool(_SPARED.search(plain)) and not fines,
    )


def kinds_in(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The kinds of penalty and of other measures that a text or a list of kinds names."""
    plain = narrow(text)
    return (
        tuple(kind for kind, words in PENALTIES if re.search(words, plain)),
        tuple(kind for kind, words in MEASURES if re.search(words, plain)),
    )


def _fines(text: str, plain: str) -> tuple[tuple[Money, ...], int]:
    """Single fines and what they come to; a total stated beside its parts is not counted again."""
    single: dict[int, Money] = {}
    totals: dict[int, Money] = {}
    for match in _FINE_THEN_MONEY.finditer(plain):
        stated = _TOTAL.search(match["lead"]) or _TOTAL.search(match["between"])
        _keep(totals if stated else single, text, match)
    for match in _MONEY_THEN_FINE.finditer(plain):
        if match.start("amount") not in totals:
            _keep(single, text, match)
    if not single:
        return tuple(totals.values()), max((found.fen for found in totals.values()), default=0)
    fines = tuple(single[start] for start in sorted(single))
    return fines, max([sum(found.fen for found in fines), *(found.fen for found in totals.values())])


def _keep(into: dict[int, Money], text: str, match: re.Match[str]) -> None:
    name = "amount" if match["amount"] else "bare"
    fen = fen_of(match[name]) if name == "amount" else fen_of(f"{match[name].rstrip('，,')}元")
    if fen is not None:
        start, end = match.span(name)
        into[start] = Money(start, end, text[start:end], fen, about=name == "bare")


def _confiscated(plain: str) -> int:
    found: dict[int, int] = {}
    for pattern in (_CONFISCATED, _GAINS_CONFISCATED):
        for match in pattern.finditer(plain):
            found[match.start("amount")] = fen_of(match["amount"]) or 0
    return sum(found.values())
