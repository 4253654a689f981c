"""不公示: which decisions are not shown and why, how many, and when each is judged anew."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, QuerySet

from mingjing.law import queries as law

from .matrix import matrix
from .models import Exemption, Placement
from .paging import behind, cursor, within


@dataclass(frozen=True)
class Withheld:
    """不公示的件数: how many decisions are not shown for one reason; ``count`` is None where it is too small to tell."""

    ground: str
    title: str
    basis: str
    count: int | None
    below: int

    @property
    def words(self) -> str:
        """The count for readers."""
        return f"少于 {self.below}" if self.count is None else str(self.count)


def withheld_counts(
    *, organ: str = "", year: int | None = None, channels: Collection[str] = ("portal",)
) -> list[Withheld]:
    """How many decisions are withheld, by coded reason, in the order of the codex; small cells suppressed.

    Source: 达州三项制度方案/4(1) (公开为常态、不公开为例外). Cost: 1 query.
    """
    rows = Placement.objects.filter(state="withheld", channel__in=channels).order_by()
    if organ:
        rows = rows.filter(organ__code=organ)
    if year is not None:
        rows = rows.filter(decided_on__gte=date(year, 1, 1), decided_on__lte=date(year, 12, 31))
    counts: dict[str, int] = {}
    for ground, papers in rows.values_list("ground").annotate(papers=_papers()):
        counts[ground] = papers
    below = law.statistics_rule().private_below
    return [
        Withheld(one.id, one.title, one.basis, counts[one.id] if counts[one.id] >= below else None, below)
        for one in matrix().grounds.values()
        if counts.get(one.id)
    ]


def _papers() -> Count:
    return Count("paper", distinct=True)


@dataclass(frozen=True)
class Exempted:
    """One decision that is not shown, or not yet, as lists show it."""

    id: int
    case_no: str
    number: str
    organ: str
    organ_code: str
    kind: str
    ground: str
    ground_title: str
    basis: str
    reason: str
    review_on: date
    state: str
    proposed_at: datetime
    proposed_by: str
    opinion: str
    cursor: str


def exemptions(
    *,
    organ: str = "",
    under: str = "",
    states: Collection[str] = ("open", "approved"),
    only: int = 0,
    after: str = "",
    limit: int = 200,
) -> list[Exempted]:
    """Up to ``limit`` exemptions behind the cursor, the earliest day of review first; ``only`` is the key of the one
    that is looked for. Cost: 1 query.

    Raises: Refused ``bad-cursor``.
    """
    rows = behind(Exemption.objects.filter(state__in=states), after, "review_on", date.fromisoformat)
    rows = rows.filter(pk=only) if only else rows
    return [exempted(row) for row in _told(rows, organ, under)[:limit]]


def reviews(
    *, organ: str = "", under: str = "", until: date | None = None, limit: int = 10_000
) -> list[Exempted]:
    """Exemptions that stand and are to be judged anew, the earliest day of review first; ``until`` narrows it to those
    whose day is no later. Source: 政府信息公开条例/18. Cost: 1 query."""
    rows = _told(Exemption.objects.filter(state="approved"), organ, under).order_by("review_on", "pk")
    rows = rows.filter(review_on__lte=until) if until else rows
    return [exempted(row) for row in rows[:limit]]


def count_reviews(*, organ: str = "", under: str = "", until: date) -> int:
    """How many exemptions have come to their day of review by that day. Cost: 1 query."""
    return within(Exemption.objects.filter(state="approved", review_on__lte=until), organ, under).count()


def _told(rows: QuerySet[Exemption], organ: str, under: str) -> QuerySet[Exemption]:
    return within(rows, organ, under).select_related("case", "paper", "organ", "proposed_by")


def exempted(row: Exemption) -> Exempted:
    """The row as lists show it."""
    ground = matrix().grounds.get(row.ground)
    return Exempted(
        id=row.pk,
        case_no=row.case.no,
        number=row.paper.number,
        organ=row.organ.short_name,
        organ_code=row.organ.code,
        kind=row.kind,
        ground=row.ground,
        ground_title=ground.title if ground else row.ground,
        basis=ground.basis if ground else "",
        reason=row.reason,
        review_on=row.review_on,
        state=row.state,
        proposed_at=row.proposed_at,
        proposed_by=row.proposed_by.name,
        opinion=row.opinion,
        cursor=cursor(row.review_on, row.pk),
    )


def grounds(*, shown: bool = False) -> list[tuple[str, str, str]]:
    """The reasons that a head may approve: code, title and basis; what is ``shown`` cannot be delayed any more."""
    kinds = ("decision",) if shown else ("decision", "delay")
    return [(one.id, one.title, one.basis) for one in matrix().grounds.values() if one.kind in kinds]
