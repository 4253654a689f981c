"""Needs about money that grows by the day: nobody asks for more than the law lets grow."""

from __future__ import annotations

from datetime import date

from mingjing.kernel.accrual import late_fee
from mingjing.kernel.fines import yuan
from mingjing.kernel.refused import Refused

from .general import Situation, need

_BASIS = "行政强制法/45"


@need
def surcharge_as_reckoned(situation: Situation) -> Refused | None:
    """A surcharge on a levy is no more than its rate makes it, and begins when the term was over. 行政强制法 art. 45.

    Less than reckoned may be asked (art. 42 lets an agreement reduce it), more never.
    """
    facts = situation.facts
    levy = int(facts.get("reduced_fen") or facts.get("levy_fen") or 0)
    last = _day(facts.get("deferred_until")) or _day(facts.get("pay_by_on"))
    since, until = _day(facts.get("surcharge_from_on")), _day(facts.get("surcharge_until_on"))
    if since is None or until is None:
        return None
    if last is not None and since <= last:
        return Refused(
            "surcharge-too-early",
            f"缴费期限至 {last}，滞纳金自次日起算，不能从 {since} 起算。",
            basis=_BASIS,
            remedy="请更正滞纳起算日。",
        )
    if until > situation.on:
        return Refused(
            "surcharge-too-early",
            f"滞纳金只能计算到今天（{situation.on}），不能预先计算到 {until}。",
            basis=_BASIS,
            remedy="请更正计算截止日。",
        )
    permyriad = int(facts.get("surcharge_permyriad") or 0)
    grown = late_fee(levy, since, until, permyriad=permyriad, basis=_BASIS)
    asked, total = int(facts.get("surcharge_fen") or 0), int(facts.get("total_due_fen") or 0)
    if asked > grown.amount_fen:
        return Refused(
            "surcharge-too-high",
            f"滞纳金应为 {yuan(grown.amount_fen)}，填写了 {yuan(asked)}。{''.join(grown.explanation)}",
            basis=_BASIS,
            remedy="请按标准和天数更正滞纳金。",
        )
    if total > levy + asked:
        return Refused(
            "surcharge-too-high",
            f"应缴合计为费用 {yuan(levy)} 加滞纳金 {yuan(asked)}，共 {yuan(levy + asked)}，填写了 {yuan(total)}。",
            basis=_BASIS,
            remedy="请更正应缴合计。",
        )
    return None


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None
