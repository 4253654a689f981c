"""Examining a file that comes in: what it is by its bytes, and whether that may come in here.

The type that a browser declares is never believed. Programs and what a browser would run are refused, and so are
files that are two things at once: one reader would see a photo where another sees a program.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO

from mingjing.kernel.refused import Refused

from .packed import look_inside
from .signatures import (
    ACTIVE,
    AUDIO,
    IMAGE,
    OLE,
    PROGRAM,
    TEXT,
    UNKNOWN,
    VIDEO,
    ZIP,
    Kind,
    kind_of,
    markup_in,
)

RECORDING, EVIDENCE = "recording", "evidence"
# What may come in for each purpose, by groups of kinds.
ALLOWED = {
    RECORDING: frozenset({IMAGE, AUDIO, VIDEO}),
    EVIDENCE: frozenset({IMAGE, AUDIO, VIDEO, "document", TEXT, "packed", UNKNOWN}),
}
_WANTED = {RECORDING: "录音、录像或者照片", EVIDENCE: "证据材料"}
HEAD_BYTES = 8192
TAIL_BYTES = 65_557  # the end of a ZIP file with the longest comment begins at most so far from the end
_END_OF_ZIP = b"PK\x05\x06"
_OLE_STREAMS = tuple(
    one.encode("utf-16-le") for one in ("WordDocument", "Workbook", "Book", "PowerPoint Document")
)
_OLE_MACROS = "VBA".encode("utf-16-le") + b"\x00\x00"
_RUN_BY_NAME = frozenset(
    [
        "exe",
        "com",
        "scr",
        "pif",
        "cpl",
        "msi",
        "msp",
        "bat",
        "cmd",
        "ps1",
        "psm1",
        "vbs",
        "vbe",
        "js",
        "jse",
        "mjs",
        "wsf",
        "wsh",
        "hta",
        "lnk",
        "url",
        "jar",
        "apk",
        "dll",
        "sys",
        "sh",
        "reg",
    ]
)


@dataclass(frozen=True)
class Examined:
    """What a file was found to be. ``encrypted``: something in it cannot be looked at."""

    title: str
    media_type: str
    group: str
    encrypted: bool = False

    @property
    def recorded(self) -> bool:
        """Whether it is seen or heard: an audio-visual record."""
        return self.group in ALLOWED[RECORDING]


def examine(content: BinaryIO | bytes, name: str, *, purpose: str = EVIDENCE) -> Examined:
    """What the file is by its bytes; afterwards it stands at its beginning again.

    Raises: Refused ``executable``, ``active-content``, ``polyglot``, ``wrong-type``, and those of
    :func:`packed.look_inside`.
    """
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    size_bytes = file.seek(0, io.SEEK_END)
    head, tail = _read(file, 0, HEAD_BYTES), _read(file, max(0, size_bytes - TAIL_BYTES), TAIL_BYTES)
    kind, encrypted = kind_of(head), False
    _require_no_program(kind, name)
    if kind is ZIP:
        kind, encrypted = look_inside(file, name, size_bytes)
        _require_no_program(kind, name)
    elif kind is OLE:
        _require_document(file, name)
    _require_one_thing(kind, head, tail, name)
    _require_wanted(kind, name, purpose)
    file.seek(0)
    return Examined(kind.title, kind.media_type, kind.group, encrypted)


def _read(file: BinaryIO, start: int, size: int) -> bytes:
    file.seek(start)
    return file.read(size)


def _require_no_program(kind: Kind, name: str) -> None:
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if kind.group == PROGRAM or ending in _RUN_BY_NAME:
        what = kind.title if kind.group == PROGRAM else f"可以运行的 .{ending} 文件"
        raise Refused(
            "executable",
            f"文件“{name}”是{what}，不能存入。",
            remedy="程序本身是证据的，请打包为 ZIP 后上传。",
        )
    if kind.group == ACTIVE:
        raise Refused(
            "active-content",
            f"文件“{name}”是{kind.title}，打开时会执行其中的代码，不能存入。",
            remedy="请另存为 PDF 或者图片；须保留原件的，打包为 ZIP 后上传。",
        )


def _require_document(file: BinaryIO, name: str) -> None:
    """An OLE file is a document only if it has a document's stream; installers and macros come in OLE files too."""
    file.seek(0)
    seen: set[bytes] = set()
    before = b""
    while piece := file.read(1 << 20):
        seen |= {one for one in (*_OLE_STREAMS, _OLE_MACROS) if one in before + piece}
        before = piece[-64:]
    if not seen & set(_OLE_STREAMS):
        raise Refused(
            "executable",
            f"文件“{name}”不是文档（可能是安装包），不能存入。",
            remedy="程序本身是证据的，请打包为 ZIP 后上传。",
        )
    if _OLE_MACROS in seen:
        raise Refused(
            "active-content",
            f"文件“{name}”带有宏，打开时会执行其中的代码，不能存入。",
            remedy="请另存为 docx、xlsx 或者 PDF；须保留原件的，打包为 ZIP 后上传。",
        )


def _require_one_thing(kind: Kind, head: bytes, tail: bytes, name: str) -> None:
    """Refuse a file that a second reader would take for something else."""
    also = None
    packed = (
        kind.group == "packed"
        or kind.media_type.startswith("application/vnd.openxml")
        or "ofd" in kind.media_type
    )
    if not packed and _END_OF_ZIP in tail and b"PK\x01\x02" in tail:
        also = "压缩包"
    elif kind.media_type != "application/pdf" and kind.group != TEXT and b"%PDF-" in head[:1024]:
        also = "PDF 文档"
    elif kind.group == IMAGE and (markup_in(head) or markup_in(tail)):
        also = "网页"
    if also is not None:
        raise Refused(
            "polyglot",
            f"文件“{name}”既是{kind.title}，又是{also}，来源可疑，不能存入。",
            remedy="请从原设备重新导出；确是证据的，打包为 ZIP 后上传并说明来源。",
        )


def _require_wanted(kind: Kind, name: str, purpose: str) -> None:
    if kind.group not in ALLOWED[purpose]:
        raise Refused(
            "wrong-type",
            f"文件“{name}”按内容是{kind.title}，不是{_WANTED[purpose]}，没有存入。",
            remedy="请核对文件；书面材料请在“证据提取”中办理。",
        )
