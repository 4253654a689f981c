"""Where the chunks of unfinished recordings lie: a folder for each, on the disk before any row speaks of them.

A file's name bears its digest, so that two senders of different bytes under one number never overwrite each other.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from mingjing.record import store


def keep(capture_id: uuid.UUID, seq: int, sha256: str, content: bytes) -> None:
    """Make the chunk durable; keeping the same again costs another write and changes nothing."""
    store.put(_path(capture_id, seq, sha256), content)


def remove(capture_id: uuid.UUID) -> None:
    """Forget the chunks of a recording whose whole is in the store."""
    shutil.rmtree(_folder(capture_id), ignore_errors=True)


def waiting() -> list[uuid.UUID]:
    """The recordings of which chunks lie here."""
    root = Path(settings.MINGJING_VAR) / "captures"
    return [uuid.UUID(one.name) for one in root.iterdir() if one.is_dir()] if root.is_dir() else []


class Joined(io.RawIOBase):
    """The chunks as one file, each judged by its digest while it is read; ``damaged`` lists those that fail.

    Reading goes on behind a damaged chunk: all of them are found at once, and the caller MUST look before it
    believes what was read.
    """

    def __init__(self, capture_id: uuid.UUID, chunks: Sequence[tuple[int, str]]) -> None:
        self._capture_id = capture_id
        self._left = list(chunks)
        self._buffer = b""
        self.damaged: list[int] = []

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most ``size``; one chunk of at most some megabytes is in memory at a time."""
        while not self._buffer and self._left:
            self._buffer = self._next()
        if size < 0:
            rest = [self._buffer, *(self._next() for _ in range(len(self._left)))]
            self._buffer = b""
            return b"".join(rest)
        piece, self._buffer = self._buffer[:size], self._buffer[size:]
        return piece

    def _next(self) -> bytes:
        seq, sha256 = self._left.pop(0)
        path = _path(self._capture_id, seq, sha256)
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() != sha256:
            self.damaged.append(seq)
        return content


def _folder(capture_id: uuid.UUID) -> Path:
    return Path(settings.MINGJING_VAR) / "captures" / str(capture_id)


def _path(capture_id: uuid.UUID, seq: int, sha256: str) -> Path:
    return _folder(capture_id) / f"{seq}-{sha256}"
