"""Inspections and monitoring records on the desk: forms that can be filled, a drawing that nobody types."""

from __future__ import annotations

from typing import Any

from mingjing.cases import actions
from mingjing.cases.models import Case
from mingjing.kernel.drawing import draw
from tests.web.desk_world import World, form_of

NEW = "/desk/cases/new"
TASK = {
    "inspection_kind": "special",
    "campaign_document": "《关于开展某某专项检查的通知》",
    "cause": "食品生产监督检查",
    "item_published": "yes",
    "inspection_basis": "食品安全法/110",
    "inspection_items": "进货查验\n标签",
    "inspection_mode": "onsite",
    "risk_level": "ordinary",
}
PLAN = {
    "planned_on": "2026-11-23",
    "planned_place": "达州市某某路1号",
    "planned_method": "查看现场和台账。",
    "assisting_count": "0",
}
DRAW = {
    "cause": "食品生产监督检查",
    "draw_basis": "食品安全法/110",
    "draw_items": "进货查验",
    "draw_scope": "一般风险企业",
    "draw_share": "百分之五",
}


def posted(world: World, facts: dict[str, str], **changed: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "title": "对达州市某某商行的监督检查",
        "region": "511702",
        "power": "",
        "party": "new",
        "party.kind": "enterprise",
        "party.name": "达州市某某商行",
        "party.code": "",
        "party.legal_representative": "张某某",
        "party.address": "达州市某某路1号",
        "party.phone": "0818-0000000",
        "handlers": [world.officers["li"].pk, world.officers["wang"].pk],
        **{f"fact.{name}": value for name, value in facts.items()},
    }
    return {**values, **changed}


def opened(world: World, procedure: str, facts: dict[str, str], **changed: Any) -> Case:
    response = world.client("li").post(f"{NEW}?procedure={procedure}", posted(world, facts, **changed))
    assert response.status_code == 302, response.content.decode()
    return Case.objects.get(procedure=procedure)


def approve(world: World, case: Case) -> None:
    submission = case.submissions.get(state="open")
    actions.approve(submission_id=submission.pk, actor=world.actor("juzhang"), at=submission.proposed_at)
    case.refresh_from_db()


def text(response: Any) -> str:
    return response.content.decode()


def test_an_inspection_is_opened_and_planned_on_the_desk(world: World) -> None:
    case = opened(world, "inspection", TASK)
    page = world.client("li").get(f"/desk/cases/{case.no}")
    assert "检查审批" in text(page)
    step = f"/desk/cases/{case.no}/steps/approve_plan"
    assert "计划检查日期" in text(world.client("li").get(step))

    response = world.client("li").post(step, form_of(PLAN, case.version))
    assert response.status_code == 302
    approve(world, case)
    assert case.papers.get().form == "inspection-approval"
    assert "行政检查通知" in text(world.client("li").get(f"/desk/cases/{case.no}"))


def test_a_random_inspection_out_of_nothing_is_refused_in_words(world: World) -> None:
    facts = {**TASK, "inspection_kind": "random"}
    facts.pop("campaign_document")
    response = world.client("li").post(f"{NEW}?procedure=inspection", posted(world, facts))

    assert response.status_code in (409, 422)
    assert "双随机抽查的对象、人员须由平台抽取" in text(response)
    assert not Case.objects.exists()


def test_the_drawer_draws_and_types_nothing(world: World) -> None:
    nobody = {f"party.{name}": "" for name in ("kind", "name", "legal_representative", "address", "phone")}
    case = opened(world, "inspection-draw", DRAW, **nobody)
    dates = {"planned_from_on": "2026-11-23", "planned_until_on": "2026-12-31"}
    base = f"/desk/cases/{case.no}/steps"
    assert world.client("li").post(f"{base}/approve_draw", form_of(dates, case.version)).status_code == 302
    approve(world, case)
    pools = {
        "object_pool": "甲公司 | |\n乙公司 | |\n丙公司 | | 3",
        "object_pool_source": "监管对象名录",
        "officer_pool": "li某 |\nwang某 |\nzhao某 |",
        "object_count": "2",
        "officer_count": "2",
    }
    drawer = world.client("chouqu")
    response = drawer.post(f"{base}/register_pools", form_of(pools, case.version))
    assert response.status_code == 302, text(response)
    case.refresh_from_db()

    form = text(drawer.get(f"{base}/draw"))
    assert form.count("提交后由平台随机抽取") == 3
    assert 'name="fact.draw_seed"' not in form
    response = drawer.post(f"{base}/draw", form_of({"draw_witness": "法制机构某某"}, case.version))
    assert response.status_code == 302, text(response)

    case.refresh_from_db()
    facts = case.facts
    assert facts["drawn_objects"].split("\n") == list(draw(facts["object_pool"], 2, facts["draw_seed"]))
    assert facts["draw_seed"] in text(world.client("li").get(f"/desk/cases/{case.no}"))


def test_a_record_of_a_camera_is_taken_in_and_reviewed_on_the_desk(world: World) -> None:
    fit = ("device_by_law", "legal_reviewed", "technically_reviewed", "device_standard", "place_published")
    facts = {
        "cause": "涉嫌不按交通信号灯通行",
        "suspected_provision": "道路交通安全法/38",
        "captured_at": "2026-11-19T09:00",
        "captured_place": "某某路口",
        "captured_fact": "小型客车红灯越线。",
        "object_mark": "川S某某号",
        "device_no": "JK-1",
        "device_kind": "fixed",
        "device_basis": "道路交通安全法/114",
        "device_review_no": "某号",
        **dict.fromkeys((*fit, "sign_visible"), "true"),
    }
    case = opened(world, "monitoring-record", facts)
    step = f"/desk/cases/{case.no}/steps/review"
    assert "记录清晰" in text(world.client("shenhe").get(step))
    sound = dict.fromkeys(("record_true", "record_clear", "record_complete", "record_accurate"), "true")
    response = world.client("shenhe").post(
        step, form_of({**sound, "review_note": "比对一致。"}, case.version)
    )
    assert response.status_code == 302, text(response)
    assert "告知当事人" in text(world.client("li").get(f"/desk/cases/{case.no}"))
