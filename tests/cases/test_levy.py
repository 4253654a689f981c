"""Levy at the desk: slips replace one another, the surcharge is reckoned, papers say what the law asks."""

from __future__ import annotations

import pytest

from mingjing.cases.models import Payment, Service
from mingjing.publicity.models import Publication
from tests.office import Office
from tests.taken_scenarios import live

pytestmark = pytest.mark.django_db


def test_a_levy_is_decided_served_published_and_paid(office: Office) -> None:
    walk = live(office, "levy", "paid-in-time")

    case = walk.case
    assert case.outcome == "paid_closed"
    assert case.act == "levy"
    assert case.no[9:11] == "04"
    assert case.label == case.papers.get(form="levy-decision").number
    assert walk.papers == [
        "site-record", "levy-decision", "service-receipt", "publicity-review", "closing-approval"
    ]  # fmt: skip
    assert Service.objects.filter(paper__form="levy-decision").count() == 1
    shown = Publication.objects.get(case=case)
    assert shown.conclusion == "城市道路挖掘修复费，应缴 28,800元"
    assert ["征收项目", "城市道路挖掘修复费"] in shown.rendition["text"]


def test_a_surcharge_makes_a_new_slip_for_fee_and_surcharge(office: Office) -> None:
    walk = live(office, "levy", "enforced-by-court")

    slips = Payment.objects.filter(case_id=walk.case_id).order_by("id")
    assert [(one.due_fen, one.state) for one in slips] == [(1_000_000, "void"), (1_009_500, "open")]
    decision = walk.case.papers.get(form="levy-surcharge-decision")
    assert decision.data["facts"]["payment_code"] == slips[1].code


def test_a_reduction_makes_a_new_slip_which_the_bank_then_closes(office: Office) -> None:
    walk = live(office, "levy", "reduced-then-paid")

    slips = Payment.objects.filter(case_id=walk.case_id).order_by("id")
    assert [(one.due_fen, one.state) for one in slips] == [(10_000_000, "void"), (6_000_000, "paid")]


@pytest.mark.parametrize(
    "name",
    [
        "unlisted",
        "exempted",
        "deferred-then-paid",
        "demand-window-lapsed",
        "revoked-and-refunded",
        "changed-after-archive",
    ],
)
def test_every_other_way_a_levy_goes_is_taken_at_the_desk(office: Office, name: str) -> None:
    walk = live(office, "levy", name)

    assert walk.case.outcome == walk.scenario.exit
    withdrawn = Publication.objects.filter(case_id=walk.case_id, state="withdrawn").count()
    assert withdrawn == (1 if name in ("revoked-and-refunded", "changed-after-archive") else 0)
