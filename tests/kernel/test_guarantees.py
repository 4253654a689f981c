"""Guarantees: proved over every case the rules allow, and broken ones found; facts fixed at a step stay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mingjing.kernel import conditions, engine, procedure
from mingjing.kernel.procedure import ProcedureErrors
from tests.procedure_samples import CALENDAR, CODEX, moment, procedure_of

PROCEDURES = [procedure.load(path) for path in sorted((CODEX / "procedures").glob("*.toml"))]
GUARANTEES = [(one, guarantee) for one in PROCEDURES for guarantee in one.guarantees]
KIND = {
    "kind": {
        "label": "种类",
        "kind": "choice",
        "choices": [["light", "轻"], ["grave", "重"]],
        "required": True,
    }
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("one", "guarantee"), GUARANTEES, ids=[f"{one.id}: {guarantee.title}" for one, guarantee in GUARANTEES]
)
def test_no_case_that_the_rules_allow_breaks_a_guarantee_of_the_codex(one, guarantee):
    assert procedure.broken_guarantees(replace(one, guarantees=(guarantee,))) == []


def broken(steps, *, title="没有审核不得决定", step="decide", requires=("review",), **more):
    guarantee = {"title": title, "step": step, "requires": list(requires), "basis": "行政处罚法/58", **more}
    start = {"file": {"title": "立案", "start": True, "once": True}}
    return procedure.broken_guarantees(procedure_of({**start, **steps}, guarantees=[guarantee]))


def test_a_guarantee_that_the_relations_keep_holds():
    steps = {"review": {}, "decide": {"after": ["review"], "ends": "done"}}

    assert broken(steps) == []


def test_a_way_round_breaks_it_and_is_told():
    steps = {
        "review": {"title": "审核"},
        "skip": {"closes": ["review"]},
        "decide": {"title": "决定", "after": ["review"], "ends": "done"},
    }

    (problem,) = broken(steps)
    assert "可以不经“审核”就办理“决定”" in problem.message


def test_any_of_the_alternatives_is_enough_and_a_lapse_is_one_of_them():
    window = {"after": "tell", "within": "5wd", "basis": "行政处罚法/64(1)"}
    steps = {
        "tell": {},
        "ask": {"by": "party", "window": window},
        "decide": {"after": ["tell"], "waits_for_windows": ["ask"], "ends": "done"},
    }

    assert broken(steps, requires=["ask", "lapse:ask"]) == []
    assert len(broken(steps, requires=["ask"])) == 1


def graver(guard):
    """Review is opened by what was proposed; the decision may name another kind than the proposal did."""
    return {
        "propose": {
            "facts": KIND,
            "opens": [{"step": "review", "when": "kind == 'grave'"}],
            "duties": [{"step": "review", "when": "kind == 'grave'"}],
            "fixes": {"review_due": "kind == 'grave'"},
        },
        "review": {"included": False},
        "decide": {"after": ["propose"], "not_while": ["review"], "facts": KIND, "ends": "done", **guard},
    }


def test_a_decision_graver_than_what_was_proposed_escapes_unless_it_is_held_to_what_was_fixed():
    """The hole is real: without the guard a light proposal may end in a grave decision that nobody reviewed."""
    guard = {"when": "not (kind == 'grave' and not review_due)"}

    assert len(broken(graver({}), when="kind == 'grave'")) == 1
    assert broken(graver(guard), when="kind == 'grave'") == []


def test_the_engine_keeps_what_was_fixed_and_refuses_the_graver_decision():
    guard = {"when": "not (kind == 'grave' and not review_due)"}
    made = procedure_of({"file": {"title": "立案", "start": True}, **graver(guard)})
    marking, facts = engine.begin(made), {}
    for step, told in (("file", {}), ("propose", {"kind": "light"})):
        facts |= told
        facts |= made.settled_by(made.steps[step], made.derive(facts), moment(3, 2).date())
        marking = engine.advance(made, marking, step, facts, moment(3, 2), CALENDAR).marking

    assert facts["review_due"] is False
    assert engine.why_not(made, marking, "decide", {**facts, "kind": "light"}, moment(3, 3)) is None
    assert engine.why_not(made, marking, "decide", {**facts, "kind": "grave"}, moment(3, 3)).code == "guard"


def test_a_guarantee_may_only_name_what_exists():
    with pytest.raises(ProcedureErrors) as refusal:
        broken({"decide": {"ends": "done"}}, requires=["revue"])
    assert "没有“revue”这个步骤" in str(refusal.value)

    with pytest.raises(ProcedureErrors) as refusal:
        broken({"review": {}, "decide": {"ends": "done"}}, requires=["lapse:review"])
    assert "不会届满" in str(refusal.value)


def test_the_fine_may_not_rise_above_what_was_reviewed():
    """Notice of a higher fine than the reviewed one would make legal review (行政处罚法 art. 58) idle."""
    ordinary = next(one for one in PROCEDURES if one.id == "penalty-ordinary")
    guard = ordinary.steps["advance_notice"].when

    assert guard is not None
    assert not guard.holds({"fine_fen": 100_000, "noticed_fine_fen": 100_001})
    assert guard.holds({"fine_fen": 100_000, "noticed_fine_fen": 100_000})
    assert guard.holds({"fine_fen": 100_000})
    assert conditions.parse("not (is_major and not review_due)").holds({"is_major": True, "review_due": True})


# --- guarantees that a form or the conditions of the step keep, and what is said of none ---


def kept_by(step, **proof):
    guarantee = {"title": "当场听取", "step": "seize", "kind": "defence", "basis": "行政强制法/18", **proof}
    steps = {"file": {"title": "立案", "start": True}, "seize": {"ends": "done", **step}}
    return procedure.broken_guarantees(procedure_of(steps, guarantees=[guarantee]))


@pytest.mark.parametrize(
    ("field", "holds"),
    [
        ({"required": True}, True),
        ({"required": False}, False),
        ({"required": True, "when": "flag"}, False),  # somebody may leave it out
    ],
)
def test_a_form_keeps_a_guarantee_only_by_a_field_that_is_always_asked(field, holds):
    step = {
        "facts": {
            "view": {"label": "意见", "kind": "long", **field},
            "flag": {"label": "是否", "kind": "bool"},
        }
    }

    assert (kept_by(step, asks=["view"]) == []) is holds
    assert len(kept_by(step, asks=["other"])) == 1


def test_a_condition_of_the_step_keeps_a_guarantee():
    assert kept_by({"needs": ["two_certified_officers"]}, needs=["two_certified_officers"]) == []
    assert "needs" in kept_by({}, needs=["two_certified_officers"])[0].where


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"guarantees": [{"title": "空", "step": "end", "basis": "行政处罚法/44"}]}, "没有写靠什么保证"),
        (
            {"guarantees": [{"title": "空", "step": "end", "kind": "tea", "asks": ["x"], "basis": "x/1"}]},
            "不能是“tea”",
        ),
        (
            {"exempt": [{"steps": ["ende"], "kinds": ["notice"], "reason": "急", "basis": "x/1"}]},
            "没有“ende”这个步骤",
        ),
        (
            {"exempt": [{"steps": ["end"], "kinds": ["tea"], "reason": "急", "basis": "x/1"}]},
            "没有“tea”这种保证",
        ),
        ({"exempt": [{"steps": ["end"], "kinds": ["notice"], "basis": "x/1"}]}, "缺少“reason”"),
    ],
)
def test_a_wrong_guarantee_or_exemption_is_told(more, message):
    with pytest.raises(ProcedureErrors) as refusal:
        procedure_of({"end": {"ends": "closed"}}, **more)

    assert message in str(refusal.value)
