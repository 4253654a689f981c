"""Checking the whole codex: that every file fits every other file it names.

``law`` checks statutes, powers, benchmarks, profiles and calendars; this room adds procedures (and that
every marking of them can end), forms, needs, remedies, and the bases that procedures cite.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.conf import settings

from mingjing.cases.papers import forms, refining
from mingjing.kernel import explore
from mingjing.kernel.procedure import Procedure, ProcedureErrors, load, named_terms
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.kernel.tables import Problem, length, nearest
from mingjing.law import queries as law
from mingjing.law.codex import checks as law_checks
from mingjing.law.codex import files
from mingjing.law.codex.files import Problem as LawProblem
from mingjing.vault import classes

from . import recordings, rights
from .needs import NEEDS

NEWEST = date(9999, 12, 30)  # by which every value that is not superseded holds


def problems() -> list[Problem]:
    """Everything wrong with the codex, each with file, key and remedy, in Chinese. Empty means sound."""
    found = [_as_problem(one) for one in law_checks.problems()]
    for path in sorted((settings.MINGJING_CODEX / "procedures").glob("*.toml")):
        found += _procedure_problems(path)
    found += _form_problems()
    found += _refinement_problems()
    found += _remedy_problems()
    found += _retention_problems()
    found += _reason_problems()
    return found


def _refinement_problems() -> Iterator[Problem]:
    """Local refinements of forms that do anything but add, or that nobody approved."""
    for path in files.files(refining.LOCAL):
        try:
            refining.read(path)
        except Refused as refused:
            yield Problem(files.shown(path), refused.reason, refused.remedy or "")


def _retention_problems() -> Iterator[Problem]:
    """Classes of retention that cannot be read, or whose bases do not hold."""
    found = list(classes.problems())
    yield from found
    if not found:
        for one in classes.classes().values():
            yield from _basis_problems(one.basis, date(2026, 8, 15), f"retention {one.code}", "basis")


def _as_problem(one: LawProblem) -> Problem:
    return Problem(f"{one.file} {one.key}", one.message, one.remedy)


def _basis_problems(text: str, on: date, file: str, key: str) -> Iterator[Problem]:
    yield from map(_as_problem, law_checks.basis_problems(text, on, file, key))


def _procedure_problems(path: Path) -> Iterator[Problem]:
    shown = f"procedures/{path.name}"
    try:
        procedure = load(path)
    except ProcedureErrors as errors:
        yield from errors.problems
        return
    yield from procedure_problems(procedure, shown)


def procedure_problems(procedure: Procedure, shown: str) -> Iterator[Problem]:
    """Everything wrong with one procedure that its file does not show by itself; ``shown`` names the file."""
    for problem in (*explore.problems(procedure), *explore.broken_guarantees(procedure)):
        yield Problem(f"{shown} {problem.where}", problem.message, problem.remedy)
    on = max(procedure.in_force, date(2026, 8, 15))
    yield from _basis_problems(procedure.basis, on, shown, "basis")
    yield from _constant_problems(procedure, shown)
    yield from _clock_problems(procedure, shown)
    yield from rights.problems(procedure, shown)
    for key, bases in (
        ("guarantees", [one.basis for one in procedure.guarantees]),
        ("exempt", [one.basis for one in procedure.exemptions]),
    ):
        for number, text in enumerate(bases):
            yield from _basis_problems(text, on, shown, f"{key}[{number}].basis")
    for rule in procedure.steps.values():
        yield from _step_problems(rule, procedure, shown, on)


def _clock_problems(procedure: Procedure, shown: str) -> Iterator[Problem]:
    """Terms named by a number that the catalogue of terms does not have."""
    known = {clock.id for clock in law.clocks()}
    for rule in procedure.steps.values():
        for clock in sorted(rule.clocks - known):
            remedy = f"在 codex/clocks 中登记，或改正编号。{nearest(clock, known)}"
            yield Problem(f"{shown} steps.{rule.id}", f"期限总表没有编号“{clock}”", remedy)


def _constant_problems(procedure: Procedure, shown: str) -> Iterator[Problem]:
    """Constants that no profile gives, and terms named after a constant that holds no length."""
    known = {
        **law.constants("general", NEWEST, person=True),
        **law.constants("general", NEWEST, person=False),
    }
    for name in procedure.constants:
        if name not in known:
            remedy = f"在 codex/profiles/general.toml 中给出。{nearest(name, known)}"
            yield Problem(f"{shown} constants", f"通用规则没有名为“{name}”的取值", remedy)
    for rule in procedure.steps.values():
        for key, term in named_terms(rule):
            try:
                length(str(known.get(term, "")))
            except Refused as refused:
                yield Problem(f"{shown} steps.{rule.id}.{key}", refused.reason, refused.remedy or "改正取值")


def _step_problems(rule: Rule, procedure: Procedure, shown: str, on: date) -> Iterator[Problem]:
    key = f"steps.{rule.id}"
    for name in rule.needs:
        if name not in NEEDS:
            yield Problem(
                f"{shown} {key}.needs", f"没有名为“{name}”的条件", f"可用：{'、'.join(sorted(NEEDS))}"
            )
    for form in (*(paper.form for paper in rule.papers), *rule.serves):
        if form not in forms.catalogue():
            yield Problem(
                f"{shown} {key}.papers", f"没有名为“{form}”的文书格式", "在 codex/papers 中补上或改正名称"
            )
    bases: list[tuple[str, str]] = [(rule.basis, "basis"), (rule.recording_basis, "recording_basis")]
    bases += [(duty.basis, f"duties.{duty.step}.basis") for duty in rule.duties]
    if rule.window is not None:
        bases.append((rule.window.basis, "window.basis"))
    for text, part in bases:
        if text:
            yield from _basis_problems(text, on, shown, f"{key}.{part}")


def _form_problems() -> Iterator[Problem]:
    for path in sorted(forms.FOLDER.glob("*.toml")):
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        for text in forms.problems(raw, path.stem):
            yield Problem(
                f"papers/{path.name}", text.partition("：")[2], "对照 mingjing/cases/papers 的说明改正"
            )
        if not path.with_suffix(".typ").exists():
            yield Problem(f"papers/{path.name}", "缺少同名的 .typ 版式文件", "补上版式文件，或删去这个格式")


def _remedy_problems() -> Iterator[Problem]:
    for path in sorted((settings.MINGJING_CODEX / "remedies").glob("*.toml")):
        shown = f"remedies/{path.name}"
        for number, rule in enumerate(tomllib.loads(path.read_text(encoding="utf-8")).get("remedy", []), 1):
            for form in rule["forms"]:
                if form not in forms.catalogue():
                    yield Problem(f"{shown} remedy[{number}].forms", f"没有文书格式“{form}”", "改正名称")
            for basis in rule["basis"]:
                yield from _basis_problems(basis, date(2026, 8, 15), shown, f"remedy[{number}].basis")


def _reason_problems() -> Iterator[Problem]:
    """Reasons for a missing recording: known levels, a constant that exists, and a basis in force."""
    shown = "recording/reasons.toml"
    constants = law.constants("general", NEWEST, person=True)
    for one in recordings.reasons().values():
        for level in {*one.levels, *one.confirm} - set(recordings.FILMED):
            yield Problem(f"{shown} {one.id}.levels", f"没有“{level}”这一级记录", "写 key 或者 full")
        if one.until and one.until not in constants:
            remedy = f"在 codex/profiles/general.toml 中给出。{nearest(one.until, set(constants))}"
            yield Problem(f"{shown} {one.id}.until", f"通用规则没有名为“{one.until}”的取值", remedy)
        yield from _basis_problems(one.basis, date(2026, 8, 15), shown, f"{one.id}.basis")
