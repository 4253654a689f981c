"""Reads a procedure file and refuses a wrong one, naming every fault with its place and its remedy.

First the shape is read table by table (``_Reader``), then names are resolved over the whole file
(``_References``): steps, facts, stages, lanes, windows. All faults are collected and raised together.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mingjing.kernel.guarantees import read_exemption, read_guarantee
from mingjing.kernel.procedure_assembly import assembled
from mingjing.kernel.procedure_parts import (
    Derived,
    Follows,
    Lane,
    MatterRule,
    Procedure,
    ProcedureErrors,
    Reckoned,
    ReckonedRule,
    Stage,
    Yearly,
)
from mingjing.kernel.procedure_references import check_references
from mingjing.kernel.procedure_steps import read_step
from mingjing.kernel.tables import Notes, Problem, Table, nearest

PARTS = "parts"
PARTIES = ("required", "optional", "none")


def load(path: Path) -> Procedure:
    """The procedure in a file. Raises ProcedureErrors; a missing file is the caller's bug."""
    source = path.name
    data = _toml(path, source)
    procedure = read(assembled(data, lambda name: _part(path, name)), source)
    if path.stem.split("@")[0] != procedure.id:
        remedy = f"请把文件改名为 {procedure.id}.toml，或把 id 改为文件名"
        problem = Problem(f"{source}: id", f"与文件名不一致：{procedure.id}", remedy)
        raise ProcedureErrors(source, (problem,))
    return procedure


