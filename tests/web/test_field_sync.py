"""What a phone hands in: once, at its own time, on what it has seen; everything else is refused with a reason."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from mingjing.cases import actions
from mingjing.cases import queries as cases
from mingjing.cases.models import Case, FieldAct, Paper, Step
from mingjing.record.models import Disclosure, Entry
from tests.field_acts import DEVICE, PASSER_BY, spot_facts
from tests.makers import AT
from tests.office_fixtures import law_of_module
from tests.web import desk_world
from tests.web.desk_world import REGISTER, World

pytestmark = pytest.mark.django_db
codex = law_of_module(AT)
INSPECTED = {
    "site_began_at": "2026-11-20T09:00",
    "site_ended_at": "2026-11-20T09:30",
    "site_place": "通川区某某路1号",
    "site_findings": "货架陈列超过保质期的食品三件。",
    "certificates_shown": "yes",
    "rights_told": "yes",
    "notice_reply": "recorded",
}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    return desk_world.build()


@pytest.fixture
def case(world: World) -> Case:
    found = {**REGISTER, "found_on": "2026-11-18", "lead_received_at": "2026-11-18T09:00"}
    return world.open(at=AT - timedelta(days=2), facts={**found, "violation_on": "2026-11-17"})


def inspection(world: World, case: Case, at: datetime = AT, **given: Any) -> dict[str, Any]:
    """An on-site inspection as li's phone kept it."""
    began = at - timedelta(hours=1)
    facts = {
        **INSPECTED,
        "site_began_at": began.strftime("%Y-%m-%dT%H:%M"),
        "site_ended_at": at.strftime("%Y-%m-%dT%H:%M"),
    }
    officers = [["fact.officers_present", str(world.officers[one].pk)] for one in ("li", "wang")]
    film = [["film_pending", "DSJ-01"]]
    values: dict[str, Any] = {
        "key": str(uuid.uuid4()),
        "kind": "step",
        "case": case.no,
        "step": "site_inspection",
        "base": case.version,
        "officer": world.officers["li"].pk,
        "device": str(DEVICE),
        "at": at.isoformat(),
        "offset": 0,
        "values": [[f"fact.{name}", value] for name, value in facts.items()] + officers + film,
    }
    return {**values, **given}


def send(client: Client, act: dict[str, Any], address: str = "/field/sync", **files: Any) -> HttpResponse:
    form = {"act": json.dumps(act), **{name.replace("__", "."): file for name, file in files.items()}}
    return client.post(address, form, headers={"Accept": "application/json"})


def test_an_act_is_taken_at_the_time_the_phone_says(world: World, case: Case) -> None:
    done = AT - timedelta(hours=5)

    answer = send(world.client("li"), inspection(world, case, done))

    assert answer.status_code == 200
    step = Step.objects.get(case=case, step="site_inspection")
    assert step.at == done
    row = FieldAct.objects.get()
    assert (row.acted_at, row.at, row.state, row.version) == (done, AT, "taken", step.seq)
    assert answer.json()["entry"] == str(step.entry_id)


def test_the_record_tells_device_clock_and_place_apart_from_the_step(world: World, case: Case) -> None:
    place = {"lat": 31.2, "lon": 107.4, "accuracy": 12}

    send(world.client("li"), inspection(world, case, offset=1500, place=place))

    entry = Entry.objects.get(kind="field-act")
    body = json.loads(bytes(entry.body))
    assert "31.2" not in bytes(entry.body).decode()
    assert "1500" in json.dumps(body)
    assert Disclosure.objects.filter(entry=entry, name="place").exists()


def test_the_same_key_twice_gives_the_same_answer_and_one_step(world: World, case: Case) -> None:
    client, act = world.client("li"), inspection(world, case)

    first, again = send(client, act).json(), send(client, act).json()

    assert (first.pop("fresh"), again.pop("fresh")) == (True, False)
    assert first == again
    assert first["receipt"].startswith("mingjing-receipt/1\n")
    assert "\n— " in first["receipt"]
    assert case.steps.filter(step="site_inspection").count() == 1


