"""Which days are working days: weekends, the State Council's yearly holiday notices, and make-up days.

A working day is a weekday that is no holiday, or a weekend day on which a notice orders work
(行政处罚法 art. 85, 行政强制法 art. 69, 行政许可法 art. 82). The notices are data, one file a year in
``codex/calendars``::

    year = 2026

    [[source]]                     # at least one: the notice, and later notices that changed it
    title = "国务院办公厅关于2026年部分节假日安排的通知"
    address = "https://www.gov.cn/…"

    [[festivals]]
    name = "元旦"
    off = [2026-01-01, 2026-01-02, 2026-01-03]
    worked = [2026-01-04]          # weekend days on which people work

Days of a year whose notice is not loaded are *unsettled*: weekends rest, and so do the holidays that
全国年节及纪念日放假办法 art. 2 fixes on a day of the solar calendar, because these are certain; lunar
holidays and make-up days are unknown. Whoever builds on such a day must call the result provisional.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any

from mingjing.kernel.refused import Refused

# The days the prefix lists cover. Outside, no term of any law can end.
FIRST_DAY = date(1950, 1, 1)
LAST_DAY = date(2149, 12, 31)

# 全国年节及纪念日放假办法 art. 2 (2024 revision): (month, day) -> name.
SOLAR_HOLIDAYS = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}


@dataclass(frozen=True)
class Source:
    """The notice that settles a year: its title and its address on the government's site."""

    title: str
    address: str


@dataclass(frozen=True)
class Festival:
    """One festival of one notice: its days off and the weekend days worked for it."""

    name: str
    off: tuple[date, ...]
    worked: tuple[date, ...]


@dataclass(frozen=True)
class Year:
    """One calendar file, checked."""

    year: int
    sources: tuple[Source, ...]
    festivals: tuple[Festival, ...]


class Calendar:
    """Working days over two centuries; adding and counting cost two look-ups, however long the term.

    Build it with :meth:`from_years`. Immutable in use; equal inputs give equal answers.
    """

    def __init__(self, years: Iterable[Year]) -> None:
        ordered = sorted(years, key=lambda item: item.year)
        _refuse_gaps([item.year for item in ordered])
        self.first_year: int = ordered[0].year
        self.last_year: int = ordered[-1].year
        self.sources: dict[int, tuple[Source, ...]] = {item.year: item.sources for item in ordered}
        self._off = _merge((day, f.name) for item in ordered for f in item.festivals for day in f.off)
        self._worked = _merge((day, f.name) for item in ordered for f in item.festivals for day in f.worked)
        _refuse_contradictions(self._off, self._worked)
        self._named_days = sorted(self._off | self._worked)
        self._base = FIRST_DAY.toordinal()
        flags = self._flags()
        # _before[i]: working days strictly before day i; _workdays[k]: offset of the k-th working day.
        self._before = array("l", accumulate(flags, initial=0))
        self._workdays = array("l", (offset for offset, works in enumerate(flags) if works))

    @classmethod
    def from_years(cls, years: Iterable[Mapping[str, Any]]) -> Calendar:
        """The calendar of the given files, in any order.

        Raises ``Refused("bad-calendar")`` naming year, key and remedy when a file is malformed, when two
        files contradict each other, or when a year between the first and the last is missing.
        """
        return cls([read_year(data) for data in years])

    def is_workday(self, day: date) -> bool:
        """Whether people work on ``day``; an unsettled day is judged by weekends and solar holidays."""
        offset = self._offset(day)
        return self._before[offset + 1] > self._before[offset]

    def add(self, day: date, workdays: int) -> date:
        """The ``workdays``-th working day after ``day``, or before it if negative.

        ``day`` itself is not counted. Zero gives ``day`` back, working day or not.
        """
        if workdays == 0:
            return day
        offset = self._offset(day)
        index = self._before[offset + 1] + workdays - 1 if workdays > 0 else self._before[offset] + workdays
        if not 0 <= index < len(self._workdays):
            raise _out_of_range(f"{day} 起 {workdays} 个工作日")
        return date.fromordinal(self._base + self._workdays[index])

    def between(self, after: date, until: date) -> int:
        """Working days after ``after`` up to and including ``until``; negative if ``until`` is earlier."""
        return self._before[self._offset(until) + 1] - self._before[self._offset(after) + 1]

    def settled(self, day: date) -> bool:
        """Whether the notice of the day's year is loaded, or a neighbouring year's notice names the day."""
        return self.first_year <= day.year <= self.last_year or day in self._off or day in self._worked

    def rest_name(self, day: date) -> str | None:
        """Why ``day`` is a rest day (``国庆节放假``, ``周末``), or None on a working day."""
        if self.is_workday(day):
            return None
        name = self._off.get(day) or (None if self.settled(day) else _solar_holiday(day))
        return f"{name}放假" if name else "周末"

    def make_up_name(self, day: date) -> str | None:
        """The festival for which ``day``, a weekend day, is worked; None on every other day."""
        return self._worked.get(day)

    def named_days(self, after: date, until: date) -> Sequence[date]:
        """What the notices name, off or worked, after ``after`` up to and including ``until``."""
        return self._named_days[bisect_right(self._named_days, after) : bisect_right(self._named_days, until)]

    def _offset(self, day: date) -> int:
        offset = day.toordinal() - self._base
        if not 0 <= offset < len(self._before) - 1:
            raise _out_of_range(str(day))
        return offset

    def _flags(self) -> list[bool]:
        days = range(self._base, LAST_DAY.toordinal() + 1)
        flags = [(ordinal - 1) % 7 < 5 for ordinal in days]  # ordinal 1 was a Monday
        for year in (*range(FIRST_DAY.year, self.first_year), *range(self.last_year + 1, LAST_DAY.year + 1)):
            for month, day in SOLAR_HOLIDAYS:
                if _solar_holiday(date(year, month, day)):
                    flags[date(year, month, day).toordinal() - self._base] = False
        for off in self._off:
            flags[off.toordinal() - self._base] = False
        for worked in self._worked:
            flags[worked.toordinal() - self._base] = True
        return flags


