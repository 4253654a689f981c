"""巡检: every stored file is read again within ninety days, those that waited longest first.

Bytes rot silently: only reading shows it. A slice reads as much as it is given, and the next one goes on where it
stopped, inside a large file as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import BinaryIO

from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import SYSTEM
from mingjing.record import actions as record
from mingjing.record import backends
from mingjing.record import queries as records
from mingjing.record.measuring import PART_BYTES, Measure, Part
from mingjing.record.models import Blob, Manifest

from ..models import Ground, ScrubMonth, ScrubPlace

CYCLE = timedelta(days=90)
REST = timedelta(days=45)  # what was read more recently is not read again unless somebody asks
LEAST_SLICE_BYTES = 64 << 20
SUBJECT = "vault:scrub"
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class Scrubbed:
    """What a slice did. ``begun``: whether it stopped inside a large file. ``trouble``: why it stopped early."""

    files: int = 0
    bytes_read: int = 0
    faults: int = 0
    mended: int = 0
    left: int = 0
    begun: bool = False
    trouble: str = ""


def scrub(*, at: datetime, budget_bytes: int, rest: timedelta = REST, faults_only: bool = False) -> Scrubbed:
    """Read stored files that were last read before ``rest``, at most ``budget_bytes``, the longest waiting first.

    ``faults_only`` reads those again in which something was wrong. What is found wrong, and what is right again, is
    on the record at once; a month's sums when the month is over.
    """
    _close_months(at)
    told = Scrubbed()
    budget = budget_bytes
    for blob in _due(at - rest, faults_only).iterator(200):
        if budget <= 0:
            break
        try:
            read, ended = _read(blob, budget, at)
        except Refused as refused:
            told = replace(told, trouble=refused.reason)
            break
        budget -= max(read, 1)
        told = replace(
            told,
            files=told.files + (ended is not None),
            bytes_read=told.bytes_read + read,
            begun=ended is None,
        )
        if ended is not None:
            told = _note(told, blob, ended, at)
    _count(told, at)
    return replace(told, left=_due(at - rest, faults_only).count())


def slice_bytes(every_seconds: int) -> int:
    """How much a worker that comes every so many seconds must read so that all is read twice in a cycle."""
    total = Blob.objects.filter(destroyed_at__isnull=True).aggregate(sum=Sum("size_bytes"))["sum"] or 0
    return max(LEAST_SLICE_BYTES, 1 + int(2 * total * every_seconds / CYCLE.total_seconds()))


def _due(before: datetime, faults_only: bool) -> QuerySet[Blob]:
    """The files to read, one that was begun first."""
    rows = Blob.objects.filter(destroyed_at__isnull=True)
    rows = rows.exclude(fault="") if faults_only else rows.filter(read_at__lt=before)
    return rows.order_by(F("scrubplace__parts").desc(nulls_last=True), "read_at", "sha256")


def _read(blob: Blob, budget: int, at: datetime) -> tuple[int, str | None]:
    """Read a file, or its next parts: how many bytes, and what is wrong with it (``""`` nothing, None not at its end)."""
    place = backends.current()
    kept = place.size_of(blob.sha256)
    if kept is None:
        return 0, "missing"
    if kept != blob.size_bytes:
        return 0, "size"
    parts = records.parts_of(blob)
    try:
        with place.open(blob.sha256) as content:
            if len(parts) == 1 or blob.size_bytes <= budget:
                return _read_whole(blob, content, known=len(parts) > 1)
            return _read_parts(blob, content, parts, budget)
    except OSError:
        return 0, "unread"


def _read_whole(blob: Blob, content: BinaryIO, *, known: bool) -> tuple[int, str]:
    """Read a file to its end; one that was kept before there were manifests gets one."""
    measure = Measure()
    while piece := content.read(_PIECE_BYTES):
        measure.update(piece)
    if measure.sha256 != blob.sha256:
        return measure.size_bytes, "changed"
    if measure.parts and not known:
        Manifest.objects.bulk_create([Manifest(blob=blob, digests=measure.parts)], ignore_conflicts=True)
    return measure.size_bytes, ""


def _read_parts(blob: Blob, content: BinaryIO, parts: list[Part], budget: int) -> tuple[int, str | None]:
    """Read the parts that the last slice left, as far as the budget goes."""
    begun = ScrubPlace.objects.filter(blob=blob).first()
    done, read = begun.parts if begun else 0, 0
    for part in parts[done:]:
        if read and read + PART_BYTES > budget:
            ScrubPlace.objects.update_or_create(blob=blob, defaults={"parts": done})
            return read, None
        if not _is_right(content, part):
            return read + part.size_bytes, "changed"
        done, read = done + 1, read + part.size_bytes
    return read, ""


def _is_right(content: BinaryIO, part: Part) -> bool:
    content.seek(part.start)
    measure = Measure()
    for piece in _pieces(content, part.size_bytes):
        measure.update(piece)
    return measure.sha256 == part.sha256


def _pieces(content: BinaryIO, most: int) -> Iterator[bytes]:
    while most and (piece := content.read(min(_PIECE_BYTES, most))):
        most -= len(piece)
        yield piece


def _note(told: Scrubbed, blob: Blob, fault: str, at: datetime) -> Scrubbed:
    """Write down what the reading found; a change for the worse or the better is an entry of the file's chain."""
    with transaction.atomic():
        Blob.objects.filter(pk=blob.pk).update(read_at=at, fault=fault)
        ScrubPlace.objects.filter(blob=blob).delete()
        if fault != blob.fault:
            record.append(
                kind="evidence-damaged" if fault else "evidence-mended",
                subject=f"blob:{blob.sha256}",
                at=at,
                actor=SYSTEM,
                plain={"fault": fault or blob.fault},
            )
    if not fault:
        _renew_lock(blob, at)
    return replace(
        told, faults=told.faults + bool(fault), mended=told.mended + bool(blob.fault and not fault)
    )


def _renew_lock(blob: Blob, at: datetime) -> None:
    """Where the store can lock, what somebody keeps stays locked until it is read the next time, and a while beyond."""
    on = timezone.localtime(at).date()
    rows = Ground.objects.filter(blob=blob, released_at__isnull=True).values_list("until", flat=True)
    if any(until is None or until >= on for until in rows):
        backends.current().retain(blob.sha256, at + CYCLE + REST)


def _count(told: Scrubbed, at: datetime) -> None:
    if not told.files and not told.bytes_read:
        return
    month = _month(at)
    ScrubMonth.objects.get_or_create(month=month)
    ScrubMonth.objects.filter(month=month).update(
        files=F("files") + told.files,
        bytes_read=F("bytes_read") + told.bytes_read,
        faults=F("faults") + told.faults,
        mended=F("mended") + told.mended,
    )


def _close_months(at: datetime) -> None:
    """Put the sums of the months that are over on the record, each once."""
    with transaction.atomic():
        over = ScrubMonth.objects.select_for_update().filter(month__lt=_month(at), entry_id__isnull=True)
        for one in over.order_by("month"):
            sums = {key: getattr(one, key) for key in ("files", "bytes_read", "faults", "mended")}
            entry = record.append(
                kind="scrub-month",
                subject=SUBJECT,
                at=at,
                actor=SYSTEM,
                plain={"month": f"{one.month:%Y-%m}", **sums},
            )
            one.entry_id = entry.pk
            one.save(update_fields=["entry_id"])


def _month(at: datetime) -> date:
    return timezone.localtime(at).date().replace(day=1)
