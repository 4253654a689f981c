"""Ranges of fines and their arithmetic, for the power items of the codex."""

from __future__ import annotations

import pytest

from mingjing.kernel.refused import Refused
from mingjing.law.codex.powers import Power, from_data, power_lists, to_data

YUAN = 100
WAN = 10_000 * YUAN


def power(code: str) -> Power:
    return next(item for group in power_lists() for item in group.items if item.code == code)


RANGES = [
    # 食品安全法 art. 124(1): by amount below 10,000 yuan of goods, by multiples from there.
    ("FOOD-03", {"goods_value_fen": 0}, 5 * WAN, 10 * WAN),
    ("FOOD-03", {"goods_value_fen": 999_999}, 5 * WAN, 10 * WAN),
    ("FOOD-03", {"goods_value_fen": 1_000_000}, 10 * WAN, 20 * WAN),
    ("FOOD-03", {"goods_value_fen": 1_234_567}, 12_345_670, 24_691_340),
    # 药品管理法 art. 115: goods below 100,000 yuan count as 100,000.
    ("MED-01", {"goods_value_fen": 1 * YUAN}, 150 * WAN, 300 * WAN),
    ("MED-01", {"goods_value_fen": 20 * WAN}, 300 * WAN, 600 * WAN),
    # 药品管理法 art. 117(1): the floor of retail is 10,000 yuan.
    ("MED-03", {"goods_value_fen": 1 * YUAN, "fine_variant": "retail"}, 10 * WAN, 20 * WAN),
    # 医师法 art. 59: multiples of illegal gains, floor 10,000 yuan.
    ("MED-11", {"illegal_gains_fen": 0}, 2 * WAN, 10 * WAN),
    ("MED-11", {"illegal_gains_fen": 3 * WAN}, 6 * WAN, 30 * WAN),
    # 药品管理法 art. 118: from 0.3 times what the person earned.
    ("MED-02", {"illegal_gains_fen": 10 * WAN, "fine_variant": "responsible"}, 3 * WAN, 30 * WAN),
    # 道路交通安全法 art. 98: exactly twice the premium.
    ("TRAF-08", {"premium_fen": 95_000}, 190_000, 190_000),
    ("ENV-05", {"fine_variant": "noise"}, 2 * WAN, 20 * WAN),
    ("SAFE-13", {"fine_variant": "person"}, 0, 500 * YUAN),
]
FINES = [
    ("FOOD-03", {"goods_value_fen": 50_000}, 5 * WAN - 1, "below"),
    ("FOOD-03", {"goods_value_fen": 50_000}, 5 * WAN, "within"),
    ("FOOD-03", {"goods_value_fen": 50_000}, 10 * WAN, "within"),
    ("FOOD-03", {"goods_value_fen": 50_000}, 10 * WAN + 1, "above"),
    ("FOOD-05", {}, 0, "within"),
    ("FOOD-05", {}, 2000 * YUAN + 1, "above"),
    ("TRAF-04", {}, 4999 * YUAN, "below"),
    ("TRAF-04", {}, 5000 * YUAN, "within"),
]


@pytest.mark.parametrize("code, facts, least, most", RANGES)
def test_the_range_of_the_law_is_reckoned_from_the_facts(
    code: str, facts: dict[str, object], least: int, most: int
) -> None:
    span = power(code).legal_span(facts)

    assert (span.min_fen, span.max_fen) == (least, most)
    assert span.explanation


@pytest.mark.parametrize("code, facts, fine_fen, verdict", FINES)
def test_a_fine_is_within_below_or_above(
    code: str, facts: dict[str, object], fine_fen: int, verdict: str
) -> None:
    check = power(code).check_fine(facts, fine_fen)

    assert check.verdict == verdict
    assert power(code).basis in check.basis


def test_a_fine_below_the_minimum_points_to_the_grounds_of_mitigation() -> None:
    check = power("FOOD-01").check_fine({"goods_value_fen": 100_000}, 1_000_000)

    assert "行政处罚法/32" in check.basis
    assert "减轻" in check.reason


def test_the_arithmetic_says_which_floor_was_applied() -> None:
    span = power("MED-01").legal_span({"goods_value_fen": 1_000_000})

    assert any("不足100,000元的，按100,000元计算" in line for line in span.explanation)
    assert any("100,000元×15=1,500,000元" in line for line in span.explanation)


@pytest.mark.parametrize(
    "code, facts, refusal",
    [
        ("FOOD-03", {}, "amount-missing"),
        ("FOOD-03", {"goods_value_fen": "一万"}, "amount-wrong"),
        ("FOOD-03", {"goods_value_fen": -1}, "amount-wrong"),
        ("FOOD-03", {"goods_value_fen": True}, "amount-wrong"),
        ("MED-09", {}, "amount-missing"),
        ("ENV-05", {"fine_variant": "nothing"}, "no-such-variant"),
    ],
)
def test_missing_and_wrong_amounts_are_refused_by_name(
    code: str, facts: dict[str, object], refusal: str
) -> None:
    with pytest.raises(Refused) as caught:
        power(code).legal_span(facts)

    assert caught.value.code == refusal


def test_every_item_survives_the_way_through_the_database() -> None:
    for group in power_lists():
        for item in group.items:
            assert from_data(to_data(item), item.source, item.edition) == item


def test_there_are_seventy_items_in_six_fields() -> None:
    items = [item for group in power_lists() for item in group.items]

    assert len({item.code for item in items}) == len(items) == 70
    assert len({item.field for item in items}) == 6
    assert all(item.fines and item.organ_fields for item in items)
