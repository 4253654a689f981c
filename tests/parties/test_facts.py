"""Cleaning what was written of a party."""

from __future__ import annotations

from datetime import date

import pytest

from mingjing.kernel.refused import Refused
from mingjing.parties.facts import clean_name, clean_phone, read_facts

from .makers import citizen_id, credit_code


def test_a_valid_credit_code_tells_kind_and_region() -> None:
    facts = read_facts({"name": "达州市某某食品有限公司", "code": credit_code(1)})

    assert (facts.kind, facts.code_kind, facts.code_valid, facts.region) == (
        "enterprise",
        "credit_code",
        True,
        "511702",
    )


def test_a_code_that_fails_its_checksum_is_kept_and_flagged() -> None:
    wrong = credit_code(1)[:-1] + ("A" if credit_code(1)[-1] != "A" else "B")

    facts = read_facts({"name": "达州市某某食品有限公司", "code": wrong})

    assert facts.code == wrong
    assert not facts.code_valid
    assert "校验码" in "".join(facts.code_doubts)


def test_full_width_and_spaced_codes_are_read_as_the_same_code() -> None:
    code = credit_code(7)
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code)

    assert read_facts({"name": "某某公司", "code": wide}).code == code
    assert read_facts({"name": "某某公司", "code": f" {code[:6]} {code[6:].lower()}"}).code == code


def test_a_code_that_the_file_has_damaged_never_links() -> None:
    facts = read_facts({"name": "张某某", "code": citizen_id(1)}, doubt="该单元格以数字格式保存")

    assert facts.code == citizen_id(1)
    assert not facts.code_valid


def test_an_old_fifteen_digit_identity_number_has_no_check_and_never_links() -> None:
    facts = read_facts({"name": "张某某", "code": "511702600101001"})

    assert facts.code_kind == "citizen_id"
    assert not facts.code_valid


def test_an_area_code_is_no_code_of_a_party() -> None:
    facts = read_facts({"name": "某某公司", "code": "511702"})

    assert not facts.code_valid
    assert "行政区划" in facts.code_doubts[0]


def test_a_citizens_number_tells_sex_and_birth() -> None:
    facts = read_facts({"name": "张某某", "code": citizen_id(2, born="20010228")})

    assert (facts.kind, facts.sex, facts.born_on) == ("person", "女", date(2001, 2, 28))


@pytest.mark.parametrize(
    ("name", "given", "kind"),
    [
        ("张某某", "", "person"),
        ("买买提·某某", "", "person"),
        ("达州市某某食品有限公司", "", "enterprise"),
        ("通川区某某火锅店", "", "sole_proprietor"),
        ("达州市某某幼儿园", "", "organization"),
        ("某某", "个体工商户", "sole_proprietor"),
        ("某某", "法人及非法人组织", "organization"),
        ("某某", "enterprise", "enterprise"),
    ],
)
def test_the_kind_follows_what_is_written_then_the_name(name: str, given: str, kind: str) -> None:
    assert read_facts({"name": name, "kind": given}).kind == kind


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("达州市 某某 (集团) 有限公司", "达州市某某（集团）有限公司"),
        ("  张 三 ", "张三"),
        ("ABC  Trading Co", "ABC Trading Co"),
    ],
)
def test_names_get_one_kind_of_brackets_and_no_inner_blanks(written: str, clean: str) -> None:
    assert clean_name(written) == clean


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("１３８００００００００", "13800000000"),
        ("0818-2100000；13800000000", "0818-2100000、13800000000"),
        ("电话：138 0000 0000", "13800000000"),
    ],
)
def test_telephone_numbers_are_narrowed(written: str, clean: str) -> None:
    assert clean_phone(written) == clean


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ({"name": ""}, "no-name"),
        ({"name": "   "}, "no-name"),
        ({"name": "填表人：李某"}, "not-a-party"),
        ({"name": "合计"}, "not-a-party"),
        ({"name": "12345", "code": "1"}, "not-a-party"),
        ({"name": "某" * 201}, "too-long"),
    ],
)
def test_a_row_that_is_no_party_is_refused_with_a_reason(raw: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_facts(raw)

    assert refused.value.code == code
