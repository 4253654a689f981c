"""Importing lists of power items."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mingjing.exchange.actions import import_file
from mingjing.exchange.powers_file import field_of
from mingjing.exchange.report import Report
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.law.actions import load_codex
from mingjing.law.models import PowerItem
from tests.makers import organ
from tests.shared_data import shared_data

from . import sheets

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
HEADER = ["一级", "二级", "情形抽取", "法条依据", "处罚种类", "处罚幅度", "涉刑风险"]
LITTER = [
    "卫生",
    "垃圾",
    "乱丢垃圾",
    "《某某市容条例》第四十五条第一款第（二）项",
    "责令改正|罚款",
    "处以二十元以上五十元以下罚款",
    "暂无",
]
FOOD = [
    "食品", "过期", "经营超过保质期的食品", "《中华人民共和国食品安全法》第一百二十四条第一款第（五）项",
    "没收违法所得|罚款|吊销许可证",
    "货值金额不足一万元的，并处五万元以上十万元以下罚款；货值金额一万元以上的，并处货值金额十倍以上二十倍以下罚款",
    "【生产、销售有毒、有害食品罪】",
]  # fmt: skip


def run(path: Path, at: datetime = NOON) -> Report:
    report = import_file("powers", path, at=at)
    assert isinstance(report, Report)
    return report


def item(title: str) -> law.Power:
    return law.power_of(PowerItem.objects.get(title=title))


def test_a_row_becomes_a_power_item_with_basis_and_range(tmp_path: Path) -> None:
    report = run(sheets.xlsx(tmp_path / "清单.xlsx", [HEADER, LITTER, FOOD]))

    food = item("经营超过保质期的食品")
    assert (report.created, report.rejected) == (2, 0)
    assert food.basis == "食品安全法/124(1)[5]"
    assert food.measures == ("没收违法所得", "吊销许可证")
    assert food.legal_span({"goods_value_fen": 2_000_000}).max_fen == 40_000_000
    assert food.legal_span({"goods_value_fen": 100}).max_fen == 10_000_000
    assert item("乱丢垃圾").order_first == "责令改正"


def test_the_original_wording_is_kept_and_the_item_still_reads(tmp_path: Path) -> None:
    run(sheets.xlsx(tmp_path / "清单.xlsx", [HEADER, LITTER]))

    row = PowerItem.objects.get()

    assert row.data["original"]["range"] == LITTER[5]
    assert law.power_of(row).notes[0].endswith(LITTER[5])


def test_a_second_run_changes_nothing_even_on_another_day(tmp_path: Path) -> None:
    path = sheets.xlsx(tmp_path / "清单.xlsx", [HEADER, LITTER, FOOD])
    run(path)

    report = run(path, NOON + timedelta(days=30))

    assert (report.created, report.changed, report.unchanged) == (0, 0, 2)


def test_items_that_left_the_list_are_withdrawn_and_come_back(tmp_path: Path) -> None:
    run(sheets.xlsx(tmp_path / "清单.xlsx", [HEADER, LITTER, FOOD]))

    shorter = run(sheets.xlsx(tmp_path / "清单.xlsx", [HEADER, LITTER]))
    assert any("1 项已标为“已取消”" in note for note in shorter.notes)
    assert PowerItem.objects.get(title=FOOD[2]).withdrawn

    again = run(sheets.xlsx(tmp_path / "清单.xlsx", [HEADER, LITTER, FOOD]))
    assert (again.changed, PowerItem.objects.filter(withdrawn=True).count()) == (1, 0)


def test_rows_without_basis_or_twice_are_rejected_with_the_article(tmp_path: Path) -> None:
    without = ["卫生", "垃圾", "乱贴广告", "以后再补", "罚款", "", ""]

    report = run(sheets.xlsx(tmp_path / "清单.xlsx", [HEADER, LITTER, LITTER, without]))

    assert (report.created, report.rejected) == (1, 2)
    assert any("读不出法律名称" in reason for reason in report.reasons)


def test_a_list_without_one_good_row_leaves_the_former_alone(tmp_path: Path) -> None:
    run(sheets.xlsx(tmp_path / "清单.xlsx", [HEADER, LITTER]))

    with pytest.raises(Refused) as refused:
        run(sheets.xlsx(tmp_path / "清单.xlsx", [HEADER, ["", "", "乱贴", "无", "", "", ""]]))

    assert refused.value.code == "no-rows"
    assert not PowerItem.objects.get().withdrawn


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("shipin_config", "food"),
        ("达州市食品安全权责清单", "food"),
        ("traffic_police_config", "traffic"),
        ("transportation_config", "交通运输"),
        ("chengguan", "城市管理"),
        ("清单", "general"),
    ],
)
def test_the_field_is_told_by_words(words: str, field: str) -> None:
    assert field_of(words) == field


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("chengguan", 87),
        ("construction", 59),
        ("health", 57),
        ("labor", 42),
        ("market", 47),
        ("shipin", 65),
        ("tax", 39),
        ("traffic_police", 44),
        ("transportation", 59),
    ],
)
def test_the_real_lists_are_taken_in_whole(tmp_path: Path, name: str, rows: int) -> None:
    path = tmp_path / f"{name}_config.csv"
    path.write_bytes(shared_data(f"powerlist/{name}_config.csv").read_bytes())
    load_codex(NOON)

    first, second = run(path), run(path)

    assert (first.created, first.rejected) == (rows, 0)
    assert (second.created, second.changed, second.unchanged) == (0, 0, rows)
    assert all(law.power_of(row).basis for row in PowerItem.objects.filter(source__startswith="导入"))


def test_a_list_tied_to_an_organ_is_that_organs_alone(tmp_path: Path) -> None:
    own, other = organ(name="某某局"), organ(name="另一局")
    import_file("powers", sheets.xlsx(tmp_path / "清单.xlsx", [HEADER, LITTER]), at=NOON, organ=own.code)

    offered = [power.title for power in law.powers_of_organ(own.pk)]

    assert offered == ["乱丢垃圾"]
    assert law.powers_of_organ(other.pk) == law.powers_of_organ(None) == []
    assert item("乱丢垃圾").organ_id == own.pk


def test_two_organs_may_keep_lists_of_one_name(tmp_path: Path) -> None:
    path = sheets.xlsx(tmp_path / "清单.xlsx", [HEADER, LITTER])
    for one in (organ(name="某某局"), organ(name="另一局")):
        import_file("powers", path, at=NOON, organ=one.code)

    assert PowerItem.objects.filter(withdrawn=False).count() == 2


def test_a_list_of_nobody_says_so(tmp_path: Path) -> None:
    report = run(sheets.xlsx(tmp_path / "清单.xlsx", [HEADER, LITTER]))

    assert any("--organ" in note for note in report.notes)


@pytest.mark.parametrize(("kind", "code"), [("powers", "no-such-organ"), ("parties", "not-of-an-organ")])
def test_an_organ_that_does_not_fit_is_refused(tmp_path: Path, kind: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        import_file(kind, sheets.xlsx(tmp_path / "清单.xlsx", [HEADER, LITTER]), at=NOON, organ="nobody")

    assert refused.value.code == code
