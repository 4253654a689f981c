"""Finding cases and papers by words, as far as the person may read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from mingjing.organs.authority import Actor

from .models import Paper
from .queries.finding import visible_cases
from .queries.lists import CaseFilters, CaseRow, case_list


@dataclass(frozen=True)
class PaperFound:
    """A paper in the answers."""

    id: int
    title: str
    number: str
    case_no: str
    case_label: str
    issued_at: datetime


def find(actor: Actor, words: str, at: datetime, *, limit: int = 8) -> tuple[list[CaseRow], list[PaperFound]]:
    """Cases and papers that the words name. Cost: 2 queries."""
    rows, _ = case_list(actor, at, CaseFilters(words=words), limit=limit)
    papers = (
        Paper.objects.filter(case__in=visible_cases(actor))
        .filter(Q(number__contains=words) | Q(verify_code=words.upper()) | Q(title__contains=words))
        .order_by("-id")
        .values_list("id", "title", "number", "case__no", "case__label", "issued_at")[:limit]
    )
    return rows, [PaperFound(*row) for row in papers]
