"""The desk's pages for moves: a case handed over, somebody asked for what he owes, a role lent."""

from __future__ import annotations

import pytest

from mingjing.cases.models import Case, CaseParty, Countersign, Handover, Move
from mingjing.organs.models import Mandate
from tests.makers import AT
from tests.web.desk_world import FILE, FIRM, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(world: World) -> Case:
    return world.open()


def offer(world: World, case: Case, by: str = "li", **changes: object) -> object:
    values = {
        "do": "offer",
        "version": case.version,
        "giver": world.officers["li"].pk,
        "receiver": world.officers["zhao"].pk,
        "reason": "调离执法岗位。",
        "materials": "封存样品一袋",
        **changes,
    }
    return world.client(by).post(f"/desk/cases/{case.no}/handover", values)


def test_a_case_is_handed_over_through_the_pages(world: World, case: Case) -> None:
    form = world.client("li").get(f"/desk/cases/{case.no}/handover").content.decode()
    assert "接收人接收以后" in form
    assert "核查并决定是否立案" in form

    assert offer(world, case).status_code == 302

    assert "查看并接收" in world.client("zhao").get(f"/desk/cases/{case.no}").content.decode()
    todo = world.client("zhao").get("/desk").content.decode()
    assert "接收移交：li某移交的案件" in todo
    assert f"/desk/cases/{case.no}/handover" in todo
    page = world.client("zhao").get(f"/desk/cases/{case.no}/handover").content.decode()
    assert "封存样品一袋" in page
    done = world.client("zhao").post(f"/desk/cases/{case.no}/handover", {"do": "accept", "words": ""})
    assert done.status_code == 302
    story = world.client("wang").get(f"/desk/cases/{case.no}").content.decode()
    assert "zhao某接收本案，li某不再承办。" in story
    assert [one.name for one in case_handlers(world, case)] == ["wang某", "zhao某"]


def test_a_colleague_of_the_same_name_is_somebody_else(world: World, case: Case) -> None:
    """Names are no identity: the namesake of a handler may take over, and hands nothing over himself."""
    namesake = world.officers["zhao"]
    type(namesake).objects.filter(pk=namesake.pk).update(name=world.officers["li"].name)
    add = world.client("li").get(f"/desk/cases/{case.no}/handlers").content.decode()
    form = world.client("kezhang").get(f"/desk/cases/{case.no}/handover").content.decode()
    receivers = form.partition('name="receiver"')[2].partition("</select>")[0]
    givers = form.partition('name="giver"')[2].partition("</select>")[0]

    assert f'value="{namesake.pk}"' in add
    assert f'value="{namesake.pk}"' in receivers
    assert f'value="{namesake.pk}"' not in givers
    assert f'value="{world.officers["li"].pk}"' in givers


def case_handlers(world: World, case: Case) -> list[object]:
    rows = case.officers.filter(role="handler", until__isnull=True).select_related("officer")
    return [one.officer for one in rows]


def test_what_was_typed_stays_when_the_offer_is_refused(world: World, case: Case) -> None:
    answer = offer(world, case, receiver=world.officers["wang"].pk, reason="家中有急事，请假一个月。")

    assert answer.status_code == 409
    text = answer.content.decode()
    assert "接收人已是本案承办人" in text
    assert "家中有急事，请假一个月。" in text
    assert not Handover.objects.exists()


def test_declining_needs_a_reason_and_the_receiver(world: World, case: Case) -> None:
    offer(world, case)
    path = f"/desk/cases/{case.no}/handover"
    assert "没有写明不接收的理由" in world.client("zhao").post(path, {"do": "decline"}).content.decode()
    assert "只有接收人本人" in world.client("wang").post(path, {"do": "accept"}).content.decode()
    world.client("zhao").post(path, {"do": "decline", "words": "手头案件过多。"})
    assert Handover.objects.get().state == "declined"
    offer(world, Case.objects.get(pk=case.pk))
    world.client("li").post(path, {"do": "withdraw"})
    assert Handover.objects.latest("pk").state == "withdrawn"


