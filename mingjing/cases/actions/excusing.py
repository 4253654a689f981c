"""未存入音像记录的理由、灭失: signing why a step has no recording, confirming it, and telling that one was lost."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.sql import insert, update

from .. import moves, obligations, recordings
from ..access import check_actor, why_not_approve
from ..models import Evidence, RecordingExcuse, Step
from ..recordings import CONFIRMERS
from ..work import Work, lock

MOST_TEXT = 500
MOST_LOSS = 300


def excuse_recording(
    *, case_id: uuid.UUID, seq: int, code: str, text: str, actor: Actor, at: datetime
) -> int:
    """Sign why step ``seq`` has no recording; returns the key of the row.

    Whoever may take the step may sign. Where ``codex/recording`` asks for it, the reason holds only once a head
    has confirmed it. Source: 行政处罚法/47; 达州三项制度方案/7.

    Raises ``Refused``: ``not-found``, ``ended``, ``not-to-be-filmed``, ``filmed``, ``already-excused``,
    ``bad-reason``, ``evidence-unusable`` and those of authority.
    """
    with transaction.atomic():
        work = lock(case_id, at, None)
        step = _step(work, seq)
        check_actor(work, work.rule(step.step), actor)
        reason = _reason(code, step)
        text = moves.reason_of(text, "理由", most=MOST_TEXT)
        _check_open(work, step)
        needs_head = step.recording in reason.confirm
        move = moves.note(
            work,
            kind="recording-excused",
            title=f"说明未存入音像记录的理由：{step.title}",
            actor=actor,
            text=f"{reason.title}。{text}",
            plain={"step": step.step, "seq": seq, "of": str(step.entry_id), "code": code},
        )
        row = RecordingExcuse(
            step=step,
            code=code,
            text=text,
            by_id=actor.officer_id,
            at=at,
            until=recordings.pending_until(at, work.constants) if reason.until else None,
            state="open" if needs_head else "signed",
            closed_by_id=None if needs_head else actor.officer_id,
            closed_at=None if needs_head else at,
            entry_id=move.entry_id,
        )
        insert([row])
        if needs_head:
            title = f"未录制的理由：{step.title}"
            obligations.open_approval(work.case, step=_key(step), title=title, role=CONFIRMERS[0], at=at)
        return row.pk


def confirm_excuse(*, excuse_id: int, actor: Actor, at: datetime, answer: str = "") -> None:
    """Confirm a signed reason, as head of the unit or of the organ; from then on it holds.

    Raises ``Refused``: ``not-found``, ``changed-meanwhile`` and those of approving.
    """
    _close_excuse(excuse_id, actor, at, "signed", answer.strip()[:MOST_LOSS])


def refuse_excuse(*, excuse_id: int, actor: Actor, at: datetime, answer: str) -> None:
    """Turn a reason down, saying why: the step is without a recording again. Raises: as ``confirm_excuse``."""
    _close_excuse(excuse_id, actor, at, "refused", moves.reason_of(answer, "不予确认的理由", most=MOST_LOSS))


def report_loss(*, evidence_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Tell that a file of evidence was damaged or lost: it counts no more, and what it carried falls with it.

    By whoever may take its step, or a head of the organ. Source: 行政处罚法/46, 47; 治安管理处罚法/108(3).
    Raises ``Refused``: ``not-found``, ``already-lost``, ``bad-reason`` and those of authority.
    """
    found = Evidence.objects.filter(pk=evidence_id).values_list("case_id", flat=True).first()
    if found is None:
        raise Refused("not-found", "没有这一份材料。", remedy="请从案件的时间轴进入。")
    with transaction.atomic():
        work = lock(found, at, None)
        row = Evidence.objects.select_related("step").get(pk=evidence_id)
        if not set(CONFIRMERS) & actor.roles or actor.organ_id != work.case.organ_id:
            check_actor(work, work.rule(row.step.step), actor)
        if row.lost_at is not None:
            raise Refused("already-lost", "这份材料已经登记灭失。", remedy="请刷新页面。")
        row.lost_at, row.lost_reason = at, moves.reason_of(reason, "灭失的情形", most=MOST_LOSS)
        update(row, "lost_at", "lost_reason")
        moves.note(
            work,
            kind="evidence-lost",
            title=f"登记材料灭失：{row.step.title}",
            actor=actor,
            text=f"{row.name}：{row.lost_reason}",
            plain={"step": row.step.step, "seq": row.step.seq, "sha256": row.sha256},
        )


