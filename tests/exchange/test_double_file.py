"""Importing 双公示 data: kept once, brought up to date, refused row by row with the workbook that goes back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from mingjing import cli
from mingjing.exchange import queries
from mingjing.exchange.actions import import_file
from mingjing.exchange.double_file import DOUBTS
from mingjing.exchange.models import CreditRecord, Import
from mingjing.exchange.report import Report
from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.organs.models import Organ
from mingjing.publicity.queries import Wanted
from mingjing.record import body
from mingjing.record.models import Entry
from tests import makers
from tests.office import MONDAY

from . import sheets
from .test_double_reading import RECORD, listed

pytestmark = pytest.mark.django_db


def run(path: Path, *, dry_run: bool = False) -> Report:
    report = import_file("double-publicity", path, at=MONDAY, dry_run=dry_run)
    assert isinstance(report, Report)
    return report


def numbered(number: int, **change: Any) -> dict[str, Any]:
    return RECORD | {"行政处罚决定书文号": f"达市监罚〔2026〕{number}号"} | change


def test_every_row_is_accepted_doubted_or_refused(tmp_path: Path) -> None:
    path = listed(
        tmp_path,
        numbered(1),
        numbered(2, 违法事实=None),
        numbered(3, 处罚决定日期="某日"),
        numbered(4, 行政相对人名称=None),
    )

    report = run(path)

    assert (report.accepted, report.flagged, report.rejected) == (2, 1, 2)
    assert report.doubts == {"缺标准列为必填的内容": 1}
    assert CreditRecord.objects.count() == 2


def test_the_workbook_goes_back_with_reasons_and_doubts(tmp_path: Path) -> None:
    report = run(listed(tmp_path, numbered(2, 违法事实=None), numbered(3, 处罚决定日期="某日")))

    assert report.errors is not None
    book = load_workbook(report.errors)
    refused = list(book["未导入"].iter_rows(min_row=2, values_only=True))
    doubted = list(book["存疑"].iter_rows(min_row=2, values_only=True))
    assert refused[0][1:4] == ("3", "L 处罚决定日期", "某日")
    assert "看不出是哪一天" in refused[0][4]
    assert doubted[0][1:3] == ("2", "没有违法事实（标准列为必填，凭记忆）。")
    assert doubted[0][3] == RECORD["行政相对人名称"]


def test_the_same_file_twice_changes_nothing_and_is_told(tmp_path: Path) -> None:
    path = listed(tmp_path, numbered(1), numbered(2))

    first, second = run(path), run(path)

    assert (first.created, second.created, second.unchanged) == (2, 0, 2)
    assert any("已经导入过" in note for note in second.notes)
    assert CreditRecord.objects.count() == 2


def test_a_decision_told_otherwise_later_is_brought_up_to_date(tmp_path: Path) -> None:
    run(listed(tmp_path, numbered(1)))

    report = run(listed(tmp_path, numbered(1, 公示截止期="2027/1/5")))

    assert (report.created, report.changed) == (0, 1)
    assert CreditRecord.objects.get().values["CF_GSJZQ"] == "2027-01-05"


def test_one_decision_told_twice_in_a_file_is_taken_once_or_refused(tmp_path: Path) -> None:
    alike = dict(numbered(1)) | {"行政处罚决定书文号": "达市监罚[2026]1号"}
    told = run(listed(tmp_path, numbered(1), numbered(1), numbered(1, 处罚内容="罚款8000元")))

    assert (told.created, told.unchanged, told.rejected) == (1, 1, 1)
    assert run(listed(tmp_path, alike)).changed == 1


def test_a_dry_run_counts_and_keeps_nothing(tmp_path: Path) -> None:
    report = run(listed(tmp_path, numbered(1), numbered(1), numbered(3, 处罚决定日期=None)), dry_run=True)

    assert (report.created, report.unchanged, report.rejected) == (1, 1, 1)
    assert report.lines()[0].startswith("试导入")
    assert (CreditRecord.objects.count(), Import.objects.count(), Entry.objects.count()) == (0, 0, 0)


def test_only_credit_data_may_be_tried(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        import_file("parties", listed(tmp_path, RECORD), at=MONDAY, dry_run=True)

    assert refused.value.code == "no-dry-run"


def test_the_deciding_organ_is_found_by_code_or_name(tmp_path: Path) -> None:
    organ = makers.organ(name="达州市市场监督管理局")

    run(listed(tmp_path, numbered(1), numbered(2, 处罚机关="外地市场监督管理局")))

    assert {one.number[-2:]: one.organ for one in CreditRecord.objects.all()} == {"1号": organ, "2号": None}


def acting(role: str, organ: Organ) -> Actor:
    return organs.actor_of_officer(makers.officer((role,), organ=organ).pk, MONDAY.date())


def test_an_officer_tells_of_his_own_organ_and_never_for_another(tmp_path: Path) -> None:
    """Else one organ could rewrite what another's list says, by its name or by its code."""
    other = makers.organ(name="达州市市场监督管理局", credit_code="11511600MB1A000001")
    own = makers.organ(name="达州市某某局", credit_code="11511600MB1A000002")
    publisher = acting("publisher", own)
    mixed = {"处罚机关": other.name, "处罚机关统一社会信用代码": own.credit_code}
    rows = (numbered(1), numbered(2, **mixed), numbered(3, 处罚机关=own.name))

    report = import_file("double-publicity", listed(tmp_path, *rows), at=MONDAY, actor=publisher)

    assert isinstance(report, Report)
    assert (report.created, report.rejected) == (1, 2)
    assert [one.organ for one in CreditRecord.objects.all()] == [own]


