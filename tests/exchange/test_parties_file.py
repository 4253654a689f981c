"""Importing lists of parties."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from mingjing.exchange import queries
from mingjing.exchange.actions import import_file
from mingjing.exchange.errors_workbook import ErrorsWorkbook, harmless, place_for
from mingjing.exchange.report import Report
from mingjing.kernel.refused import Refused
from mingjing.parties.models import Party
from mingjing.record.models import Entry
from tests.parties.makers import citizen_id, credit_code

from . import sheets

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
HEADER = ["企业名称", "统一社会信用代码", "法定代表人", "住所", "联系电话"]


def run(path: Path, **more: Any) -> Report:
    report = import_file("parties", path, at=NOON, **more)
    assert isinstance(report, Report)
    return report


def csv(path: Path, *rows: list[str]) -> Path:
    path.write_text("\n".join(",".join(row) for row in [HEADER, *rows]), encoding="utf-8")
    return path


def wrong(code: str) -> str:
    return code[:-1] + ("A" if code[-1] != "A" else "B")


def errors_in(path: Path) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(path)
    rows = list(book.active.iter_rows(values_only=True))
    book.close()
    return rows


def test_rows_become_parties_with_their_original_beside(tmp_path: Path) -> None:
    path = csv(
        tmp_path / "a.csv",
        ["达州市 某某 (食品) 公司", credit_code(1).lower(), "张某某", "某某路1号", "138 0000 0000"],
    )

    report = run(path)

    party = Party.objects.get()
    assert (report.created, report.rejected, report.well) == (1, 0, True)
    assert (party.name, party.code, party.code_valid) == ("达州市某某（食品）公司", credit_code(1), True)
    assert party.original["name"] == "达州市 某某 (食品) 公司"
    assert (party.phone, party.source) == ("13800000000", "a.csv")


def test_a_second_run_doubles_nothing(tmp_path: Path) -> None:
    rows = [[f"达州市某某{n}号公司", credit_code(n), "张某某", "某某路", ""] for n in range(20)]
    path = csv(
        tmp_path / "a.csv",
        *rows,
        ["李某某", "", "", "某某街", ""],
        ["王某某", wrong(citizen_id(1)), "", "", ""],
    )

    first, second = run(path), run(path)

    assert (first.created, first.unchanged) == (22, 0)
    assert (second.created, second.changed, second.unchanged) == (0, 0, 22)
    assert Party.objects.count() == 22
    assert [run.accepted for run in queries.imports(kind="parties")] == [0, 22]


def test_changed_fields_are_updated_by_valid_code(tmp_path: Path) -> None:
    run(csv(tmp_path / "a.csv", ["达州市某某公司", credit_code(1), "张某某", "某某路1号", ""]))

    report = run(csv(tmp_path / "b.csv", ["达州市某某公司", credit_code(1), "李某某", "", ""]))

    party = Party.objects.get()
    assert (report.changed, party.legal_representative, party.address) == (1, "李某某", "某某路1号")


def test_codes_that_fail_are_kept_flagged_and_never_linked(tmp_path: Path) -> None:
    bad = wrong(credit_code(1))
    path = csv(tmp_path / "a.csv", ["甲某某公司", bad, "", "", ""], ["乙某某公司", bad, "", "", ""])

    report = run(path)

    assert report.flagged == 2
    assert sorted(Party.objects.values_list("name", "code", "code_valid")) == [
        ("乙某某公司", bad, False),
        ("甲某某公司", bad, False),
    ]


def test_a_code_that_a_workbook_kept_as_a_number_never_links(tmp_path: Path) -> None:
    number = int(citizen_id(1)[:17] + "0")
    run(sheets.xlsx(tmp_path / "a.xlsx", [HEADER, ["张某某", number, "", "某某路", ""]]))

    party = Party.objects.get()

    assert not party.code_valid
    assert "数字格式" in party.code_doubts[-1]


def test_rejected_rows_go_to_a_workbook_with_reason_and_remedy(tmp_path: Path) -> None:
    path = csv(
        tmp_path / "名单.csv",
        ["达州市某某公司", credit_code(1), "", "", ""],
        ["", credit_code(2), "=cmd|' /C calc'!A0", "-某某路", ""],
        ["合计", "", "", "", ""],
        ["张某某", "", "", "某某路", "1380", "多出"],
    )

    report = run(path)

    header, *rows = errors_in(tmp_path / "名单.errors.xlsx")
    assert (report.created, report.rejected, report.well) == (1, 3, False)
    assert header[:6] == ("工作表", "行号", "列", "原值", "未导入的原因", "怎么办")
    assert [row[1] for row in rows] == ["3", "4", "5"]
    assert [(row[2], row[3]) for row in rows] == [("A 企业名称", ""), ("A 企业名称", "合计"), ("", "")]
    assert all(row[4] and row[5] for row in rows)
    assert "'=cmd|' /C calc'!A0" in rows[0]
    assert "'-某某路" in rows[0]


def test_a_clean_run_removes_the_workbook_of_the_former(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", ["", credit_code(2), "", "", ""])
    assert run(path).errors is not None

    assert run(csv(path, ["张某某", "", "", "某某路", ""])).errors is None

    assert list(tmp_path.glob("*.xlsx")) == []


def test_the_account_names_every_row_once(tmp_path: Path) -> None:
    rows = [[f"达州市某某{n}号公司" if n % 7 else "", credit_code(n % 50), "", "", ""] for n in range(100)]

    report = run(csv(tmp_path / "a.csv", *rows))

    assert report.accepted + report.unchanged + report.rejected == 100


def test_a_long_list_is_taken_in_by_chunks_each_on_the_record(tmp_path: Path) -> None:
    path = sheets.many_rows(
        tmp_path / "a.xlsx",
        HEADER,
        lambda n: [f"达州市某某{n}号公司", credit_code(n), "张某某", "路", ""],
        2_500,
    )
    seen: list[int] = []

    report = run(path, progress=seen.append)

    assert seen == [1_000, 2_000, 2_500]
    assert (report.created, Party.objects.count()) == (2_500, 2_500)
    assert Entry.objects.filter(kind="party.imported").count() == 3


def test_nothing_personal_of_a_list_stands_open_on_the_record(tmp_path: Path) -> None:
    run(csv(tmp_path / "张某某的名单.csv", ["张某某", citizen_id(1), "", "某某路", "13800000000"]))

    text = "".join(bytes(body).decode() for body in Entry.objects.values_list("body", flat=True))

    assert "张某某" not in text
    assert citizen_id(1) not in text


def test_people_may_share_a_name(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", ["张某某", "", "", "东某路", ""], ["张某某", "", "", "西某路", ""])

    assert run(path).created == 2
    assert run(path).created == 0


def test_old_workbooks_and_web_pages_are_lists_too(tmp_path: Path) -> None:
    old, page = tmp_path / "a.xls", tmp_path / "b.xls"
    old.write_bytes(sheets.xls([HEADER, ["甲某某公司", credit_code(1), "张某某", "路", "1"]]))
    page.write_bytes(
        sheets.html([HEADER, ["乙某某公司", credit_code(2), "张某某", "路", "1"]], charset="gb18030")
    )

    assert (run(old).created, run(page).created) == (1, 1)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        import_file("dogs", "a.csv", at=NOON)

    assert refused.value.code == "unknown-kind"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+8613", "'+8613"),
        ("-1", "'-1"),
        ("@SUM", "'@SUM"),
        ("\t=1", "'\t=1"),
        ("某某", "某某"),
    ],
)
def test_a_formula_becomes_harmless(text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    assert harmless("某" * 40_000).endswith("已截断）")


def test_beside_a_read_only_folder_the_workbook_goes_to_the_platforms_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)

    assert place_for(tmp_path / "a.csv") == tmp_path / "imports" / "a.errors.xlsx"


def test_a_workbook_that_cannot_be_written_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder is needed")
    path = csv(tmp_path / "a.csv", ["", "", "", "某某路", ""])

    with pytest.raises(Refused) as refused:
        run(path, errors=tmp_path / "taken" / "errors.xlsx")

    assert refused.value.code == "errors-unwritable"


def test_an_interrupted_run_leaves_no_half_workbook(tmp_path: Path) -> None:
    book = ErrorsWorkbook(tmp_path / "e.xlsx", [("name", "名称")])

    with pytest.raises(KeyboardInterrupt), book:
        raise KeyboardInterrupt

    assert list(tmp_path.iterdir()) == []
