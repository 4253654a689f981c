"""Money, dates and article numbers in Chinese."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjing.kernel import numerals
from mingjing.kernel.refused import Refused


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (5, "伍分"),
        (10, "壹角"),
        (50, "伍角"),
        (55, "伍角伍分"),
        (100, "壹元整"),
        (105, "壹元零伍分"),
        (150, "壹元伍角"),
        (1000, "壹拾元整"),
        (1100, "壹拾壹元整"),
        (10000, "壹佰元整"),
        (10100, "壹佰零壹元整"),
        (32504, "叁佰贰拾伍元零肆分"),
        (100500, "壹仟零伍元整"),
        (140950, "壹仟肆佰零玖元伍角"),
        (168032, "壹仟陆佰捌拾元叁角贰分"),
        (500000, "伍仟元整"),
        (600714, "陆仟零柒元壹角肆分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (1000500, "壹万零伍元整"),
        (10000000, "壹拾万元整"),
        (10050000, "壹拾万零伍佰元整"),
        (10700053, "壹拾万柒仟元伍角叁分"),
        (100000000, "壹佰万元整"),
        (1000000000, "壹仟万元整"),
        (10000000000, "壹亿元整"),
        (10000000100, "壹亿零壹元整"),
        (10001000000, "壹亿零壹万元整"),
        (100000000000000, "壹万亿元整"),
        (100000001000000, "壹万亿零壹万元整"),
        (999999999999999999, "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_capital_money_reads_as_the_bank_wants_it(fen, words):
    assert numerals.capital_money(fen) == words


@pytest.mark.parametrize("fen", [-1, -500000, 10**18])
def test_capital_money_refuses_what_it_cannot_write(fen):
    with pytest.raises(Refused) as refusal:
        numerals.capital_money(fen)

    assert refusal.value.code == "bad-amount"


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "0.00"),
        (5, "0.05"),
        (500000, "5,000.00"),
        (-123456, "-1,234.56"),
        (123456789012, "1,234,567,890.12"),
    ],
)
def test_money_separates_thousands(fen, text):
    assert numerals.money(fen) == text


def test_a_date_in_running_text_has_no_leading_zeros():
    assert numerals.plain_date(date(2026, 3, 9)) == "2026年3月9日"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("第一百二十四条", (124, 0)),
        ("第一百二十条之一", (120, 1)),
        ("第一百二十条之十二", (120, 12)),
        ("第十条", (10, 0)),
        ("第二十条", (20, 0)),
        ("第一百一十条", (110, 0)),
        ("第一百零五条", (105, 0)),
        ("第一千零五十四条", (1054, 0)),
        ("第一千二百四十二条", (1242, 0)),
    ],
)
def test_article_numbers_go_both_ways(words, expected):
    assert numerals.article_number(words) == expected
    assert numerals.article(*expected) == words


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("第124条", (124, 0)),
        ("第１２４条之２", (124, 2)),
        ("第 一百〇五 条", (105, 0)),
        ("第一十条", (10, 0)),
    ],
)
def test_other_spellings_of_articles_are_read(words, expected):
    assert numerals.article_number(words) == expected


@pytest.mark.parametrize("words", ["", "一百条", "第条", "第abc条", "第一百二十四"])
def test_what_is_no_article_is_refused(words):
    with pytest.raises(Refused) as refusal:
        numerals.article_number(words)

    assert refusal.value.code == "bad-article"


@pytest.mark.parametrize(
    "words", ["一百二", "二百五", "百", "十百", "一二三", "零零", "亿万", "一万亿亿", "", "一" * 50]
)
def test_ambiguous_or_malformed_numbers_are_refused(words):
    with pytest.raises(Refused) as refusal:
        numerals.number_of(words)

    assert refusal.value.code == "bad-number"


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("5000", 500000),
        ("5,000.00", 500000),
        ("５，０００．００", 500000),
        ("5000元", 500000),
        ("5000 元整", 500000),
        ("¥5000", 500000),
        ("￥5,000", 500000),
        ("人民币5000元", 500000),
        ("0.5万元", 500000),
        ("0.5万", 500000),
        ("1.2亿元", 12000000000),
        ("1.23456万元", 1234560),
        (".5", 50),
        ("0.05", 5),
        ("0", 0),
        ("伍仟元整", 500000),
        ("人民币伍仟圆整", 500000),
        ("五千元", 500000),
        ("五千", 500000),
        ("壹拾万零柒仟元零伍角叁分", 10700053),
        ("伍角", 50),
        ("三元五角", 350),
        ("十万元", 10000000),
        ("两万元", 2000000),
    ],
)
def test_amounts_are_read_as_people_type_them(text, fen):
    assert numerals.parse_yuan(text) == fen


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "没有填写"),
        ("  ", "没有填写"),
        ("元", "不是能识别"),
        ("-5", "负数"),
        ("负五元", "负数"),
        ("0.001", "分"),
        ("1,00", "逗号"),
        ("1.000,5", "不是能识别"),
        ("二百五元", "二百零五"),
        ("一万二", "一万零二"),
        ("1e5", "不是能识别"),
        ("NaN", "不是能识别"),
        ("三万5千", "不是能识别"),
        ("五千美元", "不是能识别"),
        ("9" * 60, "过长"),
        ("9" * 20, "过大"),
        ("\ud800", "不是能识别"),
    ],
)
def test_a_bad_amount_is_told_what_is_wrong(text, says):
    with pytest.raises(Refused) as refusal:
        numerals.parse_yuan(text)

    assert refusal.value.code == "bad-amount"
    assert says in refusal.value.reason


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**18 - 1) | st.text("0005", min_size=1, max_size=17).map(int))
def test_capitals_and_figures_read_back_to_the_same_amount(fen):
    assert numerals.parse_yuan(numerals.capital_money(fen)) == fen
    assert numerals.parse_yuan(numerals.money(fen)) == fen


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**16 - 1) | st.text("0001", min_size=1, max_size=16).map(int))
def test_words_read_back_to_the_same_number(number):
    assert numerals.number_of(numerals.chinese_number(number)) == number


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30) | st.text("零一二三十百千万亿元角分整0123456789.,¥-", max_size=12))
def test_any_text_is_an_amount_or_a_clear_refusal(text):
    try:
        fen = numerals.parse_yuan(text)
    except Refused:
        return  # every other exception fails the test

    assert 0 <= fen < 10**18
