"""Reading strangers' tables: what they claim to be, and what they are."""

from __future__ import annotations

import codecs
import io
import weakref
import zipfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from mingjing.exchange.tables import Column, Format, Row, open_table, zipped
from mingjing.kernel.refused import Refused

from . import sheets

COLUMNS = (
    Column("name", ("当事人名称", "名称", "姓名"), required=True),
    Column("code", ("统一社会信用代码", "证件号码")),
    Column("boss", ("法定代表人", "法定代表人姓名")),
    Column("address", ("地址", "住所")),
)
HEADER = ["当事人名称", "统一社会信用代码", "地址"]
BODY = [["达州市某某食品有限公司", "9151", "某某路1号"], ["张某某", "", "某某街2号"]]
CSV = "\n".join(",".join(row) for row in [HEADER, *BODY]) + "\n"


def rows_of(path: Path) -> list[Row]:
    return list(open_table(path, COLUMNS, what="当事人名单").rows)


def names(path: Path) -> list[str]:
    return [row.text("name") for row in rows_of(path)]


def written(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def refusal(path: Path) -> Refused:
    with pytest.raises(Refused) as refused:
        rows_of(path)
    return refused.value


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(CSV.encode(), Format.TEXT, id="utf-8"),
        pytest.param(codecs.BOM_UTF8 + CSV.encode(), Format.TEXT, id="utf-8 with mark"),
        pytest.param(CSV.encode("gb18030"), Format.TEXT, id="gb18030"),
        pytest.param(CSV.encode("utf-16"), Format.TEXT, id="utf-16 with mark"),
        pytest.param(CSV.encode("utf-16-le"), Format.TEXT, id="utf-16 little-endian"),
        pytest.param(CSV.encode("utf-16-be"), Format.TEXT, id="utf-16 big-endian"),
        pytest.param(CSV.replace(",", ";").encode(), Format.TEXT, id="semicolon"),
        pytest.param(CSV.replace(",", "\t").encode(), Format.TEXT, id="tab"),
        pytest.param(CSV.replace(",", "|").encode(), Format.TEXT, id="bar"),
        pytest.param(("sep=;\n" + CSV.replace(",", ";")).encode(), Format.TEXT, id="sep line"),
        pytest.param(CSV.replace("\n", "\r\n").encode(), Format.TEXT, id="carriage returns"),
        pytest.param(sheets.html([HEADER, *BODY]), Format.HTML, id="html"),
        pytest.param(sheets.html([HEADER, *BODY], charset="gb18030"), Format.HTML, id="html gb18030"),
        pytest.param(sheets.spreadsheetml([HEADER, *BODY]), Format.SPREADSHEETML, id="spreadsheetml"),
        pytest.param(
            sheets.spreadsheetml([HEADER, *BODY], encoding="GB18030"), Format.SPREADSHEETML, id="xml gb18030"
        ),
        pytest.param(sheets.xls([HEADER, *BODY]), Format.XLS, id="xls"),
    ],
)
def test_the_format_is_told_by_bytes_whatever_the_extension(
    tmp_path: Path, data: bytes, expected: Format
) -> None:
    path = written(tmp_path / "list.xlsx", data)

    table = open_table(path, COLUMNS, what="当事人名单")

    assert table.format is expected
    assert [(row.text("name"), row.text("address")) for row in table.rows] == [
        ("达州市某某食品有限公司", "某某路1号"),
        ("张某某", "某某街2号"),
    ]


def test_a_workbook_named_csv_is_still_a_workbook(tmp_path: Path) -> None:
    path = sheets.xlsx(tmp_path / "a.xlsx", [HEADER, *BODY]).rename(tmp_path / "a.csv")

    assert names(path) == ["达州市某某食品有限公司", "张某某"]


