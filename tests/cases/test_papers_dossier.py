"""The bound case file: order, page numbers, catalogue, outline, archive."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from functools import cache
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from mingjing.cases.papers.dossier import Item, catalogue, dossier, dossier_zip, in_order
from mingjing.cases.papers.render import render
from mingjing.kernel.refused import Refused

from .paper_samples import full
from .test_papers_forms import form_named

FILED = (
    "case-source",
    "filing-approval",
    "penalty-decision",
    "service-receipt",
    "investigation-report",
    "site-record",
)


def item(form_id: str, on: str = "2026-04-22") -> Item:
    form = form_named(form_id)
    data = full(form)
    return Item(form.title, data["number"], on, render(form_id, data).pdf, form.part, form.order)


@cache
def items() -> tuple[Item, ...]:
    return tuple(item(form_id) for form_id in FILED)


def cover_data() -> dict[str, Any]:
    return full(form_named("dossier-cover"))


def texts(pdf: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_the_decision_lies_before_the_receipt_and_the_evidence() -> None:
    assert [one.title for one in in_order(items(), "main")] == [
        "立案（不予立案）审批表",
        "行政处罚决定书",
        "送达回证",
        "现场笔录",
    ]
    assert [one.title for one in in_order(items(), "secondary")] == ["案件来源登记表", "案件调查终结报告"]


def test_papers_of_one_kind_lie_by_date() -> None:
    later, earlier = item("site-record", "2026-03-12"), item("site-record", "2026-03-10")

    assert in_order([later, earlier], "main") == [earlier, later]


def test_the_catalogue_gives_the_page_where_each_paper_is_found() -> None:
    bound = dossier(items(), cover_data())
    pages = texts(bound)
    entries = catalogue(items(), "main")

    assert entries[0].first == 1
    body = next(index for index, text in enumerate(pages) if "立案审批表" in text)
    for entry in entries:
        text = pages[body + entry.first - 1]
        assert text.endswith(str(entry.first)), entry.item.title
        title = "立案审批表" if "不予立案" in entry.item.title else entry.item.title
        assert title in text


def test_pages_are_numbered_within_each_volume_and_frames_are_not() -> None:
    pages = texts(dossier(items(), cover_data()))
    main, secondary = catalogue(items(), "main"), catalogue(items(), "secondary")

    assert len(pages) == main[-1].last + secondary[-1].last + 6
    assert pages[0].startswith("演示数据") or "行政处罚案卷" in pages[0]
    second_cover = main[-1].last + 3
    assert "副卷" in pages[second_cover]
    assert pages[second_cover + 2].endswith("1")
    assert f"共{main[-1].last}页" in pages[second_cover - 1]


def test_the_outline_leads_to_volumes_and_papers() -> None:
    reader = PdfReader(io.BytesIO(dossier(items(), cover_data())))
    top = [entry for entry in reader.outline if not isinstance(entry, list)]
    below = next(entry for entry in reader.outline if isinstance(entry, list))

    assert [entry.title for entry in top] == ["正卷", "副卷"]
    assert below[0].title == "卷内文件目录"
    assert below[2].title == "行政处罚决定书 达市监罚〔2026〕12号"
    assert reader.get_destination_page_number(below[1]) == 2


def test_a_turned_page_is_numbered_upright() -> None:
    writer = PdfWriter()
    writer.add_blank_page(width=842, height=595).rotate(90)
    out = io.BytesIO()
    writer.write(out)
    scan = Item("扫描件", "", "2026-04-01", out.getvalue())

    pages = PdfReader(io.BytesIO(dossier([scan], cover_data()))).pages

    assert pages[2].rotation == 0
    assert pages[2].extract_text().strip() == "1"


def test_equal_papers_give_equal_dossiers() -> None:
    assert dossier_zip(items(), cover_data()) == dossier_zip(items(), cover_data())


def test_an_empty_dossier_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        dossier([], cover_data())

    assert refusal.value.code == "empty-dossier"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("content", [b"", b"not a pdf", b"%PDF-1.7\n%%EOF"])
def test_a_broken_file_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        dossier([Item("某扫描件", "", "2026-04-01", content)], cover_data())

    assert refusal.value.code == "unreadable-paper"
    assert "某扫描件" in refusal.value.reason


def test_the_archive_can_be_checked_file_by_file() -> None:
    made = dossier_zip(items(), cover_data(), [("录像/../01.mp4", b"film"), ("=cmd.txt", b"note")])
    archive = zipfile.ZipFile(io.BytesIO(made))
    manifest = json.loads(archive.read("manifest.json"))
    sums = dict(reversed(line.split("  ", 1)) for line in archive.read("SHA256SUMS").decode().splitlines())

    assert manifest["case"]["no"] == cover_data()["case"]["no"]
    for listed in manifest["files"]:
        content = archive.read(listed["file"])
        assert hashlib.sha256(content).hexdigest() == listed["sha256"] == sums[listed["file"]]
        assert len(content) == listed["bytes"]
    assert set(archive.namelist()) == {*sums, "SHA256SUMS"}
    assert not any(".." in name.split("/") for name in archive.namelist())
    assert "正卷/002 行政处罚决定书 达市监罚〔2026〕12号.pdf" in archive.namelist()


def test_the_catalogue_table_agrees_with_the_bound_file_and_holds_no_formula() -> None:
    risky = Item("=1+1", "", "2026-04-01", item("case-source").pdf, "main", 999)
    archive = zipfile.ZipFile(io.BytesIO(dossier_zip([*items(), risky], cover_data())))
    table = list(csv.reader(io.StringIO(archive.read("catalogue.csv").decode("utf-8-sig"))))

    assert table[0] == ["卷别", "序号", "文号", "题名", "日期", "页号", "备注"]
    assert [row[5] for row in table[1:3]] == [str(entry.first) for entry in catalogue(items(), "main")[:2]]
    assert "'=1+1" in [row[3] for row in table]
