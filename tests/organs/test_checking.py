"""G8: a row that gives a right, changed past every action, is found by comparing it with the record."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mingjing.organs import checking
from mingjing.organs.actions import appoint, create_certificate, create_officer, create_organ
from mingjing.organs.authority import SYSTEM
from mingjing.organs.models import Appointment, Certificate, Mandate, Officer
from tests.makers import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Officer:
    """An officer with a role and a certificate, entered as they are entered."""
    doing: dict[str, Any] = {"actor": SYSTEM, "at": AT}
    organ = create_organ(
        code="x-1", name="某某局", short_name="某局", region="511702", paper_prefix="某", **doing
    )
    found = create_officer(organ=organ, name="张某某", **doing)
    appoint(officer=found, role="handler", since=date(2026, 1, 1), **doing)
    create_certificate(
        officer=found, number="23170001", region="511702", fields=["market"],
        valid_from=date(2026, 1, 1), valid_until=date(2030, 1, 1), **doing,
    )  # fmt: skip
    return found


@pytest.mark.usefixtures("officer")
def test_rights_as_they_were_entered_are_no_fault() -> None:
    assert checking.faults() == []


def test_an_end_that_was_entered_is_no_fault(officer: Officer) -> None:
    appoint(
        officer=officer, role="handler", since=date(2026, 1, 1), until=date(2026, 6, 1), actor=SYSTEM, at=AT
    )

    assert checking.faults() == []


CHANGES: dict[str, Any] = {
    "role": lambda one: Appointment.objects.filter(officer=one).update(role="organ_head"),
    "since": lambda one: Appointment.objects.filter(officer=one).update(since=date(2025, 1, 1)),
    "until": lambda one: Appointment.objects.filter(officer=one).update(until=date(2027, 1, 1)),
    "another role": lambda one: Appointment.objects.create(
        officer=one, role="manager", since=date(2026, 1, 1)
    ),
    "role gone": lambda one: Appointment.objects.filter(officer=one).delete(),
    "number": lambda one: Certificate.objects.filter(officer=one).update(number="23170002"),
    "fields": lambda one: Certificate.objects.filter(officer=one).update(fields=[]),
    "kind": lambda one: Certificate.objects.filter(officer=one).update(kind="supervision"),
    "valid": lambda one: Certificate.objects.filter(officer=one).update(valid_until=date(2040, 1, 1)),
    "state": lambda one: Certificate.objects.filter(officer=one).update(state="lost"),
    "certificate gone": lambda one: Certificate.objects.filter(officer=one).delete(),
    "mandate": lambda one: Mandate.objects.create(
        principal=one, deputy=one, role="handler", since=date(2026, 1, 1), until=date(2026, 2, 1),
        reason="x", made_by=one, made_at=AT,
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_right_changed_past_the_record_is_found(officer: Officer, change: Any) -> None:
    change(officer)

    found = checking.faults()

    assert found
    assert all(f"officer:{officer.pk}" in fault for fault in found)


def test_a_right_handed_to_another_officer_is_found(officer: Officer) -> None:
    other = create_officer(organ=officer.organ, name="李某某", actor=SYSTEM, at=AT)
    Appointment.objects.filter(officer=officer).update(officer=other)

    assert len(checking.faults()) == 2
