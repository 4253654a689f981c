"""The yearly matter (``annual-statistics``) behind a report: found by its organ and year, and what it still owes."""

from __future__ import annotations

from datetime import date
from typing import Any

from mingjing.cases.models import Case, Obligation, Submission

from .counting import Asked

PROCEDURE = "annual-statistics"


def opening_days(year: int) -> list[str]:
    """The days on which the matter of a year's report opens: 20 December, in earlier editions 1 January after it."""
    return [date(year, 12, 20).isoformat(), date(year + 1, 1, 1).isoformat()]


def matter_of(organ_id: int, asked: Asked) -> Case | None:
    """The yearly matter of the report; None for a quarter and for years before the platform. Cost: 1 query."""
    if asked.period != "year":
        return None
    rows = Case.objects.filter(organ_id=organ_id, procedure=PROCEDURE)
    return rows.filter(facts__opens_on__in=opening_days(asked.year)).order_by("opened_at").first()


def owes(case_id: Any, step: str) -> bool:
    """Whether the matter still owes a step. Cost: 1 query."""
    return Obligation.objects.filter(case_id=case_id, step=step, state="open", kind="duty").exists()


def submission_of(case_id: Any) -> int | None:
    """The submission of 签发报送 that waits for the head. Cost: 1 query."""
    rows = Submission.objects.filter(case_id=case_id, step="submit", state="open")
    return rows.values_list("pk", flat=True).first()
