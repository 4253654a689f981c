"""Rights and waits that run from a day a form names, or to one; dates that follow from other dates."""

from __future__ import annotations

from datetime import date

import pytest

from mingjing.kernel import engine
from mingjing.kernel.case_dates import reckonings
from mingjing.kernel.procedure import ProcedureErrors
from mingjing.kernel.refused import Refused
from tests.procedure_samples import CALENDAR, moment, procedure_of

DAY = {"label": "送达日期", "kind": "date"}
# 行政诉讼法 art. 46 (1): six months from service; art. 45: fifteen days after a reconsideration decision.
REMEDIES = {
    "title": "起诉期限届满日",
    "rules": [
        {"from": "review_served_on", "within": "15d", "when": "reviewed", "basis": "行政诉讼法/45"},
        {"from": "served_on", "within": "6m", "basis": "行政诉讼法/46(1)"},
    ],
}


def court_application(**window):
    """行政强制法 arts. 53, 54: three months from the end of the remedies; ten working days after the demand."""
    return procedure_of(
        {
            "open": {
                "start": True,
                "facts": {
                    "served_on": DAY,
                    "reviewed": {"label": "经过复议", "kind": "bool"},
                    "review_served_on": {"label": "复议决定送达日期", "kind": "date"},
                },
            },
            "demand": {"facts": {"demanded_on": {"label": "催告书送达日期", "kind": "date"}}},
            "confirm": {
                "at_least": {"after": "open", "until": "remedies_end_on", "basis": "行政强制法/53"},
            },
            "apply": {
                "after": ["demand"],
                "at_least": {
                    "after": "demand",
                    "wait": "10wd",
                    "from": "demanded_on",
                    "basis": "行政强制法/54; 行政强制法/69",
                },
                "window": {
                    "after": "open",
                    "within": "3m",
                    "from": "remedies_end_on",
                    "clock": "CMP-CRT-3M",
                    "basis": "行政强制法/53",
                    **window,
                },
                "ends": "applied",
            },
        },
        reckoned={"remedies_end_on": REMEDIES},
    )


def opened(**facts):
    procedure = court_application()
    facts = {"served_on": "2026-03-02", **facts}
    marking = engine.begin(procedure)
    return procedure, engine.advance(procedure, marking, "open", facts, moment(9, 1), CALENDAR).marking, facts


def code(procedure, marking, step, facts, at):
    try:
        engine.advance(procedure, marking, step, facts, at, CALENDAR)
    except Refused as refused:
        return refused.code
    return None


@pytest.mark.parametrize(
    ("facts", "ends_on", "last_day"),
    [
        # Served on Monday 2 March 2026: six months to 2 September; three more to 2 December.
        ({}, date(2026, 9, 2), date(2026, 12, 2)),
        # Reconsidered, served on 20 August: fifteen days to 4 September; three months to 4 December.
        ({"reviewed": True, "review_served_on": "2026-08-20"}, date(2026, 9, 4), date(2026, 12, 4)),
        # Served on 31 March: there is no 31 September, so the thirtieth; then 30 December.
        ({"served_on": "2026-03-31"}, date(2026, 9, 30), date(2026, 12, 30)),
        # Served on 1 April: 1 October is a holiday until the 7th, so 8 October; then 8 January 2027.
        ({"served_on": "2026-04-01"}, date(2026, 10, 8), date(2027, 1, 8)),
    ],
)
def test_the_right_to_apply_runs_from_the_end_of_the_remedies_whenever_it_is_noticed(
    facts, ends_on, last_day
):
    procedure, marking, facts = opened(**facts)

    (found,) = reckonings(procedure, facts, CALENDAR)

    assert found.on == ends_on
    assert found.basis == ("行政诉讼法/45" if facts.get("reviewed") else "行政诉讼法/46(1)")
    assert found.explanation
    assert marking.rights["apply"].due_on == last_day


def test_nothing_is_confirmed_on_the_last_day_of_the_remedies():
    procedure, marking, facts = opened()

    assert code(procedure, marking, "confirm", facts, moment(9, 2, 23, 59)) == "too-soon"
    assert code(procedure, marking, "confirm", facts, moment(9, 3, 0)) is None
    with pytest.raises(Refused, match="起诉期限届满日为2026年9月2日") as caught:
        engine.advance(procedure, marking, "confirm", facts, moment(9, 2), CALENDAR)
    assert caught.value.basis == "行政强制法/53"


