"""The needs of administrative coercion as truth tables: who holds the power, who approves, and when not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from mingjing.kernel.procedure import Step
from mingjing.law import queries as law
from tests.office import SHANGHAI

from .test_needs import FIRST, SECOND, judged, power

HEAD = replace(SECOND, id=4, name="丁某某", is_principal=True)
DEPUTY = replace(HEAD, is_principal=False)
SEIZURE = {"coercive_power": "QZ-FOOD-1", "measure_kinds": ["impound"]}


@pytest.mark.parametrize(
    ("facts", "organ_field", "item", "code"),
    [
        (SEIZURE, "food", "FOOD-04", None),
        ({**SEIZURE, "measure_kinds": ["freeze"]}, "food", "FOOD-04", "kind-not-in-power"),
        (SEIZURE, "traffic", "FOOD-04", "no-statutory-power"),
        ({}, "food", "FOOD-04", "no-such-power"),
        # Means of execution are judged alike. 行政强制法 art. 13.
        ({"coercive_power": "QZ-GEN-3", "execution_kinds": ["auction"]}, "food", "FOOD-04", None),
        (
            {"coercive_power": "QZ-GEN-3", "execution_kinds": "transfer"},
            "food",
            "FOOD-04",
            "kind-not-in-power",
        ),
    ],
)
def test_a_measure_needs_a_statute(facts, organ_field, item, code):
    assert judged("statutory_power", facts=facts, organ_field=organ_field, power=power(item)) == code


@pytest.mark.parametrize(
    ("kind", "code"), [("organ", None), ("authorized", None), ("entrusted", "power-delegated")]
)
def test_measures_are_not_delegated(kind, code):
    assert judged("not_delegated", organ_kind=kind) == code


@pytest.mark.parametrize(
    ("coercive_power", "approver", "proposer", "code"),
    [
        ("QZ-SAFE-2", HEAD, FIRST, None),
        ("QZ-SAFE-2", DEPUTY, FIRST, "not-principal"),
        ("QZ-SAFE-2", FIRST, None, None),  # only proposed so far
        ("QZ-SAFE-1", DEPUTY, FIRST, None),  # any head approves
    ],
)
def test_the_principal_head_approves_where_the_statute_says_so(coercive_power, approver, proposer, code):
    facts = {"coercive_power": coercive_power}

    assert judged("approver_of_power", facts=facts, actor=approver, proposer=proposer) == code


@pytest.mark.parametrize(
    ("coercive_power", "open_term", "code"),
    [
        ("QZ-TRAF-2", True, None),
        ("QZ-TRAF-2", False, None),
        ("QZ-FOOD-1", False, None),
        ("QZ-FOOD-1", True, "no-open-term"),
    ],
)
def test_a_measure_without_a_last_day_needs_a_statute(coercive_power, open_term, code):
    facts = {"coercive_power": coercive_power, "until_remedied": open_term}

    assert judged("term_as_the_power_says", facts=facts) == code


# CMP-NIGHT, 行政强制法 art. 43 (1): real days of 2026.
@pytest.mark.parametrize(
    ("at", "facts", "code"),
    [
        ((3, 4, 10, 0), {}, None),  # a Wednesday
        ((3, 4, 6, 0), {}, None),  # the night is over
        ((3, 4, 5, 59), {}, "night-or-holiday"),
        ((3, 4, 21, 59), {}, None),
        ((3, 4, 22, 0), {}, "night-or-holiday"),
        ((3, 4, 0, 30), {}, "night-or-holiday"),
        ((2, 17, 10, 0), {}, "night-or-holiday"),  # the first day of the lunar year
        ((10, 1, 10, 0), {}, "night-or-holiday"),
        ((3, 7, 10, 0), {}, "night-or-holiday"),  # a Saturday: the strict reading
        ((3, 7, 10, 0), {"weekends_are_holidays": False}, None),
        ((2, 14, 10, 0), {}, None),  # a Saturday on which people work
        ((2, 17, 23, 0), {"execution_urgent": True}, None),  # an emergency
    ],
)
def test_nothing_is_executed_at_night_or_on_holidays(at, facts, code):
    moment = datetime(2026, *at, tzinfo=SHANGHAI)

    assert judged("not_at_night_or_holiday", at=moment, facts=facts) == code


def execution(step: str = "execute") -> Step:
    """A step of 行政机关强制执行, whose form asks when it was done (or is to be done)."""
    return law.procedure("execution-own", date(2026, 3, 4)).steps[step]


# It counts when it was done, by the clock of the place, whenever it is entered: 4 March 2026 is a Wednesday.
@pytest.mark.parametrize(
    ("began", "ended", "code"),
    [
        ("2026-03-04T09:00+08:00", "2026-03-04T21:59+08:00", None),
        ("2026-03-04T06:00+08:00", "2026-03-04T22:00+08:00", None),  # ended as the night begins
        ("2026-03-04T05:59+08:00", "2026-03-04T09:00+08:00", "night-or-holiday"),
        ("2026-03-04T21:00+08:00", "2026-03-04T22:01+08:00", "night-or-holiday"),
        ("2026-03-04T22:00+08:00", "2026-03-04T22:00+08:00", "night-or-holiday"),
        ("2026-03-04T09:00+08:00", "2026-03-05T09:00+08:00", "night-or-holiday"),  # a night between
        ("2026-03-04T13:59+00:00", "2026-03-04T13:59+00:00", None),  # 21:59 in 达州
        ("2026-03-04T14:00+00:00", "2026-03-04T14:00+00:00", "night-or-holiday"),  # 22:00 in 达州
        ("2026-05-01T10:00+08:00", "2026-05-01T11:00+08:00", "night-or-holiday"),  # 劳动节
        ("2026-05-09T10:00+08:00", "2026-05-09T11:00+08:00", None),  # a Saturday on which people work
        (None, None, None),  # the button, before the form is filled in
    ],
)
@pytest.mark.parametrize("entered", [(9, 10), (7, 23)])
def test_the_time_of_the_act_counts_not_that_of_its_entry(began, ended, code, entered):
    facts = {"site_began_at": began, "site_ended_at": ended}

    at = datetime(2026, 3, *entered, tzinfo=SHANGHAI)
    assert judged("not_at_night_or_holiday", rule=execution(), at=at, facts=facts) == code


@pytest.mark.parametrize(
    ("planned", "code"),
    [("2026-03-04T10:00+08:00", None), ("2026-03-07T10:00+08:00", "night-or-holiday")],
)
def test_nobody_decides_to_execute_at_night_or_on_a_holiday(planned, code):
    assert (
        judged("not_at_night_or_holiday", rule=execution("decide"), facts={"execution_planned_at": planned})
        == code
    )


@pytest.mark.parametrize(
    ("obligation", "organ_field", "field", "item", "code"),
    [
        ("money", "food", "food", "FOOD-04", None),
        ("money", "tax", "general", None, "own-execution"),
        ("demolition", "general", "general", None, "own-execution"),
        ("demolition", "food", "food", "FOOD-04", None),
        ("removal", "work_safety", "work_safety", "SAFE-13", "own-execution"),
        ("removal", "work_safety", "work_safety", "SAFE-01", None),
        ("other", "tax", "general", None, None),
    ],
)
def test_the_court_is_asked_only_by_organs_that_may_not_execute(obligation, organ_field, field, item, code):
    given = {"obligation_kind": obligation}
    found = judged(
        "no_own_execution",
        facts=given,
        organ_field=organ_field,
        field=field,
        power=power(item) if item else None,
    )

    assert found == code
