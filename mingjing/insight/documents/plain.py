"""Plain text in the encodings that are met: UTF-8, UTF-16 with its mark, GB18030."""

from __future__ import annotations

from ..leaks import Passage
from .telling import unreadable

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decode(data: bytes) -> tuple[str, str]:
    """The words and the encoding they were in. Raises: Refused ``unreadable-document``."""
    marked = [encoding for mark, encoding in _MARKS if data.startswith(mark)]
    for encoding in marked or ["utf-8", "gb18030"]:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise unreadable("文本文件的编码")


def read(data: bytes) -> tuple[tuple[Passage, ...], tuple[str, ...]]:
    """The text as one passage."""
    return (Passage("正文", decode(data)[0].replace("\r\n", "\n")),), ()
