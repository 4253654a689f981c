"""When a term ends, and why on that day: the counting rules of the law, each result with its explanation.

The rules, in the order in which they are applied:

1. The day of the event is never counted; counting starts the next day (民法典 art. 201, 民事诉讼法
   art. 85). Terms in hours run from the moment itself, without pause, and end to the minute.
2. Days are counted by the calendar or by working days, as the unit says. The unit is never inferred from
   the number: each law has its own clause (行政处罚法 art. 85, 行政强制法 art. 69, 行政许可法 art. 82).
3. Months and years end on the corresponding date, or on the last day of a month without one (民法典
   art. 202).
4. *Excluded* days (不计入: testing, hearing, announcement) and *suspended* days (中止) are passed over
   while counting. An exclusion is a span of whole days that a document names (行政强制法 art. 25(3)): its
   first and last day are both passed over. A suspension is a pair of events: the day it is ordered still
   counts, the day of resumption does not, and counting goes on the day after, as after any event.
5. An extension runs on from the last day so counted, with a length and unit of its own.
6. Only then, once, the last day rolls over: if it is a rest day, or is itself passed over, the first working
   day after it that is neither becomes the last day (民法典 art. 203). So excluded days are counted before
   roll-over, and an extended term rolls over at its new end only. Terms of restraint of liberty never roll
   over (公安机关办理行政案件程序规定 art. 35); terms in working days never need to.
7. Terms counted *back* (at least seven working days before the hearing) leave the full number of days free
   between the two events; both days themselves are outside, and the result never moves later, rest day or
   not.

8. A term that names a day of the year (by 10 January) ends on the first such day after the event. It is not
   moved off a rest day: 民法典 art. 203 is about terms that are counted, and the earlier reading is safe.

A result that leans on a day whose holiday notice is not out yet, or on a pause that has not ended, is
provisional.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from mingjing.kernel import clock_words, counting
from mingjing.kernel.numerals import plain_date
from mingjing.kernel.refused import Refused
from mingjing.kernel.terms import (
    SHANGHAI,
    Extension,
    Interval,
    Length,
    Reckoning,
    Unit,
    check_extension,
    parse_length,
    refuse_changes,
)
from mingjing.kernel.workdays import Calendar, days_from

__all__ = [
    "SHANGHAI",
    "Extension",
    "Interval",
    "Lamp",
    "Length",
    "Reckoning",
    "Unit",
    "by_urgency",
    "end_of_day",
    "lamp",
    "parse_length",
    "reckon",
]

LampState = Literal["overdue", "today", "soon", "ok"]

LAST_SECOND = time(23, 59, 59)
# How near the end a lamp turns amber, in working days.
SOON_WORKDAYS = 3


@dataclass(frozen=True)
class Lamp:
    """期限灯: how near a due date is. ``days`` counts calendar days left, negative when overdue."""

    state: LampState
    words: str
    days: int


@dataclass(frozen=True)
class _Setting:
    """What bears on a term besides its length and start."""

    excluded: tuple[Interval, ...]
    suspended: tuple[Interval, ...]
    extensions: tuple[Extension, ...]
    liberty: bool
    profile: str | None


def reckon(
    length: Length | str,
    start: date | datetime,
    calendar: Calendar,
    *,
    excluded: Iterable[Interval] = (),
    suspended: Iterable[Interval] = (),
    extension: Extension | Sequence[Extension] | None = None,
    liberty: bool = False,
    profile: str | None = None,
) -> Reckoning:
    """When the term that ``start`` sets off (or, counted back, must precede) ends.

    ``start`` is the day of the event, or its moment as an aware datetime, which hours need. ``liberty`` marks
    a restraint of liberty. ``profile`` only chooses which article the explanation cites.

    Raises ``Refused``: ``bad-length``; ``moment-needed`` (hours from a bare date); ``bad-interval`` (ends
    before it starts, or unproved); ``bad-extension`` (unproved); ``not-pausable`` (pauses or extensions on
    hours or terms counted back); ``date-out-of-range``. A naive datetime is a bug: ``ValueError``.
    """
    term = parse_length(length) if isinstance(length, str) else length
    extensions = _as_extensions(extension)
    excluded, suspended = tuple(excluded), tuple(suspended)
    if term.before or term.unit in ("h", "date"):
        refuse_changes(term, [*excluded, *suspended], extensions)
    if term.unit == "h":
        return _reckon_hours(term, start)
    if term.unit == "date":
        return _reckon_fixed(term, _day_of(start))
    if term.before:
        return _reckon_back(term, _day_of(start), calendar)
    setting = _Setting(excluded, suspended, extensions, liberty, profile)
    return _reckon_days(term, _day_of(start), calendar, setting)


def lamp(due_at: datetime, at: datetime, calendar: Calendar) -> Lamp:
    """How near ``due_at`` is at the moment ``at``, both aware.

    ``overdue`` after the moment; ``today`` on the last day; ``soon`` with at most three working days left;
    ``ok`` before. The words are those of every list and page: 超期 2 日, 今日到期, 剩 3 个工作日, 剩 15 日.
    """
    due, now = _local(due_at), _local(at)
    days = (due.date() - now.date()).days
    if now > due:
        return Lamp("overdue", f"超期 {-days} 日" if days else _hours_over(now - due), days)
    if days == 0:
        exact = due.time() != LAST_SECOND
        return Lamp("today", f"今日 {due:%H:%M} 到期" if exact else "今日到期", 0)
    workdays = calendar.between(now.date(), due.date())
    if workdays > SOON_WORKDAYS:
        return Lamp("ok", f"剩 {days} 日", days)
    # Before a due date at a weekend no working day may be left at all: then say the days.
    return Lamp("soon", f"剩 {workdays} 个工作日" if workdays else f"剩 {days} 日", days)


def by_urgency(reckonings: Mapping[str, Reckoning]) -> list[tuple[str, Reckoning]]:
    """Several clocks on one thing, earliest end first.

    The first is the working deadline; the later ones stay as lines whose crossing is a breach of its own.
    """
    return sorted(reckonings.items(), key=lambda item: (item[1].due_at, item[0]))


def end_of_day(day: date) -> datetime:
    """The last second of a day in Shanghai, as due dates are stored."""
    return datetime.combine(day, LAST_SECOND, SHANGHAI)


def _reckon_days(term: Length, event: date, calendar: Calendar, setting: _Setting) -> Reckoning:
    pauses = counting.pauses(setting.excluded, setting.suspended)
    merged = counting.merge(pauses)
    lines = clock_words.start_lines(term, event, setting.profile)
    reached = counting.count(term, event, calendar, merged)
    lines += clock_words.count_lines(term, event, reached, calendar, pauses)
    for number, extension in enumerate(setting.extensions, 1):
        before = reached.day
        reached = counting.count(extension.length, before, calendar, merged)
        lines += clock_words.extension_lines(number, extension, before, reached, calendar, pauses)
    due_on = reached.day if setting.liberty else counting.roll_over(reached.day, calendar, merged)
    lines += clock_words.end_lines(
        reached.day, due_on, calendar, liberty=setting.liberty, profile=setting.profile
    )
    unsettled = _unsettled(term, event, reached.day, due_on, calendar, setting)
    paused_since = _open_since([*setting.excluded, *setting.suspended], due_on)
    lines += clock_words.provisional_lines(unsettled, paused_since, calendar)
    return Reckoning(
        due_on=due_on,
        due_at=end_of_day(due_on),
        provisional=unsettled is not None or paused_since is not None,
        explanation=tuple(lines),
        starts_on=days_from(event, 1),
        paused_since=paused_since,
    )


def _reckon_hours(term: Length, start: date | datetime) -> Reckoning:
    moment = _moment(term, start)
    days_from(moment.date(), 0)  # refuses a year far outside the calendar
    span = timedelta(hours=term.number)
    due_at = moment - span if term.before else moment + span
    lines = clock_words.hours_lines(term, moment, due_at)
    return Reckoning(due_at.date(), due_at, False, tuple(lines), moment.date())


def _reckon_fixed(term: Length, event: date) -> Reckoning:
    month, day = divmod(term.number, 100)
    due_on = date(event.year, month, day)
    if due_on <= event:
        due_on = date(days_from(due_on, 0).year + 1, month, day)
    lines = clock_words.fixed_lines(term, event, due_on)
    return Reckoning(due_on, end_of_day(due_on), False, tuple(lines), event)


def _reckon_back(term: Length, event: date, calendar: Calendar) -> Reckoning:
    first_free = counting.step_back(term, event, calendar)
    due_on = days_from(first_free, -1)
    unsettled = counting.first_unsettled(first_free, event, calendar) if term.unit == "wd" else None
    lines = clock_words.back_lines(term, event, first_free, calendar)
    lines += clock_words.provisional_lines(unsettled, None, calendar)
    return Reckoning(due_on, end_of_day(due_on), unsettled is not None, tuple(lines), event)


def _unsettled(
    term: Length, event: date, counted: date, due_on: date, calendar: Calendar, setting: _Setting
) -> date | None:
    """The first day without holiday notice on which the result leans.

    Counting working days leans on every day; any other term only on its last day and those it rolls over,
    and a restraint of liberty, which does not roll, on none.
    """
    units = {term.unit, *(extension.length.unit for extension in setting.extensions)}
    if "wd" in units:
        return counting.first_unsettled(days_from(event, 1), due_on, calendar)
    return None if setting.liberty else counting.first_unsettled(counted, due_on, calendar)


def _open_since(intervals: Iterable[Interval], due_on: date) -> date | None:
    """Since when the term stands still, because a pause that began before its end has not ended."""
    starts = [item.start for item in intervals if item.end is None and item.start <= due_on]
    return min(starts, default=None)


def _as_extensions(extension: Extension | Sequence[Extension] | None) -> tuple[Extension, ...]:
    if extension is None:
        return ()
    extensions = (extension,) if isinstance(extension, Extension) else tuple(extension)
    for item in extensions:
        check_extension(item)
    return extensions


def _moment(term: Length, start: date | datetime) -> datetime:
    if not isinstance(start, datetime):
        raise Refused(
            "moment-needed",
            f"期限为 {term.words}，须从时刻起算，现在只知道日期{plain_date(start)}。",
            remedy="请补录到分钟的时刻。",
        )
    return _local(start)


def _day_of(start: date | datetime) -> date:
    return _local(start).date() if isinstance(start, datetime) else start


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"naive datetime {moment!r}: pass an aware one")
    return moment.astimezone(SHANGHAI)


def _hours_over(over: timedelta) -> str:
    hours = over // timedelta(hours=1)
    return f"超期 {hours} 小时" if hours else "超期不足 1 小时"
