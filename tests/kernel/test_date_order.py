"""The natural order of dates in forms: a table of real dates, each refusal naming both."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from mingjing.kernel import date_order, engine
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.procedure import ProcedureErrors, read
from mingjing.law import queries as law

AT = datetime(2026, 3, 10, 15, 30, 40, tzinfo=SHANGHAI)
PROCEDURE: dict[str, Any] = {
    "id": "sample",
    "title": "样本",
    "act": "penalty",
    "in_force": AT.date(),
    "basis": "行政处罚法/54",
    "outcomes": {"done": "办结"},
    "steps": {
        "write": {
            "title": "写告知书",
            "by": "handler",
            "start": True,
            "stamps": "filed_on",
            "papers": ["advance-notice"],
        },
        "serve": {
            "title": "送达",
            "by": "handler",
            "ends": "done",
            "basis": "行政处罚法/61",
            "facts": {
                "served_on": {
                    "label": "送达日期",
                    "kind": "date",
                    "not_before": ["paper:advance-notice", "filed_on"],
                    "not_after": "today",
                    "happened": True,
                },
                "began_at": {
                    "label": "开始时间",
                    "kind": "datetime",
                    "not_before": "step:write",
                    "not_after": ["ended_at", "today"],
                },
                "ended_at": {"label": "结束时间", "kind": "datetime", "not_after": ["today"]},
                "hearing_on": {"label": "听证日期", "kind": "date", "not_before": ["today", "served_on"]},
            },
        },
    },
}


def misplaced(given: dict[str, Any], known: dict[str, Any] | None = None) -> dict[str, str]:
    """What is told of the form of ``serve`` at half past three on the tenth; the notice is of the fifth."""
    procedure = read(PROCEDURE, "sample.toml")
    written_at = datetime(2026, 3, 5, 9, 10, tzinfo=SHANGHAI)
    first = engine.advance(procedure, engine.begin(procedure), "write", {}, written_at, law.calendar())
    facts = {"filed_on": "2026-03-05", **(known or {}), **given}
    found = date_order.misplaced(
        procedure,
        first.marking,
        procedure.steps["serve"],
        given,
        facts,
        AT,
        titles={"advance-notice": "行政处罚告知书"},
    )
    assert all(why.code == "date-order" and why.remedy and why.basis for why in found.values())
    return {name: why.reason for name, why in found.items()}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"served_on": "2026-03-05"},
        {"served_on": "2026-03-10"},
        {"began_at": "2026-03-05T09:10:00+08:00", "ended_at": "2026-03-10T15:30:00+08:00"},
        {"began_at": "2026-03-10T14:00:00+08:00", "ended_at": "2026-03-10T14:00:00+08:00"},
        {"hearing_on": "2026-03-10"},
        {"served_on": "not a date"},
        # The same moment told in another offset.
        {"ended_at": "2026-03-10T07:30:00+00:00"},
    ],
)
def test_dates_in_order_pass(given: dict[str, Any]) -> None:
    assert misplaced(given) == {}


@pytest.mark.parametrize(
    "given, field, told",
    [
        (
            {"served_on": "2026-03-04"},
            "served_on",
            "2026年3月4日早于《行政处罚告知书》的日期2026年3月5日。",
        ),
        ({"served_on": "2026-03-11"}, "served_on", "2026年3月11日晚于登记的时间2026年3月10日。"),
        (
            {"ended_at": "2026-03-10T15:31:00+08:00"},
            "ended_at",
            "2026年3月10日15:31晚于登记的时间2026年3月10日15:30。",
        ),
        (
            {"began_at": "2026-03-10T11:00:00+08:00", "ended_at": "2026-03-10T10:00:00+08:00"},
            "began_at",
            "2026年3月10日11:00晚于“结束时间”2026年3月10日10:00。",
        ),
        (
            {"began_at": "2026-03-05T09:09:00+08:00"},
            "began_at",
            "2026年3月5日09:09早于办理“写告知书”的时间2026年3月5日09:10。",
        ),
        ({"hearing_on": "2026-03-09"}, "hearing_on", "2026年3月9日早于登记的时间2026年3月10日。"),
        (
            {"served_on": "2026-03-10", "hearing_on": "2026-03-10"},
            "",
            "",
        ),
    ],
)
def test_a_date_out_of_order_is_told_with_the_other_date(
    given: dict[str, Any], field: str, told: str
) -> None:
    assert misplaced(given) == ({field: told} if field else {})


def test_every_date_out_of_order_is_told_at_once() -> None:
    assert set(misplaced({"served_on": "2026-03-01", "hearing_on": "2026-03-01"})) == {
        "served_on",
        "hearing_on",
    }


def test_an_earlier_answer_to_the_same_question_does_not_count_as_this_one() -> None:
    assert misplaced({}, known={"served_on": "2020-01-01"}) == {}


def test_a_stamped_day_bounds_as_a_fact_does() -> None:
    assert "立案日期" in misplaced({"served_on": "2026-03-06"}, {"filed_on": "2026-03-07"})["served_on"]


@pytest.mark.parametrize(
    "change, told",
    [
        ({"not_before": ["paper:none"]}, "没有步骤制作文书"),
        ({"not_before": ["step:none"]}, "没有“none”这个步骤"),
        ({"not_after": ["none_on"]}, "没有“none_on”这个日期字段"),
        ({"not_after": ["cause"]}, "不是日期字段"),
        ({"not_before": ["served_on"]}, "与自身比较"),
        ({"kind": "text"}, "没有先后可言"),
    ],
)
def test_a_procedure_file_that_orders_dates_wrongly_is_told_so(change: dict[str, Any], told: str) -> None:
    serve = PROCEDURE["steps"]["serve"]
    facts = {
        "served_on": {**serve["facts"]["served_on"], **change},
        "cause": {"label": "案由", "kind": "text"},
    }
    data = {**PROCEDURE, "steps": {**PROCEDURE["steps"], "serve": {**serve, "facts": facts}}}

    with pytest.raises(ProcedureErrors) as wrong:
        read(data, "sample.toml")

    assert any(told in str(problem) for problem in wrong.value.problems), wrong.value.reason


def test_one_date_of_a_form_tells_when_it_happened() -> None:
    serve = PROCEDURE["steps"]["serve"]
    twice = {**serve["facts"], "ended_at": {**serve["facts"]["ended_at"], "happened": True}}
    data = {**PROCEDURE, "steps": {**PROCEDURE["steps"], "serve": {**serve, "facts": twice}}}

    with pytest.raises(ProcedureErrors, match="只能有一个"):
        read(data, "sample.toml")
