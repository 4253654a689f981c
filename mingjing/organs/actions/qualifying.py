"""执法资格: examinations, exemptions and trainings of officers, entered from their proof.

Whoever failed the latest examination acts on no certificate until he passes another one.
Source: 行政处罚法/42(1) (officers with the qualification), 达州三项制度方案/2(1); domain R-021, R-127, R-128.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.organs.models import Officer, Qualification

from .staffing import note, require_manager

QUALIFICATIONS = {"exam": "资格考试", "exempt": "免试", "training": "培训"}
BASIS = "行政处罚法/42(1); 达州三项制度方案/2(1)"
MOST_HOURS = 400
MOST_REASON = 300


@transaction.atomic
def record_qualification(
    *,
    officer_id: int,
    kind: str,
    held_on: date,
    title: str,
    organizer: str,
    proof: str,
    actor: Actor,
    at: datetime,
    passed: bool | None = None,
    score: str = "",
    hours: int | None = None,
) -> Qualification:
    """Enter an examination with its result, an exemption, or a training with its hours.

    Raises: Refused ``no-permission``, ``not-yourself``, ``bad-choice``, ``bad-date``, ``bad-hours``,
    ``no-legal-qualification`` for an exemption of somebody who holds none.
    """
    require_manager(actor)
    officer = Officer.objects.select_for_update().get(pk=officer_id)
    _check(officer, kind, held_on, passed, hours, actor, at)
    row = Qualification.objects.create(
        officer=officer,
        kind=kind,
        held_on=held_on,
        title=title.strip(),
        organizer=organizer.strip(),
        passed=passed if kind == "exam" else None,
        score=score.strip() if kind == "exam" else "",
        hours=hours if kind == "training" else None,
        proof=proof.strip(),
    )
    _settle(officer)
    plain = {"kind": kind, "held_on": held_on.isoformat(), "passed": row.passed, "hours": row.hours}
    personal = {"title": row.title, "organizer": row.organizer, "score": row.score, "proof": row.proof}
    note("organs.qualification-recorded", f"officer:{officer.pk}", actor, at, plain, personal)
    return row


@transaction.atomic
def void_qualification(
    *, qualification_id: int, officer_id: int, reason: str, actor: Actor, at: datetime
) -> Qualification:
    """Strike out a wrong entry; it stays readable with the reason.

    Raises: Refused ``no-permission``, ``not-yourself``, ``no-such-qualification``, ``no-reason``, ``bad-reason``.
    """
    require_manager(actor)
    officer = Officer.objects.select_for_update().get(pk=officer_id)
    _not_oneself(officer, actor)
    row = officer.qualifications.filter(pk=qualification_id, voided_at__isnull=True).first()
    if row is None:
        raise Refused("no-such-qualification", "没有这一条登记，或者已经作废。", remedy="请刷新页面核对。")
    reason = reason.strip()
    if not reason:
        raise Refused("no-reason", "没有写明作废的原因。", remedy="请写明原因，如登记错人、成绩更正。")
    if len(reason) > MOST_REASON:
        raise Refused(
            "bad-reason", f"原因最多 {MOST_REASON} 个字，现有 {len(reason)} 个字。", remedy="请精简。"
        )
    row.voided_at, row.void_reason = at, reason
    row.save(update_fields=["voided_at", "void_reason"])
    _settle(officer)
    told = {"kind": row.kind, "held_on": row.held_on.isoformat()}
    note("organs.qualification-voided", f"officer:{officer.pk}", actor, at, told, {"reason": reason})
    return row


def _check(
    officer: Officer,
    kind: str,
    held_on: date,
    passed: bool | None,
    hours: int | None,
    actor: Actor,
    at: datetime,
) -> None:
    _not_oneself(officer, actor)
    if kind not in QUALIFICATIONS or (kind == "exam" and passed is None):
        raise Refused("bad-choice", "没有选择类别，或者考试没有填写结果。", remedy="请选择后再提交。")
    if held_on > at.astimezone(SHANGHAI).date():
        raise Refused("bad-date", f"日期 {held_on} 还没有到。", remedy="请在考试、培训之后登记。")
    if kind == "training" and not 1 <= (hours or 0) <= MOST_HOURS:
        raise Refused("bad-hours", f"培训须填写 1 至 {MOST_HOURS} 学时。", remedy="请更正学时。")
    if kind == "exempt" and not officer.legal_qualification:
        raise Refused(
            "no-legal-qualification",
            f"{officer.name}没有登记法律职业资格证号，不能免试。",
            basis=BASIS,
            remedy="请先在“更改基本情况”登记法律职业资格证号，或者登记资格考试。",
        )


def _not_oneself(officer: Officer, actor: Actor) -> None:
    if actor.kind == "officer" and actor.id == officer.pk:
        raise Refused("not-yourself", "不能登记自己的资格。", remedy="请由另一名系统管理员办理。")


def _settle(officer: Officer) -> None:
    """Whether the latest examination or exemption stands as failed."""
    standing = officer.qualifications.filter(kind__in=("exam", "exempt"), voided_at__isnull=True)
    last = standing.order_by("-held_on", "-pk").first()
    officer.failed_on = last.held_on if last is not None and last.passed is False else None
    officer.save(update_fields=["failed_on"])
