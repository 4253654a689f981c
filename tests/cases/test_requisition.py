"""Requisition at the desk: nothing is taken without a list, nothing is closed before it is given back and paid."""

from __future__ import annotations

import pytest

from mingjing.publicity.models import Publication
from tests.office import Office
from tests.taken_scenarios import live

pytestmark = pytest.mark.django_db


def test_a_requisition_is_decided_listed_returned_compensated_and_published(office: Office) -> None:
    walk = live(office, "requisition", "agreed")

    case = walk.case
    assert case.outcome == "completed"
    assert case.no[9:11] == "11"
    assert walk.papers == [
        "requisition-decision",
        "service-receipt",
        "requisition-list",
        "requisition-return",
        "requisition-compensation-agreement",
        "publicity-review",
        "closing-approval",
    ]
    shown = Publication.objects.get(case=case)
    assert shown.conclusion == "因某某镇山洪抢险转运物资予以征用"
    assert ["征用期限", "2026年7月20日"] in shown.rendition["text"]


@pytest.mark.parametrize(
    "name", ["no-emergency", "no-power", "damaged-decided", "illegal-still-compensated", "consumed"]
)
def test_every_other_way_a_requisition_goes_is_taken_at_the_desk(office: Office, name: str) -> None:
    assert live(office, "requisition", name).case.outcome
