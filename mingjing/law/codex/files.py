"""Reads codex files: TOML under ``settings.MINGJING_CODEX``, kept in memory until a file changes."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from mingjing.kernel.refused import Refused

T = TypeVar("T")
# What a file or folder looked like when it was read: path, modification time, size of every file.
Stamp = tuple[tuple[str, int, int], ...]
_kept: dict[tuple[str, Path], tuple[Stamp, Any]] = {}


@dataclass(frozen=True)
class Problem:
    """Something wrong in a codex file: where it is, what is wrong, and how to mend it."""

    file: str
    key: str
    message: str
    remedy: str


def root() -> Path:
    """The codex folder."""
    return Path(settings.MINGJING_CODEX)


def shown(path: Path) -> str:
    """A path as messages name it, e.g. ``codex/powers/food.toml``."""
    return f"codex/{path.relative_to(root()).as_posix()}"


def files(folder: str) -> list[Path]:
    """The TOML files of one codex folder, in name order; none if the folder is absent."""
    return sorted((root() / folder).glob("*.toml"))


def text(path: Path) -> str:
    """The file as it stands.

    Raises: Refused ``codex-unreadable``, ``codex-missing``.
    """
    read(path)
    return path.read_bytes().decode()


def read(path: Path) -> dict[str, Any]:
    """The parsed file.

    Raises: Refused ``codex-unreadable``, ``codex-missing``.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Refused("codex-missing", f"找不到文件 {shown(path)}。", remedy="检查文件名。") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(
            "codex-unreadable",
            f"{shown(path)}：不是正确的 TOML 文件：{error}。",
            remedy="按提示的行号修改，文件须为 UTF-8。",
        ) from error


def kept(name: str, paths: list[Path], build: Callable[[], T]) -> T:
    """``build()``, remembered under ``name`` until one of the files changes."""
    stamp = _stamp(paths)
    key = (name, root())
    found = _kept.get(key)
    if found is None or found[0] != stamp:
        found = (stamp, build())
        _kept[key] = found
    value: T = found[1]
    return value


def _stamp(paths: list[Path]) -> Stamp:
    stats = [(path, path.stat()) for path in paths if path.exists()]
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in stats)


class Keys:
    """One table of a codex file, read key by key so that every mistake names file, key and remedy."""

    def __init__(self, data: object, file: str, where: str = "") -> None:
        if not isinstance(data, dict):
            raise _wrong(file, where or "文件", "应为一个表")
        self._data: dict[str, Any] = data
        self.file = file
        self.where = where
        self._read: set[str] = set()

    @property
    def keys(self) -> list[str]:
        """The keys of the table, in file order."""
        return list(self._data)

    def name(self, key: str) -> str:
        """The key with its path inside the file."""
        return f"{self.where}.{key}" if self.where else key

    def get(self, key: str, kind: type[T]) -> T:
        """A required value.

        Raises: Refused ``codex-wrong``.
        """
        value = self.maybe(key, kind)
        if value is None:
            raise _wrong(self.file, self.name(key), "缺失")
        return value

    def maybe(self, key: str, kind: type[T]) -> T | None:
        """An optional value, None where absent."""
        self._read.add(key)
        value = self._data.get(key)
        # A yes/no is an int to Python; where a number is asked for it is a mistake.
        if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            raise _wrong(self.file, self.name(key), f"类型不对，应为 {kind.__name__}，现为“{value}”")
        return value

    def text(self, key: str) -> str:
        """An optional text, empty where absent."""
        return self.maybe(key, str) or ""

    def texts(self, key: str) -> tuple[str, ...]:
        """An optional list of texts."""
        return tuple(str(value) for value in self.maybe(key, list) or ())

    def tables(self, key: str) -> list[Keys]:
        """An optional list of tables."""
        raw = self.maybe(key, list) or []
        return [Keys(item, self.file, f"{self.name(key)}[{n}]") for n, item in enumerate(raw, start=1)]

    def done(self) -> None:
        """Refuse keys nobody read: a misspelt key must not be silently ignored."""
        unknown = sorted(set(self._data) - self._read)
        if unknown:
            raise _wrong(self.file, self.name(unknown[0]), "不认识的键")


def _wrong(file: str, key: str, message: str) -> Refused:
    return Refused("codex-wrong", f"{file}：{key} {message}。", remedy=f"修改 {file} 的 {key}。")
