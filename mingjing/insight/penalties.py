"""What the operative part of a decision orders: kinds of penalty, fines, confiscations.

Reads words, judges nothing. Source of the kinds: 行政处罚法 art. 9; of what is no penalty: art. 28.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .amounts import MONEY, Money, fen_of, narrow

# From light to heavy, with the words by which each is ordered; what is confiscated is told by ``_confiscations``.
PENALTIES: tuple[tuple[str, str], ...] = (
    ("警告", r"警告"),
    ("通报批评", r"通报批评"),
    ("罚款", r"罚款|罚(?=(?:人民币|¥)?\d)"),
    ("没收违法所得", r"没收违法所得"),
    ("没收非法财物", r"没收非法财物"),
    ("暂扣许可证件", r"暂扣[^，。；]{0,40}?(?:证|执照|许可)|暂停.{0,8}?执业"),
    ("降低资质等级", r"降低.{0,4}?资质"),
    ("吊销许可证件", r"吊销|撤销.{0,6}?(?:许可|登记|资格)|取消.{0,6}?(?:资质|资格)"),
    (
        "限制开展生产经营活动",
        r"限制.{0,4}?生产|限制开展|(?:责令)?停止.{0,6}?(?:执业|经营|运输|作业|业务)",
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
        r"责令[^，。；]{0,40}?(?:改正|整改|纠正|停止违法|停止发布|停止使用|停止销售|停止侵权|停止侵害|补办|补足|退还|退回|拆除|恢复|消除|清除|清理)",
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
# What may stand between 罚款 and its sum, each at most a few times: 罚款合计人民币（大写）：
_FILLER = r"处以?|即|合计|共计|总计|累计|共|计|为|总额|数额|金额|各|人民币?|¥|\(?大写\)?|[:：(\s]"
_BETWEEN = rf"(?:[，,]\s?(?=即|合计|共计|总计|计|共))?(?:{_FILLER}){{0,8}}"
# A figure whose 元 was forgotten (2000整) or stands behind a bracket (2618177.76（…）元).
_BARE = r"\d[\d,，]*(?:\.\d+)?(?=\s?(?:整|\([^()]{0,40}\)元|[，。；]|$))"
# 罚款二万元以上十万元以下 tells a range, not what is ordered.
_NO_RANGE = r"(?!\s?(?:以上|以下|至|到|[-—~～]\s?\d))"
_FINE_THEN_MONEY = re.compile(
    rf"(?P<lead>[^，。；]{{0,6}})罚款?(?P<between>{_BETWEEN})(?:(?P<amount>{MONEY}){_NO_RANGE}|(?P<bare>{_BARE}))"
)
_MONEY_THEN_FINE = re.compile(
    rf"(?:处以?|给予|并处|罚|作出|计|共)\s?(?:人民币)?\s?(?P<amount>{MONEY})"
    r"(?:\([^()]{0,30}\))?的?(?:行政)?罚款"
)
# 罚款2000元、3000元: the sums of the further fines.
_FURTHER = re.compile(rf"\s?[、和及]\s?(?:人民币)?(?P<amount>{MONEY})(?=[，,。；;、和及]|$)")
_ANOTHER_TOTAL = re.compile(rf"^[，,]?\s?(?:合计|共计|总计)(?:罚款)?(?:人民币)?(?P<amount>{MONEY})")
_TOTAL = re.compile(r"(?:[合共总累]计|共)[^\d]*$")
_SUM = re.compile(rf"^(?:人民币|现金|¥)?\s?{MONEY}")
_GAIN_WORDS = r"违法所得|非法所得|违法收入|非法收入|违法获利|非法获利|违法款|广告费用?|代理费用?"
_GAINS = rf"(?:{_GAIN_WORDS})(?:共计|合计|计|为|款|金额|人民币|[¥:：])*\s?"
_CONFISCATED = re.compile(
    rf"(?:没收|收缴)(?:[^，。；]{{0,30}}?{_GAINS}|(?:人民币|现金|¥)?\s?)(?P<amount>{MONEY})"
)
_GAINS_CONFISCATED = re.compile(rf"{_GAINS}(?P<amount>{MONEY})[^，。；]{{0,6}}?(?:予以|依法)没收")
# A confiscation with its object after it, or before it: 予以没收.
_TAKING = re.compile(r"(?<!罚)(?:没收|收缴)(?P<object>[^，,。；;\n|]{0,60})")
_PRESENTED = re.compile(r"(?:[^。；;，,\n]|(?<=\d),(?=\d))*$")
_GOODS_WORDS = re.compile(
    r"财物|物品|产品|食品|药品|工具|设备|器具|原料|包装|商品|车|机|台|件|瓶|盒|袋|箱|包|个|只|支|条|吨|公斤|千克|克|册|本|套|批"
)
# What is not ordered now: exempted fines, those for the case of default, the words of the statute.
_NOT_ORDERED = re.compile(
    r"(?:免予|免于|免除|不予|不再|不另|未)(?:并处|另处|处以|处|给予)?(?:行政)?(?:警告|罚款|没收|吊销|拘留)"
    r"|(?<=[。；;，,\n])(?:逾期|到期|拒不|如不)[^。；;\n]{0,30}?的[，,][^。；;\n]*"
    r"|加处罚款"
    r"|[“\"][^”\"]{0,400}(?:以上|以下)[^”\"]{0,400}[”\"]"
)


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
    plain = _ordering(narrow(text))
    penalties, measures = kinds_in(plain)
    fines, total = _fines(text, plain)
    return Ordered(
        penalties=penalties,
        measures=measures,
        fines=fines,
        fine_fen=total if fines else (None if "罚款" in penalties else 0),
        confiscated_fen=_confiscated(plain),
        spared=bool(_SPARED.search(plain)) and not fines,
    )


def _ordering(plain: str) -> str:
    """The text with everything blanked out that orders nothing now, character for character."""
    return _NOT_ORDERED.sub(lambda match: " " * len(match.group()), plain)


def kinds_in(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The kinds of penalty and of other measures that a text or a list of kinds names."""
    plain = narrow(text)
    taken = _confiscations(plain)
    return (
        tuple(kind for kind, words in PENALTIES if kind in taken or re.search(words, plain)),
        tuple(kind for kind, words in MEASURES if re.search(words, plain)),
    )


