"""Following the record: what happens in cases reaches their placements, and displays end on their day."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import SYSTEM
from mingjing.record import actions as record
from mingjing.record import queries as records

from ..changing import SETTLED, mark_ended, write
from ..matrix import matrix
from ..models import Followed, Placement, Publication
from ..placing import day_of, decided
from ..placing_models import STANDING
from .placing import settle

NAME, BATCH = "cases", 500
ENDED = "publication.ended"


def catch_up(*, at: datetime, most: int = 100_000) -> int:
    """Settle the placements of every case in which something happened since the last time; returns how many.

    The record is the outbox: entries are read in the order of the logs behind a cursor, so none is ever skipped;
    a run that breaks off is repeated, and settling again changes nothing. A case that a rule refuses holds up no
    other: it is left with the reason, shown on the desk, and tried again the next time.
    Cost: 3 queries where nothing happened.
    """
    seen = _try_again(at)
    while seen < most:
        with transaction.atomic():
            cursor = _locked()
            lines = records.tail(after=cursor.place, limit=BATCH)
            if not lines:
                return seen
            touched = {one.subject for one in lines if one.kind == "step" and one.subject.startswith("case:")}
            cases = decided({uuid.UUID(one.removeprefix("case:")) for one in touched})
            cursor.left |= _refused(cases, at)
            cursor.place = lines[-1].place or cursor.place
            cursor.save(update_fields=["place", "left"])
            seen += len(cases)
    return seen


def _locked() -> Followed:
    Followed.objects.get_or_create(name=NAME)
    return Followed.objects.select_for_update().get(name=NAME)


def _try_again(at: datetime) -> int:
    """Settle what was left before; returns how many cases are settled now."""
    if not Followed.objects.filter(name=NAME).exclude(left={}).exists():
        return 0
    with transaction.atomic():
        cursor = _locked()
        still = _refused(decided({uuid.UUID(one) for one in cursor.left}), at)
        settled = len(cursor.left) - len(still)
        cursor.left = still
        cursor.save(update_fields=["left"])
    return settled


def _refused(cases: Iterable[uuid.UUID], at: datetime) -> dict[str, str]:
    """Settle each case by itself; returns those that a rule refuses, with the reason."""
    left = {}
    for case_id in cases:
        try:
            with transaction.atomic():
                settle(case_id=case_id, actor=SYSTEM, at=at)
        except Refused as no_way:
            left[str(case_id)] = f"{no_way.reason}{no_way.remedy or ''}"
    return left


def end_displays(*, at: datetime, most: int = 10_000) -> int:
    """End every display whose last day is over: the text goes, a channel that does not end by itself is told.

    Readers see nothing of it from the moment the day is over, whether this has run or not.
    Source: 市场监督管理行政处罚信息公示规定/13; 信用修复管理办法. Cost: 2 queries where nothing ends.
    """
    today = day_of(at)
    over = Publication.objects.filter(state="shown", until__lt=today).order_by("pk")[:most]
    ended = sum(_end_publication(row.pk, at) for row in over)
    rows = Placement.objects.filter(state__in=STANDING, until__lt=today).order_by("pk")
    for key in list(rows.values_list("pk", flat=True)[:most]):
        ended += _end_placement(key, at)
    return ended


def _end_publication(key: int, at: datetime) -> int:
    with transaction.atomic():
        row = Publication.objects.select_for_update().filter(pk=key, state="shown").first()
        if row is None:  # another worker was faster
            return 0
        row.state, row.ended_at = "ended", at
        row.rendition, row.subject, row.subject_code, row.title, row.conclusion = {}, "", "", "", ""
        row.save()
        record.append(
            kind=ENDED,
            subject=row.subject_of_record,
            at=at,
            actor=SYSTEM,
            plain={"number": row.number, "decision": str(row.decision_entry_id), "until": str(row.until)},
        )
        settle(case_id=row.case_id, actor=SYSTEM, at=at)
        return 1


def _end_placement(key: int, at: datetime) -> int:
    with transaction.atomic():
        row = Placement.objects.select_for_update().filter(pk=key, state__in=STANDING).first()
        if row is None:
            return 0
        mark_ended(row, asks=matrix().channel(row.channel).ends == "asked")
        write(SETTLED, [row], actor=SYSTEM, at=at)
        return 1
