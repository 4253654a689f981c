"""登记设备: which devices recordings are believed from, and whose they are."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mingjing.kernel import capture as chain
from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor, require
from mingjing.record import actions as record

from ..models import Device

MOST_NAME = 120


def register_device(*, public_key: bytes, name: str, actor: Actor, at: datetime) -> Device:
    """The field device with this key, issued to the officer who is signed in on it; registering twice is once.

    Its number is made from the key, so that nobody chooses it. Raises: Refused ``no-permission``,
    ``bad-device-key``, ``device-of-another``, ``device-revoked``.
    """
    require(actor, "case.move")
    chain.read_public_key(public_key)
    number = "XC" + hashlib.sha256(public_key).hexdigest()[:10].upper()
    with transaction.atomic():
        known = Device.objects.filter(number=number).first()
        if known is not None:
            check_usable(known, actor)
            return known
        return _register(number, "field", name, public_key, actor, actor, at)


def register_camera(*, number: str, name: str, officer_id: int, actor: Actor, at: datetime) -> Device:
    """A body-worn camera with the number printed on it, issued to an officer.

    Raises: Refused ``no-permission``, ``bad-device-number``, ``device-known``, ``not-found``.
    """
    require(actor, "organ.manage")
    number = number.strip().upper()
    if not number or len(number) > 60 or "\x00" in number:
        raise Refused(
            "bad-device-number", "设备编号不能为空，最多 60 个字。", remedy="请照机身上的编号填写。"
        )
    with transaction.atomic():
        if Device.objects.filter(number=number).exists():
            raise Refused(
                "device-known", f"设备 {number} 已经登记。", remedy="换人使用的，请在设备清单中改发。"
            )
        return _register(number, "camera", name, None, _holder(officer_id, at), actor, at)


def issue_device(*, device_id: int, officer_id: int, actor: Actor, at: datetime) -> None:
    """Issue a camera to another officer from now on. Field devices stay with whose key they hold.

    Raises: Refused ``no-permission``, ``not-found``, ``device-has-key``, ``device-revoked``.
    """
    require(actor, "organ.manage")
    with transaction.atomic():
        device = _locked(device_id)
        if device.kind == "field":
            raise Refused(
                "device-has-key",
                f"设备 {device.number} 的密钥属于{device.officer.name}，不能改发。",
                remedy="新的使用人在设备上登录后会登记自己的密钥；原来的请停用。",
            )
        if device.state == "revoked":
            raise _revoked(device)
        holder = _holder(officer_id, at)
        device.officer_id, device.organ_id = holder.officer_id, organ_of(holder)
        device.save(update_fields=["officer", "organ"])
        _tell("device-issued", device, actor, at, {"officer": holder.reference})


def revoke_device(*, device_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Believe no further recording that begins on this device; what it handed in stays as it is.

    Raises: Refused ``no-permission``, ``not-found``, ``bad-reason``, ``device-revoked``.
    """
    require(actor, "organ.manage")
    reason = reason.strip()[:300]
    if not reason:
        raise Refused("bad-reason", "没有写明停用的理由。", remedy="如遗失、损坏、人员调离。")
    with transaction.atomic():
        device = _locked(device_id)
        if device.state == "revoked":
            raise _revoked(device)
        device.state, device.reason = "revoked", reason
        device.revoked_at, device.revoked_by_id = at, actor.officer_id
        device.save(update_fields=["state", "reason", "revoked_at", "revoked_by"])
        _tell("device-revoked", device, actor, at, {}, {"reason": reason})


def check_usable(device: Device, actor: Actor) -> None:
    """Pass if the device is in use and is the actor's. Raises: Refused."""
    if device.officer_id != actor.id:
        raise Refused(
            "device-of-another",
            f"设备 {device.number} 登记在另一名执法人员名下。",
            remedy="请在这台设备上用您自己的账号登录一次录制页面，平台会为您另行登记。",
        )
    if device.state == "revoked":
        raise _revoked(device)


def _register(
    number: str, kind: str, name: str, key: bytes | None, holder: Actor, actor: Actor, at: datetime
) -> Device:
    device = Device.objects.create(
        number=number,
        kind=kind,
        name=name.replace("\x00", "").strip()[:MOST_NAME],
        public_key=key,
        officer_id=holder.officer_id,
        organ_id=organ_of(holder),
        registered_at=at,
        registered_by_id=actor.officer_id,
    )
    key_digest = hashlib.sha256(key).hexdigest() if key else ""
    _tell("device-registered", device, actor, at, {"officer": holder.reference, "key": key_digest})
    return device


def _tell(
    kind: str,
    device: Device,
    actor: Actor,
    at: datetime,
    plain: dict[str, str],
    personal: dict[str, str] | None = None,
) -> None:
    record.append(
        kind=kind,
        subject=f"device:{device.pk}",
        at=at,
        actor=actor,
        plain={"device": device.number, "kind": device.kind, **plain},
        personal=personal,
    )


def _locked(device_id: int) -> Device:
    found = Device.objects.select_for_update(of=("self",)).select_related("officer").filter(pk=device_id)
    device = found.first()
    if device is None:
        raise Refused("not-found", "没有这台设备。", remedy="请从设备清单进入。")
    return device


def _holder(officer_id: int, at: datetime) -> Actor:
    try:
        return organs.actor_of_officer(officer_id, at.date())
    except KeyError:
        raise Refused("not-found", "没有这名执法人员。", remedy="请从名单中选择。") from None


def organ_of(holder: Actor) -> int:
    """The organ of an officer, which every officer has."""
    if holder.organ_id is None:
        raise ValueError("an officer belongs to an organ")
    return holder.organ_id


def _revoked(device: Device) -> Refused:
    on = timezone.localtime(device.revoked_at)
    return Refused(
        "device-revoked",
        f"设备 {device.number} 已于 {on:%Y-%m-%d} 停用：{device.reason}。",
        remedy="录制内容请导出后在“录像采集”页面导入；需要恢复使用的，请系统管理员另行登记。",
    )
