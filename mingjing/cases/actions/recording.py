"""补传: adding a recording to a step that was taken without it, openly late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.record import actions as record

from ..access import check_actor
from ..facts import Upload
from ..models import Evidence, Step
from ..work import Work, lock
from .taking import file_line, keep_files, keep_for_case, note_recordings

MOST_REASON = 300
RECORDING_LAW = "行政处罚法/47"


def add_recording(
    *,
    case_id: UUID,
    seq: int,
    files: Sequence[Upload],
    made_at: datetime,
    reason: str,
    actor: Actor,
    at: datetime,
) -> UUID:
    """Add recordings to step ``seq`` of a case; returns the key of the entry that tells of it.

    The old step and its entry stay as they are: a new entry names them, the reason, when the recording was
    made and when it came. Whoever may take the step may add to it, until the case is archived.
    Source: 行政处罚法/47.

    Raises ``Refused``: ``not-found``, ``ended``, ``bad-reason``, ``bad-file``, ``bad-date`` and those of authority.
    """
    with transaction.atomic():
        work = lock(case_id, at, None)
        step = _step(work, seq)
        check_actor(work, work.rule(step.step), actor)
        reason = _reason(reason)
        _check_files(files)
        _check_made(made_at, step, at)
        kept = keep_files(files)
        entry = record.append(
            kind="late-recording",
            subject=f"case:{case_id}",
            at=at,
            actor=actor,
            plain={
                "case": work.case.no,
                "step": step.step,
                "seq": seq,
                "of": str(step.entry_id),
                "made_at": made_at.isoformat(),
            },
            personal={"reason": reason},
            files=[file_line(one) for one in kept],
        )
        Evidence.objects.bulk_create(
            Evidence(
                case=work.case,
                step=step,
                made_at=made_at,
                added_at=at,
                added_by_id=actor.id,
                late_reason=reason,
                entry_id=entry.pk,
                **{key: one[key] for key in ("kind", "name", "media_type", "size_bytes", "sha256")},
            )
            for one in kept
        )
        note_recordings(work.case.pk, seq, kept)
        keep_for_case(work.case, kept, at)
        work.case.version += 1
        work.case.moved_at = at
        work.case.save(update_fields=["version", "moved_at"])
        return entry.pk


def _step(work: Work, seq: int) -> Step:
    if work.case.ended_at is not None:
        raise Refused(
            "ended",
            "本案已经归档，卷内材料不能再增加。",
            basis=RECORDING_LAW,
            remedy="请把材料交档案员，在“案卷”页面办理补充归档。",
        )
    step = work.case.steps.filter(seq=seq).first()
    if step is None:
        raise Refused("not-found", f"本案没有第 {seq} 号环节。", remedy="请从案件的时间轴进入。")
    return step


def _reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refused("bad-reason", "没有写明补传的理由。", remedy="请写明当时为什么没有存入。")
    if len(text) > MOST_REASON:
        raise Refused(
            "bad-reason", f"理由最多 {MOST_REASON} 个字，现有 {len(text)} 个字。", remedy="请精简后再提交。"
        )
    return text


def _check_files(files: Sequence[Upload]) -> None:
    if not files:
        raise Refused("bad-file", "没有选择文件。", remedy="请选择录音、录像或者照片。")
    wrong = next((file.name for file in files if file.kind != "audiovisual"), None)
    if wrong is not None:
        raise Refused(
            "bad-file",
            f"文件“{wrong}”不是录音、录像或者照片。",
            remedy="补传只收音像记录；书面材料请在“证据提取”中办理。",
        )


def _check_made(made_at: datetime, step: Step, at: datetime) -> None:
    """A recording of the step was made before the step was written down, not afterwards."""
    if made_at > min(step.at, at):
        raise Refused(
            "bad-date",
            f"录制时间 {made_at:%Y-%m-%d %H:%M} 晚于“{step.title}”办理的时间，不是该环节的记录。",
            remedy="请核对录制时间；后来另行录制的，请随新的环节存入。",
        )