def _close_excuse(excuse_id: int, actor: Actor, at: datetime, state: str, answer: str) -> None:
    found = RecordingExcuse.objects.filter(pk=excuse_id).values_list("step__case_id", flat=True).first()
    if found is None:
        raise Refused("not-found", "没有这一理由。", remedy="请刷新页面。")
    with transaction.atomic():
        work = lock(found, at, None)
        row = RecordingExcuse.objects.select_related("step").get(pk=excuse_id)
        if row.state != "open":
            raise Refused("changed-meanwhile", "这一理由已经有人处理。", remedy="请刷新页面。")
        _check_confirmer(work, row, actor)
        row.state, row.closed_by_id, row.closed_at, row.answer = state, actor.officer_id, at, answer
        update(row, "state", "closed_by", "closed_at", "answer")
        obligations.close_approval(work, step=_key(row.step))
        verb = "确认" if state == "signed" else "不予确认"
        moves.note(
            work,
            kind=f"recording-excuse-{state}",
            title=f"{verb}未录制的理由：{row.step.title}",
            actor=actor,
            text=answer,
            roles=CONFIRMERS,
            plain={"step": row.step.step, "seq": row.step.seq, "code": row.code},
        )


def _check_confirmer(work: Work, row: RecordingExcuse, actor: Actor) -> None:
    role = next((one for one in CONFIRMERS if one in actor.roles), CONFIRMERS[0])
    refused = why_not_approve(work, role, row.step.title, frozenset({row.by_id}), actor, "确认")
    if refused is not None:
        raise refused


def _step(work: Work, seq: int) -> Step:
    if work.case.ended_at is not None:
        raise Refused(
            "ended",
            "本案已经归档，不能再说明理由。",
            basis=recordings.LAW,
            remedy="请按档案管理规定办理补充归档。",
        )
    step = work.case.steps.filter(seq=seq, set_aside_at__isnull=True).first()
    if step is None:
        raise Refused("not-found", f"本案没有第 {seq} 号环节。", remedy="请从案件的时间轴进入。")
    if step.recording not in recordings.FILMED:
        raise Refused(
            "not-to-be-filmed", f"“{step.title}”没有要求音像记录。", remedy="不需要说明理由，可以继续办理。"
        )
    return step


def _reason(code: str, step: Step) -> recordings.Reason:
    reason = recordings.reasons().get(code)
    if reason is None or step.recording not in reason.levels:
        fitting = "、".join(
            one.title for one in recordings.reasons().values() if step.recording in one.levels
        )
        raise Refused(
            "bad-reason",
            f"{recordings.LEVELS[step.recording]}的环节不能用这一类理由。",
            basis=recordings.LAW,
            remedy=f"可以选择：{fitting}。",
        )
    return reason


def _check_open(work: Work, step: Step) -> None:
    """Only a gap takes a reason, and a recording that is part of the evidence has none."""
    row = next((one for one in recordings.recorded(work.case.pk) if one.id == step.pk), None)
    if row is None or row.filmed:
        raise Refused("filmed", f"“{step.title}”已有音像记录。", remedy="不需要说明理由，可以继续办理。")
    if recordings.carried_by_film(work.rule(step.step), step, work.case.field):
        raise recordings.no_evidence(row)
    if step.excuses.filter(until__isnull=True).exclude(state="refused").exists():
        raise Refused("already-excused", f"“{step.title}”已经说明理由。", remedy="请刷新页面查看。")


def _key(step: Step) -> str:
    return f"excuse-{step.seq}"
