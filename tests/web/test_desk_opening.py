"""Registering a new case: the choices, the party, and every field at fault."""

from __future__ import annotations

from typing import Any

import pytest

from mingjing.cases.models import Case
from mingjing.law.actions import load_codex
from mingjing.parties.models import Party
from tests import makers
from tests.makers import AT
from tests.web.desk_world import REGISTER, World

NEW = "/desk/cases/new"


def form(world: World, **changed: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "title": "达州市某某商行经营超过保质期的食品案",
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
        **{f"fact.{name}": value for name, value in REGISTER.items()},
    }
    return {**values, **changed}


def text(response: Any) -> str:
    return response.content.decode()


@pytest.mark.parametrize(
    "who, status",
    [("li", 200), ("kezhang", 200), ("juzhang", 403), ("gongshi", 403), ("jiandu", 200), ("guanli", 403)],
)
def test_who_may_open_cases(world: World, who: str, status: int) -> None:
    assert world.client(who).get(NEW).status_code == status


def test_each_procedure_brings_its_own_first_step(world: World) -> None:
    client = world.client("li")

    ordinary = text(client.get(NEW))
    summary = text(client.get(NEW, {"procedure": "penalty-summary"}))

    assert 'name="fact.lead_content"' in ordinary
    assert 'name="fact.violation_fact"' in summary
    assert "li某" in summary
    assert client.get(NEW, {"procedure": "rubbish"}).status_code == 200


def test_one_form_opens_the_case_and_enters_the_party(world: World) -> None:
    response = world.client("li").post(NEW, form(world))

    case = Case.objects.get()
    assert response.status_code == 302
    assert response["Location"] == f"/desk/cases/{case.no}"
    assert case.party is not None
    assert case.party.name == "达州市某某商行"
    assert case.region == "511702"
    assert [one.officer.name for one in case.officers.all()] == ["li某", "wang某"]
    assert case.steps.get().step == "register"


def test_a_known_party_is_chosen_not_doubled(world: World) -> None:
    party = makers.party(name="达州市老店某某商行")

    world.client("li").post(NEW, form(world, party=party.pk, **{"party.name": ""}))

    assert Case.objects.get().party == party
    assert Party.objects.count() == 1


def test_a_power_item_gives_the_case_its_field(world: World) -> None:
    load_codex(AT)

    world.client("li").post(NEW, form(world, power="FOOD-03 污染物超限量等"))

    case = Case.objects.get()
    assert case.power_item is not None
    assert case.power_item.code == "FOOD-03"
    assert case.field == "food"


def test_an_unnamed_penalty_case_is_named_after_its_party_and_item(world: World) -> None:
    load_codex(AT)
    party = makers.party(name="达州市老店某某商行")

    world.client("li").post(NEW, form(world, title="", power="FOOD-06", **{"party.kind": ""}))
    world.client("li").post(NEW, form(world, title="", power="FOOD-06", party=party.pk))

    titles = set(Case.objects.values_list("title", flat=True))
    item = "涉嫌未履行查验、记录、培训、健康证明、餐具消毒等管理义务案"
    assert titles == {f"达州市某某商行{item}", f"达州市老店某某商行{item}"}


def test_an_unknown_item_is_told_and_the_title_asked_for(world: World) -> None:
    page = text(world.client("li").post(NEW, form(world, title="", power="NONE-99")))

    assert "NONE-99" in page
    assert REGISTER["lead_content"] in page


def test_looking_up_a_party_keeps_everything_typed(world: World) -> None:
    makers.party(name="达州市老店某某商行", address="某某路9号")

    response = world.client("li").post(NEW, form(world, do="find", find="老店"))

    page = text(response)
    assert response.status_code == 200
    assert "达州市老店某某商行" in page
    assert REGISTER["lead_content"] in page
    assert "选择过的文件浏览器不会保留" in page
    assert not Case.objects.exists()


def test_the_lookup_also_comes_as_a_fragment(world: World) -> None:
    makers.party(name="达州市老店某某商行")
    client = world.client("li")

    assert 'name="party"' in text(client.get("/desk/parties/find", {"find": "老店"}))
    assert "没有找到“查无”" in text(client.get("/desk/parties/find", {"find": "查无"}))
    assert text(client.get("/desk/parties/find", {"find": ""})).strip() == ""
    assert world.client("gongshi").get("/desk/parties/find", {"find": "老店"}).status_code == 403


