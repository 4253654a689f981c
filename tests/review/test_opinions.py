"""法制审核: rounds of opinion, what exactly was reviewed, and by whom."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from mingjing.cases.facts import InvalidFacts
from mingjing.cases.models import CaseOfficer
from mingjing.kernel import canonical
from mingjing.review import actions
from mingjing.review.models import Review
from mingjing.review.queries import reviews_of
from tests.office import Matter, Office, nothing_saved, open_matter, refused, with_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(office: Office) -> Matter:
    """A major case that waits for its review."""
    found = open_matter(office, power="FOOD-03", fine_fen=6_000_000)
    for step in ("site_inspection", "file", "interview", "conclude"):
        found.do(step)
    return found


def give(matter: Matter, who: str = "reviewer", **more: Any) -> Any:
    values: dict[str, Any] = {
        "case_id": matter.case_id,
        "facts": matter.form("legal_review"),
        "actor": matter.office.actor(who, matter.at),
        "at": matter.at,
    }
    return actions.give_opinion(**{**values, **more})


def test_an_agreeing_opinion_opens_the_way_to_the_notice(matter: Matter, office: Office) -> None:
    assert "legal_review" in matter.owed()

    taken = give(matter)

    (review,) = Review.objects.filter(case_id=matter.case_id)
    assert (review.round, review.opinion, review.reviewer) == (1, "agree", office.people["reviewer"])
    assert review.step_id == taken.step_id
    assert len(review.points) == 10
    assert "legal_review" not in matter.owed()
    matter.do("advance_notice")


def test_problems_go_back_to_the_handler_and_a_second_round_follows(matter: Matter) -> None:
    with_scene(matter, review_problems=True)
    give(matter)
    assert "resubmit" in matter.owed()
    with refused("milestone", match="再次送审"):
        matter.do("advance_notice")
    with refused("not-included"):
        give(matter)

    matter.do("resubmit")
    give(matter)

    assert [(one.round, one.opinion) for one in reviews_of(matter.case_id)] == [
        (1, "存在问题"),
        (2, "同意"),
    ]
    assert "进货票据" in reviews_of(matter.case_id)[0].text


def test_the_review_freezes_what_was_reviewed(matter: Matter) -> None:
    reviewed = canonical.dump(canonical.normalized(matter.case.facts))

    give(matter)

    assert Review.objects.get().facts_sha256 == hashlib.sha256(reviewed).hexdigest()
    assert canonical.dump(canonical.normalized(matter.case.facts)) != reviewed


def test_the_reviewer_is_entered_in_the_case_as_reviewer(matter: Matter, office: Office) -> None:
    give(matter)

    assert (
        CaseOfficer.objects.get(case_id=matter.case_id, role="reviewer").officer == office.people["reviewer"]
    )


def test_one_point_ticked_is_one_point(matter: Matter) -> None:
    """A form with a single box ticked sends a text, not a list of letters."""
    give(matter, facts={**matter.form("legal_review"), "review_passed": "subject"})

    assert Review.objects.get().points == ["subject"]


@pytest.mark.parametrize(
    "facts, missing",
    [
        ({}, {"review_opinion", "review_passed"}),
        ({"review_opinion": "perhaps", "review_passed": ["subject"]}, {"review_opinion"}),
        (
            {"review_opinion": "problems", "review_passed": ["subject"]},
            {"review_problem_kinds", "review_problems"},
        ),
    ],
)
def test_an_opinion_that_is_not_complete_is_refused(
    matter: Matter, facts: dict[str, Any], missing: set[str]
) -> None:
    with nothing_saved(matter), pytest.raises(InvalidFacts) as caught:
        give(matter, facts=facts)

    assert set(caught.value.fields) == missing


def test_a_reviewer_who_saw_an_older_case_is_told(matter: Matter) -> None:
    seen = matter.case.version
    matter.do("service_address")

    with nothing_saved(matter), refused("changed-meanwhile"):
        give(matter, version=seen)


@pytest.mark.parametrize("who", ["handler", "organ_head", "hearing_host", "unit_head", "supervisor"])
def test_only_a_reviewer_reviews(matter: Matter, who: str) -> None:
    with nothing_saved(matter), refused("wrong-role", match="法制审核人员"):
        give(matter, who=who)


def test_a_case_that_is_not_major_is_not_reviewed(office: Office) -> None:
    matter = open_matter(office)
    for step in ("site_inspection", "file", "interview", "conclude"):
        matter.do(step)

    with nothing_saved(matter), refused("not-included"):
        give(matter)
