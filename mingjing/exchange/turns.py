"""One import of a kind at a time: a second one is told to wait, so that two runs never race over the same rows."""

from __future__ import annotations

import fcntl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.conf import settings
from django.db import connection

from mingjing.kernel.refused import Refused

# Any number that no other part of the platform takes for its own advisory lock.
_POSTGRESQL_LOCK = 0x6D6A_1497
_TITLES = {
    "laws": "法律文本",
    "powers": "权责清单",
    "parties": "当事人名单",
    "officers": "执法人员名单",
    "benchmarks": "裁量基准",
    "payments": "银行对账文件",
    "double-publicity": "双公示数据",
    "replay": "摘要回放",
}


def key_of(kind: str) -> list[int]:
    """The two numbers of the advisory lock of a kind; a kind that joins later moves no other."""
    return [_POSTGRESQL_LOCK, zlib.crc32(kind.encode()) >> 1]


@contextmanager
def turn(kind: str) -> Iterator[None]:
    """Hold the turn of this kind; whoever dies loses it.

    Raises: Refused ``import-running``.
    """
    with _on_postgresql(kind) if connection.vendor == "postgresql" else _on_this_machine(kind):
        yield


@contextmanager
def _on_postgresql(kind: str) -> Iterator[None]:
    """A lock of the session: it is held over many transactions and ends with the connection."""
    key = key_of(kind)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        if not cursor.fetchone()[0]:
            raise _running(kind)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


@contextmanager
def _on_this_machine(kind: str) -> Iterator[None]:
    """A lock on a file: SQLite serves one machine."""
    with _lock_file(kind) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise _running(kind) from None
        yield


def _lock_file(kind: str) -> IO[str]:
    folder = settings.MINGJING_VAR / "imports"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / f".{kind}.lock").open("w")
    except OSError as error:
        raise Refused(
            "var-unwritable",
            f"数据目录 {settings.MINGJING_VAR} 不可写，无法导入。",
            remedy="请核对目录的权限和剩余空间，或者用 MINGJING_VAR 指定另一个目录。",
        ) from error


def _running(kind: str) -> Refused:
    return Refused(
        "import-running",
        f"另一项{_TITLES[kind]}导入正在进行，本次没有开始。",
        remedy="请等它结束后再运行；重复导入不会产生重复数据。",
    )
