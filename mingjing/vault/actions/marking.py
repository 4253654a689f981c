"""Notes at a moment of a recording: added, and corrected by a further note."""

from __future__ import annotations

from datetime import datetime

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.record import actions as record

from ..models import Mark

MOST_TEXT = 500
LONGEST_MS = 7 * 24 * 3600 * 1000


def add_mark(
    *,
    piece: str,
    second_ms: int,
    text: str,
    actor: Actor,
    at: datetime,
    corrects: int | None = None,
    document: str = "",
    passage: str = "",
) -> Mark:
    """A note at ``second_ms`` of a piece; ``corrects`` is the note that it takes the place of.

    ``document`` with its ``passage`` is what the moment is about; the caller has checked that they go together.

    What people write may tell of people: on the record it stands as a salted digest.
    MUST run inside a transaction whose caller holds the lock of the piece's row and has checked authority.
    Raises: Refused ``bad-mark``, ``not-found``, ``overtaken``.
    """
    text = text.replace("\x00", "").strip()
    if not text or len(text) > MOST_TEXT:
        raise Refused(
            "bad-mark", f"标记须写 1 至 {MOST_TEXT} 个字，现有 {len(text)} 个字。", remedy="请修改后再提交。"
        )
    if not 0 <= second_ms <= LONGEST_MS:
        raise Refused("bad-mark", "标记的时间不在录制时长之内。", remedy="请从播放器的当前位置标记。")
    old = _corrected(piece, corrects) if corrects is not None else None
    if old is not None and not document:  # a correction speaks of the same words
        document, passage = old.document, old.passage
    plain: dict[str, object] = {"second_ms": second_ms, **({"corrects": str(old.entry_id)} if old else {})}
    personal = {"text": text}
    if document:
        plain["document"], personal["passage"] = document, passage
    entry = record.append(
        kind="custody.mark", subject=piece, at=at, actor=actor, plain=plain, personal=personal
    )
    mark = Mark(
        piece=piece,
        second_ms=second_ms,
        text=text,
        at=at,
        officer_id=actor.officer_id,
        corrects=old,
        document=document,
        passage=passage,
        entry_id=entry.pk,
    )
    mark.save()
    return mark


def _corrected(piece: str, key: int) -> Mark:
    old: Mark | None = Mark.objects.filter(pk=key, piece=piece).first()
    if old is None:
        raise Refused("not-found", "没有要更正的标记。")
    if Mark.objects.filter(corrects=old).exists():
        raise Refused("overtaken", "这条标记已经更正过。", remedy="请刷新页面，更正最后的一条。")
    return old