@pytest.mark.parametrize(
    "changed, told",
    [
        ({"title": ""}, "请写明案件名称"),
        ({"title": "案" * 301}, "案件名称最多 300 个字，现有 301 个字"),
        ({"party.name": ""}, "请填写当事人姓名或者名称"),
        ({"party.kind": "alien"}, "没有这种当事人类别"),
        ({"party.code": "91511702MA00000000"}, "按此登记"),
        ({"party": "x"}, "请选择一个当事人"),
        ({"party": "424242"}, "所选当事人不存在"),
        ({"handlers": []}, "应当由 2 名以上执法人员办理"),
        ({"region": "110000"}, "请选择违法行为发生地"),
        ({"fact.lead_content": ""}, "此项必填"),
        ({"fact.found_on": "昨天"}, "不是日期"),
        ({"fact.source_kind": "rumour"}, "不在可选范围"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    world: World, changed: dict[str, Any], told: str
) -> None:
    response = world.client("li").post(NEW, form(world, **changed))

    page = text(response)
    assert response.status_code == 422
    assert told in page
    assert "需要更正" in page
    assert "建议立案。" in page
    assert "请重新选择" in page
    assert not Case.objects.exists()
    assert not Party.objects.exists()


def test_a_doubtful_code_may_be_confirmed_and_is_marked(world: World) -> None:
    changed = {"party.code": "91511702MA00000000", "code-confirmed": "1"}

    response = world.client("li").post(NEW, form(world, **changed))

    assert response.status_code == 302
    assert Party.objects.get().code_doubts


@pytest.mark.parametrize(
    "changed, status",
    [({"power": "NO-99 没有的事项"}, 404), ({"handlers": ["424242", "424243"]}, 403)],
)
def test_a_lawful_no_is_shown_on_the_form(world: World, changed: dict[str, Any], status: int) -> None:
    response = world.client("li").post(NEW, form(world, **changed))

    assert response.status_code == status
    assert "建议立案。" in text(response)
    assert not Case.objects.exists()
    assert not Party.objects.exists()


def test_a_matter_that_grows_out_of_another_begins_with_what_that_one_knows(world: World) -> None:
    """行政许可法 art. 34(3): who is passed on to the ordinary procedure hands in nothing twice."""
    organ = world.officers["shouli"].organ
    organ.organ_fields = ["food", "transport"]
    organ.save()
    first = {
        "license_item": "XK-TRANS-01",
        "license_content": "道路普通货运，两辆",
        "apply_channel": "counter",
        "materials_received_on": AT.date().isoformat(),
        "materials": "申请表 | 原件 | 1 | 申请人",
        "truth_commitment": "yes",
        "apply_phone": "000-0000000",
        "service_address": "达州市某某路1号",
    }
    posted = {name: value for name, value in form(world).items() if not name.startswith("fact.")}
    posted |= {f"fact.{name}": value for name, value in first.items()} | {"handlers": []}
    client = world.client("shouli")
    client.post(f"{NEW}?procedure=license-instant", posted)
    case = Case.objects.get()

    page = text(client.get(NEW, {"procedure": "license-ordinary", "parent": case.no}))

    assert "道路普通货运，两辆" in page
    assert "申请表 | 原件 | 1 | 申请人" in page
    assert f'name="party" value="{case.party_id}" checked' in page
    assert client.get(NEW, {"procedure": "license-ordinary", "parent": "rubbish"}).status_code == 404


def test_the_case_page_opens_a_related_matter_with_what_the_case_knows(world: World) -> None:
    """行政强制法 art. 16: the seizure is a matter of its own that grows out of the penalty."""
    load_codex(AT)
    client = world.client("li")
    client.post(NEW, form(world, power="FOOD-04"))
    case = Case.objects.get()
    Case.objects.update(facts={**case.facts, "cause": "经营超过保质期的食品"})

    page = text(client.get(f"/desk/cases/{case.no}"))
    child = f"{NEW}?procedure=measure-sealing&amp;parent={case.no}"
    assert child in page
    assert "procedure=expropriation-compensation&amp;" not in page  # grows out of an expropriation only
    begun = text(client.get(child.replace("&amp;", "&")))

    assert f"{case.title}（查封、扣押）" in begun
    assert "经营超过保质期的食品" in begun
    assert f'name="party" value="{case.party_id}" checked' in begun
    assert 'value="FOOD-04 ' in begun
    assert begun.count('name="handlers" value') == begun.count('name="handlers"')
    for officer in ("li", "wang"):
        assert f'value="{world.officers[officer].pk}" checked' in begun


def test_the_child_knows_its_parent_and_the_parent_its_child(world: World) -> None:
    load_codex(AT)
    client = world.client("li")
    client.post(NEW, form(world, power="FOOD-04"))
    parent = Case.objects.get()
    opening = {
        "cause": "经营超过保质期的食品",
        "measure_kinds": ["impound"],
        "coercive_power": "QZ-FOOD-1",
        "measure_reason": "有证据证明不符合食品安全标准。",
        "milder_means": "责令下架不能防止转移。",
        "measure_objects": "某某食品 | 某型 | 袋 | 3 | 超过保质期",
        "objects_place": "通川区某某路1号",
    }
    posted = {name: value for name, value in form(world).items() if not name.startswith("fact.")}
    posted |= {f"fact.{name}": value for name, value in opening.items()}
    posted |= {"power": "FOOD-04", "parent": parent.no, "party": parent.party_id}
    answer = client.post(f"{NEW}?procedure=measure-sealing", posted)

    assert answer.status_code == 302, text(answer)
    child = Case.objects.get(parent=parent)
    assert f"/desk/cases/{child.no}" in text(client.get(f"/desk/cases/{parent.no}"))
    assert f"/desk/cases/{parent.no}" in text(client.get(f"/desk/cases/{child.no}"))


def test_a_matter_grows_only_out_of_the_acts_that_its_procedure_names(world: World) -> None:
    client = world.client("li")
    client.post(NEW, form(world))
    parent = Case.objects.get()
    opening = {
        "source_kind": "inspection",
        "house_address": "通川区某某路1号",
    }
    posted = {name: value for name, value in form(world).items() if not name.startswith("fact.")}
    posted |= {f"fact.{name}": value for name, value in opening.items()} | {"parent": parent.no}

    answer = client.post(f"{NEW}?procedure=expropriation-compensation", posted)

    assert answer.status_code in (409, 422)
    assert "不能由这一种类的案件引起" in text(answer)
    assert Case.objects.count() == 1


def test_a_supervisor_is_offered_supervision_and_nothing_else(world: World) -> None:
    page = text(world.client("jiandu").get(NEW))

    assert "行政执法监督" in page
    assert "行政处罚普通程序" not in page
    assert 'name="power"' not in page
