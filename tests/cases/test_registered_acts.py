"""Benefit, confirmation, adjudication and reward at the desk: registered, decided on paper, told, published or not."""

from __future__ import annotations

import pytest

from mingjing.publicity.models import Publication
from tests.office import Office
from tests.taken_scenarios import live

pytestmark = pytest.mark.django_db


def test_a_benefit_is_announced_in_the_village_and_never_on_the_site(office: Office) -> None:
    """社会救助法 art. 45; what a household lives on is nobody else's business."""
    walk = live(office, "benefit", "urgent-aid-first")

    case = walk.case
    assert (case.outcome, case.act, case.no[9:11]) == ("granted", "benefit", "05")
    assert case.label == case.papers.get(form="benefit-decision").number
    assert walk.papers == ["benefit-decision", "service-receipt"]
    assert not Publication.objects.filter(case=case).exists()


def test_a_confirmation_is_published_with_its_result(office: Office) -> None:
    walk = live(office, "confirmation", "confirmed")

    assert (walk.case.outcome, walk.case.no[9:11]) == ("granted", "07")
    assert Publication.objects.get(case=walk.case).conclusion.endswith("，予以确认")


def test_an_adjudication_hears_both_sides_and_is_told_to_both(office: Office) -> None:
    """企业名称登记管理规定 art. 21; 行政诉讼法 art. 61(1): the court may decide the dispute along with it."""
    walk = live(office, "adjudication", "adjudicated")

    assert (walk.case.outcome, walk.case.no[9:11]) == ("granted", "09")
    paper = walk.case.papers.get(form="adjudication-decision")
    assert "一并审理" in "".join(paper.data["remedy"])
    assert paper.data["facts"]["respondent_side"]


def test_who_informs_is_never_published_who_is_honored_is(office: Office) -> None:
    """食品安全法 art. 115(2)."""
    informant = live(office, "reward", "informant-rewarded")
    honored = live(office, "reward", "honored")

    assert (informant.case.outcome, informant.case.no[9:11]) == ("granted", "08")
    assert not Publication.objects.filter(case=informant.case).exists()
    assert Publication.objects.get(case=honored.case).conclusion.endswith("，给予奖励")


@pytest.mark.parametrize(
    ("procedure", "name"),
    [
        ("benefit", "granted"),
        ("benefit", "refused"),
        ("benefit", "not-accepted"),
        ("benefit", "revoked"),
        ("confirmation", "refused-after-review"),
        ("confirmation", "not-accepted"),
        ("confirmation", "revoked"),
        ("adjudication", "mediated"),
        ("adjudication", "dismissed"),
        ("adjudication", "not-accepted"),
        ("adjudication", "revoked"),
        ("reward", "refused"),
        ("reward", "not-accepted"),
        ("reward", "revoked"),
    ],
)
def test_every_other_way_is_taken_at_the_desk(office: Office, procedure: str, name: str) -> None:
    walk = live(office, procedure, name)

    assert walk.case.outcome == walk.scenario.exit
