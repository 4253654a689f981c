"""The walk through every way of a case: it finds what was planted, and nothing in the codex's procedures."""

from __future__ import annotations

import pytest

from mingjing.kernel import procedure
from tests.procedure_samples import CODEX, procedure_of

START = {"title": "立案", "start": True, "once": True}
FILES = sorted((CODEX / "procedures").glob("*.toml"))


def found(steps, **more):
    return procedure.problems(procedure_of({"file": START, **steps}, **more))


def test_a_sound_procedure_has_no_problems():
    steps = {"decide": {"after": ["file"]}, "close": {"after": ["decide"], "ends": "closed"}}

    assert found(steps) == []


def test_a_planted_dead_end_is_told_with_the_way_into_it():
    steps = {
        "shelve": {"title": "搁置", "closes": ["close"]},
        "close": {"title": "结案", "after": ["file"], "ends": "closed"},
    }

    (problem,) = found(steps)
    assert problem.message == "有的案件永远不能结束：“立案” → “搁置”"
    assert "closes" in problem.remedy


def test_a_duty_that_can_never_be_done_is_found():
    steps = {
        "order": {"title": "责令改正", "duties": ["recheck"], "closes": ["inspect"]},
        "inspect": {"title": "检查", "closes": ["order"], "opens": ["recheck"]},
        "recheck": {"title": "复查", "not_while": ["recheck"]},
        "close": {"title": "结案", "ends": "closed"},
    }

    problems = found(steps)
    assert any(problem.message == "“复查”成为义务以后永远无法履行" for problem in problems), problems
    assert any("“立案” → “责令改正”" in problem.message for problem in problems), problems


def test_a_step_that_no_case_reaches_is_found():
    steps = {"hear": {"title": "听证", "included": False}, "close": {"title": "结案", "ends": "closed"}}

    (problem,) = found(steps)
    assert problem.where == "sample.toml: steps.hear"
    assert problem.message == "任何案件都走不到“听证”这一步"


def test_an_outcome_that_no_case_reaches_is_found():
    steps = {
        "close": {"title": "结案", "ends": "closed"},
        "drop": {"title": "撤案", "ends": "dropped", "when": "flag and not flag"},
    }

    places = {
        problem.where
        for problem in found(steps, constants=["flag"], outcomes={"closed": "结案", "dropped": "撤案"})
    }
    assert places == {"sample.toml: steps.drop", "sample.toml: outcomes.dropped"}


def test_a_term_without_a_basis_is_found():
    order = {"basis": "", "duties": [{"step": "close", "within": "7wd", "title": "办结"}]}

    (problem,) = found({"order": order, "close": {"ends": "closed"}})
    assert problem.message == "义务“办结”没有依据"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_is_wrong_with_a_procedure_of_the_codex(path):
    assert procedure.problems(procedure.load(path)) == []


def test_an_effect_of_silence_may_come_whenever_its_term_can_pass():
    """Without the effect the case could not end while the organ stays silent; with it, it can."""
    ask = {"duties": [{"step": "answer", "within": "5wd"}], "opens": ["answer", "deemed"]}
    deemed = {"by": "system", "deemed_after": "answer", "once": True, "included": False, "ends": "deemed"}
    answer = {"included": False, "closes": ["deemed"], "when": "flag"}
    steps = {"ask": ask, "answer": answer, "deemed": {**deemed, "closes": ["answer"]}}

    assert found(steps, constants=["flag"]) == []
