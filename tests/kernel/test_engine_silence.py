"""The engine on terms of the field's profile, on legal effects of silence, and on rights counted back from a date."""

from __future__ import annotations

from datetime import date

import pytest

from mingjing.kernel.refused import Refused
from tests.procedure_samples import Case, moment

# --- terms taken from the field's profile, and legal effects of silence ---


def acceptance():
    """行政许可法 art. 32(1)(4): told of what is missing within five working days, or deemed accepted."""
    return Case(
        {
            "receive": {
                "title": "收到申请",
                "duties": [{"step": "examine", "within": "@tell_days", "basis": "行政许可法/32(1)"}],
                "opens": ["examine", "deemed_accepted"],
            },
            "examine": {"title": "形式审查", "included": False, "closes": ["deemed_accepted"]},
            "deemed_accepted": {
                "title": "视为受理",
                "by": "system",
                "included": False,
                "deemed_after": "examine",
                "closes": ["examine", "deemed_accepted"],
                "duties": [
                    {"step": "decide", "within": "20wd", "from": "received_on", "basis": "行政许可法/42"}
                ],
            },
            "decide": {"title": "作出决定", "ends": "closed"},
            "record": {"title": "登记", "facts": {"received_on": {"label": "收到日期", "kind": "date"}}},
        },
        constants=["tell_days"],
    )


def test_a_named_term_is_that_of_the_profile():
    assert acceptance().take("receive", moment(9, 24), tell_days="5wd").due("examine") == date(2026, 10, 9)
    assert acceptance().take("receive", moment(9, 24), tell_days="3wd").due("examine") == date(2026, 9, 30)


def test_a_named_term_that_no_profile_gives_is_refused_by_name():
    with pytest.raises(Refused) as refusal:
        acceptance().take("receive", moment(9, 24))

    assert refusal.value.code == "no-constant"
    assert "tell_days" in refusal.value.reason


def test_silence_has_its_effect_only_when_the_term_is_over_and_then_from_the_day_of_receipt():
    case = acceptance().take("receive", moment(9, 24), tell_days="5wd")

    assert case.code("deemed_accepted", moment(10, 9, 23, 59, 59)) == "not-deemed-yet"
    assert case.code("deemed_accepted", moment(10, 10, 0)) is None

    case.take("deemed_accepted", moment(10, 10, 0), received_on="2026-09-24")
    assert case.due("decide") == date(2026, 10, 29)
    assert case.code("examine", moment(10, 10)) == "not-included"


def test_what_was_done_in_time_leaves_no_room_for_an_effect_of_silence():
    case = acceptance().take("receive", moment(9, 24), tell_days="5wd").take("examine", moment(9, 28))

    assert case.code("deemed_accepted", moment(10, 12)) == "not-included"


def renewal():
    """行政许可法 art. 50: asked for thirty days before the expiry, decided before it, or deemed granted."""
    day = {"label": "有效期届满日", "kind": "date"}
    return Case(
        {
            "look_up": {
                "title": "核对原许可",
                "opens": ["apply", "apply_late"],
                "facts": {"expires_on": day},
            },
            "apply": {
                "title": "申请延续",
                "included": False,
                "window": {
                    "after": "look_up",
                    "within": "30d before",
                    "from": "expires_on",
                    "clock": "LIC-RENEW",
                },
                "closes": ["apply_late"],
                "opens": ["decide", "deemed_renewed"],
                "duties": [
                    {"step": "decide", "within": "20wd", "clock": "LIC-DEC"},
                    {"step": "decide", "due": "expires_on", "clock": "LIC-RENEW-D"},
                ],
            },
            "apply_late": {"title": "逾期申请", "included": False, "waits_for_windows": ["apply"]},
            "decide": {"title": "作出决定", "included": False, "ends": "closed"},
            "deemed_renewed": {
                "title": "视为准予延续",
                "by": "system",
                "included": False,
                "deemed_after": "decide",
                "deemed_clock": "LIC-RENEW-D",
                "closes": ["decide"],
                "ends": "closed",
            },
        }
    )


def test_a_right_may_be_counted_back_from_a_date_of_the_form():
    """The thirty days from 1 to 30 May stay free; the last day to ask is 30 April."""
    case = renewal().take("look_up", moment(4, 1), expires_on="2026-05-31")

    assert case.code("apply", moment(4, 30, 23)) is None
    assert case.code("apply", moment(5, 1, 0)) == "window-lapsed"
    assert case.code("apply_late", moment(4, 30)) == "window-running"
    assert case.code("apply_late", moment(5, 1)) is None


def test_a_right_counted_back_that_is_over_before_it_opens_says_from_where_it_was_counted():
    case = renewal().take("look_up", moment(5, 20), expires_on="2026-05-31")

    refused = case.why_not("apply", moment(5, 20), expires_on="2026-05-31")
    assert refused.code == "window-lapsed"
    assert "自“有效期届满日”2026年5月31日向前倒数（之前 30 日），已于2026年4月30日届满" in refused.reason


def test_a_right_cannot_open_while_the_date_it_is_counted_from_is_missing():
    with pytest.raises(Refused) as refusal:
        renewal().take("look_up", moment(4, 1))

    assert refusal.value.code == "fact-missing"
    assert "有效期届满日" in refusal.value.reason


def test_of_several_terms_only_the_named_clock_has_the_effect_of_silence():
    """Twenty working days from 2 March end on 30 March; only the expiry makes the renewal granted."""
    case = renewal().take("look_up", moment(3, 2), expires_on="2026-05-31")
    case.take("apply", moment(3, 2), expires_on="2026-05-31")

    assert case.code("deemed_renewed", moment(4, 20)) == "not-deemed-yet"
    assert case.code("deemed_renewed", moment(6, 1, 0)) is None