def test_the_same_key_with_other_contents_is_refused(world: World, case: Case) -> None:
    client, act = world.client("li"), inspection(world, case)
    send(client, act)

    answer = send(client, {**act, "values": [*act["values"], ["fact.site_photos", "1-3"]]})

    assert (answer.status_code, answer.json()["code"]) == (409, "key-reused")


def test_a_photo_counts_among_the_contents_and_becomes_evidence(world: World, case: Case) -> None:
    client, act = world.client("li"), inspection(world, case)
    photo = SimpleUploadedFile("第1项-1.jpg", b"\xff\xd8\xff one", "image/jpeg")

    assert send(client, act, fact__site_files=photo).status_code == 200

    assert [one.name for one in case.evidence.all()] == ["第1项-1.jpg"]
    other = SimpleUploadedFile("第1项-1.jpg", b"\xff\xd8\xff two", "image/jpeg")
    assert send(client, act, fact__site_files=other).json()["code"] == "key-reused"


def test_two_phones_on_one_case_are_told_of_each_other(world: World, case: Case) -> None:
    mine = inspection(world, case)
    theirs = inspection(world, case, officer=world.officers["wang"].pk)
    send(world.client("wang"), theirs)

    answer = send(world.client("li"), mine)

    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "changed-meanwhile")
    assert [one["by"] for one in told["now"]["steps"]] == ["wang某"]
    assert not FieldAct.objects.filter(key=mine["key"]).exists()


def test_after_a_conflict_the_act_may_be_made_anew_on_what_is_now(world: World, case: Case) -> None:
    mine = inspection(world, case)
    send(world.client("wang"), inspection(world, case, officer=world.officers["wang"].pk))
    now = send(world.client("li"), mine).json()["now"]["version"]

    assert send(world.client("li"), {**mine, "base": now}).status_code == 200
    assert case.steps.filter(step="site_inspection").count() == 2


def test_what_was_done_after_an_earlier_act_of_the_phone_rests_on_it(world: World, case: Case) -> None:
    client = world.client("li")
    first = inspection(world, case, AT - timedelta(hours=2))
    second = inspection(world, case, AT, after=first["key"])

    assert send(client, first).status_code == 200
    assert send(client, second).status_code == 200


def test_an_act_of_another_officer_is_not_taken_in_ones_own_name(world: World, case: Case) -> None:
    answer = send(world.client("wang"), inspection(world, case))

    assert (answer.status_code, answer.json()["code"]) == (403, "not-yours")


def test_a_key_of_another_officer_is_not_answered(world: World, case: Case) -> None:
    act = inspection(world, case)
    send(world.client("li"), act)

    answer = send(world.client("wang"), {**act, "officer": world.officers["wang"].pk})

    assert (answer.status_code, answer.json()["code"]) == (403, "not-yours")


def test_a_stranger_learns_nothing_of_the_case(world: World, case: Case) -> None:
    act = inspection(world, case, officer=world.officers["stranger"].pk)

    answer = send(world.client("stranger"), act)

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_who_is_not_signed_in_is_told_so_and_nothing_is_kept(world: World, case: Case) -> None:
    answer = send(Client(), inspection(world, case))

    assert answer.status_code == 401
    assert not FieldAct.objects.exists()


@pytest.mark.parametrize(
    ("hours", "given", "code"),
    [
        (-1, {}, "clock-ahead"),
        (25, {}, "bad-reason"),
        (24 * 8, {"late_reason": "山区没有网络。"}, "too-late"),
    ],
)
def test_the_phones_word_on_the_time_has_bounds(
    world: World, case: Case, hours: int, given: dict[str, Any], code: str
) -> None:
    answer = send(world.client("li"), inspection(world, case, AT - timedelta(hours=hours), **given))

    assert answer.json()["code"] == code
    assert not case.steps.filter(step="site_inspection").exists()


def test_a_late_act_is_taken_with_its_reason(world: World, case: Case) -> None:
    act = inspection(world, case, AT - timedelta(hours=30), late_reason="山区没有网络，次日下山上传。")

    assert send(world.client("li"), act).status_code == 200
    assert FieldAct.objects.get().reason == "山区没有网络，次日下山上传。"


