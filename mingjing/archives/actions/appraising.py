"""鉴定、销毁: what becomes of volumes whose term has run out; listed by one, approved by another, on the record.

Nothing is destroyed because a term ran out. What is destroyed are bytes and personal values; the commitments in
the log, the catalogue's hashes and the list stay. Source: 档案法/21, 31; domain.md 6.3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.counting import shift_months
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, persons, require
from mingjing.record import actions as record
from mingjing.vault import actions as vault

from ..models import Appraisal, Volume
from .checking import DISPOSE
from .destroying import destroy_files, propose_files, reject_files
from .sealing import PERMISSION, organ_of
from .transferring import free_volumes

LAW = "档案法/21"
VERDICTS = {"keep": "改为永久保管", "extend": "延长十年", "destroy": "销毁"}
EXTENDED_MONTHS = 120
MOST_REASON = 300


def list_appraisal(
    *, title: str, verdicts: Mapping[int, str], reason: str, actor: Actor, at: datetime
) -> Appraisal:
    """List volumes whose term has run out with a verdict on each (``VERDICTS``), for another to approve.

    Raises: Refused ``no-permission``, ``bad-title``, ``bad-reason``, ``bad-choice``, ``bad-verdict``,
    ``not-due``, ``not-kept``.
    """
    require(actor, PERMISSION)
    title, reason = (
        _text(title, 120, "bad-title", "标题"),
        _text(reason, MOST_REASON, "bad-reason", "鉴定理由"),
    )
    unknown = sorted(set(verdicts.values()) - set(VERDICTS))
    if unknown:
        raise Refused(
            "bad-verdict", f"没有“{unknown[0][:20]}”这样的鉴定意见。", remedy="请从列出的意见中选择。"
        )
    with transaction.atomic():
        volumes = free_volumes(list(verdicts), actor)
        _require_due(volumes, at)
        appraisal = Appraisal.objects.create(
            organ_id=organ_of(actor), title=title, listed_by_id=actor.officer_id, listed_at=at
        )
        for volume in volumes:
            volume.appraisal, volume.verdict = appraisal, verdicts[volume.pk]
            volume.verdict_reason = reason
            volume.save(update_fields=["appraisal", "verdict", "verdict_reason"])
        dooms = [one for one in volumes if one.verdict == "destroy"]
        appraisal.deletions = propose_files(dooms, reason, actor, at)
        appraisal.save(update_fields=["deletions"])
        _append(appraisal, "appraisal-listed", volumes, actor, at, {"reason": reason})
    return appraisal


def return_appraisal(*, appraisal_id: int, opinion: str, actor: Actor, at: datetime) -> Appraisal:
    """Send a list back: nothing changes for its volumes. Raises: as ``approve_appraisal``, and ``bad-reason``."""
    opinion = _text(opinion, 500, "bad-reason", "退回的理由")
    with transaction.atomic():
        appraisal = _answerable(appraisal_id, actor)
        volumes = list(appraisal.volumes.all())
        reject_files(appraisal, opinion, actor, at)
        _settle(appraisal, "returned", opinion, actor, at)
        _append(appraisal, "appraisal-returned", volumes, actor, at, {"opinion": opinion})
        appraisal.volumes.update(appraisal=None, verdict="", verdict_reason="")
    return appraisal


def approve_appraisal(*, appraisal_id: int, opinion: str, actor: Actor, at: datetime) -> Appraisal:
    """Approve a list, by another than who listed it: terms change, and what is to be destroyed is destroyed.

    The approval is on the record before any byte goes; what a crash leaves is done by :func:`destroy_volumes`.
    MUST NOT run in a transaction.

    Raises: Refused ``no-permission``, ``not-found``, ``changed-meanwhile``, ``same-person``, ``bad-reason`` and
    those of ``vault.approve_deletion``.
    """
    opinion = _text(opinion, 300, "bad-reason", "审批意见")
    with transaction.atomic():
        appraisal = _answerable(appraisal_id, actor)
        volumes = list(appraisal.volumes.select_for_update())
        dooms = [one for one in volumes if one.verdict == "destroy"]
        _settle(appraisal, "approved" if dooms else "done", opinion, actor, at)
        if not dooms:
            appraisal.done_by_id, appraisal.done_at = actor.officer_id, at
            appraisal.save(update_fields=["done_by", "done_at"])
        _append(appraisal, "appraisal-approved", volumes, actor, at, {"opinion": opinion})
        for volume in volumes:
            _prolong(volume, actor, at)
    if dooms:
        appraisal = destroy_volumes(appraisal_id=appraisal_id, actor=actor, at=at)
    return appraisal


def destroy_volumes(*, appraisal_id: int, actor: Actor, at: datetime) -> Appraisal:
    """Carry out an approved destruction, or finish one that a crash or a hold interrupted.

    Raises: Refused ``no-permission``, ``not-found``, ``changed-meanwhile`` and those of ``vault.approve_deletion``.
    """
    require(actor, DISPOSE)
    appraisal = Appraisal.objects.filter(pk=appraisal_id, organ_id=organ_of(actor), state="approved").first()
    if appraisal is None:
        raise Refused("changed-meanwhile", "没有待执行的销毁。", remedy="请刷新页面。")
    destroy_files(appraisal, actor, at)
    with transaction.atomic():
        dooms = list(appraisal.volumes.filter(verdict="destroy").select_for_update())
        for volume in dooms:
            record.forget(f"case:{volume.case_id}")
        appraisal.volumes.filter(verdict="destroy").update(state="destroyed", passed=False)
        appraisal.state, appraisal.done_by_id, appraisal.done_at = "done", actor.officer_id, at
        appraisal.save(update_fields=["state", "done_by", "done_at"])
        _append(appraisal, "volumes-destroyed", dooms, actor, at, {})
    return appraisal


def _prolong(volume: Volume, actor: Actor, at: datetime) -> None:
    if volume.verdict == "keep":
        volume.retention, volume.due_on = "permanent", None
    elif volume.verdict == "extend" and volume.due_on is not None:
        volume.due_on = shift_months(volume.due_on, EXTENDED_MONTHS)
    if volume.verdict in ("keep", "extend"):
        volume.save(update_fields=["retention", "due_on"])
        vault.settle(subject=f"case:{volume.case_id}", until=volume.due_on, actor=actor, at=at)


def _require_due(volumes: Sequence[Volume], at: datetime) -> None:
    today = at.astimezone(SHANGHAI).date()
    early = [one.archive_no for one in volumes if one.due_on is None or one.due_on >= today]
    if early:
        raise Refused(
            "not-due",
            f"有 {len(early)} 卷的保管期限没有届满：{'、'.join(early[:5])}。",
            basis=LAW,
            remedy="只列期限已经届满的案卷。",
        )


def _answerable(appraisal_id: int, actor: Actor) -> Appraisal:
    require(actor, DISPOSE)
    found = Appraisal.objects.select_for_update().filter(pk=appraisal_id, organ_id=organ_of(actor)).first()
    if found is None:
        raise Refused("not-found", "没有这份鉴定清册，或者您无权办理。", remedy="请从归档管理进入。")
    if found.state != "listed":
        raise Refused("changed-meanwhile", "这份鉴定清册已经办结。", remedy="请刷新页面。")
    if found.listed_by_id in persons(actor, DISPOSE):
        raise Refused(
            "same-person", "提出鉴定意见的人不能自己批准。", basis=LAW, remedy="请由另一名负责人批准。"
        )
    return found


def _settle(appraisal: Appraisal, state: str, opinion: str, actor: Actor, at: datetime) -> None:
    appraisal.state, appraisal.opinion = state, opinion
    appraisal.settled_by_id, appraisal.settled_at = actor.officer_id, at
    appraisal.save(update_fields=["state", "opinion", "settled_by", "settled_at"])


def _append(
    appraisal: Appraisal,
    kind: str,
    volumes: Sequence[Volume],
    actor: Actor,
    at: datetime,
    personal: Mapping[str, str],
) -> UUID:
    entry = record.append(
        kind=kind,
        subject=f"appraisal:{appraisal.pk}",
        at=at,
        actor=actor,
        plain={
            "volumes": [
                {"archive_no": one.archive_no, "sha256": one.sha256, "verdict": one.verdict}
                for one in volumes
            ]
        },
        personal={name: text for name, text in personal.items() if text},
    )
    appraisal.entry_id = entry.pk
    appraisal.save(update_fields=["entry_id"])
    key: UUID = entry.pk
    return key


def _text(given: str, most: int, code: str, what: str) -> str:
    text = given.replace("\x00", "").strip()
    if not 0 < len(text) <= most:
        raise Refused(code, f"{what}须写 1 至 {most} 个字。", remedy=f"请写明{what}。")
    return text
