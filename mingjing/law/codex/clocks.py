"""期限总表: every statutory term by its number, ``codex/clocks/*.toml``.

Procedures name these numbers where a duty, a right or a wait rests on them; what no procedure carries says in
``carried`` what does.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from mingjing.law.codex import files

# L text read, P excerpt read, G seen in public forms, R remembered.
SURE = ("L", "P", "G", "R")


@dataclass(frozen=True)
class Clock:
    """One term. ``length`` is as in procedure files, empty where the law gives none; ``since`` is what it runs from,
    ``who`` must keep it or may use it, ``effect`` is what follows when it passes."""

    id: str
    group: str
    title: str
    since: str
    length: str
    who: str
    effect: str
    basis: str
    sure: str
    note: str
    carried: str
    file: str


def clocks() -> tuple[Clock, ...]:
    """Every clock of the codex, in the order of its files.

    Raises: Refused ``codex-wrong``, ``codex-unreadable``.
    """
    return files.kept(
        "clocks", ["clocks"], lambda: tuple(chain.from_iterable(map(_read, files.files("clocks"))))
    )


def _read(path: Path) -> list[Clock]:
    whole = files.Keys(files.read(path), files.shown(path))
    return [_clock(name, group, keys) for group, table in whole.named() for name, keys in table.named()]


def _clock(name: str, group: str, keys: files.Keys) -> Clock:
    clock = Clock(
        id=name,
        group=group,
        title=keys.get("title", str),
        since=keys.get("from", str),
        length=keys.text("length"),
        who=keys.get("who", str),
        effect=keys.text("effect"),
        basis=keys.get("basis", str),
        sure=keys.get("sure", str),
        note=keys.text("note"),
        carried=keys.text("carried"),
        file=keys.file,
    )
    keys.done()
    return clock
