"""The bytes of a file that is coming in: appended and flushed before anybody is told, never held in memory."""

from __future__ import annotations

import fcntl
import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

from mingjing.kernel.refused import Refused
from mingjing.record import store

BLOCK_BYTES = 1 << 20
_MODE = 0o600


class Source(Protocol):
    """Where bytes come from: the body of a request."""

    def read(self, size: int, /) -> bytes: ...


class ChecksumMismatch(Exception):
    """The bytes that came are not those that were sent."""


def path_of(key: uuid.UUID) -> Path:
    """Where the pieces of an upload gather."""
    return Path(settings.MINGJING_VAR) / "incoming" / key.hex


def create(key: uuid.UUID) -> None:
    """An empty file under a name that nobody bears yet, durable with its folder."""
    path = path_of(key)
    store.make_folder(path.parent)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE))
    store.flush_folder(path.parent)


def remove(key: uuid.UUID) -> None:
    """Remove the pieces; a blob that was linked from them stays."""
    path_of(key).unlink(missing_ok=True)


def all_keys() -> list[uuid.UUID]:
    """The uploads of which there are pieces."""
    folder = Path(settings.MINGJING_VAR) / "incoming"
    return [uuid.UUID(one.name) for one in folder.iterdir()] if folder.is_dir() else []


@contextmanager
def alone(key: uuid.UUID, *, writing: bool = False) -> Iterator[BinaryIO]:
    """The file, for one at a time, in whichever process he is. Raises: Refused ``in-use``, ``no-such-upload``."""
    try:
        file = path_of(key).open("r+b" if writing else "rb")
    except FileNotFoundError:
        raise Refused("no-such-upload", "没有这个上传，或者已经过期。", remedy="请重新上传。") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                "in-use", "同一文件正在由另一个连接上传。", remedy="请稍候再试，从已收到的地方继续。"
            ) from None
        yield file  # closing the file gives the lock back, even if the process is killed


def append(
    file: BinaryIO, offset: int, source: Source, most: int, check: tuple[str, bytes] | None = None
) -> int:
    """Append what ``source`` gives at ``offset``, at most ``most`` bytes; how many lie on the disk now.

    What a crash had left behind the offset is cut off first. When the sender goes away in the middle, what came
    is kept, unless a checksum was promised for it.

    Raises: Refused ``too-many-bytes``, :class:`ChecksumMismatch`; then nothing was appended.
    """
    file.truncate(offset)
    file.seek(offset)
    digest = hashlib.new(check[0]) if check else None
    count = 0
    try:
        for block in _blocks(source):
            count += len(block)
            if count > most:
                raise Refused("too-many-bytes", "收到的内容比声明的文件长度多。", remedy="请重新上传。")
            if digest:
                digest.update(block)
            file.write(block)
        if digest and check and digest.digest() != check[1]:
            raise ChecksumMismatch
    except _Gone:
        if check:  # a part of what the checksum is of proves nothing
            file.truncate(offset)
            count = 0
    except BaseException:
        file.truncate(offset)
        raise
    file.flush()
    os.fsync(file.fileno())
    return count


class _Gone(Exception):
    """The sender went away in the middle of a request."""


def _blocks(source: Source) -> Iterator[bytes]:
    while True:
        try:
            block = source.read(BLOCK_BYTES)
        except OSError as error:  # Django's UnreadablePostError is one
            raise _Gone from error
        if not block:
            return
        yield block
