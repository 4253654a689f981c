"""How well the stored files are looked after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, Sum

from mingjing.record.models import Blob

from ..models import Ground, ScrubMonth, ScrubPlace

CYCLE = timedelta(days=90)
FAULTS = {"missing": "找不到", "size": "大小不对", "changed": "内容改变", "unread": "读不出"}
MOST_FAULTS = 100


@dataclass(frozen=True)
class Fault:
    """A file in which something is wrong; ``labels`` are what people call it."""

    sha256: str
    size_bytes: int
    what: str
    read_at: datetime
    labels: tuple[str, ...]


@dataclass(frozen=True)
class ScrubState:
    """What is stored, how much of it was read in the last ninety days, and what was found wrong."""

    files: int
    bytes: int
    destroyed: int
    read_files: int
    read_bytes: int
    oldest: datetime | None
    faults: tuple[Fault, ...]
    months: tuple[ScrubMonth, ...]
    begun: ScrubPlace | None

    @property
    def percent(self) -> int:
        """How much of the bytes was read in the last ninety days."""
        return 100 if not self.bytes else self.read_bytes * 100 // self.bytes

    @property
    def well(self) -> bool:
        """Whether nothing is wrong and nothing waits too long."""
        return not self.faults and self.read_files == self.files


def scrub_state(at: datetime) -> ScrubState:
    """How well the stored files are looked after. Cost: 5 queries."""
    recent = Q(read_at__gte=at - CYCLE)
    kept = Blob.objects.filter(destroyed_at__isnull=True)
    sums = kept.aggregate(
        files=Count("pk"),
        bytes=Sum("size_bytes"),
        read_files=Count("pk", filter=recent),
        read_bytes=Sum("size_bytes", filter=recent),
        oldest=Min("read_at"),
    )
    return ScrubState(
        files=sums["files"],
        bytes=sums["bytes"] or 0,
        destroyed=Blob.objects.filter(destroyed_at__isnull=False).count(),
        read_files=sums["read_files"],
        read_bytes=sums["read_bytes"] or 0,
        oldest=sums["oldest"],
        faults=_faults(),
        months=tuple(ScrubMonth.objects.all()[:12]),
        begun=ScrubPlace.objects.select_related("blob").first(),
    )


def _faults() -> tuple[Fault, ...]:
    rows = list(
        Blob.objects.filter(destroyed_at__isnull=True).exclude(fault="").order_by("read_at")[:MOST_FAULTS]
    )
    labels: dict[str, list[str]] = {}
    for sha256, label in Ground.objects.filter(blob__in=rows).values_list("blob_id", "label"):
        labels.setdefault(sha256, []).append(label)
    return tuple(
        Fault(
            one.sha256,
            one.size_bytes,
            FAULTS.get(one.fault, one.fault),
            one.read_at,
            tuple(dict.fromkeys(labels.get(one.sha256, ()))),
        )
        for one in rows
    )