@pytest.mark.parametrize("said", ["A1", "A1:A1", "A1:XFD1048576", "C7:D9"])
def test_a_declared_dimension_is_never_believed(tmp_path: Path, said: str) -> None:
    path = sheets.lying_dimension(sheets.xlsx(tmp_path / "a.xlsx", [HEADER, *BODY]), said)

    assert names(path) == ["达州市某某食品有限公司", "张某某"]


def test_cells_that_claim_to_lie_beyond_the_format_are_not_waited_for(tmp_path: Path) -> None:
    path = sheets.with_part(
        sheets.xlsx(tmp_path / "a.xlsx", [HEADER, *BODY]),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace('<row r="3"', '<row r="99999999999"').replace('r="A3"', 'r="A99999999999"'),
    )

    assert names(path)[:1] == ["达州市某某食品有限公司"]


def test_the_header_may_stand_in_row_seven(tmp_path: Path) -> None:
    title = [["达州市当事人名单"], [], ["统计时间：2026年1月"], [], [], []]
    path = sheets.xlsx(tmp_path / "a.xlsx", [*title, HEADER, *BODY])

    assert [(row.number, row.text("name")) for row in rows_of(path)] == [
        (8, "达州市某某食品有限公司"),
        (9, "张某某"),
    ]


def test_a_header_below_row_twenty_is_refused_with_what_was_seen(tmp_path: Path) -> None:
    path = sheets.xlsx(tmp_path / "a.xlsx", [["说明"]] * 20 + [HEADER, *BODY])

    refused = refusal(path)

    assert refused.code == "no-header"
    assert "说明" in refused.reason
    assert "当事人名称" in (refused.remedy or "")


def test_a_header_of_two_rows_with_merged_groups_is_read(tmp_path: Path) -> None:
    rows = [
        ["序号", "当事人", None, "法定代表人", None, "地址"],
        [None, "名称", "证件号码", "姓名", "电话", None],
        [1, "达州市某某食品有限公司", "9151", "张某某", "1380", "某某路1号"],
    ]
    path = sheets.xlsx(tmp_path / "a.xlsx", rows, merged=["A1:A2", "B1:C1", "D1:E1", "F1:F2"])

    (row,) = rows_of(path)

    assert (row.number, row.text("name"), row.text("boss")) == (3, "达州市某某食品有限公司", "张某某")
    assert (row.text("code"), row.text("address")) == ("9151", "某某路1号")


def test_column_names_may_carry_stars_blanks_and_remarks(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "*当 事 人 名 称（必填）,地址：\n张某某,某某路\n")

    assert names(path) == ["张某某"]


def test_a_header_repeated_on_each_page_is_no_data(tmp_path: Path) -> None:
    path = sheets.xlsx(tmp_path / "a.xlsx", [HEADER, BODY[0], HEADER, BODY[1]])

    assert names(path) == ["达州市某某食品有限公司", "张某某"]


def test_all_sheets_with_the_header_are_read_and_others_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["填写说明"])
    for county in ("通川区", "达川区"):
        page = book.create_sheet(county)
        page.append(HEADER)
        page.append([f"{county}某某店", "", ""])
    hidden = book.create_sheet("隐藏")
    hidden.sheet_state = "hidden"
    hidden.append(HEADER)
    hidden.append(["不应出现", "", ""])
    book.save(path)

    table = open_table(path, COLUMNS, what="当事人名单")

    assert [row.text("name") for row in table.rows] == ["通川区某某店", "达川区某某店"]
    assert [skipped.sheet for skipped in table.skipped] == ["说明"]


