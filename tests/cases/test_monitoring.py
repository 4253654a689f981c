"""电子技术监控记录 through ``take``: reviewed by another, told to the party, evidence only when it passed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.office import MONDAY, Office, nothing_saved, person, refused

from .filling import Walk, opened

pytestmark = pytest.mark.django_db

DEVICE = dict.fromkeys(
    (
        "device_by_law",
        "legal_reviewed",
        "technically_reviewed",
        "place_published",
        "device_standard",
        "sign_visible",
    ),
    True,
)
SOUND = dict.fromkeys(("record_true", "record_clear", "record_complete", "record_accurate"), True)


def captured(office: Office, **changes: Any) -> Walk:
    """A car at a red light, taken in on Monday 2 March 2026."""
    return opened(office, "monitoring-record", field="traffic", party=person(), **{**DEVICE, **changes})


def told(office: Office) -> Walk:
    walk = captured(office)
    walk.do("review", **SOUND)
    walk.do("notify")
    return walk


def spot_penalty(office: Office, parent: Walk) -> Walk:
    facts = {"violation_on": "2026-03-02", "violation_at": MONDAY}
    return opened(
        office,
        "penalty-summary",
        power="TRAF-01",
        parent=parent.case_id,
        at=parent.at,
        party=person(),
        **facts,
    )


def test_a_record_walks_to_a_penalty_of_its_own(office: Office) -> None:
    walk = captured(office)
    assert walk.due("review") == date(2026, 3, 9)
    walk.do("review", **SOUND)
    assert walk.due("notify") == date(2026, 3, 9)
    walk.do("notify")
    assert walk.due("handle") == date(2026, 4, 1)
    walk.move_to(date(2026, 3, 16)).do("handle")
    assert walk.owed() == {"refer"}

    with refused("next-matter-missing"), nothing_saved():
        walk.do("refer", next_matter="penalty")
    spot_penalty(office, walk)
    walk.do("refer", next_matter="penalty")
    assert walk.case.outcome == "referred"


def test_who_took_the_record_in_does_not_review_it(office: Office) -> None:
    office.hire("both", ("handler", "reviewer"), name="午某某")
    walk = captured(office)
    other = opened(office, "monitoring-record", field="traffic", party=person(), handlers=("both",), **DEVICE)

    with refused("same-person", basis="行政处罚法/41"), nothing_saved():
        other.do("review", who="both", **SOUND)
    walk.do("review", who="both", **SOUND)


@pytest.mark.parametrize("lacking", [*DEVICE, *SOUND])
def test_a_record_that_lacks_anything_is_told_to_nobody(office: Office, lacking: str) -> None:
    """行政处罚法 art. 41 (1), (2): each of the conditions by itself."""
    walk = captured(office, **({lacking: False} if lacking in DEVICE else {}))
    walk.do("review", **{**SOUND, **({lacking: False} if lacking in SOUND else {})})

    assert walk.owed() == {"discard"}
    with refused("not-included"), nothing_saved():
        walk.do("notify")
    walk.do("discard")
    assert walk.case.outcome == "discarded"


def test_no_penalty_rests_on_a_record_that_was_not_reviewed(office: Office) -> None:
    walk = captured(office)
    penalty = spot_penalty(office, walk)
    penalty.do(
        "hear_party", power_item="TRAF-01", noticed_fine_fen=10_000, penalty_provision="道路交通安全法/90"
    )

    with refused("record-not-reviewed", basis="行政处罚法/41"), nothing_saved():
        penalty.do("spot_decision", fine_fen=10_000)
    walk.do("review", **SOUND)
    penalty.do("spot_decision", fine_fen=10_000)


def test_a_wrong_record_is_removed_within_three_working_days(office: Office) -> None:
    walk = told(office)
    walk.move_to(date(2026, 4, 2)).do("object")
    with refused("not-included"):
        walk.do("remove")
    walk.do("verify", removal_ground="stolen")
    assert walk.due("remove") == date(2026, 4, 8)  # 清明 rests from 4 to 6 April
    walk.do("remove")
    assert walk.case.outcome == "removed"


def test_the_platform_records_that_the_term_to_come_has_passed(office: Office) -> None:
    walk = told(office)
    walk.move_to(date(2026, 3, 31)).do("extend_handling")
    assert walk.due("handle") == date(2026, 7, 1)

    walk.move_to(date(2026, 7, 2), hour=0)
    assert walk.lapse() == 1
    assert walk.owed() == {"refer"}
