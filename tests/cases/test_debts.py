"""What a party owes of a fine: terms, instalments, payments, stays, and the papers that tell the days."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mingjing.cases import debts
from mingjing.cases.models import Payment, Service
from mingjing.cases.needs import NEEDS
from mingjing.cases.queries import open_slip
from mingjing.kernel.accrual import Due, Paid
from mingjing.kernel.debts import Debt, check_plan, read_plan
from mingjing.kernel.refused import Refused
from mingjing.kernel.terms import Interval
from tests.office import Matter, Office, open_matter, refused, to_decision

from .filling import opened
from .test_needs import judged, situation

FINE = Debt((Due(500_000, date(2026, 3, 26)),))
PLAN = "第一期 | 2000 | 2026-04-30\n第二期 | 3000 | 2026年6月30日"


# --- the debt itself ---


def test_a_fine_grows_from_the_day_after_its_term() -> None:
    grown = FINE.grown(date(2026, 4, 10))

    assert (grown.from_on, grown.days, grown.amount_fen) == (date(2026, 3, 27), 15, 225_000)
    assert FINE.unpaid_fen == 500_000


def test_what_was_confiscated_is_owed_but_does_not_grow() -> None:
    debt = Debt(FINE.dues, other_fen=100_000, paid=(Paid(50_000, date(2026, 3, 31)),))

    assert debt.unpaid_fen == 550_000
    assert debt.fine_fen == 500_000


def test_reconsideration_stops_the_growth() -> None:
    stay = Interval(date(2026, 4, 1), date(2026, 5, 20), "行政复议", "达府复决〔2026〕1号")

    assert Debt(FINE.dues, stayed=(stay,)).grown(date(2026, 5, 25)).amount_fen == 10 * 15_000


def test_a_plan_is_read_line_by_line() -> None:
    assert read_plan(PLAN) == (Due(200_000, date(2026, 4, 30)), Due(300_000, date(2026, 6, 30)))


@pytest.mark.parametrize(
    ("text", "owed", "last", "match"),
    [
        ("", 500_000, date(2026, 6, 30), "没有写明"),
        ("第一期", 500_000, date(2026, 6, 30), "没有写明金额和日期"),
        ("第一期 | 许多 | 2026-04-30", 500_000, date(2026, 4, 30), "看不懂"),
        ("第一期 | 5000 | 2026-02-30", 500_000, date(2026, 2, 28), "看不懂"),
        (PLAN, 600_000, date(2026, 6, 30), "不一致"),
        (PLAN, 500_000, date(2026, 7, 31), "最后一期"),
        ("第一期 | 2000 | 2026-06-30\n第二期 | 3000 | 2026-04-30", 500_000, date(2026, 4, 30), "不晚于"),
    ],
)
def test_a_plan_that_does_not_add_up_is_refused(text: str, owed: int, last: date, match: str) -> None:
    with refused("bad-plan", basis="行政处罚法/66(2)", match=match):
        check_plan(text, owed, last)


# --- the needs ---

LATE: dict[str, Any] = {
    "surcharge_from_on": "2026-02-10",
    "surcharge_until_on": "2026-03-01",
    "surcharge_fen": 300_000,  # twenty days at 150 yuan
    "total_due_fen": 800_000,
}
LATE_DEBT = Debt((Due(500_000, date(2026, 2, 9)),))


def surcharge(**changes: Any) -> Refused | None:
    facts = {name: value for name, value in {**LATE, **changes}.items() if value is not None}
    return NEEDS["fine_surcharge_as_reckoned"](situation(facts=facts, debt=LATE_DEBT))


def test_twenty_days_at_three_per_cent() -> None:
    assert surcharge() is None


@pytest.mark.parametrize(
    ("changes", "code", "match"),
    [
        ({"surcharge_fen": 300_001, "total_due_fen": 800_001}, "surcharge-too-high", "3,000元"),
        ({"total_due_fen": 800_001}, "surcharge-too-high", "应缴合计"),
        ({"surcharge_from_on": "2026-02-09"}, "surcharge-too-early", "起算"),
        ({"surcharge_until_on": "2027-03-01"}, "surcharge-too-early", "不能预先计算"),
        ({"surcharge_fen": 100_000, "total_due_fen": 600_000}, "surcharge-unexplained", "减免"),
    ],
)
def test_more_earlier_or_less_without_reason_is_refused(
    changes: dict[str, Any], code: str, match: str
) -> None:
    why = surcharge(**changes)

    assert why is not None
    assert (why.code, why.remedy != "") == (code, True)
    assert match in why.reason, why.reason


def test_less_may_be_asked_with_its_reason() -> None:
    """行政强制法 art. 42 (2): who agrees and performs may be let off the surcharge."""
    assert surcharge(surcharge_fen=0, total_due_fen=500_000, surcharge_note="执行协议约定减免") is None


DAILY: dict[str, Any] = {
    "daily_penalty": True,
    "daily_fine_allowed": True,
    "daily_fine_basis": "安全生产法/112",
    "daily_original_fen": 2_000_000,
    "daily_ordered_on": "2026-01-12",
    "daily_checked_on": "2026-01-26",
    "fine_fen": 28_000_000,
}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),  # 13 to 26 January: fourteen days
        ({"fine_fen": 30_000_000}, "daily-fine-wrong"),
        ({"fine_fen": 26_000_000}, "daily-fine-wrong"),
        ({"daily_fine_allowed": False}, "no-daily-fine"),
        ({"daily_checked_on": "2026-01-12"}, "no-days"),
        ({"daily_penalty": False, "fine_fen": 1}, None),
    ],
)
def test_a_daily_fine_is_the_original_times_its_days(changes: dict[str, Any], code: str | None) -> None:
    assert judged("daily_fine_as_reckoned", facts={**DAILY, **changes}) == code


def test_a_daily_fine_is_not_measured_against_the_range_of_a_single_fine() -> None:
    assert judged("within_benchmark_or_reason", facts={**DAILY, "penalty_kinds": ["fine"]}) is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"instalment_plan": "第一期 | 5000 | 2026-04-30"}, "bad-plan"),
        ({"matter_kind": "defer", "instalment_plan": ""}, None),
    ],
)
def test_instalments_add_up(changes: dict[str, Any], code: str | None) -> None:
    facts = {
        "matter_kind": "instalments",
        "fine_fen": 400_000,
        "confiscation_fen": 100_000,
        "deferred_until": "2026-06-30",
        "instalment_plan": PLAN,
        **changes,
    }
    assert judged("instalments_add_up", facts=facts) == code


@pytest.mark.parametrize(
    ("grown", "code"),
    [
        (frozenset(), "execution-matter-missing"),
        (frozenset({"measure-sealing"}), "execution-matter-missing"),
        (frozenset({"execution-court"}), None),
        (frozenset({"measure-sealing", "execution-own"}), None),
    ],
)
def test_execution_is_a_matter_of_its_own(grown: frozenset[str], code: str | None) -> None:
    assert judged("execution_matter_opened", grown=grown) == code


# --- in a case ---


@pytest.fixture
def served(office: Office) -> Matter:
    """A fine of 5 000 yuan, decided and served on 11 March 2026: to be paid by 26 March."""
    matter = to_decision(open_matter(office))
    matter.do("serve_decision")
    return matter


def grow(matter: Matter, on: date) -> Matter:
    """The surcharge as the form suggests it on that day."""
    matter.move_to(on)
    matter.do("surcharge", **debts.suggested(matter.case, matter.at))
    return matter


@pytest.mark.django_db
def test_nothing_grows_before_the_term_is_over(served: Matter) -> None:
    assert debts.growing(served.case, date(2026, 3, 26)) is None
    grown = debts.growing(served.case, date(2026, 3, 27))
    assert grown is not None
    assert (grown.days, grown.amount_fen) == (1, 15_000)


@pytest.mark.django_db
def test_the_surcharge_is_decided_served_and_asked_for_by_a_new_slip(served: Matter) -> None:
    first = Payment.objects.get(case_id=served.case_id)
    grow(served, date(2026, 4, 10))

    paper = served.case.papers.get(form="surcharge-decision")
    assert "共15日：5,000元×3%×15日=2,250元。" in "".join(paper.data["facts"]["surcharge_arithmetic"])
    assert paper.data["facts"]["total_due_fen"] == 725_000
    code, due = open_slip(served.case_id) or ("", 0)
    assert (due, code != first.code) == (725_000, True)
    served.do("payment_confirmed")
    assert debts.growing(served.case, date(2026, 6, 1)) is None
    assert "surcharge" not in served.work.marking.included


@pytest.mark.django_db
def test_the_time_of_reconsideration_does_not_count(served: Matter) -> None:
    """行政处罚法 art. 73 (3)."""
    served.move_to(date(2026, 4, 1)).do(
        "reconsideration_applied",
        reconsideration_applied_on="2026-04-01",
        reconsideration_organ="达州市某某人民政府",
    )
    still = debts.growing(served.case, date(2026, 5, 10))
    assert still is not None
    assert still.amount_fen == 5 * 15_000
    served.move_to(date(2026, 5, 20)).do("remedy_outcome", remedy_result="upheld")
    after = debts.growing(served.case, date(2026, 5, 25))
    assert after is not None
    assert after.amount_fen == 10 * 15_000
    assert any("达府复决〔2026〕某号" in line for line in after.explanation)


@pytest.mark.django_db
def test_instalments_move_the_days_from_which_it_grows(served: Matter) -> None:
    served.move_to(date(2026, 3, 20)).do(
        "deferral",
        deferral_applied_on="2026-03-19",
        matter_kind="instalments",
        matter_reason="资金周转困难",
        deferred_until="2026-06-30",
        instalment_plan=PLAN,
    )

    forms = list(served.case.papers.filter(step__step="deferral").values_list("form", flat=True))
    assert sorted(forms) == ["deferral-application", "deferral-approval", "deferral-notice"]
    assert debts.growing(served.case, date(2026, 4, 30)) is None
    grown = debts.growing(served.case, date(2026, 5, 1))
    assert grown is not None
    assert grown.amount_fen == 6_000  # three per cent of the first instalment


@pytest.mark.django_db
def test_a_plan_that_does_not_end_on_the_approved_day_is_refused(served: Matter) -> None:
    with refused("bad-plan"):
        served.move_to(date(2026, 3, 20)).propose(
            "deferral",
            deferral_applied_on="2026-03-19",
            matter_kind="instalments",
            matter_reason="资金周转困难",
            deferred_until="2026-07-31",
            instalment_plan=PLAN,
        )


@pytest.mark.django_db
def test_execution_goes_on_in_a_matter_of_its_own_and_comes_back(served: Matter, office: Office) -> None:
    """The penalty cannot close while the execution runs; its result is registered by the platform."""
    grow(served, date(2026, 4, 10)).do("publish")
    with refused("execution-matter-missing"):
        served.do("to_execution", execution_route="court")
    child = opened(
        office,
        "execution-court",
        at=served.at,
        parent=served.case_id,
        party=served.case.party,
        power="FOOD-04",
    )
    served.do("to_execution", execution_route="court")
    assert "execution_result" in served.owed()
    with refused("milestone"):
        served.do("close", closing_kind="court")

    assert child.case.parent_id == served.case_id
    assert Service.objects.filter(paper__case_id=served.case_id, paper__form="penalty-decision").exists()
