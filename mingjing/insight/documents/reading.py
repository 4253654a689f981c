"""What a file says, whatever its form. The form is told by the bytes, never by the name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from mingjing.kernel.refused import Refused

from ..leaks import Passage
from . import pdf, plain, word

MOST_BYTES = 200 * 1024 * 1024
_OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOT_TEXT = frozenset(range(32)) - {9, 10, 12, 13}


@dataclass(frozen=True)
class Document:
    """A file as passages. ``form`` is text, docx or pdf; ``unjudged`` tells in Chinese what a machine cannot read."""

    form: str
    passages: tuple[Passage, ...]
    unjudged: tuple[str, ...] = ()


def read(data: bytes, name: str = "") -> Document:
    """Everything the file says, its name included.

    Raises: Refused ``unknown-document``, ``unreadable-document``, ``encrypted-document``, ``too-large-document``.
    """
    form = form_of(data, name)
    reader = {"text": plain.read, "docx": word.read, "pdf": pdf.read}[form]
    passages, unjudged = reader(data)
    title = PurePath(name).name
    named = (Passage("文件名", title, bare=True),) if title else ()
    return Document(form, (*passages, *named), unjudged)


def form_of(data: bytes, name: str = "") -> str:
    """text, docx or pdf. Raises: Refused ``unknown-document``, ``encrypted-document``, ``too-large-document``."""
    if len(data) > MOST_BYTES:
        raise Refused(
            "too-large-document", f"文件超过 {MOST_BYTES // 1024**2} MB。", remedy="请拆分后分别处理。"
        )
    if data[:1024].lstrip()[:5] == b"%PDF-":
        return "pdf"
    if data[:4] == b"PK\x03\x04":
        return "docx"
    if data[:8] == _OLD_WORD:
        raise Refused(
            "encrypted-document",
            "这是旧版 Word（.doc）或者加了密码的文件，不能读取。",
            remedy="请去掉密码，另存为 .docx 或者 PDF 后再试。",
        )
    if _is_text(data):
        return "text"
    raise Refused(
        "unknown-document", "不能识别的文件格式。", remedy="可以处理：文本（.txt）、Word（.docx）、PDF。"
    )


def _is_text(data: bytes) -> bool:
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return wide or not any(byte in _NOT_TEXT for byte in data[:65536])
