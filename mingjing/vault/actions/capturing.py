"""录制上传: a recording comes in by a start manifest, chunks in any order, and an end manifest.

Every call may be repeated: the device never knows whether an answer that did not arrive was given.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from mingjing.kernel import capture as chain
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.record import actions as record
from mingjing.record import queries as records

from .. import chunk_files, classes, codex, gaps
from ..models import Capture, CaptureChunk, Device
from ..queries.captures import CaseRef, Receipt, own_capture, receipt_of
from .devices import check_usable, organ_of
from .retaining import attach

MOST_CHUNK_BYTES = 8 * 1024 * 1024
WHOLE = ("complete", "bound", "broken")


def start_capture(
    *, manifest: bytes, signature: bytes, case: CaseRef | None = None, actor: Actor, at: datetime
) -> Capture:
    """Hear of a recording before its content comes; hearing of it twice is once.

    ``case`` is what the door found for the case and step that the manifest names, None where it found nothing:
    the recording is then bound later. Raises: Refused ``no-permission``, ``bad-manifest``, ``bad-signature``,
    ``no-such-device``, ``device-of-another``, ``device-revoked``, ``not-yours``, ``capture-differs``.
    """
    require(actor, "case.move")
    said = chain.read_start(manifest)
    with transaction.atomic():
        device = _device(said.device)
        check_usable(device, actor)
        chain.check_signature(bytes(device.public_key or b""), manifest, signature)
        if said.officer != actor.id:
            raise _not_yours()
        known = Capture.objects.filter(pk=said.id).first()
        if known is not None:
            return _the_same(known, manifest, actor)
        _require_free(device, said)
        capture = _row(said, device, case, actor, at)
        capture.start_manifest, capture.start_signature = manifest, signature
        capture.entry_id = _tell("capture-start", capture, actor, at, {"start": chain.digest_of(manifest)})
        capture.save(force_insert=True)
        gaps.note_number(device, capture, at)
        gaps.note_links(capture, at)
        return capture


def receive_chunk(
    *, capture_id: uuid.UUID, seq: int, sha256: str, content: bytes, officer: Actor, received_at: datetime
) -> bool:
    """Keep a chunk durably, then say so; whether it is new. The same chunk again does nothing.

    No entry of the record: the completion commits to every chunk. Raises: Refused ``no-such-capture``,
    ``not-yours``, ``bad-chunk``, ``bad-digest``, ``chunk-differs``, ``capture-ended``.
    """
    capture = own_capture(capture_id, officer)
    _require_chunk(seq, content)
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise Refused(
            "bad-digest",
            f"第 {seq} 段收到 {len(content)} 字节，SHA-256 与 Content-Digest 不一致，可能只收到一半。",
            remedy="请重新发送这一段。",
        )
    known = _known_chunk(capture_id, seq)
    if known is None:
        if capture.state != "receiving":
            raise _ended(capture)
        chunk_files.keep(capture_id, seq, sha256, content)
        made = CaptureChunk(
            capture_id=capture_id, seq=seq, sha256=sha256, size_bytes=len(content), received_at=received_at
        )
        # Two tabs may be sending the same chunk at this moment: one row wins, and is compared with below.
        CaptureChunk.objects.bulk_create([made], ignore_conflicts=True)
    winner = known or _known_chunk(capture_id, seq)
    if winner != sha256:
        raise Refused(
            "chunk-differs",
            f"第 {seq} 段已经收到，内容与这次不同，先到的保留。",
            remedy="同一段录制不能在两个页面上传；请关闭另一个页面，刷新后继续。",
        )
    return known is None


def end_capture(
    *, capture_id: uuid.UUID, manifest: bytes, signature: bytes, actor: Actor, at: datetime
) -> Receipt:
    """Put the chunks together, if they are what the device signed; the receipt is the device's leave to delete.

    Ending twice gives the same receipt. Raises: Refused ``no-such-capture``, ``not-yours``, ``capture-ended``,
    ``bad-manifest``, ``bad-signature``, ``chunks-missing``, ``bad-chain``, ``chunk-damaged``.
    """
    capture = own_capture(capture_id, actor)
    if capture.state in WHOLE:
        return _again(capture, manifest)
    assert capture.device is not None
    said = chain.read_end(manifest)
    chain.check_signature(bytes(capture.device.public_key or b""), manifest, signature)
    chunks = list(capture.chunks.values_list("seq", "sha256", "size_bytes"))
    _require_all(chunks, said.chunks)
    broken = chain.why_broken(
        bytes(capture.start_manifest or b""), said, [(bytes.fromhex(one), size) for _, one, size in chunks]
    )
    if broken is not None:
        raise broken
    sha256 = _assemble(capture, [(seq, one) for seq, one, _ in chunks])
    with transaction.atomic():
        capture = _locked(capture_id)
        if capture.state in WHOLE:  # another tab was faster
            return _again(capture, manifest)
        capture.ended_at, capture.ending = said.ended_at, said.ending
        capture.marks = [
            {"kind": one.kind, "seq": one.seq, "at": one.at.isoformat(), "ms": one.ms} for one in said.marks
        ]
        capture.chunks_said, capture.head, capture.size_bytes = said.chunks, said.head, said.size_bytes
        capture.manifest, capture.signature, capture.sha256 = manifest, signature, sha256
        _hand_in(capture, actor, at)
        gaps.note_links(capture, at)
    chunk_files.remove(capture_id)
    return receipt_of(capture)


def give_up_capture(*, capture_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> Capture:
    """Close a recording whose rest will never come, keeping what came up to the first missing chunk.

    Raises: Refused ``no-such-capture``, ``not-yours``, ``capture-ended``, ``bad-reason``, ``chunk-damaged``.
    """
    capture = own_capture(capture_id, actor)
    reason = reason.strip()[:300]
    if not reason:
        raise Refused("bad-reason", "没有写明为什么不能传完。", remedy="如设备损坏、遗失，写明原件下落。")
    if capture.state != "receiving":
        raise _ended(capture)
    kept = _unbroken(list(capture.chunks.values_list("seq", "sha256", "size_bytes")))
    sha256 = _assemble(capture, [(seq, one) for seq, one, _ in kept]) if kept else ""
    with transaction.atomic():
        capture = _locked(capture_id)
        if capture.state != "receiving":
            raise _ended(capture)
        capture.state, capture.why_broken, capture.ending = "broken", reason, "given_up"
        capture.sha256, capture.size_bytes = sha256, sum(size for _, _, size in kept)
        capture.chunks_said = len(kept)
        start = bytes(capture.start_manifest or b"")
        capture.head = chain.chain(start, (bytes.fromhex(one) for _, one, _ in kept)).hex() if kept else ""
        capture.handed_in_at, capture.handed_in_by_id = at, actor.officer_id
        told = {"chunks": len(kept), "head": capture.head}
        capture.entry_id = _tell("capture-broken", capture, actor, at, told, {"reason": reason})
        capture.save()
        keep_capture(capture, at)
    chunk_files.remove(capture_id)
    return capture


def sweep_chunks() -> int:
    """Remove the chunks of recordings whose whole is in the store, left by a process that was killed; how many."""
    waiting = chunk_files.waiting()
    done = Capture.objects.filter(pk__in=waiting, state__in=WHOLE).values_list("pk", flat=True)
    for capture_id in done:
        chunk_files.remove(capture_id)
    return len(done)


def finish(capture: Capture, actor: Actor, at: datetime) -> None:
    """Set what a whole recording is by now: handed in, late or not, bound if it has a case."""
    ended = (capture.ended_at or capture.started_at) + timedelta(milliseconds=capture.offset_ms or 0)
    capture.handed_in_at, capture.handed_in_by_id = at, actor.officer_id
    capture.late = at - ended > codex.rules().hand_in.within
    capture.state = "bound" if capture.case_id else "complete"
    if capture.case_id:
        capture.bound_at, capture.bound_by_id = at, actor.officer_id


def keep_capture(capture: Capture, at: datetime) -> None:
    """Keep the recording by itself; a step that takes it in keeps it with the case as well, whichever is longer."""
    if capture.sha256:
        attach(
            {capture.sha256: capture.name},
            subject=f"capture:{capture.pk}",
            organ_id=capture.organ_id,
            at=at,
            retention=classes.NO_CASE,
        )


def _hand_in(capture: Capture, actor: Actor, at: datetime) -> None:
    finish(capture, actor, at)
    told = {
        "chunks": capture.chunks_said,
        "head": capture.head,
        "manifest": hashlib.sha256(capture.manifest or b"").hexdigest(),
        "ending": capture.ending,
        "ended_at": capture.ended_at.isoformat() if capture.ended_at else "",
        "offset_ms": capture.offset_ms if capture.offset_ms is not None else "",
        "marks": len(capture.marks),
        "late": capture.late,
        "case": capture.case_no,
        "step": capture.step,
    }
    capture.entry_id = _tell("capture-complete", capture, actor, at, told)
    capture.save()
    keep_capture(capture, at)


def _tell(
    kind: str,
    capture: Capture,
    actor: Actor,
    at: datetime,
    plain: dict[str, Any],
    personal: dict[str, str] | None = None,
) -> uuid.UUID:
    device = capture.device
    files = [records.blob_for(capture.sha256).as_file("capture")] if capture.sha256 else []
    return record.append(
        kind=kind,
        subject=f"capture:{capture.pk}",
        at=at,
        actor=actor,
        plain={
            "capture": str(capture.pk),
            "device": device.number if device else "",
            "n": capture.n or 0,
            "prev": capture.prev,
            "kind": capture.kind,
            "started_at": capture.started_at.isoformat(),
            **plain,
        },
        personal=personal,
        files=files,
    ).pk


def _row(said: chain.Started, device: Device, case: CaseRef | None, actor: Actor, at: datetime) -> Capture:
    place = said.place
    return Capture(
        id=said.id,
        device=device,
        officer_id=actor.officer_id,
        organ_id=organ_of(actor),
        n=said.n,
        prev=said.prev,
        kind=said.kind,
        name=said.name,
        media_type=said.media_type[:100],
        purpose=said.purpose,
        original_id=said.of if said.of and Capture.objects.filter(pk=said.of).exists() else None,
        watermark=said.watermark,
        started_at=said.started_at,
        offset_ms=said.offset_ms,
        lat=place.lat if place else "",
        lon=place.lon if place else "",
        accuracy=place.accuracy if place else "",
        heard_at=at,
        **(case.columns() if case else {}),
    )


def _device(number: str) -> Device:
    device = Device.objects.select_for_update().filter(number=number, kind="field").first()
    if device is None:
        raise Refused(
            "no-such-device", f"设备 {number} 没有登记。", remedy="请刷新录制页面，平台会重新登记。"
        )
    return device


def _the_same(known: Capture, manifest: bytes, actor: Actor) -> Capture:
    if known.officer_id != actor.id:
        raise _not_yours()
    if bytes(known.start_manifest or b"") != manifest:
        raise Refused(
            "capture-differs",
            "同一编号的录制已经开始上传，开始清单与这次不同。",
            remedy="请关闭其他录制页面，刷新后继续。",
        )
    return known


def _require_free(device: Device, said: chain.Started) -> None:
    if Capture.objects.filter(device=device, n=said.n).exists():
        raise Refused(
            "capture-differs",
            f"设备 {device.number} 的第 {said.n} 段录制已经是另一段。",
            remedy="可能有两个页面同时录制，或者设备被复制；请报告管理员停用并重新登记。",
        )
    if said.n > device.last_n + gaps.MOST_MISSING:
        raise Refused(
            "bad-manifest",
            f"设备 {device.number} 上一段是第 {device.last_n} 段，这一段却是第 {said.n} 段。",
            remedy="请报告管理员停用这台设备并重新登记。",
        )


def _require_chunk(seq: int, content: bytes) -> None:
    if not 1 <= seq <= chain.MOST_CHUNKS or not content or len(content) > MOST_CHUNK_BYTES:
        raise Refused(
            "bad-chunk",
            f"第 {seq} 段有 {len(content)} 字节；每段应为 1 至 {MOST_CHUNK_BYTES} 字节，序号从 1 起。",
            remedy="请刷新录制页面后重试。",
        )


def _known_chunk(capture_id: uuid.UUID, seq: int) -> str | None:
    rows = CaptureChunk.objects.filter(capture_id=capture_id, seq=seq)
    return rows.values_list("sha256", flat=True).first()


def _require_all(chunks: Sequence[tuple[int, str, int]], said: int) -> None:
    missing = sorted(set(range(1, said + 1)) - {seq for seq, _, _ in chunks})
    if missing:
        named = "、".join(str(one) for one in missing[:5]) + ("等" if len(missing) > 5 else "")
        raise Refused(
            "chunks-missing",
            f"还有 {len(missing)} 段没有收到：第 {named} 段。",
            remedy="请继续上传缺少的分段，再结束。",
        )


def _unbroken(chunks: Sequence[tuple[int, str, int]]) -> list[tuple[int, str, int]]:
    """The chunks from the first up to the first that is missing."""
    return [one for place, one in enumerate(chunks, start=1) if one[0] == place]


def _assemble(capture: Capture, chunks: Sequence[tuple[int, str]]) -> str:
    """The whole in the store, before any row says so: its SHA-256."""
    joined: Any = chunk_files.Joined(capture.pk, chunks)
    media_type = capture.media_type.partition(";")[0].strip()
    blob = record.keep_blob(joined, media_type, capture.name)
    if joined.damaged:
        CaptureChunk.objects.filter(capture=capture, seq__in=joined.damaged).delete()
        raise Refused(
            "chunk-damaged",
            f"服务器上的 {len(joined.damaged)} 个分段已经损坏，须重新上传。",
            remedy="请继续上传，平台会指出缺少的分段。",
        )
    return blob.sha256


def _locked(capture_id: uuid.UUID) -> Capture:
    rows = Capture.objects.select_for_update(of=("self",)).select_related("device")
    return rows.get(pk=capture_id)


def _again(capture: Capture, manifest: bytes) -> Receipt:
    if capture.state == "broken" or bytes(capture.manifest or b"") != manifest:
        raise _ended(capture)
    return receipt_of(capture)


def _not_yours() -> Refused:
    return Refused(
        "not-yours",
        "这段录制由另一名执法人员录制。",
        remedy="请由录制的人员登录后上传。",
    )


def _ended(capture: Capture) -> Refused:
    what = "已经作为未传完处理" if capture.state == "broken" else "已经完整存入"
    return Refused("capture-ended", f"录制“{capture.name}”{what}，不能再增加内容。", remedy="请刷新页面。")
