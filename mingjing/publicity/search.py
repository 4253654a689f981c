"""Finding published decisions by words, through the index.

The index is fed from the record, as that of cases is, so that a withdrawn decision leaves it as surely as a new
one enters it. It only proposes: every hit is read again from the database, and a decision that has been
withdrawn meanwhile is found by its number alone, never by the name that it no longer shows.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from itertools import product

from django.db.models import Q, QuerySet

from mingjing.insight import search as insight
from mingjing.kernel.refused import Refused
from mingjing.record import queries as record

from .models import Publication

SOURCE, KIND = "publicity", "decision"
_DAY_SECONDS = 86_400


Place = tuple[datetime, int]  # where a decision stands in the list, and its key


def matching(
    words: str, *, organ: str, act: str, year: int | None, behind: Place | None, limit: int
) -> tuple[list[Place], int]:
    """Decisions that hold the words, latest first, behind a place; and how many there are in all.

    Cost: 1 query where nothing changed since the last time.
    """
    index = insight.default()
    with suppress(Refused):  # another process is writing: what it has committed so far is good enough
        catch_up(index)
    until, last = behind or (None, 0)
    token = _token(organ, act, year)
    hits = index.query(words, kinds=(KIND,), tokens=(token,), limit=limit + 1, until=until)
    places = [(hit.at, int(hit.key)) for hit in hits.hits]
    return [place for place in places if place[1] != last][:limit], hits.total


def still_found(rows: QuerySet[Publication], words: str) -> QuerySet[Publication]:
    """Of rows that the index proposed, those that may still be found by the words."""
    return rows.filter(Q(state="shown") | Q(number__contains=words))


def catch_up(index: insight.Index | None = None) -> int:
    """Take what changed since the last time into the index; returns how many documents.

    Raises: Refused ``index-busy``. Cost: 1 query when nothing changed.
    """
    index = index or insight.default()
    changes = insight.following(index.cursor(SOURCE), record.tail, documents, mark=f"{KIND}:")
    return index.catch_up(SOURCE, changes)


def documents(subjects: set[str]) -> Iterator[insight.Document]:
    """The publications of the cases among the subjects of the record. Cost: 1 query."""
    cases = [uuid.UUID(one.removeprefix("case:")) for one in subjects if one.startswith("case:")]
    rows = Publication.objects.filter(case_id__in=cases, channel="portal").select_related("organ")
    for row in rows:
        yield insight.Document(
            kind=KIND,
            key=str(row.pk),
            title=row.number,
            text=f"{row.subject}\n{row.title}\n{row.subject_code}",
            at=place(row.decided_on, row.pk),
            tokens=_tokens_of(row),
        )


def place(decided_on: date, key: int) -> datetime:
    """Where a decision stands in the list: by its day, and within the day by its key."""
    return datetime.combine(decided_on, time(), UTC) + timedelta(seconds=key % _DAY_SECONDS)


def _tokens_of(row: Publication) -> tuple[str, ...]:
    """A token for every choice of filters under which the row is to be found."""
    choices = product(("", row.organ.code), ("", row.act), (None, row.decided_on.year))
    return tuple(_token(organ, act, year) for organ, act, year in choices)


def _token(organ: str, act: str, year: int | None) -> str:
    return f"{organ}|{act}|{year or ''}"
