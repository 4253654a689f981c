"""What range of fine the law allows, with the arithmetic written out.

A provision fixes a fine in one of four ways: as an amount, or as a multiple of the value of the goods, of the
illegal gains, or of an insurance premium. Multiples often have a floor: a smaller base counts as the floor
(e.g. 药品管理法 art. 115: goods worth less than 100,000 yuan count as 100,000). Everything is in fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Literal

from mingjing.kernel.refused import Refused

Base = Literal["amount", "goods", "gains", "premium"]
Verdict = Literal["within", "below", "above"]

# The case fact that holds each base, and its name in words.
BASE_FACTS: dict[Base, tuple[str, str]] = {
    "goods": ("goods_value_fen", "货值金额"),
    "gains": ("illegal_gains_fen", "违法所得"),
    "premium": ("premium_fen", "最低责任限额应缴保险费"),
}


def yuan(fen: int) -> str:
    """An amount as people read it: 1234500 fen is ``12,345元``, cents only where there are any."""
    whole, cents = divmod(abs(fen), 100)
    sign = "-" if fen < 0 else ""
    return f"{sign}{whole:,}元" if not cents else f"{sign}{whole:,}.{cents:02d}元"


@dataclass(frozen=True)
class Span:
    """A closed range of money in fen, with the steps by which it was found."""

    min_fen: int
    max_fen: int
    explanation: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.min_fen == self.max_fen:
            return yuan(self.min_fen)
        if self.min_fen == 0:
            return f"{yuan(self.max_fen)}以下"
        return f"{yuan(self.min_fen)}以上{yuan(self.max_fen)}以下"


@dataclass(frozen=True)
class FineRule:
    """One range of a provision: what it covers and how it is measured.

    ``least`` and ``most`` are fen for ``amount`` and multiples otherwise. The rule serves cases whose goods
    value lies in [``goods_from_fen``, ``goods_below_fen``) where those are given. ``after_order``: only for
    those who were ordered to correct and did not (拒不改正).
    """

    id: str
    title: str
    base: Base
    least: Decimal
    most: Decimal
    floor_fen: int = 0
    goods_from_fen: int | None = None
    goods_below_fen: int | None = None
    subject: str = "any"
    optional: bool = False
    after_order: bool = False

    @property
    def bound_to_goods(self) -> bool:
        """Whether the value of the goods decides if this rule applies."""
        return self.goods_from_fen is not None or self.goods_below_fen is not None

    def covers(self, goods_value_fen: int) -> bool:
        """Whether goods of this value fall under the rule."""
        above = self.goods_from_fen is None or goods_value_fen >= self.goods_from_fen
        below = self.goods_below_fen is None or goods_value_fen < self.goods_below_fen
        return above and below


@dataclass(frozen=True)
class FineCheck:
    """Whether a fine lies in the range of the law, and what follows if not."""

    verdict: Verdict
    span: Span
    rule: FineRule
    reason: str
    basis: str


def amount_in(facts: Mapping[str, object], name: str, title: str, *, basis: str | None = None) -> int:
    """The amount under ``name`` in fen.

    Raises: Refused ``amount-missing``, ``amount-wrong``.
    """
    value = facts.get(name)
    if value is None:
        raise Refused(
            "amount-missing",
            f"缺少{title}，无法计算罚款幅度。",
            basis=basis,
            remedy=f"先查明并填写{title}。",
        )
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Refused("amount-wrong", f"{title}应为不小于零的整数（分），现为“{value}”。", basis=basis)
    return value


def rule_for(rules: tuple[FineRule, ...], facts: Mapping[str, object], *, basis: str) -> FineRule:
    """The rule that fits the facts: the one named by ``fine_variant``, else the one the goods value selects,
    else the first for such a party (``party_is_person``: 个人 or 单位).

    Raises: Refused ``no-fine``, ``no-such-variant``, ``goods-value-missing`` (as ``amount-missing``),
    ``no-rule-for-goods``.
    """
    if not rules:
        raise Refused("no-fine", "该事项没有规定罚款。", basis=basis)
    wanted = facts.get("fine_variant")
    if wanted:
        named = [rule for rule in rules if rule.id == wanted]
        if not named:
            known = "、".join(f"{rule.id}（{rule.title}）" for rule in rules)
            raise Refused(
                "no-such-variant", f"没有名为“{wanted}”的罚款档。", basis=basis, remedy=f"可选：{known}。"
            )
        return named[0]
    for_party = _for_party(rules, facts)
    first = for_party[0]
    if not first.bound_to_goods:
        return first
    goods = amount_in(facts, "goods_value_fen", "货值金额", basis=basis)
    fitting = [rule for rule in for_party if rule.bound_to_goods and rule.covers(goods)]
    if not fitting:
        raise Refused("no-rule-for-goods", f"货值金额{yuan(goods)}不在任何罚款档内。", basis=basis)
    return fitting[0]


def _for_party(rules: tuple[FineRule, ...], facts: Mapping[str, object]) -> tuple[FineRule, ...]:
    """The rules for such a party; all of them where nothing is known of it or none names its kind."""
    person = facts.get("party_is_person")
    if person is None:
        return rules
    kind = "person" if person else "organization"
    return tuple(rule for rule in rules if rule.subject in ("any", kind)) or rules


def legal_span(rule: FineRule, facts: Mapping[str, object], *, basis: str | None = None) -> Span:
    """The range of ``rule`` in fen for these facts, lower end rounded up and upper end down to whole fen.

    Raises: Refused ``amount-missing``, ``amount-wrong``.
    """
    if rule.base == "amount":
        span = Span(int(rule.least), int(rule.most))
        return Span(span.min_fen, span.max_fen, (f"{rule.title}：{span}。",))
    name, title = BASE_FACTS[rule.base]
    found = amount_in(facts, name, title, basis=basis)
    base = max(found, rule.floor_fen)
    steps = [f"{rule.title}：{title}{yuan(found)}。"]
    if base > found:
        steps.append(f"{title}不足{yuan(rule.floor_fen)}的，按{yuan(rule.floor_fen)}计算。")
    low = int((base * rule.least).to_integral_value(ROUND_UP))
    high = int((base * rule.most).to_integral_value(ROUND_DOWN))
    steps.append(f"下限 {yuan(base)}×{rule.least}={yuan(low)}；上限 {yuan(base)}×{rule.most}={yuan(high)}。")
    return Span(low, max(low, high), tuple(steps))


def check_fine(
    rules: tuple[FineRule, ...], facts: Mapping[str, object], fine_fen: int, *, basis: str
) -> FineCheck:
    """Compare ``fine_fen`` with the range of the law.

    Raises: Refused as ``rule_for`` and ``legal_span``.
    Source: 行政处罚法 art. 32 (a fine below the minimum is 减轻 and needs one of its grounds).
    """
    rule = rule_for(rules, facts, basis=basis)
    span = legal_span(rule, facts, basis=basis)
    if fine_fen < span.min_fen:
        reason = (
            f"拟罚{yuan(fine_fen)}，低于法定最低额{yuan(span.min_fen)}（{span}）。"
            "低于法定幅度属于减轻处罚，须有行政处罚法第三十二条所列情形并写明理由。"
        )
        return FineCheck("below", span, rule, reason, f"{basis}; 行政处罚法/32")
    if fine_fen > span.max_fen:
        reason = f"拟罚{yuan(fine_fen)}，高于法定最高额{yuan(span.max_fen)}（{span}），没有法律依据。"
        return FineCheck("above", span, rule, reason, basis)
    return FineCheck("within", span, rule, f"拟罚{yuan(fine_fen)}，在法定幅度（{span}）内。", basis)
