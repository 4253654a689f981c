"""A disk in memory that forgets what was not flushed: stands where the store calls the operating system.

What a process sees is at once true; what survives a power cut is only what was flushed. Between the two every
change of a name may or may not have reached the disk, each for itself, and an unflushed file may hold all, half
or none of its bytes. ``survivors`` lists every disk that a power cut at this moment could leave.
"""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class PowerCut(BaseException):
    """The machine stops here: nothing of the program runs on, not even its cleaning up."""


@dataclass(eq=False)
class File:
    """What a name leads to: a file's bytes, or a folder's names, as seen and as flushed."""

    folder: bool = False
    data: bytes = b""
    flushed: bytes = b""
    names: dict[str, File] = field(default_factory=dict)
    flushed_names: dict[str, File] = field(default_factory=dict)


class Disk:
    """The calls of ``os`` that the store makes. ``cut_at`` is the number of the call before which power fails.

    ``fail`` maps a number to the errno that this call answers with.
    """

    O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_DIRECTORY = (
        os.O_RDONLY,
        os.O_WRONLY,
        os.O_CREAT,
        os.O_EXCL,
        os.O_DIRECTORY,
    )

    def __init__(self, root: Path, cut_at: int = 0, fail: dict[int, int] | None = None) -> None:
        self.root, self.cut_at, self.fail = root, cut_at, fail or {}
        self.calls = 0
        self.names: list[str] = []
        self._top = File(folder=True)
        self._outside = File(folder=True)  # what the operator made before: it is there
        self._open: dict[int, File] = {}
        self.ended: int | None = None

    # --- what the store calls ---

    def open(self, path: Path, flags: int, mode: int = 0) -> int:
        self._step("open")
        if flags & os.O_CREAT:
            folder, name = self._parent(path)
            if name in folder.names:
                raise FileExistsError(path)
            folder.names[name] = File()
        file = self._find(path)
        number = max(self._open, default=2) + 1
        self._open[number] = file
        return number

    def write(self, number: int, data: Any) -> int:
        self._step("write")
        piece = bytes(data)[: max(1, len(data) // 2)]  # the system may take less than it was given
        self._open[number].data += piece
        return len(piece)

    def fsync(self, number: int) -> None:
        self._step("fsync")
        file = self._open[number]
        file.flushed, file.flushed_names = file.data, dict(file.names)

    def close(self, number: int) -> None:
        self._open.pop(number, None)

    def fchmod(self, number: int, mode: int) -> None:
        self._step("fchmod")

    def mkdir(self, path: Path) -> None:
        self._step("mkdir")
        if path == self.root:
            raise FileExistsError(path)
        folder, name = self._parent(path)
        if name in folder.names:
            raise FileExistsError(path)
        folder.names[name] = File(folder=True)

    def link(self, fresh: Path, path: Path) -> None:
        self._step("link")
        folder, name = self._parent(path)
        if name in folder.names:
            raise FileExistsError(path)
        folder.names[name] = self._find(fresh)

    def rename(self, fresh: Path, path: Path) -> None:
        self._step("rename")
        source, old = self._parent(fresh)
        target, new = self._parent(path)
        target.names[new] = source.names.pop(old)

    def unlink(self, path: Path) -> None:
        if self._is_cut():  # no ``finally`` runs on a machine without power
            return
        self._step("unlink")
        folder, name = self._parent(path)
        if name not in folder.names:
            raise FileNotFoundError(path)
        del folder.names[name]

    def sync(self) -> None:
        for file in _under(self._top):
            file.flushed, file.flushed_names = file.data, dict(file.names)

    def _exit(self, code: int) -> None:
        self.ended = code
        raise PowerCut

    # --- what the tests ask ---

    def read(self, path: Path) -> bytes | None:
        """What a running program sees under ``path``."""
        return _read(self._top, path.relative_to(self.root).parts, {})

    def survivors(self, paths: list[Path]) -> Iterator[list[bytes | None]]:
        """What each of ``paths`` may hold after a power cut at this moment, all together, case by case."""
        folders = [file for file in _under(self._top) if file.folder]
        changes = [
            (folder, name)
            for folder in folders
            for name in sorted({*folder.names, *folder.flushed_names})
            if folder.names.get(name) is not folder.flushed_names.get(name)
        ]
        torn = [file for file in _under(self._top) if not file.folder and file.data != file.flushed]
        for kept in itertools.product((True, False), repeat=len(changes)):
            for share in itertools.product((0, 1, 2), repeat=len(torn)):
                shown = {id(folder): dict(folder.flushed_names) for folder in folders}
                for (folder, name), reached in zip(changes, kept, strict=True):
                    if reached:
                        _set(shown[id(folder)], name, folder.names.get(name))
                bytes_of = {
                    id(file): file.flushed
                    if part == 0
                    else file.data
                    if part == 2
                    else file.data[: len(file.data) // 2]
                    for file, part in zip(torn, share, strict=True)
                }
                yield [_read(self._top, path.relative_to(self.root).parts, bytes_of, shown) for path in paths]

    # --- how it works ---

    def _step(self, name: str) -> None:
        self.calls += 1
        self.names.append(name)
        if self._is_cut():
            raise PowerCut
        if self.calls in self.fail:
            number = self.fail[self.calls]
            raise OSError(number, errno.errorcode[number])

    def _is_cut(self) -> bool:
        return bool(self.cut_at) and self.calls >= self.cut_at

    def _parent(self, path: Path) -> tuple[File, str]:
        *above, name = path.relative_to(self.root).parts
        folder = self._top
        for part in above:
            if part not in folder.names:
                raise FileNotFoundError(path)
            folder = folder.names[part]
        return folder, name

    def _find(self, path: Path) -> File:
        if not path.is_relative_to(self.root):
            return self._outside
        if path == self.root:
            return self._top
        folder, name = self._parent(path)
        if name not in folder.names:
            raise FileNotFoundError(path)
        return folder.names[name]


def _set(names: dict[str, File], name: str, file: File | None) -> None:
    if file is None:
        names.pop(name, None)
    else:
        names[name] = file


def _under(top: File) -> Iterator[File]:
    """The folder and everything below it, seen or flushed, each once."""
    waiting, known = [top], {id(top)}
    while waiting:
        file = waiting.pop()
        yield file
        for below in (*file.names.values(), *file.flushed_names.values()):
            if id(below) not in known:
                known.add(id(below))
                waiting.append(below)


def _read(
    top: File,
    parts: tuple[str, ...],
    bytes_of: dict[int, bytes],
    shown: dict[int, dict[str, File]] | None = None,
) -> bytes | None:
    file: File | None = top
    for part in parts:
        if file is None:
            return None
        names = file.names if shown is None else shown.get(id(file), {})
        file = names.get(part)
    return None if file is None else bytes_of.get(id(file), file.data)
