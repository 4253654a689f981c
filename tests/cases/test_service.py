"""送达: what was served on whom, how and when, and what its date starts."""

from __future__ import annotations

from datetime import date

import pytest

from mingjing.cases.models import Obligation, Service
from tests.office import Matter, Office, open_matter, refused, spot, to_decision, to_notice

pytestmark = pytest.mark.django_db


def services(matter: Matter) -> list[tuple[str, str, str, date]]:
    rows = Service.objects.filter(paper__case_id=matter.case_id).order_by("id")
    return list(rows.values_list("paper__form", "method", "recipient", "served_on"))


def test_notice_and_decision_are_each_served_with_a_receipt(office: Office) -> None:
    matter = to_decision(open_matter(office))
    matter.do(
        "serve_decision", service_method="postal", service_mail_no="EMS0001", service_recipient="赵某某"
    )

    assert services(matter) == [
        ("advance-notice", "direct", "赵某某", date(2026, 3, 2)),
        ("penalty-decision", "postal", "赵某某", date(2026, 3, 11)),
    ]
    receipts = Service.objects.filter(paper__case_id=matter.case_id).values_list("receipt__form", flat=True)
    assert set(receipts) == {"service-receipt"}


def test_what_the_first_receipt_said_does_not_stand_on_the_second(office: Office) -> None:
    matter = open_matter(office)
    for step in ("site_inspection", "file", "interview", "conclude", "advance_notice"):
        matter.do(step)
    matter.do("serve_notice", service_method="postal", service_mail_no="EMS0001")
    matter.move_to(date(2026, 3, 11)).do("decide")
    matter.do("serve_decision")

    receipt = matter.case.papers.filter(form="service-receipt").latest("id")
    assert "service_mail_no" not in receipt.data["facts"]


def test_a_penalty_on_the_spot_is_served_as_it_is_made(office: Office) -> None:
    matter = spot(office)

    ((form, method, recipient, on),) = services(matter)
    assert (form, method, on) == ("spot-decision", "direct", date(2026, 3, 2))
    assert recipient == "某某便利店"


def test_the_term_of_payment_runs_from_the_day_of_service(office: Office) -> None:
    """行政处罚法 art. 67(3): fifteen days from receipt, the day of receipt not counted."""
    matter = to_decision(open_matter(office))
    matter.move_to(date(2026, 3, 16)).do("serve_decision", served_on="2026-03-13")

    due = Obligation.objects.get(case_id=matter.case_id, step="payment_confirmed").due_at
    assert due is not None
    assert due.astimezone(matter.at.tzinfo).date() == date(2026, 3, 30)  # the 28th is a Saturday


def test_statement_and_hearing_may_be_asked_for_until_the_fifth_working_day(office: Office) -> None:
    """Served on Monday 2026-03-02: open through Monday 2026-03-09, 行政处罚法 arts. 64, 85."""
    matter = to_notice(open_matter(office))

    matter.move_to(date(2026, 3, 9), hour=22).do("statement")

    late = to_notice(open_matter(office)).move_to(date(2026, 3, 10), hour=0)
    with refused("window-lapsed", match="2026年3月9日"):
        late.do("statement")


def test_service_by_announcement_takes_thirty_days(office: Office) -> None:
    """民事诉讼法 art. 95."""
    matter = to_decision(open_matter(office))
    matter.do(
        "announce_decision",
        announcement_reason="当事人下落不明，其他方式无法送达。",
        announcement_summary="罚款五千元。",
        announcement_days=30,
    )

    matter.move_to(date(2026, 4, 13))
    with refused("too-soon", basis="民事诉讼法/95"):
        matter.do("serve_decision", service_method="announcement", served_on="2026-04-09")
    matter.do("serve_decision", service_method="announcement", served_on="2026-04-13")
    assert services(matter)[-1][1] == "announcement"
