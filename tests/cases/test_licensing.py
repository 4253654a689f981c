"""Licenses walked through ``take`` with their papers, and who may do what in them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mingjing.cases.models import Bar, Service
from mingjing.publicity.models import Publication
from tests.office import MONDAY, Office, company, person, refused

from .filling import Walk, opened

pytestmark = pytest.mark.django_db
ORDINARY = "license-ordinary"
FOOD = {"license_item": "XK-FOOD-01", "handling_mode": "single", "license_place": "达州市通川区某某路1号"}


def asked(office: Office, procedure: str = ORDINARY, **changes: Any) -> Walk:
    """An application taken in by the clerk, with two examiners named by the head of the unit."""
    values = {**FOOD, "materials_received_on": "2026-03-02", **changes}
    return opened(office, procedure, opener="clerk", **values)


def examined(walk: Walk, **changes: Any) -> Walk:
    """From the application to the opinion of the examiners."""
    walk.do("accept")
    walk.do("examine", needs_verification=True)
    walk.do("site_verification")
    walk.do("conclude", **{"proposal": "grant", **changes})
    return walk


def granted(walk: Walk, **changes: Any) -> Walk:
    """From the application to the decision."""
    examined(walk).do("decide", outcome="grant", certificate_needed="yes", **changes)
    return walk


def test_a_license_is_granted_from_application_to_archive(office: Office) -> None:
    walk = granted(asked(office), license_from="2026-03-10", license_until="2031-03-09")
    walk.do("serve_decision", served_on="2026-03-02")
    walk.do("issue_license", license_no="JY00000000000001", license_until="2031-03-09")
    walk.do("publish")
    walk.do("archive_granted")

    case = walk.case
    assert case.outcome == "granted"
    assert case.field == "food"
    assert walk.papers() == [
        "license-application", "license-acceptance", "license-verification", "license-examination",
        "license-approval", "license-decision", "service-receipt", "license-certificate", "license-publicity",
    ]  # fmt: skip
    assert case.label == walk.paper("license-acceptance").number
    shown = Publication.objects.get(case=case)
    assert shown.conclusion == "准予食品经营许可，有效期至2031年3月9日"
    assert shown.rendition["filing"] == "受理"
    assert shown.rendition["subject_title"] == "许可事项"
    assert ["有效期自", "2026年3月10日"] in shown.rendition["text"]


def test_the_acceptance_notice_names_the_last_day_of_the_term(office: Office) -> None:
    walk = asked(office)
    walk.do("accept")

    assert walk.due("decide") == date(2026, 3, 30)
    assert walk.paper("license-acceptance").data["facts"]["decide_due_on"] == "2026-03-30"
    assert Service.objects.filter(paper=walk.paper("license-acceptance")).count() == 1


def test_a_refusal_gives_reasons_and_ways_of_remedy(office: Office) -> None:
    walk = examined(asked(office), proposal="refuse")
    walk.do("decide", outcome="refuse", refuse_ground="conditions", refuse_reason="没有独立的冷食专间。")
    walk.do("serve_decision", served_on="2026-03-02")
    walk.do("publish")
    walk.do("archive_refused")

    paper = walk.paper("license-refusal")
    assert "六十日" in "".join(paper.data["remedy"])
    shown = Publication.objects.get(case=walk.case)
    assert shown.conclusion == "不予行政许可（食品经营许可）"
    assert shown.rendition["text"] == []  # 不予许可只公开结果


def test_silence_accepts_the_application_from_the_day_it_came(office: Office) -> None:
    walk = asked(office).move_to(date(2026, 3, 10))

    assert walk.lapse() == 1
    assert walk.lapse() == 0
    assert walk.due("decide") == date(2026, 3, 30)
    walk.do("late_receipt")
    assert walk.paper("license-acceptance").data["labels"]["acceptance_ground"].startswith("逾期没有告知补正")


def test_the_terms_of_a_special_law_prevail(office: Office) -> None:
    """排污许可管理条例 arts. 9, 12: three days to tell what is missing, forty-five to decide, no extension."""
    office.organ.organ_fields = ["environment", "food"]
    office.organ.save()
    walk = asked(
        office,
        license_item="XK-ENV-01",
        at=MONDAY.replace(month=9, day=1),
        materials_received_on="2026-09-01",
    )

    assert walk.case.field == "environment"
    assert walk.due("accept") == date(2026, 9, 4)
    walk.do("accept")
    assert walk.due("decide") == date(2026, 10, 16)
    with refused("guard", basis="行政许可法/42(1)"):
        walk.do("extend_decision")


def test_an_extension_is_told_to_the_applicant_with_its_reason_and_its_end(office: Office) -> None:
    walk = asked(office)
    walk.do("accept")
    walk.do("extend_decision", extension_reason="需要再次核查。")

    assert walk.due("decide") == date(2026, 4, 14)
    assert walk.paper("license-extension-notice").data["facts"]["decide_due_on"] == "2026-04-14"


def test_a_hearing_is_told_asked_held_and_recorded(office: Office) -> None:
    walk = asked(office)
    walk.do("accept")
    walk.do("examine", affects_others=True)
    walk.do("tell_interested", told_on="2026-03-02", interested_parties="李某某 | 某某路2号 | 相邻")
    walk.do("statement")
    walk.do("statement_recheck")
    walk.do("hearing_request")
    walk.do("hearing_notice", hearing_at="2026-03-16T09:00+08:00", hearing_announced=True)
    walk.move_to(date(2026, 3, 16)).do("hearing", hearing_result="held")
    walk.do("conclude", proposal="grant")
    walk.do("legal_review", review_opinion="agree")
    walk.do("decide", outcome="grant", certificate_needed="no")

    assert {"license-hearing-rights", "license-statement", "license-hearing-notice",
            "license-hearing-announcement", "license-hearing-record", "legal-review-opinion"} <= set(walk.papers())  # fmt: skip


# --- who may do what ---


def test_who_accepted_does_not_examine(office: Office) -> None:
    both = office.hire("both", ("clerk", "handler"))
    walk = opened(
        office,
        ORDINARY,
        handlers=("both", "second"),
        opener="both",
        **FOOD,
        materials_received_on="2026-03-02",
    )
    walk.do("accept", who="both")

    with refused("same-person", match=both.name):
        walk.do("examine", who="both")
    walk.do("examine", who="second")


def test_who_examined_does_not_decide(office: Office) -> None:
    office.hire("headed", ("handler", "organ_head"))
    walk = opened(
        office,
        ORDINARY,
        handlers=("headed", "second"),
        opener="clerk",
        **FOOD,
        materials_received_on="2026-03-02",
    )
    walk.do("accept")
    walk.do("examine", who="headed")
    walk.do("conclude", who="headed", proposal="grant")

    with refused("same-person"):
        walk.do("decide", who="headed", outcome="grant", certificate_needed="no")
    walk.do("decide", outcome="grant", certificate_needed="no")


def test_who_decided_does_not_make_out_the_certificate(office: Office) -> None:
    office.hire("deciding", ("organ_head", "issuer"))
    walk = examined(asked(office))
    walk.do("decide", who="deciding", outcome="grant", certificate_needed="yes")

    with refused("same-person"):
        walk.do("issue_license", who="deciding")


def test_an_examiner_does_not_host_the_hearing(office: Office) -> None:
    office.hire("hosting", ("handler", "hearing_host"))
    walk = opened(
        office,
        ORDINARY,
        handlers=("hosting", "second"),
        opener="clerk",
        **FOOD,
        materials_received_on="2026-03-02",
    )
    walk.do("accept")
    walk.do("examine", who="second", public_hearing=True)

    with refused("same-person", basis="行政许可法/48"):
        walk.do("hearing_notice", who="hosting", hearing_at="2026-03-16T09:00+08:00")


def test_one_person_alone_does_not_verify(office: Office) -> None:
    walk = opened(
        office, ORDINARY, handlers=("handler",), opener="clerk", **FOOD, materials_received_on="2026-03-02"
    )
    walk.do("accept")
    walk.do("examine", needs_verification=True)

    with refused("one-inspector", basis="行政许可法/34(3)"):
        walk.do("site_verification")


def test_the_clerk_handles_nothing_and_the_head_of_the_unit_names_the_examiners(office: Office) -> None:
    walk = opened(office, ORDINARY, handlers=(), opener="clerk", **FOOD, materials_received_on="2026-03-02")

    assert not walk.case.officers.exists()


# --- what may be applied for ---


def test_what_is_not_on_the_list_is_not_licensed(office: Office) -> None:
    with refused("no-such-license", basis="优化营商环境条例/40(1)"):
        asked(office, license_item="XK-NONE")


@pytest.mark.parametrize(
    ("item", "code"),
    [("XK-PS-01", "license-of-another-organ"), ("XK-SAFE-01", "license-not-in-force")],
)
def test_a_license_is_granted_by_its_own_organ_while_it_is_in_force(
    office: Office, item: str, code: str
) -> None:
    office.organ.organ_fields = ["food", "work_safety"]
    office.organ.save()
    with refused(code):
        asked(office, license_item=item)


def test_false_material_bars_a_new_application_for_a_year(office: Office) -> None:
    """行政许可法 art. 78, where the license concerns public safety."""
    of = company(name="达州市某某餐饮有限公司")
    walk = asked(office, party=of)
    walk.do("decline", decline_ground="false_material")

    bar = Bar.objects.get(case=walk.case)
    assert (bar.clock, bar.from_on, bar.until_on) == ("LIC-BAN1", date(2026, 3, 2), date(2027, 3, 2))
    with refused("application-barred", basis="行政许可法/78", match="2027-03-02"):
        asked(office, party=of, at=MONDAY.replace(month=9))
    asked(office, party=company(name="达州市某某另一餐饮有限公司"))
    asked(office, party=of, at=MONDAY.replace(year=2027, day=3))


def test_false_material_bars_nothing_where_no_safety_is_at_stake(office: Office) -> None:
    office.organ.organ_fields = ["food", "transport"]
    office.organ.save()
    walk = asked(office, license_item="XK-TRANS-01", party=person())
    walk.do("decline", decline_ground="false_material")

    assert not Bar.objects.filter(case=walk.case).exists()


LIMITED = """
[[items.values]]
name = "quantity_limited"
value = true
basis = "行政许可法/57"
sure = "L"
"""


@pytest.fixture
def limited_codex(tmp_path: Path, settings: Any) -> None:
    """A codex whose last license is limited in number."""
    folder = shutil.copytree(settings.MINGJING_CODEX, tmp_path / "codex")
    with (folder / "licenses" / "sample.toml").open("a", encoding="utf-8") as file:
        file.write(LIMITED)
    settings.MINGJING_CODEX = folder


@pytest.mark.usefixtures("limited_codex")
def test_limited_licenses_go_in_the_order_of_acceptance(office: Office) -> None:
    """行政许可法 art. 57."""
    office.organ.organ_fields = ["public_security"]
    office.organ.save()
    first = asked(office, license_item="XK-PS-01", party=company(name="达州市某某甲旅馆"))
    first.do("accept")
    second = asked(
        office, license_item="XK-PS-01", party=company(name="达州市某某乙旅馆"), at=MONDAY.replace(day=3)
    )
    examined(second)

    with refused("not-first-in-line", basis="行政许可法/57", match=first.case.label):
        second.do("decide", outcome="grant", certificate_needed="no")
    first.do("examine")
    first.do("conclude", proposal="grant")
    first.do("decide", outcome="grant", certificate_needed="no")
    second.move_to(date(2026, 3, 5)).do("decide", outcome="grant", certificate_needed="no")
