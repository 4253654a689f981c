"""Kinds of registers: ``codex/publicity/registers/*.toml``, each a list that an organ must or may publish.

A field is *drawn* (taken from organs, law and procedure files, never typed) or typed; *public* or for the desk
only. Source: 达州三项制度方案/2, domain fields of 权责清单, 随机抽查事项清单 and 音像记录事项清单.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mingjing.cases.facts import InvalidFacts, clean
from mingjing.kernel.procedure import Field
from mingjing.kernel.refused import Refused
from mingjing.kernel.tables import Problem
from mingjing.law import basis as notation
from mingjing.law.codex import checks, files

FOLDER = "publicity/registers"
FIELD_KINDS = ("text", "long", "date", "choice", "number", "basis", "digest")
SOURCES = ("subjects", "officers", "powers", "recording", "guides", "flowcharts", "benchmarks")
MOST_KEY = 300
_TYPED_MAX = {"text": 200, "basis": 300, "long": 1000}


@dataclass(frozen=True)
class Column:
    """栏目: one field of a register."""

    id: str
    label: str
    kind: str = "text"
    drawn: bool = False
    required: bool = False
    public: bool = True
    help: str = ""
    max: int | None = None
    choices: tuple[tuple[str, str], ...] = ()
    not_before: str = ""

    def as_field(self) -> Field:
        """The field as forms know it: provisions and digests are typed as text."""
        kind = "text" if self.kind in ("basis", "digest") else self.kind
        return Field(
            name=self.id,
            label=self.label,
            kind=kind,
            required=self.required,
            help=self.help,
            max=self.max or _TYPED_MAX.get(self.kind),
            choices=self.choices,
            when=None,
            personal=False,
            default_fact=None,
            not_before=(self.not_before,) if self.not_before else (),
        )

    def as_data(self) -> dict[str, Any]:
        """JSON-ready, as an edition keeps it; read back by ``from_data``."""
        return {**vars(self), "choices": [list(one) for one in self.choices]}

    def said(self, value: Any) -> str:
        """A value of this field in words; a choice by its label."""
        if value is None:
            return ""
        return dict(self.choices).get(str(value), str(value)) if self.choices else str(value)


def from_data(data: Mapping[str, Any]) -> Column:
    """A field from what an edition kept."""
    return Column(**{**data, "choices": tuple((str(code), str(text)) for code, text in data["choices"])})


@dataclass(frozen=True)
class Kind:
    """One kind of register. ``drawn`` names where its rows come from, empty where they are typed.

    ``acts`` are the kinds of act whose procedures it covers, with their names.
    """

    id: str
    title: str
    about: str
    basis: str
    order: int
    drawn: str
    acts: Mapping[str, str]
    key: tuple[str, ...]
    own_columns: bool
    columns: tuple[Column, ...]
    file: str

    @property
    def typed(self) -> tuple[Column, ...]:
        """The fields that people fill in."""
        return tuple(one for one in self.columns if not one.drawn)


def kinds() -> dict[str, Kind]:
    """Every kind by its id, in order. Raises: Refused ``codex-wrong``, ``codex-unreadable``."""
    return files.kept("registers", [FOLDER], _read)


def kind_of(id: str) -> Kind:
    """The kind of that id. Raises: Refused ``no-such-register``."""
    found = kinds().get(id)
    if found is None:
        raise Refused("no-such-register", f"没有“{id[:40]}”这种清单。", remedy="请从清单目录中选择。")
    return found


def _read() -> dict[str, Kind]:
    found = sorted(map(_kind, files.files(FOLDER)), key=lambda one: (one.order, one.id))
    return {one.id: one for one in found}


def _kind(path: Path) -> Kind:
    keys = files.Keys(files.read(path), files.shown(path))
    kind = Kind(
        id=path.stem,
        title=keys.get("title", str),
        about=keys.get("about", str),
        basis=keys.get("basis", str),
        order=keys.get("order", int),
        drawn=keys.text("drawn"),
        acts={str(code): str(title) for code, title in keys.maybe("acts", list) or ()},
        key=keys.texts("key"),
        own_columns=bool(keys.maybe("own_columns", bool)),
        columns=tuple(map(_column, keys.tables("fields"))),
        file=keys.file,
    )
    keys.done()
    return kind


def _column(keys: files.Keys) -> Column:
    public = keys.maybe("public", bool)
    column = Column(
        id=keys.get("id", str),
        label=keys.get("label", str),
        kind=keys.text("kind") or "text",
        drawn=bool(keys.maybe("drawn", bool)),
        required=bool(keys.maybe("required", bool)),
        public=True if public is None else public,
        help=keys.text("help"),
        max=keys.maybe("max", int),
        choices=tuple((str(code), str(text)) for code, text in keys.maybe("choices", list) or ()),
        not_before=keys.text("not_before"),
    )
    keys.done()
    return column


def clean_row(columns: Sequence[Column], given: Mapping[str, Any]) -> dict[str, Any]:
    """The typed values of a row, judged field by field; empty ones fall away.

    Raises ``InvalidFacts`` with a message for each field at fault.
    """
    values = clean([one.as_field() for one in columns], given, {})
    wrong = {one.id: why for one in columns if one.id in values and (why := _why_wrong(one, values))}
    if wrong:
        raise InvalidFacts(wrong, {one.id: one.label for one in columns})
    return values


def _why_wrong(column: Column, values: Mapping[str, Any]) -> str:
    value = str(values[column.id])
    if column.kind == "basis":
        try:
            notation.parse(value)
        except Refused as refused:
            return f"{refused.reason}{refused.remedy or ''}"
    start = values.get(column.not_before)
    if start is not None and value < str(start):
        return f"不能早于 {start}。"
    return ""


def key_of(key: Sequence[str], values: Mapping[str, Any]) -> str:
    """How a row is known again: the values of its key fields; of a list without any, of its first fields."""
    names = key or list(values)[:2]
    return " | ".join(str(values.get(name, "")).strip() for name in names)[:MOST_KEY]


def problems() -> list[Problem]:
    """What is wrong with the files: sources, keys, fields and bases."""
    try:
        return [one for kind in kinds().values() for one in _kind_problems(kind)]
    except Refused as refused:
        return [Problem(f"codex/{FOLDER}", refused.reason, refused.remedy or "按提示修改。")]


def _kind_problems(kind: Kind) -> Iterator[Problem]:
    ids = [one.id for one in kind.columns]
    if kind.drawn and kind.drawn not in SOURCES:
        yield Problem(f"{kind.file} drawn", f"不认识的来源“{kind.drawn}”。", f"可以是 {'、'.join(SOURCES)}。")
    if len(set(ids)) < len(ids):
        yield Problem(f"{kind.file} fields", "栏目编号重复。", "改用不同的编号。")
    for name in kind.key:
        if name not in ids:
            yield Problem(f"{kind.file} key", f"没有栏目“{name}”。", "核对 fields。")
    for one in kind.columns:
        if one.kind not in FIELD_KINDS:
            yield Problem(
                f"{kind.file} {one.id}",
                f"不认识的栏目类型“{one.kind}”。",
                f"可以是 {'、'.join(FIELD_KINDS)}。",
            )
        if one.drawn and not kind.drawn:
            yield Problem(f"{kind.file} {one.id}", "清单没有来源，栏目不能取自登记。", "去掉 drawn。")
    for wrong in checks.basis_problems(kind.basis, date(2026, 9, 1), kind.file, "basis"):
        yield Problem(f"{wrong.file} {wrong.key}", wrong.message, wrong.remedy)
