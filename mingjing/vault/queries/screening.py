"""Which files the virus scanner has not answered for, and in which it found something."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor

from ..models import Screening
from .retention import grounds_in_sight

TITLES = {"unchecked": "未查毒", "clean": "未发现病毒", "infected": "发现病毒", "too_large": "过大，未查毒"}
MOST_LISTED = 100


@dataclass(frozen=True)
class ScreeningState:
    """How many files stand how; ``listed`` are those of the actor's organs that are not clean, worst first."""

    scanner: bool
    counts: dict[str, int]
    listed: tuple[tuple[Screening, str], ...]


def screening_state(actor: Actor) -> ScreeningState:
    """How the stored files stand with the virus scanner. Cost: 3 queries."""
    rows = Screening.objects.filter(blob__destroyed_at__isnull=True)
    counts = {
        TITLES[row["state"]]: row["count"]
        for row in rows.values("state").annotate(count=Count("pk")).order_by("state")
    }
    seen = grounds_in_sight(actor).filter(released_at__isnull=True)
    listed = list(
        rows.exclude(state="clean").filter(blob__in=seen.values("blob")).order_by("state", "pk")[:MOST_LISTED]
    )
    labels = dict(seen.filter(blob__in=[one.pk for one in listed]).values_list("blob_id", "label"))
    return ScreeningState(
        bool(settings.MINGJING_CLAMD), counts, tuple((one, labels.get(one.pk, "")) for one in listed)
    )


def screening_of(sha256: str) -> str:
    """How a file stands, in words; empty where no scanner was ever set. Cost: 1 query."""
    found = Screening.objects.filter(pk=sha256).values_list("state", flat=True).first()
    return TITLES[found] if found else ""


def require_not_infected(sha256: str) -> None:
    """Raises: Refused ``infected`` for a file in which the scanner found something. Cost: 1 query."""
    found = Screening.objects.filter(pk=sha256, state="infected").first()
    if found is not None:
        raise Refused(
            "infected",
            f"这个文件中发现病毒（{found.what}），不能下载。原件没有改动，仍然保管。",
            remedy="需要使用的，请联系系统管理员在隔离的机器上处理。",
        )
