"""Taking in a file piece by piece. Nothing here is an act in a case: that begins when a step takes the file up."""

from __future__ import annotations

import re
import uuid
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from mingjing.kernel.refused import Refused
from mingjing.organs.models import Officer
from mingjing.record import actions as record
from mingjing.record import store

from .. import pieces
from ..intake import examine
from ..models import Incoming
from ..queries.incoming import own_upload

GIGABYTE = 1 << 30
MOST_AT_ONCE = 100
READ_ONLY = 0o440
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-zA-Z0-9][a-zA-Z0-9.+-]*")


def begin_upload(
    *, officer_id: int, name: str, media_type: str, size_bytes: int, promised_sha256: str = "", at: datetime
) -> Incoming:
    """A new upload of an officer, with nothing in it yet.

    Raises: Refused ``too-large``, ``over-quota``, ``bad-checksum``.
    """
    promised = promised_sha256.lower()
    if promised and not _SHA256.fullmatch(promised):
        raise Refused("bad-checksum", "sha256 须为 64 位十六进制数。")
    _require_size(size_bytes)
    media = media_type.lower()
    row = Incoming(
        officer_id=officer_id,
        name=(name.replace("\x00", "").strip() or "文件")[-200:],
        media_type=media
        if _MEDIA_TYPE.fullmatch(media) and len(media) <= 100
        else "application/octet-stream",
        size_bytes=size_bytes,
        promised_sha256=promised,
        created_at=at,
        expires_at=_until(at),
    )
    with transaction.atomic():
        _require_quota(officer_id, size_bytes)
        row.save(force_insert=True)
        pieces.create(row.pk)
    return row


def append_piece(
    *,
    officer_id: int,
    key: uuid.UUID,
    offset: int,
    source: pieces.Source,
    check: tuple[str, bytes] | None = None,
    at: datetime,
) -> Incoming:
    """Append what ``source`` gives; the bytes are on the disk before the new offset is told.

    The last piece ends the upload: the whole file is read once more for its SHA-256.

    Raises: Refused ``no-such-upload``, ``in-use``, ``wrong-offset``, ``too-many-bytes``, ``wrong-sha256``;
    ``pieces.ChecksumMismatch``. Cost: 3 queries a piece, 4 for the last.
    """
    row = own_upload(officer_id, key)
    if row.sha256 and offset == row.size_bytes:
        return row  # the answer to the last piece was lost, and the client asks again
    with pieces.alone(key, writing=True) as file:
        row = own_upload(officer_id, key)
        if offset != row.offset_bytes:
            raise Refused(
                "wrong-offset",
                f"已收到 {row.offset_bytes} 字节，不是 {offset}。",
                remedy="请从已收到的地方继续。",
            )
        row.offset_bytes += pieces.append(file, offset, source, row.size_bytes - offset, check)
        row.expires_at = _until(at)
        row.save(update_fields=["offset_bytes", "expires_at"])
        if row.offset_bytes == row.size_bytes:
            _finish(row)
    return row


def keep_upload(*, officer_id: int, key: uuid.UUID) -> Incoming:
    """Put a finished upload into the store, without a second copy; a step then takes it up by its SHA-256.

    Its type is what its bytes say, whatever the browser declared. May be called again. Raises: Refused
    ``no-such-upload``, ``unfinished``, ``wrong-sha256``, and those of :func:`intake.examine`.
    """
    row = own_upload(officer_id, key)
    if row.offset_bytes < row.size_bytes:
        raise Refused(
            "unfinished",
            f"文件“{row.name}”还没有传完，已收到 {row.offset_bytes * 100 // row.size_bytes}%。",
            remedy="请等上传完成后再提交。",
        )
    if not row.sha256:  # killed between the last piece and its digest
        with pieces.alone(key):
            _finish(row)
    path = pieces.path_of(key)
    with path.open("rb") as content:
        row.media_type = examine(content, row.name).media_type
    path.chmod(READ_ONLY)
    record.keep_file(path, row.sha256, row.media_type)
    return row


def end_upload(*, officer_id: int, key: uuid.UUID) -> None:
    """Forget an upload and its pieces; what went into the store stays there.

    Raises: Refused ``no-such-upload``, ``in-use``.
    """
    row = own_upload(officer_id, key)
    if not pieces.path_of(key).exists():
        row.delete()
        return
    with pieces.alone(key):
        pieces.remove(key)
        row.delete()


def sweep_uploads(at: datetime) -> int:
    """Remove uploads that nobody continued or used in time, and pieces that have no row; how many."""
    over = list(Incoming.objects.filter(expires_at__lte=at).values_list("pk", "officer_id"))
    for key, officer_id in over:
        with suppress(Refused):  # somebody continues it at this moment
            end_upload(officer_id=officer_id, key=key)
    return len(over) + _sweep_strays(at)


def _sweep_strays(at: datetime) -> int:
    """Pieces whose row was never committed, or went without them: only what is older than any live upload."""
    oldest = (at - timedelta(hours=settings.MINGJING_UPLOAD_KEEP_HOURS)).timestamp()
    strays = [one for one in pieces.all_keys() if pieces.path_of(one).stat().st_mtime < oldest]
    live = set(Incoming.objects.filter(pk__in=strays).values_list("pk", flat=True))
    for key in set(strays) - live:
        pieces.remove(key)
    return len(strays) - len(live)


def _finish(row: Incoming) -> None:
    """Read the whole file once more, from the disk. Raises: Refused ``wrong-sha256``; then it is gone."""
    sha256 = store.hash_file(pieces.path_of(row.pk))
    if row.promised_sha256 and sha256 != row.promised_sha256:
        pieces.remove(row.pk)
        row.delete()
        raise Refused(
            "wrong-sha256",
            f"文件“{row.name}”收到的内容与声明的 SHA-256 不一致，没有留下。",
            remedy="请重新上传。",
        )
    row.sha256 = sha256
    row.save(update_fields=["sha256"])


def _until(at: datetime) -> datetime:
    return at + timedelta(hours=settings.MINGJING_UPLOAD_KEEP_HOURS)


def _require_size(size_bytes: int) -> None:
    most = settings.MINGJING_UPLOAD_MOST_GB
    if size_bytes > most * GIGABYTE:
        raise Refused(
            "too-large",
            f"文件超过一次能接收的 {most} GB。",
            remedy="请分段后分次上传，或者由管理员调高上限。",
        )


def _require_quota(officer_id: int, size_bytes: int) -> None:
    """What one officer has under way is limited; his own row is locked, so that two at once are counted both."""
    Officer.objects.select_for_update().get(pk=officer_id)
    rows = Incoming.objects.filter(officer_id=officer_id)
    under_way = rows.aggregate(sum=Sum("size_bytes"))["sum"] or 0
    most = settings.MINGJING_UPLOAD_QUOTA_GB
    if under_way + size_bytes > most * GIGABYTE or rows.count() >= MOST_AT_ONCE:
        raise Refused(
            "over-quota",
            f"您正在上传、尚未用于案件的文件合计不能超过 {most} GB、{MOST_AT_ONCE} 个。",
            remedy="请先完成或者取消已有的上传；没有用到的文件过期后自动清理。",
        )