def test_who_waits_for_the_head_asks_him_from_the_case_page(world: World, case: Case) -> None:
    world.take(case, "file", FILE)
    owed = case.obligations.get(kind="approval", state="open")
    assert f'value="{owed.pk}"' in world.client("li").get(f"/desk/cases/{case.no}").content.decode()

    path = f"/desk/cases/{case.no}/urge"
    first = world.client("li").post(path, {"obligation": owed.pk, "words": "请尽快。"})
    again = world.client("wang").post(path, {"obligation": owed.pk})

    assert (first.status_code, again.status_code) == (302, 409)
    assert "二十四小时内不再重复催办" in again.content.decode()
    assert "催办 1 次" in world.client("juzhang").get("/desk").content.decode()
    assert Move.objects.get().title == "催办：立案"


def test_colleagues_and_strangers_do_not_urge(world: World, case: Case) -> None:
    world.take(case, "file", FILE)
    owed = case.obligations.get(kind="approval", state="open")
    path = f"/desk/cases/{case.no}/urge"

    assert world.client("zhao").post(path, {"obligation": owed.pk}).status_code == 403
    assert world.client("stranger").post(path, {"obligation": owed.pk}).status_code == 404
    assert not Move.objects.exists()


def test_the_story_tells_a_returned_submission(world: World, case: Case) -> None:
    taken = world.take(case, "file", FILE)
    world.client("juzhang").post(
        f"/desk/submissions/{taken.submission_id}/return", {"opinion": "请补充现场照片。"}
    )

    page = world.client("li").get(f"/desk/cases/{case.no}").content.decode()
    assert "退回报批：立案" in page
    assert page.count("请补充现场照片。") >= 2


def test_the_head_lends_his_role_and_the_deputy_approves_in_both_names(world: World, case: Case) -> None:
    page = world.client("juzhang").get("/desk/mandates").content.decode()
    assert "没有委托，也没有代理" in page
    values = {
        "role": "organ_head",
        "deputy": world.officers["dangan"].pk,
        "since": AT.date().isoformat(),
        "until": AT.date().isoformat(),
        "reason": "参加培训。",
    }
    assert world.client("juzhang").post("/desk/mandates", values).status_code == 302
    assert "您正在代理：juzhang某的岗位" in world.client("dangan").get("/desk").content.decode()
    taken = world.take(case, "file", FILE)
    shown = world.client("dangan").get(f"/desk/cases/{case.no}").content.decode()
    assert "您受juzhang某委托代理，审批表上写两人的姓名。" in shown

    path = f"/desk/submissions/{taken.submission_id}/approve"
    case.refresh_from_db()
    assert world.client("dangan").post(path, {"version": case.version}).status_code == 302

    assert "dangan某（代juzhang某）批准" in world.client("li").get(f"/desk/cases/{case.no}").content.decode()
    mandate = Mandate.objects.get()
    assert world.client("zhao").post(f"/desk/mandates/{mandate.pk}/end").status_code == 403
    assert world.client("dangan").post(f"/desk/mandates/{mandate.pk}/end").status_code == 302
    assert "已终止" in world.client("juzhang").get("/desk/mandates").content.decode()


def test_a_role_that_hangs_on_the_person_is_refused_with_the_article(world: World) -> None:
    page = world.client("shenhe").get("/desk/mandates").content.decode()
    assert "您的岗位不能委托代理" in page
    values = {
        "role": "reviewer",
        "deputy": world.officers["li"].pk,
        "since": "2026-01-01",
        "until": "2026-01-02",
    }
    answer = world.client("shenhe").post("/desk/mandates", values)
    assert answer.status_code == 403
    assert "法制审核由具备资格的审核人员本人进行" in answer.content.decode()
    bad = world.client("juzhang").post("/desk/mandates", {**values, "since": "昨天"})
    assert bad.status_code == 422


