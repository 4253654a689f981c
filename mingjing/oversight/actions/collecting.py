"""汇总: the justice bureau receives reports, returns them with reasons, and reminds those who are late."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from mingjing.cases import moves
from mingjing.cases.models import Case
from mingjing.cases.work import lock as lock_case
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.organs.models import Organ
from mingjing.sql import update

from ..models import AnnualReport
from .preparing import BASIS
from .signing import _append, locked_row

ACCEPTED, RETURNED = "annual-report.accepted", "annual-report.returned"
COLLECT = "report.collect"
AGAIN_AFTER = timedelta(hours=24)
_STEPS = ("draft", "check", "submit")
_NOT_SUBMITTED = {
    "draft": "这份年报还没有报送。",
    "locked": "这份年报还没有签发报送。",
    "returned": "这一版已经退回。",
}


def accept(*, report_id: int, actor: Actor, at: datetime) -> AnnualReport:
    """The justice bureau receives a submitted report as complete. Raises: Refused as ``give_back``."""
    with transaction.atomic():
        report = _submitted(report_id, actor)
        if report.accepted_at is not None:
            raise Refused("wrong-state", "这一版已经接收。", remedy="请刷新页面核对。")
        if report.state == "submitted":
            report.state = "accepted"
        report.accepted_at, report.accepted_by_id = at, actor.officer_id
        _append(report, ACCEPTED, actor, at)
        report.save(update_fields=["state", "accepted_at", "accepted_by", "entry_id"])
        return report


def give_back(*, report_id: int, reason: str, actor: Actor, at: datetime) -> AnnualReport:
    """Return a submitted report with the reason; the organ locks and signs the next edition.

    One that is published already leaves the public lists; its address tells that it was returned and why.
    Raises: Refused ``no-permission``, ``not-supervised``, ``wrong-state``, ``bad-reason``.
    """
    reason = moves.reason_of(reason, "退回的问题")
    with transaction.atomic():
        report = _submitted(report_id, actor)
        report.state, report.return_reason = "returned", reason
        report.returned_at, report.returned_by_id = at, actor.officer_id
        _append(report, RETURNED, actor, at)
        report.save()
        return report


def _submitted(report_id: int, actor: Actor) -> AnnualReport:
    require(actor, COLLECT)
    report = locked_row(report_id, _NOT_SUBMITTED)
    require_supervised(report.organ, actor)
    return report


def require_supervised(organ: Organ, actor: Actor) -> None:
    """Raises: Refused ``not-supervised`` unless the bureau supervises the organ. Source: 行政执法监督条例."""
    if not actor.supervises or not organ.path.startswith(actor.supervises):
        raise Refused(
            "not-supervised",
            f"{organ.name}不由{actor.organ_name or '本机关'}监督。",
            basis="行政执法监督条例/2-6",
            remedy="请由同级司法行政机关办理。",
        )


def remind(*, case_id: uuid.UUID, actor: Actor, at: datetime) -> None:
    """催报: the bureau asks an organ for a report that it owes; shown in its to-do list, once in 24 hours.

    It changes no date. Raises: Refused ``no-permission``, ``not-supervised``, ``not-found``, ``urged-lately``.
    """
    require(actor, COLLECT)
    with transaction.atomic():
        work = lock_case(case_id, at, None)
        require_supervised(Case.objects.select_related("organ").get(pk=case_id).organ, actor)
        owed = next((row for step in _STEPS for row in work.owed if row.step == step), None)
        if owed is None:
            raise Refused("not-found", "该机关的年报已经报送，或者不需要报送。", remedy="请刷新页面。")
        if owed.urged_at is not None and at < owed.urged_at + AGAIN_AFTER:
            raise Refused(
                "urged-lately",
                "二十四小时内已经催报，不再重复。",
                basis=BASIS,
                remedy="请稍后再催，或者当面联系。",
            )
        owed.urged_at, owed.urges = at, owed.urges + 1
        update(owed, "urged_at", "urges")
        moves.note(
            work,
            kind="urged",
            title=f"司法行政机关催报：{owed.title}",
            actor=actor,
            plain={"step": owed.step, "kind": owed.kind, "times": owed.urges},
        )
