"""Freezing, power cuts and restraint through ``take``: the papers, the terms, and who may not."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from mingjing.organs.models import Organ
from mingjing.publicity.models import Publication
from tests.office import SHANGHAI, Office, person, refused

from .filling import Walk, opened

pytestmark = pytest.mark.django_db


def organ_of(office: Office, field: str) -> Office:
    """The office as an organ that enforces something else."""
    Organ.objects.filter(pk=office.organ.pk).update(field=field)
    return office


# --- freezing ---

FREEZE = {
    "measure_kinds": ["freeze"],
    "coercive_power": "QZ-TAX-1",
    "involved_fen": 50_000_00,
    "frozen_fen": 50_000_00,
}


def frozen(office: Office) -> Walk:
    """Accounts frozen on Monday 2 March 2026 by the tax office."""
    walk = opened(organ_of(office, "tax"), "measure-freezing", **FREEZE)
    walk.do("approve_measure")
    walk.do("freeze", bank_frozen_fen=48_200_00)
    return walk


def test_accounts_are_frozen_told_of_in_three_days_and_released(office: Office) -> None:
    walk = frozen(office)
    assert walk.due("serve_papers") == date(2026, 3, 5)
    assert walk.due("dispose") == date(2026, 4, 1)
    walk.do("serve_papers")
    walk.do("publish")
    walk.move_to(date(2026, 3, 25)).do("extend_measure")
    walk.do("serve_papers")
    assert walk.due("dispose") == date(2026, 5, 6)
    walk.move_to(date(2026, 4, 20)).do("dispose", disposal="release")
    walk.do("notify_bank")
    walk.do("serve_papers")
    walk.do("close")
    walk.do("archive_released")

    assert walk.case.outcome == "released"
    assert set(walk.papers()) >= {
        "freezing-notice",
        "freezing-decision",
        "measure-extension",
        "freezing-release-notice",
        "site-record",
    }
    (shown,) = Publication.objects.filter(case_id=walk.case_id)
    assert shown.conclusion == "冻结 48,200元"
    assert "6200" not in str(shown.rendition)


def test_the_bank_is_told_the_amount_asked_and_the_party_the_amount_frozen(office: Office) -> None:
    walk = frozen(office)

    assert walk.paper("freezing-notice").data["facts"]["frozen_fen"] == 50_000_00
    assert walk.paper("freezing-decision").data["facts"]["bank_frozen_fen"] == 48_200_00
    assert walk.paper("freezing-decision").data["remedy"]


def test_when_nobody_decides_the_bank_releases_by_law(office: Office) -> None:
    """行政强制法 art. 33 (3)."""
    walk = frozen(office)
    walk.do("serve_papers")
    walk.move_to(date(2026, 4, 2))

    assert walk.lapse() == 1
    walk.do("lift", lift_ground="expired")
    walk.do("notify_bank")
    walk.do("serve_papers")
    walk.do("withhold_publication")
    walk.do("close")
    walk.do("archive_lapsed")
    assert walk.case.outcome == "lapsed"


def test_frozen_money_is_handed_over_with_the_case(office: Office) -> None:
    walk = frozen(office)
    walk.do("serve_papers")
    walk.do("publish")
    walk.do("dispose", disposal="transfer")
    walk.do("hand_over")
    walk.do("close")
    walk.do("archive_transferred")

    assert "goods-transfer-notice" in walk.papers()


@pytest.mark.parametrize("field", ["food", "environment", "work_safety", "traffic", "public_security"])
def test_no_organ_of_the_six_fields_freezes_accounts(office: Office, field: str) -> None:
    with refused("no-statutory-power", basis="行政强制法/17"):
        opened(organ_of(office, field), "measure-freezing", field=field, **FREEZE)


# --- power cuts ---

CUT = {"measure_kinds": ["cut_power"], "coercive_power": "QZ-SAFE-3"}


def test_power_is_cut_a_day_after_the_notice_and_restored(office: Office) -> None:
    walk = opened(organ_of(office, "work_safety"), "measure-power", field="work_safety", **CUT)
    walk.do("approve_measure")
    walk.move_to(date(2026, 3, 2), hour=14).do("notify_enterprise")
    with refused("too-soon", basis="安全生产法/70(2)", match="15:00"):
        walk.move_to(date(2026, 3, 3), hour=13).do("cut_off")
    walk.move_to(date(2026, 3, 3), hour=15).do("cut_off")
    walk.do("publish")
    walk.do("report_remedied")
    walk.do("check_hazard", hazard_result="eliminated")
    walk.do("restore")
    walk.do("serve_papers")
    walk.do("close")
    walk.do("archive_restored")

    assert walk.case.outcome == "restored"
    assert set(walk.papers()) >= {
        "power-cut-notice",
        "power-cut-decision",
        "power-cut-request",
        "power-restore-notice",
    }
    cited = {paper["form"] for paper in walk.paper("power-cut-request").data["papers"]}
    assert "power-cut-decision" in cited
    (shown,) = Publication.objects.filter(case_id=walk.case_id)
    assert shown.conclusion == "停止供电"


def test_a_cut_is_approved_by_the_principal_head(office: Office) -> None:
    office.hire("deputy", ("organ_head",), certified=False)
    walk = opened(organ_of(office, "work_safety"), "measure-power", field="work_safety", **CUT)

    office.people["organ_head"], head = office.people["deputy"], office.people["organ_head"]
    try:
        with refused("not-principal", basis="安全生产法/70"):
            walk.do("approve_measure")
    finally:
        office.people["organ_head"] = head


# --- restraint ---


def test_a_drunken_person_is_restrained_his_family_told_and_released(office: Office) -> None:
    walk = opened(
        organ_of(office, "public_security"),
        "measure-restraint",
        field="public_security",
        party=person(),
        measure_kinds=["restrain"],
        coercive_power="QZ-PS-2",
        urgent_measure=True,
        urgent_reason="醉卧车道",
    )
    walk.do("restrain", restraint_until_at=datetime(2026, 3, 2, 20, 0, tzinfo=SHANGHAI))
    assert {row.clock for row in walk.case.obligations.filter(state="open")} == {"CMP-LIB", ""}
    walk.do("tell_family", family_told_how="phone")
    walk.do("report_back", urgent_approved="yes")
    walk.do("release")
    walk.do("archive_released")

    assert walk.case.outcome == "released"
    assert walk.paper("restraint-notice").data["facts"]["measure_remedied"] == "酒醒"
    assert not Publication.objects.filter(case_id=walk.case_id).exists()
