"""Keeping files: content-addressed, durable before any row speaks of them."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import BinaryIO

from mingjing.kernel.refused import Refused
from mingjing.record import store
from mingjing.record.models import Blob

_MEDIA_TYPE = re.compile(r"[a-z]+/[a-zA-Z0-9][a-zA-Z0-9.+-]*(; ?charset=[a-zA-Z0-9-]+)?")


def keep_blob(content: BinaryIO | bytes, media_type: str, name: str) -> Blob:
    """Keep a file under its SHA-256; keeping the same content again gives the same row.

    ``name`` is what people call the file: it goes into refusals here, and into an entry through
    :meth:`Blob.as_file`. The bytes are on the disk before the row exists, so a crash can leave a file that
    nobody refers to, never a reference to nothing.

    Cost: 1 query for new content, at most 2 for known.

    Raises: Refused ``empty-file``, ``bad-media-type``, ``blob-damaged``.
    """
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise Refused(
            "bad-media-type", f"文件“{name}”的类型“{media_type}”无法识别。", remedy="例：application/pdf。"
        )
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    sha256, size_bytes, new = store.take_in(store.chunks(stream))
    if not size_bytes:
        raise Refused("empty-file", f"文件“{name}”是空的，没有存入。", remedy="请重新选择文件。")
    blob = Blob(sha256=sha256, size_bytes=size_bytes, media_type=media_type)
    if not new:
        _require_intact(sha256, name)
        blob = Blob.objects.filter(pk=sha256).first() or blob
    if blob._state.adding:
        # Another process may be keeping the same content at this moment: its row is as good.
        Blob.objects.bulk_create([blob], ignore_conflicts=True)
    return blob


def keep_file(path: Path, sha256: str, media_type: str) -> Blob:
    """Keep a finished file that lies beside the store, without a second copy; see :func:`store.take_over`.

    Costs the same whether the content is new or known, so that the time tells nobody what is kept here; a
    damaged copy that was there first is found by ``verify --deep``. Cost: 2 queries.
    """
    store.take_over(path, sha256)
    blob = Blob(sha256=sha256, size_bytes=path.stat().st_size, media_type=media_type)
    Blob.objects.bulk_create([blob], ignore_conflicts=True)
    return Blob.objects.get(pk=sha256)


def _require_intact(sha256: str, name: str) -> None:
    """The copy that was there first is the one that stays; it must still be what its name says."""
    if store.hash_file(store.blob_path(sha256)) != sha256:
        raise Refused(
            "blob-damaged",
            f"文件“{name}”与库中已有文件同名（SHA-256 {sha256}），但库中那一份已损坏，没有覆盖。",
            remedy="请管理员从备份恢复该文件，并运行 mingjing record verify --deep。",
        )
