"""Asking the worker for what takes too long for a page, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor

from ..models import Making
from .custody import note_custody

LOST_AFTER = timedelta(hours=12)  # longer than any limit of a program: its worker was killed
_ACTS = {"play_copy": "derive", "clip": "clip", "transcript": "transcribe"}


@dataclass(frozen=True)
class Task:
    """Something that the worker has taken on."""

    id: int
    piece: str
    sha256: str
    what: str
    title: str
    start_ms: int
    end_ms: int
    asked_by: int


def ask_making(
    *,
    piece: str,
    sha256: str,
    what: str,
    actor: Actor,
    at: datetime,
    title: str = "",
    start_ms: int = 0,
    end_ms: int = 0,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Ask for ``play_copy``, ``clip`` or ``transcript``; that somebody asked is on the record at once.

    MUST run inside a transaction whose caller holds the lock of the piece's row and has checked authority.
    Raises: Refused ``asked-already``.
    """
    try:
        with transaction.atomic():
            Making.objects.create(
                piece=piece,
                sha256=sha256,
                what=what,
                title=title,
                start_ms=start_ms,
                end_ms=end_ms,
                asked_at=at,
                asked_by_id=actor.officer_id,
            )
    except IntegrityError as error:
        raise Refused("asked-already", "已经有人要求制作，正在排队。", remedy="请稍候刷新页面。") from error
    told = {"asked": what, **(detail or {})}
    if end_ms:
        told |= {"start_ms": start_ms, "end_ms": end_ms}
    note_custody(piece=piece, sha256=sha256, kind=_ACTS[what], actor=actor, at=at, detail=told)


def claim_making(now: datetime) -> Task | None:
    """The next thing to make, for this worker alone; None if there is none."""
    Making.objects.filter(state="running", begun_at__lt=now - LOST_AFTER).update(state="waiting")
    for row in Making.objects.filter(state="waiting").order_by("id")[:10]:
        if Making.objects.filter(pk=row.pk, state="waiting").update(state="running", begun_at=now):
            return Task(
                row.pk,
                row.piece,
                row.sha256,
                row.what,
                row.title,
                row.start_ms,
                row.end_ms,
                row.asked_by_id,
            )
    return None


def end_making(task: Task, trouble: str = "") -> None:
    """It is made, or ``trouble`` says why not."""
    state = "failed" if trouble else "done"
    Making.objects.filter(pk=task.id).update(state=state, trouble=trouble[:300])
