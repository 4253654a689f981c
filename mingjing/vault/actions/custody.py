"""Writing into the custody list of a piece; the entry of the record and the line are one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mingjing.organs.authority import Actor
from mingjing.record import actions as record

from ..custody import WINDOW
from ..models import Custody


def note_custody(
    *,
    piece: str,
    sha256: str,
    kind: str,
    actor: Actor,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> Custody:
    """Record that ``actor`` did ``kind`` with a piece; ``detail`` MUST hold nothing personal.

    MUST run inside the transaction of the act, whose caller holds the lock of the piece's row and has checked
    authority. Cost: 4 queries, 5 with a reason.
    """
    entry = record.append(
        kind=f"custody.{kind}",
        subject=piece,
        at=at,
        actor=actor,
        plain={"sha256": sha256, **(detail or {})},
        personal={"reason": reason} if reason else None,
    )
    row = Custody(
        piece=piece,
        sha256=sha256,
        kind=kind,
        at=at,
        officer_id=actor.id if actor.kind == "officer" else None,
        reason=reason,
        detail=dict(detail or {}),
        entry_id=entry.pk,
    )
    row.save()
    return row


def note_opening(*, piece: str, sha256: str, kind: str, actor: Actor, at: datetime) -> Custody:
    """The same for views and playings: within half an hour, one line for each officer, piece and kind.

    The returned line may be the earlier one, ``detail`` and all. Cost: 1 query more.
    """
    recent = Custody.objects.filter(
        piece=piece, kind=kind, officer_id=actor.officer_id, at__gt=at - WINDOW, at__lte=at
    ).last()
    return recent or note_custody(piece=piece, sha256=sha256, kind=kind, actor=actor, at=at)