def test_ten_working_days_are_counted_from_service_and_not_from_entering_it():
    """Demanded on 24 September 2026: seven of the ten working days end on 12 October, ten on the 15th."""
    procedure, marking, facts = opened()
    facts = {**facts, "demanded_on": "2026-09-24"}
    marking = engine.advance(procedure, marking, "demand", facts, moment(9, 29), CALENDAR).marking

    assert marking.waits["apply"].free_until.date() == date(2026, 10, 15)
    assert code(procedure, marking, "apply", facts, moment(10, 15)) == "too-soon"
    assert code(procedure, marking, "apply", facts, moment(10, 16)) is None


def test_a_step_is_refused_while_the_day_that_its_rights_run_from_is_unknown():
    procedure = court_application()
    marking = engine.begin(procedure)

    with pytest.raises(Refused, match="起诉期限届满日") as caught:
        engine.advance(procedure, marking, "open", {}, moment(9, 1), CALENDAR)

    assert caught.value.code == "fact-missing"


def test_a_right_may_end_on_the_very_day_a_form_names():
    """行政强制法 art. 35 (1): the demand itself sets the term."""
    procedure = procedure_of(
        {
            "demand": {"facts": {"demand_due_on": {"label": "履行期限", "kind": "date"}}},
            "perform": {"window": {"after": "demand", "until": "demand_due_on", "basis": "行政强制法/35"}},
            "decide": {"waits_for_windows": ["perform"], "ends": "decided"},
        }
    )
    facts = {"demand_due_on": "2026-03-16"}
    marking = engine.advance(
        procedure, engine.begin(procedure), "demand", facts, moment(3, 2), CALENDAR
    ).marking

    assert code(procedure, marking, "decide", facts, moment(3, 16, 23)) == "window-running"
    assert code(procedure, marking, "perform", facts, moment(3, 16, 23)) is None
    assert code(procedure, marking, "decide", facts, moment(3, 17, 0)) is None


def test_hours_run_from_the_minute_of_the_notice():
    """安全生产法 art. 70 (2): twenty-four hours between the notice and the cut."""
    procedure = procedure_of(
        {
            "notify": {"facts": {"noticed_at": {"label": "通知时间", "kind": "datetime"}}},
            "cut": {
                "at_least": {
                    "after": "notify",
                    "wait": "24h",
                    "from": "noticed_at",
                    "clock": "CMP-PWR",
                    "basis": "安全生产法/70(2)",
                },
                "ends": "cut",
            },
        }
    )
    facts = {"noticed_at": "2026-03-02T10:30+08:00"}
    marking = engine.advance(
        procedure, engine.begin(procedure), "notify", facts, moment(3, 2, 15), CALENDAR
    ).marking

    assert code(procedure, marking, "cut", facts, moment(3, 3, 10, 30)) == "too-soon"
    assert code(procedure, marking, "cut", facts, moment(3, 3, 10, 31)) is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"until": "remedies_end_on"}, "直接写明最后一日"),
        ({"from": "no_such_day"}, "没有“no_such_day”这个日期字段"),
        ({"from": "reviewed"}, "不是日期字段"),
    ],
)
def test_a_right_must_start_or_end_on_a_date_that_there_is(change, told):
    with pytest.raises(ProcedureErrors, match=told):
        court_application(**change)


@pytest.mark.parametrize(
    ("reckoned", "told"),
    [
        ({"served_on": REMEDIES}, "已经是别的事实"),
        ({"late_on": {"title": "晚", "rules": []}}, "没有写怎样推算"),
        (
            {"late_on": {"title": "晚", "rules": [{"from": "later_on", "basis": "行政诉讼法/45"}]}},
            "没有“later_on”这个日期字段",
        ),
        (
            {
                "late_on": {
                    "title": "晚",
                    "rules": [{"from": "served_on", "within": "@term", "basis": "行政诉讼法/45"}],
                }
            },
            "不在本程序的常量之列",
        ),
    ],
)
def test_a_reckoned_date_must_rest_on_dates_that_come_before_it(reckoned, told):
    with pytest.raises(ProcedureErrors, match=told):
        procedure_of({"open": {"facts": {"served_on": DAY}, "ends": "closed"}}, reckoned=reckoned)
