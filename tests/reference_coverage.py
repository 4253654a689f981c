"""The page of what carries what: every statutory term, every paper, every requirement, and what is still open."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from mingjing.kernel.procedure import Procedure, Step
from mingjing.kernel.scenarios import Line, Pace

ROOT = Path(__file__).resolve().parent.parent
CODEX = ROOT / "codex"
STATES = {"done": "已有", "partly": "部分", "open": "尚未"}
# Sets every form of the catalogue with full, least and missing data.
ALL_FORMS = "tests/cases/test_papers_forms.py"
Table = Callable[[Sequence[str], Iterable[Sequence[object]]], str]


def coverage(procedures: Sequence[Procedure], table: Table) -> str:
    """The page; ``table`` writes a Markdown table."""
    proofs = Proofs(procedures)
    clocks, papers = list(_clocks(procedures, proofs)), list(_papers(procedures, proofs))
    requirements = list(_requirements())
    carried = sum(bool(row[6]) for row in clocks)
    tested = sum(bool(row[-1]) for row in clocks)
    formed = sum(bool(row[2]) for row in papers)
    states = [row[-2] for row in requirements]
    counts = "，".join(f"{words} {states.count(words)} 项" for words in STATES.values())
    return (
        "# 落实情况\n\n"
        "每条法定期限、每种文书、方案的每项要求由什么承载：写在哪个文件，在哪个页面办理，由哪个情景或者测试核对。"
        "没有承载的留空，不算已经做到。\n\n"
        f"- 期限 {len(clocks)} 条，{carried} 条有承载，{tested} 条有情景或者测试核对；\n"
        f"- 文书 {len(papers)} 种，{formed} 种有格式；\n"
        f"- 要求 {len(requirements)} 项：{counts}。\n\n"
        "“来源”：L 读过条文，P 读过摘录，G 见于公开文书，R 凭记忆待核。“文件”在 codex/ 下；“页面”中 … 为案件编号；"
        "“测试”中以斜线分开的是 codex/scenarios 下的情景，核对了这条期限的到期日、届满或者拒绝；"
        "注“走过”的，情景里出现过这条期限，但没有核对日期。\n\n## 期限\n\n"
        + table(["编号", "事项", "长度", "谁", "依据", "来源", "承载", "文件", "页面", "测试"], clocks)
        + "\n## 文书\n\n"
        + table(["编号", "名称", "格式", "用于", "文件", "页面", "测试"], papers)
        + "\n## 要求\n\n"
        + table(["编号", "要求", "状态", "承载"], requirements)
    )


def _clocks(procedures: Sequence[Procedure], proofs: Proofs) -> Iterator[tuple[str, ...]]:
    from mingjing.law import queries as law

    for clock in law.clocks():
        places = [(one, step) for one in procedures for step in one.steps.values() if clock.id in step.clocks]
        dates = [
            (one, date)
            for one in procedures
            for date in one.reckoned
            if clock.id in {rule.clock for rule in date.rules}
        ]
        steps = [f"{one.title}“{each.title}”" for one, each in (*places, *dates)]
        asked = re.findall(r"[a-z]+(?:_[a-z]+)+", clock.carried)
        needing = [
            (one, step) for one in procedures for step in one.steps.values() if set(asked) & set(step.needs)
        ]
        screens = [screen for one, step in places for screen in _screens(step, clock.id)]
        screens += [_screen(step.id) for _, step in needing]
        screens += ["/desk/cases/…" for _ in dates]
        kept = [proofs.file(one, step.id, clock.id) for one, step in places]
        kept += [f"procedures/{one.id}.toml" for one, _ in dates]
        kept += [f"procedures/{one.id}.toml" for one, _ in needing]
        kept += ["profiles/"] if "取值" in clock.carried else []
        yield (
            clock.id,
            clock.title,
            clock.length or clock.note,
            clock.who,
            clock.basis,
            clock.sure,
            _some([*steps, *([clock.carried] if clock.carried else [])], 4),
            _some(kept),
            _some(screens),
            _some(proofs.of_clock(clock.id) or proofs.naming(*asked, *(date.name for _, date in dates))),
        )


def _screens(step: Step, clock: str) -> list[str]:
    """Where the term is kept or used: the forms of the steps owed, or of the step whose right or wait it is."""
    owed = [_screen(duty.step) for duty in step.duties if duty.clock == clock]
    return owed or [_screen(step.id)]


def _screen(step: str) -> str:
    return f"/desk/cases/…/steps/{step}"


def _some(texts: Iterable[str], most: int = 3) -> str:
    """The first few of them, each once, and how many there are in all."""
    found = list(dict.fromkeys(texts))
    return "；".join([*found[:most], *([f"等 {len(found)} 处"] if len(found) > most else [])])


def _papers(procedures: Sequence[Procedure], proofs: Proofs) -> Iterator[tuple[str, ...]]:
    from mingjing.cases.papers import forms

    for code, paper in _read("papers.toml").items():
        made = [form for form in forms.catalogue().values() if form.code == code]
        ids = {form.id for form in made}
        used = [
            (one, step, rule.form)
            for one in procedures
            for step in one.steps.values()
            for rule in step.papers
            if rule.form in ids
        ]
        screens = [f"{_screen(step.id)}/preview/{form}.pdf" for _, step, form in used]
        screens += ["/desk/cases/…/dossier.pdf"] if any(form.part == "frame" for form in made) else []
        tests = [f"{ALL_FORMS}（{form.id}）" for form in made] + proofs.naming(*ids)
        yield (
            code,
            paper["title"],
            "、".join(f"《{form.title}》" for form in made),
            _some(f"{one.title}“{step.title}”" for one, step, _ in used),
            _some(f"papers/{form.id}.typ" for form in made),
            _some(screens),
            _some(tests),
        )


class Proofs:
    """Which scenario or test holds the code to a term, and in which file a step is written."""

    def __init__(self, procedures: Sequence[Procedure]) -> None:
        self.procedures = {one.id: one for one in procedures}
        self.asserted: dict[str, list[str]] = {}
        self.passed: dict[str, list[str]] = {}
        self.tests = {path: path.read_text("utf-8") for path in sorted((ROOT / "tests").rglob("test_*.py"))}
        for path in sorted((CODEX / "scenarios").glob("*/*.toml")):
            self._run(path)

    def of_clock(self, clock: str) -> list[str]:
        """Scenarios that check a date, lapse or refusal of the term, else tests that name it, else what ran it."""
        found = self.asserted.get(clock) or self.naming(clock)
        return found or [f"{name}（走过）" for name in self.passed.get(clock, ())]

    def naming(self, *words: str) -> list[str]:
        """The test files in which one of the words stands as a whole."""
        whole = [re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])") for word in words]
        return [
            path.relative_to(ROOT).as_posix()
            for path, text in self.tests.items()
            if any(word.search(text) for word in whole)
        ]

    def file(self, procedure: Procedure, step: str, clock: str) -> str:
        """The file that gives the step its term: the procedure's own, or the shared part it uses."""
        own = _read(f"procedures/{procedure.id}.toml")
        for name in own.get("uses", []):
            shared = _read(f"procedures/parts/{name}.toml").get("steps", {})
            if clock in str(shared.get(step)) and clock not in str(own["steps"].get(step)):
                return f"procedures/parts/{name}.toml"
        return f"procedures/{procedure.id}.toml"

    def _run(self, path: Path) -> None:
        from mingjing.kernel import scenarios
        from mingjing.law import queries as law

        scenario = scenarios.load(path)
        procedure = self.procedures.get(scenario.procedure)
        if procedure is None:
            return
        name = f"{path.parent.name}/{path.stem}"
        person = bool(scenario.facts.get("party_is_person"))
        paces = scenarios.walk(
            scenario,
            procedure,
            law.calendar(),
            lambda on: law.constants(scenario.profile or "general", on, person=person),
        )
        for line, pace in zip(scenario.lines, paces, strict=True):
            for clock in _parted(_asserted(procedure, line, pace)):
                self.asserted.setdefault(clock, []).append(name)
            for clock in _parted(duty.clock for duty in pace.owed):
                self.passed.setdefault(clock, []).append(name)


