"""Stored files against their names and sizes."""

from __future__ import annotations

from mingjing.record import store
from mingjing.record.models import Blob
from mingjing.record.verification.report import Findings


def check(found: Findings, *, deep: bool) -> int:
    """Report every fault of the stored files into ``found``; how many files were looked at.

    A file that changed in size is always noticed; with ``deep`` every byte is read.
    """
    count = 0
    for sha256, size_bytes in (
        Blob.objects.order_by("sha256").values_list("sha256", "size_bytes").iterator(2000)
    ):
        count += 1
        path = store.blob_path(sha256)
        if not path.is_file():
            found.add("blob-missing", sha256, f"文件 {sha256} 已登记，但存储中找不到。")
        elif path.stat().st_size != size_bytes:
            found.add(
                "blob-size",
                sha256,
                f"文件 {sha256} 应为 {size_bytes} 字节，实为 {path.stat().st_size} 字节。",
            )
        elif deep and store.hash_file(path) != sha256:
            found.add("blob-changed", sha256, f"文件 {sha256} 的内容已被改动。")
    return count
