"""Counts in files of others: JSON as published, as we write it, workbooks with merged headers, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from mingjing import cli
from mingjing.exchange.annual_file import lay_out_file
from mingjing.kernel.refused import Refused
from mingjing.kernel.report_layout import text
from mingjing.law.codex.reports import schemes
from tests.shared_data import shared_data

TWELVE = ["警告", "通报批评", "罚款", "行政拘留"]


def laid(path: Path, year: int = 2025, wanted: str = "") -> list[Any]:
    known = schemes()
    order = [known["twelve-kinds"], known["eight-kinds"], known["six-tables"]]
    return lay_out_file(path, year, order, known.get(wanted))


def written(tmp_path: Path, told: Any) -> Path:
    path = tmp_path / "counts.json"
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return path


def report(**changes: Any) -> dict[str, Any]:
    table = {"order": TWELVE, "values": [1, 0, 2, None], "total": 3, "money": 0.5}
    return {"place": "某某局", "year": 2025, "unit_money": "万元", "penalty": table, **changes}


def shown(one: Any, table: str) -> dict[str, str]:
    of = one.figures.table(table)
    return {
        column.title: text(of.table, column, of.lines[0], one.figures.scheme) for column in of.table.columns
    }


def test_a_published_report_is_laid_out_by_the_scheme_that_knows_its_columns(tmp_path: Path) -> None:
    (one,) = laid(written(tmp_path, [report(), report(year=2024)]))

    assert one.figures.scheme.id == "twelve-kinds"
    told = shown(one, "penalty-twelve")
    assert [told[title] for title in (*TWELVE, "合计", "罚没金额")] == ["1", "0", "2", "", "3", "5000"]
    assert not one.flags


def test_an_older_scheme_shows_the_same_counts_in_its_own_unit(tmp_path: Path) -> None:
    (one,) = laid(written(tmp_path, report(penalty={"警告": 1, "罚款": 2, "合计": 3})), wanted="eight-kinds")

    told = shown(one, "penalty-eight")
    assert (told["警告"], told["罚款"], told["合计"]) == ("1", "2", "3")


def test_what_does_not_add_up_is_flagged(tmp_path: Path) -> None:
    table = {"order": TWELVE, "values": [1, 0, 2, None], "total": 5, "money": 0}

    (one,) = laid(written(tmp_path, report(penalty=table)))

    assert [flag.column for flag in one.flags] == ["total"]


@pytest.mark.parametrize(
    ("told", "code"), [("{", "not-json"), ("[]", "no-counts"), ('[{"year": 2025}]', "no-counts")]
)
def test_a_file_without_counts_is_refused(tmp_path: Path, told: str, code: str) -> None:
    path = tmp_path / "counts.json"
    path.write_text(told, encoding="utf-8")

    with pytest.raises(Refused) as refused:
        laid(path)
    assert refused.value.code == code


def test_another_year_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="有的是：2025") as refused:
        laid(written(tmp_path, report()), year=2020)
    assert refused.value.code == "no-such-year"


def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "年报.xlsx"
    with xlsxwriter.Workbook(path) as book:
        look = book.add_format({"align": "center"})
        sheet = book.add_worksheet("处罚")
        sheet.merge_range(0, 0, 0, 5, "某市2025年度行政处罚实施情况", look)
        sheet.merge_range(1, 0, 2, 0, "单位", look)
        sheet.merge_range(1, 1, 1, 4, "处罚种类（宗）", look)
        sheet.merge_range(1, 5, 2, 5, "罚没金额（万元）", look)
        sheet.write_row(2, 1, ["警告", "罚款", "行政拘留", "合计"])
        sheet.write_row(3, 0, ["甲局", 3, 4, None, 7, 1.5])
        sheet.write_row(4, 0, ["乙局", 0, 1, None, 2, 0])
        other = book.add_worksheet("许可")
        other.write_row(0, 0, ["单位", "申请数量", "受理数量", "许可数量", "不予许可数量", "撤销许可数量"])
        other.write_row(1, 0, ["甲局", 10, 9, 8, 1, 0])
    return path


def test_a_workbook_with_merged_headers_is_read_sheet_by_sheet(tmp_path: Path) -> None:
    (one,) = laid(workbook(tmp_path), wanted="eight-kinds")

    penalties, licenses = one.figures.table("penalty-eight"), one.figures.table("license")
    first, second = penalties.lines
    assert [first.cells[id].count for id in ("warning", "fine", "total")] == [3, 4, 7]
    assert (first.cells["detention"].blank, second.cells["warning"].blank) == (True, False)
    assert first.cells["money"].fen == 1_500_000
    assert penalties.total.cells["money"].fen == 1_500_000
    assert licenses.lines[0].cells["granted"].count == 8
    assert [flag.text for flag in one.flags] == ["“乙局”的“合计”写作 2，各栏相加为 1。"]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = cli.main(["report", "annual", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("id", "year"), [("AR2", "2022"), ("AR4", "2021")])
def test_the_command_line_lays_out_the_published_reports(
    id: str, year: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shared_data("annual_reports/annual_reports.json")
    (published,) = [one for one in json.loads(path.read_text(encoding="utf-8")) if one["id"] == id]

    code, told = run(capsys, year, "--from-counts", str(path))

    assert code == 0
    (table,) = [one for one in told["tables"] if one["id"].startswith("penalty")]
    (row,) = table["rows"]
    cells = {one["title"]: row["cells"][one["id"]] for one in table["columns"]}
    for title, value in zip(published["penalty"]["order"], published["penalty"]["values"], strict=True):
        assert (cells[title]["count"], cells[title]["text"]) == (
            value or 0,
            "" if value is None else str(value),
        )
    assert cells["合计"]["text"] == str(published["penalty"]["total"])
    assert cells["罚没金额"]["text"] == str(published["penalty"]["money"])
    assert not told["flags"]


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "json"])
def test_what_is_written_reads_back_to_the_same_counts(
    tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"again.{suffix}"
    code, first = run(capsys, "2025", "--from-counts", str(written(tmp_path, report())), "--out", str(out))
    assert code == 0

    (again,) = laid(out, wanted="twelve-kinds")

    wanted = {one["id"]: one for one in first["tables"]}["penalty-twelve"]["rows"][0]["cells"]
    got = again.figures.table("penalty-twelve").lines[0].cells
    assert {id: cell["count"] for id, cell in wanted.items() if id != "money"} == {
        id: got[id].count for id in wanted if id != "money"
    }
    assert got["money"].fen == wanted["money"]["fen"] == 500_000


def test_flags_make_the_command_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = {"order": TWELVE, "values": [1, 0, 2, None], "total": 5}

    code, told = run(capsys, "2025", "--from-counts", str(written(tmp_path, report(penalty=table))))

    assert (code, [one["column"] for one in told["flags"]]) == (1, ["total"])


def test_a_format_that_is_not_written_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = run(capsys, "2025", "--from-counts", str(written(tmp_path, report())), "--out", "x.doc")

    assert (code, told["refused"]["code"]) == (1, "bad-format")
