"""绑定录制: saying for which case and step a recording was made."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.record import actions as record

from ..models import Capture
from ..queries.captures import CaseRef


def bind_capture(*, capture_id: uuid.UUID, case: CaseRef, actor: Actor, at: datetime) -> Capture:
    """Say that the recording belongs to this step of this case, which the actor was let see by the door.

    Its maker says so, or the head of his unit. Until a step has taken it in as evidence, the answer may be
    changed. Raises: Refused ``no-permission``, ``no-such-capture``, ``not-yours``, ``capture-taken``,
    ``capture-unfinished``.
    """
    require(actor, "case.move")
    with transaction.atomic():
        capture = Capture.objects.select_for_update(of=("self",)).filter(pk=capture_id).first()
        if capture is None or capture.organ_id != actor.organ_id:
            raise Refused("no-such-capture", "没有这段录制，或者您无权查看。", remedy="请从录制清单进入。")
        _require_may(capture, actor)
        for column, value in case.columns().items():
            setattr(capture, column, value)
        capture.bound_at, capture.bound_by_id = at, actor.officer_id
        if capture.state == "complete":
            capture.state = "bound"
        entry = record.append(
            kind="capture-bound",
            subject=f"capture:{capture.pk}",
            at=at,
            actor=actor,
            plain={"capture": str(capture.pk), "case": case.no, "step": case.step},
        )
        capture.entry_id = entry.pk
        capture.save()
        return capture


def mark_taken(*, case_id: uuid.UUID, seq: int, sha256s: Collection[str]) -> int:
    """Note that step ``seq`` took in these recordings of its case; the step's own entry names their digests.

    MUST run inside the transaction of the step. Returns how many there were.
    """
    waiting = Capture.objects.filter(case_id=case_id, sha256__in=sha256s, taken_seq__isnull=True)
    return waiting.update(taken_seq=seq)


def _require_may(capture: Capture, actor: Actor) -> None:
    if capture.officer_id != actor.id and "case.assign" not in actor.permissions:
        raise Refused(
            "not-yours",
            "这段录制由另一名执法人员录制。",
            remedy="请由录制的人员或者其机构负责人绑定案件。",
        )
    if capture.taken_seq is not None:
        raise Refused(
            "capture-taken",
            f"这段录制已经作为证据存入案件 {capture.case_no}，不能改绑。",
            remedy="存错案件的，请在案件中补正说明。",
        )
    if capture.state == "broken" and not capture.sha256:
        raise Refused("capture-unfinished", "这段录制没有任何内容存入，不能绑定。", remedy="请查看缺口说明。")
