"""The papers that the procedures issue exist, and the procedures ask for what the papers need."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from mingjing.cases.papers import forms
from mingjing.kernel import conduct
from mingjing.kernel.procedure_assembly import assembled

PROCEDURES = sorted((forms.FOLDER.parent / "procedures").glob("*.toml"))


# What ``cases.printing`` adds to the facts that people typed.
SUPPLIED = {"coercive_basis", "surcharge_arithmetic"}


def steps_of(path: Path) -> dict[str, Any]:
    """The steps of a procedure with those of its parts."""

    def read(file: Path) -> dict[str, Any]:
        return tomllib.loads(file.read_text("utf-8"))

    whole = assembled(read(path), lambda name: read(path.parent / "parts" / f"{name}.toml"))
    steps: dict[str, Any] = whole["steps"]
    return steps


def papers_of(step: dict[str, Any]) -> list[str]:
    return [paper if isinstance(paper, str) else paper["form"] for paper in step.get("papers", [])]


@pytest.mark.parametrize("path", PROCEDURES, ids=lambda path: path.stem)
def test_every_paper_of_a_procedure_has_its_form(path: Path) -> None:
    steps = steps_of(path)
    wanted = {paper for step in steps.values() for paper in papers_of(step)}

    assert wanted - forms.catalogue().keys() == set()


@pytest.mark.parametrize("path", PROCEDURES, ids=lambda path: path.stem)
def test_every_required_field_is_asked_by_the_procedure_that_issues_the_paper(path: Path) -> None:
    steps = steps_of(path)
    asked = {fact for step in steps.values() for fact in step.get("facts", {})} | SUPPLIED
    if any("identity" in step for step in steps.values()):
        asked.add(conduct.SHOWN)  # the form asks it wherever the step says so
    asked |= {
        f"{duty['step']}_due_on"
        for step in steps.values()
        for duty in step.get("duties", [])
        if "within" in duty
    }
    unasked = {
        f"{step_id}: {paper}.{field.key}"
        for step_id, step in steps.items()
        for paper in papers_of(step)
        for field in forms.form(paper).required()
        if field.key not in asked and field.instead not in asked
    }

    assert unasked == set()
