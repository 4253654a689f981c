"""Reads codex files: TOML under ``settings.MINGJING_CODEX``, kept in memory until a file changes."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from mingjing.kernel.refused import Refused

T = TypeVar("T")
# What a folder looked like when it was read: name, modification time and size of every file.
Stamp = tuple[tuple[str, int, int], ...]
_kept: dict[tuple[str, str], tuple[tuple[Stamp, ...], Any]] = {}


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


def kept(name: str, places: Sequence[str], build: Callable[[], T]) -> T:
    """``build()``, remembered under ``name`` until a TOML file at these places changes, comes or goes.

    ``places`` are folders and files below the codex folder.
    """
    base = os.fspath(settings.MINGJING_CODEX)
    stamp = tuple(_stamp(f"{base}/{place}") for place in places)
    found = _kept.get((name, base))
    if found is None or found[0] != stamp:
        found = _kept[name, base] = (stamp, build())
    value: T = found[1]
    return value


def _stamp(place: str) -> Stamp:
    """Every rule asks for the calendar and the profiles, so this makes no object for each file."""
    try:
        with os.scandir(place) as entries:
            stats = [(one.name, one.stat()) for one in entries if one.name.endswith(".toml")]
    except NotADirectoryError:
        stats = [("", os.stat(place))]
    except FileNotFoundError:
        stats = []
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats))


class Keys:
    """One table of a codex file, read key by key so that every mistake names file, key and remedy."""

    def __init__(self, data: object, file: str, where: str = "") -> None:
        if not isinstance(data, dict):
            raise wrong(file, where or "文件", "应为一个表")
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
            raise wrong(self.file, self.name(key), "缺失")
        return value

    def maybe(self, key: str, kind: type[T]) -> T | None:
        """An optional value, None where absent."""
        self._read.add(key)
        value = self._data.get(key)
        # A yes/no is an int to Python; where a number is asked for it is a mistake.
        if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            raise wrong(self.file, self.name(key), f"类型不对，应为 {kind.__name__}，现为“{value}”")
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

    def named(self) -> list[tuple[str, Keys]]:
        """Every table in this one, with its name, in file order."""
        return [(name, Keys(self.get(name, dict), self.file, self.name(name))) for name in self._data]

    def done(self) -> None:
        """Refuse keys nobody read: a misspelt key must not be silently ignored."""
        unknown = sorted(set(self._data) - self._read)
        if unknown:
            raise wrong(self.file, self.name(unknown[0]), "不认识的键")


def wrong(file: str, key: str, message: str) -> Refused:
    """A mistake in a codex file, named by file and key."""
    return Refused("codex-wrong", f"{file}：{key} {message}。", remedy=f"修改 {file} 的 {key}。")
