"""补录: the legal date of an act and the moment of its entry are a pair; what is entered late says why.

The legal date is the day that the form says the act took place, else the day of the step itself. The moment of
entry is the platform's own clock. A long way between the two is no fault by itself (no network on the spot, a
form filled in at the office), but it is told, counted and listed. Source: 行政处罚法/47; 达州三项制度方案/8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused

from .work import Work

MOST_REASON = 300
LAW = "行政处罚法/47"


@dataclass(frozen=True)
class Entered:
    """When an act took place and when it was entered; ``reason`` is empty unless it was entered late."""

    legal_on: date
    at: datetime
    reason: str = ""


def entered(
    work: Work, rule: Rule, new: Mapping[str, Any], entered_at: datetime | None, reason: str
) -> Entered:
    """The pair for a step with the form ``new``, whose legal time is ``work.at``.

    Raises: Refused ``future-time`` for an act later than its entry, ``out-of-order`` for one earlier than what
    the case already knows, ``late-without-reason``, ``bad-reason``.
    """
    at = entered_at or work.at
    legal_on = happened_on(rule, new) or work.at.astimezone(SHANGHAI).date()
    _check_order(work, at)
    if _learned_later(rule) or not _late(work, legal_on, at):
        return Entered(legal_on, at)
    return Entered(legal_on, at, _reason(reason, legal_on, at))


def happened_on(rule: Rule | None, facts: Mapping[str, Any]) -> date | None:
    """The day on which what the step records took place, as its form tells it."""
    told = next((facts.get(field.name) for field in (rule.facts if rule else ()) if field.happened), None)
    return date.fromisoformat(told[:10]) if told else None


def _learned_later(rule: Rule) -> bool:
    """Whether what the step records took place in other hands: the organ enters it when it learns of it."""
    return any(field.elsewhere for field in rule.facts)


def _late(work: Work, legal_on: date, at: datetime) -> bool:
    days = (at.astimezone(SHANGHAI).date() - legal_on).days
    return days > int(work.constants["late_entry_days"])


def _check_order(work: Work, at: datetime) -> None:
    if work.at > at:
        raise Refused(
            "future-time",
            f"办理时间 {_clock(work.at)} 晚于现在（{_clock(at)}），不能录入。",
            basis=LAW,
            remedy="请核对设备的时间，改正后重新提交。",
        )
    if work.at < at and work.case.version:
        last = work.case.steps.order_by("-seq").values_list("title", "at").first()
        if last is not None and last[1] > work.at:
            raise Refused(
                "out-of-order",
                f"本案在 {_clock(last[1])} 已经办理“{last[0]}”，不能再录入更早（{_clock(work.at)}）办理的环节。",
                basis=LAW,
                remedy="请核对案件最新情况；确需录入的，请按现在的时间办理，在表单中写明实际日期。",
            )


def _reason(text: str, legal_on: date, at: datetime) -> str:
    text = text.strip()
    if not text:
        raise Refused(
            "late-without-reason",
            f"所办事项发生在 {legal_on}，现在（{_clock(at)[:10]}）才录入，属于补录，没有写明理由。",
            basis=LAW,
            remedy="请在“补录理由”中写明当时为什么没有录入；补录会在时间轴上标明，并列入补录清单。",
        )
    if len(text) > MOST_REASON:
        raise Refused(
            "bad-reason",
            f"补录理由最多 {MOST_REASON} 个字，现有 {len(text)} 个字。",
            remedy="请精简后再提交。",
        )
    return text


def _clock(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
