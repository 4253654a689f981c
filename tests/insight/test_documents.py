"""Files masked as a whole: nothing of a person is left in any corner of them. Everybody here is invented."""

from __future__ import annotations

import io
import zipfile

import pypdfium2
import pytest
from defusedxml.ElementTree import fromstring
from pypdf import PdfReader

from mingjing.insight.documents import mask, pdf, read
from mingjing.insight.documents.pdf import page_texts
from mingjing.insight.redaction import Known
from mingjing.kernel.refused import Refused
from tests.insight import files

NAME, NUMBER, PHONE = "甄建设", "511702199001011234", "13900001234"
LINE = f"当事人{NAME}，身份证号{NUMBER}，电话{PHONE}。"
KEPT = "依据《行政处罚法》第五十七条第一款，罚款人民币50000.00元，川市监罚〔2026〕15号。"


@pytest.mark.parametrize("place", files.HIDE_OUTS)
def test_every_hide_out_of_a_word_file_is_read(place: str) -> None:
    told = read(files.docx({place: LINE}, [KEPT]), "决定书.docx")

    said = "\n".join(one.text for one in told.passages)
    assert (NAME in said) is (place != "style")  # names of styles are layout; a rendition has them masked
    assert any("图片" in one for one in told.unjudged)
    assert any("缩略图" in one for one in told.unjudged)


@pytest.mark.parametrize("place", files.HIDE_OUTS)
def test_no_hide_out_of_a_word_file_keeps_a_person(place: str) -> None:
    made = mask(files.docx({place: LINE}, [KEPT]), "决定书.docx", [Known(NAME, "party")])

    left = files.everything(made.data)
    for secret in (NAME, NUMBER, PHONE):
        assert secret not in left
    assert KEPT in "".join(text for text in left.split("<") if ">" in text).replace(
        'w:t xml:space="preserve">', ""
    )
    assert made.left.certain == ()


def test_a_number_split_into_runs_and_paragraphs_is_masked() -> None:
    made = mask(files.docx({"split": LINE, "cell": NAME}, ["身份证号：511702", "199001011234止"]))

    left = "".join(one.text for one in read(made.data).passages)
    assert "199001011234" not in left
    assert NAME not in left
    assert "电话***。" in left
    assert {one.kind for one in made.masks} == {"party", "citizen_id", "phone"}
    assert all(one.reason and one.words for one in made.masks)


def test_a_rendition_of_a_word_file_is_a_word_file() -> None:
    made = mask(files.docx({"body": LINE, "header": "页眉", "footnote": "注"}, [KEPT]))

    with zipfile.ZipFile(io.BytesIO(made.data)) as package:
        names = set(package.namelist())
        for name in names:
            fromstring(package.read(name))
    assert {"word/document.xml", "word/header1.xml", "word/footnotes.xml", "[Content_Types].xml"} <= names
    assert not any(name.startswith(("docProps", "word/media", "word/comments")) for name in names)


def test_what_leaks_in_the_file_as_given_is_told() -> None:
    given = files.docx(
        {"body": f"经查，{NAME}无证经营。", "author": NAME, "core": NAME}, ["当事人甄某某在场。"]
    )

    told = {one.place.where for one in mask(given, f"{NAME}案.docx").source.certain}

    assert {"正文", "批注·作者", "元数据·作者", "文件名"} <= told


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_masked_in_its_encoding(encoding: str) -> None:
    made = mask(f"{LINE}{KEPT}".encode(encoding), "决定书.txt")

    text = made.data.decode(encoding)
    assert text == f"当事人甄某，身份证号***，电话***。{KEPT}"
    assert made.left.certain == ()


@pytest.fixture(scope="module")
def paper() -> bytes:
    return files.pdf([f"{LINE}\n{KEPT}", f"第二页。{NAME}承认。"], Author=NAME, Title=f"{NAME}案")


def test_a_pdf_is_read_with_all_that_hangs_on_it(paper: bytes) -> None:
    told = read(files.hung(paper, f"联系{PHONE}"), "a.pdf")

    said = {one.where: one.text for one in told.passages}
    assert NAME in said["第 1 页"]
    assert said["元数据·作者"] == NAME
    assert PHONE in said["书签"]
    assert any(PHONE in text for where, text in said.items() if "批注" in where)
    assert any("附件" in one for one in told.unjudged)


