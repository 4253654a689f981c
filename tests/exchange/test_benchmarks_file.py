"""Workbooks of discretion benchmarks: merged cells become decision tables, unreadable rows say why."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import load_workbook

from mingjing.exchange.actions import import_file
from mingjing.exchange.benchmarks_file import bounds_of, span_of, tier_of
from mingjing.kernel import benchmark_reader
from mingjing.kernel.benchmarks import Benchmark, check, evaluate
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.law.actions import load_codex
from tests.makers import AT

pytestmark = pytest.mark.django_db
HEAD = ("序号", "违法行为", "处罚依据", "裁量阶次", "适用条件", "裁量幅度")
OVERDUE = "经营超过保质期的食品"
BASIS = "《中华人民共和国食品安全法》第一百二十四条第一款"
ROWS = [
    ("1", OVERDUE, BASIS, "从轻", "货值金额不足1万元的", "处5万元以上6.5万元以下罚款"),
    ("", "", "", "一般", "货值金额1万元以上不足5万元", "处货值金额10倍以上14倍以下罚款"),
    ("", "", "", "从重", "货值金额5万元以上", "处货值金额14倍以上20倍以下罚款"),
    ("2", "拒绝、阻挠检查", "食品安全法/133(1)", "轻微", "经劝说后配合", "不予处罚"),
    ("", "", "", "一般", "拒不配合", "法定幅度的30%—70%"),
    ("", "", "", "", "以暴力阻碍", "法定幅度的70%—100%"),
]


def workbook(path: Path, rows: list[tuple[str, ...]], head: tuple[str, ...] = HEAD) -> Path:
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("裁量基准")
    page.merge_range(0, 0, 0, len(head) - 1, "某某局行政处罚裁量基准")
    page.write_row(1, 0, head)
    for number, row in enumerate(rows, 2):
        page.write_row(number, 0, row)
    book.close()
    return path


def merged(path: Path) -> Path:
    """The sample, with the violation, its basis and a tier merged downwards."""
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("裁量基准")
    page.merge_range("A1:F1", "某某局行政处罚裁量基准")
    page.write_row(1, 0, HEAD)
    for number, row in enumerate(ROWS, 2):
        for column, value in enumerate(row):
            if value:
                page.write(number, column, value)
    for column, letter in enumerate("ABC"):
        page.merge_range(f"{letter}3:{letter}5", ROWS[0][column])
        page.merge_range(f"{letter}6:{letter}8", ROWS[3][column])
    page.merge_range("D7:D8", "一般")
    book.close()
    return path


def drafts(path: Path, folder: Path) -> tuple[Any, dict[str, Benchmark]]:
    report = import_file("benchmarks", path, at=AT, out=folder, errors=folder / "errors.xlsx")
    found = {}
    for file in sorted(folder.glob("*.toml")):
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        found[data["title"]] = benchmark_reader.read(data, file.name)
    return report, found


def test_merged_cells_become_decision_tables(tmp_path: Path) -> None:
    load_codex(AT)

    report, found = drafts(merged(tmp_path / "基准.xlsx"), tmp_path / "out")

    assert (report.accepted, report.rejected) == (6, 0)
    overdue = found[f"{OVERDUE}的裁量基准"]
    assert overdue.basis == "食品安全法/124(1)"
    assert [row.tier for row in overdue.rows] == ["lighter", "ordinary", "heavier"]
    assert [row.fen or row.times for row in overdue.rows] == [
        (5_000_000, 6_500_000),
        (Decimal(10), Decimal(14)),
        (Decimal(14), Decimal(20)),
    ]
    assert check(overdue) == ()
    result = evaluate(overdue, {"goods": 2_000_000}, legal=None, base_fen=2_000_000)
    assert result.tier == "ordinary"

    hindered = found["拒绝、阻挠检查的裁量基准"]
    assert [row.tier for row in hindered.rows] == ["exempt", "ordinary", "ordinary"]
    assert [label for _, label in hindered.inputs[0].choices] == ["经劝说后配合", "拒不配合", "以暴力阻碍"]
    assert hindered.rows[2].share == (Decimal(70), Decimal(100))


def test_factors_in_columns_of_their_own_are_asked(tmp_path: Path) -> None:
    load_codex(AT)
    head = ("违法行为", "裁量阶次", "货值金额", "是否初次违法", "危害后果", "裁量幅度")
    rows = [
        ("甲行为", "不予处罚", "不足1万元", "是", "没有", ""),
        ("甲行为", "一般", "不限", "", "", "处1万元以上3万元以下罚款"),
    ]

    _, found = drafts(workbook(tmp_path / "因素.xlsx", rows, head), tmp_path / "out")

    table = found["甲行为的裁量基准"]
    assert [one.name for one in table.inputs] == ["goods", "first", "harm"]
    assert table.hit == "first"
    assert not [flaw for flaw in check(table) if flaw.code == "gap"]


def test_rows_that_cannot_be_read_are_refused_one_by_one(tmp_path: Path) -> None:
    load_codex(AT)
    rows = [
        ("1", "甲行为", "", "从轻", "情形一", "处1万元以上2万元以下罚款"),
        ("2", "甲行为", "", "随便", "情形二", "处1万元以上2万元以下罚款"),
        ("3", "甲行为", "", "一般", "情形三", "依法处理"),
        ("4", "甲行为", "", "一般", "情形一", "处2万元以上3万元以下罚款"),
        ("5", "", "", "一般", "情形五", "处2万元以上3万元以下罚款"),
    ]

    report, found = drafts(workbook(tmp_path / "坏行.xlsx", rows), tmp_path / "out")

    assert (report.accepted, report.rejected) == (1, 4)
    assert len(found["甲行为的裁量基准"].rows) == 1
    assert "有 3 行没有读入" in found["甲行为的裁量基准"].note
    page = load_workbook(tmp_path / "out" / "errors.xlsx").active
    reasons = " ".join(str(row[4]) for row in page.iter_rows(min_row=2, values_only=True))
    for said in ("“随便”不认识", "读不出幅度", "条件相同", "没有违法行为"):
        assert said in reasons


def test_a_known_item_is_bound_by_its_name(tmp_path: Path) -> None:
    load_codex(AT)
    item = law.power_items()[0]
    rows = [("1", item.title, "", "一般", "各种情形", "处1万元以上2万元以下罚款")]

    _, found = drafts(workbook(tmp_path / "名称.xlsx", rows), tmp_path / "out")

    assert next(iter(found.values())).items == (item.code,)


def test_a_workbook_without_any_readable_row_writes_nothing(tmp_path: Path) -> None:
    load_codex(AT)
    rows = [("1", "甲行为", "", "随便", "情形二", "处1万元以上2万元以下罚款")]

    with pytest.raises(Refused) as refusal:
        drafts(workbook(tmp_path / "空.xlsx", rows), tmp_path / "out")

    assert refusal.value.code == "no-rows"
    assert not list((tmp_path / "out").glob("*.toml"))


@pytest.mark.parametrize(
    "words, tier",
    [
        ("不予处罚", "exempt"),
        ("减轻处罚", "mitigated"),
        ("较轻", "lighter"),
        ("一般", "ordinary"),
        ("较重", "heavier"),
        ("特别严重", "heavier"),
    ],
)
def test_a_tier_is_told_by_its_word(words: str, tier: str) -> None:
    assert tier_of(words) == tier


@pytest.mark.parametrize(
    "words, bounds",
    [
        ("不足1万元", "< 1000000分"),
        ("1万元以上不足5万元", ">= 1000000分, < 5000000分"),
        ("5万元以上", ">= 5000000分"),
        ("超过5万元", "> 5000000分"),
        ("3000元以下", "<= 300000分"),
    ],
)
def test_bounds_take_in_what_the_civil_code_says(words: str, bounds: str) -> None:
    """民法典/1259: 以上、以下 take in the figure, 不满、超过 do not."""
    assert bounds_of(words, "货值金额") == bounds


@pytest.mark.parametrize(
    "words",
    ["", "依法处理", "对个人处1万元以上2万元以下罚款，对单位处3万元以上5万元以下罚款", "法定幅度的70%—30%"],
)
def test_a_range_that_is_not_one_is_refused(words: str) -> None:
    with pytest.raises(Refused) as refusal:
        span_of(words, "ordinary")

    assert refusal.value.code == "no-range"
