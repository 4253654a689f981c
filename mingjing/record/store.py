"""Durable files: after each of these functions returns, a power cut takes nothing back (but see ``hurried``).

Every write goes to a staging file, is flushed to the disk, takes its final name in one step, and the folder
is flushed as well. ``MINGJING_VAR`` MUST therefore be one file system. A failing flush ends the process:
afterwards nobody knows what the disk holds, and asking it again may be answered with a lie.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar, copy_context
from pathlib import Path
from typing import BinaryIO, NoReturn

from django.conf import settings

from mingjing.kernel.refused import Refused
from mingjing.record.measuring import Measure, Taken

CHUNK_BYTES = 1 << 20
TOGETHER = 8
STALE_SECONDS = 24 * 3600
BROKEN_DISK = (
    74  # EX_IOERR of sysexits.h: a supervisor may restart the process, which then reads what is there
)
_READ_ONLY = 0o440
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DURABLE: set[Path] = set()  # folders whose names this process has seen on the disk
_HURRIED: ContextVar[bool] = ContextVar("hurried", default=False)


def log_folder() -> Path:
    """Where the published log lies: tiles and the latest checkpoint."""
    return Path(settings.MINGJING_VAR) / "log"


def blob_path(sha256: str) -> Path:
    """Where the content with this SHA-256 lies."""
    return _blob_folder() / sha256[:2] / sha256[2:4] / sha256


def chunks(content: BinaryIO) -> Iterator[bytes]:
    """The content piece by piece, so that a file's size never matters."""
    while piece := content.read(CHUNK_BYTES):
        yield piece


