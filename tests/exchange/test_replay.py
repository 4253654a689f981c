"""Replaying summaries of penalties through the procedures."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mingjing.cases.models import Case, Paper
from mingjing.exchange.replay import replay
from mingjing.kernel.refused import Refused
from mingjing.organs.models import Organ
from mingjing.parties.models import Party
from tests.office_fixtures import law_of_module
from tests.shared_data import shared_data

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
codex = law_of_module(NOON)
SPOT = {
    "item": "乱丢垃圾",
    "fact": "2022年7月17日，当事人姜某在某路段乱丢垃圾，违反《某某市容条例》第四十五条第一款第（二）项的规定。",
    "basis": "《某某市容条例》第四十五条第二款",
    "decision": "对当事人姜某罚款人民币35元整",
    "range": "处以二十元以上五十元以下罚款",
}
FOOD = {
    "domain": "shipin",
    "item": "经营超过保质期的食品",
    "fact": "2022年3月2日，当事人公司销售超过保质期的食品，违反《食品安全法》第三十四条第（十）项的规定。",
    "basis": "《食品安全法》第一百二十四条第一款第（五）项",
    "decision": "对你单位处：1、没收违法所得36元；2、没收食品3袋；3、罚款人民币50000元。",
    "range": "并处五万元以上十万元以下罚款",
}


def summaries(path: Path, *records: Any) -> Path:
    lines = (
        record if isinstance(record, str) else json.dumps(record, ensure_ascii=False) for record in records
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_small_fine_is_decided_on_the_spot_on_the_day_of_the_act(tmp_path: Path) -> None:
    report = replay(summaries(tmp_path / "a.jsonl", SPOT), at=NOON)

    case = Case.objects.get()
    assert dict(report.decided) == {"简易程序": 1}
    assert (case.procedure, case.facts["fine_fen"], str(case.decided_on)[:7]) == (
        "penalty-summary",
        3_500,
        "2022-07",
    )
    assert Paper.objects.filter(case=case, form="spot-decision").exists()


def test_a_large_fine_goes_the_ordinary_way_to_a_numbered_decision(tmp_path: Path) -> None:
    report = replay(summaries(tmp_path / "a.jsonl", FOOD), at=NOON)

    case = Case.objects.get()
    decision = Paper.objects.get(case=case, form="penalty-decision")
    assert dict(report.decided) == {"普通程序": 1}
    assert (case.facts["fine_fen"], case.facts["confiscation_fen"], case.field) == (5_000_000, 3_600, "food")
    assert decision.number
    assert report.papers == Paper.objects.filter(case=case).count()


def test_a_case_rests_on_the_item_of_the_list_its_summary_comes_from(tmp_path: Path) -> None:
    replay(summaries(tmp_path / "a.jsonl", SPOT, FOOD, SPOT | {"decision": "罚款人民币40元整"}), at=NOON)

    items = {case.facts["fine_fen"]: case.power_item for case in Case.objects.select_related("power_item")}
    assert all(item is not None and item.source == "回放：a.jsonl" for item in items.values())
    assert items[3_500] == items[4_000]
    assert items[5_000_000].title == "经营超过保质期的食品"


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"decision": "对当事人姜某罚款人民币51元整"}, "fine-above"),
        ({"decision": "对当事人姜某罚款人民币19元整"}, "fine-below"),
        ({"decision": "对当事人姜某减轻处罚，罚款人民币19元整"}, None),
        # Ranges for citizens and for others: the fine fits one of them.
        ({"range": "对个人处二十元以上五十元以下罚款，对单位处五百元以上二千元以下罚款"}, None),
        # Tiers by value and multiples cannot be held against a summary that tells no value.
        ({"range": "货值金额不足一万元的，处二千元以上五千元以下罚款"}, None),
        ({"basis": "《大气污染防治法》第一百二十三条"}, None),
        ({"basis": "《生态环境法典》第一千一百三十条"}, "power-not-in-force"),
    ],
)
def test_a_fine_is_held_against_the_range_of_that_list_and_its_basis_against_the_day(
    tmp_path: Path, changes: dict[str, str], code: str | None
) -> None:
    """行政处罚法 arts. 32, 37."""
    report = replay(summaries(tmp_path / "a.jsonl", SPOT | changes), at=NOON)

    assert [refusal["code"] for refusal in report.refusals] == ([code] if code else [])
    assert report.well


def test_a_refusal_says_where_the_day_of_the_act_was_only_assumed(tmp_path: Path) -> None:
    undated = SPOT | {"fact": "当事人姜某在某路段乱丢垃圾。", "basis": "《执业医师法》第三十七条"}

    report = replay(summaries(tmp_path / "a.jsonl", undated), at=NOON)

    assert report.refusals[0]["code"] == "power-not-in-force"
    assert "推定" in report.refusals[0]["note"]


def test_every_line_ends_in_exactly_one_count(tmp_path: Path) -> None:
    path = summaries(
        tmp_path / "a.jsonl",
        SPOT,
        "{ not json",
        '["a list"]',
        SPOT | {"decision": ""},
        SPOT | {"fact": "", "basis": ""},
        SPOT | {"decision": "对你单位处罚款"},
        SPOT | {"decision": "责令改正"},
        {"decision": 5},
        "\ufeff   ",
        SPOT,
    )

    report = replay(path, at=NOON)

    assert (report.lines_read, report.malformed, report.again) == (9, 2, 1)
    assert (sum(report.decided.values()), sum(report.refused.values())) == (1, 5)
    assert report.well
    assert {refusal["line"] for refusal in report.refusals} == {2, 3, 4, 5, 6, 7, 8}
    assert all(refusal["reason"] for refusal in report.refusals)


def test_a_refused_summary_leaves_nothing_behind(tmp_path: Path) -> None:
    nameless = FOOD | {"party": "某" * 300}

    report = replay(summaries(tmp_path / "a.jsonl", nameless), at=NOON)

    assert sum(report.refused.values()) == 1
    assert (Case.objects.count(), Party.objects.count()) == (0, 0)


def test_a_second_run_replays_nothing_twice_and_still_accounts_for_all(tmp_path: Path) -> None:
    path = summaries(tmp_path / "a.jsonl", SPOT, FOOD, SPOT | {"decision": ""})
    replay(path, at=NOON)

    report = replay(path, at=NOON)

    assert (report.again, sum(report.decided.values()), sum(report.refused.values())) == (2, 0, 1)
    assert (Case.objects.count(), Organ.objects.filter(code="replay").count()) == (2, 1)


def test_the_limit_stops_after_so_many_lines(tmp_path: Path) -> None:
    report = replay(summaries(tmp_path / "a.jsonl", SPOT, FOOD), at=NOON, limit=1)

    assert (report.lines_read, Case.objects.count()) == (1, 1)


def test_citations_are_counted_by_what_became_of_them_on_the_day(tmp_path: Path) -> None:
    report = replay(summaries(tmp_path / "a.jsonl", SPOT, FOOD), at=NOON)

    assert report.citations["unknown-statute"] == 2
    assert sum(report.citations.values()) == 4
    assert dict(report.unknown) == {"某某市容条例": 2}
    assert dict(report.ranges) == {"在幅度内": 2}


def test_an_act_older_than_the_procedures_goes_the_ordinary_way(tmp_path: Path) -> None:
    old = {key: value.replace("2022年", "2019年") for key, value in SPOT.items()}

    report = replay(summaries(tmp_path / "a.jsonl", old), at=NOON)

    assert dict(report.decided) == {"普通程序": 1}
    assert any("现行程序施行" in note for note in report.notes)


def test_a_decision_not_to_penalize_gets_its_own_paper(tmp_path: Path) -> None:
    report = replay(summaries(tmp_path / "a.jsonl", FOOD | {"decision": "决定不予行政处罚。"}), at=NOON)

    assert dict(report.decided) == {"普通程序": 1}
    assert Paper.objects.filter(form="no-penalty-decision").exists()


def test_the_report_is_readable_and_json_ready(tmp_path: Path) -> None:
    report = replay(summaries(tmp_path / "a.jsonl", SPOT), at=NOON)

    assert "共 1 条" in report.lines()[0]
    assert json.loads(json.dumps(report.as_dict()))["decided"] == {"简易程序": 1}


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        replay(tmp_path / "none.jsonl", at=NOON)

    assert refused.value.code == "file-missing"


@pytest.mark.slow
def test_real_summaries_reach_their_decisions() -> None:
    report = replay(shared_data("powerlist/cases.jsonl"), at=NOON, limit=40)

    assert report.well
    assert sum(report.decided.values()) == 38
    assert report.malformed == 0
    # The two left are fined below the range their own list states (1,000 of 10,000 yuan
    # at least, 1,100 of 2,000), and the summary gives no ground of article 32.
    assert {refusal["line"]: refusal["code"] for refusal in report.refusals} == {
        14: "fine-below",
        31: "fine-below",
    }