def _toml(path: Path, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ProcedureErrors(
            source, (Problem(source, f"不是 UTF-8 编码（第{error.start}字节）", "请另存为 UTF-8"),)
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ProcedureErrors(
            source, (Problem(source, f"不是合格的 TOML：{error}", "请按所指行列改正"),)
        ) from error


def _part(path: Path, name: str) -> dict[str, Any]:
    """A shared part, from the folder ``parts`` beside the procedures."""
    file = path.parent / PARTS / f"{name}.toml"
    if not file.exists():
        known = [one.stem for one in file.parent.glob("*.toml")]
        problem = Problem(f"{path.name}: uses", f"没有名为“{name}”的共用部分", nearest(name, known))
        raise ProcedureErrors(path.name, (problem,))
    return _toml(file, f"{PARTS}/{file.name}")


def read(data: Mapping[str, Any], source: str) -> Procedure:
    """The procedure described by the data of a file; ``source`` names it in messages.

    Raises: ProcedureErrors with every fault of shape and of reference.
    """
    notes = Notes()
    procedure = _read_procedure(Table(f"{source}: ", data, notes), source)
    check_references(procedure, notes)
    if notes.problems:
        raise ProcedureErrors(source, tuple(notes.problems))
    return procedure


def _edition_hash(data: Mapping[str, Any]) -> str:
    """SHA-256 of the content in file order: comments and layout do not change it, anything else does."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_as_text)
    return hashlib.sha256(text.encode()).hexdigest()


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else repr(value)


def _read_procedure(table: Table, source: str) -> Procedure:
    procedure = Procedure(
        id=table.text("id", required=True),
        title=table.text("title", required=True),
        act=table.text("act", required=True),
        in_force=table.day("in_force", required=True) or date.min,
        until=table.day("until"),
        basis=table.text("basis", required=True),
        summary=table.text("summary"),
        constants=table.texts("constants"),
        matter=_matter(table),
        yearly=_yearly(table),
        follows=_follows(table),
        parents=table.texts("parents"),
        stages=tuple(_stage(item) for item in table.tables("stages")),
        lanes=tuple(_lane(item) for item in table.tables("lanes")),
        derived=tuple(
            rule for name, item in table.named("derived") if (rule := _derived(name, item)) is not None
        ),
        reckoned=tuple(_reckoned(name, item) for name, item in table.named("reckoned")),
        steps={name: read_step(name, item) for name, item in table.named("steps")},
        outcomes=_outcomes(table),
        guarantees=tuple(read_guarantee(item) for item in table.tables("guarantees")),
        exemptions=tuple(read_exemption(item) for item in table.tables("exempt")),
        sha256=_edition_hash(table.data),
        source=source,
    )
    if not procedure.steps:
        table.wrong("steps", "没有任何步骤", "请至少写一个 [steps.…]")
    if procedure.until is not None and procedure.until <= procedure.in_force:
        table.wrong("until", f"{procedure.until} 不晚于 in_force", "失效日期应晚于施行日期")
    table.finish()
    return procedure


def _outcomes(table: Table) -> dict[str, str]:
    outcomes = table.table("outcomes")
    if outcomes is None:
        return {}
    return {code: outcomes.text(code, required=True) for code in outcomes.data}


def _matter(table: Table) -> MatterRule:
    matter = table.table("matter")
    default = MatterRule()
    if matter is None:
        return default
    read = MatterRule(
        label=matter.text("label") or default.label,
        party=matter.one_of("party", PARTIES, default.party),
        party_title=matter.text("party_title") or default.party_title,
        place_title=matter.text("place_title") or default.place_title,
        title_help=matter.text("title_help"),
        shows=matter.texts("shows"),
        apart=matter.flag("apart"),
        assigned=matter.flag("assigned"),
        since=_since(matter) or default.since,
        subject_title=matter.text("subject_title") or default.subject_title,
    )
    matter.finish()
    return read


def _since(matter: Table) -> tuple[str, str] | None:
    since = matter.texts("since")
    if since and len(since) != 2:
        matter.wrong("since", "应当是日期字段和它的叫法两项", '如 ["filed_on", "立案"]')
    return (since[0], since[1]) if len(since) == 2 else None


def _yearly(table: Table) -> Yearly | None:
    yearly = table.table("yearly")
    if yearly is None:
        return None
    text = yearly.text("opens_on", required=True)
    month, day = _day_of_year(yearly, text)
    read = Yearly(
        month=month,
        day=day,
        title=yearly.text("title", required=True),
        organs=yearly.texts("organs", required=True),
        fact=yearly.text("fact", required=True),
    )
    yearly.finish()
    return read


def _follows(table: Table) -> Follows | None:
    follows = table.table("follows")
    if follows is None:
        return None
    kept = follows.table("kept")
    read = Follows(
        procedures=follows.texts("procedures", required=True),
        kept=tuple(kept.data.items()) if kept else (),
        title=follows.text("title", required=True),
    )
    follows.finish()
    return read


def _day_of_year(table: Table, text: str) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2001-{text}")
    except ValueError:
        table.wrong("opens_on", f"“{text}”不是一年中的一天", '如 opens_on = "01-01"')
        return 1, 1
    return day.month, day.day


def _stage(table: Table) -> Stage:
    stage = Stage(table.text("id", required=True), table.text("title", required=True))
    table.finish()
    return stage


def _lane(table: Table) -> Lane:
    lane = Lane(
        table.text("id", required=True),
        table.text("title", required=True),
        table.texts("roles", required=True),
    )
    table.finish()
    return lane


def _derived(name: str, table: Table) -> Derived | None:
    title, basis = table.text("title", required=True), table.text("basis")
    when = table.condition("when", required=True)
    table.finish()
    return Derived(name, title, when, basis) if when else None


def _reckoned(name: str, table: Table) -> Reckoned:
    reckoned = Reckoned(
        name,
        table.text("title", required=True),
        tuple(_reckoned_rule(item) for item in table.tables("rules")),
    )
    if not reckoned.rules:
        table.wrong("rules", "没有写怎样推算", '如 rules = [{ from = "served_on", within = "6m" }]')
    table.finish()
    return reckoned


def _reckoned_rule(table: Table) -> ReckonedRule:
    rule = ReckonedRule(
        from_fact=table.text("from", required=True),
        within=table.term("within"),
        when=table.condition("when"),
        basis=table.text("basis", required=True),
        clock=table.text("clock"),
    )
    table.finish()
    return rule
