"""How a foreign log's words match a procedure: activities to steps, columns to facts, written in TOML.

Without a mapping, an activity matches the step whose id, title or public name it bears, and a column the fact
whose name or label it bears.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from mingjing.exchange.tables.header import plain, unit
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.numerals import parse_yuan
from mingjing.kernel.procedure import Field, Procedure
from mingjing.kernel.refused import Refused
from mingjing.kernel.tables import Notes, Table, nearest

_YES = frozenset(("是", "有", "true", "1", "y", "yes", "√", "对"))
_NO = frozenset(("否", "无", "false", "0", "n", "no", "×", "错"))
_SEPARATORS = str.maketrans("，,；;|/", "、、、、、、")


@dataclass(frozen=True)
class Mapping:
    """What a mapping file says; every part may be empty.

    ``steps`` gives activity → step id, ``facts`` column → fact name, ``ignored`` the activities that are no
    steps, ``unrecorded`` the steps that the other system does not record, ``columns`` the names of the columns
    of case, activity and time, ``profile`` the field of enforcement.
    """

    steps: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    profile: str = "general"
    person: bool = False


def read_mapping(path: Path, procedure: Procedure) -> Mapping:
    """The mapping in a file. Raises: Refused ``bad-mapping`` naming every fault."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refused("file-missing", f"找不到对照文件 {path}。", remedy="请核对文件名。") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused(
            "bad-mapping", f"{path.name} 不是合格的 UTF-8 TOML 文件：{error}。", remedy="请按所指行列改正。"
        ) from None
    notes = Notes()
    table = Table(f"{path.name}: ", data, notes)
    mapping = Mapping(
        steps=_names(table, "steps", procedure.steps, notes, path.name),
        facts=_names(table, "facts", {one.name for _, one in procedure.fields()}, notes, path.name),
        ignored=table.texts("ignored"),
        unrecorded=table.texts("unrecorded"),
        columns=_names(table, "columns", ("case", "activity", "at"), notes, path.name, reverse=True),
        profile=table.text("profile") or "general",
        person=table.flag("person"),
    )
    for name in mapping.unrecorded:
        if name not in procedure.steps:
            notes.add(f"{path.name}: unrecorded", f"没有“{name}”这个步骤", nearest(name, procedure.steps))
    table.finish()
    if notes.problems:
        raise Refused("bad-mapping", "\n".join(str(problem) for problem in notes.problems))
    return mapping


def _names(
    table: Table, key: str, known: Any, notes: Notes, source: str, *, reverse: bool = False
) -> dict[str, str]:
    """A table of names; its values (with ``reverse`` its keys) must be known ones."""
    inner = table.table(key)
    if inner is None:
        return {}
    found = {name: str(value) for name, value in inner.data.items()}
    for name in found if reverse else found.values():
        if name not in known:
            notes.add(f"{source}: {key}", f"没有“{name}”", nearest(name, known))
    return found


class Translator:
    """Turns a log's words into ours, remembering each: logs repeat themselves a million times."""

    def __init__(self, procedure: Procedure, mapping: Mapping) -> None:
        self.mapping = mapping
        self._steps = {plain(one.title): one.id for one in reversed([*procedure.steps.values()])}
        self._steps |= {plain(one.public_name): one.id for one in procedure.steps.values() if one.public_name}
        self._steps |= {plain(name): name for name in procedure.steps}
        self._steps |= {plain(activity): step for activity, step in mapping.steps.items()}
        self._fields: dict[str, Field] = {}
        for _, one in procedure.fields():
            self._fields.setdefault(plain(one.label), one)
            self._fields[plain(one.name)] = one
        by_name = {one.name: one for _, one in procedure.fields()}
        self._fields |= {plain(column): by_name[fact] for column, fact in mapping.facts.items()}
        self._known: dict[str, str | None] = {}

    def step(self, activity: str) -> str | None:
        """The step that an activity is, None if it is none of this procedure."""
        if activity not in self._known:
            self._known[activity] = self._steps.get(plain(activity))
        return self._known[activity]

    def field(self, column: str) -> Field | None:
        """The field of a form that a column fills, None if it is no fact of this procedure."""
        return self._fields.get(plain(column))


def value_of(field: Field, text: str, column: str = "") -> Any:
    """A cell as the fact it tells; None where it tells nothing that the fact can hold."""
    text = text.strip()
    if not text:
        return None
    match field.kind:
        case "money":
            return _money(text, unit(column))
        case "signature":  # a log cannot hold the picture
            return None
        case "bool":
            return True if text.lower() in _YES else False if text.lower() in _NO else None
        case "choice":
            return _code(field, text)
        case "choices":
            parts = [part.strip() for part in text.translate(_SEPARATORS).split("、")]
            codes = [code for part in parts if (code := _code(field, part)) is not None]
            return codes or None
        case "number" | "decimal":
            return _number(text)
        case "date" | "datetime":
            moment = moment_of(text)
            if moment is None:
                return None
            return moment.date().isoformat() if field.kind == "date" else moment.isoformat(timespec="minutes")
        case _:
            return text


def _code(field: Field, text: str) -> str | None:
    for code, label in field.choices:
        if text in (code, label):
            return code
    return None


def _money(text: str, shown_unit: str) -> int | None:
    try:
        fen = parse_yuan(text)
    except Refused:
        return None
    return fen * 10_000 if shown_unit == "万元" and "万" not in text else fen


def _number(text: str) -> int | None:
    try:
        return int(Decimal(text))
    except ArithmeticError:
        return None


_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y年%m月%d日", "%Y%m%d")


def moment_of(text: str) -> datetime | None:
    """A moment as logs write it, aware; a bare day is its beginning. None for anything else."""
    narrow = text.strip()
    narrow = narrow[:10].replace("/", "-").replace(".", "-") + narrow[10:]
    try:
        found = datetime.fromisoformat(narrow)
    except ValueError:
        for form in _FORMS:
            try:
                found = datetime.strptime(narrow, form)  # noqa: DTZ007 - made aware below
            except ValueError:
                continue
            break
        else:
            return None
    return found.astimezone(SHANGHAI) if found.tzinfo else found.replace(tzinfo=SHANGHAI)


__all__ = ["Mapping", "Translator", "moment_of", "read_mapping", "value_of"]
