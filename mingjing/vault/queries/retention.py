"""Until when files are kept and why; what is ready to be judged for destruction; what was destroyed."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.record.models import Blob

from .. import classes
from ..models import Deletion, DeletionItem, Ground, Hold

MOST_LISTED = 200


@dataclass(frozen=True)
class Standing:
    """How a file stands with one organ: its longest ground and what forbids to destroy it.

    ``until`` is None where the longest ground has no end (yet). ``why_not`` is empty where the file is ready.
    """

    sha256: str
    size_bytes: int
    label: str
    retention: str
    since: date
    until: date | None
    why_not: str

    @property
    def title(self) -> str:
        """The name of the class that keeps the file longest."""
        return classes.title(self.retention)

    @property
    def last_day(self) -> date:
        """The last day of a term that has one. Raises ValueError for others: asking them is a bug."""
        if self.until is None:
            raise ValueError(f"{self.retention} has no end")
        return self.until


@dataclass(frozen=True)
class ClassShare:
    """How much is kept in a class: files, bytes, and what a year of it costs in fen (0 where no price is set)."""

    code: str
    title: str
    term: str
    files: int
    bytes: int
    cost_fen: int
    over: int


def class_titles() -> dict[str, str]:
    """The name of each class of retention."""
    return {code: one.title for code, one in classes.classes().items()}


def standing_of(sha256: str, organ_id: int, on: date) -> Standing:
    """How a file stands with an organ. Cost: 3 queries. Raises: Refused ``no-such-piece``."""
    found = standings([sha256], organ_id, on)
    if not found:
        raise Refused("no-such-piece", "本机关没有保管这个文件。", remedy="请从证据保管页面进入。")
    return found[0]


def standings(
    sha256s: Collection[str], organ_id: int, on: date, *, within: uuid.UUID | None = None
) -> list[Standing]:
    """How these files stand with an organ, in the order given. Cost: 4 queries.

    ``within`` is the list of destruction that is being answered: to stand on it is no hindrance.
    """
    grounds: dict[str, list[Ground]] = {}
    rows = Ground.objects.filter(blob_id__in=sha256s, organ_id=organ_id, released_at__isnull=True)
    for one in rows.select_related("blob").order_by("id"):
        grounds.setdefault(one.blob_id, []).append(one)
    held = _held(sha256s, on)
    asked = _under_way(sha256s, within)
    return [
        _standing(grounds[sha256], on, held.get(sha256, ""), sha256 in asked)
        for sha256 in sha256s
        if sha256 in grounds
    ]


def ready(actor: Actor, on: date) -> list[Standing]:
    """鉴定清单: files of the actor's organ whose terms are over and that nothing else keeps. Cost: 4 queries."""
    running = Ground.objects.filter(
        Q(until__isnull=True) | Q(until__gte=on),
        blob=OuterRef("blob"),
        organ=OuterRef("organ"),
        released_at__isnull=True,
    )
    over = Ground.objects.filter(
        ~Exists(running),
        organ_id=organ_of(actor),
        released_at__isnull=True,
        until__lt=on,
        blob__destroyed_at__isnull=True,
    )
    first = over.order_by("until", "id").values_list("blob_id", flat=True)
    found = list(dict.fromkeys(first[: 2 * MOST_LISTED]))[:MOST_LISTED]
    return [
        one for one in (standings(found, actor.organ_id, on) if actor.organ_id else []) if not one.why_not
    ]


def shares(actor: Actor, on: date, fen_per_gb_year: int) -> list[ClassShare]:
    """What the organs in the actor's sight keep, by class, in the order of the file. Cost: 1 query.

    A file kept under several classes counts in each of them.
    """
    rows = (
        grounds_in_sight(actor)
        .filter(released_at__isnull=True, blob__destroyed_at__isnull=True)
        .values("retention")
        .annotate(
            files=Count("blob", distinct=True),
            bytes=Sum("blob__size_bytes"),
            over=Count("blob", filter=Q(until__lt=on), distinct=True),
        )
    )
    by_code = {row["retention"]: row for row in rows}
    known = classes.classes()
    return [
        ClassShare(
            code,
            classes.title(code),
            known[code].term if code in known else "",
            by_code[code]["files"],
            by_code[code]["bytes"],
            by_code[code]["bytes"] * fen_per_gb_year // (1 << 30),
            by_code[code]["over"],
        )
        for code in (*known, *(set(by_code) - set(known)))
        if code in by_code
    ]


