"""The engine on real dates: rights that lapse, waits, terms that stop and grow, ends, and every refusal."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjing.kernel import engine
from mingjing.kernel.refused import Refused
from tests.procedure_samples import Case, moment

DATE = {"label": "听证日期", "kind": "date"}


# --- rights ---


def hearing():
    """行政处罚法 art. 64 (1): five working days to ask for a hearing, during which nothing is decided."""
    window = {"after": "serve", "within": "5wd", "basis": "行政处罚法/64(1)", "waived_by": "waive"}
    return Case(
        {
            "serve": {"title": "送达告知书"},
            "request": {"title": "要求听证", "window": {**window, "when": "offered"}},
            "waive": {"title": "放弃听证"},
            "decide": {"title": "作出决定", "waits_for_windows": ["request"], "ends": "closed"},
        },
        constants=["offered"],
    )


def test_a_right_opens_with_its_step_and_lapses_after_the_holiday():
    case = hearing().take("serve", moment(9, 28))  # 29 and 30 September, then 8, 9 and (worked) 10 October

    assert case.window(moment(9, 28), offered=True).due_on == date(2026, 10, 10)
    assert case.code("request", moment(10, 10, 23, 59, 59), offered=True) is None
    assert case.code("decide", moment(10, 10, 23, 59, 59), offered=True) == "window-running"
    assert case.code("request", moment(10, 11, 0), offered=True) == "window-lapsed"
    assert case.code("decide", moment(10, 11, 0), offered=True) is None


def test_what_waits_for_a_right_is_possible_from_the_moment_the_right_lapses():
    case = hearing().take("serve", moment(9, 28), offered=True)
    facts = {"offered": True}

    ready = engine.possible_from(case.procedure, case.marking, "decide", facts, moment(9, 29))

    due_at = case.marking.rights["request"].due_at
    assert ready is not None
    assert case.why_not("decide", due_at, **facts) is not None
    assert case.why_not("decide", ready, **facts) is None
    assert timedelta(0) < ready - due_at <= timedelta(seconds=1)


def test_what_is_possible_now_is_possible_from_now_and_what_needs_another_step_from_no_time():
    case = hearing()
    now = moment(9, 28)

    assert engine.possible_from(case.procedure, case.marking, "serve", {}, now) == now
    blocked = Case(
        {"first": {"title": "一"}, "second": {"title": "二", "after": ["first"], "ends": "closed"}}
    )
    assert engine.possible_from(blocked.procedure, blocked.marking, "second", {}, now) is None


def test_the_step_that_comes_after_a_right_lapsed_reports_it_once():
    case = hearing().take("serve", moment(9, 28)).take("decide", moment(10, 11), offered=True)

    assert case.last.lapsed == ("request",)
    assert case.last.outcome == "closed"


@pytest.mark.parametrize(("step", "state"), [("waive", "waived"), ("request", "used")])
def test_a_right_waived_or_used_holds_nobody_up(step, state):
    case = hearing().take("serve", moment(9, 28)).take(step, moment(9, 29), offered=True)

    assert case.window(moment(9, 29), offered=True).state == state
    assert case.code("decide", moment(9, 29), offered=True) is None
    assert case.code("request", moment(9, 29), offered=True) == (
        "window-waived" if state == "waived" else None
    )


def test_a_new_notice_opens_the_right_again_after_a_waiver():
    case = hearing().take("serve", moment(9, 1)).take("waive", moment(9, 2), offered=True)
    case.take("serve", moment(9, 3), offered=True)

    assert case.window(moment(9, 3), offered=True).state == "open"
    assert case.code("decide", moment(9, 3), offered=True) == "window-running"


def test_a_waiver_made_before_the_notice_waives_nothing():
    case = hearing().take("waive", moment(9, 1)).take("serve", moment(9, 2))

    assert case.window(moment(9, 2), offered=True).state == "open"


def test_a_right_that_does_not_exist_in_this_case_can_neither_be_used_nor_hold_up():
    case = hearing().take("serve", moment(9, 28))

    assert case.window(moment(9, 28), offered=False).state == "not-open"
    assert case.code("request", moment(9, 28), offered=False) == "guard"
    assert case.code("decide", moment(9, 28), offered=False) is None


# --- minimum waits ---


def hearing_day(**at_least):
    """行政处罚法 art. 64 (2): seven working days between the notice of the hearing and the hearing."""
    rule = {"after": "notify", "wait": "7wd", "fact": "hearing_on", "basis": "行政处罚法/64(2)", **at_least}
    return {"title": "举行听证", "at_least": rule, "ends": "closed"}


def test_seven_whole_working_days_over_the_national_holiday_must_be_left_free():
    # 25 September falls in the Mid-Autumn holiday; working days after the 24th: 28, 29, 30 September,
    # 8, 9, 10 October (a Saturday worked for the holiday), 12 October.
    case = Case({"notify": {"facts": {"hearing_on": DATE}}, "hold": hearing_day()}).take(
        "notify", moment(9, 24)
    )

    assert case.code("hold", moment(10, 20), hearing_on="2026-10-12") == "too-soon"
    assert case.code("hold", moment(10, 20), hearing_on="2026-10-13") is None


def test_a_notice_that_names_its_own_hearing_day_must_leave_the_time_after_itself():
    notice = {"title": "通知听证", "facts": {"hearing_on": DATE}, "at_least": hearing_day()["at_least"]}
    case = Case({"notify": notice, "hold": {"title": "举行听证", "ends": "closed"}})

    with pytest.raises(Refused) as refusal:
        case.take("notify", moment(9, 24), hearing_on="2026-10-12")
    assert refusal.value.code == "too-soon"
    assert "2026年10月12日" in refusal.value.reason
    assert case.take("notify", moment(9, 24), hearing_on="2026-10-13").last.outcome is None


@pytest.mark.parametrize("value", [{}, {"hearing_on": "不知道"}])
def test_without_its_date_a_wait_cannot_be_judged_and_the_step_is_refused(value):
    hold = {**hearing_day(), "facts": {"hearing_on": DATE}}
    case = Case({"notify": {}, "hold": hold}).take("notify", moment(9, 24))

    with pytest.raises(Refused) as refusal:
        case.take("hold", moment(10, 20), **value)
    assert refusal.value.code == "fact-missing"
    assert "听证日期" in refusal.value.reason


def test_a_wait_without_a_fact_concerns_the_day_of_the_step_itself():
    hold = hearing_day()
    del hold["at_least"]["fact"]
    case = Case({"notify": {}, "hold": hold}).take("notify", moment(9, 24))

    assert case.code("hold", moment(10, 12, 23)) == "too-soon"
    assert case.code("hold", moment(10, 13, 0)) is None


# --- terms ---


def investigation():
    """行政处罚法 art. 60: ninety days from filing to the decision."""
    duty = {"step": "decide", "within": "90d", "clock": "PEN-90", "basis": "行政处罚法/60"}
    return Case(
        {
            "file": {"title": "立案", "start": True, "duties": [duty]},
            "stay": {"title": "中止调查", "pauses": ["decide"]},
            "go_on": {"title": "恢复调查", "resumes": ["decide"]},
            "test": {"title": "检验检测", "excludes": ["decide"]},
            "result": {"title": "检验结果", "includes_again": ["decide"]},
            "extend": {"title": "延期", "extends": {"step": "decide", "by": "30d", "at_most": 1}},
            "decide": {"title": "作出决定"},
            "close": {"title": "结案", "ends": "closed"},
        }
    ).take("file", moment(3, 3))


def test_ninety_days_are_counted_from_the_day_after_filing():
    case = investigation()

    assert [duty.due_on for duty in case.last.opened] == [date(2026, 6, 1)]


def test_a_term_that_would_end_on_a_sunday_ends_on_the_monday_after_it():
    case = investigation().take("file", moment(3, 2))  # 31 May is a Sunday (民法典 art. 203)

    assert case.due() == date(2026, 6, 1)


def test_a_stay_of_three_weeks_moves_the_due_date_by_the_days_it_lasted():
    before = investigation().due()
    case = investigation().take("stay", moment(4, 1))
    (paused,) = case.last.moved
    assert paused.paused
    assert case.code("stay", moment(4, 2)) == "no-term"

    case.take("go_on", moment(4, 22))
    (moved,) = case.last.moved

    assert not moved.paused
    assert moved.key == paused.key
    assert case.due() - before == timedelta(days=21)
    assert case.code("go_on", moment(4, 22)) == "no-term"


def test_time_for_testing_does_not_count():
    before = investigation().due()
    case = investigation().take("test", moment(4, 1)).take("result", moment(4, 16))

    shift = case.due() - before
    assert timedelta(days=14) <= shift <= timedelta(days=16)
    assert any("检验检测" in line for line in engine.duties(case.marking)[0].explanation)


def test_a_term_is_prolonged_at_most_once():
    before = investigation().due()
    case = investigation().take("extend", moment(5, 20))

    assert case.due() - before == timedelta(days=30)
    refused = case.why_not("extend", moment(5, 21))
    assert (refused.code, refused.basis) == ("too-often", "行政处罚法/54")


@pytest.mark.parametrize("step", ["stay", "test", "extend"])
def test_a_term_that_no_longer_runs_can_neither_stop_nor_grow(step):
    case = investigation().take("decide", moment(4, 1))

    assert case.last.discharged == ("decide",)
    assert case.code(step, moment(4, 2)) == "no-term"


def test_filing_again_restarts_the_term_that_filing_opened():
    case = investigation().take("file", moment(3, 10))

    assert case.due() == date(2026, 3, 10) + timedelta(days=90)
    assert len(engine.duties(case.marking)) == 1


def test_a_case_does_not_end_while_something_is_owed():
    case = investigation()

    refused = case.why_not("close", moment(4, 1))
    assert refused.code == "duties-owed"
    assert "“作出决定”应办而未办，应当在2026年" in refused.reason

    case.take("decide", moment(4, 1)).take("close", moment(4, 2))
    assert case.last.outcome == "closed"
    assert case.code("decide", moment(4, 3)) == "ended"


def test_a_duty_may_run_from_a_day_that_a_fact_names():
    duty = {"step": "report", "within": "7wd", "from": "decided_on", "basis": "行政处罚法/48"}
    field = {"label": "决定日期", "kind": "date"}
    case = Case({"serve": {"facts": {"decided_on": field}, "duties": [duty]}, "report": {"ends": "closed"}})

    with pytest.raises(Refused) as refusal:
        case.take("serve", moment(9, 30))
    assert (refusal.value.code, refusal.value.basis) == ("fact-missing", "行政处罚法/48")

    case.take("serve", moment(9, 30), decided_on="2026-09-24")
    assert case.due("report") == date(2026, 10, 12)


def test_a_duty_may_be_due_on_the_very_day_that_a_fact_names():
    duty = {"step": "pay", "due": "pay_until"}
    case = Case({"agree": {"duties": [duty], "facts": {"pay_until": DATE}}, "pay": {"ends": "x"}})

    case.take("agree", moment(3, 2), pay_until="2026-12-31")
    assert case.due("pay") == date(2026, 12, 31)


def test_closing_a_step_cancels_what_was_owed_there_for_good():
    steps = {
        "notify": {"duties": ["serve"], "opens": ["serve"]},
        "send_back": {"closes": ["serve"]},
        "serve": {"included": False},
        "reopen": {"opens": ["serve"]},
        "end": {"ends": "closed"},
    }
    case = Case(steps).take("notify", moment(3, 2)).take("send_back", moment(3, 3))

    assert case.last.cancelled == ("serve",)
    assert case.code("serve", moment(3, 3)) == "not-included"
    assert not engine.duties(case.take("reopen", moment(3, 4)).marking)
    assert case.code("end", moment(3, 5)) is None


# --- refusals ---


def refusals():
    """Every refusal of ``why_not``, one small case for each."""
    end = {"ends": "closed"}
    yield "no-such-step", Case({"a": end}), "b", {}
    yield "ended", Case({"a": end, "b": {}}).take("a", moment(3, 2)), "b", {}
    yield "not-included", Case({"a": end, "b": {"included": False}}), "b", {}
    yield "not-started", Case({"a": {"start": True}, "b": end}), "b", {}
    yield "too-often", Case({"a": {"once": True}, "b": end}).take("a", moment(3, 2)), "a", {}
    yield "guard", Case({"a": {**end, "when": "flag"}}, constants=["flag"]), "a", {"flag": False}
    yield "condition", Case({"a": {}, "b": {**end, "after": ["a"]}}), "b", {}
    owing = Case({"a": {"duties": ["b"]}, "b": {}, "c": {**end, "not_while": ["b"]}}).take("a", moment(3, 2))
    yield "milestone", owing, "c", {}
    yield "duties-owed", Case({"a": {"duties": ["b"]}, "b": {}, "c": end}).take("a", moment(3, 2)), "c", {}
    yield "window-not-open", hearing(), "request", {"offered": True}
    yield "window-lapsed", hearing().take("serve", moment(2, 1)), "request", {"offered": True}
    yield "window-running", hearing().take("serve", moment(3, 2)), "decide", {"offered": True}
    waived = hearing().take("serve", moment(3, 2)).take("waive", moment(3, 2))
    yield "window-waived", waived, "request", {"offered": True}
    waiting = Case({"notify": {"facts": {"hearing_on": DATE}}, "hold": hearing_day()})
    yield "too-soon", waiting.take("notify", moment(3, 2)), "hold", {"hearing_on": "2026-03-04"}
    yield "no-term", investigation(), "go_on", {}


@pytest.mark.parametrize(
    ("code", "case", "step", "facts"), [pytest.param(*row, id=row[0]) for row in refusals()]
)
def test_every_refusal_says_in_chinese_what_why_on_what_ground_and_what_to_do(code, case, step, facts):
    refused = case.why_not(step, moment(3, 3), **facts)

    assert refused is not None
    assert refused.code == code
    assert refused.reason.endswith("。")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in refused.reason)
    assert refused.remedy
    assert code == "no-such-step" or refused.basis.startswith("行政处罚法/")
    with pytest.raises(Refused) as raised:
        case.take(step, moment(3, 3), **facts)
    assert raised.value.reason == refused.reason


def test_the_reason_a_jurist_wrote_for_a_guard_is_given_as_written():
    steps = {"a": {"ends": "closed", "when": "flag", "when_reason": "没有犯罪嫌疑的，不移送"}}
    refused = Case(steps, constants=["flag"]).why_not("a", moment(3, 2), flag=False)

    assert refused.reason == "没有犯罪嫌疑的，不移送。"


def test_a_time_without_zone_is_the_callers_bug():
    with pytest.raises(ValueError, match="aware"):
        Case({"a": {"ends": "closed"}}).why_not("a", moment(3, 2).replace(tzinfo=None))


# --- the marking as JSON ---


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(1, 40)), max_size=10))
def test_a_marking_survives_json_and_goes_on_as_if_it_had_not_been_written_down(choices):
    case, at = investigation(), moment(3, 3)
    for choice, days in choices:
        at += timedelta(days=days, hours=choice)
        told = engine.possible(case.procedure, case.marking, {}, at)
        free = [step for step, refused in told.items() if refused is None]
        if not free:
            break
        case.take(free[choice % len(free)], at)
        text = json.dumps(engine.dump(case.marking))
        again = engine.load(json.loads(text))
        assert again == case.marking
        assert json.dumps(engine.dump(again)) == text
        case.marking = again


def test_a_marking_of_an_unknown_format_is_not_read():
    data = engine.dump(investigation().marking)

    with pytest.raises(ValueError, match="unknown marking format 99"):
        engine.load({**data, "format": 99})