def test_the_original_stays_beside_the_cleaned_value(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", 'name,名称,地址\n1," 张\u200b某某  ",无\n')

    (row,) = rows_of(path)

    assert row.cells["name"].original == " 张\u200b某某  "
    assert row.text("name") == "张某某"
    assert (row.cells["address"].original, row.text("address")) == ("无", "")


def test_long_numbers_kept_as_numbers_are_doubted(tmp_path: Path) -> None:
    path = sheets.xlsx(tmp_path / "a.xlsx", [HEADER, ["张某某", 511702199001010011, "x"]])
    text = written(tmp_path / "b.csv", ",".join(HEADER) + "\n张某某,5.11702E+17,x\n")

    assert "数字格式" in rows_of(path)[0].cells["code"].doubt
    assert "科学计数法" in rows_of(text)[0].cells["code"].doubt


def test_dates_and_numbers_become_the_text_a_person_sees(tmp_path: Path) -> None:
    path = sheets.xlsx(tmp_path / "a.xlsx", [HEADER, [datetime(2026, 3, 1), 12.0, 1.5]])  # noqa: DTZ001

    (row,) = rows_of(path)

    assert (row.text("name"), row.text("code"), row.text("address")) == ("2026-03-01", "12", "1.5")


def test_cells_beyond_the_header_make_the_row_untrustworthy(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "名称,地址\n张某某,某某路1号,2栋\n李某某,某某路\n")

    first, second = rows_of(path)

    assert "比表头多" in first.fault
    assert second.fault == ""


def test_a_few_broken_bytes_cost_their_row_and_not_the_file(tmp_path: Path) -> None:
    lines = [b"\xe5\x90\x8d\xe7\xa7\xb0,\xe5\x9c\xb0\xe5\x9d\x80"]
    lines += [f"张某{n},某某路{n}号".encode() for n in range(30)]
    lines[5] = lines[5].replace("某某路".encode(), "某某路".encode()[:-1])
    path = written(tmp_path / "a.csv", b"\n".join(lines))

    faults = [row.number for row in rows_of(path) if row.fault]

    assert faults == [6]
    assert len(rows_of(path)) == 30


@pytest.mark.parametrize("below", [1, 20_000])
def test_an_open_quote_costs_its_row_and_not_those_below(tmp_path: Path, below: int) -> None:
    text = '名称,地址\n"张某某","某某""路\n"\n"李某某,某某路\n' + '王某某,"某某，路"\n' * below
    path = written(tmp_path / "a.csv", text.encode())

    rows = rows_of(path)

    assert [row.number for row in rows if row.fault] == [3]
    assert rows[0].text("address") == '某某"路'
    assert len(rows) == 2 + below


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty.csv", b"", "file-empty"),
        ("blank.csv", b"\xef\xbb\xbf\r\n \n", "file-empty"),
        ("empty.xlsx", b"PK\x05\x06" + b"\x00" * 18, "file-empty"),
        ("a.pdf", b"%PDF-1.7 ...", "file-foreign"),
        ("a.csv", b'{"name": "x"}', "file-foreign"),
        ("a.csv", b"\x01\x02\x00\x03" * 100, "file-foreign"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "file-damaged"),
        (
            "quote.csv",
            ("名称,地址\n" + '"张某某,某某路\n' * 201).encode(),
            "quote-open",
        ),
        ("cut.xml", sheets.spreadsheetml([HEADER, *BODY])[:-40], "file-damaged"),
        (
            "bomb.xml",
            sheets.spreadsheetml([HEADER]).replace(
                b"<Workbook", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><Workbook', 1
            ),
            "file-damaged",
        ),
    ],
)
def test_what_is_no_readable_table_is_refused_with_a_remedy(
    tmp_path: Path, name: str, data: bytes, code: str
) -> None:
    refused = refusal(written(tmp_path / name, data))

    assert refused.code == code
    assert name in refused.reason
    assert refused.remedy


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.csv").code == "file-missing"
    assert refusal(tmp_path).code == "file-unreadable"