def read_year(data: Mapping[str, Any]) -> Year:
    """One calendar file as a checked value. Raises ``Refused("bad-calendar")``."""
    year = data.get("year")
    if not isinstance(year, int) or isinstance(year, bool) or not FIRST_DAY.year < year < LAST_DAY.year:
        raise _bad("日历文件", "year", f"应为四位年份，现为 {year!r}", "写成 year = 2026")
    where = f"{year} 年日历"
    sources = tuple(_source(where, item) for item in _tables(where, data, "source"))
    festivals = tuple(_festival(where, year, item) for item in _tables(where, data, "festivals"))
    unknown = sorted(set(data) - {"year", "source", "festivals"})
    if unknown:
        raise _bad(where, unknown[0], "不认识这一项", "只用 year、source、festivals")
    return Year(year, sources, festivals)


def _tables(where: str, data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    tables = data.get(key)
    if not isinstance(tables, list) or not tables or not all(isinstance(item, Mapping) for item in tables):
        raise _bad(where, key, "缺失或不是表", f"至少写一个 [[{key}]]")
    return tables


def _source(where: str, item: Mapping[str, Any]) -> Source:
    title, address = item.get("title"), item.get("address")
    if not isinstance(title, str) or not title.strip():
        raise _bad(where, "source.title", "缺通知名称", "写国务院办公厅通知的全称")
    if not isinstance(address, str) or not address.startswith(("http://", "https://")):
        raise _bad(where, "source.address", f"应为网址，现为 {address!r}", "写通知在中国政府网的网址")
    return Source(title.strip(), address)


def _festival(where: str, year: int, item: Mapping[str, Any]) -> Festival:
    name = item.get("name")
    if not isinstance(name, str) or not name.strip():
        raise _bad(where, "festivals.name", "缺节日名称", '写成 name = "元旦"')
    off = _days(f"{where}·{name}", year, "off", item.get("off", []))
    worked = _days(f"{where}·{name}", year, "worked", item.get("worked", []))
    for day in worked:
        if day.weekday() < 5:
            raise _bad(f"{where}·{name}", "worked", f"{day} 不是周末", "worked 只列上班的周六、周日")
    return Festival(name.strip(), off, worked)


def _days(where: str, year: int, key: str, days: Any) -> tuple[date, ...]:
    if not isinstance(days, list):
        raise _bad(where, key, "应为日期列表", f"写成 {key} = [{year}-01-01]")
    for day in days:
        if not isinstance(day, date) or isinstance(day, datetime):
            raise _bad(where, key, f"{day!r} 不是日期", f"写成不带引号的 {year}-01-01")
        # A notice may name the last days of the year before or the first of the year after.
        if abs(day.year - year) > 1:
            raise _bad(where, key, f"{day} 不在 {year} 年前后", "核对年份")
    return tuple(days)


def _merge(named: Iterable[tuple[date, str]]) -> dict[date, str]:
    days: dict[date, str] = {}
    for day, name in named:
        days.setdefault(day, name)
    return days


def _refuse_contradictions(off: Mapping[date, str], worked: Mapping[date, str]) -> None:
    both = sorted(off.keys() & worked.keys())
    if both:
        raise _bad("日历", "off、worked", f"{both[0]} 既列为放假又列为上班", "以较晚的通知为准，删去另一处")


def _refuse_gaps(years: Sequence[int]) -> None:
    if not years:
        raise _bad("日历", "year", "一个年份也没有", "在 codex/calendars 放入年度日历文件")
    for earlier, later in pairwise(years):
        if later == earlier:
            raise _bad(f"{later} 年日历", "year", "同一年有两个文件", "合并为一个文件")
        if later != earlier + 1:
            raise _bad(
                f"{earlier + 1} 年日历",
                "year",
                f"缺这一年（已有 {earlier} 年和 {later} 年）",
                "补上这一年的文件",
            )


def _solar_holiday(day: date) -> str | None:
    if (day.month, day.day) == (5, 2) and day.year < 2025:  # the second day came with the 2024 revision
        return None
    return SOLAR_HOLIDAYS.get((day.month, day.day))


def _bad(where: str, key: str, what: str, remedy: str) -> Refused:
    return Refused("bad-calendar", f"{where}的 {key}：{what}。", remedy=f"{remedy}。")


def _out_of_range(what: str) -> Refused:
    return Refused(
        "date-out-of-range",
        f"{what}超出可推算的范围（{FIRST_DAY.year} 年至 {LAST_DAY.year} 年）。",
        remedy="核对日期和期限长度。",
    )


def days_from(first: date, count: int) -> date:
    """``first`` plus ``count`` calendar days. Raises ``Refused("date-out-of-range")`` beyond the calendar."""
    if not 0 <= (first.toordinal() + count) - FIRST_DAY.toordinal() <= (LAST_DAY - FIRST_DAY).days:
        raise _out_of_range(f"{first} 起 {count} 日")
    return first + timedelta(days=count)
