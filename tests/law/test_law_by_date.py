"""Which law was in force on which day: the 2026 changes as a table."""

from __future__ import annotations

from datetime import date

import pytest

from mingjing.kernel.refused import Refused
from mingjing.law import queries
from mingjing.law.models import Article, Statute, StatuteVersion
from tests.law.conftest import AT
from tests.office_fixtures import law_of_module

pytestmark = pytest.mark.django_db
codex = law_of_module(AT)

IN_FORCE = [
    # 生态环境法典 art. 1242 repeals ten laws on the day it enters into force.
    *[
        row
        for law in (
            "环境保护法",
            "环境影响评价法",
            "海洋环境保护法",
            "大气污染防治法",
            "水污染防治法",
            "土壤污染防治法",
            "固体废物污染环境防治法",
            "噪声污染防治法",
            "放射性污染防治法",
            "清洁生产促进法",
        )
        for row in ((f"{law}/1", "2026-08-14", True), (f"{law}/1", "2026-08-15", False))
    ],
    ("生态环境法典/1054", "2026-08-14", False),
    ("生态环境法典/1054", "2026-08-15", True),
    ("危险化学品安全法/98", "2026-04-30", False),
    ("危险化学品安全法/98", "2026-05-01", True),
    ("行政执法监督条例/2", "2026-01-31", False),
    ("行政执法监督条例/2", "2026-02-01", True),
    ("信用修复管理办法", "2026-03-31", False),
    ("信用修复管理办法", "2026-04-01", True),
    ("行政处罚法/64(1)", "2021-07-14", True),
    ("行政处罚法/64(1)", "2026-11-01", True),
    ("环境噪声污染防治法/1", "2022-06-05", False),
]
WORDINGS = [
    ("治安管理处罚法/136", "2025-12-31", "2012年修正"),
    ("治安管理处罚法/136", "2026-01-01", "2025年修订"),
    ("食品安全法/124", "2025-11-30", "2021年修正"),
    ("食品安全法/124", "2025-12-01", "2025年修正"),
    ("行政处罚法/33", "2021-07-14", "2017年修正"),
    ("行政处罚法/33", "2021-07-15", "2021年修订"),
    ("中华人民共和国行政复议法/24", "2024-01-01", "2023年修订"),
    ("网络安全法/21", "2025-12-31", "2016年通过"),
]


@pytest.mark.parametrize("basis, on, expected", IN_FORCE)
def test_a_basis_holds_only_while_its_statute_is_in_force(
    codex: None, basis: str, on: str, expected: bool
) -> None:
    found = queries.article(basis, date.fromisoformat(on))

    assert found.in_force is expected
    assert expected or found.why


@pytest.mark.parametrize("basis, on, wording", WORDINGS)
def test_the_wording_of_the_day_is_chosen(codex: None, basis: str, on: str, wording: str) -> None:
    assert queries.article(basis, date.fromisoformat(on)).version == wording


def test_a_repealed_law_names_the_law_that_repealed_it(codex: None) -> None:
    found = queries.article("大气污染防治法/99", date(2026, 8, 15))

    assert "生态环境法典" in found.why
    assert "2026-08-15" in found.why


def test_several_places_of_a_basis_are_resolved_in_order(codex: None) -> None:
    found = queries.resolve_basis("行政处罚法/61(1), 85; 民事诉讼法/95", date(2026, 9, 1))

    assert [one.basis for one in found] == ["行政处罚法/61(1)", "行政处罚法/85", "民事诉讼法/95"]
    assert [one.label for one in found] == ["第六十一条第一款", "第八十五条", "第九十五条"]


def test_an_unknown_statute_is_no_basis(codex: None) -> None:
    found = queries.article("某某法/1", date(2026, 9, 1))

    assert not found.good
    assert "依据库中没有" in found.why


@pytest.mark.parametrize(
    "text", ["", "行政处罚法/", "行政处罚法/第六十四条", "/64", "行政处罚法/64(", "行政处罚法/0"]
)
def test_a_basis_that_cannot_be_read_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        queries.parse(text)

    assert refusal.value.code == "bad-basis"
    assert "行政处罚法/64(1)" in (refusal.value.remedy or "")


