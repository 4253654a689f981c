"""Expropriation of houses at the desk: the project without a party, each household a matter of its own."""

from __future__ import annotations

import pytest

from mingjing.cases.models import Case
from mingjing.cases.queries import case_page
from mingjing.publicity.models import Publication
from tests.office import Office
from tests.taken_scenarios import FOLDER, Walk, live, scenarios

pytestmark = pytest.mark.django_db


def test_a_project_is_decided_announced_and_published_without_a_party(office: Office) -> None:
    walk = live(office, "expropriation", "old-town-renewal")

    case = walk.case
    assert case.outcome == "completed"
    assert case.party is None
    assert walk.papers == [
        "legal-review-opinion",
        "discussion-record",
        "expropriation-decision",
        "expropriation-announcement",
        "publicity-review",
        "closing-approval",
    ]
    shown = Publication.objects.get(case=case)
    assert shown.subject == ""
    assert shown.conclusion == "某某片区旧城区改建项目，征收范围内房屋"


def test_a_project_stays_open_while_a_household_is(office: Office) -> None:
    project = Walk(office, scenarios.load(FOLDER / "expropriation" / "old-town-renewal.toml"))
    for line in project.scenario.lines[:-2]:
        project.do(line)
    household = Walk(
        office,
        scenarios.load(FOLDER / "expropriation-compensation" / "agreed-and-moved.toml"),
        parent_id=project.case_id,
    )
    household.do(household.scenario.lines[0])

    _, why = project.tried(project.scenario.lines[-2], "close")

    assert why is not None
    assert why.code == "children-open"
    page = case_page(office.actor("handler"), household.case.no, household.case.opened_at)
    assert page.parent is not None
    assert page.parent.no == project.case.no
    assert Case.objects.filter(parent_id=project.case_id).count() == 1


@pytest.mark.parametrize(
    "name", ["not-public-interest", "high-risk", "frozen-a-year", "review-finds-problems", "revoked"]
)
def test_other_ways_of_a_project_are_taken_at_the_desk(office: Office, name: str) -> None:
    walk = live(office, "expropriation", name)

    assert walk.case.outcome == walk.scenario.exit


@pytest.mark.parametrize(
    "name",
    [
        "agreed-and-moved",
        "illegal-building",
        "decided-and-moved",
        "owner-unclear",
        "enforced-by-court",
        "revoked",
    ],
)
def test_every_way_of_a_household_is_taken_at_the_desk(office: Office, name: str) -> None:
    walk = live(office, "expropriation-compensation", name)

    assert walk.case.outcome == walk.scenario.exit
    assert walk.case.no[9:11] == "04"
