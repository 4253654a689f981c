"""Finding published decisions by words and by filters together, through the index.

The index is fed from the record, as that of cases is, so that a withdrawn decision leaves it as surely as a new
one enters it. It only proposes: every hit is read again from the database, and a decision that has been
withdrawn meanwhile is found by its number alone, never by the name that it no longer shows.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q

from mingjing.insight import search as insight
from mingjing.kernel.refused import Refused
from mingjing.record import queries as record

from .filters import Filters
from .models import Publication

SOURCE, KIND = "publicity", "decision"
_LAST = timedelta(microseconds=1)

Place = tuple[date, int]  # where a decision stands in the list: its day, and its key


def matching(filters: Filters, behind: Place | None, limit: int) -> tuple[list[Place], int]:
    """Decisions that meet the filters, latest first, behind a place; and how many there are in all.

    Cost: 1 query where nothing changed since the last time.
    """
    index = insight.default()
    with suppress(Refused):  # another process is writing: what it has committed so far is good enough
        catch_up(index)
    found = index.query(
        filters.words,
        kinds=(KIND,),
        every=[f"{name}:{value}" for name, value in filters.equal.items()],
        named={"party": filters.party, "number": filters.number},
        since=_midnight(filters.first_day) if filters.first_day else None,
        until=_until(filters, behind),
        limit=limit,
    )
    return [(hit.at.date(), int(hit.key)) for hit in found.hits], found.total


def may_be_found(row: Publication, filters: Filters) -> bool:
    """Whether a row that the index proposed may still be found so.

    What has come to the end of its display is not found at all, a tombstone only by its number.
    """
    if row.ended_at or (filters.today and row.until and row.until < filters.today):
        return False
    if row.state == "shown":
        return True
    return not filters.party and all(word in row.number for word in filters.words.split())


def catch_up(index: insight.Index | None = None) -> int:
    """Take what changed since the last time into the index; returns how many documents.

    Raises: Refused ``index-busy``. Cost: 1 query when nothing changed.
    """
    index = index or insight.default()
    changes = insight.following(index.cursor(SOURCE), record.tail, documents, mark=f"{KIND}:")
    return index.catch_up(SOURCE, changes)


def documents(subjects: set[str]) -> Iterator[insight.Document]:
    """The publications among the subjects of the record, and those of its cases. Cost: 1 query."""
    cases = [uuid.UUID(one.removeprefix("case:")) for one in subjects if one.startswith("case:")]
    slugs = [one.removeprefix("publication:") for one in subjects if one.startswith("publication:")]
    named = Q(case_id__in=cases) | Q(slug__in=slugs)
    return (
        document(row) for row in Publication.objects.filter(named, channel="portal").select_related("organ")
    )


def document(row: Publication) -> insight.Document:
    """One publication as the index holds it; nothing of what has come to the end of its display."""
    if row.ended_at:
        return insight.Document(KIND, str(row.pk), "", "", place(row.decided_on, row.pk))
    return insight.Document(
        kind=KIND,
        key=str(row.pk),
        title=row.number,
        text=f"{row.subject}\n{row.title}\n{row.subject_code}",
        at=place(row.decided_on, row.pk),
        tokens=(f"organ:{row.organ.code}", f"act:{row.act}", f"field:{row.field}", f"region:{row.region}"),
        named=(("party", f"{row.subject}\n{row.subject_code}"), ("number", row.number)),
    )


def place(decided_on: date, key: int) -> datetime:
    """Where a decision stands in the list: by its day, and within the day by its key."""
    return _midnight(decided_on) + timedelta(microseconds=key)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _until(filters: Filters, behind: Place | None) -> datetime | None:
    """The latest place asked for: the end of the last day, or what lies just behind a place."""
    ends = [_midnight(filters.last_day) + timedelta(days=1)] if filters.last_day else []
    ends += [place(*behind)] if behind else []
    return min(ends) - _LAST if ends else None
