"""行刑衔接 lived through by actions: a matter of its own from report to hand-over, and what it may grow into."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mingjing.cases import actions as cases
from mingjing.cases.models import Case
from tests.office import MONDAY, Matter, Office, company, open_matter, refused, scene

pytestmark = pytest.mark.django_db

CRIME = "transfer-crime"


def told(office: Office, **given: Any) -> dict[str, Any]:
    """The report of the task group."""
    return {
        "source_kind": "monitoring",
        "cause": "涉嫌生产、销售不符合安全标准的食品",
        "found_on": "2026-02-27",
        "violation_place": "通川区某某路",
        "violation_fact": "当事人销售的熟肉制品致病菌超过限量，已售出二百袋。",
        "suspected_crime": "生产、销售不符合安全标准的食品罪",
        "prosecution_standard": "足以造成严重食物中毒事故。",
        "crime_evidence": "检验报告一份、进销货台账一份、询问笔录两份。",
        "task_group": [office.people["handler"].pk, office.people["second"].pk],
        **given,
    }


def opened(office: Office, parent: Case | None = None) -> Matter:
    party = (parent.party if parent else None) or company()
    taken = cases.open_case(
        organ_id=office.organ.pk,
        procedure=CRIME,
        title=f"{party.name}涉嫌犯罪移送",
        facts=told(office),
        actor=office.actor("handler"),
        at=MONDAY,
        party_id=party.pk,
        handlers=[office.people[who].pk for who in ("handler", "second")],
        parent_id=parent.pk if parent else None,
    )
    return Matter(office, scene(party_name=party.name), MONDAY, taken.case_id, [taken])


def transferred(office: Office, parent: Case | None = None) -> Matter:
    matter = opened(office, parent)
    matter.do("transfer_decision", transfer_approved="yes")
    matter.do(
        "transfer_crime",
        transfer_to="达州市公安局某某支队",
        violation_fact="当事人销售致病菌超过限量的熟肉制品二百袋。",
        crime_course="监督抽检发现，收到检验报告后由两名执法人员核实。",
        transfer_basis="行政处罚法/27(1)",
        has_goods=True,
        crime_goods="熟肉制品 | 200克/袋 | 袋 | 120 | 本机关保管室 | 封存",
        transfer_materials="调查报告一份\n涉案物品清单一份\n检验报告一份",
    )
    matter.do("police_receipt", receipt_at=matter.at, receipt_by="某警官", police_competent="yes")
    return matter


def investigated(office: Office) -> Matter:
    """A penalty case with its evidence, before anything is proposed."""
    matter = open_matter(office)
    for step in ("site_inspection", "file", "interview", "evidence_extract"):
        matter.do(step)
    return matter


def test_a_case_goes_to_the_police_with_its_papers_and_goods(office: Office) -> None:
    """移送规定 arts. 5, 6, 8, 12; 行政强制法 art. 21."""
    matter = transferred(office)
    assert matter.owed() == {"police_reply"}

    matter.move_to(date(2026, 3, 4)).do("police_reply", police_opened="yes", police_reply_on="2026-03-04")
    matter.do(
        "hand_over",
        handed_over_on="2026-03-04",
        handed_over_items="熟肉制品 | 200克/袋 | 袋 | 120 | 封存",
        handed_over_to="达州市公安局某某支队 某警官",
        has_seized_goods=True,
    )
    matter.do(
        "close_transferred", closing_kind="transferred", closing_result="公安机关已立案，物品移交完毕。"
    )

    case = matter.case
    assert case.outcome == "transferred_crime"
    assert [paper.form for paper in case.papers.order_by("id")] == [
        "transfer-approval",
        "transfer-crime-letter",
        "crime-investigation-report",
        "crime-goods-list",
        "goods-transfer-notice",
        "closing-approval",
    ]
    due = dict(case.obligations.values_list("clock", "due_at"))
    assert {"TRF-3", "TRF-24H", "TRF-PS3", "TRF-HAND"} <= due.keys()


def test_only_the_principal_head_decides(office: Office) -> None:
    """移送规定 art. 5(2)."""
    matter = opened(office)
    office.hire("deputy", ("organ_head",), certified=False)

    with refused("not-principal", basis="行政执法机关移送涉嫌犯罪案件的规定/5"):
        matter.do("transfer_decision", who="deputy", transfer_approved="yes")


def test_what_the_police_decline_becomes_a_penalty_case_before_the_matter_is_closed(office: Office) -> None:
    """移送规定 art. 10."""
    matter = transferred(office)
    matter.move_to(date(2026, 3, 4)).do("police_reply", police_opened="no", police_reply_on="2026-03-04")
    closing = {"next_matter": "penalty", "next_matter_reason": "依法应当给予行政处罚。"}

    with refused("next-matter-missing", basis="行政处罚法/54(2)"):
        matter.do("close_declined", **closing)

    lead = open_matter(office, party=matter.case.party, at=matter.at)
    Case.objects.filter(pk=lead.case_id).update(parent=matter.case_id)
    matter.do("close_declined", **closing)
    assert matter.case.outcome == "police_declined"


def test_a_penalty_stands_still_while_the_police_look_at_it_and_ends_with_the_hand_over(
    office: Office,
) -> None:
    """行政处罚法 art. 27(1); 移送规定 arts. 11(1), 12: no penalty in place of the transfer."""
    penalty = investigated(office)
    crime = transferred(office, penalty.case)

    with refused("crime-transfer-running", basis="行政执法机关移送涉嫌犯罪案件的规定/11"):
        penalty.do("conclude")
    with refused("crime-transfer-running"):
        penalty.do(
            "withdraw_filing",
            matter_kind="withdraw",
            withdrawal_ground="other",
            matter_reason="另案移送。",
            matter_basis="行政处罚法/27(1)",
        )

    crime.move_to(date(2026, 3, 4)).do("police_reply", police_opened="yes", police_reply_on="2026-03-04")
    crime.do(
        "hand_over", handed_over_on="2026-03-04", handed_over_items="熟肉制品一箱", handed_over_to="某支队"
    )

    crime.do("close_transferred", closing_kind="transferred", closing_result="物品移交完毕。")

    assert penalty.owed() == {"close_transferred"}
    penalty.move_to(date(2026, 3, 5)).do(
        "close_transferred", closing_kind="transferred", closing_result="公安机关已立案，移送结案。"
    )
    assert penalty.case.outcome == "transferred_crime"


def test_a_penalty_goes_on_where_the_police_decline(office: Office) -> None:
    """移送规定 art. 10."""
    penalty = investigated(office)
    crime = transferred(office, penalty.case)
    crime.move_to(date(2026, 3, 4)).do("police_reply", police_opened="no", police_reply_on="2026-03-04")
    crime.do("close_declined", next_matter="running", next_matter_reason="依法应当给予行政处罚。")

    penalty.move_to(date(2026, 3, 5)).do("conclude")
    assert "crime_taken" not in penalty.owed()
