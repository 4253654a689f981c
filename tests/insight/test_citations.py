"""Finding and taking apart citations of provisions in Chinese text."""

from __future__ import annotations

import pytest

from mingjing.insight.citations import abbreviations, find

SINGLE = [
    ("违反《中华人民共和国食品安全法》第一百二十四条", ["食品安全法/124"]),
    ("《食品安全法》第一百二十四条第一款第（五）项", ["食品安全法/124(1)[5]"]),
    ("《食品安全法》第一百二十四条第一款第五项", ["食品安全法/124(1)[5]"]),
    ("《食品安全法》第一百二十四条第一款（五）项", ["食品安全法/124(1)[5]"]),
    ("《刑法》第一百二十条之一第二款", ["刑法/120之1(2)"]),
    ("《行政处罚法》第33条第1款", ["行政处罚法/33(1)"]),
    ("《行政处罚法》第３３条第１款", ["行政处罚法/33(1)"]),
    ("《行政处罚法》第三十二条第(一)项", ["行政处罚法/32[1]"]),
    ("《民法典》（2020年）第五百八十四条", ["民法典/584"]),
    ("《民法典》第三编第八章第五百八十四条", ["民法典/584"]),
    ("《食品安全法》的第一百二十四条", ["食品安全法/124"]),
    ("依据《行政处罚法》作出决定", ["行政处罚法"]),
]
CHAINS = [
    ("《行政处罚法》第十条第一款、第三款", ["行政处罚法/10(1)", "行政处罚法/10(3)"]),
    ("《行政处罚法》第七十二条第一、三款", ["行政处罚法/72(1)", "行政处罚法/72(3)"]),
    ("《行政处罚法》第三十二条第（一）、（三）项", ["行政处罚法/32[1]", "行政处罚法/32[3]"]),
    (
        "《食品安全法》第三十四条第一款第（十）项和第一百二十四条第一款",
        ["食品安全法/34(1)[10]", "食品安全法/124(1)"],
    ),
    (
        "《食品安全法》第一百二十五条第一款第二项和第二款",
        ["食品安全法/125(1)[2]", "食品安全法/125(2)"],
    ),
    ("《药品管理法》第一百一十六条、一百一十八条", ["药品管理法/116", "药品管理法/118"]),
    ("《药品管理法》第一百一十六、一百一十八条", ["药品管理法/116", "药品管理法/118"]),
    (
        "《行政处罚法》第五十四条至第五十七条",
        ["行政处罚法/54", "行政处罚法/55", "行政处罚法/56", "行政处罚法/57"],
    ),
    ("《食品安全法》第一百二十六条第一款第（二）至（四）项", [f"食品安全法/126(1)[{n}]" for n in (2, 3, 4)]),
    (
        "《某市市容管理条例》第四十五条第二款及《某市裁量办法》第八条第二项",
        ["某市市容管理条例/45(2)", "某市裁量办法/8[2]"],
    ),
]
CONTEXT = [
    (
        "《食品安全法》（以下简称《食安法》）施行后，《食安法》第一百二十六条",
        ["食品安全法", "食品安全法/126"],
    ),
    (
        "《中华人民共和国行政处罚法》（以下简称“行政处罚法”）。根据行政处罚法第三十三条",
        ["行政处罚法", "行政处罚法/33"],
    ),
    ("违反《行政处罚法》的规定，依照该法第五条第二款", ["行政处罚法", "行政处罚法/5(2)"]),
    ("《行政处罚法》的规定与合同第三条无关", ["行政处罚法"]),
    ("第三条没有指明法律", []),
    ("《行政处罚法》第三条件成立", ["行政处罚法"]),
]


@pytest.mark.parametrize("text, expected", SINGLE + CHAINS + CONTEXT)
def test_citations_are_found_in_the_notation_of_a_basis(text: str, expected: list[str]) -> None:
    assert [citation.basis for citation in find(text)] == expected


def test_a_subitem_and_the_version_are_kept() -> None:
    (citation,) = find("《道路交通安全法》（2021修正）第九十九条第一款第四项第2目")

    assert (citation.article, citation.paragraph, citation.item, citation.subitem) == (99, 1, 4, 2)
    assert citation.version == "2021修正"
    assert citation.depth == 4


def test_a_span_gives_back_exactly_the_words_of_the_citation() -> None:
    text = "经查，当事人违反《食品安全法》第一百二十四条第一款第（五）项、第一百二十五条的规定。"

    found = find(text)

    assert [text[one.start : one.end] for one in found] == [one.text for one in found]
    assert found[1].text == "第一百二十五条"


def test_a_bare_name_counts_only_if_it_is_known() -> None:
    text = "根据行政处罚法第三十三条第一款"

    assert find(text) == []
    assert [one.basis for one in find(text, known=["行政处罚法"])] == ["行政处罚法/33(1)"]


def test_an_absurd_range_makes_up_no_articles() -> None:
    found = find("《民法典》第一条至第一千二百条")

    assert [one.article for one in found] == [1, 1200]


def test_abbreviations_are_read_with_any_quotation_marks() -> None:
    text = "《甲法》（以下简称“甲”字法）、《乙条例》（以下简称：‘乙例’）、《丙办法》（简称《丙法子》）"

    assert abbreviations(text) == {"乙例": "乙条例", "丙法子": "丙办法"}


@pytest.mark.parametrize(
    "text", ["", "第条第款", "《》第一条", "《法》第〇条", "（）项" * 50, "第" * 500, "《" * 300]
)
def test_broken_text_yields_nothing_and_breaks_nothing(text: str) -> None:
    assert all(citation.article for citation in find(text) if citation.depth)


def test_the_cost_grows_with_the_length_of_the_text() -> None:
    # A quadratic parser would need minutes for this.
    found = find("违反《食品安全法》第一百二十四条第一款第（五）项、第六项和第一百二十五条的规定。" * 3000)

    assert len(found) == 9000
