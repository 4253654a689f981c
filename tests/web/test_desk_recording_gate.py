"""说明理由、确认、登记灭失、补录、音像记录情况, as people see and click them."""

from __future__ import annotations

import pytest

from mingjing.cases import actions
from mingjing.cases.models import Evidence, RecordingExcuse, Step
from mingjing.organs.models import Officer
from tests.makers import AT
from tests.web.desk_world import World

pytestmark = pytest.mark.django_db

VISIT = {
    "site_began_at": "2026-11-20T08:00",
    "site_ended_at": "2026-11-20T08:30",
    "site_place": "通川区某某路1号",
    "site_facts": "货架陈列的食品超过保质期。",
}


def visited(world: World) -> tuple[str, int]:
    """A case whose site inspection was not recorded."""
    from mingjing.law import queries as law
    from tests.cases.filling import filled

    case = world.open()
    rule = law.procedure_edition(case.procedure, case.edition).steps["site_inspection"]
    officers = (world.officers["li"].pk, world.officers["wang"].pk)
    actions.take(
        case_id=case.pk,
        step="site_inspection",
        facts=filled(rule, {}, AT, officers, {}),
        actor=world.actor("li", AT),
        at=AT,
    )
    return case.no, Step.objects.get(case=case, step="site_inspection").seq


def test_the_case_says_what_is_missing_and_offers_both_ways(world: World) -> None:
    no, seq = visited(world)

    page = world.client("li").get(f"/desk/cases/{no}").content.decode()

    assert "缺全程" in page
    assert f"/desk/cases/{no}/recordings/{seq}/excuse" in page
    assert "没有存入音像记录，也没有签署理由，不能出具下一份文书" in page


def test_what_one_owes_but_cannot_do_is_told_first_and_leads_on(world: World) -> None:
    no, _ = visited(world)
    li = world.client("li")

    page = li.get(f"/desk/cases/{no}").content.decode()
    step = li.get(f"/desk/cases/{no}/steps/file")

    assert "应由您办，现在还不能办" in page
    assert "现在没有必须由您办的事" not in page
    assert step.status_code == 409
    assert f'href="/desk/cases/{no}#timeline-title">去补传或者说明理由' in step.content.decode()
    assert "应由您办" not in world.client("zhao").get(f"/desk/cases/{no}").content.decode()


def test_a_reason_is_signed_and_confirmed_and_the_way_is_open(world: World) -> None:
    no, seq = visited(world)
    path = f"/desk/cases/{no}/recordings/{seq}/excuse"
    form = world.client("li").get(path).content.decode()
    assert "须负责人确认" in form
    assert "文字记录足以全面有效记录" not in form  # only for key moments

    told = {"code": "device_failure", "text": "记录仪断电，已报修。"}
    assert world.client("li").post(path, told).status_code == 302
    excuse = RecordingExcuse.objects.get()
    page = world.client("juzhang").get(f"/desk/cases/{no}").content.decode()
    assert "待确认：现场检查（勘验）没有音像记录的理由" in page
    assert "记录仪断电" in page
    judged = world.client("juzhang").post(f"/desk/cases/{no}/excuses/{excuse.pk}", {"answer": "属实"})

    assert judged.status_code == 302
    page = world.client("li").get(f"/desk/cases/{no}").content.decode()
    assert "已说明理由" in page
    assert "不能出具下一份文书" not in page


def test_a_reason_without_words_comes_back_with_what_was_chosen(world: World) -> None:
    no, seq = visited(world)

    answer = world.client("li").post(
        f"/desk/cases/{no}/recordings/{seq}/excuse", {"code": "obstruction", "text": " "}
    )

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "没有写明理由" in page
    assert 'value="obstruction" required checked' in page


def test_a_handler_confirms_nothing(world: World) -> None:
    no, seq = visited(world)
    told = {"code": "device_failure", "text": "记录仪断电。"}
    world.client("li").post(f"/desk/cases/{no}/recordings/{seq}/excuse", told)
    excuse = RecordingExcuse.objects.get()

    answer = world.client("wang").post(f"/desk/cases/{no}/excuses/{excuse.pk}", {})

    assert answer.status_code in (403, 409)
    excuse.refresh_from_db()
    assert excuse.state == "open"


def test_a_lost_recording_is_told_on_the_time_line(world: World) -> None:
    case = world.open()
    no = case.no
    from mingjing.law import queries as law
    from tests.cases.filling import filled

    rule = law.procedure_edition(case.procedure, case.edition).steps["site_inspection"]
    officers = (world.officers["li"].pk, world.officers["wang"].pk)
    world.take(case, "site_inspection", filled(rule, {}, AT, officers, {}))
    film = Evidence.objects.get(case=case)
    path = f"/desk/evidence/{film.pk}/loss"
    assert "登记后不能撤销" in world.client("li").get(path).content.decode()

    assert world.client("li").post(path, {"reason": "存储卡损坏。"}).status_code == 302

    page = world.client("li").get(f"/desk/cases/{no}").content.decode()
    assert "灭失" in page
    assert "存储卡损坏。" in page


@pytest.mark.parametrize("who", ["juzhang", "jiandu"])
@pytest.mark.parametrize("tab", ["", "missing", "excuses", "recordings", "entries"])
def test_heads_and_the_bureau_watch_every_tab(world: World, who: str, tab: str) -> None:
    no, _ = visited(world)

    page = world.client(who).get(f"/desk/recording-watch?tab={tab}&days=30").content.decode()

    assert (no in page) == (tab == "missing")
    if not tab:
        assert Officer.objects.get(pk=world.officers["li"].pk).organ.name in page


def test_a_strange_filter_is_no_error(world: World) -> None:
    answer = world.client("juzhang").get("/desk/recording-watch?tab=x&days=-1&page=²&organ=%00")

    assert answer.status_code == 200


def test_a_message_waits_for_eyes_and_is_not_spent_on_a_page_fetched_in_advance(world: World) -> None:
    no, seq = visited(world)
    client = world.client("li")
    told = {"code": "device_failure", "text": "记录仪断电。"}
    client.post(f"/desk/cases/{no}/recordings/{seq}/excuse", told)
    said = "理由已经签署"

    ahead = client.get(f"/desk/cases/{no}", headers={"X-Ahead": "1"}).content.decode()
    shown = client.get(f"/desk/cases/{no}").content.decode()
    again = client.get(f"/desk/cases/{no}").content.decode()

    assert [said in page for page in (ahead, shown, again)] == [False, True, False]
