"""录像采集: taking in the files of a body-worn camera, each confirmed by a person."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor, require
from mingjing.record import actions as record
from mingjing.record import queries as records

from ..models import Capture, Device
from ..queries.captures import CaseRef
from .capturing import finish, keep_capture
from .devices import organ_of

SEEN_OR_HEARD = {"video": "video", "audio": "audio", "image": "photo"}
# Makers of cameras have forms of their own that nobody tells by the bytes; there the name's ending is believed.
ENDINGS = {
    "video": ("mp4", "mov", "avi", "mkv", "ts", "mpg", "3gp", "dav", "h264", "h265", "asf"),
    "audio": ("wav", "mp3", "aac", "amr", "m4a", "wma"),
}
NOT_TOLD = "application/octet-stream"


def import_capture(
    *,
    name: str,
    media_type: str,
    content: BinaryIO | bytes | None,
    sha256: str,
    officer_id: int,
    device_number: str = "",
    started_at: datetime,
    ended_at: datetime | None = None,
    case: CaseRef | None = None,
    actor: Actor,
    at: datetime,
) -> Capture:
    """A file of a camera as a recording of ``officer_id``, for a step or not yet.

    ``sha256`` is what the browser computed before sending; ``content`` None means that the store has it already
    (a finished upload). Known files are recognized only among the actor's own, so that nobody learns what others
    have. Raises: Refused ``no-permission``, ``bad-digest``, ``bad-file``, ``bad-date``, ``not-found``,
    ``already-imported``, ``no-such-device``, ``empty-file``.
    """
    require(actor, "case.move")
    kind = _kind(name, media_type)
    _require_times(name, started_at, ended_at, at)
    holder = organs.actor_of_officer(officer_id, at.date()) if officer_id else actor
    if holder.organ_id != actor.organ_id:
        raise Refused("not-found", "本机关没有这名执法人员。", remedy="请从名单中选择。")
    device = _camera(device_number, actor)
    blob = records.blob_for(sha256) if content is None else record.keep_blob(content, media_type, name)
    if blob.sha256 != sha256:
        raise Refused(
            "bad-digest",
            f"文件“{name}”收到后的 SHA-256 与浏览器算出的不一致，没有登记。",
            remedy="请重新上传这个文件。",
        )
    with transaction.atomic():
        if Capture.objects.filter(sha256=sha256, ending="imported", handed_in_by_id=actor.id).exists():
            raise Refused("already-imported", f"文件“{name}”您已经导入过。", remedy="请从清单中移去。")
        capture = Capture(
            id=uuid.uuid4(),
            device=device,
            officer_id=holder.officer_id,
            organ_id=organ_of(actor),
            kind=kind,
            name=name[-200:],
            media_type=media_type,
            purpose="录像采集",
            started_at=started_at,
            ended_at=ended_at,
            ending="imported",
            size_bytes=blob.size_bytes,
            sha256=sha256,
            heard_at=at,
            **(case.columns() if case else {}),
        )
        finish(capture, actor, at)
        entry = record.append(
            kind="capture-import",
            subject=f"capture:{capture.pk}",
            at=at,
            actor=actor,
            plain={
                "capture": str(capture.pk),
                "device": device.number if device else "",
                "officer": holder.reference,
                "kind": capture.kind,
                "started_at": started_at.isoformat(),
                "ended_at": ended_at.isoformat() if ended_at else "",
                "late": capture.late,
                "case": capture.case_no,
                "step": capture.step,
            },
            personal={"name": name},
            files=[blob.as_file("capture")],
        )
        capture.entry_id = entry.pk
        capture.save(force_insert=True)
        keep_capture(capture, at)
        return capture


def _kind(name: str, media_type: str) -> str:
    kind = SEEN_OR_HEARD.get(media_type.partition("/")[0], "")
    if not kind and media_type == NOT_TOLD:
        ending = name.rpartition(".")[2].lower()
        kind = next((one for one, endings in ENDINGS.items() if ending in endings), "")
    if not kind:
        raise Refused(
            "bad-file",
            f"文件“{name}”不是录音、录像或者照片。",
            remedy="这里只收执法记录仪的音像；书面材料请在案件的环节中提交。",
        )
    return kind


def _require_times(name: str, started_at: datetime, ended_at: datetime | None, at: datetime) -> None:
    if started_at > at or (ended_at is not None and not started_at <= ended_at <= at):
        raise Refused(
            "bad-date",
            f"文件“{name}”的录制时间不对：开始不得晚于结束，都不得晚于现在。",
            remedy="请核对执法记录仪的时钟，改正时间后再提交。",
        )


def _camera(number: str, actor: Actor) -> Device | None:
    number = number.strip().upper()
    if not number:
        return None
    device = Device.objects.filter(number=number, organ_id=organ_of(actor)).first()
    if device is None:
        raise Refused(
            "no-such-device",
            f"本机关没有登记编号为 {number} 的执法记录仪。",
            remedy="请核对机身编号，或者请系统管理员登记；也可以不填设备。",
        )
    return device
