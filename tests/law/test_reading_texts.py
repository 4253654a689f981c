"""Reading statute texts of strangers: where articles begin and end, in every shape that sources give them."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from mingjing.law.provisions import Paragraphs
from mingjing.law.texts import folder, markdown, packaged
from mingjing.law.texts.document import Document, Unreadable

HEAD = "# 某某条例\n\n2020年5月1日某某令第1号公布\n\n"
TABLE = "<table>\n<tr>\n<th>等级</th><th>税额</th>\n</tr>\n<tr><td>一级</td><td>10元</td></tr>\n</table>"

SHAPES = [
    ("第一条 甲。\n第二条乙的规定。\n第三条 丙。", {1: "甲。", 2: "乙的规定。", 3: "丙。"}),
    ("第一条 甲。\n第一百 条丙。\n第二 条侦查人员乙。", {1: "甲。\n第一百 条丙。", 2: "侦查人员乙。"}),
    ("第一条 甲。 第二条 乙。 乙的第二款。 第三条 丙。", {1: "甲。", 2: "乙。\n乙的第二款。", 3: "丙。"}),
    ("第一条 甲： （一）子； （二）丑。 第二条 依照第一条 办。", {1: "甲：\n（一）子；\n（二）丑。", 2: "依照第一条 办。"}),
    ("第一条 甲。\n附图中不应当含有注释。\n第二条 乙。", {1: "甲。\n附图中不应当含有注释。", 2: "乙。"}),
    ("第一条 甲。\n附条件不起诉的，不适用。\n第二条 乙。", {1: "甲。\n附条件不起诉的，不适用。", 2: "乙。"}),
    ("第一条 甲。\n附表：\n第二条 乙。", {1: "甲。\n附表：", 2: "乙。"}),
    ("第一条 甲。\n第二条 乙。\n附件：名单\n第一条 别的。", {1: "甲。", 2: "乙。"}),
    ("第一条 甲。\n第二条 乙。\n附表一\n税目 税率", {1: "甲。", 2: "乙。"}),
    ("第一条 甲。\n第二条 乙。\n\n## 附　税率表\n\n<style>\n.t { color: red; }\n</style>\n", {1: "甲。", 2: "乙。"}),
    ("第一条 甲。\n第二条 乙。\n## 全国某某会议的决定\n一、丙。", {1: "甲。", 2: "乙。"}),
    ("第一条 甲：\n\n" + TABLE + "\n\n第二条 乙。", {1: "甲：\n| 等级 | 税额 |\n| 一级 | 10元 |", 2: "乙。"}),
    ("第一条 甲：\n| 级 | 额 |\n|---|:-:|\n| 一 | 二 |\n第二款。\n第二条 乙。", {1: "甲：\n| 级 | 额 |\n| 一 | 二 |\n第二款。", 2: "乙。"}),
    ("## 附 则\n第一条 甲。\n第二条 乙。", {1: "甲。", 2: "乙。"}),
]  # fmt: skip


def articles(text: str) -> dict[int, str]:
    return {article.number: article.text for article in markdown.read(HEAD + text).articles}


@pytest.mark.parametrize("text, expected", SHAPES, ids=range(len(SHAPES)))
def test_articles_begin_and_end_where_the_source_means_it(text: str, expected: dict[int, str]) -> None:
    assert articles(text) == expected


def test_a_text_without_articles_is_read_by_its_points() -> None:
    draft = markdown.read(HEAD + "为了某事，决定：\n一、甲。\n（一）子。\n\n二、乙，见三、丙。\n三、丙。\n")

    assert [article.label for article in draft.articles] == ["第一条", "第二条", "第三条"]
    assert draft.articles[0].text == "甲。\n（一）子。"
    assert draft.preamble[-1] == "为了某事，决定："


@pytest.mark.parametrize("text", ["一、只有一点。", "二、甲。\n三、乙。", "- [某法](x.md)\n- [某令](y.md)"])
def test_what_is_not_numbered_from_one_on_gives_no_articles(text: str) -> None:
    assert articles(text) == {}


def test_the_row_of_a_table_is_no_paragraph_of_its_own() -> None:
    paragraphs = Paragraphs("税额如下：\n| 等级 | 税额 |\n| 一级 | 10元 |\n第二款的内容。")

    assert len(paragraphs.all) == 2
    assert paragraphs.find(2, None) == "第二款的内容。"
    assert paragraphs.find(1, None) == "税额如下：\n| 等级 | 税额 |\n| 一级 | 10元 |"


@pytest.mark.parametrize(
    "text, kept",
    [
        ("甲。\n第二编 物 权\n第一分编 通 则", "甲。"),
        ("甲。\n附 则", "甲。"),
        ("甲。\n乙。\n附：\n税目税率表\n税目 | 税率", "甲。\n乙。"),
        ("甲。\n附件：某某图案（图）", "甲。"),
        ("第二编另有规定的，从其规定。", "第二编另有规定的，从其规定。"),
    ],
)
def test_a_packaged_article_loses_the_next_heading_and_the_annexes(text: str, kept: str) -> None:
    assert markdown.trimmed(text) == kept


@pytest.mark.parametrize("piece", ["<!--", "<style>", "<table><tr>", "[a](", "第一条 ", "**", "<tr><td>"])
def test_a_text_made_to_be_slow_is_read_in_linear_time(piece: str) -> None:
    begun = time.process_time()

    markdown.read(HEAD + piece * (400_000 // len(piece)))

    assert time.process_time() - begun < 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", ["a.md", "B.MD", "c.txt", "d.markdown"])
def test_texts_are_found_in_every_encoding(tmp_path: Path, encoding: str, name: str) -> None:
    (tmp_path / name).write_bytes((HEAD + "第一条 甲。\r\n第二条 乙。\r\n").encode(encoding))

    (found,) = folder.documents(tmp_path, "x")

    assert isinstance(found, Document)
    assert [article.text for article in found.articles] == ["甲。", "乙。"]


def test_a_file_name_in_gb18030_is_read(tmp_path: Path) -> None:
    name = "某某条例(2020-05-01).md".encode("gb18030")
    Path(str(tmp_path)).joinpath(name.decode("utf-8", "surrogateescape")).write_text("第一条 甲。\n")

    (found,) = folder.documents(tmp_path, "x")

    assert isinstance(found, Document)
    assert (found.title, found.file, found.dates[0].isoformat()) == (
        "某某条例",
        "某某条例(2020-05-01).md",
        "2020-05-01",
    )


@pytest.mark.parametrize("number", ["九千九百九十九万", "99999999999999", "一亿", "10000"])
def test_a_number_that_no_article_can_have_opens_none(number: str) -> None:
    assert articles(f"第一条 甲。\n**第{number}条** 乙。") == {1: f"甲。\n第{number}条 乙。"}


@pytest.mark.parametrize(
    "row, article",
    [
        ((None, None, None, None, None, None, None, None), ("第一条", "甲")),
        (("x", b"\xff\xfe", 3, 4.5, 2020, 20200101, b"\x00", None), ("第一条", b"\xe7\x94\xb2")),
        (("x", "某法", "法律", "", "2020-13-45", "", "坏", ""), ("第99999999999条", "甲")),
        (("x", "某法", "法律", "", "2020-01-01", "", "2020-01-01", ""), (None, None)),
        (("x", "某\x00法", "法律", "", "0001-01-01", "9999-12-31", "", ""), ("第一条", "甲\x00乙")),
    ],
)
def test_a_packaged_file_with_any_values_is_survived(
    tmp_path: Path, row: tuple[object, ...], article: tuple[object, ...]
) -> None:
    base = sqlite3.connect(tmp_path / "laws.db")
    base.execute(
        "CREATE TABLE laws (law_id, law_name, doc_type, issuing_body, publish_date, effective_date,"
        " version_date, status)"
    )
    base.execute(
        "CREATE TABLE articles (id INTEGER PRIMARY KEY, law_id, article_no, article_no_arabic, chapter,"
        " section, article_text)"
    )
    base.execute("INSERT INTO laws VALUES (?,?,?,?,?,?,?,?)", row)
    base.execute("INSERT INTO articles (law_id, article_no, article_text) VALUES (?,?,?)", (row[0], *article))
    base.commit()
    base.close()

    for found in packaged.documents(tmp_path / "laws.db", "x"):
        assert isinstance(found, Document | Unreadable)
        if isinstance(found, Document):
            assert "\x00" not in found.title + found.articles[0].text
