"""The explanation of a reckoning, in Chinese sentences that a party, an officer or a judge can follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from mingjing.kernel.counting import Count, Pause, countable, shift_months
from mingjing.kernel.numerals import plain_date
from mingjing.kernel.terms import UNIT_TITLES, Extension, Length
from mingjing.kernel.workdays import Calendar, days_from

_WEEKDAYS = "一二三四五六日"

# Where a field's own rules repeat the counting rules of the general law, the explanation cites those.
_POLICE = "《公安机关办理行政案件程序规定》第三十五条"
_START_BASIS = {"public_security": _POLICE}
_GENERAL_START = "《民法典》第二百零一条、《民事诉讼法》第八十五条"
_ROLL_BASIS = {"public_security": _POLICE}
_GENERAL_ROLL = "《民法典》第二百零三条、《民事诉讼法》第八十五条"
_MONTHS = "《民法典》第二百零二条"
_HOURS = "《民法典》第二百零一条第二款"


def dated(day: date) -> str:
    """2026年3月12日（星期四）."""
    return f"{plain_date(day)}（星期{_WEEKDAYS[day.weekday()]}）"


def timed(moment: datetime) -> str:
    """2026年3月12日09:30."""
    return f"{plain_date(moment.date())}{moment:%H:%M}"


def start_lines(term: Length, event: date, profile: str | None) -> list[str]:
    """What the term is, and from which day it is counted."""
    basis = _START_BASIS.get(profile or "", _GENERAL_START)
    return [
        f"期限为 {term.words}，起算的事由发生在{dated(event)}。",
        f"当日不计入，自次日{plain_date(days_from(event, 1))}起算（{basis}）。",
    ]


def fixed_lines(term: Length, event: date, due_on: date) -> list[str]:
    """A term that names a day of the year."""
    return [
        f"期限写明为{term.words}，事由发生在{dated(event)}。",
        f"此后第一个这样的日子是{dated(due_on)}；写明日子的期限不因休息日顺延。",
    ]


def count_lines(
    term: Length, event: date, reached: Count, calendar: Calendar, pauses: Sequence[Pause]
) -> list[str]:
    """How the last day was counted: pauses, holidays, corresponding date."""
    lines = pause_lines(term, event, reached, calendar, pauses)
    if term.unit == "wd":
        lines += holiday_lines(event, reached.day, calendar)
    if term.unit in ("m", "y"):
        lines.append(_corresponding_line(term, event))
        if reached.passed_over:
            lines.append(f"加上跳过的 {reached.passed_over} 日，最后一日为{dated(reached.day)}。")
    else:
        lines.append(f"第 {term.number} {UNIT_TITLES[term.unit]}为{dated(reached.day)}。")
    return lines


def pause_lines(
    term: Length, event: date, reached: Count, calendar: Calendar, pauses: Sequence[Pause]
) -> list[str]:
    """Each pause met between the event and the day reached, and how many days it passed over."""
    noun = "个工作日" if term.unit == "wd" else "日"
    touching = [pause for pause in pauses if pause.first <= reached.day and pause.last > event]
    lines = []
    for pause in touching:
        inside = countable(term, max(days_from(event, 1), pause.first), pause.last, calendar)
        span = _span(pause.first, pause.last)
        lines.append(f"{span}，{pause.words}，跳过 {inside} {noun}。")
    if len(touching) > 1:
        lines.append(f"以上共跳过 {reached.passed_over} {noun}（重叠的日子只跳过一次）。")
    return lines


def extension_lines(
    number: int,
    extension: Extension,
    before: date,
    reached: Count,
    calendar: Calendar,
    pauses: Sequence[Pause],
) -> list[str]:
    """How the ``number``-th extension moved the last day on from ``before``."""
    reason = f"，事由：{extension.cause}" if extension.cause else ""
    approver = f"，{extension.approved_by}批准" if extension.approved_by else ""
    lines = [
        f"第 {number} 次延长 {extension.length.words}（{extension.document}{approver}{reason}），"
        f"自{plain_date(days_from(before, 1))}起接续计算。"
    ]
    lines += pause_lines(extension.length, before, reached, calendar, pauses)
    if extension.length.unit == "wd":
        lines += holiday_lines(before, reached.day, calendar)
    return [*lines, f"延长后的最后一日为{dated(reached.day)}。"]


def end_lines(
    counted: date, due_on: date, calendar: Calendar, *, liberty: bool, profile: str | None
) -> list[str]:
    """Whether and why the last day moved, and when the term ends."""
    lines = []
    rest = calendar.rest_name(counted)
    if due_on != counted:
        basis = _ROLL_BASIS.get(profile or "", _GENERAL_ROLL)
        why = f"是休息日（{rest}）" if rest else "不计入期限"
        lines.append(
            f"最后一日{plain_date(counted)}{why}，顺延至其后第一个工作日{dated(due_on)}（{basis}）。"
        )
    elif liberty and rest:
        lines.append(
            f"最后一日{plain_date(counted)}是休息日（{rest}），"
            f"但限制人身自由的期间至期满之日为止，不因节假日延长（{_POLICE}）。"
        )
    return [*lines, f"届满时间：{dated(due_on)}24时。"]


def back_lines(term: Length, event: date, first_free: date, calendar: Calendar) -> list[str]:
    """How a term counted back leaves its days free, and the latest day to act."""
    last_free, due_on = days_from(event, -1), days_from(first_free, -1)
    amount = f"{term.number} {UNIT_TITLES[term.unit]}"
    lines = [
        f"须在{dated(event)}{term.words}完成；前后两个当日都不计入，中间须留足 {amount}。",
        f"自{plain_date(event)}向前倒数，留足的期间为{_span(first_free, last_free)}。",
    ]
    if term.unit == "wd":
        lines += holiday_lines(due_on, last_free, calendar)
    lines.append(f"最迟完成时间：{dated(due_on)}24时。")
    if rest := calendar.rest_name(due_on):
        workday = dated(calendar.add(due_on, -1))
        lines.append(f"该日是休息日（{rest}），倒数的期限不顺延；在工作日办理的，最迟为{workday}。")
    return lines


def hours_lines(term: Length, moment: datetime, due_at: datetime) -> list[str]:
    """Hours run on from the moment, or back from it."""
    if term.before:
        return [
            f"须在{timed(moment)}{term.words}完成，自该时刻向前连续倒数。",
            f"最迟完成时刻：{timed(due_at)}。",
        ]
    return [
        f"期限为 {term.words}，起算时刻为{timed(moment)}。",
        f"按小时计算的期限自该时刻起连续计算，不扣除夜间和休息日，届满不顺延（{_HOURS}）。",
        f"届满时刻：{timed(due_at)}。",
    ]


def provisional_lines(unsettled: date | None, paused_since: date | None, calendar: Calendar) -> list[str]:
    """Why the date may still change."""
    lines = []
    if unsettled is not None:
        known = f"已有 {calendar.first_year} 年至 {calendar.last_year} 年的放假通知"
        lines.append(
            f"暂定：{unsettled.year} 年的放假安排尚未载入（{known}），"
            "暂按周末和公历固定节日推算，载入后须重新推算。"
        )
    if paused_since is not None:
        since = plain_date(paused_since)
        lines.append(f"暂定：自{since}起的扣除或者中止尚未结束，届满时间随之后移，结束后须重新推算。")
    return lines


def holiday_lines(after: date, until: date, calendar: Calendar) -> list[str]:
    """The holidays and worked weekends met while counting working days."""
    lines = ["只数工作日，周末和放假日不计，调休上班日计入。"]
    days = calendar.named_days(after, until)
    if off := _runs([day for day in days if calendar.rest_name(day)], calendar):
        lines.append(f"其间不计的放假日：{off}。")
    if worked := [f"{plain_date(day)}（{name}调休）" for day in days if (name := calendar.make_up_name(day))]:
        lines.append(f"其间计入的周末上班日：{'、'.join(worked)}。")
    return lines


def _corresponding_line(term: Length, event: date) -> str:
    day = shift_months(event, term.months)
    if day.day == event.day:
        return f"到期月的对应日为{dated(day)}（{_MONTHS}）。"
    return f"到期月没有 {event.day} 日，以月末日{dated(day)}为最后一日（{_MONTHS}）。"


def _runs(days: Sequence[date], calendar: Calendar) -> str:
    """Days off, run by run, each with the festival's name."""
    runs: list[list[date]] = []
    for day in days:
        last = runs[-1][-1] if runs else None
        if last and days_from(last, 1) == day and calendar.rest_name(last) == calendar.rest_name(day):
            runs[-1].append(day)
        else:
            runs.append([day])
    return "；".join(f"{calendar.rest_name(run[0])} {_span(run[0], run[-1])}" for run in runs)


def _span(first: date, last: date) -> str:
    return plain_date(first) if first == last else f"{plain_date(first)}至{plain_date(last)}"