@pytest.mark.parametrize("turn", [False, True])
def test_a_masked_pdf_holds_pictures_and_nothing_else(paper: bytes, turn: bool) -> None:
    given = files.turned(paper) if turn else paper
    made = mask(files.hung(given, f"联系{PHONE}"), "a.pdf")

    for secret in (NAME, NUMBER, PHONE):
        assert secret.encode() not in made.data
        assert secret.encode("utf-16-be") not in made.data
    reader = PdfReader(io.BytesIO(made.data))
    assert not reader.attachments
    assert not reader.outline
    assert not any(page.get("/Annots") for page in reader.pages)
    assert not any(page.extract_text().strip() for page in reader.pages)
    assert NAME not in str(reader.metadata)
    assert [one.kind for one in made.masks if one.place.where == "第 1 页"] == [
        "party",
        "citizen_id",
        "phone",
    ]
    assert made.left.certain == ()
    assert "元数据·作者" in made.dropped


@pytest.mark.parametrize("turn", [False, True])
def test_the_masks_of_a_pdf_are_burnt_into_the_picture(paper: bytes, turn: bool) -> None:
    given = files.turned(paper) if turn else paper
    made = mask(given)

    document = pypdfium2.PdfDocument(given)
    before, after = document[0], pypdfium2.PdfDocument(made.data)[0]
    left, bottom, right, top = before.get_textpage().get_charbox(page_texts(document)[0].index(NAME))
    width, height = before.get_mediabox()[2:]
    x, y = ((left + right) / 2, (bottom + top) / 2)
    across, down = (y / height, x / width) if turn else (x / width, 1 - y / height)
    picture = after.render(scale=2).to_pil().convert("L")
    assert picture.getpixel((int(across * picture.width), int(down * picture.height))) < 30
    assert picture.getextrema()[1] > 250


def test_a_scan_is_never_called_clean() -> None:
    told = read(files.scan(), "a.pdf")

    assert any("机器不能判断" in one for one in told.unjudged)
    with pytest.raises(Refused, match="扫描件") as refused:
        mask(files.scan(), "a.pdf")
    assert refused.value.code == "nothing-to-mask"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.7 torn", "unreadable-document"),
        (b"PK\x03\x04 torn", "unreadable-document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "encrypted-document"),
        (b"\x00\x01\x02", "unknown-document"),
        (b"\xff\xfe\xff", "unreadable-document"),
        (b"\x81\x20\xff", "unreadable-document"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        mask(data, "a")
    assert refused.value.code == code
    assert refused.value.remedy


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_word_file_torn_at_any_place_is_read_or_refused(packing: int) -> None:
    """Whatever way it is packed: no place of it makes a program error of a damaged file."""
    made = io.BytesIO()
    sound = zipfile.ZipFile(io.BytesIO(files.docx({"body": LINE}, [KEPT])))
    with zipfile.ZipFile(made, "w", packing) as package:
        package.writestr("word/document.xml", sound.read("word/document.xml"))
    data, codes = made.getvalue(), set()

    for place in range(4, len(data), 3):
        hurt = bytearray(data)
        hurt[place] ^= 0xFF
        try:
            read(bytes(hurt), "决定书.docx")
        except Refused as refused:
            codes.add(refused.code)

    assert "unreadable-document" in codes


def test_a_locked_pdf_is_refused(paper: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read(files.locked(paper))
    assert refused.value.code == "encrypted-document"


def test_a_pdf_as_text(paper: bytes) -> None:
    made = mask(paper, as_text=True)

    assert made.form == "text"
    assert NAME not in made.data.decode()
    assert "行政处罚法" in made.data.decode()


@pytest.mark.parametrize(
    ("inside", "read"),
    [
        ("<stEvt:instanceID>QQrNHG75FmMsi==_source</stEvt:instanceID>", []),
        ("<xmpMM:DocumentID>VXoUzuVCCAYEExSDrSpWJgQ==</xmpMM:DocumentID>", []),
        ('<rdf:Description xmpMM:InstanceID="xmp.iid:QQ00aa11"/>', []),
        ("<xmpMM:InstanceID>13800000000</xmpMM:InstanceID>", ["13800000000"]),
        ("<xmpMM:OriginalDocumentID>张某某的案卷</xmpMM:OriginalDocumentID>", ["张某某的案卷"]),
        ("<dc:creator>某某</dc:creator>", ["某某"]),
    ],
)
def test_random_identities_of_a_file_are_nobody_s_account(inside: str, read: list[str]) -> None:
    """A published text was refused once because such an identity began with QQ."""
    assert [one.text for one in pdf._xmp(f"<x>{inside}</x>")] == read
