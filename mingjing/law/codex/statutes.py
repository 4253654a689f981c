"""The registry of statutes: ``codex/statutes/*.toml``, one file for each instrument with all its versions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mingjing.kernel.refused import Refused
from mingjing.law.codex import files

RANKS = {
    "constitution": "宪法",
    "statute": "法律",
    "interpretation": "法律解释、司法解释",
    "regulation": "行政法规",
    "local_regulation": "地方性法规",
    "rule": "规章",
    "normative_document": "规范性文件",
}
# How the dates are known: L text read, P page excerpt read, R remembered (to be confirmed).
SURE = ("L", "P", "R")


@dataclass(frozen=True)
class Version:
    """One wording; in force on days d with ``in_force_from <= d < in_force_until``."""

    label: str
    promulgated_on: date | None
    in_force_from: date
    in_force_until: date | None
    repealed_by: str
    last_article: int | None
    sure: str
    seen: str

    def in_force(self, on: date) -> bool:
        """Whether this wording applies on that day."""
        return self.in_force_from <= on and (self.in_force_until is None or on < self.in_force_until)


@dataclass(frozen=True)
class Registered:
    """One instrument of the registry. ``short_titles[0]`` is the name used in a basis."""

    id: str
    title: str
    short_titles: tuple[str, ...]
    rank: str
    issuer: str
    versions: tuple[Version, ...]
    note: str
    file: str

    @property
    def short_title(self) -> str:
        """The name a basis uses."""
        return self.short_titles[0]

    def version_on(self, on: date) -> Version | None:
        """The wording in force on that day, None if there was none."""
        return next((version for version in self.versions if version.in_force(on)), None)


def name_key(name: str) -> str:
    """A statute's name with brackets, blanks and the country's name taken away, for comparing.

    >>> name_key("《中华人民共和国行政处罚法》"), name_key("食品安全法 (2021修正)")
    ('行政处罚法', '食品安全法')
    """
    bare = re.sub(r"[\s《》〈〉<>“”\"]", "", name)
    bare = re.sub(r"[（(]\d{4}[^（()）]*[)）]$", "", bare)
    return bare.removeprefix("中华人民共和国") or bare


class Registry:
    """Every registered instrument, found by any of its names."""

    def __init__(self, statutes: tuple[Registered, ...]) -> None:
        self.all = statutes
        self._by_name: dict[str, Registered] = {}
        for statute in statutes:
            for name in (statute.title, *statute.short_titles):
                holder = self._by_name.setdefault(name_key(name), statute)
                if holder is not statute:
                    raise Refused(
                        "codex-wrong",
                        f"{statute.file}：名称“{name}”已被 {holder.file} 使用。",
                        remedy="一个简称只能指向一部法律，改掉其中一个。",
                    )

    def find(self, name: str) -> Registered | None:
        """The instrument of that title or short title."""
        return self._by_name.get(name_key(name))


def registry() -> Registry:
    """The registry as it stands on disk.

    Raises: Refused ``codex-wrong``, ``codex-unreadable``.
    """
    return files.kept("statutes", ["statutes"], _read)


def _read() -> Registry:
    return Registry(tuple(_statute(path) for path in files.files("statutes")))


def _statute(path: Path) -> Registered:
    keys = files.Keys(files.read(path), files.shown(path))
    statute = Registered(
        id=path.stem,
        title=keys.get("title", str),
        short_titles=keys.texts("short_titles"),
        rank=keys.get("rank", str),
        issuer=keys.get("issuer", str),
        versions=tuple(_version(table) for table in keys.tables("versions")),
        note=keys.text("note"),
        file=keys.file,
    )
    keys.done()
    if not statute.short_titles:
        raise Refused("codex-wrong", f"{keys.file}：short_titles 缺失。", remedy="写上依据里使用的简称。")
    return statute


def _version(keys: files.Keys) -> Version:
    version = Version(
        label=keys.get("label", str),
        promulgated_on=keys.maybe("promulgated_on", date),
        in_force_from=keys.get("in_force_from", date),
        in_force_until=keys.maybe("in_force_until", date),
        repealed_by=keys.text("repealed_by"),
        last_article=keys.maybe("last_article", int),
        sure=keys.get("sure", str),
        seen=keys.text("seen"),
    )
    keys.done()
    return version