def test_colleagues_countersign_from_the_pages_before_the_head_approves(world: World, case: Case) -> None:
    taken = world.take(case, "file", FILE)
    path = f"/desk/cases/{case.no}/submissions/{taken.submission_id}"
    assert "提请会签" in world.client("li").get(path).content.decode()
    asked = world.client("li").post(
        path, {"do": "ask", "officer": [world.officers["dangan"].pk], "question": "材料齐吗？"}
    )
    assert asked.status_code == 302
    key = Countersign.objects.get().pk
    assert "会签：立案" in world.client("dangan").get("/desk").content.decode()
    assert "材料齐吗？" in world.client("dangan").get(path).content.decode()
    case.refresh_from_db()
    approve = f"/desk/submissions/{taken.submission_id}/approve"
    early = world.client("juzhang").post(approve, {"version": case.version})
    assert "正在会签，dangan某尚未表示意见" in early.content.decode()

    bad = world.client("dangan").post(path, {"do": f"object-{key}"})
    assert bad.status_code == 422
    assert (
        world.client("dangan").post(path, {"do": f"object-{key}", f"words-{key}": "缺照片。"}).status_code
        == 302
    )

    shown = world.client("juzhang").get(f"/desk/cases/{case.no}").content.decode()
    assert "有不同意见" in shown
    assert "缺照片。" in shown
    case.refresh_from_db()
    done = world.client("juzhang").post(approve, {"version": case.version, "opinion": "照片已补。"})
    assert done.status_code == 302


def test_a_step_of_the_office_is_sent_back_from_the_time_line(world: World, case: Case) -> None:
    """指定管辖 is the step of the head of the unit: the handler does not send it back, the head of the organ may."""
    facts = {
        "disputing_organs": "达州市某某局\n达州市邻近某某局",
        "designated_organ": "达州市某某监管局",
        "designation_reason": "先行发现。",
    }
    seq = world.take(case, "designate_jurisdiction", facts, by="kezhang").seq
    path = f"/desk/cases/{case.no}/back/{seq}"
    answer = world.client("kezhang").get(path)
    assert answer.status_code == 409
    assert "已经向当事人或者其他单位发出文书，不能退回" in answer.content.decode()
    # As if the paper had stayed in the house.
    case.papers.filter(form="designated-jurisdiction").update(outgoing=False)
    assert (
        f"/desk/cases/{case.no}/back/{seq}"
        in world.client("kezhang").get(f"/desk/cases/{case.no}").content.decode()
    )
    assert "须重新办理" in world.client("kezhang").get(path).content.decode()
    assert world.client("li").post(path, {"version": case.version, "reason": "有误。"}).status_code == 403
    done = world.client("juzhang").post(path, {"version": case.version, "reason": "机关名称有误。"})
    assert done.status_code == 302
    story = world.client("li").get(f"/desk/cases/{case.no}").content.decode()
    assert "已退回重办" in story
    assert "机关名称有误。" in story
    first = world.client("kezhang").get(f"/desk/cases/{case.no}/back/1")
    assert first.status_code == 409
    assert "案件由它开始，不能退回" in first.content.decode()
    assert world.client("li").get(f"/desk/cases/{case.no}/back/99").status_code == 404


def test_a_second_party_joins_by_the_page_and_is_asked_for_when_serving(world: World, case: Case) -> None:
    path = f"/desk/cases/{case.no}/participants"
    assert "增加参加人" in world.client("li").get(path).content.decode()
    assert "增加参加人" not in world.client("zhao").get(path).content.decode()
    values = {
        "version": case.version,
        "role": "co_party",
        "party.name": "达州市某某冷库有限公司",
        "party.kind": "enterprise",
        "reason": "共同实施。",
    }
    assert world.client("zhao").post(path, values).status_code == 403
    assert world.client("li").post(path, values).status_code == 302

    row = CaseParty.objects.get()
    page = world.client("wang").get(f"/desk/cases/{case.no}").content.decode()
    assert "共同当事人" in page
    assert "达州市某某冷库有限公司" in page
    agent = {
        **values,
        "role": "agent",
        "version": case.version + 1,
        "party.name": "周某某",
        "party.kind": "person",
    }
    answer = world.client("li").post(path, agent)
    assert answer.status_code == 422
    assert "委托代理人须提交授权委托书" in answer.content.decode()
    assert 'value="周某某"' in answer.content.decode()
    assert "某某冷库" in world.client("li").get(f"{path}?find=某某冷库").content.decode()
    gone = world.client("li").post(path, {"leave": row.pk, f"reason-{row.pk}": "查明无关。"})
    assert gone.status_code == 302
    assert "共同当事人退出" in world.client("li").get(f"/desk/cases/{case.no}").content.decode()


