"""Terms of procedure files in words: ``15wd`` is 15个工作日; what must be done by when, and after what."""

from __future__ import annotations

import re

from mingjing.kernel.conditions import Condition, Name
from mingjing.kernel.procedure import Procedure, Step

_UNITS = {"wd": "个工作日", "d": "日", "m": "个月", "y": "年", "h": "小时"}
_TERM = re.compile(r"^\s*(\d+)\s*(wd|d|m|y|h)\s*(before)?\s*$")


def term(text: str) -> str:
    """A length of the codex in words; one that is written otherwise, as it stands."""
    match = _TERM.match(text)
    if match is None:
        return text
    count, unit, before = match.groups()
    return f"{count}{_UNITS[unit]}{'前' if before else ''}"


def terms_of(procedure: Procedure, step: Step) -> tuple[str, ...]:
    """Every dated term that bears on a step, in short sentences; equal ones once."""
    said = [*_duties(procedure, step), *_rights(procedure, step)]
    return tuple(dict.fromkeys(said))


def _duties(procedure: Procedure, step: Step) -> list[str]:
    return [
        f"{opener.title}起{term(duty.within)}内{_only(procedure, duty.when)}"
        for opener in procedure.steps.values()
        for duty in opener.duties
        if duty.step == step.id and duty.within
    ]


def _only(procedure: Procedure, when: Condition | None) -> str:
    """For which cases a special term holds, where a single derived fact says so."""
    titles = {rule.name: rule.title for rule in procedure.derived}
    if when is None or not isinstance(when.tree, Name) or when.tree.name not in titles:
        return ""
    return f"（{titles[when.tree.name]}）"


def _rights(procedure: Procedure, step: Step) -> list[str]:
    said = []
    if step.window is not None:
        said.append(f"{procedure.steps[step.window.after].title}后{term(step.window.within)}内")
    if step.at_least is not None and step.at_least.after == step.id:
        said.append(f"提前{term(step.at_least.wait)}")
    elif step.at_least is not None:
        said.append(f"{procedure.steps[step.at_least.after].title}满{term(step.at_least.wait)}后")
    return said
