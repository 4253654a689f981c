"""What is made of an original is kept beside it, named as made, and says of what, how and by whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.record import actions as record

from ..models import Derivative
from .custody import note_custody

# How the custody list calls the making of each kind.
_ACTS = {"preview": "derive", "play_copy": "derive", "clip": "clip", "transcript": "transcribe"}


def keep_derivative(
    *,
    piece: str,
    derived_from: str,
    kind: str,
    made_how: str,
    actor: Actor,
    at: datetime,
    content: bytes | BinaryIO | None = None,
    media_type: str = "",
    title: str = "",
    start_ms: int | None = None,
    end_ms: int | None = None,
    by_machine: bool = True,
) -> Derivative:
    """Keep a derivative with its entry of the record; ``content`` is None for a clip that is only a place.

    MUST run inside a transaction whose caller holds the lock of the piece's row and has checked authority.
    Raises: Refused ``bad-clip``, and those of ``record.keep_blob``.
    """
    if (start_ms is None) != (end_ms is None) or (
        start_ms is not None and end_ms is not None and not 0 <= start_ms < end_ms
    ):
        raise Refused("bad-clip", "片段的起点须早于终点。", remedy="请重新填写起止时间。")
    blob = record.keep_blob(content, media_type, title or kind) if content is not None else None
    detail: dict[str, Any] = {"kind": kind, "made_how": made_how, "by_machine": by_machine}
    if start_ms is not None:
        detail |= {"start_ms": start_ms, "end_ms": end_ms}
    if blob is not None:
        detail |= {"made": blob.sha256, "size_bytes": blob.size_bytes}
    act = _ACTS[kind] if by_machine or kind != "transcript" else "edit_transcript"
    line = note_custody(piece=piece, sha256=derived_from, kind=act, actor=actor, at=at, detail=detail)
    row = Derivative(
        piece=piece,
        derived_from=derived_from,
        kind=kind,
        title=title,
        sha256=blob.sha256 if blob else "",
        media_type=media_type,
        size_bytes=blob.size_bytes if blob else 0,
        start_ms=start_ms,
        end_ms=end_ms,
        made_how=made_how,
        by_machine=by_machine,
        at=at,
        officer_id=actor.id if actor.kind == "officer" else None,
        entry_id=line.entry_id,
    )
    row.save()
    return row