def test_a_case_is_merged_into_another_by_the_page(world: World, case: Case) -> None:
    other = world.open(party={**FIRM, "name": "达州市某某冷库有限公司"}, title="某某冷库储存案")
    path = f"/desk/cases/{other.no}/merge"
    assert path in world.client("kezhang").get(f"/desk/cases/{other.no}").content.decode()
    assert path not in world.client("li").get(f"/desk/cases/{other.no}").content.decode()
    form = world.client("kezhang").get(path).content.decode()
    assert "期限以较早的为准" in form
    assert case.title in form
    assert case.no in world.client("kezhang").get(f"{path}?find=某某食品").content.decode()
    assert case.no not in world.client("kezhang").get(f"{path}?find=查无此人").content.decode()
    values = {"version": other.version, "leading": case.no, "reason": "同一批货物。"}
    assert "没有选择主案" in world.client("kezhang").post(path, {**values, "leading": ""}).content.decode()
    assert world.client("li").post(path, values).status_code == 403
    gone = world.client("kezhang").post(path, {**values, "leading": "424242"})
    assert gone.status_code == 404

    done = world.client("kezhang").post(path, values)

    assert done["Location"] == f"/desk/cases/{case.no}"
    here = world.client("li").get(f"/desk/cases/{case.no}").content.decode()
    there = world.client("li").get(f"/desk/cases/{other.no}").content.decode()
    assert "达州市某某冷库有限公司" in here
    assert "并入本案的案件" in here
    assert f"并入{case.label}" in there
    assert f'href="/desk/cases/{case.no}"' in there
    assert "本案已经办结，不能并案" in world.client("kezhang").get(path).content.decode()
    running = world.client("li").get("/desk/cases?words=某某冷库").content.decode()
    assert case.no in running
    step = world.client("li").get(f"/desk/cases/{other.no}/steps/site_inspection").content.decode()
    assert "已经并入他案" in step


def test_a_party_is_split_off_by_the_page(world: World, case: Case) -> None:
    path = f"/desk/cases/{case.no}/split"
    assert path not in world.client("li").get(f"/desk/cases/{case.no}").content.decode()
    assert "没有共同当事人" in world.client("li").get(path).content.decode()
    joined = {
        "version": case.version,
        "role": "co_party",
        "party.name": "达州市某某冷库有限公司",
        "party.kind": "enterprise",
        "reason": "共同实施。",
    }
    world.client("li").post(f"/desk/cases/{case.no}/participants", joined)
    case.refresh_from_db()
    assert path in world.client("li").get(f"/desk/cases/{case.no}").content.decode()
    assert "达州市某某冷库有限公司" in world.client("li").get(path).content.decode()
    assert "分案由本案承办人办理" in world.client("zhao").get(path).content.decode()
    row = CaseParty.objects.get()
    values = {
        "version": case.version,
        "party": row.pk,
        "title": "某某冷库储存超过保质期的食品案",
        "reason": "下落不明。",
    }
    answer = world.client("li").post(path, {**values, "title": " "})
    assert answer.status_code >= 400
    assert "案件名称必填" in answer.content.decode()
    assert "下落不明。" in answer.content.decode()
    assert "没有选择要分出的当事人" in world.client("li").post(path, {**values, "party": 0}).content.decode()
    assert world.client("zhao").post(path, values).status_code == 403

    done = world.client("li").post(path, values)

    apart = Case.objects.exclude(pk=case.pk).get()
    assert done["Location"] == f"/desk/cases/{apart.no}"
    new = world.client("li").get(f"/desk/cases/{apart.no}").content.decode()
    assert "分案前的原案" in new
    assert f'href="/desk/cases/{case.no}"' in new
    assert "分出另办的案件" in world.client("li").get(f"/desk/cases/{case.no}").content.decode()
    assert "没有共同当事人" in world.client("li").get(path).content.decode()
