"""公众用语表: ``codex/publicity/plain.toml``, what legal words mean in everyday ones. Source: 达州三项制度方案/1(2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mingjing.law.codex import files

NAME = "publicity/plain.toml"


@dataclass(frozen=True)
class PlainWord:
    """A legal word, the ways in which texts write it, and what it means in everyday words."""

    title: str
    names: tuple[str, ...]
    plain: str
    basis: str


@dataclass(frozen=True)
class Plain:
    """The table of words; a sentence of more than ``longest`` characters is hard to read."""

    longest: int
    words: tuple[PlainWord, ...]

    def explained(self, texts: Iterable[str]) -> list[PlainWord]:
        """The words that stand somewhere in the texts, in the order of the table."""
        whole = "\n".join(texts)
        return [one for one in self.words if any(name in whole for name in one.names)]


def plain() -> Plain:
    """The table, read anew when its file changes. Raises: Refused ``codex-wrong``, ``codex-unreadable``."""
    place = files.root() / NAME
    return files.kept("plain", [NAME], lambda: _read(place))


def _read(path: Path) -> Plain:
    keys = files.Keys(files.read(path), files.shown(path))
    longest = keys.get("longest", int)
    if longest < 1:
        raise files.wrong(keys.file, "longest", "应为不小于一的整数")
    read = Plain(longest, tuple(map(_word, keys.tables("word"))))
    keys.done()
    return read


def _word(keys: files.Keys) -> PlainWord:
    read = PlainWord(
        title=keys.get("title", str),
        names=keys.texts("names"),
        plain=keys.get("plain", str),
        basis=keys.get("basis", str),
    )
    keys.done()
    if not read.names or not all(read.names):
        raise files.wrong(keys.file, f"word.{read.title}.names", "至少写一个用语")
    return read
