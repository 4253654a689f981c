"""The arithmetic of terms: counting days on, passing over pauses, months, roll-over.

Nothing here explains or decides; :mod:`mingjing.kernel.clocks` does.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from mingjing.kernel.terms import Interval, Length, check_interval
from mingjing.kernel.workdays import FIRST_DAY, LAST_DAY, Calendar, days_from


@dataclass(frozen=True)
class Pause:
    """Days passed over, both ends included, with the words that explain them."""

    first: date
    last: date
    words: str


@dataclass(frozen=True)
class Count:
    """A day reached by counting, and how many countable days were passed over on the way."""

    day: date
    passed_over: int


def count(term: Length, event: date, calendar: Calendar, merged: Sequence[Pause]) -> Count:
    """Count ``term`` on from ``event``, passing over the pauses (MUST be merged, in order).

    Each pause that begins no later than the day reached so far pushes that day on by its own countable days,
    which carries it past the pause; pauses that begin later do not matter.
    """
    day, passed_over = _advance(term, event, calendar), 0
    for pause in merged:
        if pause.first > day:
            break
        inside = countable(term, max(days_from(event, 1), pause.first), pause.last, calendar)
        passed_over += inside
        day = calendar.add(day, inside) if term.unit == "wd" else days_from(day, inside)
    return Count(day, passed_over)


def countable(term: Length, first: date, last: date, calendar: Calendar) -> int:
    """How many days of the term's unit the span holds, both ends included; none when it is turned round."""
    if last < first:
        return 0
    return calendar.between(days_from(first, -1), last) if term.unit == "wd" else (last - first).days + 1


def step_back(term: Length, event: date, calendar: Calendar) -> date:
    """The first of the days that must stay free before ``event``."""
    match term.unit:
        case "wd":
            return calendar.add(event, -term.number)
        case "d":
            return days_from(event, -term.number)
        case _:
            return shift_months(event, -term.months)


def shift_months(day: date, months: int) -> date:
    """The corresponding date so many months on, or the month's last day if it has none (民法典 art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        return days_from(day, months * 31)  # refuses, naming the range
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def roll_over(day: date, calendar: Calendar, merged: Sequence[Pause]) -> date:
    """``day``, or the first working day after it that is not passed over (民法典 art. 203)."""
    while True:
        pause = next((item for item in merged if item.first <= day <= item.last), None)
        if pause is not None:
            day = days_from(pause.last, 1)
        elif not calendar.is_workday(day):
            day = calendar.add(day, 1)
        else:
            return day


def pauses(excluded: Iterable[Interval], suspended: Iterable[Interval]) -> list[Pause]:
    """The days each interval passes over, in order of time.

    An interval still open covers its first day only, which for a suspension is none at all. Raises
    ``Refused("bad-interval")``.
    """
    found = []
    for interval in excluded:
        check_interval(interval, "不计入的时间")
        last = interval.end or interval.start
        found.append(Pause(interval.start, last, f"不计入：{interval.cause}（{interval.document}）"))
    for interval in suspended:
        check_interval(interval, "中止的时间")
        first, last = days_from(interval.start, 1), interval.end or interval.start
        if first <= last:
            words = f"中止：{interval.cause}（{interval.document}），中止当日照计、恢复当日不计"
            found.append(Pause(first, last, words))
    return sorted(found, key=lambda pause: (pause.first, pause.last))


def merge(ordered: Iterable[Pause]) -> list[Pause]:
    """Overlapping and touching pauses as one, so that no day is passed over twice."""
    merged: list[Pause] = []
    for pause in ordered:
        if merged and pause.first <= days_from(merged[-1].last, 1):
            last = max(merged[-1].last, pause.last)
            merged[-1] = Pause(merged[-1].first, last, f"{merged[-1].words}；{pause.words}")
        else:
            merged.append(pause)
    return merged


def first_unsettled(first: date, last: date, calendar: Calendar) -> date | None:
    """The first day of the span whose holiday notice is not loaded, if any."""
    if first.year < calendar.first_year:
        return first
    day = max(first, date(calendar.last_year + 1, 1, 1))
    while day <= last:
        if not calendar.settled(day):
            return day
        day = days_from(day, 1)
    return None


def _advance(term: Length, event: date, calendar: Calendar) -> date:
    match term.unit:
        case "wd":
            return calendar.add(event, term.number)
        case "d":
            return days_from(event, term.number)
        case _:
            return shift_months(event, term.months)
