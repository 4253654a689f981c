"""Files of a posted form as ``cases`` takes them in."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from mingjing.cases.facts import SIGNATURE_LIMITS, Upload, signed
from mingjing.kernel.conduct import UNIFORM_PHOTO
from mingjing.kernel.procedure import Field
from mingjing.kernel.refused import Refused
from mingjing.vault import actions as vault
from mingjing.vault.intake import examine

from . import forms, wording

MOST_BYTES = 512 * 1024 * 1024
_SEEN_OR_HEARD = ("image/", "audio/", "video/")
# Before the name of an input: the keys of files for it that came by /uploads/ (see static/upload.js).
SENT = "sent."


def uploads_of(
    fields: Sequence[Field], files: Any, typed: Mapping[str, Any], request: Any = None
) -> list[Upload]:
    """Every file chosen for one of the fields, and every signature drawn in one (a data URL in ``typed``).

    With ``request`` also what the officer sent ahead piece by piece; after the act, ``forget_sent``.
    Raises: Refused ``bad-file`` for what is empty or larger than the platform takes at once, ``no-such-upload``,
    ``unfinished``.
    """
    chosen = [
        one
        for field in fields
        if field.kind == "files"
        for one in _named(files, forms.input_name(field.name), field.name, request)
    ]
    pictures = {field.name: _picture(field, files, typed) for field in fields if field.kind == "signature"}
    return chosen + [signed(name, picture) for name, picture in pictures.items() if picture is not None]


def _picture(field: Field, files: Any, typed: Mapping[str, Any]) -> bytes | None:
    """The signature that was chosen as a file, else the one drawn; nothing beyond the limit is read."""
    for file in forms.uploaded(files, forms.input_name(field.name)):
        return bytes(file.read(SIGNATURE_LIMITS.size_bytes + 1))
    drawn = str(typed.get(field.name) or "")
    if not drawn:
        return None
    try:
        return base64.b64decode(drawn.removeprefix(forms.DRAWN), validate=True)
    except (binascii.Error, ValueError):
        return b""  # no picture: refused at its field


def uploads_under(files: Any, name: str, request: Any = None) -> list[Upload]:
    """Every file chosen in the input ``name`` of a form that is not a step's. Raises: as ``uploads_of``."""
    return _named(files, name, name, request)


def forget_sent(request: Any) -> None:
    """What was sent ahead went into a case: its pieces are not needed any more."""
    for name in request.POST:
        if name.startswith(SENT):
            for key in request.POST.getlist(name):
                with suppress(Refused):
                    vault.end_upload(officer_id=request.actor.officer_id, key=_key(key))


def _named(files: Any, name: str, field: str, request: Any) -> list[Upload]:
    keys = request.POST.getlist(f"{SENT}{name}") if request is not None else []
    return [
        *(_upload(field, file) for file in forms.uploaded(files, name)),
        *(_sent(field, key, request.actor.officer_id) for key in dict.fromkeys(keys)),
    ]


def _sent(field: str, key: str, officer_id: int) -> Upload:
    kept = vault.keep_upload(officer_id=officer_id, key=_key(key))
    return Upload(field, kept.name, kept.media_type, b"", _kind(field, kept.media_type), kept.sha256)


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Refused("no-such-upload", "没有这个上传。", remedy="请重新选择文件。") from None


def _kind(field: str, media_type: str) -> str:
    # A picture of the uniform is no recording of what happened.
    if field == UNIFORM_PHOTO:
        return "document"
    return "audiovisual" if media_type.startswith(_SEEN_OR_HEARD) else "document"


def _upload(field: str, file: Any) -> Upload:
    name = str(file.name or "文件").replace("\x00", "")[-200:]
    if not file.size:
        raise Refused("bad-file", f"文件“{name}”是空的。", remedy="请重新选择文件。")
    if file.size > MOST_BYTES:
        raise Refused(
            "bad-file",
            f"文件“{name}”有 {wording.size(file.size)}，超过一次能接收的 {wording.size(MOST_BYTES)}。",
            remedy="请分段后分次上传。",
        )
    # The type that the browser declares is never believed.
    found = examine(file.file, name)
    return Upload(field, name, found.media_type, file.file, _kind(field, found.media_type))
