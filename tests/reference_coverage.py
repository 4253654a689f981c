"""The page of what carries what: every statutory term, every paper, every requirement, and what is still open."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from mingjing.kernel.procedure import Procedure, Step

ROOT = Path(__file__).resolve().parent.parent
CODEX = ROOT / "codex"
STATES = {"done": "已有", "partly": "部分", "open": "尚未"}
Table = Callable[[Sequence[str], Iterable[Sequence[object]]], str]


def coverage(procedures: Sequence[Procedure], table: Table) -> str:
    """The page; ``table`` writes a Markdown table."""
    clocks, papers, requirements = list(_clocks(procedures)), list(_papers(procedures)), list(_requirements())
    carried = sum(bool(row[-1]) for row in clocks)
    formed = sum(bool(row[-2]) for row in papers)
    states = [row[-2] for row in requirements]
    counts = "，".join(f"{words} {states.count(words)} 项" for words in STATES.values())
    return (
        "# 落实情况\n\n"
        "每条法定期限、每种文书、方案的每项要求由什么承载。没有承载的留空，不算已经做到。\n\n"
        f"- 期限 {len(clocks)} 条，{carried} 条有承载；\n"
        f"- 文书 {len(papers)} 种，{formed} 种有格式；\n"
        f"- 要求 {len(requirements)} 项：{counts}。\n\n"
        f"“来源”：L 读过条文，P 读过摘录，G 见于公开文书，R 凭记忆待核。\n\n## 期限\n\n"
        + table(["编号", "事项", "长度", "谁", "依据", "来源", "承载"], clocks)
        + "\n## 文书\n\n"
        + table(["编号", "名称", "格式", "用于"], papers)
        + "\n## 要求\n\n"
        + table(["编号", "要求", "状态", "承载"], requirements)
    )


def _clocks(procedures: Sequence[Procedure]) -> Iterator[tuple[str, ...]]:
    from mingjing.law import queries as law

    for clock in law.clocks():
        steps = [
            f"{one.title}“{step.title}”"
            for one in procedures
            for step in one.steps.values()
            if clock.id in _named_by(step)
        ] + [
            f"{one.title}“{date.title}”"
            for one in procedures
            for date in one.reckoned
            if clock.id in {rule.clock for rule in date.rules}
        ]
        by = "；".join([*steps[:4], *([f"等 {len(steps)} 处"] if len(steps) > 4 else []), clock.carried])
        yield (
            clock.id,
            clock.title,
            clock.length or clock.note,
            clock.who,
            clock.basis,
            clock.sure,
            by.strip("；"),
        )


def _named_by(step: Step) -> set[str]:
    """The numbers of the terms that a step's relations name."""
    named = {duty.clock for duty in step.duties}
    parts: list[Any] = [step.window, step.at_least, step.extends]
    return named | {getattr(part, "clock", "") for part in parts if part is not None}


def _papers(procedures: Sequence[Procedure]) -> Iterator[tuple[str, ...]]:
    from mingjing.cases.papers import forms

    for code, paper in _read("papers.toml").items():
        made = [form for form in forms.catalogue().values() if form.code == code]
        ids = {form.id for form in made}
        used = [
            f"{one.title}“{step.title}”"
            for one in procedures
            for step in one.steps.values()
            if ids & {rule.form for rule in step.papers}
        ]
        more = [f"等 {len(used)} 处"] if len(used) > 3 else []
        yield (
            code,
            paper["title"],
            "、".join(f"《{form.title}》" for form in made),
            "；".join([*used[:3], *more]),
        )


def _requirements() -> Iterator[tuple[str, ...]]:
    for name, one in _read("requirements.toml").items():
        yield name, one["title"], STATES[one["state"]], one["by"]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((CODEX / name).read_text("utf-8"))
