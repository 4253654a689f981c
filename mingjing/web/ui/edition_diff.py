"""Two editions of a procedure compared in words: which steps came, went, and what changed in the others."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mingjing.kernel.procedure import Procedure
from mingjing.law import queries as law
from mingjing.law.terms_in_words import term

from .conditions import Vocabulary, in_words
from .procedure_words import aspects
from .wording import law_refs


@dataclass(frozen=True)
class Aspect:
    """What changed under one head: lines that went and lines that came."""

    head: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True)
class Changed:
    """One step, or the procedure as a whole: ``state`` is new, gone or changed."""

    id: str
    title: str
    state: str
    aspects: tuple[Aspect, ...]


def compare(old: Procedure, new: Procedure, paper_titles: Mapping[str, str]) -> list[Changed]:
    """Every difference that a reader of the procedure would notice, the whole first, then steps in file order.

    Steps are matched by id: a step renamed keeps its history, one with a new id is another step.
    """
    before, after = aspects(old, paper_titles), aspects(new, paper_titles)
    found = [Changed("", "整部程序", "changed", tuple(_aspects(_whole(old), _whole(new))))]
    for id in [*after, *(name for name in before if name not in after)]:
        state = "new" if id not in before else "gone" if id not in after else "changed"
        title = (new if id in after else old).steps[id].title
        found.append(Changed(id, title, state, tuple(_aspects(before.get(id, {}), after.get(id, {})))))
    return [one for one in found if one.aspects]


def raw(old: str, new: str) -> list[tuple[str, str]]:
    """The two texts compared line by line: (kind, line), kind being gone, new, place or same."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2)
    kinds = {"-": "gone", "+": "new", "@": "place"}
    return [(kinds.get(line[:1], "same"), line) for line in list(lines)[2:]]


def _aspects(before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]]) -> Iterator[Aspect]:
    for head in dict.fromkeys((*before, *after)):
        old, new = before.get(head, ()), after.get(head, ())
        gone = tuple(line for line in old if line not in new)
        came = tuple(line for line in new if line not in old)
        if gone or came:
            yield Aspect(head, gone, came)
        elif list(old) != list(new):
            yield Aspect(head, (f"次序：{'、'.join(old)}",), (f"次序：{'、'.join(new)}",))


def _whole(procedure: Procedure) -> dict[str, list[str]]:
    words = Vocabulary(procedure)
    titles = law.profile_details("general", procedure.in_force)
    return {
        "名称": [procedure.title],
        "依据": [place.text for place in law_refs(procedure.basis)],
        "施行": [f"自{procedure.in_force}起" + (f"，至{procedure.until}止" if procedure.until else "")],
        "简介": [procedure.summary],
        "取值": [titles[name].title if name in titles else name for name in procedure.constants],
        "阶段": [stage.title for stage in procedure.stages],
        "结束方式": list(procedure.outcomes.values()),
        "认定": [f"{one.title}：{in_words(one.when, words) or one.when.text}" for one in procedure.derived],
        "推算日": [
            f"{one.title}：{'；'.join(term(rule.within) for rule in one.rules if rule.within)}"
            for one in procedure.reckoned
        ],
        "保证": [one.title for one in procedure.guarantees],
    }