def test_who_does_not_manage_publicity_takes_nothing_in(tmp_path: Path) -> None:
    handler = acting("handler", makers.organ())

    with pytest.raises(Refused) as refusal:
        import_file("double-publicity", listed(tmp_path, numbered(1)), at=MONDAY, actor=handler)

    assert refusal.value.code == "no-permission"


def test_a_bureau_sees_the_records_of_the_organs_it_supervises(tmp_path: Path) -> None:
    """The bureau of a county has no business with another county's lists."""
    city = makers.organ(code="city", name="达州市人民政府", kind="government")
    county = makers.organ(code="county", name="某某县人民政府", kind="government", parent=city)
    makers.organ(name="某某县某某局", parent=county)
    makers.organ(name="达州市市场监督管理局", parent=city)
    run(
        listed(
            tmp_path, numbered(1), numbered(2, 处罚机关="某某县某某局"), numbered(3, 处罚机关="外地某某局")
        )
    )

    def seen(under: str) -> set[str]:
        scope = Wanted(under=under)
        found = {one.number[-2:] for one in queries.credit_records(scope, queries.CreditFilters())}
        assert queries.record_counts(scope)["all"] == len(found)
        return found

    assert seen(county.path) == {"2号"}
    assert seen(city.path) == {"1号", "2号", "3号"}


def test_the_run_stands_on_the_record_with_its_counts(tmp_path: Path) -> None:
    run(listed(tmp_path, numbered(1), numbered(2, 违法事实=None)))

    assert Import.objects.get().flagged == 1
    assert body.read(Entry.objects.get(kind="import").body)["plain"]["flagged"] == 1


def test_every_kind_of_doubt_has_a_name() -> None:
    folder = Path(cli.__file__).parent / "exchange" / "double"
    text = "".join(path.read_text() for path in folder.glob("*.py"))

    assert all(f'"{code}"' in text for code in DOUBTS)


def test_the_command_line_tells_the_account(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = listed(tmp_path, numbered(1))

    code = cli.main(["import", "double-publicity", str(path), "--dry-run", "--json"])

    assert code == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["created"], told["dry_run"]) == (1, True)


@pytest.mark.parametrize("rows", [100, 1100])
def test_queries_grow_with_chunks_only(rows: int, tmp_path: Path, django_assert_max_num_queries: Any) -> None:
    titles = list(RECORD)
    path = sheets.many_rows(
        tmp_path / "many.xlsx",
        titles,
        lambda number: [str(numbered(number)[title]) for title in titles],
        rows,
    )

    with django_assert_max_num_queries(20 + 6 * (rows // 500 + 1)):
        report = run(path)

    assert report.created == rows
