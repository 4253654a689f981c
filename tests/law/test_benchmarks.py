"""Discretion benchmarks: answers, arithmetic, and the proof that a table has no hole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from mingjing.kernel.benchmark_reader import read
from mingjing.kernel.benchmarks import check, evaluate
from mingjing.kernel.fines import Span
from mingjing.kernel.refused import Refused
from mingjing.law.codex.benchmarks import benchmark_for, benchmarks

LEGAL = Span(5_000_000, 10_000_000)


def table(rows: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    data = {
        "id": "t",
        "title": "测试基准",
        "items": ["FOOD-03"],
        "in_force": date(2026, 1, 1),
        "basis": "行政处罚法/34",
        "note": "测试",
        "inputs": {
            "goods": {"label": "货值", "kind": "money"},
            "repeat": {"label": "再犯", "kind": "bool"},
            "harm": {"label": "后果", "kind": "choice", "choices": [["no", "无"], ["yes", "有"]]},
        },
        "rows": [{"title": "某档", "basis": "行政处罚法/34", **row} for row in rows],
    }
    return {**data, **changes}


COMPLETE = [
    {"when": {"goods": "< 1万元", "harm": "no"}, "tier": "lighter", "share": [0, 30]},
    {"when": {"goods": ">= 1万元", "harm": "no"}, "tier": "ordinary", "share": [30, 70]},
    {"when": {"harm": "yes", "repeat": False}, "tier": "heavier", "share": [70, 100]},
    {"when": {"harm": "yes", "repeat": True}, "tier": "heavier", "times": ["5", "10"]},
]
CASE = {"goods": 50_000, "repeat": False, "harm": "no"}


@pytest.mark.parametrize(
    "inputs, tier, least, most",
    [
        ({}, "lighter", 5_000_000, 6_500_000),
        ({"goods": 999_999}, "lighter", 5_000_000, 6_500_000),
        ({"goods": 1_000_000}, "ordinary", 6_500_000, 8_500_000),
        ({"harm": "yes"}, "heavier", 8_500_000, 10_000_000),
        ({"harm": "yes", "repeat": True}, "heavier", 10_000_000, 20_000_000),
    ],
)
def test_a_table_answers_with_tier_and_range(
    inputs: dict[str, object], tier: str, least: int, most: int
) -> None:
    result = evaluate(read(table(COMPLETE), "t.toml"), {**CASE, **inputs}, legal=LEGAL, base_fen=2_000_000)

    assert result.tier == tier
    assert result.span is not None
    assert (result.span.min_fen, result.span.max_fen) == (least, most)


def test_the_answer_shows_its_arithmetic() -> None:
    result = evaluate(read(table(COMPLETE), "t.toml"), CASE, legal=LEGAL)

    assert "货值：500元；再犯：否；后果：无。" in result.explanation
    assert any("50,000元+50,000元×30%=65,000元" in line for line in result.explanation)


def test_no_matching_row_is_refused_not_answered_emptily() -> None:
    with pytest.raises(Refused) as caught:
        evaluate(read(table(COMPLETE[:1]), "t.toml"), {**CASE, "harm": "yes"}, legal=LEGAL)

    assert caught.value.code == "no-row"
    assert "后果为有" in caught.value.reason


def test_several_matching_rows_are_refused_under_unique_and_the_first_wins_under_first() -> None:
    rows = [COMPLETE[0], {"when": {}, "tier": "ordinary", "share": [30, 70]}]

    with pytest.raises(Refused) as caught:
        evaluate(read(table(rows), "t.toml"), CASE, legal=LEGAL)

    assert caught.value.code == "several-rows"
    assert evaluate(read(table(rows, hit="first"), "t.toml"), CASE, legal=LEGAL).tier == "lighter"


@pytest.mark.parametrize(
    "inputs, code",
    [
        ({"goods": None}, "input-missing"),
        ({"goods": "500"}, "input-wrong"),
        ({"goods": -1}, "input-wrong"),
        ({"goods": True}, "input-wrong"),
        ({"repeat": "是"}, "input-wrong"),
        ({"harm": "maybe"}, "input-wrong"),
    ],
)
def test_missing_and_wrong_answers_are_refused(inputs: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as caught:
        evaluate(read(table(COMPLETE), "t.toml"), {**CASE, **inputs}, legal=LEGAL)

    assert caught.value.code == code


def test_exempt_costs_nothing_and_mitigated_stays_below_the_minimum() -> None:
    rows = [
        {"when": {"repeat": False}, "tier": "exempt"},
        {"when": {"repeat": True}, "tier": "mitigated"},
    ]
    tiers = read(table(rows), "t.toml")

    exempt, mitigated = (evaluate(tiers, {**CASE, "repeat": again}, legal=LEGAL) for again in (False, True))

    assert exempt.span == Span(0, 0, exempt.span.explanation if exempt.span else ())
    assert mitigated.span is not None
    assert mitigated.span.max_fen == LEGAL.min_fen - 1


def test_a_complete_table_is_proved_complete() -> None:
    assert check(read(table(COMPLETE), "t.toml")) == ()


@pytest.mark.parametrize("left_out", range(4))
def test_every_planted_gap_is_found(left_out: int) -> None:
    rows = [row for number, row in enumerate(COMPLETE) if number != left_out]

    assert [flaw.kind for flaw in check(read(table(rows), "t.toml"))] == ["gap"]


def test_a_gap_of_a_single_fen_is_found() -> None:
    rows = [
        {"when": {"goods": "< 1万元"}, "tier": "lighter", "share": [0, 30]},
        {"when": {"goods": "> 1万元"}, "tier": "ordinary", "share": [30, 70]},
    ]

    (flaw,) = check(read(table(rows), "t.toml"))

    assert flaw.kind == "gap"
    assert "货值＝10,000元" in flaw.message


def test_an_overlap_names_its_rows_and_a_case() -> None:
    rows = [
        {"when": {"goods": "<= 1万元"}, "tier": "lighter", "share": [0, 30]},
        {"when": {"goods": ">= 1万元"}, "tier": "ordinary", "share": [30, 70]},
    ]

    (flaw,) = check(read(table(rows), "t.toml"))

    assert (flaw.kind, flaw.rows) == ("overlap", (1, 2))


def test_a_row_that_never_applies_is_found() -> None:
    rows = [
        {"when": {}, "tier": "lighter", "share": [0, 30]},
        {"when": {"harm": "yes"}, "tier": "ordinary", "share": [30, 70]},
    ]

    (flaw,) = check(read(table(rows, hit="first"), "t.toml"))

    assert (flaw.kind, flaw.rows) == ("dead-row", (2,))


@pytest.mark.parametrize(
    "change, key",
    [
        ({"hit": "any"}, "hit"),
        ({"rows": []}, "rows"),
        ({"note": None}, "note"),
        ({"until": "2027"}, "until"),
        ({"extra": 1}, "extra"),
        ({"inputs": {"x": {"label": "甲", "kind": "colour"}}}, "inputs.x.kind"),
    ],
)
def test_a_broken_file_names_file_key_and_remedy(change: dict[str, Any], key: str) -> None:
    with pytest.raises(Refused) as caught:
        read({**table(COMPLETE), **change}, "codex/benchmarks/t.toml")

    assert caught.value.reason.startswith(f"codex/benchmarks/t.toml：{key}")
    assert caught.value.remedy


@pytest.mark.parametrize(
    "when", [{"goods": "很多"}, {"goods": "< "}, {"harm": "huge"}, {"repeat": "no"}, {"unknown": True}]
)
def test_a_condition_that_cannot_be_read_is_refused(when: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        read(table([{"when": when, "tier": "lighter", "share": [0, 30]}]), "t.toml")


def test_every_table_of_the_codex_is_complete_and_says_it_is_a_default() -> None:
    assert len({code for one in benchmarks() for code in one.items}) >= 12
    for one in benchmarks():
        assert check(one) == ()
        assert "产品默认" in one.note


def test_a_table_counts_only_within_its_dates() -> None:
    assert benchmark_for("ENV-07", date(2026, 8, 14)) is None
    found = benchmark_for("ENV-07", date(2026, 8, 15))
    assert found is not None
    case = {
        "times_over": Decimal("0.05"),
        "harm": "none",
        "first": True,
        "corrected": True,
        "aggravated": False,
    }
    assert evaluate(found, case, legal=LEGAL).tier == "exempt"
