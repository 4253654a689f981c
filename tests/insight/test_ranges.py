"""Reading the range of a fine as provisions word it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.insight.ranges import ranges_in


@pytest.mark.parametrize(
    ("text", "base", "least", "most"),
    [
        ("处以二十元以上五十元以下罚款", "amount", 2_000, 5_000),
        ("并处5万元以上10万元以下的罚款", "amount", 5_000_000, 10_000_000),
        ("处五万元以下的罚款", "amount", 0, 5_000_000),
        ("并处五千元罚款", "amount", 500_000, 500_000),
        ("处1000-3000元罚款", "amount", 100_000, 300_000),
        ("处一万元至五万元的罚款", "amount", 1_000_000, 5_000_000),
        ("并处货值金额十倍以上二十倍以下罚款", "goods", 10, 20),
        ("处违法所得2倍以上10倍以下的罚款", "gains", 2, 10),
        ("处违法所得5倍以下的罚款", "gains", 0, 5),
        ("处货值金额百分之五十以上三倍以下罚款", "goods", Decimal("0.5"), 3),
        ("处应缴纳的保险费的二倍罚款", "premium", 2, 2),
        ("处不缴的税款百分之五十以上五倍以下的罚款", "other", Decimal("0.5"), 5),
    ],
)
def test_a_range_is_read_with_its_base(text: str, base: str, least: int | Decimal, most: int) -> None:
    (found,) = ranges_in(text)

    assert (found.base, found.least, found.most) == (base, least, most)


def test_conditions_are_no_ranges() -> None:
    found = ranges_in(
        "虚开金额在1万元以下的，可以并处5万元以下的罚款；超过1万元的，并处5万元以上50万元以下的罚款"
    )

    assert [(one.least, one.most) for one in found] == [(0, 5_000_000), (5_000_000, 50_000_000)]
    assert found[0].optional


def test_tiers_by_the_value_of_goods_are_told_apart() -> None:
    small, large = ranges_in(
        "违法生产经营的食品货值金额不足一万元的，并处五万元以上十万元以下罚款；"
        "货值金额一万元以上的，并处货值金额十倍以上二十倍以下罚款"
    )

    assert (small.base, small.goods_below_fen, small.goods_from_fen) == ("amount", 1_000_000, None)
    assert (large.base, large.goods_below_fen, large.goods_from_fen) == ("goods", None, 1_000_000)


def test_a_floor_belongs_to_the_multiple_before_it() -> None:
    (found,) = ranges_in("并处货值金额十五倍以上三十倍以下的罚款；货值金额不足十万元的，按十万元计算")

    assert found.floor_fen == 10_000_000


def test_each_subject_has_its_own_range() -> None:
    found = ranges_in(
        "对个人处以五十元以上二百元以下罚款，对单位处以二百元以上二千元以下罚款，"
        "对直接负责的主管人员处一万元以上二万元以下罚款"
    )

    assert [one.subject for one in found] == ["person", "organization", "responsible"]


@pytest.mark.parametrize(
    ("text", "per"), [("处每吨三百元罚款", "每吨"), ("按照每人100元以上500元以下的标准处以罚款", "每人")]
)
def test_what_counts_by_the_piece_cannot_be_reckoned(text: str, per: str) -> None:
    (found,) = ranges_in(text)

    assert found.per == per
    assert not found.reckonable


@pytest.mark.parametrize(
    "text", ["", "暂无", "赔偿劳动者损失", "处十五日以下拘留", "按已经履行的期间支付赔偿金"]
)
def test_words_without_a_fine_give_no_range(text: str) -> None:
    assert ranges_in(text) == ()


@given(st.text(alphabet="处以罚款货值金额违法所得一二十百千万元倍以上下的，；0123456789%", max_size=60))
def test_no_provision_makes_reading_fail(text: str) -> None:
    assert all(one.least <= one.most for one in ranges_in(text))
