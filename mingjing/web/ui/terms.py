"""Terms of procedure files in words: ``15wd`` is 15个工作日; what must be done by when, and after what."""

from __future__ import annotations

from datetime import date

from mingjing.kernel.conditions import Condition, Name
from mingjing.kernel.procedure import Procedure, Step
from mingjing.kernel.tables import length, named_term
from mingjing.kernel.terms import Length
from mingjing.law import queries as law

# Far enough that of each named term the newest general value is read: a guide is not about any one day.
_NEWEST = date(9999, 12, 30)


def term(text: str) -> str:
    """A length of the codex in words, without spaces; a named one (``@decision_days``) by its general value."""
    said = _length(text)
    if said.before:
        return f"{Length(said.number, said.unit).words}前".replace(" ", "")
    return said.words.replace(" ", "")


def _length(text: str) -> Length:
    name = named_term(text)
    return length(text if name is None else str(law.profile("general", _NEWEST)[name]))


def _since(opener: Step, within: str) -> str:
    """A term with what it runs from: 立案起90日内; 立案后1月10日前."""
    if _length(within).unit == "date":
        return f"{opener.title}后{term(within)}"
    special = "（领域另有规定的从其规定）" if named_term(within) else ""
    return f"{opener.title}起{term(within)}内{special}"


def terms_of(procedure: Procedure, step: Step) -> tuple[str, ...]:
    """Every dated term that bears on a step, in short sentences; equal ones once."""
    said = [*_duties(procedure, step), *_rights(procedure, step)]
    return tuple(dict.fromkeys(said))


def _duties(procedure: Procedure, step: Step) -> list[str]:
    return [
        f"{_since(opener, duty.within)}{_only(procedure, duty.when)}"
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
