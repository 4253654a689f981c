"""What an ended case can still be asked: whether its file has the recordings and receipts it should have."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef

from .. import recordings
from ..models import Case, Service
from .completeness import lasting
from .finding import case_work
from .reading import DoneRow, PaperRow
from .views import CheckLine


def lasting_checks(case: Case, at: datetime) -> tuple[CheckLine, ...]:
    """Recordings that were due and services that must be proved, also after the case has ended. Cost: 3 queries."""
    films = recordings.films(OuterRef("pk"))
    filmed = {**recordings.marks(), "filmed_in_time": Exists(films.filter(added_at__isnull=True))}
    done = case.steps.filter(set_aside_at__isnull=True).annotate(**filmed).order_by("seq")
    served = Exists(Service.objects.filter(paper=OuterRef("pk")))
    papers = case.papers.annotate(served=served).order_by("id")
    return tuple(
        lasting(
            case_work(case, at).procedure,
            [DoneRow(*row) for row in done.values_list(*DoneRow._fields)],
            [PaperRow(*row) for row in papers.values_list(*PaperRow._fields)],
            at,
        )
    )
