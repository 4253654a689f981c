"""Stored files against their names and sizes."""

from __future__ import annotations

from mingjing.record import backends
from mingjing.record.models import Blob
from mingjing.record.verification.report import Findings


def check(found: Findings, *, deep: bool) -> int:
    """Report every fault of the stored files into ``found``; how many files were looked at.

    A file that changed in size is always noticed; with ``deep`` every byte is read. What was destroyed must be
    gone.
    """
    count, place = 0, backends.current()
    rows = Blob.objects.order_by("sha256").values_list("sha256", "size_bytes", "destroyed_at")
    for sha256, size_bytes, destroyed_at in rows.iterator(2000):
        count += 1
        kept = place.size_of(sha256)
        if destroyed_at is not None:
            if kept is not None:
                found.add("blob-not-destroyed", sha256, f"文件 {sha256} 已登记销毁，但内容还在。")
        elif kept is None:
            found.add("blob-missing", sha256, f"文件 {sha256} 已登记，但存储中找不到。")
        elif kept != size_bytes:
            found.add("blob-size", sha256, f"文件 {sha256} 应为 {size_bytes} 字节，实为 {kept} 字节。")
        elif deep and backends.hash_of(place.open(sha256)) != sha256:
            found.add("blob-changed", sha256, f"文件 {sha256} 的内容已被改动。")
    return count
