"""Saying why files are kept: with a case, by themselves, in a class that an officer puts them into."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.record import actions as record
from mingjing.record.models import Blob

from .. import classes
from ..models import Ground
from ..queries.retention import grounds_in_sight
from .custody import note_custody
from .screening import await_screening

MOST_REASON = 300


def attach(
    files: Mapping[str, str], *, subject: str, organ_id: int, at: datetime, retention: str = classes.CASE_FILE
) -> None:
    """Keep stored files for ``subject``; ``files`` gives each SHA-256 the label by which people know it.

    MUST run inside the transaction of the act whose entry names the files: their rows stay locked until it ends,
    so that nobody destroys them meanwhile. Cost: 2 queries, 3 where a virus scanner is set.
    Raises: Refused ``blob-destroyed``, ``no-such-class``.
    """
    if not files:
        return
    since = _day(at)
    until = classes.class_of(retention).until(since)
    rows = Blob.objects.select_for_update().filter(pk__in=sorted(files), destroyed_at__isnull=True)
    kept = set(rows.order_by("pk").values_list("pk", flat=True))
    for sha256, label in files.items():
        if sha256 not in kept:
            raise Refused(
                "blob-destroyed",
                f"文件“{label}”的内容已经销毁或者没有存入，不能使用。",
                remedy="请重新上传。",
            )
    Ground.objects.bulk_create(
        [
            Ground(
                blob_id=sha256,
                organ_id=organ_id,
                subject=subject,
                label=label[:200],
                retention=retention,
                since=since,
                until=until,
            )
            for sha256, label in files.items()
        ],
        ignore_conflicts=True,
    )
    await_screening(files)


def settle(*, subject: str, until: date | None, actor: Actor, at: datetime) -> int:
    """The case was archived: its files are kept until ``until`` like the dossier, or without end; how many.

    MUST run inside the transaction of the archiving. Only what is kept as the case is kept changes.
    """
    rows = Ground.objects.filter(subject=subject, retention=classes.CASE_FILE, released_at__isnull=True)
    count = rows.update(until=until)
    record.append(
        kind="retention-settled",
        subject=subject,
        at=at,
        actor=actor,
        plain={"files": count, "until": until.isoformat() if until else classes.PERMANENT},
    )
    return count


@transaction.atomic
def classify(*, sha256: str, retention: str, reason: str, actor: Actor, at: datetime) -> None:
    """Put a file into a class that an officer decides on, such as 妨碍执法; it can only be kept longer by that.

    Raises: Refused ``no-permission``, ``no-such-class``, ``bad-choice``, ``bad-reason``, ``no-such-piece``,
    ``already-classified``.
    """
    require(actor, "evidence.classify")
    chosen = classes.class_of(retention)
    if not chosen.by_hand:
        raise Refused(
            "bad-choice", f"“{chosen.title}”由文件的用途决定，不能手工选定。", remedy="请选择其他类别。"
        )
    reason = checked_reason(reason, "归入这一类别")
    ground = own_ground(actor, sha256)
    if Ground.objects.filter(
        blob_id=sha256, organ_id=ground.organ_id, retention=retention, released_at__isnull=True
    ).exists():
        raise Refused("already-classified", f"这个文件已经归入“{chosen.title}”。", remedy="无须重复办理。")
    since = _day(at)
    Ground.objects.create(
        blob_id=sha256,
        organ_id=ground.organ_id,
        subject=ground.subject,
        label=ground.label,
        retention=retention,
        since=since,
        until=chosen.until(since),
        reason=reason,
    )
    note_custody(
        piece=f"blob:{sha256}",
        sha256=sha256,
        kind="retention",
        actor=actor,
        at=at,
        reason=reason,
        detail={"class": retention, "for": ground.subject},
    )


def own_ground(actor: Actor, sha256: str) -> Ground:
    """Why the actor's organ keeps the file, the row of the content locked. Raises: Refused ``no-such-piece``."""
    locked = Blob.objects.select_for_update().filter(pk=sha256, destroyed_at__isnull=True).first()
    found = (
        grounds_in_sight(actor).filter(blob_id=sha256, released_at__isnull=True).order_by("id").first()
        if locked
        else None
    )
    if found is None:
        raise Refused("no-such-piece", "没有保管这个文件，或者您无权查看。", remedy="请从证据保管页面进入。")
    return found


def checked_reason(text: str, what: str) -> str:
    """The reason that a person gave for an act. Raises: Refused ``bad-reason``."""
    text = text.replace("\x00", "").strip()
    if not text:
        raise Refused("bad-reason", f"{what}须写明理由。", remedy="请写明理由。")
    if len(text) > MOST_REASON:
        raise Refused(
            "bad-reason", f"理由最多 {MOST_REASON} 个字，现有 {len(text)} 个字。", remedy="请精简后再提交。"
        )
    return text


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()
