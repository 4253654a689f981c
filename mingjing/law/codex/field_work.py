"""Work outdoors: ``codex/field/*.toml``, what the field app lists, asks and fills in, per procedure and step.

Nothing here decides what may be done: that is the procedure's. These files only spare typing with cold fingers.
"""

from __future__ import annotations

from dataclasses import dataclass

from mingjing.kernel.refused import Refused
from mingjing.law.codex import files

FOLDER = "field"
KINDS = ("questions", "phrases", "checklist", "goods")


@dataclass(frozen=True)
class Aid:
    """A list that helps to fill in one fact of a step.

    ``lines`` are questions, phrases or things to check; ``items_fact`` names a fact of the case whose lines are
    checked instead; ``photos`` the fact that photos taken line by line belong to. ``fields`` limits it to fields of law.
    """

    kind: str
    procedure: str
    step: str
    fact: str
    title: str
    basis: str
    lines: tuple[str, ...]
    fields: tuple[str, ...] = ()
    photos: str = ""
    items_fact: str = ""


@dataclass(frozen=True)
class Spot:
    """How a violation of one power item is written up on the spot; ``{place}`` stands for where it happened."""

    power: str
    violated: str
    fact: str
    evidence: str


@dataclass(frozen=True)
class FieldWork:
    """Everything in the folder: steps taken outdoors by procedure, aids, and write-ups by power item."""

    routes: dict[str, tuple[str, ...]]
    aids: tuple[Aid, ...]
    spots: dict[str, Spot]


def field_work() -> FieldWork:
    """The folder as it stands. Raises: Refused ``codex-wrong``, ``codex-unreadable``."""
    return files.kept("field-work", [FOLDER], _read)


def _read() -> FieldWork:
    tables = [files.Keys(files.read(path), files.shown(path)) for path in files.files(FOLDER)]
    found = FieldWork(
        routes={
            one.get("procedure", str): one.texts("steps") for keys in tables for one in _each(keys, "routes")
        },
        aids=tuple(_aid(one) for keys in tables for one in _each(keys, "aids")),
        spots={one.get("power", str): _spot(one) for keys in tables for one in _each(keys, "spots")},
    )
    for keys in tables:
        keys.done()
    return found


def _each(keys: files.Keys, name: str) -> list[files.Keys]:
    return list(keys.tables(name)) if name in keys.keys else []


def _aid(keys: files.Keys) -> Aid:
    aid = Aid(
        kind=keys.get("kind", str),
        procedure=keys.get("procedure", str),
        step=keys.get("step", str),
        fact=keys.get("fact", str),
        title=keys.get("title", str),
        basis=keys.get("basis", str),
        lines=keys.texts("lines"),
        fields=keys.texts("fields"),
        photos=keys.text("photos"),
        items_fact=keys.text("items_fact"),
    )
    keys.done()
    if aid.kind not in KINDS:
        raise Refused(
            "codex-wrong",
            f"{keys.file}：{keys.where}.kind 为“{aid.kind}”。",
            remedy=f"写 {'、'.join(KINDS)}。",
        )
    return aid


def _spot(keys: files.Keys) -> Spot:
    return Spot(
        power=keys.get("power", str),
        violated=keys.get("violated", str),
        fact=keys.get("fact", str),
        evidence=keys.get("evidence", str),
    )
