"""停止销毁: keeping files from being destroyed while a suit, a reconsideration or an inquiry needs them."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.record import actions as record

from ..models import Ground, Hold
from ..queries.retention import grounds_in_sight
from .custody import note_custody
from .retaining import checked_reason

PERMISSION = "evidence.hold"


@transaction.atomic
def hold(*, subject: str, reason: str, until: date | None, actor: Actor, at: datetime) -> Hold:
    """Let nobody destroy what ``subject`` covers: one file (``blob:<sha256>``) or all of a case (``case:<id>``).

    Raises: Refused ``no-permission``, ``bad-reason``, ``bad-term``, ``no-such-piece``.
    """
    require(actor, PERMISSION)
    reason = checked_reason(reason, "停止销毁")
    if until is not None and until < timezone.localtime(at).date():
        raise Refused(
            "bad-term", f"停止销毁的止日 {until} 已经过去。", remedy="请选择今天以后的日期，或者不写止日。"
        )
    ground = _covered(actor, subject)
    row = Hold.objects.create(
        subject=subject,
        label=ground.label if subject.startswith("blob:") else "",
        organ_id=ground.organ_id,
        reason=reason,
        until=until,
        placed_at=at,
        placed_by_id=actor.officer_id,
    )
    _note(row, "hold", reason, actor, at)
    return row


@transaction.atomic
def lift_hold(*, hold_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """End a hold; the files then follow their terms again.

    Raises: Refused ``no-permission``, ``not-found``, ``changed-meanwhile``, ``bad-reason``.
    """
    require(actor, PERMISSION)
    reason = checked_reason(reason, "解除停止销毁")
    found = Hold.objects.select_for_update(of=("self",)).select_related("organ").filter(pk=hold_id).first()
    if found is None or not _may_see(actor, found):
        raise Refused("not-found", "没有这项停止销毁，或者您无权办理。", remedy="请刷新页面。")
    if found.lifted_at is not None:
        raise Refused("changed-meanwhile", "这项停止销毁已经解除。", remedy="请刷新页面。")
    found.lifted_at, found.lifted_by_id, found.lifted_why = at, actor.officer_id, reason
    found.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
    _note(found, "release_hold", reason, actor, at)


def _note(row: Hold, kind: str, reason: str, actor: Actor, at: datetime) -> None:
    """On the custody list of one file, or in the chain of what many files are kept for."""
    told = {"hold": row.pk, "until": row.until.isoformat() if row.until else ""}
    scope, _, name = row.subject.partition(":")
    if scope == "blob":
        note_custody(
            piece=row.subject, sha256=name, kind=kind, actor=actor, at=at, reason=reason, detail=told
        )
    else:
        record.append(
            kind=f"custody.{kind}",
            subject=row.subject,
            at=at,
            actor=actor,
            plain=told,
            personal={"reason": reason},
        )


def _covered(actor: Actor, subject: str) -> Ground:
    """A ground in the actor's sight that the hold would cover. Raises: Refused ``no-such-piece``."""
    rows = grounds_in_sight(actor).filter(released_at__isnull=True, blob__destroyed_at__isnull=True)
    kind, _, name = subject.partition(":")
    rows = rows.filter(blob_id=name) if kind == "blob" else rows.filter(subject=subject)
    found = rows.order_by("id").first()
    if found is None:
        raise Refused(
            "no-such-piece", "没有保管这样的文件，或者您无权查看。", remedy="请核对案号或者文件的 SHA-256。"
        )
    return found


def _may_see(actor: Actor, found: Hold) -> bool:
    """A supervisor's hold is lifted by a supervisor, an organ's by the organ or its supervisor."""
    if actor.supervises:
        return found.organ.path.startswith(actor.supervises)
    return found.organ_id == actor.organ_id and found.placed_by.organ_id == actor.organ_id
