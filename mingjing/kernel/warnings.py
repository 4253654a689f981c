"""期限提醒: when a running term is to be brought to mind, from half of it to the day it is over.

The marks fall on working days: nobody reads a reminder on a holiday, and a term that ends on Monday must be done by
Friday. A short term has fewer marks: those that would fall before its beginning, or out of order, are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from mingjing.kernel.clocks import LAST_SECOND, SHANGHAI
from mingjing.kernel.workdays import Calendar

MARKS: Mapping[str, str] = {
    "half": "期限过半",
    "three_days": "三个工作日内到期",
    "one_day": "下一个工作日到期",
    "due": "今日到期",
    "overdue": "已超期",
}
_MORNING = time(0, 0)


def marks(opened_at: datetime, due_at: datetime, calendar: Calendar) -> dict[str, datetime]:
    """The moment from which each mark stands, in order of time; both moments aware.

    ``half`` is the middle of the term, ``three_days`` and ``one_day`` the third and the last working day before
    its last day, ``due`` that day itself (for a term in hours, its last hour), ``overdue`` what follows.
    """
    opened, due = opened_at.astimezone(SHANGHAI), due_at.astimezone(SHANGHAI)
    if due.time() != LAST_SECOND:  # a term in hours
        wanted = {"half": opened + (due - opened) / 2, "due": due - timedelta(hours=1)}
    else:
        wanted = {
            "half": _on_workday(opened + (due - opened) / 2, calendar),
            "three_days": _morning(calendar.add(due.date(), -3)),
            "one_day": _morning(calendar.add(due.date(), -1)),
            "due": max(opened, _morning(due.date())),
        }
    found: dict[str, datetime] = {}
    end = due + timedelta(seconds=1)
    for mark, moment in reversed(wanted.items()):
        # Each mark must come before the next one, and after the term has begun.
        if opened <= moment < end:
            found[mark], end = moment, moment
    return {**dict(reversed(found.items())), "overdue": due + timedelta(seconds=1)}


def standing(opened_at: datetime, due_at: datetime, at: datetime, calendar: Calendar) -> str:
    """The mark that stands at a moment; empty before half of the term is over."""
    passed = [mark for mark, moment in marks(opened_at, due_at, calendar).items() if moment <= at]
    return passed[-1] if passed else ""


def _on_workday(moment: datetime, calendar: Calendar) -> datetime:
    """The moment itself, or the beginning of the next working day."""
    if calendar.is_workday(moment.date()):
        return moment
    day = moment.date()
    while not calendar.is_workday(day):
        day += timedelta(days=1)
    return _morning(day)


def _morning(day: date) -> datetime:
    return datetime.combine(day, _MORNING, SHANGHAI)
