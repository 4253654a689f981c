"""What stands on the papers, and what may never happen to them."""

from __future__ import annotations

import hashlib
import io
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pypdf import PdfReader

from mingjing.cases.papers import wording
from mingjing.cases.papers.forms import Field
from mingjing.cases.papers.render import render
from mingjing.kernel.refused import Refused

from .paper_samples import FACTS, REMEDY, full, minimal
from .test_papers_forms import form_named, text_of

INJECTION = '#import "/etc/passwd": * *_[#eval("1+1")] $x$ <a> @b // 注 \\ `c`'


def decision(**facts: Any) -> dict[str, Any]:
    data = full(form_named("penalty-decision"))
    data["facts"] = {**data["facts"], **facts}
    return data


def pages_of(pdf: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_text_of_a_case_is_printed_and_never_executed() -> None:
    text = text_of(render("penalty-decision", decision(violation_fact=INJECTION)).pdf)

    assert "".join(INJECTION.split()) in text


def test_markup_in_a_name_or_a_table_is_printed_as_it_is() -> None:
    data = full(form_named("filing-approval"))
    data["party"]["name"] = INJECTION

    assert "".join(INJECTION.split()) in text_of(render("filing-approval", data).pdf)


def test_equal_data_gives_equal_bytes() -> None:
    first = render("penalty-decision", decision())
    render("case-source", full(form_named("case-source")))
    second = render("penalty-decision", json.loads(json.dumps(decision())))

    assert first.pdf == second.pdf
    assert first.sha256 == hashlib.sha256(first.pdf).hexdigest()
    assert render("penalty-decision", decision(fine_fen=500001)).sha256 != first.sha256


def test_many_threads_share_the_compiler() -> None:
    wanted = [form_named(name) for name in ("penalty-decision", "case-source", "service-receipt")] * 4

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda form: (form.id, render(form.id, full(form)).sha256), wanted))

    assert len(set(made)) == 3


def test_a_pdf_says_its_title_and_language_and_claims_pdf_a() -> None:
    made = render("penalty-decision", decision())
    reader = PdfReader(io.BytesIO(made.pdf))

    assert reader.metadata is not None
    assert reader.metadata.title == "行政处罚决定书 达市监罚〔2026〕12号"
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"
    xmp = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in xmp


@pytest.mark.parametrize(
    "item, words",
    [
        ("(1) party and address", ["达州市某某食品有限公司", "四川省达州市通川区某某路88号"]),
        ("(2) facts and evidence", ["违法所得36.00元", "现场笔录1份、现场照片6张"]),
        ("(3) kinds and basis", ["罚款人民币伍仟元整（¥5,000.00）", "第一百二十四条第一款第五项"]),
        ("(4) performance", ["十五日内", "电子支付系统", "每日按罚款数额的百分之三加处罚款"]),
        ("(5) remedies", ["六十日内", "行政复议", "六个月内", "行政诉讼"]),
        ("(6) organ and date", ["达州市市场监督管理局", "2026年4月22日"]),
    ],
)
def test_a_decision_states_what_art_59_asks(item: str, words: list[str]) -> None:
    text = text_of(render("penalty-decision", decision()).pdf)

    assert [word for word in words if word not in text] == [], item


def test_a_decision_names_the_notice_that_went_before() -> None:
    text = text_of(render("penalty-decision", decision()).pdf)

    assert "于2026年4月1日制作《行政处罚告知书》（达市监罚告〔2026〕15号）" in text


def test_a_decision_without_remedy_or_address_is_refused() -> None:
    data = {**decision(), "remedy": []}
    data["party"] = {**data["party"], "address": ""}

    with pytest.raises(Refused) as refusal:
        render("penalty-decision", data)

    assert "救济途径和期限（remedy）" in refusal.value.reason
    assert "当事人地址（party.address）" in refusal.value.reason
    assert refusal.value.basis == "行政处罚法/59"


def test_an_advance_notice_tells_of_the_hearing_only_where_there_is_one() -> None:
    data = full(form_named("advance-notice"))
    with_hearing = text_of(render("advance-notice", data).pdf)
    data["facts"] = {**data["facts"], "hearing_offered": False}
    without = text_of(render("advance-notice", data).pdf)

    for text in (with_hearing, without):
        assert "自收到本告知书之日起五个工作日内以口头或者书面方式" in text
        assert "不因陈述、申辩而给予更重的处罚" in text
    assert "要求听证的，应当自收到本告知书之日起五个工作日内" in with_hearing
    assert "要求听证" not in without


