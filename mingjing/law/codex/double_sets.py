"""The field sets of 双公示 (credit publicity of penalties and permits), as ``codex/publicity/double`` holds them.

Every field has the code and the Chinese name that goes outside, its type, and when it must be filled in; ``sure``
says how far that was verified. What is not verified only raises doubts, and never refuses a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from mingjing.kernel.refused import Refused

from . import files
from .files import Problem

FOLDER = "publicity/double"
KINDS = {"penalty": "行政处罚", "permit": "行政许可"}
FIELD_KINDS = {
    "text": "文字",
    "choice": "取值表",
    "choices": "取值表，可多选",
    "credit_code": "统一社会信用代码",
    "id_number": "证件号码",
    "date": "日期",
    "money": "金额，万元六位小数",
    "status": "状态",
}
MANDATORY = {
    "always": "必填",
    "no": "",
    "organization": "法人及非法人组织、个体工商户必填",
    "person": "自然人必填",
    "fine": "有罚款的必填",
    "confiscation": "有没收的必填",
    "license": "有暂扣、吊销的必填",
}
SURE = {"L": "读过原文", "P": "读过摘录", "G": "见于公开程序", "R": "凭记忆", "product": "产品选择"}
HEADER_ROWS = ("title", "code")


@dataclass(frozen=True)
class Choices:
    """A list of values that go outside; ``also`` are other spellings met, and what each of them means."""

    name: str
    title: str
    values: tuple[str, ...]
    also: dict[str, str]
    note: str
    sure: str


@dataclass(frozen=True)
class Field:
    """字段: one column. ``names`` are other titles met, ``older`` codes of former editions, ``length`` characters."""

    code: str
    title: str
    kind: str
    length: int
    mandatory: str
    values: str
    names: tuple[str, ...]
    older: tuple[str, ...]
    note: str
    sure: str

    @property
    def titles(self) -> tuple[str, ...]:
        """Every title by which the column may be met, the code first."""
        return (self.code, self.title, *self.older, *self.names)


@dataclass(frozen=True)
class Dropped:
    """A column of former editions that is read and kept, and goes nowhere."""

    code: str
    title: str
    note: str
    sure: str


@dataclass(frozen=True)
class FieldSet:
    """字段集: one edition of the columns for penalties or for permits, in the order in which they go outside.

    ``older_kinds`` maps the kinds of penalty of the law of 2021 to the older list that goes outside.
    """

    kind: str
    title: str
    version: str
    in_force: date
    source: str
    sure: str
    header: tuple[str, ...]
    fields: tuple[Field, ...]
    dropped: tuple[Dropped, ...]
    lists: dict[str, Choices]
    older_kinds: dict[str, str]
    file: str

    @cached_property
    def by_code(self) -> dict[str, Field]:
        """The fields by their code."""
        return {one.code: one for one in self.fields}

    @property
    def prefix(self) -> str:
        """What most of its codes begin with: CF or XK."""
        return self.fields[0].code.partition("_")[0]

    @cached_property
    def older_codes(self) -> frozenset[str]:
        """Codes that only former editions have: a header with one of them tells that edition."""
        return frozenset(
            (*(code for one in self.fields for code in one.older), *(one.code for one in self.dropped))
        )


def field_sets() -> tuple[FieldSet, ...]:
    """Every edition. Raises: Refused ``codex-wrong``, ``codex-unreadable``."""
    return files.kept("double-sets", [FOLDER], lambda: tuple(map(_set, files.files(FOLDER))))


def field_set(kind: str, on: date) -> FieldSet:
    """The edition in force on a day. Raises: Refused ``no-field-set``."""
    fitting = [one for one in field_sets() if one.kind == kind and one.in_force <= on]
    if not fitting:
        raise Refused(
            "no-field-set",
            f"{on} 没有{KINDS.get(kind, kind)}的双公示字段集。",
            remedy=f"字段集在 codex/{FOLDER}，由管理员补充。",
        )
    return max(fitting, key=lambda one: one.in_force)


def problems() -> Iterator[Problem]:
    """What is wrong with the field sets, as ``mingjing codex check`` tells it."""
    known = field_sets()
    for kind, title in KINDS.items():
        if not any(one.kind == kind for one in known):
            yield Problem(f"codex/{FOLDER}", kind, f"没有{title}的字段集", "补一个文件。")
    for one in known:
        yield from _of_set(one)


def _of_set(one: FieldSet) -> Iterator[Problem]:
    if one.kind not in KINDS:
        yield _wrong(one, "kind", f"“{one.kind}”不是 {'、'.join(KINDS)}")
    if not one.header or not set(one.header) <= set(HEADER_ROWS):
        yield _wrong(one, "header", f"只能由 {'、'.join(HEADER_ROWS)} 组成")
    seen: dict[str, str] = {}
    for field in one.fields:
        yield from _of_field(one, field)
        for title in field.titles:
            other = seen.setdefault(title, field.code)
            if other != field.code:
                yield _wrong(one, field.code, f"“{title}”同时是 {other} 的列名")
    yield from _of_lists(one)


def _of_field(one: FieldSet, field: Field) -> Iterator[Problem]:
    if field.kind not in FIELD_KINDS:
        yield _wrong(one, f"{field.code}.kind", f"“{field.kind}”不是 {'、'.join(FIELD_KINDS)}")
    if field.mandatory not in MANDATORY:
        yield _wrong(one, f"{field.code}.mandatory", f"“{field.mandatory}”不是 {'、'.join(MANDATORY)}")
    if field.sure not in SURE:
        yield _wrong(one, f"{field.code}.sure", f"“{field.sure}”不是 {'、'.join(SURE)}")
    if (field.kind in ("choice", "choices", "status")) != bool(field.values):
        yield _wrong(one, f"{field.code}.values", "取值表字段须写明取值表，其他字段不写")
    if field.values and field.values not in one.lists:
        yield _wrong(one, f"{field.code}.values", f"没有名为“{field.values}”的取值表")


def _of_lists(one: FieldSet) -> Iterator[Problem]:
    for choices in one.lists.values():
        for spelling, meant in choices.also.items():
            wrong = [part for part in meant.split("、") if part not in choices.values]
            if wrong and meant not in choices.values:
                yield _wrong(one, f"{choices.name}.also.{spelling}", f"“{wrong[0]}”不在取值表中")
    kinds = next((one.lists[field.values].values for field in one.fields if field.kind == "choices"), ())
    for kind, meant in one.older_kinds.items():
        if meant.partition("-")[0] not in kinds:
            yield _wrong(one, f"older_kinds.{kind}", f"“{meant}”不在处罚类别的取值表中")


def _wrong(one: FieldSet, key: str, message: str) -> Problem:
    return Problem(one.file, key, message, f"修改 {one.file}。")


def _set(path: Path) -> FieldSet:
    keys = files.Keys(files.read(path), files.shown(path))
    older = keys.maybe("older_kinds", dict) or {}
    found = FieldSet(
        kind=keys.get("kind", str),
        title=keys.get("title", str),
        version=keys.get("version", str),
        in_force=keys.get("in_force", date),
        source=keys.get("source", str),
        sure=keys.get("sure", str),
        header=keys.texts("header"),
        fields=tuple(_field(one) for one in keys.tables("fields")),
        dropped=tuple(_dropped(one) for one in keys.tables("dropped")),
        lists={one.name: one for one in map(_choices, keys.tables("lists"))},
        older_kinds={str(name): str(value) for name, value in older.items()},
        file=keys.file,
    )
    keys.done()
    if not found.fields:
        raise files.wrong(keys.file, "fields", "缺失")
    return found


def _field(keys: files.Keys) -> Field:
    field = Field(
        code=keys.get("code", str),
        title=keys.get("title", str),
        kind=keys.get("kind", str),
        length=keys.maybe("length", int) or 0,
        mandatory=keys.get("mandatory", str),
        values=keys.text("values"),
        names=keys.texts("names"),
        older=keys.texts("older"),
        note=keys.text("note"),
        sure=keys.get("sure", str),
    )
    keys.done()
    return field


def _dropped(keys: files.Keys) -> Dropped:
    dropped = Dropped(keys.get("code", str), keys.get("title", str), keys.text("note"), keys.get("sure", str))
    keys.done()
    return dropped


def _choices(keys: files.Keys) -> Choices:
    also = keys.maybe("also", dict) or {}
    choices = Choices(
        name=keys.get("name", str),
        title=keys.get("title", str),
        values=keys.texts("values"),
        also={str(name): str(value) for name, value in also.items()},
        note=keys.text("note"),
        sure=keys.get("sure", str),
    )
    keys.done()
    return choices
