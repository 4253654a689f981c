"""Constants of the fields: thresholds and terms by date."""

from __future__ import annotations

from datetime import date

import pytest

from mingjing.law import queries

DAY = date(2026, 11, 1)
VALUES = [
    ("food", "spot_cap_person_fen", "2026-11-01", 20_000),
    ("food", "spot_cap_org_fen", "2026-11-01", 300_000),
    ("food", "hearing_fine_person_fen", "2026-11-01", 1_000_000),
    ("medicine", "hearing_fine_org_fen", "2026-11-01", 10_000_000),
    ("general", "decision_days", "2026-11-01", "90d"),
    ("public_security", "spot_cap_person_fen", "2025-12-31", 20_000),
    ("public_security", "spot_cap_person_fen", "2026-01-01", 50_000),
    ("public_security", "hearing_fine_person_fen", "2025-12-31", 200_000),
    ("public_security", "hearing_fine_person_fen", "2026-01-01", 400_000),
    ("public_security", "limitation", "2026-11-01", "6m"),
    ("public_security", "publishable", "2025-12-31", True),
    ("public_security", "publishable", "2026-01-01", False),
    ("traffic", "publishable", "2026-11-01", True),
    ("traffic", "public_notice_days", "2026-11-01", "60d"),
    ("environment", "limitation_harm", "2026-11-01", "5y"),
    ("health", "hearing_request_days", "2026-11-01", "5wd"),
]


@pytest.mark.parametrize("field, name, on, value", VALUES)
def test_the_special_rule_prevails_and_the_general_one_fills_in(
    field: str, name: str, on: str, value: object
) -> None:
    assert queries.profile(field, date.fromisoformat(on))[name] == value


def test_constants_choose_the_amount_for_the_kind_of_party() -> None:
    person = queries.constants("food", DAY, person=True)
    organization = queries.constants("food", DAY, person=False)

    assert (person["spot_cap_fen"], organization["spot_cap_fen"]) == (20_000, 300_000)
    assert (person["major_fine_fen"], organization["major_fine_fen"]) == (500_000, 5_000_000)


def test_what_was_not_found_says_so_and_explains_the_stricter_default() -> None:
    threshold = queries.profile_details("environment", DAY)["hearing_fine_person_fen"]

    assert threshold.sure == "not-found"
    assert "从严" in threshold.note
