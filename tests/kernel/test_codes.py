"""Identity codes: published samples, broken ones, and anything at all.

Samples are those of the standards, or invented with right check characters; none belongs to a person.
"""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjing.kernel import codes
from mingjing.kernel.codes import identify

SAMPLE_CREDIT = "91350100M000100Y43"
SAMPLE_ID = "11010519491231002X"
SAMPLE_REGISTRATION = "110108000000016"


def a_credit_code(head="91511700", body="MA6XX00A"):
    first_17 = f"{head}{body}{codes.organization_check(body)}"
    return first_17 + codes.credit_check(first_17)


def a_citizen_id(region="511702", born="19900307", serial="123"):
    first_17 = f"{region}{born}{serial}"
    return first_17 + codes.citizen_check(first_17)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (SAMPLE_CREDIT, "credit_code"),
        (a_credit_code(), "credit_code"),
        (a_credit_code("11511700", "00000001"), "credit_code"),
        (a_credit_code("12511723", "12345678"), "credit_code"),
        (a_credit_code("92511702"), "credit_code"),
        (a_credit_code("91100000"), "credit_code"),
        (a_credit_code("N2511722"), "credit_code"),
        (SAMPLE_ID, "citizen_id"),
        (a_citizen_id(), "citizen_id"),
        (a_citizen_id("810000"), "citizen_id"),
        (a_citizen_id(born="20240229"), "citizen_id"),
        (SAMPLE_REGISTRATION, "registration_number"),
        ("D2143569X", "organization_code"),
        ("D2143569-X", "organization_code"),
        ("511700", "region"),
        ("511702", "region"),
        ("510000", "region"),
        ("5117", "region"),
        ("51", "region"),
    ],
)
def test_a_right_code_is_valid_and_of_its_kind(code, kind):
    found = identify(code)

    assert (found.kind, found.valid, found.why) == (kind, True, ())


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        ("91350100M000100Y44", "credit_code", "第 18 位校验码应为“3”，现为“4”"),
        ("91350100M000101Y43", "credit_code", "第 17 位"),
        ("91350100M000100Y4", "credit_code", "应为 18 位，现为 17 位"),
        ("91350100M000100Y433", "credit_code", "应为 18 位，现为 19 位"),
        ("9135O100M000100Y43", "credit_code", f"改作 {SAMPLE_CREDIT} 后校验相符"),
        ("91350100MZ00100Y43", "credit_code", "不使用 I、O、S、V、Z"),
        (a_credit_code("B1511700"), "credit_code", "登记管理部门代码“B”不存在"),
        (a_credit_code("95511700"), "credit_code", "机构类别代码“5”"),
        (a_credit_code("91991700"), "credit_code", "“991700”不是行政区划代码"),
        ("110105194912310021", "citizen_id", "第 18 位校验码应为“X”"),
        (a_citizen_id(born="19900230"), "citizen_id", "不是出生日期"),
        (a_citizen_id(born="17900301"), "citizen_id", "不是出生日期"),
        (a_citizen_id(region="991702"), "citizen_id", "不是省级区划代码"),
        ("110108000000017", "registration_number", "第 15 位校验码应为“6”"),
        ("11010800000001A", "unknown", "应全为数字"),
        ("12345678-9", "organization_code", "第 9 位校验码应为“8”"),
        ("991700", "region", "不是省级区划代码"),
        ("510002", "region", "有县级而无市级"),
        ("5117A1", "region", "功能区"),
        ("", "unknown", "没有填写"),
        (" －　", "unknown", "没有填写"),
        ("123", "unknown", "现为 3 位"),
        ("某某公司", "unknown", "某公司"),
        ("9" * 100000, "unknown", "现为 100000 位"),
        ("\ud800", "unknown", "U+D800"),
    ],
)
def test_a_wrong_code_says_why(code, kind, says):
    found = identify(code)

    assert found.kind == kind
    assert not found.valid
    assert says in "".join(found.why)


@pytest.mark.parametrize(
    ("code", "note"),
    [
        ("９１３５０１００Ｍ０００１００Ｙ４３", "全角"),
        ("91350100m000100y43", "小写"),
        (" 9135 0100 M000 100Y-43 ", "空格"),
        ("\ufeff91350100M000100Y43\u200b", "空格"),
    ],
)
def test_tidying_up_is_said(code, note):
    found = identify(code)

    assert (found.value, found.valid, found.original) == (SAMPLE_CREDIT, True, code)
    assert note in "".join(found.notes)


def test_an_old_citizen_number_is_converted_and_said():
    found = identify("340524800101001")

    assert (found.kind, found.value, found.valid) == ("citizen_id", "34052419800101001X", True)
    assert "换算" in found.notes[0]


def test_fifteen_digits_that_fit_both_old_kinds_are_masked_and_said():
    found = identify("110105491231002")

    assert (found.kind, found.also, found.valid) == ("registration_number", "citizen_id", True)
    assert "*" in found.masked
    assert "身份证" in found.notes[0]


def test_a_citizens_birthday_never_stands_in_what_is_shown():
    found = identify(a_citizen_id())

    shown = "".join(found.facts.values()) + found.masked
    assert "0307" not in shown
    assert "3月" not in shown
    assert found.facts["性别"] == "男"
    assert found.birth_on == date(1990, 3, 7)
    assert found.masked == f"5117************{a_citizen_id()[-2:]}"


def test_a_birth_after_the_day_of_asking_is_wrong():
    assert identify(a_citizen_id(born="20300101")).valid
    assert not identify(a_citizen_id(born="20300101"), on=date(2026, 3, 1)).valid


def test_a_credit_code_tells_who_registered_what_where():
    assert identify(SAMPLE_CREDIT).facts == {
        "登记管理部门": "市场监管",
        "机构类别": "企业",
        "登记地": "福建省",
        "登记地区划": "350100",
        "组织机构代码": "M000100Y-4",
    }


@pytest.mark.parametrize("sample", [SAMPLE_CREDIT, SAMPLE_ID, SAMPLE_REGISTRATION, "123456788"])
def test_changing_any_one_character_is_noticed(sample):
    """All of these checks catch every single substitution within their alphabet."""
    for place, old in enumerate(sample):
        for new in "0123456789":
            if new != old:
                changed = identify(sample[:place] + new + sample[place + 1 :])
                assert not changed.valid or changed.kind != identify(sample).kind


@settings(max_examples=500, deadline=None)
@given(
    st.text(max_size=25)
    | st.text("0123456789ABCXYZ", min_size=15, max_size=19)
    | st.text("0123456789", min_size=15, max_size=15)
)
def test_anything_at_all_is_identified_without_an_error(text):
    found = identify(text)

    assert found.valid == (found.why == ())
    assert found.kind_title == codes.TITLES[found.kind]
    assert isinstance(found.masked, str)
