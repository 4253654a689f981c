"""Importing an organ's list of officers."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mingjing.exchange.actions import import_file
from mingjing.exchange.report import Report
from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.organs.models import Certificate, Officer, Organ
from tests.makers import organ

from . import sheets

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
HEADER = ["序号", "姓名", "执法证号", "部门", "职务", "发证日期", "有效期至"]
LI = ["1", "李某某", "23170101", "执法一科", "科长", "2024-01-01", "2028-12-31"]
WANG = ["2", "王某某", "23170102", "执法一科", "", "2024年1月1日", "2028年12月31日"]


@pytest.fixture
def bureau() -> Organ:
    return organ(code="bureau")


def run(path: Path, **more: Any) -> Report:
    report = import_file("officers", path, at=NOON, organ="bureau", **more)
    assert isinstance(report, Report)
    return report


def test_a_list_becomes_people_with_certificates(tmp_path: Path, bureau: Organ) -> None:
    report = run(sheets.xlsx(tmp_path / "人员.xlsx", [["执法人员名单"], HEADER, LI, WANG]))

    held = Certificate.objects.get(number="23170102")
    assert (report.created, report.rejected) == (2, 0)
    assert (held.officer.name, held.officer.organ_id, held.valid_until) == (
        "王某某",
        bureau.pk,
        date(2028, 12, 31),
    )
    assert organs.officer_by_certificate("23170101", NOON.date())["valid"] is True
    assert any("岗位和账号没有导入" in note for note in report.notes)


def test_a_second_run_doubles_nobody_and_moves_only_the_validity(tmp_path: Path, bureau: Organ) -> None:
    run(sheets.xlsx(tmp_path / "人员.xlsx", [HEADER, LI, WANG]))

    report = run(sheets.xlsx(tmp_path / "新.xlsx", [HEADER, [*LI[:-1], "2032-12-31"], WANG]))

    assert (report.created, report.changed, report.unchanged) == (0, 1, 1)
    assert Officer.objects.count() == 2
    assert Certificate.objects.get(number="23170101").valid_until == date(2032, 12, 31)


@pytest.mark.parametrize(
    "told, since, until",
    [
        (["45292", "47118"], date(2024, 1, 1), date(2028, 12, 31)),  # as a table program counts days
        (["20240101", "20281231"], date(2024, 1, 1), date(2028, 12, 31)),
        (["", "2024.1.1至2028.12.31"], date(2024, 1, 1), date(2028, 12, 31)),
        (["", "2028-12-31"], NOON.date(), date(2028, 12, 31)),
    ],
)
def test_validity_is_read_as_people_write_it(
    tmp_path: Path, bureau: Organ, told: list[str], since: date, until: date
) -> None:
    run(sheets.xlsx(tmp_path / "人员.xlsx", [HEADER, [*LI[:5], *told]]))

    held = Certificate.objects.get()
    assert (held.valid_from, held.valid_until) == (since, until)


@pytest.mark.parametrize(
    "row",
    [
        ["1", "", "23170101", "", "", "2024-01-01", "2028-12-31"],
        ["1", "李某某", "", "", "", "2024-01-01", "2028-12-31"],
        ["1", "李某某", "23170101", "", "", "2024-01-01", "长期"],
        ["1", "李某某", "23170101", "", "", "2029-01-01", "2028-12-31"],
    ],
    ids=["no name", "no number", "no day", "backwards"],
)
def test_a_wrong_row_is_rejected_with_a_reason(tmp_path: Path, bureau: Organ, row: list[str]) -> None:
    report = run(sheets.xlsx(tmp_path / "人员.xlsx", [HEADER, row, WANG]))

    assert (report.created, report.rejected) == (1, 1)
    assert report.errors is not None
    assert Officer.objects.count() == 1


def test_a_certificate_of_somebody_else_is_not_taken_over(tmp_path: Path, bureau: Organ) -> None:
    run(sheets.xlsx(tmp_path / "人员.xlsx", [HEADER, LI]))

    report = run(sheets.xlsx(tmp_path / "错.xlsx", [HEADER, ["1", "赵某某", *LI[2:]]]))

    assert report.reasons == {"other-holder": 1}
    assert Certificate.objects.get().officer.name == "李某某"


def test_a_list_of_no_organ_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        import_file("officers", sheets.xlsx(tmp_path / "人员.xlsx", [HEADER, LI]), at=NOON)

    assert refused.value.code == "no-organ"


EXAM = ["考试日期", "考试结果", "考试组织单位"]


def test_a_list_tells_who_passed_the_examination(tmp_path: Path, bureau: Organ) -> None:
    rows = [
        [*HEADER, *EXAM],
        [*LI, "2025-10-10", "合格", "某某司法局"],
        [*WANG, "2025年10月10日", "不合格", ""],
    ]
    run(sheets.xlsx(tmp_path / "人员.xlsx", rows))

    li, wang = Officer.objects.get(name="李某某"), Officer.objects.get(name="王某某")
    assert (li.failed_on, wang.failed_on) == (None, date(2025, 10, 10))
    told = li.qualifications.get()
    assert (told.passed, told.organizer, told.proof) == (True, "某某司法局", "导入的名单：人员.xlsx")
    assert wang.qualifications.get().organizer == "名单没有写明"

    again = run(sheets.xlsx(tmp_path / "人员.xlsx", [rows[0], rows[1], [*WANG, "2026-01-10", "合格", ""]]))
    assert (again.changed, again.unchanged) == (1, 1)
    wang.refresh_from_db()
    assert wang.failed_on is None


@pytest.mark.parametrize(
    "told", [["2025-10-10", "八十分"], ["", "合格"], ["2026-13-01", "合格"], ["2026-03-03", "合格"]]
)
def test_an_examination_that_cannot_be_read_leaves_nothing_of_the_row(
    tmp_path: Path, bureau: Organ, told: list[str]
) -> None:
    report = run(
        sheets.xlsx(tmp_path / "人员.xlsx", [[*HEADER, *EXAM], [*LI, *told, ""]]), errors=tmp_path / "错.xlsx"
    )

    assert (report.created, report.rejected) == (0, 1)
    assert not Officer.objects.exists()