def test_a_phone_whose_clock_is_wrong_is_put_right(world: World, case: Case) -> None:
    """The phone is three hours slow: what it did an hour ago it dates four hours back."""
    act = inspection(world, case, AT - timedelta(hours=1))
    slow = (AT - timedelta(hours=4)).isoformat()

    send(world.client("li"), {**act, "at": slow, "offset": 3 * 3600 * 1000})

    assert FieldAct.objects.get().acted_at == AT - timedelta(hours=1)


@pytest.mark.parametrize(
    "act",
    [
        "",
        "[]",
        "{",
        '{"key": 1}',
        '{"key": "00000000-0000-0000-0000-000000000000", "kind": "step", "device": "x", "at": "y"}',
    ],
)
def test_what_no_phone_of_ours_would_send_is_refused(world: World, act: str) -> None:
    answer = world.client("li").post("/field/sync", {"act": act}, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad-act")


def test_missing_facts_come_back_by_field(world: World, case: Case) -> None:
    act = inspection(world, case)
    act["values"] = [pair for pair in act["values"] if pair[0] != "fact.site_findings"]

    answer = send(world.client("li"), act)

    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"site_findings"}


def test_giving_an_act_up_takes_a_reason_and_stays_on_the_record(world: World, case: Case) -> None:
    client, act = world.client("li"), inspection(world, case)

    assert send(client, act, "/field/discard").json()["code"] == "bad-reason"
    answer = send(client, {**act, "reason": "王某已经办理同一检查。"}, "/field/discard")

    assert answer.json() == {"state": "discarded"}
    assert Entry.objects.filter(kind="field-act-discarded").count() == 1
    assert send(client, act).json()["state"] == "discarded"
    assert not case.steps.filter(step="site_inspection").exists()


def test_showing_the_certificate_is_put_on_the_record(world: World) -> None:
    number = world.actor("li").certificates[0].number
    act = {
        "key": str(uuid.uuid4()),
        "kind": "certificate",
        "officer": world.officers["li"].pk,
        "device": str(DEVICE),
        "at": AT.isoformat(),
        "number": number,
    }

    assert send(world.client("li"), act).status_code == 200
    assert Entry.objects.filter(kind="organs.certificate-shown").count() == 1
    wrong = {**act, "key": str(uuid.uuid4()), "number": "00000000"}
    assert send(world.client("li"), wrong).json()["code"] == "no-certificate"


def penalty(world: World, at: datetime = AT, fine: str = "100", **given: Any) -> dict[str, Any]:
    """A penalty on the spot as li's phone kept it, done together with wang."""
    officers = [world.officers[one].pk for one in ("li", "wang")]
    facts = spot_facts(at, officers, fine)
    stages = {
        step: {
            "at": (at - timedelta(minutes=minutes)).isoformat(),
            "values": [
                [f"fact.{name}", one]
                for name, value in facts[step].items()
                for one in (value if isinstance(value, list) else [value])
            ],
        }
        for step, minutes in (("spot_check", 6), ("hear_party", 3), ("spot_decision", 0))
    }
    values = {
        "key": str(uuid.uuid4()),
        "kind": "penalty",
        "officer": officers[0],
        "device": str(DEVICE),
        "at": at.isoformat(),
        "offset": 0,
        "name": f"{PASSER_BY['name']}案",
        "power": "FOOD-05",
        "party": PASSER_BY,
        "handlers": officers,
        "region": "511700",
        "number": None,
        "film_pending": "DSJ-01",
        "stages": stages,
    }
    return {**values, **given}


def draw(world: World, count: int = 3) -> Any:
    return actions.draw_numbers(
        form="spot-decision", count=count, device=DEVICE, actor=world.actor("li"), at=AT
    )


def test_a_penalty_on_the_spot_comes_in_with_the_number_and_code_of_its_paper(world: World) -> None:
    block = draw(world)

    answer = send(world.client("li"), penalty(world, number=block.first + 1))

    assert answer.status_code == 200, answer.content.decode()
    paper = Paper.objects.get(form="spot-decision")
    assert (paper.seq, paper.verify_code) == (block.first + 1, block.codes[1])
    times = list(paper.case.steps.order_by("seq").values_list("step", "at"))
    assert [step for step, _ in times] == ["spot_check", "hear_party", "spot_decision"]
    assert times[0][1] == AT - timedelta(minutes=6) < times[1][1] < times[2][1] == AT
    [row] = cases.number_blocks(world.actor("li"))
    assert [one.state for one in row.numbers] == ["free", "used", "free"]


