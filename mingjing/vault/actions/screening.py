"""查毒: asking the scanner about every file that came in; nobody's silence is taken for a clean bill."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import SYSTEM
from mingjing.record import actions as record
from mingjing.record import queries as records
from mingjing.record import store

from ..intake.clamd import Clamd, Verdict
from ..models import Screening

AGAIN = timedelta(minutes=5)  # a scanner that did not answer is asked again after this
MOST_AT_ONCE = 200


class Screened(NamedTuple):
    """What a round did: files answered for, of these infected, and why it stopped early."""

    answered: int
    infected: int
    trouble: str


def await_screening(sha256s: Iterable[str]) -> None:
    """Mark files that came in as 未查毒, where a scanner is set. Cost: 1 query, none without a scanner."""
    if settings.MINGJING_CLAMD:
        Screening.objects.bulk_create(
            [Screening(blob_id=one) for one in sorted(set(sha256s))], ignore_conflicts=True
        )


def screen_waiting(*, at: datetime) -> Screened:
    """Ask the scanner about the files that wait, the longest waiting first; where it is silent they go on waiting."""
    if not settings.MINGJING_CLAMD:
        return Screened(0, 0, "")
    scanner = Clamd(settings.MINGJING_CLAMD)
    waiting = Screening.objects.filter(
        Q(tried_at__isnull=True) | Q(tried_at__lt=at - AGAIN),
        state="unchecked",
        blob__destroyed_at__isnull=True,
    )
    answered = infected = 0
    try:
        engine = scanner.version() if waiting.exists() else ""
        for row in waiting.order_by(F("tried_at").asc(nulls_first=True), "pk")[:MOST_AT_ONCE]:
            Screening.objects.filter(pk=row.pk).update(tried_at=at)
            with records.open_blob(row.blob_id) as content:
                verdict = scanner.scan(store.chunks(content))
            _note(row, verdict, engine, at)
            answered, infected = answered + 1, infected + (verdict.state == "infected")
    except Refused as refused:
        return Screened(answered, infected, refused.reason)
    return Screened(answered, infected, "")


def _note(row: Screening, verdict: Verdict, engine: str, at: datetime) -> None:
    """The verdict, in the table and on the chain of the file."""
    with transaction.atomic():
        row.state, row.what, row.engine, row.tried_at = verdict.state, verdict.what, engine, at
        row.save(update_fields=["state", "what", "engine", "tried_at"])
        record.append(
            kind="evidence-screened",
            subject=f"blob:{row.blob_id}",
            at=at,
            actor=SYSTEM,
            plain={"state": verdict.state, "what": verdict.what, "engine": engine},
        )
