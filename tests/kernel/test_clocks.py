"""When terms end: tables of real dates, each with the article whose term it is."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mingjing.kernel.clocks import (
    SHANGHAI,
    Extension,
    Interval,
    Length,
    end_of_day,
    parse_length,
    reckon,
)
from mingjing.kernel.refused import Refused
from mingjing.kernel.workdays import Calendar

CALENDARS = Path(__file__).resolve().parents[2] / "codex" / "calendars"
CALENDAR = Calendar.from_years([tomllib.loads(path.read_text("utf-8")) for path in CALENDARS.glob("*.toml")])

# case, length, event, due date
TERMS = [
    ("处罚法60 ninety days end on a workday", "90d", "2026-03-02", "2026-06-01"),
    ("处罚法60 the ninetieth day is National Day", "90d", "2026-07-03", "2026-10-08"),
    ("处罚法60 the ninetieth day is in Spring Festival 2026", "90d", "2025-11-19", "2026-02-24"),
    ("处罚法60 the ninetieth day is a Saturday worked", "90d", "2026-07-12", "2026-10-10"),
    ("处罚法60 the ninetieth day is a plain Sunday", "90d", "2026-01-26", "2026-04-27"),
    (
        "处罚法61 deliver in seven workdays over Mid-Autumn and National Day",
        "7wd",
        "2026-09-24",
        "2026-10-12",
    ),
    ("处罚法61 deliver in seven workdays over Spring Festival", "7wd", "2026-02-11", "2026-02-27"),
    ("许可法42 twenty workdays over both autumn holidays", "20wd", "2026-09-24", "2026-10-29"),
    ("许可法42 twenty workdays from a Saturday worked", "20wd", "2026-10-10", "2026-11-06"),
    ("许可法42 twenty workdays over Spring Festival 2024", "20wd", "2024-01-26", "2024-02-28"),
    ("许可法42 twenty workdays over Spring Festival 2025", "20wd", "2025-01-15", "2025-02-18"),
    ("许可法42 twenty workdays over Spring Festival 2026", "20wd", "2026-01-28", "2026-03-03"),
    ("许可法44 ten workdays over Labour Day 2024", "10wd", "2024-04-26", "2024-05-13"),
    ("许可法44 ten workdays over Labour Day 2025", "10wd", "2025-04-25", "2025-05-13"),
    ("许可法32 five workdays over Qingming", "5wd", "2026-04-02", "2026-04-10"),
    ("处罚法64 five workdays to ask for a hearing", "5wd", "2026-03-12", "2026-03-19"),
    ("处罚法64 five workdays over the worked Sunday 9-20", "5wd", "2026-09-17", "2026-09-23"),
    ("处罚法64 five workdays from a Friday", "5wd", "2026-05-08", "2026-05-14"),
    ("处罚法64 five workdays when Saturday 5-9 is worked", "5wd", "2026-05-07", "2026-05-13"),
    (
        "处罚法56 seven workdays for registered evidence, Spring Festival 2024",
        "7wd",
        "2024-02-07",
        "2024-02-22",
    ),
    (
        "处罚法56 seven workdays for registered evidence, Spring Festival 2025",
        "7wd",
        "2025-01-24",
        "2025-02-10",
    ),
    ("处罚法71 two workdays to hand over cash before a holiday", "2wd", "2026-04-30", "2026-05-07"),
    ("处罚法48 three workdays to withdraw over Dragon Boat", "3wd", "2026-06-18", "2026-06-24"),
    ("三项制度 seven workdays to publish over New Year", "7wd", "2025-12-29", "2026-01-08"),
    ("三项制度 twenty workdays to publish in plain weeks", "20wd", "2026-03-02", "2026-03-30"),
    ("处罚法67 fifteen days to pay end on a Sunday", "15d", "2026-03-07", "2026-03-23"),
    ("处罚法67 fifteen days to pay end on a worked Sunday", "15d", "2026-09-05", "2026-09-20"),
    ("处罚法67 fifteen days to pay end in Labour Day", "15d", "2026-04-17", "2026-05-06"),
    ("强制法25 thirty days of sealing end in Mid-Autumn", "30d", "2026-08-26", "2026-09-28"),
    ("强制法25 thirty days of sealing from a leap day", "30d", "2024-02-29", "2024-04-01"),
    ("强制法54 ten workdays after the demand", "10wd", "2026-09-21", "2026-10-12"),
    ("民诉法95 thirty days of public notice", "30d", "2026-01-16", "2026-02-24"),
    ("移送规定5 three days are calendar days", "3d", "2026-09-29", "2026-10-08"),
    ("复议法20 sixty days to apply end in National Day", "60d", "2026-08-03", "2026-10-08"),
    ("复议法20 sixty days to apply, plain", "60d", "2026-03-04", "2026-05-06"),
    ("行诉法46 six months from 31 August end in February", "6m", "2025-08-31", "2026-02-28"),
    ("行诉法46 six months from 31 August reach a leap day", "6m", "2023-08-31", "2024-02-29"),
    ("行诉法46 six months end on a worked Saturday", "6m", "2026-04-10", "2026-10-10"),
    ("行诉法46 six months end on National Day", "6m", "2026-04-01", "2026-10-08"),
    ("民法典202 one month from 31 January", "1m", "2025-01-31", "2025-02-28"),
    ("民法典202 one month from 30 January of a leap year", "1m", "2024-01-30", "2024-02-29"),
    ("民法典202 one month from 31 March ends on 30 April", "1m", "2026-03-31", "2026-04-30"),
    (
        "民法典202 one month from 28 February ends on 28 March, not month end",
        "1m",
        "2024-02-28",
        "2024-03-28",
    ),
    ("强制法53 three months over the year's end", "3m", "2025-11-28", "2026-02-28"),
    ("强制法53 three months end in Qingming", "3m", "2026-01-05", "2026-04-07"),
    ("国家赔偿法13 two months", "2m", "2025-12-31", "2026-02-28"),
    ("处罚法36 two years from a leap day", "2y", "2024-02-29", "2026-02-28"),
    ("处罚法36 two years end in Spring Festival 2026", "2y", "2024-02-16", "2026-02-24"),
    ("处罚法36 five years", "5y", "2021-07-15", "2026-07-15"),
    ("治安法25 six months", "6m", "2026-01-09", "2026-07-09"),
    ("许可法78 one year", "1y", "2025-06-10", "2026-06-10"),
    ("民法典201 one day from a Friday", "1d", "2026-03-06", "2026-03-09"),
    ("春节延长2020 seven workdays over the extended holiday", "7wd", "2020-01-23", "2020-02-11"),
    ("元旦2019 one workday reaches the worked Saturday 2018-12-29", "1wd", "2018-12-28", "2018-12-29"),
]

# case, length, day counted from, latest day to act
BACK = [
    ("处罚法64(2) hearing on a Friday", "7wd before", "2026-03-20", "2026-03-10"),
    ("处罚法64(2) hearing on a Wednesday", "7wd before", "2026-03-18", "2026-03-08"),
    ("处罚法64(2) hearing after National Day", "7wd before", "2026-10-12", "2026-09-23"),
    ("处罚法64(2) hearing after Spring Festival 2026", "7wd before", "2026-02-27", "2026-02-10"),
    ("处罚法64(2) hearing after Spring Festival 2025", "7wd before", "2025-02-11", "2025-01-25"),
    ("处罚法64(2) hearing after Labour Day 2024", "7wd before", "2024-05-13", "2024-04-29"),
    ("许可法48 hearing in a plain week", "7wd before", "2026-07-24", "2026-07-14"),
    ("强制法51 demand before performance on behalf", "3wd before", "2026-05-08", "2026-04-29"),
    ("许可法50 renewal thirty days before expiry", "30d before", "2026-06-30", "2026-05-30"),
    ("倒数一日", "1d before", "2026-03-12", "2026-03-10"),
    ("倒数三个月", "3m before", "2026-06-30", "2026-03-29"),
]

# case, length, event, due date
PROVISIONAL = [
    ("处罚法60 ninety days end on a workday of 2027", "90d", "2026-12-01", "2027-03-01"),
    ("处罚法61 seven workdays into 2027", "7wd", "2026-12-25", "2027-01-06"),
    ("许可法42 twenty workdays into 2027", "20wd", "2026-12-10", "2027-01-08"),
    ("行诉法46 six months end on a Sunday of 2027", "6m", "2026-08-31", "2027-03-01"),
    ("处罚法36 two years", "2y", "2026-03-12", "2028-03-13"),
    ("处罚法60 rolled over from New Year's Day 2027", "30d", "2026-12-02", "2027-01-04"),
    ("处罚法64(2) hearing in 2027", "7wd before", "2027-01-08", "2026-12-28"),
]


def day(text):
    return date.fromisoformat(text)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def an_exclusion(start, end, cause="检验"):
    return Interval(day(start), day(end) if end else None, cause, "检验期间告知书")


def an_extension(length="30d"):
    return Extension(parse_length(length), "延期审批表", cause="案情复杂", approved_by="机关负责人")


def table(rows):
    return pytest.mark.parametrize(
        ("length", "start", "due"), [row[1:] for row in rows], ids=[row[0] for row in rows]
    )


@table(TERMS)
def test_a_term_ends_on_its_day(length, start, due):
    reckoning = reckon(length, day(start), CALENDAR)

    assert reckoning.due_on == day(due)
    assert reckoning.due_at == end_of_day(day(due))
    assert not reckoning.provisional


@table(BACK)
def test_a_term_counted_back_leaves_its_days_free(length, start, due):
    reckoning = reckon(length, day(start), CALENDAR)

    assert reckoning.due_on == day(due)
    assert reckoning.starts_on == day(start)
    assert not reckoning.provisional


@table(PROVISIONAL)
def test_a_term_that_leans_on_an_unpublished_year_is_provisional(length, start, due):
    reckoning = reckon(length, day(start), CALENDAR)

    assert reckoning.due_on == day(due)
    assert reckoning.provisional
    assert "2027" in reckoning.explanation[-1] or "2028" in reckoning.explanation[-1]


def test_a_year_before_the_first_notice_is_provisional_too():
    assert reckon("5wd", date(2017, 11, 1), CALENDAR).provisional


@pytest.mark.parametrize(
    ("length", "start", "excluded", "due"),
    [
        ("30d", "2026-03-02", [("2026-03-10", "2026-03-19")], "2026-04-13"),
        ("90d", "2026-07-03", [("2026-08-03", "2026-08-07")], "2026-10-08"),
        ("90d", "2026-07-03", [("2026-08-03", "2026-08-12")], "2026-10-12"),
        ("30d", "2026-03-02", [("2026-02-20", "2026-03-04")], "2026-04-03"),
        ("30d", "2026-03-02", [("2026-04-02", "2026-04-20")], "2026-04-01"),
        ("30d", "2026-03-02", [("2026-04-01", "2026-04-01")], "2026-04-02"),
        ("30d", "2026-03-02", [("2026-03-10", "2026-03-19"), ("2026-03-15", "2026-03-24")], "2026-04-16"),
        ("30d", "2026-03-02", [("2026-03-24", "2026-03-25"), ("2026-03-10", "2026-03-11")], "2026-04-07"),
        ("20wd", "2026-03-02", [("2026-03-07", "2026-03-08")], "2026-03-30"),
        ("20wd", "2026-03-02", [("2026-03-06", "2026-03-09")], "2026-04-01"),
        ("6m", "2026-01-09", [("2026-02-02", "2026-02-11")], "2026-07-20"),
        ("15d", "2026-03-06", [("2026-03-23", "2026-03-25")], "2026-03-26"),
    ],
    ids=[
        "强制法25(3) ten days of testing",
        "处罚法60 excluded days are counted before roll-over: still National Day",
        "处罚法60 excluded days are counted before roll-over: past National Day, a Sunday",
        "强制法25(3) only the part after the event counts",
        "强制法25(3) after the end it does not matter",
        "强制法25(3) the last day itself",
        "强制法25(3) overlap is passed over once",
        "强制法25(3) two spans in any order, then Qingming",
        "许可法45 a weekend of hearing costs no working day",
        "许可法45 Friday to Monday costs two working days",
        "治安法25 ten days added to months",
        "民法典203 a roll-over does not land on a day that does not count",
    ],
)
def test_excluded_days_do_not_count(length, start, excluded, due):
    spans = [an_exclusion(first, last) for first, last in excluded]

    assert reckon(length, day(start), CALENDAR, excluded=spans).due_on == day(due)


@pytest.mark.parametrize(
    ("length", "start", "suspended", "due"),
    [
        ("30d", "2026-03-02", ("2026-03-10", "2026-03-20"), "2026-04-13"),
        ("30d", "2026-03-02", ("2026-03-10", "2026-03-10"), "2026-04-01"),
        ("30d", "2026-03-02", ("2026-03-02", "2026-03-04"), "2026-04-03"),
        ("20wd", "2026-03-02", ("2026-03-06", "2026-03-09"), "2026-03-31"),
        ("30d", "2026-03-02", ("2026-04-01", "2026-05-08"), "2026-04-01"),
    ],
    ids=[
        "ten days",
        "ordered and resumed on one day",
        "on the day of the event",
        "over a weekend",
        "on the last day",
    ],
)
def test_suspended_days_run_from_the_day_after_the_order_to_the_day_of_resumption(
    length, start, suspended, due
):
    spans = [Interval(day(suspended[0]), day(suspended[1]), "等待关联案件结果", "中止决定书")]

    assert reckon(length, day(start), CALENDAR, suspended=spans).due_on == day(due)


def test_exclusion_and_suspension_that_overlap_are_passed_over_once():
    reckoning = reckon(
        "30d",
        date(2026, 3, 2),
        CALENDAR,
        excluded=[an_exclusion("2026-03-10", "2026-03-19")],
        suspended=[Interval(date(2026, 3, 18), date(2026, 3, 25), "等待关联案件结果", "中止决定书")],
    )

    assert reckoning.due_on == date(2026, 4, 17)
    assert any("以上共跳过 16 日" in line for line in reckoning.explanation)
    assert any("中止决定书" in line for line in reckoning.explanation)


def test_a_pause_that_has_not_ended_makes_the_date_provisional():
    reckoning = reckon("90d", date(2026, 3, 2), CALENDAR, excluded=[an_exclusion("2026-03-18", None)])

    assert reckoning.provisional
    assert reckoning.paused_since == date(2026, 3, 18)
    assert "尚未结束" in reckoning.explanation[-1]


def test_a_pause_that_begins_after_the_end_changes_nothing():
    reckoning = reckon("5wd", date(2026, 3, 2), CALENDAR, excluded=[an_exclusion("2026-04-18", None)])

    assert (reckoning.provisional, reckoning.paused_since) == (False, None)


@pytest.mark.parametrize(
    ("length", "start", "extensions", "due"),
    [
        ("30d", "2026-03-02", ["30d"], "2026-05-06"),
        ("30d", "2026-03-02", ["30d", "30d"], "2026-06-01"),
        ("20wd", "2026-09-24", ["10wd"], "2026-11-12"),
        ("90d", "2026-03-02", ["30d"], "2026-06-30"),
        ("90d", "2026-07-03", ["30d"], "2026-11-02"),
        ("90d", "2026-03-02", ["10wd"], "2026-06-12"),
        ("20wd", "2026-12-01", ["10wd"], "2027-01-13"),
    ],
    ids=[
        "强制法25 once, into Labour Day",
        "治安法118 twice",
        "许可法42 ten working days",
        "市监程序规定64 thirty days on an unrolled Sunday",
        "处罚法60 the old end does not roll over first",
        "延期可用另一单位",
        "许可法42 into an unpublished year",
    ],
)
def test_an_extension_runs_on_from_the_last_day_counted(length, start, extensions, due):
    granted = [an_extension(text) for text in extensions]

    reckoning = reckon(length, day(start), CALENDAR, extension=granted)

    assert reckoning.due_on == day(due)
    assert any("延期审批表，机关负责人批准，事由：案情复杂" in line for line in reckoning.explanation)


def test_a_single_extension_needs_no_list():
    assert reckon("30d", date(2026, 3, 2), CALENDAR, extension=an_extension("5d")).due_on == date(2026, 4, 7)


def test_an_exclusion_during_the_extension_counts_there():
    excluded = [an_exclusion("2026-04-10", "2026-04-14")]

    plain = reckon("30d", date(2026, 3, 2), CALENDAR, excluded=excluded)
    extended = reckon("30d", date(2026, 3, 2), CALENDAR, excluded=excluded, extension=an_extension("15d"))

    assert plain.due_on == date(2026, 4, 1)
    assert extended.due_on == date(2026, 4, 21)


def test_restraint_of_liberty_ends_on_its_day():
    reckoning = reckon("15d", date(2026, 9, 17), CALENDAR, liberty=True, profile="public_security")

    assert reckoning.due_on == date(2026, 10, 2)
    assert any("不因节假日延长" in line for line in reckoning.explanation)


def test_restraint_of_liberty_asks_no_calendar():
    assert not reckon("15d", date(2026, 12, 25), CALENDAR, liberty=True).provisional


@pytest.mark.parametrize(
    ("length", "start", "due"),
    [
        ("24h", "2026-09-30T17:30", "2026-10-01T17:30"),
        ("8h", "2026-03-12T22:05", "2026-03-13T06:05"),
        ("24h", "2026-12-31T09:00", "2027-01-01T09:00"),
        ("24h before", "2026-03-12T10:00", "2026-03-11T10:00"),
    ],
    ids=[
        "强制法19 over National Day",
        "治安法97 over midnight",
        "移送规定5 into 2027",
        "安全生产法70 before",
    ],
)
def test_hours_run_from_the_moment_and_never_roll_over(length, start, due):
    reckoning = reckon(length, at(start), CALENDAR)

    assert reckoning.due_at == at(due)
    assert reckoning.due_on == at(due).date()
    assert not reckoning.provisional


def test_a_moment_counts_by_the_day_it_is_in_shanghai():
    late_evening_in_utc = datetime(2026, 3, 11, 17, 0, tzinfo=UTC)  # 01:00 on the 12th in Shanghai

    assert reckon("5wd", late_evening_in_utc, CALENDAR).starts_on == date(2026, 3, 13)


@pytest.mark.parametrize(
    ("code", "ask"),
    [
        ("moment-needed", lambda: reckon("24h", date(2026, 3, 12), CALENDAR)),
        ("moment-needed", lambda: reckon("24h before", date(2026, 3, 12), CALENDAR)),
        (
            "bad-interval",
            lambda: reckon(
                "9d", date(2026, 3, 2), CALENDAR, excluded=[an_exclusion("2026-03-05", "2026-03-04")]
            ),
        ),
        (
            "bad-interval",
            lambda: reckon(
                "9d", date(2026, 3, 2), CALENDAR, suspended=[Interval(date(2026, 3, 5), None, "检验", " ")]
            ),
        ),
        (
            "bad-interval",
            lambda: reckon(
                "9d", date(2026, 3, 2), CALENDAR, excluded=[an_exclusion("2026-03-05", None, cause="")]
            ),
        ),
        (
            "bad-extension",
            lambda: reckon("9d", date(2026, 3, 2), CALENDAR, extension=Extension(Length(9, "d"), "")),
        ),
        ("bad-length", lambda: reckon("9d", date(2026, 3, 2), CALENDAR, extension=an_extension("9h"))),
        ("bad-length", lambda: reckon("9d", date(2026, 3, 2), CALENDAR, extension=an_extension("9d before"))),
        ("not-pausable", lambda: reckon("9h", at("2026-03-02T09:00"), CALENDAR, extension=an_extension())),
        (
            "not-pausable",
            lambda: reckon(
                "7wd before", date(2026, 3, 2), CALENDAR, excluded=[an_exclusion("2026-02-24", None)]
            ),
        ),
        ("date-out-of-range", lambda: reckon("99999d", date(2026, 3, 2), CALENDAR)),
        ("date-out-of-range", lambda: reckon("99999wd", date(2026, 3, 2), CALENDAR)),
        ("date-out-of-range", lambda: reckon("99999y", date(2026, 3, 2), CALENDAR)),
        ("date-out-of-range", lambda: reckon("9999m before", date(2026, 3, 2), CALENDAR)),
        ("date-out-of-range", lambda: reckon("1d", date.max, CALENDAR)),
        ("date-out-of-range", lambda: reckon("99999h", datetime.max.replace(tzinfo=SHANGHAI), CALENDAR)),
    ],
)
def test_what_cannot_be_reckoned_is_refused(code, ask):
    with pytest.raises(Refused) as refusal:
        ask()

    assert refusal.value.code == code
    assert refusal.value.remedy


def test_a_time_without_zone_is_a_bug():
    with pytest.raises(ValueError, match="naive"):
        reckon("5wd", datetime(2026, 3, 12, 9, 0), CALENDAR)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("event", "due"),
    [
        (date(2025, 12, 31), date(2026, 1, 10)),  # a Saturday that is worked; a named day never moves anyway
        (date(2026, 1, 9), date(2026, 1, 10)),
        (date(2026, 1, 10), date(2027, 1, 10)),  # the day of the event itself is never the end of its term
        (date(2026, 12, 31), date(2027, 1, 10)),  # a Sunday: named days are not moved
    ],
)
def test_a_term_that_names_a_day_ends_on_the_next_such_day(event, due):
    found = reckon("by 01-10", event, CALENDAR)

    assert (found.due_on, found.provisional) == (due, False)
    assert "1 月 10 日前" in found.explanation[0]


def test_a_named_day_allows_no_pause_and_must_exist_every_year():
    with pytest.raises(Refused, match="不能扣除"):
        reckon("by 01-10", date(2026, 1, 1), CALENDAR, extension=Extension(parse_length("5d"), "批准书"))
    with pytest.raises(Refused, match="不是每年都有"):
        parse_length("by 02-29")
