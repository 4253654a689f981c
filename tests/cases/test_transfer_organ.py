"""案件移送 to another organ: receipt, refusal, agreement or designation, and what the penalty case learns of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mingjing.cases import actions as cases
from mingjing.cases.models import Case
from tests.office import MONDAY, Matter, Office, open_matter, refused, scene

pytestmark = pytest.mark.django_db


def investigated(office: Office) -> Matter:
    matter = open_matter(office)
    for step in ("site_inspection", "file", "interview", "evidence_extract"):
        matter.do(step)
    return matter


def sent(office: Office, parent: Case) -> Matter:
    """A transfer grown out of a penalty case, proposed and approved."""
    assert parent.party is not None
    facts: dict[str, Any] = {
        "source_kind": "penalty",
        "cause": "涉嫌擅自占道经营",
        "found_on": "2026-02-27",
        "violation_place": "通川区某某路",
        "lead_content": "当事人占用人行道经营，不属于本机关管辖。",
        "transfer_to": "达州市某某综合行政执法局",
        "transfer_reason": "占道经营由城市管理部门管辖。",
        "transfer_basis": "行政处罚法/22",
        "transfer_materials": "现场检查笔录一份\n照片四张",
    }
    taken = cases.open_case(
        organ_id=office.organ.pk,
        procedure="transfer-organ",
        title=f"{parent.party.name}移送案",
        facts=facts,
        actor=office.actor("handler"),
        at=MONDAY,
        party_id=parent.party.pk,
        handlers=[office.people[who].pk for who in ("handler", "second")],
        parent_id=parent.pk,
    )
    matter = Matter(office, scene(party_name=parent.party.name), MONDAY, taken.case_id, [taken])
    if taken.submission_id is not None:
        matter.approve(taken)
    return matter


def test_what_the_other_organ_takes_ends_the_penalty_case(office: Office) -> None:
    """行政处罚法 arts. 22-25: with a receipt, and not before it."""
    penalty = investigated(office)
    transfer = sent(office, penalty.case)
    assert transfer.case.papers.filter(form="case-transfer-letter").count() == 1

    with refused("transfer-running", basis="行政处罚法/25"):
        penalty.do("conclude")
    transfer.move_to(date(2026, 3, 4)).do(
        "reception", reception_on="2026-03-04", reception_by="某某", reception="accepted"
    )
    transfer.do(
        "hand_over_files", handed_over_on="2026-03-04", handed_over_items="笔录一份", handed_over_to="某某"
    )
    assert penalty.case.outcome == "transferred"
    transfer.do("close_transferred")
    assert transfer.case.outcome == "transferred"


def test_a_case_designated_to_this_organ_goes_on(office: Office) -> None:
    """行政处罚法 art. 25(2)."""
    penalty = investigated(office)
    transfer = sent(office, penalty.case)
    transfer.move_to(date(2026, 3, 4)).do(
        "reception",
        reception_on="2026-03-04",
        reception_by="某某",
        reception="refused",
        reception_refusal="不属于本机关职责。",
    )
    transfer.do(
        "request_designation",
        superior_organ="达州市人民政府",
        disputing_organs="达州市某某局\n达州市某某综合行政执法局",
        designation_request="请求指定。",
    )
    transfer.move_to(date(2026, 3, 11)).do(
        "designation", designated="ours", designation_no="达市府指〔2026〕1号", designation_on="2026-03-11"
    )
    assert transfer.owed() == {"close_kept"}
    transfer.do("close_kept", next_matter="running", next_matter_reason="指定由本机关管辖。")

    assert transfer.case.outcome == "kept"
    penalty.move_to(date(2026, 3, 12)).do("conclude")
