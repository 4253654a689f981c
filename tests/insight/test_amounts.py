"""Reading money and dates out of running text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.insight.amounts import dates_in, fen_of
from mingjing.kernel.numerals import capital_money


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("人民币35元整", 3_500),
        ("3万余元", 3_000_000),
        ("1.5万元", 1_500_000),
        ("50,000.00元", 5_000_000),
        ("428，532.10元", 42_853_210),
        ("伍仟元整", 500_000),
        ("壹拾贰万叁仟肆佰伍拾陆元柒角捌分", 12_345_678),
        ("三百万元", 300_000_000),
        ("二千元", 200_000),
        ("２０００元", 200_000),
        ("5千元", 500_000),
        ("3百万元", 300_000_000),
        ("人民币80圆", 8_000),
    ],
)
def test_money_is_read_as_people_write_it(text: str, fen: int) -> None:
    assert fen_of(text) == fen


@pytest.mark.parametrize("text", ["", "第一百二十四条", "3件", "2022年7月17日14时35分", "68mg/100ml"])
def test_figures_that_are_no_money_are_left_alone(text: str) -> None:
    assert fen_of(text) is None


@given(st.integers(1, 10**13))
def test_capital_amounts_are_read_back(fen: int) -> None:
    assert fen_of(capital_money(fen)) == fen


@pytest.mark.parametrize(
    ("text", "on", "precision"),
    [
        ("2022年7月17日14时", date(2022, 7, 17), "day"),
        ("2022-07-17", date(2022, 7, 17), "day"),
        ("2022.7.17", date(2022, 7, 17), "day"),
        ("二〇二二年七月十七日", date(2022, 7, 17), "day"),
        ("２０２２年７月１７日", date(2022, 7, 17), "day"),
        ("2022年02月", date(2022, 2, 28), "month"),
        ("2021年度", date(2021, 12, 31), "year"),
    ],
)
def test_dates_are_read_with_their_precision(text: str, on: date, precision: str) -> None:
    (day,) = dates_in(f"当事人于{text}被查获")

    assert (day.on, day.precision) == (on, precision)


@pytest.mark.parametrize("text", ["2022年2月30日", "2022-13-01"])
def test_a_day_that_does_not_exist_is_never_made_up(text: str) -> None:
    assert all(day.precision != "day" for day in dates_in(text))


@given(st.text(max_size=60))
def test_no_text_makes_reading_fail(text: str) -> None:
    fen_of(text)
    dates_in(text)