def test_a_spot_decision_states_what_art_52_asks() -> None:
    text = text_of(render("spot-decision", full(form_named("spot-decision"))).pdf)

    for word in (
        "违法时间：2026年3月10日9时30分",
        "违法地点",
        "已出示执法证件",
        "罚款人民币伍仟元整",
        "23170001",
    ):
        assert word in text
    assert "".join(REMEDY) in text


@pytest.mark.parametrize(
    "ground, article",
    [
        ("minor_corrected", "第三十三条第一款"),
        ("no_fault", "第三十三条第二款"),
        ("under_14", "第三十条"),
        ("limitation", "第三十六条"),
        ("other", "第五十七条第一款"),
    ],
)
def test_a_decision_not_to_penalize_cites_the_ground(ground: str, article: str) -> None:
    data = full(form_named("no-penalty-decision"))
    data["facts"] = {**data["facts"], "outcome": "no_penalty", "no_penalty_ground": ground}

    assert f"《中华人民共和国行政处罚法》{article}" in text_of(render("no-penalty-decision", data).pdf)


def test_facts_that_cannot_be_proven_are_not_called_a_violation() -> None:
    data = full(form_named("no-penalty-decision"))
    data["facts"] = {**data["facts"], "outcome": "not_proven"}
    text = text_of(render("no-penalty-decision", data).pdf)

    assert "第五十七条第一款第三项" in text
    assert "的上述行为违反了" not in text


@pytest.mark.slow
def test_the_seal_never_stands_on_a_page_without_text() -> None:
    for extra in range(0, 24):
        data = decision(violation_fact="事实清楚。\n" * (extra + 1))
        last = pages_of(render("penalty-decision", data).pdf)[-1]

        assert "公示" in last, extra
        assert "达州市市场监督管理局2026年4月22日" in last, extra


def test_a_page_holds_22_lines_of_28_characters() -> None:
    def pages(lines: int) -> int:
        data = minimal(form_named("interview-record"))
        data["facts"]["interview_dialogue"] = [{"question": "", "answer": "甲" * (28 * lines - 4)}]
        return render("interview-record", data).pages

    first_jump = next(lines for lines in range(23, 60) if pages(lines) > pages(22))

    assert pages(first_jump + 21) == pages(first_jump)
    assert pages(first_jump + 22) == pages(first_jump) + 1


def test_a_demo_seal_says_so_and_is_drawn_only_on_demand() -> None:
    sealed, bare = decision(), {**decision(), "demo_seal": False}

    assert "演示用章" in text_of(render("penalty-decision", sealed).pdf)
    assert "演示用章" not in text_of(render("penalty-decision", bare).pdf)
    assert "演示用章" not in text_of(render("penalty-decision", sealed, preview=True).pdf)


def test_outgoing_papers_carry_the_verification_line_and_internal_ones_do_not() -> None:
    outgoing = pages_of(render("penalty-decision", decision()).pdf)
    internal = text_of(render("decision-approval", full(form_named("decision-approval"))).pdf)

    assert "核验码：7F3K-9Q2M-XV41" in outgoing[0]
    assert all("核验码" not in page for page in outgoing[1:])
    assert "核验码" not in internal


def test_a_very_long_name_stays_whole() -> None:
    name = "达州市某某区某某镇某某村某某生态农业科技发展有限责任公司第一百二十三分公司某某路门市部" * 2
    data = decision()
    data["party"]["name"] = name
    data["organ"]["name"] = "达州市某某新区自然资源和规划综合行政执法管理委员会办公室"
    text = text_of(render("penalty-decision", data).pdf)

    assert name in text
    assert data["organ"]["name"] in text


def test_a_character_without_a_glyph_is_refused_with_the_field_that_holds_it() -> None:
    with pytest.raises(Refused) as refusal:
        render("penalty-decision", decision(discretion_reason="整改到位😀"))

    assert refusal.value.code == "paper-not-rendered"
    assert "“裁量理由”（discretion_reason）" in refusal.value.reason
    assert "😀" in refusal.value.reason


