"""案件移交: a handler gives a case to a colleague, who takes it over with its duties, or declines."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from mingjing.kernel.case_dates import local
from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor, require
from mingjing.sql import insert, update

from .. import moves, obligations
from ..handling import check_newcomer, may_arrange
from ..models import CaseOfficer, Handover
from ..work import Work, lock

MOST_MATERIALS = 50
KEPT_BY_LAW = "行政处罚法/42; 行政处罚法/47"  # handlers are named and certified; the whole process is on file


def hand_over(
    *,
    case_id: uuid.UUID,
    giver_id: int,
    receiver_id: int,
    reason: str,
    actor: Actor,
    at: datetime,
    materials: str = "",
    version: int | None = None,
) -> int:
    """Offer a case to a colleague; nothing changes until the colleague takes it over. Returns the offer's key.

    By the handler himself, or by whoever assigns cases for one who is away. ``materials`` lists what is handed
    over beside the papers on the platform, one a line. Source: 行政处罚法/42, 47.

    Raises: Refused ``ended``, ``other-organ``, ``not-handler-of-case``, ``already-assigned``, ``same-person``,
    ``wrong-role``, ``already-offered``, ``bad-reason``.
    """
    require(actor, "case.move")
    reason = moves.reason_of(reason, "移交理由")
    with transaction.atomic():
        work = lock(case_id, at, version)
        moves.require_running(work)
        moves.require_own_organ(work, actor)
        _check_offer(work, actor, giver_id, receiver_id)
        people = organs.actors_of([giver_id, receiver_id], at.date())
        offer = Handover(
            case=work.case,
            giver_id=giver_id,
            receiver_id=receiver_id,
            reason=reason,
            duties=_duties(work),
            materials=_lines(materials),
            offered_by_id=actor.officer_id,
            offered_at=at,
        )
        insert([offer])
        obligations.open_personal(
            work.case,
            kind="handover",
            key=_key(offer),
            title=f"接收移交：{people[giver_id].name}移交的案件",
            role="handler",
            assignee_id=receiver_id,
            at=at,
        )
        moves.note(
            work,
            kind="handover-offered",
            title="移交案件",
            actor=actor,
            text=f"{people[giver_id].name}拟将本案移交{people[receiver_id].name}：{reason}",
            plain={"from": f"officer:{giver_id}", "to": f"officer:{receiver_id}"},
        )
        return offer.pk


def accept_handover(*, handover_id: int, actor: Actor, at: datetime, note: str = "") -> None:
    """Take the case over: the receiver handles it from now on, with every open duty of the giver.

    The giver's row stays with the day it ended. Raises: Refused as ``hand_over``, ``not-receiver``,
    ``changed-meanwhile``.
    """
    answer = moves.reason_of(note, "接收说明") if note.strip() else ""
    with transaction.atomic():
        work, offer = _open(handover_id, at)
        _require_receiver(offer, actor)
        _check_offer(work, actor, offer.giver_id, offer.receiver_id, offered=True)
        CaseOfficer.objects.filter(
            case=work.case, officer_id=offer.giver_id, role="handler", until__isnull=True
        ).update(until=at)
        CaseOfficer.objects.create(case=work.case, officer_id=offer.receiver_id, role="handler", since=at)
        obligations.reassign(work, giver_id=offer.giver_id, receiver_id=offer.receiver_id)
        _close(work, offer, "accepted", actor, answer)
        moves.note(
            work,
            kind="handover-accepted",
            title="接收移交",
            actor=actor,
            text=f"{actor.name}接收本案，{offer.giver.name}不再承办。{answer}",
            plain={"from": f"officer:{offer.giver_id}", "to": f"officer:{offer.receiver_id}"},
        )


def decline_handover(*, handover_id: int, actor: Actor, at: datetime, reason: str) -> None:
    """Leave the case where it is, with the reason."""
    reason = moves.reason_of(reason, "不接收的理由")
    with transaction.atomic():
        work, offer = _open(handover_id, at)
        _require_receiver(offer, actor)
        _close(work, offer, "declined", actor, reason)
        moves.note(work, kind="handover-declined", title="不接收移交", actor=actor, text=reason)


def withdraw_handover(*, handover_id: int, actor: Actor, at: datetime) -> None:
    """Take the offer back before it is answered."""
    with transaction.atomic():
        work, offer = _open(handover_id, at)
        if actor.id not in (offer.offered_by_id, offer.giver_id):
            raise Refused("not-proposer", "只有提出移交的人可以撤回。", remedy="请由接收人接收或者退回。")
        _close(work, offer, "withdrawn", actor, "")
        moves.note(work, kind="handover-withdrawn", title="撤回移交", actor=actor)


def _check_offer(work: Work, actor: Actor, giver_id: int, receiver_id: int, *, offered: bool = False) -> None:
    handlers = {one.id for one in work.handlers}
    if not offered and not may_arrange(work, actor):
        raise Refused(
            "not-handler-of-case",
            f"只有本案承办人或者承办机构负责人可以移交，{actor.name}都不是。",
            remedy="请由承办人或者承办机构负责人提出。",
        )
    if not offered and "case.assign" not in actor.permissions and actor.id != giver_id:
        raise Refused(
            "not-handler-of-case",
            "承办人只能移交自己承办的案件。",
            remedy="同事因故不能办理的，请由承办机构负责人移交。",
        )
    if giver_id not in handlers:
        raise Refused("not-handler-of-case", "移交人不是本案承办人。", remedy="请刷新案件页面核对。")
    if receiver_id in handlers:
        raise Refused(
            "already-assigned", "接收人已是本案承办人。", basis=KEPT_BY_LAW, remedy="请选择其他同事。"
        )
    check_newcomer(work, receiver_id)
    if not offered and work.case.handovers.filter(state="open").exists():
        raise Refused(
            "already-offered", "本案已经提出移交，正在等待接收。", remedy="需要改变的，请先撤回原来的移交。"
        )


def _duties(work: Work) -> list[dict[str, str]]:
    """What is owed in the case now, as the receiver reads it."""
    return [
        {"title": row.title, "due_on": local(row.due_at).date().isoformat() if row.due_at else ""}
        for row in work.owed
        if row.kind in ("duty", "approval")
    ]


def _lines(text: str) -> list[str]:
    lines = [line.strip() for line in text.replace("\x00", "").splitlines() if line.strip()]
    if len(lines) > MOST_MATERIALS or any(len(line) > 200 for line in lines):
        raise Refused(
            "too-long",
            f"移交材料最多 {MOST_MATERIALS} 行，每行最多 200 个字。",
            remedy="请精简；平台上的文书和证据随案移交，不必列出。",
        )
    return lines


def _open(handover_id: int, at: datetime) -> tuple[Work, Handover]:
    case_id = Handover.objects.filter(pk=handover_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise Refused("not-found", "没有这一移交。", remedy="请刷新页面。")
    work = lock(case_id, at, None)
    offer = Handover.objects.select_related("giver").get(pk=handover_id)
    if offer.state != "open":
        said = {"accepted": "已经接收", "declined": "已经退回", "withdrawn": "已经撤回"}[offer.state]
        raise Refused("changed-meanwhile", f"这一移交{said}，您的操作未生效。", remedy="请刷新页面。")
    moves.require_running(work)
    return work, offer


def _require_receiver(offer: Handover, actor: Actor) -> None:
    if actor.id != offer.receiver_id:
        raise Refused("not-receiver", "只有接收人本人可以接收或者退回。", remedy="请由接收人办理。")


def _key(offer: Handover) -> str:
    return f"handover/{offer.pk}"


def _close(work: Work, offer: Handover, state: str, actor: Actor, answer: str) -> None:
    offer.state, offer.answer = state, answer
    offer.closed_by_id, offer.closed_at = actor.id, work.at
    update(offer, "state", "answer", "closed_by", "closed_at")
    obligations.close_personal(work, kind="handover", key=_key(offer), done=state != "withdrawn")
