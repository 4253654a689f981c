"""The discretion panel beside a form: it follows what is typed, with scripts and without, and takes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from mingjing.cases.models import Case, Step
from tests.makers import AT
from tests.office_fixtures import law_of_module
from tests.web.desk_world import World, form_of

codex = law_of_module(AT)
ANSWERS = {
    "aid.q.harm": "none",
    "aid.q.first": "true",
    "aid.q.corrected": "true",
    "aid.q.aggravated": "false",
}
TYPED = {
    "power_item": "FOOD-03",
    "proposal": "penalize",
    "penalty_kinds": ["fine"],
    "goods_value_fen": "90",
}


@pytest.fixture
def case(world: World) -> Case:
    """A filed case whose item of power is not chosen yet."""
    case = world.file(world.open())
    world.take(
        case,
        "site_inspection",
        {
            "site_began_at": AT,
            "site_ended_at": AT,
            "site_place": "通川区某某路1号",
            "officers_present": [world.officers["li"].pk, world.officers["wang"].pk],
            "site_findings": "货架陈列过期食品三袋。",
            "certificates_shown": "yes",
            "rights_told": "yes",
            "notice_reply": "paper",
        },
    )
    return case


def asked(world: World, case: Case, facts: dict[str, Any], **more: str) -> str:
    """What the panel says to this form."""
    address = f"/desk/cases/{case.no}/steps/conclude/aid"
    response = world.client("li").post(address, {**form_of(facts, case.version), **more})
    assert response.status_code == 200
    page: str = response.content.decode()
    assert "<html" not in page
    return page


def test_before_an_item_is_chosen_the_panel_says_what_it_waits_for(world: World, case: Case) -> None:
    assert "选定权责事项后" in asked(world, case, {})


def test_the_range_of_the_law_follows_the_item_and_the_goods(world: World, case: Case) -> None:
    assert "缺少货值金额" in asked(world, case, {"power_item": "FOOD-03"})
    assert "50,000元以上100,000元以下" in asked(world, case, TYPED)


def test_the_tier_is_told_once_its_questions_are_answered(world: World, case: Case) -> None:
    before, after = asked(world, case, TYPED), asked(world, case, TYPED, **ANSWERS)

    assert "裁量基准：" not in before
    assert "未填写" in before
    assert "裁量基准：" in after
    assert '<option value="none" selected>' in after


@pytest.mark.parametrize(
    "fine, said",
    [
        ("120000", "高于法定最高 100,000元，不能这样处罚"),
        ("40000", "低于法定最低 50,000元，须有减轻处罚的情形"),
        ("60000", "在法定幅度之内"),
    ],
)
def test_a_typed_fine_is_held_against_the_range(world: World, case: Case, fine: str, said: str) -> None:
    assert said in asked(world, case, {**TYPED, "fine_fen": fine})


def test_without_scripts_a_button_shows_the_form_again_with_the_panel_reckoned(
    world: World, case: Case
) -> None:
    steps = Step.objects.count()
    typed = {**form_of({**TYPED, "violation_fact": "写到一半的事实"}, case.version), "do": "aid"}

    response = world.client("li").post(f"/desk/cases/{case.no}/steps/conclude", typed)
    page = response.content.decode()

    assert response.status_code == 200
    assert "50,000元以上100,000元以下" in page
    assert "写到一半的事实" in page
    assert "需要更正" not in page
    assert Step.objects.count() == steps


def test_an_amount_that_cannot_be_read_is_told_and_breaks_nothing(world: World, case: Case) -> None:
    page = asked(world, case, {**TYPED, "goods_value_fen": "很多"}, **ANSWERS)

    assert "缺少货值金额" in page


def test_a_step_without_a_fine_has_no_panel(world: World, case: Case) -> None:
    page = world.client("li").get(f"/desk/cases/{case.no}/steps/evidence_extract").content.decode()

    assert "裁量辅助" not in page


def test_after_a_change_of_law_both_versions_are_shown_and_which_is_lighter(world: World, case: Case) -> None:
    """行政处罚法 art. 37: 固体废物污染环境防治法 art. 112 gave way to 生态环境法典 art. 1175 on 2026-08-15."""
    Case.objects.filter(pk=case.pk).update(facts={**case.facts, "violation_on": "2026-03-01"})
    typed = {"power_item": "ENV-13", "proposal": "penalize", "penalty_kinds": ["fine"]}

    page = asked(world, case, typed)

    assert "新旧规定比较" in page
    assert "《固体废物污染环境防治法》第一百一十二条" in page
    assert "100,000元以上1,000,000元以下" in page
    assert "50,000元以上200,000元以下" in page
    assert "就罚款而言应当选现行规定" in page
    assert "已选现行规定" in asked(world, case, {**typed, "law_applied": "now", "law_choice_reason": "较轻"})
    assert "应当选现行规定" in asked(
        world, case, {**typed, "law_applied": "then", "law_choice_reason": "较轻"}
    )


def test_without_a_change_of_law_nothing_is_compared(world: World, case: Case) -> None:
    assert "新旧规定比较" not in asked(world, case, TYPED)
