"""Workbooks other than xlsx (xls, xlsb, ods), read by calamine in a separate process (see ``xls_worker``)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

from mingjing.kernel.refused import Refused

from .cells import MAX_COLUMNS, Merge, Sheet, Value
from .zipped import encrypted

# calamine holds the workbook in memory, so the file itself is bounded.
MAX_BYTES = 100_000_000
# How a workbook of the xlsx kind looks when a password wraps it into an OLE2 file ([MS-OFFCRYPTO] 2.3.2).
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_WORKER = Path(__file__).with_name("xls_worker.py")


def xls_sheets(path: Path) -> Iterator[Sheet]:
    """The visible worksheets in order.

    Raises: Refused ``file-too-big``, ``file-encrypted``, ``file-damaged``.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Refused(
            "file-too-big",
            f"{path.name} 有 {size // 1_000_000} MB，超过 xls 的上限 {MAX_BYTES // 1_000_000} MB。",
            remedy="请另存为 xlsx 或 csv 后再试。",
        )
    if _ENCRYPTED_PACKAGE in path.read_bytes():
        raise encrypted(path)
    yield from worker_sheets(path)


def worker_sheets(path: Path) -> Iterator[Sheet]:
    """The visible worksheets as the separate process reads them.

    Raises: Refused ``file-encrypted``, ``file-damaged``.
    """
    command = [sys.executable, "-I", str(_WORKER), str(path), str(MAX_COLUMNS)]
    with subprocess.Popen(  # noqa: S603 - our own worker; the path is one argument, no shell
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
    ) as worker:
        assert worker.stdout is not None
        try:
            yield from _sheets(path, worker.stdout)
        finally:
            worker.kill()


def _sheets(path: Path, lines: IO[str]) -> Iterator[Sheet]:
    """The sheets as the worker prints them; output that just stops is a worker that was struck down."""
    told = _messages(path, lines)
    message = next(told)
    while "end" not in message:
        rows = _Rows(told)
        merges = [Merge(*area) for area in message.get("merged", ())]
        yield Sheet(message["sheet"], iter(rows), merges)
        message = rows.rest()


def _messages(path: Path, lines: IO[str]) -> Iterator[Any]:
    for line in lines:
        message = json.loads(line)
        if isinstance(message, dict) and message.get("error") == "encrypted":
            raise encrypted(path)
        if isinstance(message, dict) and "error" in message:
            raise _damaged(path)
        yield message
        if isinstance(message, dict) and "end" in message:
            return
    raise _damaged(path)


class _Rows:
    """The rows of one sheet; ``rest`` reads over what the caller left and gives the next message."""

    def __init__(self, told: Iterator[Any]) -> None:
        self._told = told
        self._next: Any = None

    def __iter__(self) -> Iterator[tuple[int, list[Value]]]:
        while self._next is None:
            message = next(self._told)
            if isinstance(message, dict):
                self._next = message
                return
            number, values = message
            yield number, [_value(value) for value in values]

    def rest(self) -> Any:
        for _ in self:
            pass
        return self._next


def _value(value: Any) -> Value:
    if not isinstance(value, dict):
        plain: Value = value
        return plain
    if "seconds" in value:
        return float(value["seconds"])
    text = value["at"]
    if "T" in text:
        return datetime.fromisoformat(text)
    return date.fromisoformat(text) if "-" in text else time.fromisoformat(text)


def _damaged(path: Path) -> Refused:
    return Refused(
        "file-damaged",
        f"{path.name} 已损坏或不完整，无法作为工作簿读取。",
        remedy="请用表格软件打开后另存为 xlsx 再导入。",
    )