@pytest.mark.parametrize(
    "text, shown",
    [
        ("行政处罚法/64(1)", "《行政处罚法》第六十四条第一款"),
        ("食品安全法/124(1)[5]", "《食品安全法》第一百二十四条第一款第（五）项"),
        ("道路交通安全法/99(1)项4", "《道路交通安全法》第九十九条第一款第（四）项"),
        ("行政处罚法/54-62", "《行政处罚法》第五十四条至第六十二条"),
        ("刑法/120之1", "《刑法》第一百二十条之一"),
        ("行政执法监督条例", "《行政执法监督条例》"),
    ],
)
def test_a_basis_is_shown_as_a_document_writes_it(text: str, shown: str) -> None:
    (found,) = queries.parse(text)

    assert found.text == shown
    assert queries.parse(str(found)) == (found,)


def a_text(law: str, wording: str, articles: dict[int, str], withheld: list[int] | None = None) -> None:
    version = StatuteVersion.objects.get(statute__short_title=law, label=wording)
    version.sha256, version.withheld = "0" * 64, withheld or []
    version.save()
    for number, text in articles.items():
        Article.objects.create(version=version, number=number, label=f"第{number}条", text=text)


def test_the_text_decides_whether_a_place_exists(codex: None) -> None:
    two = "甲款，有下列情形之一的：\n（一）某项；\n（二）又一项。\n乙款。"
    one = "应当遵守下列规定：\n（一）某项；\n（二）又一项。"
    a_text("行政处罚法", "2021年修订", {10: two, 11: one}, withheld=[12])
    day = date(2026, 9, 1)

    assert queries.article("行政处罚法/10(2)", day).text == "乙款。"
    assert queries.article("行政处罚法/10(1)[2]", day).text == "（二）又一项。"
    assert queries.article("行政处罚法/10(3)", day).exists is False
    assert queries.article("行政处罚法/10(1)[3]", day).exists is False
    # An article of one 款 is never cited by 款, so the number means the 项.
    assert queries.article("行政处罚法/11(2)", day).text == "（二）又一项。"
    assert queries.article("行政处罚法/12", day).exists is None
    assert queries.article("行政处罚法/13", day).exists is False


def test_without_the_text_a_place_is_neither_confirmed_nor_refuted(codex: None) -> None:
    found = queries.article("行政处罚法/64(1)", date(2026, 9, 1))

    assert (found.in_force, found.exists, found.text) == (True, None, None)
    assert found.good


@pytest.mark.parametrize(
    "text, on, status",
    [
        ("《行政处罚法》第十条第二款", "2026-09-01", "found"),
        ("《中华人民共和国行政处罚法》第十条第一款第（二）项", "2026-09-01", "found"),
        ("《行政处罚法》第十条第一款第（三）项", "2026-09-01", "item-missing"),
        ("《行政处罚法》第十条第三款", "2026-09-01", "paragraph-missing"),
        ("《行政处罚法》第九十九条", "2026-09-01", "article-missing"),
        ("《某某管理办法》第一条", "2026-09-01", "unknown-statute"),
        ("《大气污染防治法》第九十九条", "2026-08-15", "not-in-force"),
        ("《大气污染防治法》第九十九条", "2026-08-14", "text-missing"),
        ("《行政处罚法》", "2026-09-01", "found"),
    ],
)
def test_a_citation_is_verified_as_finely_as_it_is_given(
    codex: None, text: str, on: str, status: str
) -> None:
    a_text("行政处罚法", "2021年修订", {10: "甲款：\n（一）某项；\n（二）又一项。\n乙款。"})
    (citation,) = queries.citations_in(text)

    found = queries.resolve(citation, date.fromisoformat(on))

    assert found.status == status
    assert bool(found.reason) == (status != "found")


def test_loading_the_codex_twice_changes_nothing(codex: None) -> None:
    from mingjing.law import actions

    before = (Statute.objects.count(), StatuteVersion.objects.count())

    again = actions.load_codex(AT)

    assert (Statute.objects.count(), StatuteVersion.objects.count()) == before
    assert again.powers == 70
