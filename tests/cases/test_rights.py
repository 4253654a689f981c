"""No decision of any procedure escapes notice, defence, legal review and two officers, or the law says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mingjing.cases import rights
from mingjing.kernel.procedure import GUARANTEE_KINDS, Procedure
from mingjing.law import queries as law
from tests.procedure_samples import CODEX

ON = date(2026, 9, 1)
NAMES = sorted(path.stem for path in (CODEX / "procedures").glob("*.toml") if "@" not in path.stem)


def procedure(name: str) -> Procedure:
    return law.procedure(name, ON)


@pytest.mark.parametrize("name", NAMES)
def test_every_deciding_step_has_each_guarantee_or_a_reason_in_law(name: str) -> None:
    """That the guarantees hold in every case is proved in tests/kernel/test_guarantees.py."""
    assert list(rights.problems(procedure(name), name)) == []


# The decisions that the law hedges about most, and how each is kept: a hole here is a hole in somebody's rights.
@pytest.mark.parametrize(
    ("name", "step", "kinds"),
    [
        ("penalty-ordinary", "decide", "notice defence review officers"),
        ("penalty-summary", "spot_decision", "notice defence officers"),
        ("measure-sealing", "implement", "notice defence review officers"),
        ("measure-freezing", "freeze", "review officers"),
        ("measure-power", "cut_off", "notice defence review officers"),
        ("measure-restraint", "restrain", "notice defence officers"),
        ("execution-own", "decide", "notice defence review officers"),
        ("execution-own", "execute", "notice defence review officers"),
        ("execution-substitute", "decide", "notice defence review officers"),
        ("execution-substitute", "perform", "notice defence review officers"),
        ("execution-court", "apply", "notice"),
        ("levy", "decide", "notice defence review"),
        ("levy", "surcharge", "notice"),
        ("expropriation", "decide", "notice defence review officers"),
        ("expropriation-compensation", "decide", "notice defence review"),
        ("requisition", "decide_compensation", "defence review"),
        ("license-ordinary", "decide", "notice defence review officers"),
        ("license-change", "decide", "notice defence review officers"),
        ("license-renewal", "decide", "notice defence review officers"),
        ("license-withdrawal", "decide", "notice defence review"),
        ("license-cancellation", "cancel", "notice defence"),
        ("adjudication", "decide", "notice defence review"),
        ("inspection", "correction_order", "notice officers"),
        ("transfer-crime", "transfer_decision", "officers"),
        ("state-compensation", "decide", "defence"),
    ],
)
def test_the_gravest_decisions_are_guaranteed_and_not_exempt(name: str, step: str, kinds: str) -> None:
    of = procedure(name)

    promised = {one.kind for one in of.guarantees if one.step == step}
    excused = {kind for one in of.exemptions if step in one.steps for kind in one.kinds}
    assert set(kinds.split()) <= promised
    assert not set(kinds.split()) & excused


def test_a_procedure_that_says_nothing_is_told_each_kind() -> None:
    silent = replace(procedure("execution-own"), guarantees=(), exemptions=())

    told = [one.message for one in rights.problems(silent, "x.toml") if "“强制执行决定”" in one.message]
    assert len(told) == len(GUARANTEE_KINDS)
    assert all(any(words in one for one in told) for words in GUARANTEE_KINDS.values())


def test_two_officers_are_not_promised_by_a_step_that_one_may_take() -> None:
    of = procedure("penalty-ordinary")
    promise = next(one for one in of.guarantees if one.kind == "officers" and one.step == "decide")
    broken = replace(of, guarantees=(replace(promise, requires=("close",)),))

    assert any("不要求两名执法人员" in one.message for one in rights.problems(broken, "x.toml"))