def hash_file(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def put(path: Path, data: bytes) -> None:
    """Make ``path`` hold ``data``, replacing what was there in one step."""
    make_folder(path.parent)
    with staged(staging_folder(), 0o644) as (file, fresh):
        write(file, data)
        flush(file)
        os.rename(fresh, path)
    flush_folder(path.parent)


def put_all(files: Sequence[tuple[Path, bytes]]) -> None:
    """Put many files as :func:`put` does each, several at a time: the disk flushes them together.

    Each is there whole or not at all; in which order they appear is not said.
    """
    if len(files) < TOGETHER:
        for path, data in files:
            put(path, data)
        return
    for folder in {path.parent for path, _ in files}:
        make_folder(folder)
    with ThreadPoolExecutor(TOGETHER) as workers:
        # Each in a copy of this context, so that a hurry here is one there.
        work = [workers.submit(copy_context().run, put, path, data) for path, data in files]
    for one in work:
        one.result()


def put_new(path: Path, data: bytes, *, mode: int) -> bool:
    """Make ``path`` hold ``data`` unless it exists already; whether it was made here.

    The staging file lies beside it: a key file may be kept on another file system than the rest.
    """
    with staged(path.parent, mode) as (file, fresh):
        write(file, data)
        flush(file)
        made = _link(fresh, path)
    flush_folder(path.parent)
    return made


def take_in(content: Iterator[bytes]) -> Taken:
    """Keep ``content`` under its own SHA-256. Empty content is not kept.

    Raises: Refused ``disk-full``; nothing is left behind then.
    """
    measure = Measure()
    with _told_when_full(), staged(staging_folder(), 0o600) as (file, fresh):
        for piece in content:
            measure.update(piece)
            write(file, piece)
        return _settle(file, fresh, measure)


def take_in_file(path: Path) -> Taken:
    """Keep the file at ``path``, which lies inside ``MINGJING_VAR``, without copying it; its own name stays.

    It MUST NOT be written to any more: from now on it is the stored content under a second name.
    """
    measure = Measure()
    file = os.open(path, os.O_RDONLY)
    try:
        while piece := os.read(file, CHUNK_BYTES):
            measure.update(piece)
        return _settle(file, path, measure)
    finally:
        os.close(file)


def remove(sha256: str) -> None:
    """Take the content away for good; nothing happens where it is gone already."""
    path = blob_path(sha256)
    with suppress(FileNotFoundError):
        os.unlink(path)
        flush_folder(path.parent)


def sweep() -> None:
    """Remove staging files that a killed process left behind more than a day ago."""
    oldest = time.time() - STALE_SECONDS
    for leftover in staging_folder().glob(".new-*"):
        if leftover.stat().st_mtime < oldest:
            leftover.unlink()


def make_folder(path: Path) -> None:
    """Make a folder with its parents, each durable before anything is put into it.

    A folder that is there already may have been made a moment ago by somebody who has not flushed it yet, or
    was killed before: inside ``MINGJING_VAR`` each is therefore flushed once by each process.
    """
    try:
        os.mkdir(path)
    except FileExistsError:
        if path in _DURABLE:
            return
    except FileNotFoundError:
        make_folder(path.parent)
        make_folder(path)
        return
    if Path(settings.MINGJING_VAR) in path.parents:
        make_folder(path.parent)
    flush_folder(path.parent)
    if not _HURRIED.get():
        _DURABLE.add(path)


@contextmanager
def hurried() -> Iterator[None]:
    """Inside, nothing waits for the disk: for a store that is thrown away if its making fails.

    Everything is flushed once at the end. MUST NOT be used where anybody relies on what is being kept.
    """
    token = _HURRIED.set(True)
    try:
        yield
    finally:
        _HURRIED.reset(token)
        os.sync()


def flush_folder(path: Path) -> None:
    """Flush the names in a folder to the disk."""
    if _HURRIED.get():
        return
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        flush(folder)
    finally:
        os.close(folder)


def flush(file: int) -> None:
    """Flush an open file or folder to the disk; a disk that cannot ends the process.

    After a failed flush the kernel may drop the pages and report success the next time, so that neither
    trying again nor going on would be honest.
    """
    if _HURRIED.get():
        return
    try:
        os.fsync(file)
    except OSError as error:
        _end(error)


def write(file: int, data: bytes) -> None:
    """Write all of ``data`` at the end of an open file."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


@contextmanager
def staged(folder: Path, mode: int) -> Iterator[tuple[int, Path]]:
    """A fresh file in ``folder``, open for writing; gone afterwards unless it was renamed."""
    make_folder(folder)
    path = folder / f".new-{secrets.token_hex(8)}"
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        yield file, path
    finally:
        os.close(file)
        with suppress(FileNotFoundError):
            os.unlink(path)


def staging_folder() -> Path:
    """Where files are written before they get their names."""
    return Path(settings.MINGJING_VAR) / "staging"


def _settle(file: int, fresh: Path, measure: Measure) -> Taken:
    """Give a file that was written whole its name among the stored contents."""
    sha256 = measure.sha256
    if not measure.size_bytes:
        return measure.taken(new=False)
    path = blob_path(sha256)
    os.fchmod(file, _READ_ONLY)
    flush(file)
    make_folder(path.parent)
    made = _link(fresh, path)
    flush_folder(path.parent)
    return measure.taken(new=made)


def _link(fresh: Path, path: Path) -> bool:
    """Give the file its name without ever replacing another; whether the name was free."""
    try:
        os.link(fresh, path)
    except FileExistsError:
        return False
    return True


@contextmanager
def _told_when_full() -> Iterator[None]:
    """A full disk is nobody's mistake in the office: told as it is, with who can help."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise Refused(
            "disk-full",
            "存储空间已满，文件没有存入，本次操作没有生效。",
            remedy="请联系系统管理员扩容或者清理磁盘，然后重新提交。",
        ) from error


def _end(error: OSError) -> NoReturn:
    """End the process at once, whatever its other threads are doing."""
    sys.stderr.write(
        f"磁盘不能可靠写入（{error.strerror}），进程已停止，以免确认了没有落盘的内容。"
        "请检查磁盘后重新启动，并运行 mingjing doctor 和 mingjing record fsck --deep。\n"
    )
    sys.stderr.flush()
    os._exit(BROKEN_DISK)


def _blob_folder() -> Path:
    return Path(settings.MINGJING_VAR) / "blobs" / "sha256"
