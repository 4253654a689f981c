"""Slips and the bank's lines: the platform never takes money, a line closes exactly one slip once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mingjing.cases import actions as cases
from mingjing.cases.models import Payment
from mingjing.cases.queries import open_slip
from tests.office import (
    Matter,
    Office,
    found_office,
    nothing_saved,
    open_matter,
    refused,
    spot,
    to_decision,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(office: Office) -> Matter:
    """Decided and served: the slip is out."""
    found = to_decision(open_matter(office))
    found.do("serve_decision")
    return found


def slip(matter: Matter) -> Payment:
    return Payment.objects.get(case_id=matter.case_id)


def line(matter: Matter, who: str = "cashier", office: Office | None = None, **changes: Any) -> Any:
    """One line of the bank's file, taken in."""
    values: dict[str, Any] = {
        "code": slip(matter).code,
        "amount_fen": slip(matter).due_fen,
        "paid_on": date(2026, 3, 11),
        "bank_reference": "BANK0001",
    }
    actor = (office or matter.office).actor(who, matter.at)
    return cases.confirm_payment(**{**values, **changes}, actor=actor, at=matter.at)


@pytest.mark.parametrize(
    "changes, due",
    [
        ({}, 500_000),
        ({"power": "FOOD-03", "fine_fen": 5_000_000}, 5_003_600),
    ],
)
def test_the_slip_asks_for_fine_and_confiscation(office: Office, changes: dict[str, Any], due: int) -> None:
    matter = to_decision(open_matter(office, **changes))

    assert open_slip(matter.case_id) == (slip(matter).code, due)
    assert slip(matter).code in matter.case.papers.get(form="penalty-decision").data["facts"]["payment_code"]


@pytest.mark.parametrize("proposal", ["no_penalty", "not_proven"])
def test_who_is_not_penalized_owes_nothing(office: Office, proposal: str) -> None:
    matter = to_decision(open_matter(office, proposal=proposal))

    assert open_slip(matter.case_id) is None
    assert matter.case.papers.filter(form="no-penalty-decision").exists()


def test_a_matching_line_closes_the_slip_and_takes_the_step(matter: Matter) -> None:
    taken = line(matter)

    paid = slip(matter)
    assert (paid.state, paid.paid_fen, paid.paid_on, paid.bank_reference) == (
        "paid",
        500_000,
        date(2026, 3, 11),
        "BANK0001",
    )
    assert matter.case.steps.get(pk=taken.step_id).facts == {
        "paid_fen": 500_000,
        "paid_on": "2026-03-11",
        "bank_reference": "BANK0001",
    }
    assert "payment_confirmed" not in matter.owed()


def test_the_same_line_twice_changes_nothing(matter: Matter) -> None:
    line(matter)
    with nothing_saved(matter):
        assert line(matter) is None


@pytest.mark.parametrize(
    "changes, code, told",
    [
        ({"amount_fen": 499_999}, "wrong-amount", "应缴 5,000元，银行到账 4,999.99元"),
        ({"amount_fen": 500_001}, "wrong-amount", "5,000.01元"),
        ({"amount_fen": 0}, "wrong-amount", "0元"),
        ({"code": "NOSUCHCODE234567"}, "unknown-code", "NOSUCHCODE234567"),
        ({"bank_reference": ""}, "bad-facts", "银行流水号"),
        ({"bank_reference": "B" * 81}, "bad-facts", "最多 80 个字"),
        ({"paid_on": date(26, 3, 16)}, "bad-facts", "年份 26"),
    ],
)
def test_a_line_that_does_not_fit_is_refused(
    matter: Matter, changes: dict[str, Any], code: str, told: str
) -> None:
    with nothing_saved(matter), refused(code, match=told):
        line(matter, **changes)
    assert slip(matter).state == "open"


def test_a_second_payment_of_the_same_slip_is_refused_with_both_references(matter: Matter) -> None:
    line(matter)
    with nothing_saved(matter), refused("already-paid", match="BANK0001"):
        line(matter, bank_reference="BANK0002")


def test_another_organ_cannot_close_the_slip(matter: Matter) -> None:
    other = found_office(name="达州市某某委员会")
    with nothing_saved(matter), refused("other-organ", match="不属于达州市某某委员会"):
        line(matter, office=other)


@pytest.mark.parametrize("who", ["handler", "organ_head", "publisher", "supervisor"])
def test_only_the_cashier_takes_lines_in(matter: Matter, who: str) -> None:
    with nothing_saved(matter), refused("no-permission", match="罚没对账岗"):
        line(matter, who=who)


def test_a_payment_before_service_waits_for_it(office: Office) -> None:
    matter = to_decision(open_matter(office))
    with nothing_saved(matter), refused("not-included", match="缴款"):
        line(matter)
    assert slip(matter).state == "open"


def test_a_fine_on_the_spot_is_paid_the_same_way(office: Office) -> None:
    matter = spot(office)

    line(matter, paid_on=matter.at.date())

    assert slip(matter).state == "paid"
