"""归档管理 at the desk: lists, the page of a file, and what each person may do there."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingjing.archives import actions as archives
from mingjing.archives import queries
from mingjing.archives.models import Appraisal, Transfer, Volume
from mingjing.record import actions as record
from tests.archives.files import archived, scan, under_way
from tests.office import Matter, Office, signed_in
from tests.office_fixtures import office

__all__ = ["office"]
pytestmark = pytest.mark.django_db


def sealed(office: Office) -> tuple[Matter, Volume]:
    matter = archived(office)
    actor = office.actor("archivist", matter.at)
    return matter, archives.seal_volume(case_id=matter.case_id, actor=actor, at=matter.at)


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_file_of_a_running_case_shows_itself(office: Office) -> None:
    matter = under_way(office)

    shown = signed_in(office, "handler").get(f"/desk/cases/{matter.case.no}/dossier")

    assert shown.status_code == 200
    for said in ("随办案自动成形", "进货票据.pdf", "现场检查录像.mp4", "“破损.pdf”不能打开", "正卷"):
        assert said in text(shown)
    assert "补充一份材料" not in text(shown)


def test_the_archivist_seals_adds_and_tests_on_the_page(office: Office) -> None:
    matter = archived(office)
    browser, address = signed_in(office, "archivist"), f"/desk/cases/{matter.case.no}/dossier"
    assert "待归档" in text(browser.get("/desk/archive"))

    assert browser.post(address, {"do": "seal", "archive_no": "2026-001"}).status_code == 302
    volume = Volume.objects.get(case=matter.case)
    assert volume.archive_no == "2026-001"
    late = {
        "do": "late",
        "title": "缴款凭证",
        "made_on": "2026-03-21",
        "reason": "银行迟交。",
        "file": SimpleUploadedFile("凭证.pdf", scan(1), "application/pdf"),
    }
    assert browser.post(address, late).status_code == 302
    assert "缴款凭证" in text(browser.get(address))
    for kept in ("late/1", "sealed.pdf"):
        assert b"".join(browser.get(f"{address}/{kept}").streaming_content).startswith(b"%PDF-")
    record.seal(matter.at)
    assert browser.post(address, {"do": "check"}).status_code == 302
    shown = text(browser.get(address))
    for said in ("真实性", "完整性", "可用性", "安全性", "2026-001"):
        assert said in shown


def test_what_is_wrong_is_said_and_what_was_typed_stays(office: Office) -> None:
    matter, _ = sealed(office)

    answer = signed_in(office, "archivist").post(
        f"/desk/cases/{matter.case.no}/dossier", {"do": "late", "title": "凭证", "reason": "迟交。"}
    )

    assert answer.status_code >= 400
    assert "一次补充一份材料" in text(answer)
    assert 'value="凭证"' in text(answer)


@pytest.mark.parametrize("do", ["seal", "check", "order"])
def test_who_is_no_archivist_does_nothing(office: Office, do: str) -> None:
    matter = archived(office)

    answer = signed_in(office, "handler").post(
        f"/desk/cases/{matter.case.no}/dossier", {"do": do, "archive_no": "1", "order": "process"}
    )

    assert answer.status_code in (403, 409)
    assert not Volume.objects.filter(case=matter.case).exists()


def test_lists_filter_and_export(office: Office) -> None:
    _, volume = sealed(office)
    browser = signed_in(office, "archivist")

    for address in (
        "?list=kept",
        "?list=kept&words=某某&retention=30&year=2026",
        "?list=late",
        "?list=to_appraise",
    ):
        assert browser.get(f"/desk/archive{address}").status_code == 200
    assert volume.archive_no in text(browser.get("/desk/archive?list=kept"))
    assert volume.archive_no not in text(browser.get("/desk/archive?list=kept&year=1999"))
    assert "没有符合条件的案卷" in text(browser.get("/desk/archive?list=kept&year=1999"))
    book = openpyxl.load_workbook(io.BytesIO(browser.get("/desk/archive.xlsx?list=kept").content))
    assert volume.archive_no in [row[0].value for row in book.active.iter_rows(min_row=2)]
    assert browser.get("/desk/archive.xlsx").status_code == 200


def test_pages_of_a_list_give_each_volume_once(office: Office) -> None:
    _, one = sealed(office)
    others = [archived(office) for _ in range(2)]
    for number, matter in enumerate(others):
        actor = office.actor("archivist", matter.at)
        archives.seal_volume(case_id=matter.case_id, actor=actor, at=matter.at, archive_no=f"n-{number}")
    seen: list[str] = []
    filters = queries.ArchiveFilters(list="kept")
    while True:
        rows, cursor = queries.volumes(office.actor("archivist"), filters, one.sealed_at, limit=1)
        seen += [row.archive_no for row in rows]
        if not cursor:
            break
        filters = queries.ArchiveFilters(list="kept", after=cursor)

    assert sorted(seen) == sorted([one.archive_no, "n-0", "n-1"])


@pytest.mark.parametrize("after", ["", "x", "2026-01-01~x", "~", "2026-01-01T00:00~999999999999999999999999"])
def test_a_page_nobody_was_given_starts_at_the_front(office: Office, after: str) -> None:
    sealed(office)

    assert (
        signed_in(office, "archivist").get("/desk/archive", {"list": "kept", "after": after}).status_code
        == 200
    )


def test_a_transfer_from_the_list_to_the_receipt(office: Office) -> None:
    matter, volume = sealed(office)
    Volume.objects.filter(pk=volume.pk).update(
        passed=True, retention="permanent", due_on=None, transfer_on=matter.at
    )
    browser = signed_in(office, "archivist")

    listed = browser.post(
        "/desk/archive?list=to_transfer", {"do": "transfer", "volume": volume.pk, "hall": "达州市档案馆"}
    )
    transfer = Transfer.objects.get()
    assert listed["Location"] == f"/desk/archive/transfers/{transfer.pk}"
    assert volume.archive_no in text(browser.get(listed["Location"]))
    receipt = {"receipt_no": "1", "received_on": "2026-03-01", "do": "hand"}
    assert browser.post(listed["Location"], receipt).status_code == 302
    transfer.refresh_from_db()
    assert transfer.state == "handed"


def test_an_appraisal_from_the_list_to_the_head(office: Office) -> None:
    matter, volume = sealed(office)
    Volume.objects.filter(pk=volume.pk).update(retention="10", due_on=matter.at - timedelta(days=1))

    form = {
        "do": "appraise",
        "volume": volume.pk,
        "title": "鉴定",
        "verdict": "extend",
        "reason": "仍有价值。",
    }
    listed = signed_in(office, "archivist").post("/desk/archive?list=to_appraise", form)
    appraisal = Appraisal.objects.get()
    assert listed["Location"] == f"/desk/archive/appraisals/{appraisal.pk}"
    head = signed_in(office, "organ_head")
    assert "批准并执行" in text(head.get(listed["Location"]))
    assert head.post(listed["Location"], {"do": "approve", "opinion": "同意"}).status_code == 302
    appraisal.refresh_from_db()
    assert appraisal.state == "done"


def test_a_strangers_lists_are_not_found(office: Office) -> None:
    assert signed_in(office, "archivist").get("/desk/archive/transfers/424242").status_code == 404
