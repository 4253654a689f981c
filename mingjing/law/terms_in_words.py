"""Terms of procedure files in words: ``15wd`` is 15个工作日; what must be done by when, and after what."""

from __future__ import annotations

from datetime import date

from mingjing.kernel.conditions import Condition, Name
from mingjing.kernel.procedure import Procedure, Step
from mingjing.kernel.tables import length, named_term
from mingjing.kernel.terms import Length
from mingjing.law.codex import profiles

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
    return length(text if name is None else str(profiles.constants("general", _NEWEST)[name].value))


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
    window, wait = step.window, step.at_least
    if window is not None and window.within and _length(window.within).before:
        said.append(f"{_event(procedure, window.after, window.from_fact)}{term(window.within)}")
    elif window is not None and window.within:
        said.append(f"{_event(procedure, window.after, window.from_fact)}后{term(window.within)}内")
    elif window is not None and window.until_fact:
        said.append(f"至{_label(procedure, window.until_fact)}为止")
    if wait is not None and wait.until_fact:
        said.append(f"{_label(procedure, wait.until_fact)}以后")
    elif wait is not None and wait.wait and wait.after == step.id:
        said.append(f"提前{term(wait.wait)}")
    elif wait is not None and wait.wait:
        said.append(f"{_event(procedure, wait.after, wait.from_fact)}满{term(wait.wait)}后")
    return said


def _event(procedure: Procedure, step: str, fact: str | None) -> str:
    """What a term runs from: the date a form gives, or the step itself."""
    return _label(procedure, fact) if fact else procedure.steps[step].title


def _label(procedure: Procedure, fact: str) -> str:
    """How people call a date: the label of its field or the title under which it is reckoned."""
    titles = {one.name: one.title for one in procedure.reckoned}
    labels = {field.name: field.label for _, field in procedure.fields()}
    return titles.get(fact) or labels.get(fact, fact)
