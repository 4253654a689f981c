"""Needs about money that grows by the day: nobody asks for more than the law lets grow."""

from __future__ import annotations

from datetime import date

from mingjing.kernel.accrual import PERMILLE, late_fee
from mingjing.kernel.debts import check_plan
from mingjing.kernel.fines import yuan
from mingjing.kernel.refused import Refused

from ..debts import daily_of
from .situation import Situation, need

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


@need
def fine_surcharge_as_reckoned(situation: Situation) -> Refused | None:
    """A surcharge on a fine is what the days make it, from the day after its term. 行政处罚法 arts. 72, 73.

    Less only with its reason (行政强制法 art. 42: an agreement may reduce it), more never.
    """
    facts, debt = situation.facts, situation.debt
    since, until = _day(facts.get("surcharge_from_on")), _day(facts.get("surcharge_until_on"))
    if since is None or until is None or debt is None:
        return None
    if until > situation.on:
        return _wrong_surcharge(
            "surcharge-too-early", f"加处罚款只能计算到今天（{situation.on}），不能预先计算到 {until}。"
        )
    grown = debt.grown(until, int(facts.get("surcharge_permille") or PERMILLE))
    told = "".join(grown.explanation)
    if grown.from_on is None or since != grown.from_on:
        first = f"应当自 {grown.from_on} 起算" if grown.from_on else "没有应当加处的日期"
        return _wrong_surcharge("surcharge-too-early", f"加处罚款{first}，填写了 {since}。{told}")
    asked, total = int(facts.get("surcharge_fen") or 0), int(facts.get("total_due_fen") or 0)
    if asked > grown.amount_fen:
        return _wrong_surcharge(
            "surcharge-too-high", f"加处罚款应为 {yuan(grown.amount_fen)}，填写了 {yuan(asked)}。{told}"
        )
    if asked < grown.amount_fen and not facts.get("surcharge_note"):
        return _wrong_surcharge(
            "surcharge-unexplained",
            f"加处罚款应为 {yuan(grown.amount_fen)}，填写了 {yuan(asked)}，没有写明减免的依据。{told}",
        )
    if total != debt.unpaid_fen + asked:
        return _wrong_surcharge(
            "surcharge-too-high",
            f"未缴的罚没款 {yuan(debt.unpaid_fen)} 加上加处罚款 {yuan(asked)}，"
            f"应缴合计 {yuan(debt.unpaid_fen + asked)}，填写了 {yuan(total)}。",
        )
    return None


def _wrong_surcharge(code: str, reason: str) -> Refused:
    return Refused(
        code,
        reason,
        basis="行政处罚法/72(1); 行政处罚法/73(3); 行政强制法/45",
        remedy="请按平台计算的起止日期和数额更正；减免的，写明依据。",
    )


@need
def instalments_add_up(situation: Situation) -> Refused | None:
    """The instalments add up to what is owed and end on the last day approved. 行政处罚法 art. 66 (2)."""
    facts = situation.facts
    last = _day(facts.get("deferred_until"))
    if facts.get("matter_kind") != "instalments" or last is None:
        return None
    owed = int(facts.get("fine_fen") or 0) + int(facts.get("confiscation_fen") or 0)
    try:
        check_plan(str(facts.get("instalment_plan") or ""), owed, last)
    except Refused as refused:
        return refused
    return None


@need
def daily_fine_as_reckoned(situation: Situation) -> Refused | None:
    """A consecutive daily fine is the original fine times its days, where a statute allows one; PEN-DAILY.

    安全生产法 art. 112; 生态环境法典 art. 1060.
    """
    facts = situation.facts
    if not facts.get("daily_penalty"):
        return None
    if not facts.get("daily_fine_allowed"):
        return Refused(
            "no-daily-fine",
            "本领域的法律没有规定按日连续处罚。",
            basis="行政处罚法/4",
            remedy="请按一般的罚款办理。",
        )
    try:
        grown = daily_of(facts)
    except Refused as refused:
        return refused
    fine = int(facts.get("fine_fen") or 0)
    if grown is None or fine == grown.amount_fen:
        return None
    return Refused(
        "daily-fine-wrong",
        f"按日连续处罚应为 {yuan(grown.amount_fen)}，填写了 {yuan(fine)}。{''.join(grown.explanation)}",
        basis=str(facts.get("daily_fine_basis") or "") or None,
        remedy="请按原罚款数额和天数更正。",
    )


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None
