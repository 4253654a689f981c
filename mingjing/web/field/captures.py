"""录制上传: the protocol between a recording device and the platform, all of it JSON.

``POST captures`` begins with a signed start manifest; ``PUT captures/<id>/<seq>`` brings one chunk with its
``Content-Digest`` (RFC 9530), in any order and as often as the device likes; ``GET captures/<id>`` tells what has
arrived; ``POST captures/<id>/end`` closes with the signed end manifest and answers with the receipt, on which the
device may delete. See :mod:`mingjing.kernel.capture` for what is signed.
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from dataclasses import asdict
from datetime import UTC
from typing import Any

from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingjing.cases import queries as cases
from mingjing.kernel import capture as chain
from mingjing.kernel import json_text
from mingjing.kernel.refused import Refused
from mingjing.record import queries as record
from mingjing.vault import actions, queries
from mingjing.vault.actions import Receipt
from mingjing.web.ui.entering import officers_only
from mingjing.web.ui.sealing import seal_now

from .frame import FIELD

MOST_CHUNK_BYTES = 8 * 1024 * 1024
MOST_BODY_BYTES = 256 * 1024
_DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]{44}):\s*(?:;[^,]*)?(?=,|$)")


@require_POST
@never_cache
@officers_only(FIELD)
def devices(request: Any) -> JsonResponse:
    """Register the key of this device for the person who is signed in; doing it again gives the same number."""
    said = _body(request)
    device = actions.register_device(
        public_key=_bytes(said, "public_key"),
        name=str(said.get("name", ""))[:120],
        actor=request.actor,
        at=request.at,
    )
    seal_now(request)
    return _answer({"number": device.number, "last_n": device.last_n}, 201)


@require_POST
@never_cache
@officers_only(FIELD)
def start(request: Any) -> JsonResponse:
    """Hear of a recording; the case that its manifest names is looked up, and its absence refuses nothing."""
    said = _body(request)
    manifest = _bytes(said, "manifest")
    meant = chain.read_start(manifest)
    capture = actions.start_capture(
        manifest=manifest,
        signature=_bytes(said, "signature"),
        case=_meant(request, meant.case, meant.step),
        actor=request.actor,
        at=request.at,
    )
    seal_now(request)
    return _answer(_told(queries.capture_status(capture.pk, request.actor)), 201)


@require_safe
@never_cache
@officers_only(FIELD)
def status(request: Any, capture_id: uuid.UUID) -> JsonResponse:
    """Which chunks have arrived; with the receipt once the whole is kept."""
    return _answer(_told(queries.capture_status(capture_id, request.actor)))


@require_http_methods(["PUT"])
@never_cache
@officers_only(FIELD)
def chunk(request: Any, capture_id: uuid.UUID, seq: int) -> JsonResponse:
    """One chunk: on the disk before the answer. 201 if it is new, 200 if it was there."""
    new = actions.receive_chunk(
        capture_id=capture_id,
        seq=seq,
        sha256=_content_digest(request.headers.get("Content-Digest", "")),
        content=_content(request, seq),
        officer=request.actor,
        received_at=request.at,
    )
    return _answer({"seq": seq}, 201 if new else 200)


@require_POST
@never_cache
@officers_only(FIELD)
def end(request: Any, capture_id: uuid.UUID) -> JsonResponse:
    """Close a recording; the receipt."""
    said = _body(request)
    receipt = actions.end_capture(
        capture_id=capture_id,
        manifest=_bytes(said, "manifest"),
        signature=_bytes(said, "signature"),
        actor=request.actor,
        at=request.at,
    )
    seal_now(request)
    return _answer({"receipt": _receipt(receipt)})


@require_POST
@never_cache
@officers_only(FIELD)
def bind(request: Any, capture_id: uuid.UUID) -> JsonResponse:
    """Say for which case and step a recording was made."""
    said = _body(request)
    case = case_ref(request, str(said.get("case", "")), str(said.get("step", "")))
    bound = actions.bind_capture(capture_id=capture_id, case=case, actor=request.actor, at=request.at)
    seal_now(request)
    return _answer({"state": bound.state, "case": bound.case_no, "step": bound.step})


@require_POST
@never_cache
@officers_only(FIELD)
def give_up(request: Any, capture_id: uuid.UUID) -> JsonResponse:
    """Close a recording whose rest will never come, with the reason."""
    said = _body(request)
    closed = actions.give_up_capture(
        capture_id=capture_id, reason=str(said.get("reason", "")), actor=request.actor, at=request.at
    )
    seal_now(request)
    return _answer({"state": closed.state, "chunks": closed.chunks_said})


def case_ref(request: Any, no: str, step: str) -> queries.CaseRef:
    """The case and step for a recording, of the person's own organ. Raises: Refused ``not-found``, ``other-organ``."""
    case = cases.case_for(request.actor, no)
    work = cases.case_work(case, request.at)
    rule = work.procedure.steps.get(step)
    if rule is None:
        raise Refused("not-found", f"案件 {no} 没有环节“{step}”。", remedy="请重新选择环节。")
    if case.organ_id != request.actor.organ_id:
        raise Refused(
            "other-organ", "本案由其他机关办理，不能绑定。", remedy="需要协助的，请把录制移交办案机关。"
        )
    return queries.CaseRef(case.pk, case.no, case.label, rule.id, rule.title)


