"""四性检测: testing a sealed volume, and signing for what cannot be mended."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from mingjing.cases.work import lock
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, persons, require
from mingjing.record import actions as record

from ..models import Check, Volume
from ..testing import test_volume
from .sealing import LAW, PERMISSION, organ_of

DISPOSE = "dossier.dispose"
MOST_REASON = 500


def check_volume(*, volume_id: int, actor: Actor, at: datetime) -> Check:
    """Run every test on a sealed volume and record what came out.

    Cost: every file of the volume is read once. Raises: Refused ``no-permission``, ``not-found``.
    """
    require(actor, PERMISSION)
    results = test_volume(volume_of(volume_id, actor), at)
    passed = all(one.ok for one in results)
    with transaction.atomic():
        volume = volume_of(volume_id, actor)
        lock(volume.case_id, at, None)
        entry = record.append(
            kind="volume-checked",
            subject=f"case:{volume.case_id}",
            at=at,
            actor=actor,
            plain={
                "archive_no": volume.archive_no,
                "volume": volume.sha256,
                "passed": passed,
                "failed": [one.test for one in results if not one.ok],
            },
        )
        check = Check.objects.create(
            volume=volume,
            results=[asdict(one) for one in results],
            passed=passed,
            checked_by_id=actor.officer_id,
            checked_at=at,
            entry_id=entry.pk,
        )
        Volume.objects.filter(pk=volume.pk).update(passed=passed, checked_at=at)
    return check


def except_check(*, check_id: int, reason: str, actor: Actor, at: datetime) -> Check:
    """Sign for a check that failed, by another person, with the reason: the volume may then be transferred.

    Raises: Refused ``no-permission``, ``not-found``, ``bad-reason``, ``same-person``, ``nothing-failed``,
    ``changed-meanwhile``.
    """
    require(actor, DISPOSE)
    reason = reason.replace("\x00", "").strip()
    if not 0 < len(reason) <= MOST_REASON:
        raise Refused(
            "bad-reason",
            f"例外的理由须写 1 至 {MOST_REASON} 个字。",
            remedy="请写明为什么不能补正、依据是什么。",
        )
    with transaction.atomic():
        check = _failed(check_id, actor)
        lock(check.volume.case_id, at, None)
        entry = record.append(
            kind="check-excepted",
            subject=f"case:{check.volume.case_id}",
            at=at,
            actor=actor,
            plain={"archive_no": check.volume.archive_no, "check": str(check.entry_id)},
            personal={"reason": reason},
        )
        check.exception, check.excepted_by_id, check.excepted_at = reason, actor.officer_id, at
        check.entry_id = entry.pk
        check.save(update_fields=["exception", "excepted_by", "excepted_at", "entry_id"])
        Volume.objects.filter(pk=check.volume_id).update(passed=True)
    return check


def _failed(check_id: int, actor: Actor) -> Check:
    check = (
        Check.objects.select_for_update(of=("self",))
        .select_related("volume")
        .filter(pk=check_id, volume__organ_id=organ_of(actor))
        .first()
    )
    if check is None:
        raise Refused("not-found", "没有这次检测，或者您无权办理。", remedy="请从案卷页面进入。")
    if check.passed or check.exception:
        raise Refused("nothing-failed", "这次检测不需要例外。", remedy="请刷新页面。")
    if Check.objects.filter(volume=check.volume, pk__gt=check.pk).exists():
        raise Refused("changed-meanwhile", "这一卷之后又检测过。", remedy="请看最近一次检测的结果。")
    if check.checked_by_id in persons(actor, DISPOSE):
        raise Refused(
            "same-person", "检测的人不能为自己的检测签署例外。", basis=LAW, remedy="请由另一名负责人签署。"
        )
    return check


def volume_of(volume_id: int, actor: Actor) -> Volume:
    """A volume of the actor's own organ. Raises: Refused ``not-found``."""
    found = (
        Volume.objects.select_related("case", "organ").filter(pk=volume_id, organ_id=organ_of(actor)).first()
    )
    if found is None:
        raise Refused("not-found", "没有这一卷，或者您无权办理。", remedy="请从归档管理进入。")
    return found
