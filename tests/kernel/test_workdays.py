"""Working days: the notices as published, and a naive day-by-day count as oracle."""

import json
import random
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from mingjing.kernel.refused import Refused
from mingjing.kernel.workdays import Calendar, days_from
from tests.shared_data import shared_data

CALENDARS = Path(__file__).resolve().parents[2] / "codex" / "calendars"
FILES = [tomllib.loads(path.read_text("utf-8")) for path in sorted(CALENDARS.glob("*.toml"))]
CALENDAR = Calendar.from_years(FILES)
OFF = {day for year in FILES for festival in year["festivals"] for day in festival["off"]}
WORKED = {day for year in FILES for festival in year["festivals"] for day in festival.get("worked", [])}


def works(day: date) -> bool:
    """The definition, said once more: make-up day, else neither holiday nor weekend."""
    return day in WORKED or (day not in OFF and day.weekday() < 5)


def a_year(**changes):
    year = {
        "year": 2030,
        "source": [{"title": "某通知", "address": "https://www.gov.cn/notice"}],
        "festivals": [{"name": "元旦", "off": [date(2030, 1, 1)], "worked": [date(2030, 1, 5)]}],
    }
    return {**year, **changes}


def test_every_year_from_2018_to_2026_is_loaded_with_its_notice():
    assert (CALENDAR.first_year, CALENDAR.last_year) == (2018, 2026)
    assert all("国务院办公厅关于" in CALENDAR.sources[year][0].title for year in range(2018, 2027))


@pytest.mark.parametrize(
    ("year", "workdays"),
    [
        (2018, 250),
        (2019, 250),
        (2020, 249),
        (2021, 250),
        (2022, 249),
        (2023, 249),
        (2024, 251),
        (2025, 248),
        (2026, 248),
    ],
)
def test_a_year_has_as_many_working_days_as_its_notices_leave(year, workdays):
    assert CALENDAR.between(date(year - 1, 12, 31), date(year, 12, 31)) == workdays


@pytest.mark.parametrize("year", range(2018, 2027))
def test_our_calendars_hold_the_facts_of_the_published_data(year):
    published = json.loads((shared_data("holidays") / f"{year}.json").read_text("utf-8"))

    wrong = [
        item["date"]
        for item in published["days"]
        if CALENDAR.is_workday(date.fromisoformat(item["date"])) == item["isOffDay"]
    ]

    assert wrong == []


def test_counting_agrees_with_going_day_by_day():
    """Some 6,000 comparisons over 2018 to 2026."""
    rng = random.Random(85)
    for _ in range(300):
        start = date(2018, 1, 1) + timedelta(days=rng.randrange(3100))
        day, count = start, 0
        while count < 20:
            day += timedelta(days=1)
            count += works(day)
            if works(day):
                assert CALENDAR.add(start, count) == day
            assert CALENDAR.between(start, day) == count
        day, count = start, 0
        while count < 10:
            day -= timedelta(days=1)
            if works(day):
                count += 1
                assert CALENDAR.add(start, -count) == day


def test_adding_no_working_day_stays_even_on_a_rest_day():
    assert CALENDAR.add(date(2026, 10, 1), 0) == date(2026, 10, 1)


def test_counting_backwards_is_negative():
    assert CALENDAR.between(date(2026, 10, 12), date(2026, 9, 24)) == -7


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 10, 1), "国庆节放假"),
        (date(2026, 10, 10), None),
        (date(2026, 10, 11), "周末"),
        (date(2026, 10, 12), None),
        (date(2027, 1, 1), "元旦放假"),
        (date(2027, 1, 2), "周末"),
        (date(2027, 5, 2), "劳动节放假"),
        (date(2017, 5, 2), None),
    ],
    ids=str,
)
def test_a_rest_day_says_why_it_is_one(day, name):
    assert CALENDAR.rest_name(day) == name


def test_the_last_days_of_2018_follow_the_notice_for_2019():
    assert CALENDAR.is_workday(date(2018, 12, 29))
    assert not CALENDAR.is_workday(date(2018, 12, 31))


def test_days_beyond_the_last_notice_are_unsettled():
    assert CALENDAR.settled(date(2026, 12, 31))
    assert not CALENDAR.settled(date(2027, 1, 4))
    assert not CALENDAR.settled(date(2017, 12, 29))


def test_a_day_of_the_next_year_that_a_notice_names_is_settled():
    calendar = Calendar.from_years([a_year(festivals=[{"name": "元旦", "off": [date(2031, 1, 2)]}])])

    assert calendar.settled(date(2031, 1, 2))
    assert not calendar.settled(date(2031, 1, 3))
    assert calendar.rest_name(date(2031, 1, 2)) == "元旦放假"


@pytest.mark.parametrize(
    ("years", "says"),
    [
        ([], "一个年份也没有"),
        ([{}], "year"),
        ([a_year(year="2030")], "year"),
        ([a_year(year=True)], "year"),
        ([a_year(source=[])], "source"),
        ([a_year(source=[{"title": " ", "address": "https://x"}])], "source.title"),
        ([a_year(source=[{"title": "某通知", "address": "某网站"}])], "source.address"),
        ([a_year(festivals=[{"off": []}])], "festivals.name"),
        ([a_year(festivals=[{"name": "元旦", "off": ["2030-01-01"]}])], "2030-01-01"),
        ([a_year(festivals=[{"name": "元旦", "off": date(2030, 1, 1)}])], "off"),
        ([a_year(festivals=[{"name": "元旦", "off": [date(2035, 1, 1)]}])], "2035-01-01"),
        ([a_year(festivals=[{"name": "元旦", "worked": [date(2030, 1, 4)]}])], "不是周末"),
        (
            [a_year(festivals=[{"name": "元旦", "off": [date(2030, 1, 5)], "worked": [date(2030, 1, 5)]}])],
            "既列为放假",
        ),
        ([a_year(note="x")], "note"),
        ([a_year(), a_year()], "同一年有两个文件"),
        ([a_year(), a_year(year=2032, festivals=[{"name": "元旦"}])], "2031 年日历"),
    ],
)
def test_a_bad_calendar_is_refused_with_the_place_and_a_remedy(years, says):
    with pytest.raises(Refused) as refusal:
        Calendar.from_years(years)

    assert refusal.value.code == "bad-calendar"
    assert says in refusal.value.reason
    assert refusal.value.remedy


@pytest.mark.parametrize(
    "ask",
    [
        lambda: CALENDAR.add(date(2149, 12, 1), 60),
        lambda: CALENDAR.add(date(1950, 1, 10), -30),
        lambda: CALENDAR.is_workday(date(2150, 1, 1)),
        lambda: CALENDAR.between(date(1949, 10, 1), date(2026, 1, 1)),
        lambda: days_from(date.max, 1),
        lambda: days_from(date.min, -1),
    ],
)
def test_a_date_out_of_range_is_refused_not_guessed(ask):
    with pytest.raises(Refused) as refusal:
        ask()

    assert refusal.value.code == "date-out-of-range"
