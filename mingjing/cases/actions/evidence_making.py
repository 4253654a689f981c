"""What the worker makes of evidence: play copies, clips, machine transcripts; each beside its original."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import SYSTEM
from mingjing.record import queries as record
from mingjing.vault import actions as vault
from mingjing.vault import products, speech, transcripts

from ..models import Evidence

MOST_AT_ONCE = 20
LABEL = "机器转写，仅供参考"


def make_waiting(*, now: Callable[[], datetime]) -> int:
    """Make what waits, one after the other, at most 20; how many were made. What fails says why on its page.

    ``now`` is asked for each: making takes its time.
    """
    made = 0
    for _ in range(MOST_AT_ONCE):
        task = vault.claim_making(now())
        if task is None:
            break
        try:
            _make(task, now)
        except Refused as refused:
            vault.end_making(task, refused.reason)
        else:
            vault.end_making(task)
            made += 1
    return made


def _make(task: vault.Task, now: Callable[[], datetime]) -> None:
    row = Evidence.objects.get(pk=int(task.piece.partition(":")[2]))
    with _product(task, row) as made, transaction.atomic():
        Evidence.objects.select_for_update().get(pk=row.pk)
        vault.keep_derivative(
            piece=task.piece,
            derived_from=task.sha256,
            kind=task.what,
            start_ms=task.start_ms if task.end_ms else None,
            end_ms=task.end_ms or None,
            actor=SYSTEM,
            at=now(),
            **made,
        )


@contextmanager
def _product(task: vault.Task, row: Evidence) -> Iterator[dict[str, Any]]:
    """What is to be kept, made outside any transaction."""
    original = record.open_blob(task.sha256)
    if task.what == "transcript":
        peer = speech.peer()
        heard = speech.transcribe(original, row.size_bytes, row.media_type)
        yield {
            "content": transcripts.write(heard),
            "media_type": transcripts.MEDIA_TYPE,
            "made_how": f"{LABEL}；模型 {peer.model if peer else ''}",
            "title": "文字稿（机器转写）",
        }
        return
    if task.what == "clip":
        making = products.clip(original, row.media_type, task.start_ms, task.end_ms)
    else:
        making = products.play_copy(original, row.media_type)
    with making as product:
        yield {
            "content": product.content,
            "media_type": product.media_type,
            "made_how": product.made_how,
            "title": task.title,
        }
