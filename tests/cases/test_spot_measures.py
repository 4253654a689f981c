"""现场处理措施 through ``take``: approval before or after, the decision handed over, no resumption without a review."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from mingjing.cases import queries
from mingjing.cases.models import Service
from mingjing.law import queries as law
from mingjing.publicity.models import Publication
from tests.office import SHANGHAI, Office, nothing_saved, refused

from .filling import Walk, opened

pytestmark = pytest.mark.django_db

MAJOR = {"hazard_level": "major", "unsafe_while_mending": True, "spot_kinds": ["evacuate", "suspend"]}


def proposed(office: Office, **changes: Any) -> Walk:
    """A quarry with loose rock, on Monday 2 March 2026."""
    return opened(office, "spot-measure", field="work_safety", **{**MAJOR, **changes})


def decided(office: Office, **changes: Any) -> Walk:
    walk = proposed(office, **changes)
    if "approve" in walk.work.marking.included:
        walk.do("approve")
    walk.do("decide", measured_at=walk.at, mend_due_on="2026-03-31")
    return walk


def test_a_measure_walks_to_its_resumption_with_its_papers(office: Office) -> None:
    walk = decided(office)
    decision = walk.paper("spot-measure-decision")
    assert Service.objects.get(paper=decision).method == "direct"
    assert decision.data["remedy"]
    assert decision.data["facts"]["stops"] is True
    assert walk.case.label == decision.number
    assert walk.due("review") == date(2026, 3, 31)

    walk.move_to(date(2026, 3, 10)).do("apply_resume")
    dues = walk.case.obligations.filter(step="review", state="open").values_list("due_at", flat=True)
    assert min(dues).astimezone(SHANGHAI).date() == date(2026, 3, 20)
    walk.move_to(date(2026, 3, 12)).do("review", recheck_result="eliminated")
    assert "spot-measure-decision" in {one["form"] for one in walk.paper("recheck-opinion").data["papers"]}
    walk.do("resume")
    walk.do("publish")
    walk.do("archive_resumed")

    assert walk.case.outcome == "resumed"
    assert walk.owed() == set()
    (shown,) = Publication.objects.filter(case_id=walk.case_id)
    assert shown.conclusion == "责令从危险区域撤出作业人员、责令暂时停产停业"


def test_an_urgent_measure_is_reported_within_a_day(office: Office) -> None:
    walk = decided(office, urgent_spot=True)
    row = walk.case.obligations.get(step="report_back", state="open")

    assert row.due_at == datetime(2026, 3, 3, 9, 0, tzinfo=SHANGHAI)
    walk.do("report_back", spot_approved="no")
    walk.do("lift", lift_told_at=walk.at)
    assert walk.owed() == {"publish", "archive_lifted"}


@pytest.mark.parametrize(
    "changes", [{"hazard_level": "ordinary"}, {"unsafe_while_mending": False}], ids=["ordinary", "safe"]
)
@pytest.mark.parametrize("urgent", [False, True])
def test_nothing_is_stopped_without_the_grounds_of_the_statute(
    office: Office, changes: dict[str, Any], urgent: bool
) -> None:
    """安全生产法 art. 65 (1) 3: a major hazard, and no safety before or while it is removed."""
    walk = proposed(office, urgent_spot=urgent, **changes)

    for step in ("approve", "decide"):
        with refused("not-included"), nothing_saved():
            walk.do(step, mend_due_on="2026-03-31")


def test_one_officer_orders_nothing(office: Office) -> None:
    walk = proposed(office, handlers=("handler",))

    with refused("officers-not-certified"), nothing_saved():
        walk.do("approve")


def test_a_refusal_to_mend_is_carried_on(office: Office) -> None:
    walk = decided(office)
    walk.move_to(date(2026, 3, 31)).do("review", recheck_result="refused", recheck_due_on="2026-04-15")
    assert walk.due("review") == date(2026, 4, 15)

    with refused("next-matter-missing", basis="行政处罚法/54"), nothing_saved():
        walk.do("refer", next_matter="penalty")
    opened(office, "penalty-ordinary", power="SAFE-06", parent=walk.case_id, at=walk.at)
    walk.do("refer", next_matter="penalty")
    with refused("not-included"):
        walk.do("resume")


def test_power_may_be_cut_where_the_order_is_not_obeyed(office: Office) -> None:
    """安全生产法 art. 70 (1): the cut grows out of the order, and begins with its title and number."""
    walk = decided(office)
    may = {one.id for one in law.procedures(walk.at.date()) if queries.may_grow(one, walk.case.act)}
    origin = queries.origin_for(office.actor("handler", walk.at), walk.case.no, walk.at)

    assert {"measure-power", "penalty-ordinary", "transfer-crime", "reconsideration"} <= may
    assert origin.facts["decision_title"] == "现场处理措施决定书"
