"""Reading the room ``exchange``."""

from __future__ import annotations

import re

from mingjing.cases.models import Case
from mingjing.publicity.queries import Wanted

from .credit_records import PAGE as RECORDS_PAGE
from .credit_records import CreditFilters, credit_record, credit_records, missing_from_lists, record_counts
from .models import Import
from .reconciling import (
    CELLS,
    LATE,
    balance,
    by_organ,
    every_task,
    for_upload,
    in_package,
    package,
    packages,
    tasks,
    to_tell,
    totals,
    under_way,
    waiting_for_upload,
)
from .reconciling import PAGE as TASKS_PAGE

__all__ = [
    "CELLS",
    "LATE",
    "RECORDS_PAGE",
    "TASKS_PAGE",
    "CreditFilters",
    "balance",
    "by_organ",
    "credit_record",
    "credit_records",
    "every_task",
    "for_upload",
    "imported_before",
    "imports",
    "in_package",
    "missing_from_lists",
    "package",
    "packages",
    "record_counts",
    "replayed",
    "scope",
    "tasks",
    "to_tell",
    "totals",
    "under_way",
    "waiting_for_upload",
]

_MARK = re.compile(r"（回放([0-9a-f]{12})）$")


def imports(*, kind: str = "", limit: int = 50) -> list[Import]:
    """The latest runs of importers. Cost: 1 query."""
    rows = Import.objects.order_by("-at", "-pk")
    return list((rows.filter(kind=kind) if kind else rows)[:limit])


def imported_before(sha256: str) -> Import | None:
    """The latest run over a file with exactly these bytes. Cost: 1 query."""
    return Import.objects.filter(sha256=sha256).order_by("-at", "-pk").first()


def replayed(organ_id: int) -> set[str]:
    """The marks of the summaries that this office has replayed, as their case titles keep them. Cost: 1 query."""
    titles = Case.objects.filter(organ_id=organ_id, title__contains="（回放").values_list("title", flat=True)
    return {match.group(1) for title in titles if (match := _MARK.search(title))}


def scope(*, organ: str = "") -> Wanted:
    """Everything, or what one organ owes: for the operator, who sees all."""
    return Wanted(organ=organ)
