"""提供证据: lending a piece to another organ or a court by a link, asked by one and approved by another."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, party_actor, why_not_role
from mingjing.record import queries as record
from mingjing.vault import actions as vault
from mingjing.vault import sharing
from mingjing.vault.models import Share
from mingjing.vault.queries import require_not_infected

from ..models import Evidence
from .evidence import own_piece, piece_name

MOST_DAYS = 30
APPROVERS = ("organ_head", "unit_head")
WHAT = "批准提供证据"


def ask_share(
    *, evidence_id: int, recipient: str, purpose: str, days: int, actor: Actor, at: datetime
) -> Share:
    """Ask that a piece be lent to ``recipient`` for ``days`` days (1 to 30) after the approval.

    Raises: Refused ``not-found``, ``other-organ``, ``bad-share``, ``blob-destroyed``,
    ``infected``.
    """
    recipient, purpose = _said(recipient, "提供给谁", 100), _said(purpose, "用途", 300)
    if not 1 <= days <= MOST_DAYS:
        raise Refused("bad-share", f"有效期须为 1 至 {MOST_DAYS} 天。", remedy="期满后可以另行申请。")
    with own_piece(evidence_id, actor) as found:
        record.open_blob(found.sha256).close()
        require_not_infected(found.sha256)
        share = Share.objects.create(
            piece=piece_name(found.pk),
            sha256=found.sha256,
            organ_id=found.case.organ_id,
            recipient=recipient,
            purpose=purpose,
            days=days,
            asked_at=at,
            asked_by_id=actor.officer_id,
        )
        _note(share, "share_ask", actor, at, reason=f"{recipient}：{purpose}", days=days)
    return share


def answer_share(*, share_id: uuid.UUID, approve: bool, answer: str, actor: Actor, at: datetime) -> Share:
    """Approve a share, from now on for its days, or decline it with the reason.

    The head of the organ or of the unit, never who asked. Raises: Refused ``not-found``, ``wrong-role``,
    ``same-person``, ``bad-share``, ``answered-already``.
    """
    answer = answer.replace("\x00", "").strip()[:300]
    if not approve and not answer:
        raise Refused("bad-share", "不同意的须写明理由。")
    with _locked(share_id, actor) as share:
        refused = why_not_role(actor, APPROVERS, WHAT)
        if refused is None and share.asked_by_id in actor.persons(APPROVERS):
            refused = Refused("same-person", "申请人不能自己批准，也不能由代理人批准。")
        if refused is None and share.state != "asked":
            refused = Refused("answered-already", "这一申请已经答复。", remedy="请刷新页面。")
        if refused is not None:
            raise refused
        share.state = "running" if approve else "declined"
        share.answered_at, share.answered_by_id, share.answer = at, actor.officer_id, answer
        share.expires_at = at + timedelta(days=share.days) if approve else None
        share.save()
        _note(share, "share" if approve else "share_decline", actor, at, reason=answer)
    return share


def end_share(*, share_id: uuid.UUID, actor: Actor, at: datetime) -> Share:
    """Take a share back: from this moment its link opens nothing. Who asked, and who may approve, may do so.

    Raises: Refused ``not-found``, ``wrong-role``, ``answered-already``.
    """
    with _locked(share_id, actor) as share:
        if share.asked_by_id != actor.id:
            refused = why_not_role(actor, APPROVERS, "停止提供证据")
            if refused is not None:
                raise refused
        if share.state not in ("asked", "running"):
            raise Refused("answered-already", "这一提供已经停止。", remedy="请刷新页面。")
        share.state, share.ended_at, share.ended_by_id = "ended", at, actor.officer_id
        share.save()
        _note(share, "end_share", actor, at)
    return share


def take_shared(*, link: str, code: str, at: datetime) -> Evidence:
    """Somebody with link and code takes the file along: a line for each time.

    Every no is the same no, so that nobody learns what there is. Raises: Refused ``no-such-share``.
    """
    key = sharing.share_of(link)
    with transaction.atomic():
        share = Share.objects.filter(pk=key, state="running").first() if key else None
        if (
            share is None
            or not share.expires_at
            or share.expires_at <= at
            or not sharing.fits(share.pk, code)
        ):
            raise _no_share()
        found = Evidence.objects.select_for_update().get(pk=int(share.piece.partition(":")[2]))
        share.refresh_from_db()
        if share.state != "running":
            raise _no_share()
        record.open_blob(found.sha256).close()
        require_not_infected(found.sha256)
        _note(share, "share_take", party_actor(share.recipient), at)
    return found


def _no_share() -> Refused:
    return Refused(
        "no-such-share",
        "提取码不对，或者链接已经过期、停止。",
        remedy="请核对提取码；已经停止的，请与提供的机关联系。",
    )


def _note(
    share: Share, kind: str, actor: Actor, at: datetime, *, reason: str = "", days: int | None = None
) -> None:
    detail = {"share": share.pk.hex, **({"days": days} if days else {})}
    vault.note_custody(
        piece=share.piece, sha256=share.sha256, kind=kind, actor=actor, at=at, reason=reason, detail=detail
    )


@contextmanager
def _locked(share_id: uuid.UUID, actor: Actor) -> Iterator[Share]:
    """The share of the actor's own organ; its piece is locked until the end of the block's transaction."""
    with transaction.atomic():
        share = Share.objects.filter(pk=share_id, organ_id=actor.organ_id or 0).first()
        if share is None:
            raise Refused("not-found", "没有这一申请，或者您无权办理。")
        Evidence.objects.select_for_update().get(pk=int(share.piece.partition(":")[2]))
        share.refresh_from_db()
        yield share


def _said(text: str, name: str, most: int) -> str:
    text = text.replace("\x00", "").strip()
    if not 1 <= len(text) <= most:
        raise Refused(
            "bad-share",
            f"“{name}”须填写，最多 {most} 个字，现有 {len(text)} 个字。",
            remedy="请修改后再提交。",
        )
    return text
