"""The codex's folder on work outdoors names only steps, facts and items that exist."""

from __future__ import annotations

from datetime import date

import pytest

from mingjing.law import queries as law
from mingjing.law.codex.field_work import Aid, field_work

ON = date(2026, 11, 20)
AIDS = field_work().aids


@pytest.mark.parametrize("procedure", sorted(field_work().routes))
def test_a_route_names_steps_of_its_procedure_in_their_order(procedure: str) -> None:
    steps = list(law.procedure(procedure, ON).steps)

    route = law.field_steps(procedure)

    assert set(route) <= set(steps)
    assert len(set(route)) == len(route)


@pytest.mark.parametrize("aid", AIDS, ids=[f"{one.step}-{one.title}" for one in AIDS])
def test_an_aid_fills_in_a_fact_that_its_step_asks_for(aid: Aid) -> None:
    procedure = law.procedure(aid.procedure, ON)
    asked = {field.name: field.kind for field in procedure.steps[aid.step].facts}

    assert asked[aid.fact] == "long"
    assert not aid.photos or asked[aid.photos] == "files"
    assert not aid.items_fact or aid.items_fact in {field.name for _, field in procedure.fields()}


def test_a_field_has_its_own_checklist_instead_of_the_general_one() -> None:
    food = law.field_aids("inspection", "check_site", "food")
    other = law.field_aids("inspection", "check_site", "traffic")

    assert [one.title for one in food if one.kind == "checklist"] == ["食品销售单位逐项检查"]
    assert [one.title for one in other if one.kind == "checklist"] == ["逐项检查"]


def test_a_procedure_without_a_route_has_none() -> None:
    assert law.field_steps("litigation") == ()
