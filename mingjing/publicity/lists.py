"""The list of published decisions: filters that combine, pages by key, counts that end somewhere.

One filter, or none, is answered from an index of the database, at once and exactly. Words, and filters
together, are answered by the index of texts, which cuts sets of a million in milliseconds; what it proposes is
read again, so that nothing shows that was withdrawn since.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet, Subquery

from mingjing.kernel.refused import Refused
from mingjing.organs.models import Organ
from mingjing.record import queries as record

from . import search
from .filters import Filters
from .models import LISTED, Publication

PAGE = 30
COUNT_UP_TO = 10_000
CHANNEL = "portal"


@dataclass(frozen=True)
class Published:
    """One decision in a list. After withdrawal ``subject`` is empty and ``reason`` says why."""

    slug: str
    number: str
    organ: str
    organ_short: str
    organ_code: str
    region: str
    field: str
    act: str
    subject: str
    subject_code: str
    title: str
    conclusion: str
    decided_on: date
    published_at: datetime
    withdrawn_at: datetime | None
    reason: str
    place: record.Place | None
    cursor: str

    @property
    def withdrawn(self) -> bool:
        """Whether only the tombstone is left."""
        return self.withdrawn_at is not None


def published(filters: Filters, after: str = "", limit: int = PAGE) -> list[Published]:
    """Up to ``limit`` decisions, latest first, behind the cursor ``after``. Cost: 2 queries, 3 by text.

    Raises: Refused ``bad-cursor``.
    """
    before = _cursor(after)
    if filters.by_text:
        return _told(_found(filters, before, limit)[0])
    return _told(list(_without_text(_behind(filtered(filters), before))[:limit]))


def first_page(filters: Filters, limit: int = PAGE) -> tuple[list[Published], int]:
    """The latest decisions, and how many there are as ``count`` tells it. Cost: 3 queries.

    By text both come from one search: of a word that a million hold it is the search that takes time.
    """
    if not filters.by_text:
        return published(filters, limit=limit), count(filters)
    rows, total = _found(filters, None, limit)
    return _told(rows), min(total, COUNT_UP_TO + 1)


def _told(rows: list[Publication]) -> list[Published]:
    """The rows with their places in the log. Cost: 1 query."""
    places = record.places([row.decision_entry_id for row in rows])
    return [listed(row, places.get(row.decision_entry_id)) for row in rows]


def every_published(filters: Filters) -> Iterator[Published]:
    """All decisions in constant memory, for downloads. Cost: 2 queries per thousand."""
    after = ""
    while rows := published(filters, after, 1000):
        yield from rows
        after = rows[-1].cursor


def count(filters: Filters) -> int:
    """How many there are, counted no further than ``COUNT_UP_TO`` + 1. Cost: 1 query."""
    if filters.by_text:
        return min(search.matching(filters, None, 1)[1], COUNT_UP_TO + 1)
    return filtered(filters).order_by()[: COUNT_UP_TO + 1].count()


def years() -> list[int]:
    """The years in which decisions of the list were made, latest first. Cost: 1 query.

    The first and the last row of an index, where an aggregate of both would read the whole of it.
    """
    days = Publication.objects.filter(LISTED).order_by("decided_on", "id").values_list("decided_on")
    span = days.reverse().annotate(first=Subquery(days[:1]))[:1]
    return [year for last, first in span for year in range(last.year, first.year - 1, -1)]


def filtered(filters: Filters) -> QuerySet[Publication]:
    """The rows that meet the filters which need no text, latest first."""
    rows = Publication.objects.filter(LISTED, channel=CHANNEL).order_by("-decided_on", "-id")
    if filters.today:
        rows = rows.filter(Q(until__isnull=True) | Q(until__gte=filters.today))
    for name, value in filters.equal.items():
        rows = rows.filter(**{name: _organ(value) if name == "organ" else value})
    if filters.first_day:
        rows = rows.filter(decided_on__gte=filters.first_day)
    if filters.last_day:
        rows = rows.filter(decided_on__lte=filters.last_day)
    return rows


def _without_text(rows: QuerySet[Publication]) -> QuerySet[Publication]:
    """With their organs, and without the paragraphs, which no list tells and which are most of a row."""
    return rows.select_related("organ").defer("rendition")


def _organ(code: str) -> Subquery:
    """The key of an organ, asked for first: joined to its code, the rows of an organ that has few would be sought
    among all others (PostgreSQL does not know whose they are when it plans).
    """
    return Subquery(Organ.objects.filter(code=code).values("pk")[:1])


def listed(row: Publication, place: record.Place | None) -> Published:
    """One row as the public sees it in a list."""
    return Published(
        slug=row.slug,
        number=row.number,
        organ=row.organ.name,
        organ_short=row.organ.short_name,
        organ_code=row.organ.code,
        region=row.region,
        field=row.field,
        act=row.act,
        subject=row.subject,
        subject_code=row.subject_code,
        title=row.title if row.withdrawn_at is None else "",
        conclusion=row.conclusion if row.withdrawn_at is None else "",
        decided_on=row.decided_on,
        published_at=row.published_at,
        withdrawn_at=row.withdrawn_at,
        reason=row.withdrawal_reason,
        place=place,
        cursor=f"{row.decided_on.isoformat()}.{row.pk}",
    )


def _found(filters: Filters, before: tuple[date, int] | None, limit: int) -> tuple[list[Publication], int]:
    """What the index proposes, read again, and how many it knows behind the place.

    Where a withdrawal has overtaken it, the next ones move up.
    """
    found: list[Publication] = []
    total = None
    while len(found) < limit:
        places, proposals = search.matching(filters, before, limit)
        total = proposals if total is None else total
        proposed = _without_text(Publication.objects.filter(pk__in=[key for _, key in places]))
        rows = {row.pk: row for row in proposed if search.may_be_found(row, filters)}
        found += [rows[key] for _, key in places if key in rows]
        if len(places) < limit:
            break
        before = places[-1]
    return found[:limit], total or 0


def _cursor(after: str) -> tuple[date, int] | None:
    """The day and key that a cursor names. Raises: Refused ``bad-cursor``."""
    if not after:
        return None
    day, _, number = after.partition(".")
    try:
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            raise ValueError(number)
        return date.fromisoformat(day), int(number)
    except ValueError:
        raise Refused("bad-cursor", f"翻页标记“{after}”无效。", remedy="请从列表第一页重新翻看。") from None


def _behind(rows: QuerySet[Publication], before: tuple[date, int] | None) -> QuerySet[Publication]:
    """Keyset paging: the time of a page does not grow with its place."""
    if before is None:
        return rows
    decided_on, key = before
    # The first condition alone lets the database begin at the right place of its index.
    return rows.filter(decided_on__lte=decided_on).filter(
        Q(decided_on__lt=decided_on) | Q(decided_on=decided_on, pk__lt=key)
    )
