"""Clocks against an oracle that walks day by day and knows nothing of prefix lists or merged pauses."""

import tomllib
from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from mingjing.kernel.clocks import Extension, Interval, Length, reckon
from mingjing.kernel.workdays import Calendar

CALENDARS = Path(__file__).resolve().parents[2] / "codex" / "calendars"
FILES = [tomllib.loads(path.read_text("utf-8")) for path in CALENDARS.glob("*.toml")]
CALENDAR = Calendar.from_years(FILES)
OFF = {day for year in FILES for festival in year["festivals"] for day in festival["off"]}
WORKED = {day for year in FILES for festival in year["festivals"] for day in festival.get("worked", [])}
SOLAR = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
ONE_DAY = timedelta(days=1)

# Many starts an example: the properties together make some 12,000 comparisons in a few seconds.
STARTS_PER_EXAMPLE = 30

starts = st.lists(
    st.dates(date(2018, 1, 1), date(2026, 12, 31)), min_size=STARTS_PER_EXAMPLE, max_size=STARTS_PER_EXAMPLE
)
lengths = st.builds(Length, st.integers(1, 60), st.sampled_from(["wd", "d"])) | st.builds(
    Length, st.integers(1, 13), st.just("m")
)
spans = st.lists(st.tuples(st.integers(-5, 70), st.integers(0, 25)), max_size=3)


def works(day):
    if day in WORKED:
        return True
    unsettled_holiday = day.year > 2026 and (day.month, day.day) in SOLAR
    return day not in OFF and day.weekday() < 5 and not unsettled_holiday


def walk(term, event, passed_over):
    """The last day of the term, found by visiting every day."""
    if term.unit == "m":
        month = event.month - 1 + term.number
        year, month = event.year + month // 12, month % 12 + 1
        corresponding = date(year, month, min(event.day, monthrange(year, month)[1]))
        remaining = (corresponding - event).days
    else:
        remaining = term.number
    day = event
    while remaining:
        day += ONE_DAY
        if day not in passed_over and (term.unit != "wd" or works(day)):
            remaining -= 1
    return day


def roll(day, passed_over):
    while day in passed_over or not works(day):
        day += ONE_DAY
    return day


def days_of(first, last):
    return {first + timedelta(days=offset) for offset in range((last - first).days + 1)}


def intervals(start, offsets, cause):
    return [
        Interval(first := start + timedelta(days=offset), first + timedelta(days=size), cause, "某文书")
        for offset, size in offsets
    ]


@settings(max_examples=200, deadline=None)
@given(starts, lengths)
def test_a_plain_term_agrees_with_walking_day_by_day(events, term):
    for event in events:
        assert reckon(term, event, CALENDAR).due_on == roll(walk(term, event, set()), set())


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.dates(date(2018, 1, 1), date(2026, 12, 31)), min_size=10, max_size=10), lengths, spans, spans
)
def test_pauses_agree_with_walking_day_by_day(events, term, excluded, suspended):
    for event in events:
        out = intervals(event, excluded, "检验")
        halted = intervals(event, suspended, "中止")
        passed_over = set().union(
            *(days_of(item.start, item.end) for item in out),
            *(days_of(item.start + ONE_DAY, item.end) for item in halted),
        )

        due_on = reckon(term, event, CALENDAR, excluded=out, suspended=halted).due_on

        assert due_on == roll(walk(term, event, passed_over), passed_over)


@settings(max_examples=100, deadline=None)
@given(st.dates(date(2018, 1, 1), date(2026, 6, 30)), lengths, lengths, spans)
def test_extensions_agree_with_walking_day_by_day(event, term, more, excluded):
    out = intervals(event, excluded, "检验")
    passed_over = set().union(*(days_of(item.start, item.end) for item in out))

    due_on = reckon(term, event, CALENDAR, excluded=out, extension=Extension(more, "延期审批表")).due_on

    assert due_on == roll(walk(more, walk(term, event, passed_over), passed_over), passed_over)


@settings(max_examples=80, deadline=None)
@given(starts, st.integers(1, 40), st.sampled_from(["wd", "d"]))
def test_counting_back_leaves_exactly_the_days_between(events, number, unit):
    for event in events:
        latest = reckon(Length(number, unit, before=True), event, CALENDAR).due_on
        between = days_of(latest + ONE_DAY, event - ONE_DAY)
        if event.year > 2018:  # before 2018 the oracle has no holidays
            free = [day for day in between if unit == "d" or works(day)]
            assert len(free) == number
            assert unit == "d" or works(latest + ONE_DAY)


@settings(max_examples=40, deadline=None)
@given(starts, lengths)
def test_a_longer_term_never_ends_sooner(events, term):
    longer = Length(term.number + 1, term.unit)
    for event in events:
        assert reckon(term, event, CALENDAR).due_on <= reckon(longer, event, CALENDAR).due_on
