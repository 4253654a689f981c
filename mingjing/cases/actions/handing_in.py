"""现场办理的上传: what a device kept is taken in once, at the time it was done, whatever becomes of the network.

The act itself is one of this room's other actions; this one gives it its key, its time, and its place on the record.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs.authority import Actor, require
from mingjing.record import actions as record

from .. import recordings
from ..models import Case, FieldAct
from ..moves import reason_of
from .taking import Taken

# A phone's clock is never exact; what lies this far ahead of ours was done just now.
AHEAD = timedelta(minutes=5)
# Beyond this no device's word on the time is taken: the act is entered at the desk with its papers.
LONGEST = timedelta(days=7)


@dataclass(frozen=True)
class Told:
    """What a device tells of an act besides its contents.

    ``acted_at`` is by the platform's clock, reckoned from the device's and ``offset_ms``, by how much that was
    behind when last compared; ``place`` is where the device thinks it was, personal.
    """

    key: uuid.UUID
    kind: str
    device: uuid.UUID
    digest: str
    acted_at: datetime
    offset_ms: int = 0
    late_reason: str = ""
    place: Mapping[str, Any] | None = None


def hand_in(
    *, told: Told, actor: Actor, at: datetime, act: Callable[[datetime], Taken | None]
) -> tuple[FieldAct, bool]:
    """Do once what a device hands in; the row, and whether it was done now (False: it had been before).

    ``act`` does it at the moment it is given and raises ``Refused`` where the rules say no, and then nothing is kept:
    the same key may come again. Raises besides: Refused ``clock-ahead``, ``too-late``, ``bad-reason``, ``key-reused``.
    """
    require(actor, "case.move")
    earlier = _earlier(told, actor)
    if earlier is not None:
        return earlier, False
    moment = moment_of(told, at)
    try:
        with transaction.atomic():
            # First the key: of two that come at once, the second waits here and then finds the first.
            row = FieldAct.objects.create(
                key=told.key,
                kind=told.kind,
                state="taken",
                officer_id=actor.officer_id,
                device=told.device,
                digest=told.digest,
                acted_at=moment,
                at=at,
                offset_ms=told.offset_ms,
                reason=told.late_reason,
            )
            return _settle(row, told, act(moment), actor, at), True
    except IntegrityError:
        earlier = _earlier(told, actor)
        if earlier is None:
            raise
        return earlier, False


def discard(*, told: Told, reason: str, case_id: uuid.UUID | None, actor: Actor, at: datetime) -> FieldAct:
    """Give up an act that was not taken, with the reason; that it was given up stays on the record."""
    require(actor, "case.move")
    reason = reason_of(reason, "不再上传的理由")
    earlier = _earlier(told, actor)
    if earlier is not None:
        return earlier
    with transaction.atomic():
        row = FieldAct.objects.create(
            key=told.key,
            kind=told.kind,
            state="discarded",
            officer_id=actor.officer_id,
            device=told.device,
            case_id=case_id,
            digest=told.digest,
            acted_at=min(told.acted_at, at),
            at=at,
            offset_ms=told.offset_ms,
            reason=reason,
            answer={"state": "discarded"},
        )
        record.append(
            kind="field-act-discarded",
            subject=f"field-act:{row.pk}",
            at=at,
            actor=actor,
            plain=_plain(row, case_id),
            personal={"reason": reason},
        )
        return row


def moment_of(told: Told, at: datetime) -> datetime:
    """When the act was done, as far as the device is believed.

    Raises: Refused ``clock-ahead``, ``too-late``, ``bad-reason`` where a late act gives no reason.
    """
    if told.acted_at > at + AHEAD:
        raise Refused(
            "clock-ahead",
            f"这一项记下的办理时间 {told.acted_at:%Y-%m-%d %H:%M} 晚于现在，手机时间不准。",
            remedy="请打开手机的“自动确定时间”，回到“今天”页面核对时间后重新上传。",
        )
    if told.acted_at < at - LONGEST:
        raise Refused(
            "too-late",
            f"这一项办理于 {told.acted_at:%Y-%m-%d %H:%M}，已超过 {LONGEST.days} 日，不能再从手机上传。",
            remedy="请在工作台补录，写明原因，附当时制作的文书。",
        )
    # What was done outdoors comes in the term of its recordings, which the codex gives, or it is said why not.
    values = law.constants("general", at.date(), person=False)
    if at > recordings.pending_until(told.acted_at, values):
        reason_of(told.late_reason, "逾期上传的理由")
    return min(told.acted_at, at)


def _earlier(told: Told, actor: Actor) -> FieldAct | None:
    row = FieldAct.objects.filter(key=told.key).first()
    if row is None:
        return None
    if row.officer_id != actor.id:
        raise Refused("not-yours", "这一项由另一名执法人员办理，不能以您的名义上传。")
    if row.digest != told.digest:
        raise Refused(
            "key-reused",
            "平台已经收到编号相同、内容不同的一项，这一项没有上传。",
            remedy="请在“待上传”中重新办理这一项。",
        )
    return row


def _settle(row: FieldAct, told: Told, taken: Taken | None, actor: Actor, at: datetime) -> FieldAct:
    """Write down what became of it, and on the record that it came from a device, when and with which clock."""
    case = Case.objects.only("version").get(pk=taken.case_id) if taken else None
    row.state = "submitted" if taken and taken.submitted else "taken"
    row.case_id, row.version = (case.pk, case.version) if case else (None, None)
    entry = record.append(
        kind="field-act",
        subject=f"field-act:{row.pk}",
        at=at,
        actor=actor,
        plain={**_plain(row, row.case_id), "act": str(taken.entry_id) if taken and taken.entry_id else ""},
        personal={"place": dict(told.place)} if told.place else {},
    )
    row.answer = {
        "state": row.state,
        "case": taken.case_no if taken else "",
        "step": taken.step if taken else "",
        "version": row.version,
        "papers": list(taken.papers) if taken else [],
        "acted_at": row.acted_at.isoformat(),
        "entered_at": at.isoformat(),
        "entry": str(taken.entry_id) if taken and taken.entry_id else str(entry.pk),
    }
    row.save(update_fields=["state", "case", "version", "answer"])
    return row


def _plain(row: FieldAct, case_id: uuid.UUID | None) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "case": str(case_id or ""),
        "device": str(row.device),
        "acted_at": row.acted_at.isoformat(),
        "entered_at": row.at.isoformat(),
        "clock_offset_ms": row.offset_ms,
        "digest": row.digest,
    }
