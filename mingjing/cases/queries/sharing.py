"""Whom pieces of evidence were lent to, and what waits for an answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mingjing.organs.authority import Actor
from mingjing.vault import sharing
from mingjing.vault.models import Custody, Share

APPROVERS = frozenset({"organ_head", "unit_head"})
STATES = {
    "asked": "等待批准",
    "running": "可以提取",
    "declined": "不同意",
    "ended": "已停止",
    "over": "已期满",
}


@dataclass(frozen=True)
class ShareView:
    """A share as the page of its piece shows it; ``link`` and ``code`` are for who asked, while it runs."""

    id: uuid.UUID
    evidence_id: int
    recipient: str
    purpose: str
    days: int
    state: str
    state_title: str
    asked_by: str
    asked_at: datetime
    answered_by: str
    answered_at: datetime | None
    answer: str
    expires_at: datetime | None
    taken: int
    link: str
    code: str
    may_answer: bool
    may_end: bool


def shares_of(evidence_id: int, actor: Actor, at: datetime) -> list[ShareView]:
    """The shares of a piece, newest first. MUST be shown only to readers of its case. Cost: 2 queries."""
    piece = f"evidence:{evidence_id}"
    rows = Share.objects.filter(piece=piece).select_related("asked_by", "answered_by").order_by("-asked_at")
    taken = [
        one.get("share")
        for one in Custody.objects.filter(piece=piece, kind="share_take").values_list("detail", flat=True)
    ]
    return [_view(row, actor, at, taken.count(row.pk.hex)) for row in rows]


def shares_to_answer(actor: Actor) -> list[ShareView]:
    """What waits for this person's answer. Cost: 1 query, none for those who answer nothing."""
    if not actor.roles & APPROVERS or actor.organ_id is None:
        return []
    rows = Share.objects.filter(organ_id=actor.organ_id, state="asked").select_related(
        "asked_by", "answered_by"
    )
    rows = rows.exclude(asked_by__in=actor.persons(APPROVERS)).order_by("asked_at")
    return [_view(row, actor, row.asked_at, 0) for row in rows[:50]]


def _view(row: Any, actor: Actor, at: datetime, taken: int) -> ShareView:
    over = row.state == "running" and row.expires_at <= at
    running, ours = row.state == "running" and not over, row.organ_id == actor.organ_id
    mine = ours and row.asked_by_id == actor.id
    approver = ours and bool(actor.roles & APPROVERS)
    state = "over" if over else row.state
    return ShareView(
        id=row.pk,
        evidence_id=int(row.piece.partition(":")[2]),
        recipient=row.recipient,
        purpose=row.purpose,
        days=row.days,
        state=state,
        state_title=STATES[state],
        asked_by=row.asked_by.name,
        asked_at=row.asked_at,
        answered_by=row.answered_by.name if row.answered_by else "",
        answered_at=row.answered_at,
        answer=row.answer,
        expires_at=row.expires_at,
        taken=taken,
        link=sharing.link_of(row.pk) if running and mine else "",
        code=sharing.code_of(row.pk) if running and mine else "",
        may_answer=state == "asked" and approver and row.asked_by_id not in actor.persons(APPROVERS),
        may_end=state in ("asked", "running") and (mine or approver),
    )
