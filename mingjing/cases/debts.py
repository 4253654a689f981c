"""What a party still owes of a fine, read from the case: terms, deferrals, payments, stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from mingjing.kernel.accrual import PERMILLE, Accrual, Due, Paid, daily_fine
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.debts import Debt, read_plan
from mingjing.kernel.terms import Interval

from .models import Case, Obligation, Payment, Step

PAYMENT_CLOCK = "PEN-PAY"
SURCHARGE_NEED = "fine_surcharge_as_reckoned"

# Steps that begin and end the times in which nothing grows, with the fact that holds the day.
_BEGINS = {
    "reconsideration_applied": ("reconsideration_applied_on", "行政复议"),
    "litigation_filed": ("litigation_filed_on", "行政诉讼"),
}
_ENDS = ("remedy_outcome", "remedy_effective_on", "remedy_document")


def debt_of(case: Case) -> Debt | None:
    """The debt of a decided fine; None where none was imposed or its term has not begun. Cost: 3 queries."""
    fine = int(case.facts.get("fine_fen") or 0)
    dues = _dues(case, fine) if fine and case.decided_on else ()
    if not dues:
        return None
    other = int(case.facts.get("confiscation_fen") or 0)
    return Debt(dues, other, tuple(_paid(case, other)), tuple(_stayed(case)))


def _dues(case: Case, fine: int) -> tuple[Due, ...]:
    """By the approved instalments, else the approved deferral, else the term of the law."""
    facts = case.facts
    if facts.get("instalment_plan"):
        planned = read_plan(facts["instalment_plan"])
        other = int(facts.get("confiscation_fen") or 0)
        return _without(planned, other)
    if facts.get("deferred_until"):
        return (Due(fine, date.fromisoformat(facts["deferred_until"])),)
    rows = Obligation.objects.filter(case=case, clock=PAYMENT_CLOCK, due_at__isnull=False).order_by("-id")
    due_at = rows.values_list("due_at", flat=True).first()
    return (Due(fine, due_at.astimezone(SHANGHAI).date()),) if due_at else ()


def _without(planned: tuple[Due, ...], other: int) -> tuple[Due, ...]:
    """The instalments of the fine alone: what was confiscated is taken as paid first, it does not grow."""
    dues = []
    for one in planned:
        covered = min(other, one.amount_fen)
        other -= covered
        if one.amount_fen > covered:
            dues.append(Due(one.amount_fen - covered, one.due_on))
    return tuple(dues)


def _paid(case: Case, other: int) -> Iterator[Paid]:
    """What the bank has confirmed, less what was confiscated: that is not part of the fine."""
    rows = Payment.objects.filter(case=case, state="paid", paid_on__isnull=False).order_by("paid_on", "id")
    for paid_on, paid_fen in rows.values_list("paid_on", "paid_fen"):
        covered = min(other, paid_fen)
        other -= covered
        if paid_on is not None and paid_fen > covered:
            yield Paid(paid_fen - covered, paid_on)


def _stayed(case: Case) -> Iterator[Interval]:
    """Reconsideration and litigation, each until the document that ended it took effect. 行政处罚法 art. 73 (3)."""
    open_since: list[tuple[date, str]] = []
    end_step, end_fact, document_fact = _ENDS
    steps = Step.objects.filter(case=case, step__in=[*_BEGINS, end_step]).order_by("seq")
    for step, facts in steps.values_list("step", "facts"):
        if step in _BEGINS:
            fact, cause = _BEGINS[step]
            open_since.append((date.fromisoformat(facts[fact]), cause))
            continue
        end = date.fromisoformat(facts[end_fact])
        document = str(facts.get(document_fact) or "")
        yield from (Interval(since, max(since, end), cause, document) for since, cause in open_since)
        open_since = []
    for since, cause in open_since:
        yield Interval(since, None, cause, f"本案登记的{cause}")


def growing(case: Case, on: date) -> Accrual | None:
    """The surcharge that has grown by the end of ``on``; None while nothing is overdue, or after payment.

    Cost: 3 queries where a fine was decided, else none.
    """
    debt = debt_of(case)
    if debt is None or debt.due_on >= on or debt.unpaid_fen == 0:
        return None
    return debt.grown(on)


def suggested(case: Case, at: datetime, permille: int = PERMILLE) -> dict[str, Any]:
    """What the form of a surcharge starts with: reckoned up to the day."""
    debt = debt_of(case)
    on = at.astimezone(SHANGHAI).date()
    if debt is None:
        return {}
    grown = debt.grown(on, permille)
    return {
        "surcharge_from_on": (grown.from_on or on).isoformat(),
        "surcharge_until_on": on.isoformat(),
        "surcharge_fen": grown.amount_fen,
        "total_due_fen": debt.unpaid_fen + grown.amount_fen,
    }


def arithmetic(case: Case, facts: Mapping[str, Any]) -> dict[str, list[str]]:
    """The working that papers print under an amount that grew: surcharge and consecutive daily fine."""
    lines: dict[str, list[str]] = {}
    if facts.get("surcharge_until_on") and (debt := debt_of(case)) is not None:
        until = date.fromisoformat(facts["surcharge_until_on"])
        lines["surcharge_arithmetic"] = list(debt.grown(until).explanation)
    if facts.get("daily_penalty") and (daily := daily_of(facts)) is not None:
        lines["daily_arithmetic"] = list(daily.explanation)
    return lines


def daily_of(facts: Mapping[str, Any]) -> Accrual | None:
    """The consecutive daily fine that the facts describe; None while they are not complete.

    Raises ``Refused`` as ``accrual.daily_fine``.
    """
    ordered, checked = facts.get("daily_ordered_on"), facts.get("daily_checked_on")
    original = facts.get("daily_original_fen")
    if not (ordered and checked and original):
        return None
    return daily_fine(
        int(original),
        date.fromisoformat(str(ordered)),
        date.fromisoformat(str(checked)),
        basis=str(facts.get("daily_fine_basis") or "安全生产法/112"),
    )
