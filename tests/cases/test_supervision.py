"""Supervision at the desk: the bureau's side and the supervised organ's, each to every end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mingjing.cases import actions as cases
from mingjing.cases import queries
from mingjing.kernel.refused import Refused
from tests.office import MONDAY, Office, found_office, load_law, one_rolled_back_world
from tests.taken_scenarios import live

pytestmark = pytest.mark.django_db

CONTENT = {
    "supervised_organ": "某某区某某局",
    "supervision_source": "alarm",
    "supervision_content": "三件处罚决定逾期公示。",
}


@pytest.fixture(scope="module")
def bureau(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Office]:
    """A staffed justice bureau."""
    with one_rolled_back_world(django_db_blocker, tmp_path_factory.mktemp("var")):
        load_law()
        office = found_office(name="达州市某某司法局", is_justice_bureau=True, paper_prefix="达司")
        yield office


def opened(office: Office, who: str = "supervisor") -> Any:
    return cases.open_case(
        organ_id=office.organ.pk,
        procedure="supervision",
        title="某某区某某局未公示处罚决定监督案",
        facts=CONTENT,
        actor=office.actor(who),
        at=MONDAY,
    )


def test_a_notice_is_issued_answered_verified_and_filed(bureau: Office) -> None:
    walk = live(bureau, "supervision", "notice-rectified")

    assert walk.case.outcome == "rectified"
    assert walk.case.party is None
    assert walk.papers == ["supervision-record", "supervision-notice"]
    assert walk.case.papers.get(form="supervision-notice").number.startswith("达司监通〔2026〕")
    assert walk.case.label.startswith("达司监通")


@pytest.mark.parametrize(
    ("name", "papers"),
    [
        ("no-problem", []),
        ("file-review-decision", ["file-review-sheet", "supervision-talk", "supervision-decision"]),
        ("urged-then-referred", ["supervision-opinion", "supervision-urge"]),
        ("urged-then-rectified", ["supervision-opinion", "supervision-urge"]),
    ],
)
def test_every_other_way_a_supervision_goes(bureau: Office, name: str, papers: list[str]) -> None:
    walk = live(bureau, "supervision", name)

    assert walk.case.ended_at
    assert walk.papers == papers


@pytest.mark.parametrize("name", ["accepted", "again", "overdue"])
def test_the_supervised_organ_corrects_and_reports(office: Office, name: str) -> None:
    walk = live(office, "supervision-answer", name)

    assert walk.case.outcome == "accepted"
    assert set(walk.papers) == {"rectification-report"}


def test_only_a_justice_bureau_supervises(office: Office) -> None:
    with pytest.raises(Refused) as refused:
        opened(office)

    assert refused.value.code == "not-justice-bureau"
    assert "司法行政机关" in refused.value.reason


def test_a_handler_of_the_bureau_does_not_supervise(bureau: Office) -> None:
    with pytest.raises(Refused) as refused:
        opened(bureau, "handler")

    assert refused.value.code == "wrong-role"


def test_what_is_owed_stands_in_the_supervisors_own_list(bureau: Office) -> None:
    opened(bureau)

    rows, _ = queries.todo(bureau.actor("supervisor"), MONDAY)

    assert [row.step for row in rows] == ["conclude"]