def _parted(clocks: Iterable[str]) -> Iterator[str]:
    """The numbers one by one: a term whose length differs by field names one for each, parted by semicolons."""
    for several in clocks:
        yield from (one.strip() for one in several.split(";"))


# The refusals that come of a term, and the part of a step that names the term.
_BY_TERM = {
    "window-lapsed": "window",
    "window-running": "window",
    "too-soon": "at_least",
    "not-yet": "at_least",
}


def _asserted(procedure: Procedure, line: Line, pace: Pace) -> Iterator[str]:
    """The terms that a line of a scenario holds the procedure to."""
    expect = line.expect
    if expect is not None:
        days = {(step, day) for step, day in expect.owed.items() if day}
        yield from (duty.clock for duty in pace.owed if (duty.step, duty.due_on) in days)
        windows = [procedure.steps[name].window for name in expect.lapsed]
        yield from (window.clock for window in windows if window)
    step = procedure.steps.get(line.step or "")
    if step is None:
        return
    part = getattr(step, _BY_TERM.get(line.refused or "", ""), None) if line.refused else step.extends
    if part is not None:
        yield part.clock
    if line.refused == "window-running":
        windows = [procedure.steps[name].window for name in step.waits_for_windows]
        yield from (window.clock for window in windows if window)


def _requirements() -> Iterator[tuple[str, ...]]:
    for name, one in _read("requirements.toml").items():
        yield name, one["title"], STATES[one["state"]], one["by"]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((CODEX / name).read_text("utf-8"))
