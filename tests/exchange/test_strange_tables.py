"""Lists as strangers really send them: merged cells, many code columns, foreign formats, attacks, quotes."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mingjing.exchange.errors_workbook import ErrorsWorkbook, harmless
from mingjing.exchange.parties_file import COLUMNS
from mingjing.exchange.tables import Row, open_table
from mingjing.kernel.refused import Refused
from tests.parties.makers import citizen_id, credit_code

from . import sheets

NAMES = (
    "企业名称",
    "当事人名称",
    "被处罚人",
    "被检查单位名称",
    "姓名/名称",
    "纳税人名称",
    "商户名称",
    "企业（单位）名称",
)
CODES = (
    "统一社会信用代码", "信用代码", "机构代码", "组织机构代码", "纳税人识别号", "社会统一信用代码", "证照号码",
    "统一社会信用代码（18位）", "注册号/统一社会信用代码", "统一社会信用\n代码", " 统 一 社 会 信 用 代 码 ", "身份证号码",
    "统一社会信用代码或身份证号", "＊统一社会信用代码",
)  # fmt: skip


def rows_of(path: Path) -> list[Row]:
    return list(open_table(path, COLUMNS, what="当事人名单").rows)


def refusal(path: Path) -> Refused:
    with pytest.raises(Refused) as refused:
        rows_of(path)
    return refused.value


def answer_to(path: Path) -> list[Row] | str:
    """The rows, or what a person whose file was refused is told to do."""
    try:
        return rows_of(path)
    except Refused as refused:
        return refused.remedy or ""


def texts(path: Path, *fields: str) -> list[tuple[str, ...]]:
    return [tuple(row.text(field) for field in fields) for row in rows_of(path)]


@pytest.mark.parametrize("title", NAMES)
def test_the_name_has_many_titles(tmp_path: Path, title: str) -> None:
    path = sheets.xlsx(tmp_path / "a.xlsx", [[title, "统一社会信用代码"], ["某某公司", credit_code(1)]])

    assert texts(path, "name") == [("某某公司",)]


@pytest.mark.parametrize("title", CODES)
def test_the_code_has_many_titles(tmp_path: Path, title: str) -> None:
    path = sheets.xlsx(tmp_path / "a.xlsx", [["企业名称", title], ["某某公司", credit_code(1)]])

    assert texts(path, "code") == [(credit_code(1),)]


def test_of_several_code_columns_the_best_that_is_filled_in_counts(tmp_path: Path) -> None:
    head = ["名称", "组织机构代码", "统一社会信用代码", "身份证号"]
    rows = [["甲公司", "12345678-9", credit_code(1), ""], ["乙公司", "12345678-9", "无", ""]]
    rows += [["张某", "", "/", citizen_id(1)]]

    found = rows_of(sheets.xlsx(tmp_path / "a.xlsx", [head, *rows]))

    assert [row.text("code") for row in found] == [credit_code(1), "12345678-9", citizen_id(1)]
    assert [row.column("code") for row in found] == ["C 统一社会信用代码", "B 组织机构代码", "D 身份证号"]


def test_a_representative_s_papers_are_not_the_party_s(tmp_path: Path) -> None:
    head = ["企业名称", "统一社会信用代码", "法定代表人", "法定代表人证件号码", "法定代表人身份证号"]
    path = sheets.xlsx(tmp_path / "a.xlsx", [head, ["甲公司", "", "张某", citizen_id(1), citizen_id(1)]])

    assert texts(path, "code") == [("",)]


@pytest.mark.parametrize(
    "header",
    [["code", "name"], ["code", "name", "cityCode", "provinceCode"], ["名称", "代码"], ["类别", "名称"]],
)
def test_a_list_of_just_anything_is_no_list_of_parties(tmp_path: Path, header: list[str]) -> None:
    path = sheets.xlsx(tmp_path / "a.xlsx", [header, ["511702", "某某区", "5117", "51"][: len(header)]])

    refused = refusal(path)

    assert refused.code == "no-header"
    assert header[0] in refused.reason


MERGED = [
    ["某某名单", None, None],
    ["企业名称", "统一社会信用代码", "地址"],
    ["甲公司", None, "某某路1号"],
    ["乙公司", None, None],
    ["丙公司", None, None],
    ["丁公司", None, None],
]


def test_cells_merged_downwards_count_for_each_of_their_rows(tmp_path: Path) -> None:
    path = sheets.xlsx(tmp_path / "a.xlsx", MERGED, merged=["A1:C1", "C3:C5"])

    assert texts(path, "address") == [("某某路1号",), ("某某路1号",), ("某某路1号",), ("",)]


def test_cells_merged_downwards_in_markup_count_too(tmp_path: Path) -> None:
    data = sheets.spreadsheetml(MERGED[1:]).replace(
        '<Cell><Data ss:Type="String">某某路1号'.encode(),
        '<Cell ss:MergeDown="2"><Data ss:Type="String">某某路1号'.encode(),
    )
    (tmp_path / "a.xls").write_bytes(data)

    assert texts(tmp_path / "a.xls", "address") == [("某某路1号",), ("某某路1号",), ("某某路1号",), ("",)]


def test_a_merged_header_is_not_poured_over_the_rows(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["名称", "证件", None], [None, "证件号码", "住所"], ["甲公司", None, "某路"]]
    path = sheets.xlsx(tmp_path / "a.xlsx", rows, merged=["A1:A2", "B1:C1"])

    assert texts(path, "name", "code", "address") == [("甲公司", "", "某路")]


def test_numbers_with_a_tail_of_zeros_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("姓名,身份证号,电话\n张某,511702900307123.0,13800000000.0\n李某,511702199003071234.0,\n")

    rows = rows_of(path)

    assert (rows[0].text("code"), rows[0].text("phone")) == ("511702900307123", "13800000000")
    assert rows[0].cells["code"].original == "511702900307123.0"
    assert "丢失" in rows[1].cells["code"].doubt


def test_two_open_quotes_that_close_each_other_cost_their_rows_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('企业名称,地址\n"甲公司,路1\n乙公司,路2\n"丙公司,路3\n丁公司,"路\n4"\n')

    rows = rows_of(path)

    assert [(row.number, bool(row.fault)) for row in rows] == [(2, True), (3, False), (4, True), (5, False)]
    assert rows[3].text("address") == "路\n4"


def test_a_cell_of_our_own_error_list_loses_its_apostrophe_again(tmp_path: Path) -> None:
    path = sheets.xlsx(tmp_path / "a.xlsx", [["企业名称", "电话"], ["甲公司", "'+86 13800000000"]])

    assert texts(path, "phone") == [("+86 13800000000",)]


def archive(path: Path, parts: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in parts.items():
            target.writestr(name, text)
    return path


ODS = """<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="a">
<table:table-row><table:table-cell office:value-type="string"><text:p>企业名称</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>地址</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>甲公司</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>某路</text:p></table:table-cell></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def test_an_open_document_is_read_as_well(tmp_path: Path) -> None:
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    parts = {"mimetype": mimetype, "content.xml": ODS.replace("\n", ""), "META-INF/manifest.xml": manifest}
    path = archive(tmp_path / "a.ods", parts)

    assert texts(path, "name", "address") == [("甲公司", "某路")]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"[Content_Types].xml": "<Types/>", "word/document.xml": "<a/>"}, "file-foreign"),
        ({"[Content_Types].xml": "<Types/>"}, "file-damaged"),
        ({"a.txt": "x"}, "file-foreign"),
    ],
)
def test_another_archive_is_told_what_it_is(tmp_path: Path, parts: dict[str, str], code: str) -> None:
    refused = refusal(archive(tmp_path / "a.xlsx", parts))

    assert refused.code == code
    assert refused.remedy


