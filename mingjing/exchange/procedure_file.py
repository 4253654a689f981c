"""Procedures from outside: a TOML file of ours, or DCR XML drawn in another editor."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from mingjing.kernel import dcr_xml
from mingjing.kernel.procedure import Problem, Procedure, ProcedureErrors, read
from mingjing.kernel.refused import Refused

# A procedure file is read whole; nobody draws one of this size.
MOST_BYTES = 5_000_000


def read_procedure(path: Path, *, on: date) -> tuple[dict[str, Any], Procedure | None, tuple[Problem, ...]]:
    """The data of the file, the procedure if it is one, and what is wrong with it if it is not.

    ``on`` becomes the day of effect of a graph that names none. Raises: Refused ``file-missing``,
    ``file-too-big``, ``bad-procedure``, ``bad-dcr``.
    """
    data = _data(path, on)
    try:
        return data, read(data, path.name), ()
    except ProcedureErrors as errors:
        return data, None, errors.problems


def _data(path: Path, on: date) -> dict[str, Any]:
    if not path.is_file():
        raise Refused("file-missing", f"找不到文件 {path}。", remedy="请核对文件名。")
    if path.stat().st_size > MOST_BYTES:
        raise Refused("file-too-big", f"{path.name} 超过 5 兆字节，不是程序文件。", remedy="请核对文件。")
    content = path.read_bytes()
    if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return _drawn(path, content, on)
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused(
            "bad-procedure",
            f"{path.name} 既不是 DCR XML，也不是合格的 UTF-8 TOML：{error}。",
            remedy="请按所指行列改正，或从 DCR 编辑器重新导出。",
        ) from None


def _drawn(path: Path, content: bytes, on: date) -> dict[str, Any]:
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException) as error:
        raise Refused(
            "bad-dcr", f"{path.name} 不是完整的 XML：{error}。", remedy="请重新导出后再试。"
        ) from None
    return dcr_xml.from_xml(root, on=on)
