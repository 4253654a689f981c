"""Every duty and every right that the scenarios open cites a provision in force that day, and a known clock."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from mingjing.kernel import engine, scenarios
from mingjing.kernel import procedure as procedures
from mingjing.kernel.procedure import Procedure
from mingjing.kernel.tables import named_term
from mingjing.law import queries as law
from mingjing.law.codex.checks import basis_problems

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted((ROOT / "codex" / "scenarios").glob("*/*.toml"))
PROCEDURES = sorted((ROOT / "codex" / "procedures").glob("*.toml"))
CLOCK = re.compile(r"[A-Z]+-[A-Z0-9-]+")
CLOCKS = ROOT.parent / "shared" / "domain" / "clocks.json"


@dataclass(frozen=True)
class Cited:
    """A duty or right that a scenario opened: what, on which basis, by which clock, on which day."""

    step: str
    basis: str
    clock: str
    on: date


@cache
def procedure(name: str) -> Procedure:
    return procedures.load(ROOT / "codex" / "procedures" / f"{name}.toml")


def opened(path: Path) -> Iterator[Cited]:
    """Everything that the scenario's steps open, in order."""
    scenario = scenarios.load(path)
    rules, marking = procedure(scenario.procedure), engine.begin(procedure(scenario.procedure))
    profile = scenario.profile or "general"
    is_person = bool(scenario.facts.get("party_is_person"))
    told = {"field": profile, **scenario.facts}
    for line in scenario.lines:
        if line.step is None or line.refused:
            continue
        # The values of the day of the step: a case may straddle a change of law.
        told |= line.facts
        facts = {**law.constants(profile, line.at.date(), person=is_person), **told}
        advance = engine.advance(rules, marking, line.step, facts, line.at, law.calendar())
        told |= rules.settled_by(rules.steps[line.step], rules.derive(facts), line.at.date())
        facts |= told
        marking = advance.marking
        for duty in advance.opened:
            yield Cited(duty.step, duty.basis, duty.clock, line.at.date())
        for window in engine.windows(rules, marking, facts, line.at):
            if window.state == "open":
                rule = rules.steps[window.step].window
                yield Cited(window.step, window.basis, rule.clock if rule else "", line.at.date())


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_a_case_opens_cites_law_in_force_on_the_day(path: Path) -> None:
    for one in opened(path):
        problems = [str(each) for each in basis_problems(one.basis, one.on, path.name, one.step)]
        assert one.basis
        assert problems == []


def test_the_scenarios_open_most_duties_and_rights_that_there_are() -> None:
    declared = {rule.step for path in PROCEDURES for step in _steps(path) for rule in step.duties}
    declared |= {step.id for path in PROCEDURES for step in _steps(path) if step.window}

    assert len({one.step for path in SCENARIOS for one in opened(path)} & declared) >= 0.8 * len(declared)


def _steps(path: Path) -> list[procedures.Step]:
    return list(procedure(path.stem).steps.values())


def clocks_used() -> dict[str, str]:
    """Every clock of every procedure, with a place where it is used."""
    used = {}
    for path in PROCEDURES:
        for step in procedure(path.stem).steps.values():
            used |= dict.fromkeys(step.clocks, f"{path.stem}/{step.id}")
    return used


def test_every_term_can_be_traced_and_every_clock_is_well_formed() -> None:
    """By the number of a clock, or as a value of the profiles, which says where it is from and how sure it is."""
    for path in PROCEDURES:
        for step in procedure(path.stem).steps.values():
            for duty in step.duties:
                traced = duty.clock or named_term(duty.within or "")
                assert traced or not duty.within, f"{step.id} → {duty.step}"
            assert step.window is None or step.window.clock, step.id
    assert all(CLOCK.fullmatch(clock) for clock in clocks_used())


def test_every_clock_stands_in_the_table_of_clocks() -> None:
    if not CLOCKS.is_file():
        pytest.skip(f"the table of clocks {CLOCKS.name} is not beside this checkout")
    known = {one["id"] for one in json.loads(CLOCKS.read_text(encoding="utf-8"))}

    assert {clock: where for clock, where in clocks_used().items() if clock not in known} == {}