def grounds_in_sight(actor: Actor) -> QuerySet[Ground]:
    """The grounds of the actor's organ, or of every organ that the actor supervises."""
    if actor.supervises:
        return Ground.objects.filter(organ__path__startswith=actor.supervises)
    return Ground.objects.filter(organ_id=organ_of(actor))


def holds_in_sight(actor: Actor, on: date) -> list[Hold]:
    """The holds of the organs in the actor's sight that run. Cost: 1 query."""
    return list(_sight(actor, _running(on)).select_related("organ", "placed_by")[:MOST_LISTED])


def deletions_in_sight(actor: Actor) -> list[Deletion]:
    """The newest lists of files to destroy, open ones first. Cost: 1 query."""
    rows = _sight(actor, Deletion.objects.all()).annotate(
        files=Count("items"), bytes=Sum("items__blob__size_bytes")
    )
    found = rows.select_related("organ", "proposed_by", "answered_by")[:MOST_LISTED]
    return sorted(found, key=lambda one: one.state != "open")


def deletion_for(actor: Actor, key: uuid.UUID) -> Deletion:
    """A list with its items, if the actor may see it. Cost: 2 queries. Raises: Refused ``not-found``."""
    found = (
        _sight(actor, Deletion.objects.all())
        .select_related("organ", "proposed_by", "answered_by")
        .prefetch_related("items__blob")
        .filter(pk=key)
        .first()
    )
    if found is None:
        raise Refused("not-found", "没有这份销毁清册，或者您无权查看。", remedy="请从证据保管页面进入。")
    deletion: Deletion = found
    return deletion


def organ_of(actor: Actor) -> int:
    """The officer's organ. Raises ValueError for a party or the platform: asking them is a bug."""
    if actor.organ_id is None:
        raise ValueError(f"{actor.kind} belongs to no organ")
    return actor.organ_id


def files_kept_for(subject: str, organ_id: int) -> list[str]:
    """The files that an organ keeps for ``subject`` and for no other case. Cost: 1 query."""
    others = Ground.objects.filter(
        blob=OuterRef("blob"), released_at__isnull=True, subject__startswith="case:"
    ).exclude(subject=subject)
    rows = Ground.objects.filter(
        ~Exists(others),
        subject=subject,
        organ_id=organ_id,
        released_at__isnull=True,
        blob__destroyed_at__isnull=True,
    )
    return sorted(set(rows.values_list("blob_id", flat=True)))


def _sight(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    if actor.supervises:
        return rows.filter(organ__path__startswith=actor.supervises)
    return rows.filter(organ_id=actor.organ_id)


def _running(on: date) -> QuerySet[Hold]:
    return Hold.objects.filter(Q(until__isnull=True) | Q(until__gte=on), lifted_at__isnull=True)


def _held(sha256s: Collection[str], on: date) -> dict[str, str]:
    """The reason of a hold that covers a file, whoever placed it and whatever organ keeps the file."""
    subjects: dict[str, list[str]] = {f"blob:{sha256}": [sha256] for sha256 in sha256s}
    rows = Ground.objects.filter(blob_id__in=sha256s, released_at__isnull=True)
    for sha256, subject in rows.values_list("blob_id", "subject"):
        subjects.setdefault(subject, []).append(sha256)
    return {
        sha256: hold.reason
        for hold in _running(on).filter(subject__in=subjects)
        for sha256 in subjects[hold.subject]
    }


def _under_way(sha256s: Collection[str], within: uuid.UUID | None) -> set[str]:
    """The files that another open list names already."""
    rows = DeletionItem.objects.filter(blob_id__in=sha256s, deletion__state="open")
    if within is not None:
        rows = rows.exclude(deletion_id=within)
    return set(rows.values_list("blob_id", flat=True))


def _standing(grounds: Sequence[Ground], on: date, held: str, asked: bool) -> Standing:
    longest = max(grounds, key=lambda one: one.until or date.max)
    blob = longest.blob
    return Standing(
        blob.sha256,
        blob.size_bytes,
        longest.label,
        longest.retention,
        longest.since,
        longest.until,
        _why_not(longest, blob, on, held, asked),
    )


def _why_not(longest: Ground, blob: Blob, on: date, held: str, asked: bool) -> str:
    if blob.destroyed_at is not None:
        return "内容已经销毁"
    if longest.until is None:
        return f"“{classes.title(longest.retention)}”没有届满的日期"
    if longest.until >= on:
        return f"保管到 {longest.until}"
    if held:
        return f"停止销毁：{held}"
    return "已经列入另一份销毁清册" if asked else ""
