"""结论的种类: what a decision came to, as statistics count it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mingjing.cases.models import Case, Paper
from mingjing.cases.papers import forms
from mingjing.law import queries as law

PENALTY_KINDS = "penalty_kinds"


def kinds_of(case: Case, paper: Paper) -> str:
    """The outcomes of a decision, joined by commas: the kinds of a penalty, else the form of the paper.

    Source: 行政处罚法/9 for the kinds of penalty; domain: a decision counts under each of its kinds.
    """
    kinds = case.facts.get(PENALTY_KINDS) or []
    if case.act == "penalty" and kinds and case.facts.get("outcome", "penalize") == "penalize":
        return ",".join(kinds)
    return paper.form


def titles(on: date) -> Mapping[str, str]:
    """What the outcomes are called. Cost: no query."""
    named = {form.id: form.title.removesuffix("书") for form in forms.catalogue().values()}
    for _, field in law.procedure_in_force("penalty-ordinary", on).fields():
        if field.name == PENALTY_KINDS:
            named |= dict(field.choices)
    return named
