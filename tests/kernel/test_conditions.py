"""Conditions of the codex: what they mean, above all where a fact is missing, and how wrong ones are told."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.kernel import conditions
from mingjing.kernel.refused import Refused


def holds(text, **facts):
    return conditions.parse(text).holds(facts)


TRUTH = [
    # what is missing
    ("x", {}, False),
    ("not x", {}, True),
    ("x", {"x": None}, False),
    ("x == 1", {}, False),
    ("x != 1", {}, False),
    ("x < 1", {}, False),
    ("x >= 1", {}, False),
    ("x == y", {}, False),
    ("x != y", {"x": 1}, False),
    ("not x == 1", {}, True),
    ("x in ('a', 'b')", {}, False),
    ("not x in ('a', 'b')", {}, True),
    ("'a' in x", {}, False),
    ("x in y", {"y": ["a"]}, False),
    ("x + 1 > 0", {}, False),
    ("x + 1", {}, False),
    ("-x < 1", {}, False),
    ("x or y", {"y": True}, True),
    ("x and y", {"y": True}, False),
    # and, or, not
    ("true and not false", {}, True),
    ("true or false and false", {}, True),
    ("(true or false) and false", {}, False),
    ("not true or true", {}, True),
    ("not (true or true)", {}, False),
    ("not not x", {"x": True}, True),
    ("not x == 1", {"x": 2}, True),
    # comparison within and across kinds
    ("x == 1", {"x": 1}, True),
    ("x == 1", {"x": True}, False),
    ("x == '1'", {"x": 1}, False),
    ("x != '1'", {"x": 1}, True),
    ("x < '2'", {"x": 1}, False),
    ("x > false", {"x": True}, False),
    ("x == true", {"x": True}, True),
    ("x >= 10000", {"x": 10000}, True),
    ("x < 0.5", {"x": Decimal("0.4")}, True),
    # membership
    ("x in ('a', 'b')", {"x": "b"}, True),
    ("x in ('a', 'b',)", {"x": "c"}, False),
    ("x in (-1, 2)", {"x": -1}, True),
    ("x in (1, 2)", {"x": True}, False),
    ("x in ('a', 'b')", {"x": ["c", "b"]}, True),
    ("x in ('a', 'b')", {"x": []}, False),
    ("'a' in x", {"x": ["a", "c"]}, True),
    ("'b' in x", {"x": ["a", "c"]}, False),
    ("'a' in x", {"x": "a"}, True),
    ("'a' in x", {"x": "abc"}, False),
    # arithmetic, exact
    ("1 + 2 * 3 == 7", {}, True),
    ("(1 + 2) * 3 == 9", {}, True),
    ("5 - 2 - 1 == 2", {}, True),
    ("x + y == 0.3", {"x": 0.1, "y": 0.2}, True),
    ("-x == 3", {"x": -3}, True),
    ("x * 2 > 1", {"x": "2"}, False),
    ("x + 1 == 2", {"x": True}, False),
    ("paid + owed >= fine", {"paid": 300, "owed": 200, "fine": 500}, True),
    # dates
    ("x < '2021-07-15'", {"x": "2021-07-14"}, True),
    ("x < '2021-07-15'", {"x": "2021-07-15"}, False),
    ("x <= '2021-07-15'", {"x": "2021-07-15T23:59:00+08:00"}, True),
    ("x == y", {"x": "2021-07-15", "y": "2021-07-15T08:00"}, True),
    ("x < y", {"x": "2021-07-15T08:00", "y": "2021-07-15T09:00"}, True),
]


@pytest.mark.parametrize(("text", "facts", "truth"), TRUTH, ids=range(len(TRUTH)))
def test_a_condition_means_what_the_law_reader_expects(text, facts, truth):
    assert holds(text, **facts) is truth, (text, facts)


WRONG = [
    ("", 1, "请写出条件"),
    ("   ", 1, "请写出条件"),
    ("x = 1", 3, "请写 =="),
    ('x == "a"', 6, "单引号"),
    ("x == ‘a’", 6, "单引号"),
    ("x == 'a", 6, "没有成对"),
    ("（x）", 1, "英文括号"),
    ("x in ('a'，'b')", 10, "英文逗号"),
    ("x & y", 3, "and"),
    ("x | y", 3, "or"),
    ("!x", 1, "not"),
    ("x / 2 > 1", 3, "乘法"),
    ("x @ y", 3, "请删去或改正这个字符"),
    ("x ==", 5, "事实名称"),
    ("x and", 6, "事实名称"),
    ("(x", 3, "右括号"),
    ("x)", 2, "应当结束"),
    ("x y", 3, "应当结束"),
    ("1 < x < 3", 7, "请用 and 连接"),
    ("x not in ('a')", 3, "应当结束"),
    ("x == not y", 6, "这里不能写 not"),
    ("x in 'a'", 6, "in 后面"),
    ("x in ()", 7, "事实名称"),
    ("x in (y)", 7, "固定的值|数字或加单引号"),
    ("x in ('a' 'b')", 11, "逗号分隔"),
    ("x in (-'a')", 8, "负号"),
]


@pytest.mark.parametrize(("text", "column", "remedy"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_condition_is_told_with_its_column_and_its_remedy(text, column, remedy):
    with pytest.raises(Refused) as refusal:
        conditions.parse(text)

    assert refusal.value.code == "bad-condition"
    assert f"第{column}个字符" in refusal.value.reason, refusal.value.reason
    assert any(part in refusal.value.remedy for part in remedy.split("|")), refusal.value.remedy


@pytest.mark.parametrize(
    ("text", "what"),
    [("(" * 60 + "x" + ")" * 60, "套得太深"), (" or ".join(["x"] * 300), "太长")],
    ids=["deep", "long"],
)
def test_a_condition_too_large_for_a_person_to_read_is_refused(text, what):
    with pytest.raises(Refused, match=what) as refusal:
        conditions.parse(text)

    assert refusal.value.code == "bad-condition"


def test_a_condition_knows_the_facts_it_reads():
    condition = conditions.parse("fine_fen >= hearing_fine_fen and not (revocation or 'stop' in kinds)")

    assert condition.names == {"fine_fen", "hearing_fine_fen", "revocation", "kinds"}


def test_conditions_are_equal_where_they_mean_the_same_tree():
    assert conditions.parse("x  and(y)") == conditions.parse("x and y")
    assert len({conditions.parse("x  and(y)"), conditions.parse("x and y")}) == 1
    assert conditions.parse("x and y") != conditions.parse("y and x")


@given(st.text(alphabet="xy01 '()<>=!+-*,andorti.", max_size=24))
def test_any_text_is_either_a_condition_or_refused(text):
    try:
        condition = conditions.parse(text)
    except Refused:
        return
    assert condition.holds({}) in (True, False)


numbers = st.integers(-9, 9)


@given(numbers, numbers, numbers)
def test_arithmetic_and_comparison_agree_with_python(x, y, z):
    facts = {"x": x, "y": y, "z": z}

    assert holds("x + y * z - 1 > x - y", **facts) == (x + y * z - 1 > x - y)
    assert holds("x < y and not y < z or x == z", **facts) == ((x < y and not y < z) or x == z)