def _meant(request: Any, no: str, step: str) -> queries.CaseRef | None:
    """What the manifest names, if the person may name it: a recording is never refused for its case."""
    try:
        return case_ref(request, no, step) if no and step else None
    except Refused:
        return None


def _body(request: Any) -> dict[str, Any]:
    raw = request.read(MOST_BODY_BYTES + 1)
    try:
        said = json_text.read(raw) if len(raw) <= MOST_BODY_BYTES else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Refused("bad-body", "请求的内容不是 JSON 对象，或者太大。", remedy="请刷新录制页面后重试。")
    return said


def _bytes(said: dict[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(str(said.get(name, "")), validate=True)
    except (binascii.Error, ValueError):
        raise Refused("bad-body", f"“{name}”不是 Base64。", remedy="请刷新录制页面后重试。") from None


def _content(request: Any, seq: int) -> bytes:
    """The body, read no further than a chunk may be."""
    content: bytes = request.read(MOST_CHUNK_BYTES + 1)
    promised = request.headers.get("Content-Length", "")
    if promised.isdecimal() and len(content) < min(int(promised), MOST_CHUNK_BYTES + 1):
        raise Refused(
            "bad-digest",
            f"第 {seq} 段只收到 {len(content)} 字节，应有 {promised} 字节。",
            remedy="请重新发送这一段。",
        )
    return content


def _content_digest(header: str) -> str:
    """The SHA-256 in a ``Content-Digest`` header, in hexadecimal. Source: RFC 9530, section 2."""
    found = _DIGEST.search(header)
    try:
        digest = base64.b64decode(found.group(1), validate=True) if found else b""
    except binascii.Error:
        digest = b""
    if len(digest) != 32:
        raise Refused(
            "bad-digest",
            "请求没有写明 Content-Digest: sha-256=:…:。",
            remedy="请刷新录制页面后重试。",
        )
    return digest.hex()


def _told(status: queries.Status) -> dict[str, Any]:
    return {
        "id": str(status.capture),
        "state": status.state,
        "received": status.received,
        "receipt": _receipt(status.receipt) if status.receipt else None,
    }


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        **asdict(receipt),
        "capture": str(receipt.capture),
        "entry": str(receipt.entry),
        "handed_in_at": receipt.handed_in_at.astimezone(UTC).isoformat(),
        "note": record.receipt(receipt.entry),
    }


def _answer(body: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
