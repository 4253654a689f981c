"""Reads a procedure file and refuses a wrong one, naming every fault with its place and its remedy.

First the shape is read table by table (``_Reader``), then names are resolved over the whole file
(``_References``): steps, facts, stages, lanes, windows. All faults are collected and raised together.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mingjing.kernel.conduct import read_identity, with_conduct
from mingjing.kernel.guarantees import read_exemption, read_guarantee
from mingjing.kernel.procedure_assembly import assembled
from mingjing.kernel.procedure_parts import (
    AtLeast,
    Bar,
    Derived,
    DutyRule,
    Extends,
    Field,
    Fix,
    Follows,
    Lane,
    Link,
    MatterRule,
    PaperRule,
    Procedure,
    ProcedureErrors,
    Reckoned,
    ReckonedRule,
    Stage,
    Step,
    WindowRule,
    Yearly,
)
from mingjing.kernel.procedure_references import check_references
from mingjing.kernel.tables import Notes, Problem, Table, nearest

PARTS = "parts"
FIELD_KINDS = (
    "text",
    "long",
    "date",
    "datetime",
    "money",
    "number",
    "decimal",
    "choice",
    "choices",
    "bool",
    "officers",
    "provision",
    "power",
    "variant",
    "coercion",
    "license",
    "exception",
    "files",
    "signature",
    "seed",
    "drawn",
)
RECORDINGS = ("none", "optional", "key", "full")
FLOWS = ("main", "branch", "aside")
PENALTY_MONEY = ("fine_fen", "confiscation_fen")
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
        steps={name: _step(name, item) for name, item in table.named("steps")},
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


def _fixes(table: Table) -> tuple[Fix, ...]:
    inner = table.table("fixes")
    if inner is None:
        return ()
    found = ((name, inner.condition(name, required=True)) for name in inner.data)
    return tuple(Fix(name, when) for name, when in found if when is not None)


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


def _step(name: str, table: Table) -> Step:
    step = Step(
        id=name,
        title=table.text("title", required=True),
        stage=table.text("stage"),
        by=table.texts("by", required=True, single=True),
        approve=table.optional_text("approve"),
        through=table.optional_text("through"),
        start=table.flag("start"),
        once=table.flag("once"),
        included=table.flag("included", default=True),
        after=_links(table, "after"),
        not_while=_links(table, "not_while"),
        when=table.condition("when"),
        when_reason=table.text("when_reason"),
        opens=_links(table, "opens"),
        closes=_links(table, "closes"),
        duties=tuple(_duty(table, position, item) for position, item in enumerate(table.items("duties"))),
        window=_window(table),
        waits_for_windows=table.texts("waits_for_windows"),
        at_least=_at_least(table),
        pauses=table.texts("pauses"),
        resumes=table.texts("resumes"),
        excludes=table.texts("excludes"),
        includes_again=table.texts("includes_again"),
        extends=_extends(table),
        ends=table.optional_text("ends"),
        after_end=table.flag("after_end"),
        deemed_after=table.optional_text("deemed_after"),
        deemed_clock=table.optional_text("deemed_clock"),
        stamps=table.optional_text("stamps"),
        fixes=_fixes(table),
        needs=table.texts("needs"),
        papers=tuple(_paper(table, position, item) for position, item in enumerate(table.items("papers"))),
        serves=table.texts("serves"),
        bars=tuple(_bar(table, item) for item in table.tables("bars")),
        publishes=table.texts("publishes"),
        tells_parent=table.optional_text("tells_parent"),
        payment=_payment(table),
        confirms_payment=table.flag("confirms_payment"),
        recording=table.one_of("recording", RECORDINGS, "none"),
        recording_basis=table.text("recording_basis"),
        despite_recording=table.flag("despite_recording"),
        identity=read_identity(table),
        tells=table.text("tells"),
        basis=table.text("basis"),
        guide=table.text("guide"),
        public_name=table.text("public_name"),
        flow=table.one_of("flow", FLOWS, "main"),
        facts=tuple(_field(field, item) for field, item in table.named("facts")),
    )
    table.finish()
    return with_conduct(_with_film(step))


def _with_film(step: Step) -> Step:
    """A step that must be filmed can always take in the film, whether its form names a field for it or not.

    Source: 行政处罚法/47.
    """
    filmed = step.recording in ("key", "full")
    if not filmed or any(field.kind == "files" for field in step.facts):
        return step
    said = "全程" if step.recording == "full" else "关键过程"
    return replace(step, facts=(*step.facts, replace(_FILM, help=f"本环节须对{said}音像记录。")))


_FILM = Field(
    name="recording_files",
    label="音像记录",
    kind="files",
    required=False,
    help="",
    max=None,
    choices=(),
    when=None,
    personal=False,
    default_fact=None,
)


def _entry(table: Table, key: str, position: int, item: object, main: str) -> Table:
    """A list entry written either as a plain name or as a table whose key ``main`` holds the name."""
    data = {main: item} if isinstance(item, str) else item
    return Table(table.at(f"{key}[{position}]"), data, table.notes)


def _links(table: Table, key: str) -> tuple[Link, ...]:
    links = []
    for position, item in enumerate(table.items(key)):
        entry = _entry(table, key, position, item, "step")
        links.append(Link(entry.text("step", required=True), entry.condition("when")))
        entry.finish()
    return tuple(links)


def _duty(table: Table, position: int, item: object) -> DutyRule:
    entry = _entry(table, "duties", position, item, "step")
    rule = DutyRule(
        step=entry.text("step", required=True),
        within=entry.term("within"),
        clock=entry.text("clock"),
        basis=entry.text("basis") or table.text("basis"),
        title=entry.text("title"),
        when=entry.condition("when"),
        from_fact=entry.optional_text("from"),
        due_fact=entry.optional_text("due"),
        term_only=entry.flag("term_only"),
    )
    if rule.term_only and not entry.has("within"):
        entry.wrong("term_only", "没有期限，只添期限没有意义", "请补上 within，或者删去 term_only")
    if rule.from_fact and not entry.has("within"):
        entry.wrong("from", "没有期限，起算日没有意义", "请补上 within，或者删去 from")
    if rule.due_fact and entry.has("within"):
        entry.wrong("due", "既有期限又直接写明到期日", "请删去 within 或者 due")
    entry.finish()
    return rule


def _bar(table: Table, bar: Table) -> Bar:
    rule = Bar(
        within=bar.term("within", required=True) or "",
        clock=bar.text("clock"),
        basis=bar.text("basis") or table.text("basis"),
        title=bar.text("title", required=True),
        when=bar.condition("when"),
        only=bar.text("only"),
    )
    bar.finish()
    return rule


def _paper(table: Table, position: int, item: object) -> PaperRule:
    entry = _entry(table, "papers", position, item, "form")
    paper = PaperRule(entry.text("form", required=True), entry.condition("when"))
    entry.finish()
    return paper


def _payment(table: Table) -> tuple[str, ...]:
    """The money facts a slip is made of; ``true`` stands for what penalties order to be paid."""
    if isinstance(table.data.get("payment"), bool):
        return PENALTY_MONEY if table.flag("payment") else ()
    return table.texts("payment")


def _window(table: Table) -> WindowRule | None:
    window = table.table("window")
    if window is None:
        return None
    rule = WindowRule(
        after=window.text("after", required=True),
        within=window.term("within", required=not window.has("until")),
        clock=window.text("clock"),
        basis=window.text("basis") or table.text("basis"),
        when=window.condition("when"),
        waived_by=window.optional_text("waived_by"),
        from_fact=window.optional_text("from"),
        until_fact=window.optional_text("until"),
    )
    _one_end(window, "within")
    window.finish()
    return rule


def _one_end(table: Table, term: str) -> None:
    """A term is a length, from a day or not, or a day that is its end."""
    if table.has("until") and (table.has(term) or table.has("from")):
        table.wrong("until", "既有期限又直接写明最后一日", f"请删去 {term}、from 或者 until")


def _at_least(table: Table) -> AtLeast | None:
    wait = table.table("at_least")
    if wait is None:
        return None
    rule = AtLeast(
        after=wait.text("after", required=True),
        wait=wait.term("wait", required=not wait.has("until")),
        fact=wait.optional_text("fact"),
        basis=wait.text("basis") or table.text("basis"),
        clock=wait.text("clock"),
        from_fact=wait.optional_text("from"),
        until_fact=wait.optional_text("until"),
    )
    _one_end(wait, "wait")
    wait.finish()
    return rule


def _extends(table: Table) -> Extends | None:
    extension = table.table("extends")
    if extension is None:
        return None
    rule = Extends(
        step=extension.text("step", required=True),
        by=extension.term("by", required=True) or "",
        at_most=extension.number("at_most", 1) or 1,
        basis=extension.text("basis") or table.text("basis"),
        clock=extension.text("clock"),
    )
    extension.finish()
    return rule


def _field(name: str, table: Table) -> Field:
    field = Field(
        name=name,
        label=table.text("label", required=True),
        kind=table.one_of("kind", FIELD_KINDS, "text", required=True),
        required=table.flag("required"),
        help=table.text("help"),
        max=table.number("max"),
        choices=_choices(table),
        when=table.condition("when"),
        personal=table.flag("personal"),
        default_fact=table.optional_text("default_fact"),
        from_parent=table.optional_text("from_parent"),
        not_before=table.texts("not_before", single=True),
        not_after=table.texts("not_after", single=True),
        happened=table.flag("happened"),
        elsewhere=table.flag("elsewhere"),
        pool=table.text("pool", required=table.data.get("kind") == "drawn"),
        count=table.text("count", required=table.data.get("kind") == "drawn"),
        seed=table.text("seed", required=table.data.get("kind") == "drawn"),
    )
    choosing = field.kind in ("choice", "choices")
    if choosing and not table.has("choices"):
        table.wrong("choices", "没有列出可选项", '请写 choices = [["代码", "名称"], …]')
    if not choosing and table.has("choices"):
        table.wrong("choices", f"“{field.kind}”不需要可选项", "请删去 choices，或把 kind 改为 choice")
    table.finish()
    return field


def _choices(table: Table) -> tuple[tuple[str, str], ...]:
    choices: list[tuple[str, str]] = []
    for position, item in enumerate(table.items("choices")):
        where = f"choices[{position}]"
        if not (isinstance(item, list) and len(item) == 2 and all(isinstance(part, str) for part in item)):
            table.wrong(where, f"应当是代码和名称两项，现在是 {item!r}", '如 ["warning", "警告"]')
        elif item[0] in (code for code, _ in choices):
            table.wrong(where, f"代码“{item[0]}”重复", "每个代码只能出现一次")
        else:
            choices.append((item[0], item[1]))
    return tuple(choices)
