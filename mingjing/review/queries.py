"""Reading legal reviews."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from .models import Review

OPINIONS = {"agree": "同意", "problems": "存在问题"}


@dataclass(frozen=True)
class ReviewView:
    """One round of review for people."""

    round: int
    reviewer: str
    opinion: str
    text: str
    given_at: datetime


def reviews_of(case_id: uuid.UUID) -> list[ReviewView]:
    """All rounds of a case, first to last. Cost: 1 query."""
    rows = Review.objects.filter(case_id=case_id).select_related("reviewer").order_by("round")
    return [
        ReviewView(
            row.round, row.reviewer.name, OPINIONS.get(row.opinion, row.opinion), row.text, row.given_at
        )
        for row in rows
    ]
