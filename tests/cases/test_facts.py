"""From what somebody typed to facts: every kind of field with good and bad values, all faults at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.cases.facts import PLAIN_KINDS, InvalidFacts, Upload, clean, clean_so_far, split_for_record
from mingjing.kernel import canonical, conditions
from mingjing.kernel.procedure import Field
from mingjing.law import queries as law
from tests.office import SHANGHAI

CHOICES = (("direct", "直接送达"), ("postal", "邮寄送达"))


def field(kind: str = "text", name: str = "it", **given: Any) -> Field:
    values: dict[str, Any] = {
        "name": name,
        "label": "此项",
        "kind": kind,
        "required": False,
        "help": "",
        "max": None,
        "choices": CHOICES if kind in ("choice", "choices") else (),
        "when": None,
        "personal": False,
        "default_fact": None,
    }
    return Field(**{**values, **given})


def cleaned(kind: str, value: Any, **more: Any) -> Any:
    return clean([field(kind, **more)], {"it": value}, {}).get("it")


@pytest.mark.parametrize(
    "kind, typed, kept",
    [
        ("text", "  达州市某某食品店  ", "达州市某某食品店"),
        ("text", "", None),
        ("text", "   ", None),
        ("text", 12, "12"),
        ("long", "一\r\n二\r三\t四", "一\n二\n三\t四"),
        ("date", "2026-03-12", "2026-03-12"),
        ("date", " 2026-03-12 ", "2026-03-12"),
        ("date", date(2026, 3, 12), "2026-03-12"),
        ("date", datetime(2026, 3, 11, 17, 0, tzinfo=UTC), "2026-03-12"),
        ("date", datetime(2026, 3, 12, 1, 0), "2026-03-12"),  # noqa: DTZ001 - a time without offset is meant here
        ("datetime", "2026-03-12 09:30", "2026-03-12T09:30+08:00"),
        ("datetime", "2026-03-12T09:30:59", "2026-03-12T09:30+08:00"),
        ("datetime", "2026-03-12T01:30+00:00", "2026-03-12T09:30+08:00"),
        ("datetime", datetime(2026, 3, 12, 9, 30, tzinfo=SHANGHAI), "2026-03-12T09:30+08:00"),
        ("money", 500_000, 500_000),
        ("money", 0, 0),
        ("money", "5,000", 500_000),
        ("money", "５０００元", 500_000),
        ("money", "0.01", 1),
        ("money", "1.5万元", 1_500_000),
        ("money", "伍仟元整", 500_000),
        ("number", "15", 15),
        ("number", "１５", 15),
        ("number", 0, 0),
        ("decimal", "0.50", "0.50"),
        ("decimal", "1e3", "1000"),
        ("decimal", Decimal("12.5"), "12.5"),
        ("choice", "postal", "postal"),
        ("choices", ["postal", "direct", "postal"], ["postal", "direct"]),
        ("choices", "postal", ["postal"]),
        ("choices", [], None),
        ("officers", ["3", 2, "3"], [3, 2]),
        ("officers", "7", [7]),
        ("bool", None, False),
        ("bool", "", False),
        ("bool", "on", True),
        ("bool", "是", True),
        ("bool", "否", False),
        ("bool", "false", False),
        ("bool", 1, True),
        ("bool", False, False),
        ("provision", "食品安全法/67(1)", "食品安全法/67(1)"),
        ("power", "FOOD-04", "FOOD-04"),
    ],
)
def test_what_is_typed_becomes_a_fact(kind: str, typed: Any, kept: Any) -> None:
    assert cleaned(kind, typed) == kept


@pytest.mark.parametrize(
    "kind, typed, why, what_to_do",
    [
        ("text", "一" * 11, "最多 10 个字，现有 11 个字", "精简"),
        ("text", "一\x00二", "U+0000", "重新输入"),
        ("text", "一\x1b二", "U+001B", "重新输入"),
        ("text", "\ud800", "U+D800", "重新输入"),
        ("text", ["一"], "不是文字或者数", "重新填写"),
        ("text", {"一": "二"}, "不是文字或者数", "重新填写"),
        ("text", True, "不是文字或者数", "重新填写"),
        ("date", "12.03.2026", "“12.03.2026”不是日期", "2026-03-12"),
        ("date", "2026-02-30", "“2026-02-30”不是日期", "2026-03-12"),
        ("date", "0026-03-12", "年份 26", "核对"),
        ("date", "9999-12-31", "年份 9999", "核对"),
        ("date", ["2026-03-12"], "不是文字或者数", "重新填写"),
        ("datetime", "25:00", "“25:00”不是时间", "2026-03-12 09:30"),
        ("datetime", "0001-01-01T00:00+14:00", "年份 1", "核对"),
        ("datetime", datetime(9999, 12, 31, tzinfo=UTC), "年份 9999", "核对"),
        ("money", "五块多", "五块多", "请写成"),
        ("money", -1, "不能为负数", "核对"),
        ("money", "-5", "负数", "请写成"),
        ("money", "0.001", "不足一分", "请写成"),
        ("money", 10**16, "过大", "核对"),
        ("money", True, "不是文字或者数", "重新填写"),
        ("number", "十五", "“十五”不是整数", "15"),
        ("number", "1.5", "“1.5”不是整数", "15"),
        ("number", "-1", "“-1”超出范围", "不小于 0"),
        pytest.param("number", 10**5000, "数字过大", "核对", id="endless"),
        ("number", "9" * 5000, "不是整数", "15"),
        ("decimal", "约三", "“约三”不是数", "12.5"),
        ("decimal", "NaN", "“NaN”不是数", "12.5"),
        ("decimal", "1e999999999", "“1e999999999”不是数", "12.5"),
        ("choice", "by_hand", "“by_hand”不在可选范围", "选择"),
        ("choice", ["direct"], "不是文字或者数", "重新填写"),
        ("choices", ["direct", "by_hand"], "“by_hand”不在可选范围", "选择"),
        ("choices", [["direct"]], "不是文字或者数", "重新填写"),
        ("officers", ["某"], "人员选择有误", "重新选择"),
        ("officers", [None], "不是文字或者数", "重新填写"),
        ("bool", "也许", "“也许”既不是“是”也不是“否”", "重新选择"),
    ],
)
def test_what_cannot_be_meant_is_told_with_value_and_remedy(
    kind: str, typed: Any, why: str, what_to_do: str
) -> None:
    with pytest.raises(InvalidFacts) as caught:
        cleaned(kind, typed, max=10 if kind == "text" else None)

    message = caught.value.fields["it"]
    assert why in message
    assert what_to_do in message
    assert caught.value.code == "bad-facts"
    assert "此项" in caught.value.reason
    assert caught.value.remedy


@pytest.mark.parametrize(
    "kind",
    [
        "text",
        "long",
        "date",
        "datetime",
        "money",
        "number",
        "decimal",
        "choice",
        "choices",
        "officers",
        "provision",
        "power",
        "variant",
        "files",
        "signature",
    ],
)
@pytest.mark.parametrize("empty", [None, "", "  ", [], ()])
def test_a_required_field_left_empty_says_so(kind: str, empty: Any) -> None:
    with pytest.raises(InvalidFacts) as caught:
        cleaned(kind, empty, required=True)

    assert "尚" in caught.value.fields["it"]
    assert cleaned(kind, empty) is None


def test_all_faults_come_together_with_keys_that_the_step_does_not_know() -> None:
    fields = [
        field("text", "cause", required=True, label="案由"),
        field("date", "found_on", label="发现日期"),
        field("money", "fine_fen", label="罚款数额"),
        field("choice", "method", label="方式"),
    ]
    given_facts = {"found_on": "昨天", "fine_fen": "很多", "method": "direct", "colour": "红"}

    with pytest.raises(InvalidFacts) as caught:
        clean(fields, given_facts, {})

    assert set(caught.value.fields) == {"cause", "found_on", "fine_fen", "colour"}
    assert "有 4 项" in caught.value.reason
    for label in ("案由", "发现日期", "罚款数额"):
        assert label in caught.value.reason


def test_a_field_whose_condition_does_not_hold_is_neither_asked_nor_kept() -> None:
    fields = [
        field("choice", "method", required=True),
        field("text", "mail_no", required=True, when=conditions.parse("method == 'postal'")),
    ]

    assert clean(fields, {"method": "direct", "mail_no": "EMS1"}, {}) == {"method": "direct"}
    assert clean(fields, {"method": "postal", "mail_no": "EMS1"}, {}) == {
        "method": "postal",
        "mail_no": "EMS1",
    }
    with pytest.raises(InvalidFacts) as caught:
        clean(fields, {"method": "postal"}, {})
    assert set(caught.value.fields) == {"mail_no"}


def test_a_condition_sees_the_facts_of_earlier_steps() -> None:
    fields = [field("text", required=True, when=conditions.parse("proposal == 'penalize'"))]

    assert clean(fields, {}, {"proposal": "no_penalty"}) == {}
    with pytest.raises(InvalidFacts):
        clean(fields, {}, {"proposal": "penalize"})


def test_files_answer_their_field_and_no_other() -> None:
    photo = Upload("site_files", "照片.jpg", "image/jpeg", b"x")
    fields = [field("files", "site_files", required=True), field("text", "note")]

    assert clean(fields, {}, {}, [photo]) == {"site_files": ["照片.jpg"]}
    for stray in ("other_files", "note"):
        with pytest.raises(InvalidFacts) as caught:
            clean(fields, {}, {}, [photo, Upload(stray, "a.jpg", "image/jpeg", b"x")])
        assert set(caught.value.fields) == {stray}


def test_a_preview_keeps_what_is_right_already() -> None:
    fields = [field("text", "cause", required=True), field("date", "found_on"), field("money", "fine_fen")]

    assert clean_so_far(fields, {"cause": "甲", "found_on": "昨天", "fine_fen": "5"}, {}) == {
        "cause": "甲",
        "fine_fen": 500,
    }


def test_free_text_and_personal_values_never_stand_open_on_the_record() -> None:
    kinds = ("text", "long", "date", "money", "choice", "officers", "bool", "provision")
    fields = [field(kind, f"a_{kind}") for kind in kinds] + [field("date", "born_on", personal=True)]
    facts = {one.name: "x" for one in fields}

    plain, personal = split_for_record(fields, {**facts, "unknown": "x"})

    assert set(plain) == {f"a_{kind}" for kind in kinds if kind in PLAIN_KINDS}
    assert set(personal) == {"a_text", "a_long", "a_officers", "born_on", "unknown"}


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(st.characters(), max_size=30)  # surrogates and control characters as well
    | st.dates()
    | st.datetimes(timezones=st.none() | st.just(UTC) | st.just(SHANGHAI))
    | st.sampled_from(["direct", "postal", "2026-03-12", "1e9", "壹佰元", "9999-12-31", "１２"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
every_kind = st.sampled_from(
    [
        "text",
        "long",
        "date",
        "datetime",
        "money",
        "number",
        "decimal",
        "choice",
        "choices",
        "bool",
        "officers",
        "provision",
        "power",
        "variant",
        "files",
        "signature",
    ]
)


def judge(fields: Sequence[Field], filled: dict[str, Any]) -> dict[str, Any] | InvalidFacts:
    """The facts, fit for JSON and for the record, or the messages, fit to be shown."""
    try:
        facts = clean(fields, filled, {})
    except InvalidFacts as refused:
        refused.reason.encode(errors="strict" if all(key.isprintable() for key in filled) else "replace")
        return refused
    json.dumps(facts).encode()
    canonical.dump(canonical.normalized(facts))
    return facts


@given(every_kind, anything, st.booleans(), st.none() | st.integers(1, 20))
def test_no_value_whatever_does_anything_but_become_a_fact_or_a_message(
    kind: str, value: Any, required: bool, most: int | None
) -> None:
    outcome = judge([field(kind, required=required, max=most)], {"it": value})

    assert set(getattr(outcome, "fields", outcome)) <= {"it"}


STEPS = {
    f"{one.id}/{step.id}": step for one in law.procedures(date(2026, 11, 20)) for step in one.steps.values()
}


@given(st.sampled_from(sorted(STEPS)), st.data())
def test_no_filling_of_any_form_of_the_codex_does_anything_else(name: str, data: st.DataObject) -> None:
    fields = STEPS[name].facts
    keys = st.sampled_from([one.name for one in fields] or ["nothing"]) | st.text(max_size=5)
    filled = data.draw(st.dictionaries(keys, anything, max_size=4))

    outcome = judge(fields, filled)

    assert set(getattr(outcome, "fields", outcome)) <= {one.name for one in fields} | set(filled)
