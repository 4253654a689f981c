"""Durable files: after each of these functions returns, a power cut takes nothing back (but see ``hurried``).

Every write goes to a staging file, is flushed to the disk, takes its final name in one step, and the folder
is flushed as well. ``MINGJING_VAR`` MUST therefore be one file system. A failing flush is never swallowed:
afterwards nobody knows what the disk holds.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

CHUNK_BYTES = 1 << 20
STALE_SECONDS = 24 * 3600
_READ_ONLY = 0o440
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
    with _staged(_staging_folder(), 0o644) as (file, staged):
        file.write(data)
        _flush(file)
        staged.rename(path)
    flush_folder(path.parent)


def put_new(path: Path, data: bytes, *, mode: int) -> bool:
    """Make ``path`` hold ``data`` unless it exists already; whether it was made here.

    The staging file lies beside it: a key file may be kept on another file system than the rest.
    """
    with _staged(path.parent, mode) as (file, staged):
        file.write(data)
        _flush(file)
        made = _link(staged, path)
    flush_folder(path.parent)
    return made


def take_in(content: Iterator[bytes]) -> tuple[str, int, bool]:
    """Keep ``content`` under its own SHA-256: the digest, its size in bytes, and whether it is new here.

    Empty content is not kept.
    """
    digest, size_bytes = hashlib.sha256(), 0
    with _staged(_staging_folder(), 0o600) as (file, staged):
        for piece in content:
            digest.update(piece)
            size_bytes += len(piece)
            file.write(piece)
        path = blob_path(digest.hexdigest())
        if not size_bytes:
            return path.name, 0, False
        os.fchmod(file.fileno(), _READ_ONLY)
        _flush(file)
        make_folder(path.parent)
        made = _link(staged, path)
    flush_folder(path.parent)
    return path.name, size_bytes, made


def take_over(path: Path, sha256: str) -> bool:
    """Keep a whole file under its SHA-256 without copying it; whether the content is new here.

    ``path`` MUST be on the file system of the store, complete, flushed, read-only for its owner, and hashed
    with :func:`hash_file` after that. It may be removed afterwards: the name in the store stays.
    """
    target = blob_path(sha256)
    make_folder(target.parent)
    made = _link(path, target)
    flush_folder(target.parent)
    return made


def sweep() -> None:
    """Remove staging files that a killed process left behind more than a day ago."""
    oldest = time.time() - STALE_SECONDS
    for leftover in _staging_folder().glob(".new-*"):
        if leftover.stat().st_mtime < oldest:
            leftover.unlink()


def make_folder(path: Path) -> None:
    """Make a folder with its parents, each durable before anything is put into it."""
    missing = [path]
    while not missing[-1].parent.exists():
        missing.append(missing[-1].parent)
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        flush_folder(folder.parent)


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
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _staged(folder: Path, mode: int) -> Iterator[tuple[BinaryIO, Path]]:
    """A fresh file in ``folder``, gone afterwards unless it was renamed."""
    make_folder(folder)
    path = folder / f".new-{secrets.token_hex(8)}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file, path
    finally:
        path.unlink(missing_ok=True)


def _flush(file: BinaryIO) -> None:
    file.flush()
    if not _HURRIED.get():
        os.fsync(file.fileno())


def _link(staged: Path, path: Path) -> bool:
    """Give the file its name without ever replacing another; whether the name was free."""
    with suppress(FileExistsError):
        os.link(staged, path)
        return True
    return False


def _staging_folder() -> Path:
    return Path(settings.MINGJING_VAR) / "staging"


def _blob_folder() -> Path:
    return Path(settings.MINGJING_VAR) / "blobs" / "sha256"
