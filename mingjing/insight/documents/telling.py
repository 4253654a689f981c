"""What is told of files that do not open."""

from __future__ import annotations

from mingjing.kernel.refused import Refused


def unreadable(what: str) -> Refused:
    """What is told of a file that does not open."""
    return Refused(
        "unreadable-document",
        f"{what}已损坏或者不合规范，不能读取；原文件没有改动，也没有生成脱敏稿。",
        remedy="请用原软件打开后另存，再试一次；仍不行的，由人工处理。",
    )
