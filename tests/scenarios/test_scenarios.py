"""Every scenario of the codex goes as its author wrote it, and every end of every procedure has one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mingjing.kernel import procedure as procedures
from mingjing.kernel import scenarios
from mingjing.kernel.procedure import Procedure
from mingjing.kernel.scenarios import Result, Scenario
from mingjing.law import queries as law

CODEX = Path(__file__).resolve().parents[2] / "codex"
PROCEDURES = sorted((CODEX / "procedures").glob("*.toml"))
SCENARIOS = sorted((CODEX / "scenarios").glob("*/*.toml"))


@cache
def procedure(name: str) -> Procedure:
    return procedures.load(CODEX / "procedures" / f"{name}.toml")


def run(scenario: Scenario) -> Result:
    def constants_on(day: date) -> Mapping[str, Any]:
        person = bool(scenario.facts.get("party_is_person"))
        return law.constants(scenario.profile or "general", day, person=person)

    return scenarios.run(scenario, procedure(scenario.procedure), law.calendar(), constants_on)


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}" if path.parent.name != "procedures" else path.stem


@pytest.mark.parametrize("path", SCENARIOS, ids=named)
def test_the_case_goes_as_written(path: Path) -> None:
    result = run(scenarios.load(path))

    assert result.ok, result.deviation


@pytest.mark.parametrize("path", SCENARIOS, ids=named)
def test_a_scenario_lies_in_the_folder_of_its_procedure(path: Path) -> None:
    assert scenarios.load(path).procedure == path.parent.name


@pytest.mark.parametrize("path", PROCEDURES, ids=named)
def test_every_end_of_the_procedure_has_a_scenario(path: Path) -> None:
    results = [run(scenarios.load(each)) for each in SCENARIOS if each.parent.name == path.stem]

    _, missing = scenarios.exits_covered(procedure(path.stem), results)

    assert not missing


@pytest.mark.parametrize("path", PROCEDURES, ids=named)
def test_every_refusal_that_a_procedure_can_give_by_law_has_a_scenario(path: Path) -> None:
    """Only the codes that the procedure's own keys can produce are asked for."""
    possible = {"window-lapsed"} if any(s.window for s in _steps(path)) else set()
    possible |= {"window-running"} if any(s.waits_for_windows for s in _steps(path)) else set()
    possible |= {"too-soon"} if any(s.at_least for s in _steps(path)) else set()
    possible |= {"milestone"} if any(s.not_while for s in _steps(path)) else set()
    possible |= {"guard"} if any(s.when for s in _steps(path)) else set()

    seen = {
        line.refused
        for each in SCENARIOS
        if each.parent.name == path.stem
        for line in scenarios.load(each).lines
    }

    assert possible <= seen


@pytest.mark.parametrize("path", PROCEDURES, ids=named)
def test_every_duty_names_its_provision(path: Path) -> None:
    for step in _steps(path):
        for duty in step.duties:
            assert duty.basis, f"{step.id} → {duty.step}"


def test_a_public_security_case_is_never_open_to_publication() -> None:
    """治安管理处罚法 art. 136: whatever the outcome, no step of the procedure opens a publication."""
    sealed = [scenarios.load(each) for each in SCENARIOS]
    sealed = [each for each in sealed if each.profile == "public_security"]

    assert {each.procedure for each in sealed} >= {"penalty-ordinary", "penalty-summary", "measure-sealing"}
    for scenario in sealed:
        included = run(scenario).marking.included
        assert included.isdisjoint({"publish", "publish_no_penalty"})


def _steps(path: Path) -> tuple[procedures.Step, ...]:
    return tuple(procedure(path.stem).steps.values())
