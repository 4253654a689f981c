"""What is in a ZIP file, without unpacking it: documents, programs, bombs.

Only the central directory is read. Limits follow what enforcement files look like: many photos, never a million.
"""

from __future__ import annotations

import stat
import zipfile
from typing import BinaryIO

from mingjing.kernel.refused import Refused
from mingjing.kernel.zips import TORN

from .signatures import ACTIVE, DOCUMENT, PROGRAM, ZIP, Kind

MOST_ENTRIES = 20_000
MOST_BYTES = 64 << 30
MOST_RATIO = 200  # of a whole file; text and tables compress a hundredfold, a bomb a thousandfold
LEAST_SUSPECT_BYTES = 100 << 20
_OFFICE = "application/vnd.openxmlformats-officedocument"
_INSIDE: tuple[tuple[str, Kind], ...] = (
    ("word/", Kind("Word 文档", f"{_OFFICE}.wordprocessingml.document", DOCUMENT)),
    ("xl/", Kind("Excel 表格", f"{_OFFICE}.spreadsheetml.sheet", DOCUMENT)),
    ("ppt/", Kind("PowerPoint 文稿", f"{_OFFICE}.presentationml.presentation", DOCUMENT)),
)
_OFD = Kind("OFD 版式文档", "application/ofd", DOCUMENT)
_MACROS = Kind("带宏的 Office 文档", "application/vnd.ms-office.macro", ACTIVE)
_JAVA = Kind("Java 程序", "application/java-archive", PROGRAM)
_ANDROID = Kind("Android 安装包", "application/vnd.android.package-archive", PROGRAM)


def look_inside(content: BinaryIO, name: str, size_bytes: int) -> tuple[Kind, bool]:
    """What a ZIP file is, and whether something in it is encrypted.

    Raises: Refused ``archive-damaged``, ``archive-bomb``, ``archive-unsafe``.
    """
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            entries = archive.infolist()
    except TORN as error:
        raise Refused(
            "archive-damaged",
            f"文件“{name}”的压缩结构已损坏，看不出里面有什么，没有存入。",
            remedy="请重新打包后上传。",
        ) from error
    _require_bounded(entries, name, size_bytes)
    _require_safe(entries, name)
    return _kind({one.filename for one in entries}), any(one.flag_bits & 1 for one in entries)


def _require_bounded(entries: list[zipfile.ZipInfo], name: str, size_bytes: int) -> None:
    """Refuse what would swell: by number, by size, by ratio, by entries that share the same bytes."""
    if len(entries) > MOST_ENTRIES:
        raise _bomb(name, f"有 {len(entries)} 个文件，最多 {MOST_ENTRIES} 个")
    total = sum(one.file_size for one in entries)
    if total > MOST_BYTES:
        raise _bomb(name, f"解开后有 {total >> 30} GB，最多 {MOST_BYTES >> 30} GB")
    if total > LEAST_SUSPECT_BYTES and total > MOST_RATIO * size_bytes:
        raise _bomb(name, f"解开后是原来的 {total // max(size_bytes, 1)} 倍")
    if sum(one.compress_size for one in entries) > size_bytes:
        raise _bomb(name, "多个文件共用同一段内容")


def _require_safe(entries: list[zipfile.ZipInfo], name: str) -> None:
    for one in entries:
        parts = one.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or ":" in parts[0]:
            raise Refused(
                "archive-unsafe",
                f"压缩包“{name}”里的“{one.filename[:60]}”指向包外的位置，没有存入。",
                remedy="请重新打包，只装需要的文件。",
            )
        if stat.S_ISLNK(one.external_attr >> 16):
            raise Refused(
                "archive-unsafe",
                f"压缩包“{name}”里的“{one.filename[:60]}”是符号链接，没有存入。",
                remedy="请把链接换成文件本身，重新打包。",
            )


def _kind(names: set[str]) -> Kind:
    if "AndroidManifest.xml" in names:
        return _ANDROID
    if "META-INF/MANIFEST.MF" in names and any(one.endswith(".class") for one in names):
        return _JAVA
    if any(one.endswith("vbaProject.bin") for one in names):
        return _MACROS
    if "OFD.xml" in names:
        return _OFD
    if "[Content_Types].xml" in names:
        return next((kind for folder, kind in _INSIDE if any(one.startswith(folder) for one in names)), ZIP)
    return ZIP


def _bomb(name: str, why: str) -> Refused:
    return Refused(
        "archive-bomb",
        f"压缩包“{name}”不正常（{why}），解开会耗尽磁盘，没有存入。",
        remedy="请分成几个较小的压缩包，或者直接上传里面的文件。",
    )
