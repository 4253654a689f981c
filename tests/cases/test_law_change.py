"""Cases that straddle a change of law, and fines off the benchmark, through the one door.

行政处罚法 arts. 34, 37; 生态环境法典 art. 1242 (2026-08-15); 治安管理处罚法 as revised (2026-01-01).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from mingjing.cases.models import Case
from tests.cases.test_refusals import INVESTIGATED
from tests.office import (
    SHANGHAI,
    Matter,
    Office,
    nothing_saved,
    open_matter,
    person,
    refused,
    to_notice,
)

pytestmark = pytest.mark.django_db

WHY = "逐项比较新旧规定的种类和幅度，写明适用的理由。"
OLD_AIR = {"violated_provision": "大气污染防治法/72", "penalty_provision": "大气污染防治法/117"}


def printed(matter: Matter, form: str) -> Any:
    """The facts that the latest paper of that form prints."""
    return matter.case.papers.filter(form=form).latest("id").data["facts"]


def straddling(office: Office, power: str, act: str, at: datetime, **more: Any) -> Matter:
    """A case investigated after the change, of an act before it."""
    matter = open_matter(office, power=power, at=at, **more)
    Case.objects.filter(pk=matter.case_id).update(facts={**matter.case.facts, "violation_on": act})
    for step in INVESTIGATED:
        matter.do(step)
    return matter


def dust(office: Office) -> Matter:
    at = datetime(2026, 8, 17, 9, tzinfo=SHANGHAI)
    return straddling(office, "ENV-10", "2026-08-14", at, fine_fen=2_000_000, field="environment")


def test_after_a_change_of_law_one_of_the_two_must_be_chosen(office: Office) -> None:
    matter = dust(office)

    with nothing_saved(matter), refused("law-not-chosen", basis="行政处罚法/37", match="2026-08-14"):
        matter.do("conclude", **OLD_AIR)


def test_where_both_fine_alike_the_law_of_the_day_of_the_act_applies(office: Office) -> None:
    """大气污染防治法 art. 117 and 生态环境法典 art. 1130: ten to a hundred thousand yuan both."""
    matter = dust(office)

    with nothing_saved(matter), refused("not-the-lighter-law", match="大气污染防治法"):
        matter.do("conclude", law_applied="now", law_choice_reason=WHY)
    matter.do("conclude", law_applied="then", law_choice_reason=WHY, **OLD_AIR)

    facts = matter.case.facts
    assert (facts["law_applied"], facts["law_choice_reason"]) == ("then", WHY)
    assert printed(matter, "investigation-report")["law_choice_reason"] == WHY


def test_what_the_old_law_did_not_know_cannot_be_cited_for_it(office: Office) -> None:
    matter = dust(office)

    with nothing_saved(matter), refused("power-not-in-force", basis="行政处罚法/37"):
        matter.do("conclude", law_applied="then", law_choice_reason=WHY)


def test_the_fine_is_judged_by_the_law_that_is_applied(office: Office) -> None:
    """治安管理处罚法 2012 art. 43: 200 to 500 yuan; 2025 art. 51: 500 to 1000."""
    blow = {
        "power_item": "PS-05",
        "violated_provision": "治安管理处罚法/51(1)",
        "penalty_provision": "治安管理处罚法/51(1)",
    }
    old = {**blow, "violated_provision": "治安管理处罚法/43(1)", "penalty_provision": "治安管理处罚法/43(1)"}
    at = datetime(2026, 1, 5, 9, tzinfo=SHANGHAI)
    matter = straddling(office, "FOOD-04", "2025-12-30", at, party=person(), field="public_security")
    chosen = {"law_applied": "then", "law_choice_reason": WHY, **old}

    with nothing_saved(matter), refused("not-the-lighter-law", match="500元"):
        matter.do("conclude", fine_fen=60_000, law_applied="now", law_choice_reason=WHY, **blow)
    with nothing_saved(matter), refused("fine-above", match="500元"):
        matter.do("conclude", fine_fen=60_000, **chosen)
    matter.do("conclude", fine_fen=40_000, **chosen)
    assert matter.case.facts["fine_fen"] == 40_000


def test_a_fine_off_the_benchmark_needs_a_reason_and_the_head_who_agrees(office: Office) -> None:
    """行政处罚法 art. 34. FOOD-04 (食品安全法 art. 125(1)): 5,000 to 50,000 yuan, ordinary from 30 per cent on."""
    matter = open_matter(office, fine_fen=600_000)
    for step in INVESTIGATED:
        matter.do(step)
    off = {"tier": "heavier"}

    with nothing_saved(matter), refused("off-benchmark", basis="行政处罚法/34", match="从重"):
        matter.do("conclude", **off)
    reason = "同类案件处罚畸轻，本案情节居于两档之间。"
    matter.do("conclude", deviation_reason=reason, **off)
    matter.do("advance_notice")
    matter.do("serve_notice")
    matter.move_to(date(2026, 3, 11))
    with nothing_saved(matter), refused("bad-facts", match="批准偏离裁量基准的意见"):
        matter.do("decide", deviation_reason=reason, deviation_approval="")
    matter.do("decide", deviation_reason=reason, deviation_approval="同意。")

    shown = printed(matter, "decision-approval")
    assert (shown["deviation_reason"], shown["deviation_approval"]) == (reason, "同意。")


def test_a_fine_in_its_tier_needs_no_further_reason(office: Office) -> None:
    matter = to_notice(open_matter(office, fine_fen=600_000))

    assert matter.case.facts["tier"] == "lighter"
    assert "deviation_reason" not in matter.case.facts


def test_a_fine_for_not_correcting_needs_the_order_first(office: Office) -> None:
    """食品安全法 art. 126(1): order and warning first, a fine only for those who refuse."""
    matter = open_matter(office, power="FOOD-06", fine_fen=1_000_000)
    for step in INVESTIGATED:
        matter.do(step)
    nothing = {"prior_order_no": "", "prior_checked_on": ""}

    with nothing_saved(matter), refused("not-ordered-first", basis="食品安全法/126(1)"):
        matter.do("conclude", **nothing)
    matter.do("correction_order", correction_due_on="2026-03-05")
    matter.move_to(date(2026, 3, 6)).do("correction_check", correction_result="corrected")
    with nothing_saved(matter), refused("not-ordered-first"):
        matter.do("conclude", **nothing)
    matter.do("correction_order", correction_due_on="2026-03-09")
    matter.move_to(date(2026, 3, 10)).do("correction_check", correction_result="refused")
    matter.do("conclude", **nothing)
    assert matter.case.facts["correction_result"] == "refused"