ENTITIES = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
) + "]>"  # fmt: skip


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
)
def test_entities_inside_a_workbook_never_swell(tmp_path: Path, part: str) -> None:
    path = sheets.xlsx(tmp_path / "a.xlsx", [["企业名称", "地址"], ["甲公司", "某路"]])

    def attack(xml: str) -> str:
        head, _, rest = xml.partition("?>") if xml.startswith("<?xml") else ("", "", xml)
        return f"{head}?>{ENTITIES}{rest}".removeprefix("?>").replace("甲公司", "&j;")

    sheets.with_part(path, part, attack)

    answer = answer_to(path)

    assert answer if isinstance(answer, str) else all(len(row.text("name")) < 100 for row in answer)


@pytest.mark.parametrize(
    "data",
    [
        b"<html><!--" + b"x" * 9_000_000,
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
        + b"<a>" * 100_000,
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table><Row>'
        + b"<Cell/>" * 100_000,
        "企业名称,地址\n".encode() + b"x" * 9_000_000,
    ],
    ids=["open comment", "deep", "wide", "one line"],
)
def test_markup_made_to_fill_memory_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.xls").write_bytes(data)

    refused = refusal(tmp_path / "a.xls")

    assert refused.code in ("file-damaged", "quote-open", "no-header")
    assert refused.remedy


