"""Keeping files: content-addressed, durable before any row speaks of them; and destroying them for good."""

from __future__ import annotations

import io
import re
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.record import backends, store
from mingjing.record.measuring import Taken
from mingjing.record.models import Blob, Disclosure, Entry, Manifest

_MEDIA_TYPE = re.compile(r"[a-z]+/[a-zA-Z0-9][a-zA-Z0-9.+-]*(; ?charset=[a-zA-Z0-9-]+)?")


def keep_blob(content: BinaryIO | bytes, media_type: str, name: str) -> Blob:
    """Keep a file under its SHA-256; keeping the same content again gives the same row.

    ``name`` is what people call the file: it goes into refusals here, and into an entry through
    :meth:`Blob.as_file`. The bytes are on the disk before the row exists, so a crash can leave a file that
    nobody refers to, never a reference to nothing.

    Cost: 1 query for new content (2 for more than 8 MiB), at most 2 for known.

    Raises: Refused ``empty-file``, ``bad-media-type``, ``blob-damaged``, ``disk-full``, ``store-unreachable``.
    """
    _require_media_type(media_type, name)
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    return _register(backends.current().take_in(store.chunks(stream)), media_type, name)


def keep_file(path: Path, sha256: str, media_type: str) -> Blob:
    """Keep a finished file of the data folder without a second copy; ``sha256`` is what it was found to be before.

    Nobody MUST write to ``path`` any more; the caller removes that name afterwards. The file is read once more,
    for its parts. Costs the same whether the content is new or known, so that the time tells nobody what is kept
    here; a damaged copy that was there first is found by the scrub. Cost: 2 queries, 3 for more than 8 MiB.

    Raises: Refused ``wrong-sha256``, ``changed-meanwhile``, ``store-unreachable``.
    """
    taken = backends.current().take_in_file(path)
    if taken.sha256 != sha256:
        raise Refused("wrong-sha256", "文件在存入以前被改动，没有登记。", remedy="请重新上传。")
    with transaction.atomic(savepoint=False):
        _insert(taken, media_type, sha256)
        return Blob.objects.get(pk=sha256)


def mark_destroyed(sha256s: Collection[str], *, at: datetime) -> None:
    """Say of stored files that their content is destroyed, inside the transaction that records why.

    The content itself goes by :func:`destroy_marked` once that transaction is committed; it can be read no
    more from now on.
    """
    rows = Blob.objects.filter(sha256__in=sha256s, destroyed_at__isnull=True)
    rows.update(destroyed_at=at, fault=Blob.DOOMED)


def destroy_marked() -> int:
    """Remove the content of every file that is marked as destroyed and still there; how many. Can be repeated.

    MUST NOT run inside a transaction that may still be rolled back. One that was kept again meanwhile stays.
    Raises: Refused ``still-locked``, ``store-unreachable``.
    """
    gone = 0
    for sha256 in Blob.objects.filter(fault=Blob.DOOMED).values_list("pk", flat=True):
        with transaction.atomic():
            rows = Blob.objects.select_for_update().filter(pk=sha256, fault=Blob.DOOMED)
            if rows.exists():
                backends.current().remove(sha256)
                rows.update(fault="")
                gone += 1
    return gone


def forget(subject: str) -> int:
    """Destroy every personal value in the entries of ``subject``; how many. The entries and proofs stay as they are."""
    entries = Entry.objects.filter(subject=subject).values("pk")
    return int(Disclosure.objects.filter(entry_id__in=entries).delete()[0])


def _require_media_type(media_type: str, name: str) -> None:
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise Refused(
            "bad-media-type", f"文件“{name}”的类型“{media_type}”无法识别。", remedy="例：application/pdf。"
        )


def _register(taken: Taken, media_type: str, name: str) -> Blob:
    """The row of a file that was taken in."""
    if not taken.size_bytes:
        raise Refused("empty-file", f"文件“{name}”是空的，没有存入。", remedy="请重新选择文件。")
    if not taken.new:
        _require_intact(taken.sha256, name)
    # Whoever destroys content locks its row first: here as well, until the caller's transaction is over.
    with transaction.atomic(savepoint=False):
        known = None if taken.new else Blob.objects.select_for_update().filter(pk=taken.sha256).first()
        if known is not None and known.destroyed_at is None:
            return known
        return _insert(taken, media_type, name)


def _insert(taken: Taken, media_type: str, name: str) -> Blob:
    """A row for content that has none, or that was destroyed and comes in once more.

    Another process may be keeping the same content at this moment: its row is as good.
    """
    blob = Blob(sha256=taken.sha256, size_bytes=taken.size_bytes, media_type=media_type, sm3=taken.sm3)
    Blob.objects.bulk_create(
        [blob], update_conflicts=True, unique_fields=["sha256"], update_fields=["destroyed_at", "fault"]
    )
    if taken.parts:
        Manifest.objects.bulk_create([Manifest(blob=blob, digests=taken.parts)], ignore_conflicts=True)
    if backends.current().size_of(taken.sha256) is None:
        raise Refused(
            "changed-meanwhile", f"文件“{name}”没有存入：库中原有的一份正在销毁。", remedy="请重新提交。"
        )
    return blob


def _require_intact(sha256: str, name: str) -> None:
    """The copy that was there first is the one that stays; it must still be what its name says."""
    if backends.hash_of(backends.current().open(sha256)) != sha256:
        raise Refused(
            "blob-damaged",
            f"文件“{name}”与库中已有文件同名（SHA-256 {sha256}），但库中那一份已损坏，没有覆盖。",
            remedy="请管理员从备份恢复该文件，并运行 mingjing record fsck --deep。",
        )
