"""When a term is brought to mind: half, three days, one day, due, overdue; never on a day nobody works."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from mingjing.kernel.clocks import SHANGHAI, end_of_day
from mingjing.kernel.warnings import MARKS, marks, standing
from mingjing.law import queries as law

CALENDAR = law.calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def days(opened: str, due: str) -> dict[str, str]:
    found = marks(at(f"{opened}T09:00"), end_of_day(date.fromisoformat(due)), CALENDAR)
    return {mark: moment.date().isoformat() for mark, moment in found.items()}


@pytest.mark.parametrize(
    "opened, due, expected",
    [
        # 90 days from filing: an ordinary long term, due on a Monday; the last working day before is a Friday.
        (
            "2026-03-02",
            "2026-06-01",
            {"half": "2026-04-17", "three_days": "2026-05-27", "one_day": "2026-05-29", "due": "2026-06-01"},
        ),
        # Half falls on a Saturday and is told on Monday.
        (
            "2026-03-02",
            "2026-04-09",
            {"half": "2026-03-23", "three_days": "2026-04-03", "one_day": "2026-04-08", "due": "2026-04-09"},
        ),
        # Spring Festival 2026 (15 to 23 February): Saturday 14 February is worked and is the day before the 24th.
        (
            "2026-02-02",
            "2026-02-24",
            {"three_days": "2026-02-12", "one_day": "2026-02-14", "due": "2026-02-24"},
        ),
        # A term of two working days over a weekend: no half, no three days.
        ("2026-03-06", "2026-03-10", {"one_day": "2026-03-09", "due": "2026-03-10"}),
        # Due on the day itself.
        ("2026-03-10", "2026-03-10", {"due": "2026-03-10"}),
    ],
    ids=["ninety-days", "half-on-saturday", "spring-festival", "short", "same-day"],
)
def test_marks_fall_on_working_days(opened: str, due: str, expected: dict[str, str]) -> None:
    found = days(opened, due)

    over = (date.fromisoformat(due) + timedelta(days=1)).isoformat()
    assert found == {**expected, "overdue": over}


def test_a_term_in_hours_is_told_at_half_and_in_its_last_hour() -> None:
    found = marks(at("2026-03-06T17:00"), at("2026-03-07T17:00"), CALENDAR)

    assert {mark: moment.isoformat(timespec="minutes")[5:16] for mark, moment in found.items()} == {
        "half": "03-07T05:00",
        "due": "03-07T16:00",
        "overdue": "03-07T17:00",
    }


@pytest.mark.parametrize(
    "now, mark",
    [
        ("2026-03-02T10:00", ""),
        ("2026-04-16T23:59", ""),
        ("2026-04-17T12:00", "half"),
        ("2026-05-27T00:00", "three_days"),
        ("2026-05-30T12:00", "one_day"),
        ("2026-06-01T23:59", "due"),
        ("2026-06-02T00:00", "overdue"),
    ],
)
def test_one_mark_stands_at_a_time(now: str, mark: str) -> None:
    assert standing(at("2026-03-02T09:00"), end_of_day(date(2026, 6, 1)), at(now), CALENDAR) == mark


@pytest.mark.parametrize("length", range(1, 60))
def test_marks_are_in_order_and_within_the_term(length: int) -> None:
    opened = at("2026-01-28T15:30")
    due = end_of_day((opened + timedelta(days=length)).date())

    found = marks(opened, due, CALENDAR)

    assert list(found) == [mark for mark in MARKS if mark in found]
    assert list(found.values()) == sorted(found.values())
    assert all(moment >= opened for moment in found.values())
