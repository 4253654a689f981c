"""报送、确认程序新版本: two people put a new edition of a procedure in force, on the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.law.models import EditionProposal, ProcedureEdition
from mingjing.law.queries.editions import editions_of
from mingjing.organs.authority import Actor, persons, require
from mingjing.record import actions as record

CONFIRM = "edition.confirm"
MOST_WORDS = 500


@transaction.atomic
def lay_edition(
    *,
    procedure: str,
    sha256: str,
    in_force: date,
    text: str,
    file_name: str,
    reason: str,
    findings: Sequence[str],
    actor: Actor,
    at: datetime,
) -> EditionProposal:
    """Keep an examined edition until a second person confirms or rejects it. ``cases`` examines it.

    Raises: Refused ``no-permission``, ``bad-reason``, ``edition-known``, ``already-proposed``.
    """
    require(actor, "edition.propose")
    reason = _words(reason, "修改理由")
    if sha256 in {one.sha256 for one in editions_of(procedure)}:
        raise Refused("edition-known", "这个版本已经施行过，内容完全相同。", remedy="请核对上传的文件。")
    if EditionProposal.objects.filter(sha256=sha256).exclude(state="rejected").exists():
        raise Refused("already-proposed", "内容相同的版本已经报送。", remedy="请在版本页查看。")
    entry = record.append(
        kind="edition-proposed",
        subject=f"procedure:{procedure}",
        at=at,
        actor=actor,
        plain={"procedure": procedure, "edition": sha256, "in_force": in_force.isoformat(), "reason": reason},
    )
    return EditionProposal.objects.create(
        procedure=procedure,
        sha256=sha256,
        in_force=in_force,
        text=text,
        file_name=file_name[:200],
        reason=reason,
        findings=list(findings),
        proposed_at=at,
        proposed_by_id=actor.officer_id,
        entry_id=entry.pk,
    )


@transaction.atomic
def confirm_edition(*, proposal_id: int, actor: Actor, at: datetime, answer: str = "") -> EditionProposal:
    """Let the edition govern matters opened from its day on; running ones keep theirs.

    Raises: Refused ``no-permission``, ``not-found``, ``not-open``, ``own-proposal``, ``too-late``.
    """
    row = _open(proposal_id, actor)
    if row.proposed_by_id in persons(actor, CONFIRM):
        raise Refused("own-proposal", "报送的人不能自己确认。", remedy="请由另一名执法监督员确认。")
    if row.in_force < at.date():
        raise Refused(
            "too-late",
            f"施行日期 {row.in_force} 已经过去，不能溯及以前登记的事项。",
            remedy="请退回，改写施行日期后重新报送。",
        )
    ProcedureEdition.objects.get_or_create(
        sha256=row.sha256,
        defaults={"procedure": row.procedure, "in_force": row.in_force, "text": row.text, "loaded_at": at},
    )
    return _close(row, "confirmed", answer.strip()[:MOST_WORDS], actor, at)


@transaction.atomic
def reject_edition(*, proposal_id: int, actor: Actor, at: datetime, answer: str) -> EditionProposal:
    """Send the edition back with a reason. Raises: Refused as ``confirm_edition``, ``bad-reason``."""
    row = _open(proposal_id, actor)
    return _close(row, "rejected", _words(answer, "退回理由"), actor, at)


def _open(proposal_id: int, actor: Actor) -> EditionProposal:
    require(actor, CONFIRM)
    row = EditionProposal.objects.select_for_update().filter(pk=proposal_id).first()
    if row is None:
        raise Refused("not-found", "没有这个报送的版本。", remedy="请从程序的版本页进入。")
    if row.state != "open":
        raise Refused("not-open", "这个版本已经确认或者退回。", remedy="请刷新页面查看。")
    return row


def _close(row: EditionProposal, state: str, answer: str, actor: Actor, at: datetime) -> EditionProposal:
    record.append(
        kind=f"edition-{state}",
        subject=f"procedure:{row.procedure}",
        at=at,
        actor=actor,
        plain={
            "procedure": row.procedure,
            "edition": row.sha256,
            "in_force": row.in_force.isoformat(),
            "answer": answer,
        },
    )
    row.state, row.closed_at, row.closed_by_id, row.answer = state, at, actor.officer_id, answer
    row.save(update_fields=["state", "closed_at", "closed_by", "answer"])
    return row


def _words(text: str, what: str) -> str:
    text = text.replace("\x00", "").strip()
    if not text or len(text) > MOST_WORDS:
        raise Refused("bad-reason", f"没有写明{what}，或者超过 {MOST_WORDS} 个字。", remedy=f"请写明{what}。")
    return text
