"""时限灯: one rule for lists, case pages and exports: red when overdue, amber when near, green otherwise.

Colour never stands alone: each lamp has its own shape and says its number in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mingjing.kernel.workdays import Calendar

from .wording import SHANGHAI

SOON_WORKDAYS = 3

Kind = Literal["overdue", "soon", "fine", "none"]


@dataclass(frozen=True)
class Lamp:
    """What a lamp shows; ``rank`` sorts the most urgent first."""

    kind: Kind
    text: str
    rank: int


NO_TERM = Lamp("none", "无期限", 3)


def lamp(due_at: datetime | None, at: datetime, calendar: Calendar, *, provisional: bool = False) -> Lamp:
    """The lamp of a term that ends at ``due_at``, seen at ``at``.

    Near means at most three working days. A provisional date (the holiday notice of its year is not out)
    is marked 暂计.
    """
    if due_at is None:
        return NO_TERM
    kind, text, rank = _judge(due_at.astimezone(SHANGHAI), at.astimezone(SHANGHAI), calendar)
    return Lamp(kind, f"{text}（暂计）" if provisional else text, rank)


def _judge(due_at: datetime, at: datetime, calendar: Calendar) -> tuple[Kind, str, int]:
    days = (due_at.date() - at.date()).days
    if at > due_at:
        return "overdue", f"超期 {-days} 日" if days else "今日超期", 0
    if days == 0:
        return "soon", "今日到期", 1
    workdays = calendar.between(at.date(), due_at.date())
    if workdays <= SOON_WORKDAYS:
        return "soon", f"剩 {workdays} 工作日" if workdays else f"剩 {days} 日", 1
    return "fine", f"剩 {days} 日", 2
