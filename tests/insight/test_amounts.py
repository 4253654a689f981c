"""Reading money and dates out of running text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.insight.amounts import dates_in, fen_of, money_in
from mingjing.kernel.numerals import capital_money


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("罚款人民币35元整", 3_500),
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
    found = [money.fen for money in money_in(f"决定处以{text}的处罚。")]

    assert found == [fen]


def test_an_amount_that_is_not_exact_says_so() -> None:
    (money,) = money_in("涉案3万余元")

    assert (money.fen, money.about) == (3_000_000, True)


def test_offsets_point_into_the_text_as_given() -> None:
    text = "没收违法所得２８２．２元，罚款1000元。"

    assert [text[money.start : money.end] for money in money_in(text)] == ["２８２．２元", "1000元"]


def test_figures_that_are_no_money_are_left_alone() -> None:
    assert money_in("第一百二十四条，3件，2022年7月17日14时35分，68mg/100ml，10 000元") == []


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
    money_in(text)
    dates_in(text)
