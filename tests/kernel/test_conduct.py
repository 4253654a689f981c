"""亮证、告知: what ``identity`` and ``tells`` of a procedure file mean for the form of a step, and what came of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mingjing.kernel import conduct
from mingjing.kernel.procedure import Step
from mingjing.kernel.procedure_reading import ProcedureErrors, read

BASE: dict[str, Any] = {
    "id": "sample",
    "title": "样例",
    "act": "inspection",
    "in_force": date(2026, 1, 1),
    "basis": "行政处罚法/55",
    "outcomes": {"done": "办结"},
}


def step(**given: Any) -> Step:
    facts = given.pop("facts", {})
    data = {"title": "到场", "by": "handler", "start": True, "ends": "done", "facts": facts, **given}
    return read({**BASE, "steps": {"arrive": data}}, "sample.toml").steps["arrive"]


def names(one: Step) -> list[str]:
    return [field.name for field in one.facts]


def test_a_step_that_says_nothing_asks_nothing() -> None:
    one = step()

    assert (one.identity, one.tells, names(one), one.needs) == (None, "", [], ())


def test_where_the_law_knows_no_exception_none_is_offered() -> None:
    one = step(identity="always")

    assert names(one) == ["certificates_shown", "uniform_worn", "uniform_reason", "uniform_photo"]
    assert [code for code, _ in one.facts[0].choices] == ["yes"]
    assert one.needs == ("identity_shown",)


def test_an_exception_is_asked_with_its_reason_only_where_nothing_was_shown() -> None:
    one = step(identity="reason")
    asked = {field.name: field for field in one.facts}

    for name in ("identity_exception", "identity_reason"):
        when = asked[name].when
        assert asked[name].required
        assert when is not None
        assert when.holds({"certificates_shown": "no"})
        assert not when.holds({"certificates_shown": "yes"})


def test_uniform_is_asked_of_organs_that_have_one() -> None:
    worn = next(field for field in step(identity="reason").facts if field.name == "uniform_worn")

    assert worn.when is not None
    assert worn.when.holds({"organ_uniform": True})
    assert not worn.when.holds({"organ_uniform": False})


def test_what_the_step_writes_itself_is_kept_as_written() -> None:
    own = {"label": "出示", "kind": "choice", "required": True, "choices": [["yes", "是"], ["no", "否"]]}
    one = step(identity="told", facts={"certificates_shown": own})

    assert one.facts[0].label == "出示"
    assert names(one).count("certificates_shown") == 1


def test_showing_may_depend_on_how_a_paper_is_served() -> None:
    method = {"label": "方式", "kind": "choice", "choices": [["direct", "直接"], ["postal", "邮寄"]]}
    one = step(
        identity={"level": "reason", "when": "service_method == 'direct'"}, facts={"service_method": method}
    )

    assert conduct.outcome(one, {"service_method": "postal"}).kind == ""
    assert conduct.outcome(one, {"service_method": "direct"}).kind == "missing"


@pytest.mark.parametrize(
    ("facts", "kind", "exception"),
    [
        ({"certificates_shown": "yes"}, "shown", ""),
        ({"certificates_shown": True}, "shown", ""),
        ({"certificates_shown": "no", "identity_exception": "urgent"}, "excepted", "urgent"),
        ({"certificates_shown": "no"}, "missing", ""),
        ({}, "missing", ""),
    ],
)
def test_what_came_of_it(facts: dict[str, Any], kind: str, exception: str) -> None:
    assert conduct.outcome(step(identity="reason"), facts) == conduct.Outcome(kind, exception)


def test_a_notice_is_acknowledged_and_a_refusal_names_a_witness() -> None:
    one = step(tells="site")
    asked = {field.name: field for field in one.facts}

    assert asked["rights_told"].required
    assert asked["notice_reply"].required
    for name in ("notice_refusal", "notice_witness"):
        when = asked[name].when
        assert when is not None
        assert when.holds({"notice_reply": "refused"})
        assert not when.holds({"notice_reply": "paper"})


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ProcedureErrors, match="identity"):
        step(identity="sometimes")
