"""Which kind of table a file is, told by its first bytes; the extension is never asked.

Signatures: ZIP (APPNOTE 4.3.7), OLE2 compound file ([MS-CFB] 2.2), BIFF stream ([MS-XLS] 2.4.21).
"""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

from mingjing.kernel.refused import Refused

from .text import TextForm, text_form

_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A bare BIFF stream: the BOF record of Excel 2 to 4 and 5/95, as some registries still export.
_BIFF = (
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08\x08\x00",
    b"\x09\x08\x10\x00",
)
_FOREIGN = {
    b"%PDF": "PDF 文件",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"GIF8": "图片",
    b"Rar!": "RAR 压缩包",
    b"7z\xbc\xaf": "7z 压缩包",
    b"\x1f\x8b": "gzip 压缩包",
    b"SQLite format 3": "SQLite 数据库",
}
_SPREADSHEETML = re.compile(r"<(?:\w+:)?Workbook\b[^>]*urn:schemas-microsoft-com:office:spreadsheet", re.S)
_HTML = re.compile(r"<(?:!doctype\s+html|html|table|head|body|meta)\b", re.I)


class Format(Enum):
    """The kinds of table that can be read, each with its name for people."""

    XLSX = "Excel 工作簿（xlsx）"
    XLS = "Excel 97-2003 工作簿（xls）"
    SPREADSHEETML = "XML 表格（SpreadsheetML 2003）"
    HTML = "网页表格"
    TEXT = "文本表格（csv）"


def sniff(path: Path) -> tuple[Format, TextForm | None]:
    """The format of the file, and for text-like formats how its bytes become characters.

    Raises: Refused ``file-missing``, ``file-empty``, ``file-foreign``, ``encoding-unknown``.
    """
    head = _head(path)
    if head.startswith(_ZIP):
        return Format.XLSX, None
    if head.startswith(_EMPTY_ZIP):
        raise Refused(
            "file-empty", f"{path.name} 是一个空的压缩包，里面没有工作簿。", remedy="请重新导出后再试。"
        )
    if head.startswith(_OLE2) or head.startswith(_BIFF):
        return Format.XLS, None
    for signature, what in _FOREIGN.items():
        if head.startswith(signature):
            raise _foreign(path, what)
    form = text_form(path)
    start = head.decode(form.encoding, "replace").lstrip("\ufeff \t\r\n")
    if _SPREADSHEETML.search(start):
        return Format.SPREADSHEETML, form
    if _HTML.search(start[:2048]):
        return Format.HTML, form
    if start.startswith(("<?xml", "{", "[")):
        raise _foreign(path, "XML 文件" if start.startswith("<") else "JSON 文件")
    return Format.TEXT, form


def sniff_text(path: Path) -> TextForm | None:
    """How the bytes of a text become characters; None for a workbook, whatever its kind.

    Raises: Refused as ``sniff``, save that any text will do.
    """
    head = _head(path)
    if head.startswith((_ZIP, _EMPTY_ZIP, _OLE2, *_BIFF, *_FOREIGN)):
        sniff(path)
        return None
    return text_form(path)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(8192)
    except FileNotFoundError:
        raise Refused("file-missing", f"找不到文件 {path}。", remedy="请核对文件名和所在文件夹。") from None
    except (OSError, ValueError) as error:
        why = "是文件夹" if isinstance(error, IsADirectoryError) else "没有读取权限，或者不是普通文件"
        raise Refused(
            "file-unreadable", f"{str(path)[:200]} {why}，无法读取。", remedy="请指定一个可读的文件。"
        ) from error
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise _empty(path, "是空文件，没有任何内容")
    return head


def _empty(path: Path, how: str) -> Refused:
    return Refused("file-empty", f"{path.name} {how}。", remedy="请重新导出后再试。")


def _foreign(path: Path, what: str) -> Refused:
    return Refused(
        "file-foreign",
        f"{path.name} 是{what}，不是表格。",
        remedy="可导入的格式：xlsx、xls、csv（UTF-8 或 GB18030）、XML 表格、网页表格。",
    )
