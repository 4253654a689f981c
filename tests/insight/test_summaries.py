"""Reading the summaries of decided cases."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.insight.summaries import read_summary
from tests.shared_data import shared_data

SUMMARY = {
    "item": "经营超过保质期的食品",
    "statute": "《中华人民共和国食品安全法》第一百二十四条第一款第（五）项",
    "range": "并处五万元以上十万元以下罚款",
    "fact": "2022年3月2日，当事人姜某销售超过保质期的食品，违反《中华人民共和国食品安全法》第三十四条第（十）项的规定。",
    "basis": "《中华人民共和国食品安全法》第一百二十四条第一款第（五）项",
    "decision": "对当事人姜某处警告；没收违法所得36元；罚款人民币5000元。",
}


def test_a_summary_tells_act_basis_order_and_party() -> None:
    reading = read_summary(SUMMARY)

    assert (reading.act_on, reading.act_precision) == (date(2022, 3, 2), "day")
    assert [citation.basis for citation in reading.violated] == ["食品安全法/34[10]"]
    assert [citation.basis for citation in reading.basis] == ["食品安全法/124(1)[5]"]
    assert reading.ordered.penalties == ("警告", "罚款", "没收违法所得")
    assert (reading.ordered.fine_fen, reading.ordered.confiscated_fen) == (500_000, 3_600)
    assert (reading.party_name, reading.party_kind) == ("姜某", "person")
    assert reading.notes == ()


def test_chinese_keys_are_understood() -> None:
    record = {
        "案由": "乱扔垃圾",
        "违法事实": "2022年5月，你单位乱倒垃圾。",
        "处罚依据": "《某某条例》第五条",
        "处罚决定": "对你单位处罚款200元",
    }

    reading = read_summary(record)

    assert (reading.item, reading.ordered.fine_fen, reading.party_kind) == ("乱扔垃圾", 20_000, "enterprise")
    assert reading.act_on == date(2022, 5, 31)


def test_a_decision_written_into_the_basis_is_found() -> None:
    moved = SUMMARY | {"basis": f"{SUMMARY['basis']}之规定。\n处罚依据：罚款9090元。", "decision": ""}

    reading = read_summary(moved)

    assert reading.ordered.fine_fen == 909_000
    assert "处罚决定写在依据栏内" in reading.notes


def test_a_basis_written_into_the_fact_is_found() -> None:
    moved = SUMMARY | {"fact": f"{SUMMARY['fact']}\n处罚依据《广告法》第五十八条的规定。", "basis": ""}

    reading = read_summary(moved)

    assert [citation.basis for citation in reading.basis] == ["广告法/58"]


def test_a_second_case_in_the_decision_is_not_added_to_the_first() -> None:
    second = "现已查明：当事人购进消毒产品未建立并执行进货检查验收制度的行为，违反了《消毒管理办法》第七条的规定，另案罚款。"
    reading = read_summary(SUMMARY | {"decision": f"罚款4000元。\n|{second}罚款5000元。"})

    assert reading.ordered.fine_fen == 400_000
    assert "决定栏内并入了另一案的内容，只读第一案" in reading.notes


@pytest.mark.parametrize("record", [{}, {"fact": None}, {"fact": 3, "decision": ["x"]}, {"decision": "罚款"}])
def test_what_is_missing_is_told_and_never_raised(record: dict[str, Any]) -> None:
    assert read_summary(record).notes


@given(st.dictionaries(st.sampled_from(["fact", "basis", "decision", "item"]), st.text(max_size=40)))
def test_no_record_makes_reading_fail(record: dict[str, str]) -> None:
    read_summary(record)


def test_the_real_summaries_are_nearly_all_read() -> None:
    path = shared_data("powerlist/cases.jsonl")
    readings = [read_summary(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]

    assert len(readings) == 588
    assert all(reading.citations for reading in readings)
    assert sum(1 for reading in readings if reading.ordered.fine_fen is None) <= 3
    assert sum(1 for reading in readings if reading.act_on) >= 460
    assert all(reading.ordered.penalties or reading.ordered.measures for reading in readings)
