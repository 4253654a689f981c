"""Reading legal reviews."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from mingjing.sql import Kept

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
    return [
        ReviewView(number, reviewer, OPINIONS.get(opinion, opinion), text, given_at)
        for number, reviewer, opinion, text, given_at in _OF_CASE(case=case_id)
    ]


_OF_CASE = Kept(
    lambda case: (
        Review.objects.filter(case=case)
        .order_by("round")
        .values_list("round", "reviewer__name", "opinion", "text", "given_at")
    )
)