def test_a_cell_of_nothing_but_marks_is_read_in_linear_time(tmp_path: Path) -> None:
    head = "<table><tr><td>企业名称</td><td>地址</td></tr><tr><td>甲</td><td>".encode()
    (tmp_path / "a.xls").write_bytes(head + b"<" * 400_000)

    assert len(rows_of(tmp_path / "a.xls")[0].text("address")) == 200_000


def test_a_damaged_style_does_not_cost_the_workbook(tmp_path: Path) -> None:
    path = sheets.xlsx(tmp_path / "a.xlsx", [["企业名称", "地址"], ["甲公司", "某路"]])
    sheets.with_part(path, "xl/styles.xml", lambda xml: xml.replace("<fills", "<fills><broken"))

    assert texts(path, "name") == [("甲公司",)]


@pytest.mark.parametrize("text", ["\ufffe", "\uffff", "\ud800", "\x01\x0b", "𠮷\x00", "=1+1", "x" * 40_000])
def test_the_list_of_errors_opens_whatever_was_in_the_row(tmp_path: Path, text: str) -> None:
    row = Row("表", 2, {}, {})
    path = tmp_path / "errors.xlsx"

    with ErrorsWorkbook(path, [("name", "名称")]) as errors:
        errors.reject(row, Refused("x", f"理由{text}", remedy=text))

    values = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
    assert len(values) == 2
    assert str(values[1][4]).startswith("理由")


def test_more_errors_than_a_sheet_holds_go_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mingjing.exchange.errors_workbook.MOST_ROWS", 3)
    path = tmp_path / "errors.xlsx"

    with ErrorsWorkbook(path, [("name", "名称")]) as errors:
        for number in range(7):
            errors.reject(Row("", number, {}, {}), Refused("x", "理由"))

    book = openpyxl.load_workbook(path)
    assert [sheet.max_row for sheet in book.worksheets] == [4, 4, 2]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1"])
def test_nothing_that_a_table_program_would_run_stands_bare(text: str) -> None:
    assert harmless(text).startswith("'")


@pytest.mark.parametrize("seed", range(40))
def test_any_bytes_are_a_table_or_a_refusal(tmp_path: Path, seed: int) -> None:
    import random

    dice = random.Random(seed)
    sound = sheets.xlsx(tmp_path / "s.xlsx", [["企业名称", "地址"], ["甲公司", "某路"]]).read_bytes()
    sources = [
        sound,
        sheets.xls([["企业名称", "地址"], ["甲公司", "某路"]]),
        sheets.spreadsheetml([["企业名称"], ["甲"]]),
    ]
    sources += [sheets.html([["企业名称", "地址"], ["甲", "某"]]), "企业名称,地址\n甲,某\n".encode("utf-16")]
    data = bytearray(dice.choice(sources))
    for _ in range(dice.randrange(1, 30)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    path = tmp_path / "a.xlsx"
    path.write_bytes(bytes(data[: dice.choice((len(data), len(data) // 2))]))

    assert answer_to(path) != ""


def test_a_path_that_is_no_file_is_told(tmp_path: Path) -> None:

    for path in (tmp_path, tmp_path / "x\x00y", tmp_path / ("x" * 300), tmp_path / "none"):
        refused = refusal(path)
        assert refused.code in ("file-missing", "file-unreadable")
