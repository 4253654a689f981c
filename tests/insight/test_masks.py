"""Masks as people write them, read into one form. Every name and number is invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjing.insight.masks import fits, is_masked, joined, masks_in, narrow, normal_form

SIGNS = "*＊×✕╳■□▇●xX○_…#^？"


@pytest.mark.parametrize(
    "value",
    [f"张{sign * count}" for sign in SIGNS for count in (2, 3)] + ["张某某", "张 某", "张某", "张\u200b某某"],
)
def test_a_masked_name_has_one_form(value: str) -> None:
    assert normal_form(value) == "张某"
    assert is_masked(value)


@pytest.mark.parametrize("sign", SIGNS + "·.")
def test_a_masked_number_keeps_its_length_and_what_is_known(sign: str) -> None:
    assert normal_form(f"5130{sign * 10}1234") == "5130**********1234"
    assert normal_form(f"138{sign * 4}0000") == "138****0000"


@pytest.mark.parametrize(
    ("value", "normal"),
    [
        ("欧阳＊＊", "欧阳某"),
        ("王*明", "王某明"),
        ("张某甲", "张某甲"),
        ("某某", "***"),
        ("川Ｓ＊＊＊12", "川S***12"),
        ("某某有限公司", "某有限公司"),
        ("５１３０**********1234", "5130**********1234"),
        ("", ""),
    ],
)
def test_other_masks_have_their_form_too(value: str, normal: str) -> None:
    assert normal_form(value) == normal


@pytest.mark.parametrize(
    "value", ["张三", "二〇二六年", "13800000000", "川S12345", "3x4", "第5#楼", "A-12", "张三丰公司"]
)
def test_what_is_not_masked_is_left(value: str) -> None:
    assert normal_form(value) == value
    assert not is_masked(value)


def test_masks_are_found_in_a_running_text_with_their_kind() -> None:
    text = (
        "当事人张某某（身份证号5130**********1234，电话138xxxx0000），驾驶川S***12，开户账号622202■■■■■■■■■0000，"
        "住达州市通川区**路**号，与李＊＊同行。"
    )

    found = {one.kind: one.normal for one in masks_in(text)}

    assert found["citizen_id"] == "5130**********1234"
    assert found["phone"] == "138****0000"
    assert found["plate"] == "川S***12"
    assert found["bank_account"] == "622202*********0000"
    assert "address" in found
    assert [one.normal for one in masks_in(text) if one.kind == "name"] == ["张某", "李某"]
    assert all(text[one.start : one.end] == one.text for one in masks_in(text))


@pytest.mark.parametrize(
    "text",
    [
        "在某地、于某小区、由某人、时某品牌",
        "长6米×10米，高10米*宽5米，3x4",
        "二〇二六年，五○一班，20××年",
        "等……依法处理",
        "川市监罚〔2026〕15号",
        "第5#楼，A^2",
    ],
)
def test_ordinary_words_are_no_masks(text: str) -> None:
    assert masks_in(text) == []


@pytest.mark.parametrize(
    ("normal", "full", "yes"),
    [
        ("张某", "张建设", True),
        ("张某", "李建设", False),
        ("张某", "张", False),
        ("王某明", "王小明", True),
        ("王某明", "王小亮", False),
        ("张某甲", "张建设", True),
        ("5130**********1234", "513022199001011234", True),
        ("5130**********1234", "513022199001011235", False),
        ("138***0000", "13800000000", True),
        ("1***", "13800000000", False),
    ],
)
def test_a_mask_fits_what_it_may_hide(normal: str, full: str, yes: bool) -> None:
    assert fits(normal, full) is yes


def test_two_masks_of_one_number_tell_more_together() -> None:
    assert joined("5130**********1234", "513022199001******") == "513022199001**1234"
    assert joined("5130**********1234", "5110**************"[:18]) is None
    assert joined("138****0000", "1380000") is None


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    assert len(narrow(text)) == len(text)
    for one in masks_in(text):
        assert text[one.start : one.end]
        assert normal_form(normal_form(one.text)) == normal_form(one.text)


@settings(max_examples=200, deadline=None)
@given(st.integers(10**10, 10**11 - 1), st.lists(st.integers(0, 10), max_size=8), st.sampled_from(SIGNS))
def test_a_mask_fits_the_number_it_was_made_from(number: int, hidden: list[int], sign: str) -> None:
    full = str(number)
    places = {*hidden, 4, 5}
    mask = "".join(sign if place in places else char for place, char in enumerate(full))

    if all(place - 1 in places or place + 1 in places for place in places):
        assert fits(normal_form(mask), full)