@pytest.mark.parametrize("kept", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_truncated_workbook_is_refused(tmp_path: Path, kept: float) -> None:
    path = sheets.many_rows(tmp_path / "a.xlsx", HEADER, lambda n: [f"某某{n}", str(n), "路"], 500)
    data = path.read_bytes()

    assert refusal(written(path, data[: int(len(data) * kept)])).code == "file-damaged"


def test_damage_inside_a_workbook_is_refused_and_never_a_crash(tmp_path: Path) -> None:
    sound = sheets.many_rows(tmp_path / "a.xlsx", HEADER, lambda n: [f"某某{n}", str(n), "路"], 200)
    data = bytearray(sound.read_bytes())
    for place in range(40, len(data) - 4, len(data) // 60):
        hurt = bytearray(data)
        hurt[place : place + 4] = b"\xff\x00\xff\x00"
        path = written(tmp_path / "b.xlsx", bytes(hurt))
        with suppress(Refused):
            rows_of(path)


def test_damage_inside_an_old_workbook_is_refused_and_never_a_crash(tmp_path: Path) -> None:
    data = sheets.xls([HEADER, *[[f"某某{n}", str(n), "路"] for n in range(50)]])
    for place in range(0, len(data) - 4, len(data) // 25):
        hurt = bytearray(data)
        hurt[place : place + 4] = b"\xff\x7f\xff\x00"
        path = written(tmp_path / "b.xls", bytes(hurt))
        with suppress(Refused):
            rows_of(path)


def test_an_encrypted_workbook_says_so(tmp_path: Path) -> None:
    locked = sheets.xls([HEADER])[:-512] + "EncryptedPackage".encode("utf-16-le").ljust(512, b"\x00")

    assert refusal(written(tmp_path / "a.xlsx", locked)).code == "file-encrypted"


def test_a_zip_with_a_locked_part_is_encrypted_and_not_damaged(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    data = bytearray(made.getvalue())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1

    assert refusal(written(tmp_path / "a.ods", bytes(data))).code == "file-encrypted"


def test_a_workbook_packed_another_way_and_torn_is_damaged(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet" * 20)
    data = bytearray(made.getvalue())
    start = data.index(b"mimetype") + len("mimetype") + 9  # behind the name and the properties of the packing
    data[start : start + 8] = b"\xff" * 8

    assert refusal(written(tmp_path / "a.ods", bytes(data))).code == "file-damaged"


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("list.csv", CSV)

    assert refusal(path).code == "file-foreign"


def test_a_swollen_workbook_is_refused_before_it_unpacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipped, "_SUSPECT_BYTES", 1_000_000)
    path = sheets.xlsx(tmp_path / "a.xlsx", [HEADER, *BODY])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", b"\x00" * 20_000_000)

    refused = refusal(path)

    assert refused.code == "file-too-big"
    assert "膨胀" in refused.reason


def test_twenty_thousand_rows_stream_and_none_is_kept(tmp_path: Path) -> None:
    path = sheets.many_rows(
        tmp_path / "a.xlsx", HEADER, lambda n: [f"达州市某某{n}号公司", f"{n:018d}", "某某路"], 20_000
    )
    alive: weakref.WeakValueDictionary[int, Row] = weakref.WeakValueDictionary()
    most = count = 0

    for row in open_table(path, COLUMNS, what="当事人名单").rows:
        alive[row.number] = row
        count += 1
        most = max(most, len(alive))

    assert count == 20_000
    assert most <= 25


def test_an_html_cell_that_spans_rows_and_columns_is_spread(tmp_path: Path) -> None:
    page = (
        "<table><tr><th>名称</th><th>地址</th><th>证件号码</th></tr>"
        "<tr><td>张某某<td rowspan=2>某某路<br>1号<td>1</tr>"
        "<tr><td>李某某</td><td>2</td></tr>"
        "<tr><td colspan=2>王某某</td><td>3</td></tr></table>"
    )

    rows = rows_of(written(tmp_path / "a.xls", page))

    assert [(row.text("name"), row.text("address"), row.text("code")) for row in rows] == [
        ("张某某", "某某路\n1号", "1"),
        ("李某某", "某某路\n1号", "2"),
        ("王某某", "", "3"),
    ]
