"""Lengths of terms as people write them, and the words in which a term and its nearness are told."""

from datetime import date

import pytest

from mingjing.kernel.clocks import (
    Length,
    by_urgency,
    end_of_day,
    lamp,
    parse_length,
    reckon,
)
from mingjing.kernel.refused import Refused
from tests.kernel.test_clocks import CALENDAR, at


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("15wd", Length(15, "wd")),
        ("90d", Length(90, "d")),
        ("6m", Length(6, "m")),
        ("2y", Length(2, "y")),
        ("24h", Length(24, "h")),
        ("7wd before", Length(7, "wd", before=True)),
        (" ７ＷＤ  Before ", Length(7, "wd", before=True)),
        ("15 wd", Length(15, "wd")),
    ],
)
def test_a_length_is_read_and_written_alike(text, length):
    assert parse_length(text) == length
    assert parse_length(str(length)) == length


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("", "15wd"),
        ("wd", "15wd"),
        ("0d", "至少为 1"),
        ("-5d", "15wd"),
        ("1.5d", "15wd"),
        ("7日", "工作日也可能是自然日"),
        ("七日", "工作日也可能是自然日"),
        ("7个工作日", "15wd"),
        ("7 weeks", "15wd"),
        ("7wd after", "15wd"),
        ("9" * 5000 + "d", "15wd"),
    ],
)
def test_a_bad_length_is_refused_with_how_to_write_it(text, remedy):
    with pytest.raises(Refused) as refusal:
        parse_length(text)

    assert refusal.value.code == "bad-length"
    assert remedy in str(refusal.value.remedy)


def test_the_explanation_takes_a_judge_through_every_step():
    reckoning = reckon("7wd", date(2026, 9, 24), CALENDAR)

    assert reckoning.explanation == (
        "期限为 7 个工作日，起算的事由发生在2026年9月24日（星期四）。",
        "当日不计入，自次日2026年9月25日起算（《民法典》第二百零一条、《民事诉讼法》第八十五条）。",
        "只数工作日，周末和放假日不计，调休上班日计入。",
        "其间不计的放假日：中秋节放假 2026年9月25日至2026年9月27日；"
        "国庆节放假 2026年10月1日至2026年10月7日。",
        "其间计入的周末上班日：2026年10月10日（国庆节调休）。",
        "第 7 个工作日为2026年10月12日（星期一）。",
        "届满时间：2026年10月12日（星期一）24时。",
    )


def test_the_explanation_of_a_roll_over_names_the_holiday_and_the_article():
    reckoning = reckon("90d", date(2026, 7, 3), CALENDAR)

    assert reckoning.explanation[-2] == (
        "最后一日2026年10月1日是休息日（国庆节放假），顺延至其后第一个工作日2026年10月8日（星期四）"
        "（《民法典》第二百零三条、《民事诉讼法》第八十五条）。"
    )


def test_a_latest_day_on_a_weekend_names_the_workday_before():
    reckoning = reckon("7wd before", date(2026, 3, 18), CALENDAR)

    assert reckoning.explanation[-1].endswith("在工作日办理的，最迟为2026年3月6日（星期五）。")


def test_public_security_cites_its_own_rule():
    reckoning = reckon("90d", date(2026, 7, 3), CALENDAR, profile="public_security")

    assert sum("《公安机关办理行政案件程序规定》第三十五条" in line for line in reckoning.explanation) == 2


@pytest.mark.parametrize(
    ("due", "now", "state", "words", "days"),
    [
        (end_of_day(date(2026, 3, 12)), "2026-03-14T09:00", "overdue", "超期 2 日", -2),
        (end_of_day(date(2026, 3, 12)), "2026-03-13T00:00", "overdue", "超期 1 日", -1),
        (at("2026-03-12T10:00"), "2026-03-12T10:30", "overdue", "超期不足 1 小时", 0),
        (at("2026-03-12T10:00"), "2026-03-12T13:30", "overdue", "超期 3 小时", 0),
        (end_of_day(date(2026, 3, 12)), "2026-03-12T09:00", "today", "今日到期", 0),
        (at("2026-03-12T17:30"), "2026-03-12T09:00", "today", "今日 17:30 到期", 0),
        (end_of_day(date(2026, 3, 13)), "2026-03-12T09:00", "soon", "剩 1 个工作日", 1),
        (end_of_day(date(2026, 3, 17)), "2026-03-12T09:00", "soon", "剩 3 个工作日", 5),
        (end_of_day(date(2026, 10, 9)), "2026-09-30T09:00", "soon", "剩 2 个工作日", 9),
        (end_of_day(date(2026, 10, 2)), "2026-09-30T09:00", "soon", "剩 2 日", 2),
        (end_of_day(date(2026, 3, 18)), "2026-03-12T09:00", "ok", "剩 6 日", 6),
        (end_of_day(date(2026, 3, 27)), "2026-03-12T23:59", "ok", "剩 15 日", 15),
    ],
)
def test_a_lamp_says_how_near_the_end_is(due, now, state, words, days):
    shown = lamp(due, at(now), CALENDAR)

    assert (shown.state, shown.words, shown.days) == (state, words, days)


def test_of_several_clocks_the_earliest_is_the_working_deadline():
    one_day = reckon("1d", date(2026, 3, 12), CALENDAR)
    three_workdays = reckon("3wd", date(2026, 3, 12), CALENDAR)

    assert [name for name, _ in by_urgency({"WDR-3": three_workdays, "WDR-1": one_day})] == ["WDR-1", "WDR-3"]
