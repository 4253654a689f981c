"""The engine against a second, naive model of DCR graphs: sets, no time, written from the definition.

Small random procedures are walked at random. After every event both must agree on what is part of the
case, what is owed, what may be done next, why not, and whether the case may end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from mingjing.kernel import engine, procedure
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from tests.procedure_samples import CALENDAR

BEGINNING = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
END = "the_end"
CONDITIONS = {None: lambda flag: True, "flag": lambda flag: flag, "not flag": lambda flag: not flag}


# --- the naive model ---


@dataclass
class Naive:
    """A DCR graph and its marking; ``steps`` is the data of the procedure file itself."""

    steps: dict[str, dict[str, Any]]
    included: set[str] = field(default_factory=set)
    executed: set[str] = field(default_factory=set)
    pending: set[str] = field(default_factory=set)
    ended: bool = False

    def __post_init__(self) -> None:
        self.included = {name for name, step in self.steps.items() if step["included"]}

    def reasons_against(self, name: str, flag: bool) -> set[str]:
        """The code of every rule that forbids the step now; none if it is enabled."""
        step, starts = self.steps[name], {name for name, step in self.steps.items() if step["start"]}
        broken = {
            "ended": self.ended and not step["after_end"],
            "not-included": name not in self.included,
            "not-started": bool(starts) and name not in starts and not starts & self.executed,
            "too-often": step["once"] and name in self.executed,
            "guard": not CONDITIONS[step.get("when")](flag),
            "condition": bool((linked(step["after"], flag) & self.included) - self.executed),
            "milestone": bool(linked(step["not_while"], flag) & self.owed),
            "duties-owed": "ends" in step and bool(self.owed - {name} - linked(step["closes"], flag)),
        }
        return {code for code, is_broken in broken.items() if is_broken}

    @property
    def owed(self) -> set[str]:
        return self.pending & self.included

    def execute(self, name: str, flag: bool) -> None:
        """Discharge, exclude (which forgets what was owed there), include, respond."""
        step = self.steps[name]
        closed = linked(step["closes"], flag)
        self.executed |= {name}
        self.pending = self.pending - {name} - closed | linked(step["duties"], flag)
        self.included = self.included - closed | linked(step["opens"], flag)
        self.ended = self.ended or "ends" in step


def linked(links: list[dict[str, str]], flag: bool) -> set[str]:
    return {link["step"] for link in links if CONDITIONS[link.get("when")](flag)}


# --- random procedures and runs ---

# Every step is drawn as a few whole numbers, written out into its relations: drawing is what takes time.
relations = ("after", "not_while", "opens", "closes", "duties")
drawn_steps = st.lists(
    st.tuples(st.integers(0, 4095), *(st.integers(0, 1295) for _ in relations)), min_size=3, max_size=6
)


def links_of(number: int, names: list[str]) -> list[dict[str, str]]:
    """Up to two links to different steps, each perhaps under a condition."""
    links: dict[str, dict[str, str]] = {}
    for _ in range(2):
        number, place = divmod(number, 9)
        number, condition = divmod(number, 4)
        if place < len(names):
            when = {1: {"when": "flag"}, 2: {"when": "not flag"}}.get(condition, {})
            links[names[place]] = {"step": names[place], **when}
    return list(links.values())


def step_of(name: str, names: list[str], drawn: tuple[int, ...]) -> dict[str, Any]:
    """The data of one step; the last step is the end, which may neither open nor oblige."""
    traits, *numbers = drawn
    linked_steps = {key: links_of(number, names) for key, number in zip(relations, numbers, strict=True)}
    seldom = [traits >> shift & 3 == 3 for shift in range(0, 12, 2)]
    step = {
        "title": f"步骤{name}",
        "by": "handler",
        "basis": "行政处罚法/54",
        "start": seldom[0],
        "once": seldom[1],
        "included": not seldom[2],
        "after_end": seldom[3],
        **linked_steps,
        "after": [link for link in linked_steps["after"][:1] if link["step"] != name],
    }
    if seldom[4]:
        step["when"] = "flag" if seldom[5] else "not flag"
    if name == END:
        ends = {
            "start": False,
            "included": True,
            "after_end": False,
            "opens": [],
            "duties": [],
            "ends": "done",
        }
        step |= ends
    return step


def procedure_data(drawn: list[tuple[int, ...]]) -> dict[str, Any]:
    names = [f"s{number}" for number in range(len(drawn) - 1)] + [END]
    return {
        "id": "random",
        "title": "随机程序",
        "act": "penalty",
        "in_force": date(2021, 7, 15),
        "basis": "行政处罚法/54",
        "constants": ["flag"],
        "steps": {name: step_of(name, names, numbers) for name, numbers in zip(names, drawn, strict=True)},
        "outcomes": {"done": "结束"},
    }


procedures = drawn_steps.map(procedure_data)
runs = st.lists(st.integers(0, 119).map(lambda number: divmod(number, 2)), min_size=1, max_size=10)


def code_of(refused: Refused | None) -> str | None:
    return refused.code if refused else None


@settings(max_examples=400, deadline=None)
@given(procedures, runs)
def test_the_engine_and_the_naive_model_agree_after_every_event(data, run):
    read = procedure.read(data, "random.toml")
    marking, naive = engine.begin(read), Naive(data["steps"])
    for number, (choice, flag) in enumerate(run):
        at, facts = BEGINNING + timedelta(hours=number), {"flag": bool(flag)}
        agree(read, marking, naive, facts, at)
        enabled = [name for name in data["steps"] if not naive.reasons_against(name, flag)]
        if not enabled:
            continue
        step = enabled[choice % len(enabled)]
        owed_before = naive.owed
        advance = engine.advance(read, marking, step, facts, at, CALENDAR)
        naive.execute(step, flag)
        marking = advance.marking
        event("ended" if naive.ended else "still open")
        assert advance.discharged == ((step,) if step in owed_before else ())
        assert set(advance.cancelled) == owed_before - naive.owed - {step}
        assert engine.load(engine.dump(marking)) == marking
    agree(read, marking, naive, {"flag": True}, BEGINNING + timedelta(days=1))


def agree(read, marking, naive, facts, at):
    """Everything the two models say about the same moment is the same."""
    assert marking.included == naive.included
    assert marking.executed.keys() == naive.executed
    assert marking.pending.keys() == naive.pending
    assert {duty.step for duty in engine.duties(marking)} == naive.owed
    assert (marking.outcome is not None) == naive.ended
    told = engine.possible(read, marking, facts, at)
    assert told.keys() == naive.included
    for name in read.steps:
        reasons = naive.reasons_against(name, facts["flag"])
        refused = engine.why_not(read, marking, name, facts, at)
        assert (refused is None) == (not reasons), (name, refused, reasons)
        assert refused is None or refused.code in reasons
        assert code_of(told.get(name, refused)) == code_of(refused)


@settings(max_examples=60, deadline=None)
@given(procedures, runs)
def test_what_the_engine_calls_impossible_it_also_refuses_to_do(data, run):
    read = procedure.read(data, "random.toml")
    marking = engine.begin(read)
    for choice, flag in run:
        step, facts = list(read.steps)[choice % len(read.steps)], {"flag": bool(flag)}
        refused = engine.why_not(read, marking, step, facts, BEGINNING)
        if refused is None:
            marking = engine.advance(read, marking, step, facts, BEGINNING, CALENDAR).marking
            continue
        with pytest.raises(Refused) as raised:
            engine.advance(read, marking, step, facts, BEGINNING, CALENDAR)
        assert (raised.value.code, raised.value.reason) == (refused.code, refused.reason)
