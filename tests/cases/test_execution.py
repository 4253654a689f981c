"""强制执行 through ``take``: the court's and the organ's own, from the demand to the archive, and the case it serves."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mingjing.cases import debts
from mingjing.cases.models import Case, Obligation, Paper
from mingjing.organs.models import Certificate, Organ
from mingjing.publicity.models import Publication
from tests.office import Office, open_matter, refused, to_decision
from tests.taken_scenarios import FOLDER, live

from .filling import opened

pytestmark = pytest.mark.django_db


def names(procedure: str) -> list[str]:
    return sorted(path.stem for path in Path(FOLDER / procedure).glob("*.toml"))


def organ_of(office: Office, field: str) -> Office:
    """The office as an organ that enforces something else."""
    Organ.objects.filter(pk=office.organ.pk).update(field=field)
    return office


@pytest.mark.parametrize("name", names("execution-court"))
def test_every_way_to_the_court_is_taken_at_the_desk(office: Office, name: str) -> None:
    walk = live(office, "execution-court", name)

    assert walk.case.outcome == (walk.scenario.exit or "")


# The field of the organ that the statute gives the power to.
_FIELDS = {"demolished": "general", "self-removed": "general", "removed-too-late": "general",
           "statement-upheld": "general", "seized-goods-auctioned": "food"}  # fmt: skip


@pytest.mark.parametrize("name", names("execution-own"))
def test_every_way_of_execution_is_taken_at_the_desk(office: Office, name: str) -> None:
    Certificate.objects.update(valid_from=date(2020, 1, 1))  # one of them runs for more than three years
    walk = live(organ_of(office, _FIELDS.get(name, "tax")), "execution-own", name)

    assert walk.case.outcome == (walk.scenario.exit or "")


def test_a_building_is_pulled_down_with_its_papers(office: Office) -> None:
    walk = live(organ_of(office, "general"), "execution-own", "demolished")

    assert set(walk.papers) >= {
        "demolition-announcement",
        "demand-notice",
        "legal-review-opinion",
        "execution-decision",
        "site-record",
        "service-receipt",
        "publicity-review",
    }
    decision = walk.case.papers.get(form="execution-decision")
    assert "城乡规划法" in decision.data["facts"]["coercive_basis"]
    assert decision.data["remedy"]
    (shown,) = Publication.objects.filter(case_id=walk.case_id)
    assert (shown.act, shown.conclusion, shown.number) == ("coercion", "强制拆除", walk.case.label)


def test_nobody_executes_on_a_weekend_or_at_night(office: Office) -> None:
    """行政强制法 art. 43 (1)."""
    walk = opened(organ_of(office, "tax"), "execution-own", **_TAX)
    walk.do("demand", demand_due_on="2026-03-20")
    walk.do("serve_papers")
    walk.do("decide_at_once")
    walk.do("serve_papers")
    with refused("night-or-holiday", basis="行政强制法/43(1)", match="周末"):
        walk.move_to(date(2026, 3, 7)).do("execute")
    with refused("night-or-holiday", match="夜间"):
        walk.move_to(date(2026, 3, 9), hour=21).do("execute")
    walk.move_to(date(2026, 3, 10), hour=21).do("execute", execution_urgent=True, execution_complete=True)
    assert "finish" in walk.owed()


_TAX = {
    "obligation_kind": "money",
    "execution_kinds": ["transfer"],
    "coercive_power": "QZ-TAX-2",
    "decision_served_on": "2025-12-10",
    "ordered_on": "2025-12-08",
    "surcharge_from_on": "2025-12-26",
    "principal_fen": 3_000_000,
    "surcharge_fen": 90_000,
}


@pytest.mark.parametrize("field", ["food", "medicine", "work_safety", "environment", "traffic"])
def test_no_organ_of_these_fields_takes_money_from_accounts(office: Office, field: str) -> None:
    """行政强制法 art. 47 (1): only an organ that a statute names."""
    with refused("no-statutory-power", basis="行政强制法/17"):
        opened(organ_of(office, field), "execution-own", field=field, **_TAX)


def test_a_penalty_goes_to_the_court_and_its_result_comes_back(office: Office) -> None:
    """行政处罚法 art. 72 (1) 4; 行政强制法 arts. 53-57; what the court did is told to the penalty by the platform."""
    matter = to_decision(open_matter(office))
    matter.do("serve_decision")
    matter.do("publish")
    matter.move_to(date(2026, 4, 10))
    matter.do("surcharge", **debts.suggested(matter.case, matter.at))
    child = opened(
        office,
        "execution-court",
        at=matter.move_to(date(2026, 9, 14)).at,
        parent=matter.case_id,
        party=matter.case.party,
        power="FOOD-04",
        decision_title="行政处罚决定书",
        decided_on="2026-03-11",
        decision_served_on="2026-03-11",
        principal_fen=500_000,
        surcharge_fen=225_000,
    )
    matter.do("to_execution", execution_route="court")
    child.do("confirm_unremedied")
    child.do("demand", demand_due_on="2026-09-29")
    child.do("serve_papers")
    child.move_to(date(2026, 10, 9)).do(
        "apply", court_materials=["application", "decision", "opinions", "target"]
    )
    assert Obligation.objects.get(case=child.case, step="court_acceptance").clock == "CMP-CRT-ACC"
    child.move_to(date(2026, 10, 14)).do("court_acceptance", accepted="yes")
    child.do("court_ruling", ruling="granted")
    with refused("milestone"):
        matter.move_to(date(2026, 10, 20)).do("close")
    child.move_to(date(2026, 11, 16)).do("court_executed", execution_result="executed", executed_fen=725_000)

    told = matter.case.steps.get(step="execution_result")
    assert told.facts["executed_fen"] == 725_000
    assert matter.case.facts["execution_result"] == "executed"
    assert "payment_confirmed" not in matter.owed()
    with refused("children-open", match="某某案"):
        matter.move_to(date(2026, 11, 16)).do("close", closing_kind="court")
    child.do("archive_executed")
    matter.do("close", closing_kind="court")
    matter.do("archive_enforced", archive_no="2026-CF-1", retention="30")
    assert matter.case.outcome == "court_enforced"
    assert Case.objects.get(pk=child.case_id).outcome == "executed"
    assert Paper.objects.filter(case=child.case, form="court-application").exists()


_SUBSTITUTE = {"spill-cleared": "traffic", "statement-too-late": "traffic"}


@pytest.mark.parametrize("name", names("execution-substitute"))
def test_every_way_of_substitute_performance_is_taken_at_the_desk(office: Office, name: str) -> None:
    walk = live(organ_of(office, _SUBSTITUTE.get(name, "environment")), "execution-substitute", name)

    assert walk.case.outcome == (walk.scenario.exit or "")


def test_substitute_performance_demands_twice_and_is_signed_for(office: Office) -> None:
    walk = live(organ_of(office, "environment"), "execution-substitute", "river-restored")

    assert walk.papers.count("demand-notice") == 2
    first, second = walk.case.papers.filter(form="demand-notice").order_by("id")
    assert [one.data["facts"]["demand_for"] for one in (first, second)] == ["before_substitute", "substitute"]
    assert {"substitute-decision", "substitute-record"} <= set(walk.papers)
    (shown,) = Publication.objects.filter(case_id=walk.case_id)
    assert shown.conclusion.startswith("代履行，预算")