def _confiscations(plain: str) -> set[str]:
    """Whether gains or goods are confiscated, by the object after the word, else by what stands before it."""
    found = set()
    for match in _TAKING.finditer(plain):
        thing = match["object"]
        if not re.search(r"\w", thing.removesuffix("的行政处罚")):
            before = _PRESENTED.search(plain[max(0, match.start() - 80) : match.start()])
            thing = before.group() if before else ""
        gains = re.search(_GAIN_WORDS, thing) or _SUM.search(thing)
        if gains:
            found.add("没收违法所得")
        if not gains or _GOODS_WORDS.search(thing[: gains.start()]) or "非法财物" in thing:
            found.add("没收非法财物")
    return found


def _fines(text: str, plain: str) -> tuple[tuple[Money, ...], int]:
    """Single fines and what they come to; a total stated beside its parts is not counted again."""
    single: dict[int, Money] = {}
    totals: dict[int, Money] = {}
    for match in _FINE_THEN_MONEY.finditer(plain):
        stated = _TOTAL.search(match["lead"]) or _TOTAL.search(match["between"])
        _keep(totals if stated else single, text, match)
        _keep_further(single, totals, text, plain, match.end())
    for match in _MONEY_THEN_FINE.finditer(plain):
        if match.start("amount") not in totals:
            _keep(single, text, match)
    parts: list[Money] = []
    due = 0
    for start in sorted(single.keys() | totals.keys()):
        found = totals.get(start) or single[start]
        if start in totals and parts and found.fen >= due:
            due = found.fen  # 合计: what came before is in it
            continue
        # 处一倍罚款共计8000元: the only sum of its fine, whatever it calls itself.
        parts.append(found)
        due += found.fen
    return tuple(parts), due


def _keep_further(single: dict[int, Money], totals: dict[int, Money], text: str, plain: str, at: int) -> None:
    """The sums that follow a fine in the same list, and their total."""
    while match := _FURTHER.match(plain, at):
        _keep(single, text, match)
        at = match.end()
    if total := _ANOTHER_TOTAL.match(plain[at:]):
        start, end = (at + place for place in total.span("amount"))
        fen = fen_of(total["amount"])
        if fen is not None:
            totals[start] = Money(start, end, text[start:end], fen)


def _keep(into: dict[int, Money], text: str, match: re.Match[str]) -> None:
    name = "bare" if match.groupdict().get("bare") else "amount"
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
