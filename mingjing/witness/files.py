"""Durable files of a witness: after a function returns, a power cut takes nothing back.

A failing flush is never swallowed: afterwards nobody knows what the disk holds.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def put(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Make ``path`` hold ``data``, replacing what was there in one step."""
    make_folder(path.parent)
    staged = path.parent / f".new-{secrets.token_hex(8)}"
    try:
        _write(staged, data, mode)
        staged.rename(path)
    finally:
        staged.unlink(missing_ok=True)
    flush_folder(path.parent)


def put_new(path: Path, data: bytes, *, mode: int) -> None:
    """Make ``path`` hold ``data``. Raises: FileExistsError rather than replace anything."""
    make_folder(path.parent)
    staged = path.parent / f".new-{secrets.token_hex(8)}"
    try:
        _write(staged, data, mode)
        os.link(staged, path)
    finally:
        staged.unlink(missing_ok=True)
    flush_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make a folder with its parents, each durable before anything is put into it."""
    missing = [path]
    while not missing[-1].parent.exists():
        missing.append(missing[-1].parent)
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        flush_folder(folder.parent)


def flush_folder(path: Path) -> None:
    """Flush the names in a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
