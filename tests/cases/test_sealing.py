"""查封、扣押 through ``take``: papers, terms, custody, and what the law gives when the organ is silent."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from mingjing.cases.models import Service
from mingjing.organs.models import Officer, Organ
from mingjing.publicity.models import Publication
from tests.office import SHANGHAI, Office, nothing_saved, refused

from .filling import Walk, opened

pytestmark = pytest.mark.django_db

GOODS = "某牌酱卤肉制品 | 200克/袋 | 袋 | 37 | 超过保质期\n冷藏展示柜 | 1.8米 | 台 | 1 | 完好"
FOOD = {"measure_kinds": ["impound"], "coercive_power": "QZ-FOOD-1", "measure_objects": GOODS}


def taken(office: Office, **changes: object) -> Walk:
    """Food impounded on Monday 2 March 2026 after approval."""
    walk = opened(office, "measure-sealing", power="FOOD-04", **{**FOOD, **changes})
    if "approve_measure" in walk.work.marking.included and not changes.get("urgent_measure"):
        walk.do("approve_measure")
    walk.do("implement", measured_at=walk.at)
    return walk


def test_a_measure_walks_from_the_proposal_to_the_archive_with_its_papers(office: Office) -> None:
    walk = taken(office)
    assert walk.due("dispose") == date(2026, 4, 1)
    walk.move_to(date(2026, 3, 5)).do("entrust_custody")
    walk.do("early_disposal", early_public=True, goods_method="sale")
    walk.move_to(date(2026, 3, 9)).do("testing_notice", testing_due_on="2026-03-16")
    walk.do("serve_papers")
    walk.move_to(date(2026, 3, 16)).do("testing_result")
    assert walk.due("dispose") == date(2026, 4, 9)  # 9 to 16 March do not count
    walk.move_to(date(2026, 3, 30)).do("extend_measure")
    walk.do("serve_papers")
    assert walk.due("dispose") == date(2026, 5, 9)  # a make-up Saturday, so a working day
    walk.move_to(date(2026, 5, 8)).do("dispose", disposal="release")
    walk.do("serve_papers")
    walk.do("return_goods")
    walk.do("publish")
    walk.do("close")
    walk.do("archive_released")

    (shown,) = Publication.objects.filter(case_id=walk.case_id)
    assert (shown.act, shown.conclusion, shown.number) == ("coercion", "扣押财物", walk.case.label)
    assert [heading for heading, _ in shown.rendition["text"]] == ["依据", "事实和理由"]

    assert walk.case.outcome == "released"
    assert walk.owed() == set()
    assert set(walk.papers()) >= {
        "measure-approval",
        "measure-decision",
        "measure-list",
        "site-record",
        "custody-entrustment",
        "early-disposal-confirmation",
        "early-disposal-notice",
        "goods-record",
        "testing-period-notice",
        "measure-extension",
        "measure-disposal",
        "service-receipt",
        "closing-approval",
    }
    assert "seal-strip" not in walk.papers()  # nothing was sealed


def test_decision_and_list_are_handed_over_on_the_spot(office: Office) -> None:
    """行政强制法 art. 24 (1): made and delivered on the spot; the list names the decision it belongs to."""
    walk = taken(office, measure_kinds=["seal_goods", "impound"])

    decision = walk.paper("measure-decision")
    assert Service.objects.get(paper=decision).method == "direct"
    assert decision.data["facts"]["coercive_basis"] == "《食品安全法》第一百一十条第（四）项"
    assert decision.data["facts"]["dispose_due_on"] == "2026-04-01"
    assert decision.data["remedy"]
    cited = {paper["form"]: paper["number"] for paper in walk.paper("measure-list").data["papers"]}
    assert cited["measure-decision"] == decision.number
    assert walk.paper("seal-strip").pages == 1


def test_each_paper_is_served_once(office: Office) -> None:
    walk = taken(office)
    walk.move_to(date(2026, 3, 9)).do("testing_notice", testing_due_on="2026-03-16")
    walk.do("serve_papers")
    walk.move_to(date(2026, 3, 16)).do("testing_result")
    walk.do("extend_measure")
    walk.do("serve_papers")

    forms = Service.objects.filter(paper__case_id=walk.case_id).values_list("paper__form", flat=True)
    assert sorted(forms) == ["measure-decision", "measure-extension", "testing-period-notice"]
    receipt = walk.paper("service-receipt")
    assert [one["form"] for one in receipt.data["served"]] == ["measure-extension"]


def test_the_extension_names_its_new_last_day(office: Office) -> None:
    walk = taken(office)
    walk.move_to(date(2026, 3, 30)).do("extend_measure")

    assert walk.paper("measure-extension").data["facts"]["dispose_due_on"] == "2026-05-06"


def test_an_urgent_measure_is_approved_within_a_day(office: Office) -> None:
    walk = taken(office, urgent_measure=True, urgent_reason="正在转移")
    row = walk.case.obligations.get(step="approve_urgent", state="open")

    assert row.due_at == datetime(2026, 3, 3, 9, 0, tzinfo=SHANGHAI)
    assert row.clock == "CMP-24H"
    walk.do("approve_urgent", urgent_approved="yes")
    assert walk.paper("measure-approval").data["facts"]["urgent_measure"] is True


def test_when_nobody_decides_the_platform_records_that_the_measure_has_ended(office: Office) -> None:
    walk = taken(office)
    walk.move_to(date(2026, 4, 1), hour=23)
    assert walk.lapse() == 0
    walk.move_to(date(2026, 4, 2), hour=0)
    assert walk.lapse() == 1
    assert walk.lapse() == 0

    assert "lift" in walk.owed()
    assert "dispose" not in walk.owed()
    walk.do("lift", lift_ground="expired")
    walk.do("serve_papers")
    walk.do("return_goods")
    walk.do("withhold_publication")
    walk.do("close")
    walk.do("archive_lapsed")
    assert walk.case.outcome == "lapsed"


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("no-statutory-power", {"coercive_power": "QZ-TRAF-2"}),
        ("kind-not-in-power", {"measure_kinds": ["seal_place"]}),
        ("no-such-power", {"coercive_power": "QZ-NONE"}),
        # 行政强制法 art. 25 (1): only a statute lets a seizure last longer than thirty days.
        ("no-open-term", {"until_remedied": True}),
    ],
)
def test_a_measure_without_a_statutory_power_never_begins(
    office: Office, code: str, changes: dict[str, object]
) -> None:
    with refused(code), nothing_saved():
        opened(office, "measure-sealing", power="FOOD-04", **{**FOOD, **changes})


def test_an_entrusted_organization_takes_no_measures(office: Office) -> None:
    """行政强制法 art. 17 (1)."""
    Organ.objects.filter(pk=office.organ.pk).update(kind="entrusted")

    with refused("power-delegated", basis="行政强制法/17"):
        opened(office, "measure-sealing", power="FOOD-04", **FOOD)


def test_one_officer_takes_no_measures(office: Office) -> None:
    walk = opened(office, "measure-sealing", power="FOOD-04", handlers=("handler",), **FOOD)

    with refused("officers-not-certified", basis="行政强制法/17"):
        walk.do("approve_measure")


def test_where_the_statute_asks_for_the_principal_head_no_other_head_approves(office: Office) -> None:
    """危险化学品安全法 art. 8 (1) 5."""
    Organ.objects.filter(pk=office.organ.pk).update(field="work_safety")
    facts = {"measure_kinds": ["impound"], "coercive_power": "QZ-SAFE-2"}
    at = datetime(2026, 6, 8, 9, 0, tzinfo=SHANGHAI)
    walk = opened(office, "measure-sealing", power="SAFE-12", at=at, **facts)
    Officer.objects.filter(pk=office.people["organ_head"].pk).update(is_principal=False)

    with refused("not-principal", basis="危险化学品安全法/8"):
        walk.do("approve_measure")