def test_control_characters_are_dropped() -> None:
    text = text_of(render("penalty-decision", decision(discretion_reason="整\x00改\x07到\u200b位")).pdf)

    assert "整改到位" in text


@pytest.mark.parametrize(
    "kind, value, message",
    [
        ("date", "昨天", "日期"),
        ("datetime", "9点", "时间"),
        ("money", "五千", "金额"),
        ("number", "三", "整数"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(kind: str, value: str, message: str) -> None:
    with pytest.raises(Refused) as refusal:
        wording.write(Field("a", "甲", kind), {"a": value}, {})

    assert refusal.value.code == "paper-not-rendered"
    assert message in refusal.value.reason


@pytest.mark.parametrize(
    "kind, value, written",
    [
        ("date", "2026-03-02", "2026年3月2日"),
        ("date", "2026-03-02T23:30+08:00", "2026年3月2日"),
        ("datetime", "2026-03-02T09:05", "2026年3月2日9时05分"),
        ("datetime", "2026-03-01T16:30+00:00", "2026年3月2日0时30分"),
        ("datetime", "2026-03-02", "2026年3月2日"),
        ("money", 500000, "人民币伍仟元整（¥5,000.00）"),
        ("money", 0, "人民币零元整（¥0.00）"),
        ("number", 0, "0"),
        ("bool", False, "否"),
        ("bool", None, ""),
        ("text", ["甲", "", "乙"], "甲、乙"),
        ("long", "甲\r\n\r\n乙 ", "甲\n乙"),
        ("items", "甲\n乙", ["甲", "乙"]),
    ],
)
def test_a_fact_is_written_by_its_kind(kind: str, value: object, written: object) -> None:
    assert wording.write(Field("a", "甲", kind), {"a": value}, {}) == written


def test_a_label_is_printed_in_place_of_a_code() -> None:
    assert wording.write(Field("a", "甲"), {"a": "direct"}, {"a": "直接送达"}) == "直接送达"


def test_the_second_key_supplies_what_the_first_lacks() -> None:
    field = Field("filing_reason", "理由", "long", instead="decline_reason")

    assert wording.write(field, {"decline_reason": "没有违法事实"}, {}) == "没有违法事实"
    assert wording.write(field, {"filing_reason": "有", "decline_reason": "无"}, {}) == "有"


@pytest.mark.parametrize(
    "facts, labels, items",
    [
        ({"penalty_content": "警告\n罚款五千元。"}, {}, ["警告；", "罚款五千元。"]),
        (
            {"penalty_kinds": ["warning", "fine"], "fine_fen": 20000},
            {"penalty_kinds": ["警告", "罚款"]},
            ["警告；", "罚款人民币贰佰元整（¥200.00）。"],
        ),
        ({"confiscation_fen": 3600, "confiscated_goods": "酒2箱"}, {}, ["没收非法财物：酒2箱；", "没收违法所得人民币叁拾陆元整（¥36.00）。"]),
        ({}, {}, []),
    ],
)  # fmt: skip
def test_the_items_of_a_penalty(facts: dict[str, Any], labels: dict[str, Any], items: list[str]) -> None:
    assert wording.penalties(facts, labels) == items


def test_an_amount_that_the_wording_leaves_out_is_stated_in_capitals() -> None:
    text = text_of(render("penalty-decision", decision(penalty_content="警告\n罚款5000元")).pdf)

    assert "其中：没收违法所得人民币叁拾陆元整（¥36.00）；罚款人民币伍仟元整（¥5,000.00）。" in text


def test_questions_and_answers_are_paired() -> None:
    turns = wording.dialogue("问：一？\n答：甲\n还有乙\n问：二？")

    assert turns == [{"question": "一？", "answer": "甲还有乙"}, {"question": "二？", "answer": ""}]


def test_lines_of_a_list_become_cells() -> None:
    data = full(form_named("preservation-list"))
    text = text_of(render("preservation-list", data).pdf)

    assert FACTS["preserved_items"].startswith("某牌酱卤肉制品 | 200克/袋")
    assert "某牌酱卤肉制品200克/袋袋3包装完好" in text
