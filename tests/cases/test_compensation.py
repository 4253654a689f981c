"""State compensation at the desk: heard, decided in two months, served in ten days, paid on request."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.office import Office
from tests.taken_scenarios import FOLDER, live

pytestmark = pytest.mark.django_db

NAMES = sorted(path.stem for path in Path(FOLDER / "state-compensation").glob("*.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_every_way_of_a_claim_is_taken_at_the_desk(office: Office, name: str) -> None:
    walk = live(office, "state-compensation", name)

    assert walk.case.outcome == (walk.scenario.exit or "")


def test_the_decision_tells_both_ways_to_object_and_the_term_of_three_months(office: Office) -> None:
    """国家赔偿法 art. 14 (2): three months from the decision, not six from its service."""
    walk = live(office, "state-compensation", "refused")

    decision = walk.case.papers.get(form="state-compensation-decision")
    assert decision.number
    assert "".join(decision.data["remedy"]).count("三个月") == 1
    assert walk.papers == ["state-compensation-decision", "service-receipt"]
