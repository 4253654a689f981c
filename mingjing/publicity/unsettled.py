"""Cases that no rule lets into the lists of what is to be shown, until somebody mends what the rule refuses."""

from __future__ import annotations

from dataclasses import dataclass

from mingjing.cases.models import Case

from .models import Followed
from .paging import within


@dataclass(frozen=True)
class Unsettled:
    """A case whose placements could not be made, and why, in Chinese."""

    case_no: str
    label: str
    reason: str


def unsettled(*, organ: str = "", under: str = "") -> list[Unsettled]:
    """Those of one organ, or of all below a place in the tree. Cost: 1 query where there are none, else 2."""
    left = {key: why for row in Followed.objects.exclude(left={}) for key, why in row.left.items()}
    if not left:
        return []
    rows = within(Case.objects.filter(pk__in=left), organ, under).order_by("opened_at", "pk")
    return [Unsettled(row.no, row.label, left[str(row.pk)]) for row in rows]
