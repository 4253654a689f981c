"""The tus server: who may, which action, and the answer in the protocol's words.

For any tus 1.0 client with the cookies of a signed-in officer. What changes something also carries the header
``X-CSRFToken`` with the value of the cookie ``csrftoken``; over https, ``Referer`` or ``Origin`` is of this site.
An upload is its officer's alone; to all others it does not exist. Nothing tells whether a file is kept already.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import why_not
from mingjing.vault import actions, queries
from mingjing.vault.pieces import ChecksumMismatch

from . import protocol
from .protocol import Wrong

View = Callable[..., HttpResponse]
STATUS = {
    "no-such-upload": 404,
    "in-use": 423,
    "wrong-offset": 409,
    "too-large": 413,
    "too-many-bytes": 413,
    "over-quota": 413,
    "wrong-sha256": protocol.CHECKSUM_MISMATCH,
}


def _tus(*methods: str) -> Callable[[View], View]:
    """Answers OPTIONS; lets in officers who speak the protocol; turns every no into a status and a sentence."""

    def wrap(view: View) -> View:
        @wraps(view)
        def answer(request: Any, **place: Any) -> HttpResponse:
            asked = protocol.method(request.method, request.headers)
            try:
                response = _answered(view, request, asked, methods, place)
            except Wrong as wrong:
                response = _plain(wrong.status, wrong.text, wrong.headers)
            except ChecksumMismatch:
                response = _plain(protocol.CHECKSUM_MISMATCH, "内容与校验值不一致，没有收下。")
            except Refused as refused:
                text = f"{refused.reason}{refused.remedy or ''}"
                response = _plain(STATUS.get(refused.code, 400), text)
            response["Tus-Resumable"] = protocol.VERSION
            response["Cache-Control"] = "no-store"
            return response

        return answer

    return wrap


def _answered(
    view: View, request: Any, asked: str, methods: tuple[str, ...], place: dict[str, Any]
) -> HttpResponse:
    if asked == "OPTIONS":
        return _empty(204, protocol.abilities(_most_bytes()))
    if asked not in methods:
        raise Wrong(405, "不支持这个方法。", {"Allow": ", ".join((*methods, "OPTIONS"))})
    if not request.user.is_authenticated:
        raise Wrong(401, "请先登录。")
    if request.actor is None or request.user.must_change_password or why_not(request.actor, "case.move"):
        raise Wrong(403, "只有能办理案件的人员可以上传。")
    protocol.require_version(request.headers)
    return view(request, asked, **place)


@_tus("POST")
def begin(request: Any, asked: str) -> HttpResponse:
    """POST begins an upload; bytes that come along are its first piece."""
    wanted = protocol.creation(request.headers, _most_bytes())
    check = protocol.checksum(request.headers)
    said = wanted.metadata
    row = actions.begin_upload(
        officer_id=request.actor.officer_id,
        name=said.get("filename") or said.get("name") or "",
        media_type=said.get("filetype") or said.get("type") or "",
        size_bytes=wanted.length,
        promised_sha256=said.get("sha256", ""),
        at=request.at,
    )
    if wanted.carries_bytes:
        row = _append(request, row.pk, 0, check)
    headers = {"Location": reverse("uploads:upload", args=[row.pk]), **_state(row)}
    return _empty(201, headers)


@_tus("HEAD", "PATCH", "DELETE")
def upload(request: Any, asked: str, key: uuid.UUID) -> HttpResponse:
    """HEAD tells how far it is, PATCH appends, DELETE ends it."""
    officer_id = request.actor.officer_id
    if asked == "DELETE":
        actions.end_upload(officer_id=officer_id, key=key)
        return _empty(204)
    if asked == "PATCH":
        piece = protocol.piece(request.headers)
        return _empty(204, _state(_append(request, key, piece.offset, piece.checksum)))
    row = queries.own_upload(officer_id, key)
    said = {"filename": row.name, "filetype": row.media_type}
    told = {"Upload-Length": str(row.size_bytes), "Upload-Metadata": protocol.write_metadata(said)}
    if row.sha256:
        told["Upload-SHA256"] = row.sha256  # of one's own bytes, as they were read back from the disk
    return _empty(200, {**told, **_state(row)})


def _append(request: Any, key: uuid.UUID, offset: int, checksum: protocol.Checksum | None) -> Any:
    check = (checksum.algorithm, checksum.digest) if checksum else None
    return actions.append_piece(
        officer_id=request.actor.officer_id,
        key=key,
        offset=offset,
        source=request,
        check=check,
        at=request.at,
    )


def _state(row: Any) -> dict[str, str]:
    return {
        "Upload-Offset": str(row.offset_bytes),
        "Upload-Expires": protocol.expires(row.expires_at.astimezone(UTC)),
    }


def _most_bytes() -> int:
    return int(settings.MINGJING_UPLOAD_MOST_GB) << 30


def _empty(status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(status=status, headers=headers or {})


def _plain(status: int, text: str, headers: dict[str, str] | None = None) -> HttpResponse:
    reason = "Checksum Mismatch" if status == protocol.CHECKSUM_MISMATCH else None
    return HttpResponse(
        text, status=status, reason=reason, content_type="text/plain; charset=utf-8", headers=headers or {}
    )
