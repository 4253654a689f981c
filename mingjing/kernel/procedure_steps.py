"""Reads the steps of a procedure file: their relations, terms, papers, duties and the fields of their forms."""

from __future__ import annotations

from dataclasses import replace

from mingjing.kernel.conduct import read_identity, with_conduct
from mingjing.kernel.procedure_parts import (
    AtLeast,
    Bar,
    DutyRule,
    Extends,
    Field,
    Fix,
    Link,
    PaperRule,
    Step,
    WindowRule,
)
from mingjing.kernel.tables import Table

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


def read_step(name: str, table: Table) -> Step:
    """One step as its table tells it; faults are noted in the table."""
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
    others = tuple(field for field in step.facts if replace(field, help="") != _FILM)
    if not filmed or any(field.kind == "files" for field in others):
        return step
    said = "全程" if step.recording == "full" else "关键过程"
    return replace(step, facts=(*others, replace(_FILM, help=f"本环节须对{said}音像记录。")))


def recorded_at_least(step: Step, level: str, basis: str) -> Step:
    """The step recorded as ``level`` asks and ``basis`` says, where it asks for more than the step does already."""
    if RECORDINGS.index(level) <= RECORDINGS.index(step.recording):
        return step
    bases = "; ".join(filter(None, (step.recording_basis, basis)))
    return _with_film(replace(step, recording=level, recording_basis=bases))


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


def _fixes(table: Table) -> tuple[Fix, ...]:
    inner = table.table("fixes")
    if inner is None:
        return ()
    found = ((name, inner.condition(name, required=True)) for name in inner.data)
    return tuple(Fix(name, when) for name, when in found if when is not None)
