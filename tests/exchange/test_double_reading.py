"""Workbooks of 双公示 data as they really come: every row is a record with or without doubts, refused, or no record."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from mingjing.exchange.double import reading, rows
from mingjing.exchange.double.rows import CreditFacts
from mingjing.kernel.refused import Refused
from mingjing.law.codex.double_sets import field_set

from . import sheets

TODAY = date(2026, 9, 1)
PENALTY, PERMIT = field_set("penalty", TODAY), field_set("permit", TODAY)
CODE, SHOP, ORGAN = "91350100M000100Y43", "92511702MA0000001T", "11511700MB0000001P"
CITIZEN = "11010519491231002X"
RECORD: dict[str, Any] = {
    "行政相对人名称": "达州市某某食品有限公司",
    "行政相对人类别": "法人及非法人组织",
    "统一社会信用代码": CODE,
    "法定代表人": "张某某",
    "行政处罚决定书文号": "达市监罚〔2026〕12号",
    "违法行为类型": "经营超过保质期的食品",
    "违法事实": "经营超过保质期的食品三袋。",
    "处罚依据": "食品安全法第一百二十四条",
    "处罚类别": "罚款",
    "处罚内容": "罚款5000元",
    "罚款金额（万元）": "0.5",
    "处罚决定日期": "2026/1/5",
    "处罚机关": "达州市市场监督管理局",
    "处罚机关统一社会信用代码": CODE,
    "数据来源单位": "达州市市场监督管理局",
    "数据来源单位统一社会信用代码": CODE,
}
CODED = {
    "行政相对人名称": "CF_XDR_MC",
    "行政处罚决定书文号": "CF_WSH",
    "处罚决定日期": "CF_JDRQ",
    "处罚机关": "CF_CFJG",
    "罚款金额（万元）": "CF_NR_FK",
    "处罚内容": "CF_NR",
    "处罚类别": "CF_CFLB",
}


def book(path: Path, *lines: list[Any], merged: tuple[str, ...] = ()) -> Path:
    return sheets.xlsx(path / "list.xlsx", lines, merged=merged)


def listed(path: Path, *records: dict[str, Any]) -> Path:
    heads = list(dict.fromkeys(title for one in records for title in one))
    return book(path, heads, *([one.get(title) for title in heads] for one in records))


def read(path: Path, passed: reading.Passed | None = None) -> list[CreditFacts]:
    found = reading.records(path, (PENALTY, PERMIT), passed or reading.Passed())
    return [rows.read(edition, reading.cells(row, edition), TODAY) for edition, row in found]


def only(path: Path) -> CreditFacts:
    (facts,) = read(path)
    return facts


def odd(facts: CreditFacts) -> set[str]:
    return {one.code for one in facts.doubts}


def test_a_sound_row_is_read_without_doubts(tmp_path: Path) -> None:
    facts = only(listed(tmp_path, RECORD))

    assert facts.doubts == ()
    assert facts.values["CF_NR_FK"] == 500_000
    assert facts.values["CF_JDRQ"] == "2026-01-05"


@pytest.mark.parametrize("turn", range(4))
def test_columns_may_stand_in_any_order_under_codes_names_or_both(tmp_path: Path, turn: int) -> None:
    titles = list(reversed(RECORD)) if turn % 2 else list(RECORD)
    codes = [CODED.get(title, title) for title in titles]
    values = [RECORD[title] for title in titles]
    lines = [
        [titles, values],
        [codes, values],
        [codes, titles, values],
        [titles, codes, values, titles, values],
    ][turn]

    found = read(book(tmp_path, *lines))

    assert {(one.number, one.text("CF_NR_FK"), one.doubts) for one in found} == {
        ("达市监罚〔2026〕12号", "500000", ())
    }
    assert len(found) == (2 if turn == 3 else 1)


def test_merged_titles_samples_marks_and_notes_are_no_records(tmp_path: Path) -> None:
    passed = reading.Passed()
    titles, values = list(RECORD), list(RECORD.values())
    sample = dict(RECORD) | {"行政相对人名称": "示例：某某有限公司"}
    path = book(
        tmp_path,
        ["达州市行政处罚信息公示表（2026年第一季度）"],
        ["填报单位：达州市市场监督管理局"],
        titles,
        ["必填"] * 4 + ["C..128"] + ["必填", "选填"] * 3,
        list(sample.values()),
        values,
        ["注：金额以万元为单位，保留六位小数。"],
        ["填表人：某某", None, "联系电话：0818-0000000"],
        merged=("A1:P1", "A2:P2"),
    )

    found = read(path, passed)

    assert [one.number for one in found] == ["达市监罚〔2026〕12号"]
    assert passed.rows == {"填写要求": [4], "示例": [5], "说明或者合计": [7, 8]}


def test_a_sample_row_may_be_marked_in_a_column_of_its_own(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        ["序号", *RECORD],
        ["示例", *RECORD.values()],
        [1, *RECORD.values()],
    )

    assert len(read(path)) == 1


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026/1/5", "2026-01-05"),
        ("2026年1月5日", "2026-01-05"),
        ("20260105", "2026-01-05"),
        (20260105, "2026-01-05"),
        ("20260105.0", "2026-01-05"),
        ("2026.01.05", "2026-01-05"),
        ("２０２６／１／５", "2026-01-05"),
        (46027, "2026-01-05"),
        (46027.0, "2026-01-05"),
        ("46027", "2026-01-05"),
        (datetime(2026, 1, 5), "2026-01-05"),  # noqa: DTZ001 as table programs keep days
        ("2026-01-05 00:00:00", "2026-01-05"),
        ("二〇二六年一月五日", "2026-01-05"),
    ],
)
def test_days_are_read_in_every_form(tmp_path: Path, written: Any, day: str) -> None:
    assert only(listed(tmp_path, RECORD | {"处罚决定日期": written})).values["CF_JDRQ"] == day


@pytest.mark.parametrize("written", ["2099/12/31", "长期", "长期有效", "9999-12-31", "永久"])
def test_no_end_is_the_last_day_of_2099(tmp_path: Path, written: str) -> None:
    assert only(listed(tmp_path, RECORD | {"公示截止期": written})).values["CF_GSJZQ"] == "2099-12-31"


@pytest.mark.parametrize(
    ("title", "amount", "content", "fen", "doubts"),
    [
        ("罚款金额（万元）", "0.5", "罚款5000元", 500_000, set()),
        ("罚款金额（元）", "5000", "罚款5000元", 500_000, set()),
        ("罚款金额（元）", 5000.0, "罚款伍仟元整", 500_000, set()),
        ("罚款金额", "5000", "罚款5000元", 500_000, set()),
        ("罚款金额", "0.5", "罚款5000元", 500_000, set()),
        ("CF_NR_FK", 0.5, "罚款5000元", 500_000, set()),
        ("罚款金额（万元）", "5000", "罚款5000元", 500_000, {"unit-contradicts"}),
        ("罚款金额（元）", "0.5", "罚款5000元", 500_000, {"unit-contradicts"}),
        ("罚款金额（万元）", "0.5", "罚款8000元", 500_000, {"amount-contradicts"}),
        ("罚款金额（万元）", "5000元", "罚款5000元", 500_000, set()),
        ("罚款金额（万元）", "￥5,000.00元", "罚款5000元", 500_000, set()),
        ("罚款金额（万元）", None, "罚款5000元", 500_000, {"amount-from-text"}),
        ("罚款金额", "5000", "依法处罚", 5_000_000_000, {"unit-assumed"}),
        ("罚款金额（万元）", 0.000001, "罚款0.01元", 1, set()),
        ("罚款金额（万元）", "１．２５", "罚款12500元", 1_250_000, set()),
        ("罚款金额（万元）", 0.1 + 0.2, "罚款3000元", 300_000, set()),
    ],
)
def test_amounts_are_told_by_header_and_content(
    tmp_path: Path, title: str, amount: Any, content: str, fen: int, doubts: set[str]
) -> None:
    record = {key: value for key, value in RECORD.items() if not key.startswith("罚款金额")}

    facts = only(listed(tmp_path, record | {title: amount, "处罚内容": content}))

    assert (facts.values["CF_NR_FK"], odd(facts)) == (fen, doubts)


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        ({"统一社会信用代码": "91350100M000100Y44"}, "bad-credit-code"),
        ({"统一社会信用代码": "9135**********Y43"}, "masked"),
        ({"行政相对人名称": "达州市＊＊＊＊食品有限公司"}, "masked"),
        ({"行政相对人名称": "达州市××食品有限公司"}, "masked"),
        ({"行政相对人类别": None}, "category-inferred"),
        ({"行政相对人类别": "自然人"}, "category-contradicts"),
        ({"行政相对人名称": CODE, "统一社会信用代码": "达州市某某食品有限公司"}, "swapped"),
        ({"统一社会信用代码": CITIZEN, "行政相对人类别": "自然人"}, "id-in-code"),
        ({"处罚类别": "训诫"}, "unknown-value"),
        ({"公示截止期": "2025/1/5"}, "span-reversed"),
        ({"违法事实": None}, "missing"),
        ({"法定代表人": None}, "missing"),
        ({"法定代表人": "张" * 51}, "too-long"),
        ({"统一社会信用代码": 913501000001000000.0}, "digits-lost"),
        ({"CF_ZT": "1"}, "older-status"),
    ],
)
def test_what_is_odd_is_kept_and_doubted(tmp_path: Path, change: dict[str, Any], doubt: str) -> None:
    assert doubt in odd(only(listed(tmp_path, RECORD | change)))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"行政相对人名称": None}, "no-name"),
        ({"行政处罚决定书文号": " "}, "no-number"),
        ({"处罚机关": None}, "no-organ"),
        ({"处罚决定日期": None}, "no-date"),
        ({"处罚决定日期": "去年"}, "bad-date"),
        ({"处罚决定日期": "2026/2/30"}, "bad-date"),
        ({"处罚决定日期": "2027/1/5"}, "future-date"),
        ({"罚款金额（万元）": "-0.5"}, "bad-amount"),
        ({"罚款金额（万元）": "若干"}, "bad-amount"),
    ],
)
def test_what_cannot_be_kept_is_refused(tmp_path: Path, change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(listed(tmp_path, RECORD | change))

    assert refused.value.code == code


def test_masked_names_of_persons_are_as_they_should_be(tmp_path: Path) -> None:
    person = {
        "行政相对人名称": "张＊＊",
        "行政相对人类别": "自然人",
        "统一社会信用代码": None,
        "法定代表人": None,
    }
    facts = only(listed(tmp_path, RECORD | person | {"证件类型": "身份证", "证件号码": "5117**********1234"}))

    assert odd(facts) == {"masked"}  # the number, which links nothing
    assert {one.field for one in facts.doubts} == {"CF_XDR_ZJHM"}


def test_trailing_zeros_of_numbers_are_taken_off(tmp_path: Path) -> None:
    permit = {
        "行政相对人名称": "达州市某某饭店",
        "行政许可决定文书号": 2026000012.0,
        "许可类别": "0.0",
        "许可决定日期": "46027.0",
        "许可机关": "达州市市场监督管理局",
        "当前状态": "1.0",
        "有效期至": "2099/12/31",
    }

    facts = only(listed(tmp_path, permit))

    assert (facts.kind, facts.number, facts.text("XK_XKLB"), facts.text("XK_ZT")) == (
        "permit",
        "2026000012",
        "普通",
        "1",
    )


@pytest.mark.parametrize(("written", "kept"), [("0", "1"), ("1", "2"), ("正常", "1"), ("撤销", "2")])
def test_states_of_the_former_edition_mean_something_else(tmp_path: Path, written: str, kept: str) -> None:
    older = {
        "XK_XDR": "达州市某某饭店",
        "XK_WSH": "达市监许〔2016〕3号",
        "XK_XMMC": "食品经营许可",
        "XK_SPLB": "普通",
        "XK_NR": "餐饮服务",
        "XK_JDRQ": "2016/3/1",
        "XK_JZQ": "2021/2/28",
        "XK_XZJG": "达州市市场监督管理局",
        "XK_ZT": written,
        "DFBM": "511700",
        "SJC": "2016/3/2",
    }

    facts = only(listed(tmp_path, older))

    assert facts.text("XK_ZT") == kept
    assert (facts.organ, facts.text("XK_YXQZI")) == ("达州市市场监督管理局", "2021-02-28")


def test_the_former_edition_of_penalties_is_read_into_the_present_fields(tmp_path: Path) -> None:
    older = {
        "CF_WSH": "达市监罚〔2016〕3号",
        "CF_CFMC": "无照经营",
        "CF_CFLB1": "1",
        "CF_CFLB2": "2",
        "CF_SY": "无照经营",
        "CF_YJ": "无证无照经营查处办法",
        "CF_XDR_MC": "张某某",
        "CF_XDR_SFZ": CITIZEN,
        "CF_FR": "",
        "CF_JG": "罚款2000元，没收违法所得100元",
        "CF_JDRQ": "2016/3/1",
        "CF_XZJG": "达州市市场监督管理局",
        "CF_ZT": "0",
    }

    facts = only(listed(tmp_path, older))

    assert facts.text("CF_CFLB") == "罚款、没收违法所得、没收非法财物"
    assert (facts.text("CF_WFXW"), facts.values["CF_NR_FK"], facts.values["CF_NR_WFFF"]) == (
        "无照经营",
        200_000,
        10_000,
    )
    assert facts.text("CF_XDR_LB") == "自然人"


def test_numbered_party_codes_are_known_by_their_remark(tmp_path: Path) -> None:
    record = {key: value for key, value in RECORD.items() if key != "统一社会信用代码"}
    path = listed(
        tmp_path,
        record
        | {"行政相对人代码_1(统一社会信用代码)": CODE, "行政相对人代码_3（工商登记码）": "513000000000001"},
    )

    facts = only(path)

    assert (facts.text("CF_XDR_SHXYM"), facts.text("CF_XDR_GSZC")) == (CODE, "513000000000001")


def test_the_kinds_of_2021_go_to_the_older_list(tmp_path: Path) -> None:
    facts = only(listed(tmp_path, RECORD | {"处罚类别": "通报批评；罚款,吊销许可证件"}))

    assert facts.text("CF_CFLB") == "罚款、暂扣或者吊销许可证、其他-通报批评"


def test_penalties_and_permits_may_stand_on_sheets_of_one_file_and_in_csv_and_xls(tmp_path: Path) -> None:
    text = ",".join(RECORD) + "\n" + ",".join(str(value) for value in RECORD.values())
    (tmp_path / "a.csv").write_bytes(text.encode("gb18030"))
    (tmp_path / "a.xls").write_bytes(sheets.xls([list(RECORD), list(RECORD.values())]))

    assert (
        only(tmp_path / "a.csv").values
        == only(tmp_path / "a.xls").values
        == only(listed(tmp_path, RECORD)).values
    )


def test_another_list_is_told_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read(book(tmp_path, ["姓名", "执法证号"], ["某某", "1"]))

    assert refused.value.code == "no-header"
    assert "CF_WSH" in (refused.value.remedy or "")


@pytest.mark.parametrize("brackets", ["〔〕", "[]", "【】", "（）", "()"])
def test_one_decision_has_one_key_however_its_number_is_typed(brackets: str) -> None:
    plain = rows.plain_number(f"达市监罚 {brackets[0]}２０２６{brackets[1]}12号")

    assert plain == "达市监罚〔2026〕12号"