def test_without_a_drawn_number_the_platform_gives_one(world: World) -> None:
    draw(world)

    assert send(world.client("li"), penalty(world)).status_code == 200
    assert Paper.objects.get(form="spot-decision").seq == 4


def test_a_penalty_over_the_cap_leaves_nothing_behind(world: World) -> None:
    answer = send(world.client("li"), penalty(world, fine="3000000"))

    assert answer.status_code in (409, 422)
    assert not Case.objects.exists()
    assert not FieldAct.objects.exists()


def test_nobody_uses_numbers_that_another_drew_or_that_are_used_or_void(world: World) -> None:
    block = draw(world)
    client = world.client("li")
    send(client, penalty(world, number=block.first))
    actions.void_number(
        block_id=block.pk, seq=block.last, reason="打印损坏。", actor=world.actor("li"), at=AT
    )

    codes = [
        send(client, penalty(world, number=number)).json()["code"]
        for number in (block.first, block.last, block.last + 7)
    ]
    theirs = penalty(world, number=block.first + 1, officer=world.officers["wang"].pk)

    assert codes == ["number-used", "number-void", "not-drawn"]
    assert send(world.client("wang"), theirs).json()["code"] == "not-drawn"


def test_returned_numbers_leave_no_gap_where_nobody_drew_after_them(world: World) -> None:
    block = draw(world)
    send(world.client("li"), penalty(world, number=block.first))

    void = actions.return_numbers(block_id=block.pk, reason="收队。", actor=world.actor("li"), at=AT)

    assert void == []
    assert draw(world).first == block.first + 1


def test_returned_numbers_are_void_where_others_drew_after_them(world: World) -> None:
    block = draw(world)
    draw(world, 1)

    void = actions.return_numbers(block_id=block.pk, reason="收队。", actor=world.actor("li"), at=AT)

    assert void == [block.first, block.first + 1, block.last]
    [_, row] = cases.number_blocks(world.actor("li"))
    assert {one.why for one in row.numbers} == {"收队。"}


def test_the_page_of_numbers_draws_voids_and_returns(world: World) -> None:
    client = world.client("li")

    client.post("/field/numbers/draw", {"count": "2", "device": str(DEVICE)})
    [block] = cases.number_blocks(world.actor("li"))
    client.post(f"/field/numbers/{block.id}/return", {"seq": "1", "reason": "打印损坏。"})
    client.post(f"/field/numbers/{block.id}/return", {"reason": "收队归还。"})

    page = client.get("/field/numbers").content.decode()
    assert "作废：打印损坏。" in page
    assert client.post("/field/numbers/draw", {"count": "999", "device": str(DEVICE)}).status_code == 422
    assert client.get("/field/numbers.json").json() == {"blocks": []}


def test_the_pages_of_a_case_outdoors_say_what_may_be_done_and_what_not(world: World, case: Case) -> None:
    client = world.client("li")

    page = client.get(f"/field/cases/{case.no}").content.decode()
    form = client.get(f"/field/cases/{case.no}/steps/site_inspection").content.decode()
    ahead = client.get(f"/field/cases/{case.no}/steps/serve_notice")

    assert "现场检查（勘验）" in page
    assert "达州市某某食品有限公司" in page
    assert 'data-base="1"' in form
    assert "phrases" in form
    assert ahead.status_code == 200
    assert "前面的环节还没有办完" in ahead.content.decode()


def test_the_worker_keeps_the_shell_of_one_version(world: World) -> None:
    client = world.client("li")

    worker = client.get("/field/sw.js")
    status = client.get("/field/status").json()

    assert worker["Content-Type"].startswith("text/javascript")
    assert "no-store" in worker["Cache-Control"] or "no-cache" in worker["Cache-Control"]
    assert status["shell"] in worker.content.decode()
    assert "/static/field/store.js" in worker.content.decode()
    assert client.get("/field/manifest.json").json()["scope"] == "/field/"
