"""Recordings at the desk: binding, the import station, the register of devices, and a step that takes a recording in."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingjing.cases.models import Case, Evidence
from mingjing.vault import actions, queries
from mingjing.vault.models import Capture, Device
from tests.makers import AT
from tests.vault.field_device import FieldDevice, Recording
from tests.web.desk_world import World, form_of

SITE = "site_inspection"
FILM = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isomfilm"
JSON = {"headers": {"Accept": "application/json"}}


@pytest.fixture
def case(world: World) -> Case:
    return world.open()


@pytest.fixture
def device(world: World) -> FieldDevice:
    return FieldDevice(world.actor("li")).register()


def sent(device: FieldDevice, **more: Any) -> Recording:
    recording = device.record(b"one", b"two")
    device.send(recording, **more)
    return recording


def of_case(case: Case, step: str = SITE, title: str = "现场检查") -> queries.CaseRef:
    return queries.CaseRef(case.pk, case.no, case.label, step, title)


def inspection(world: World, at: Any = AT) -> dict[str, Any]:
    """What the form of the site inspection asks."""
    from mingjing.demo.answers import answer
    from mingjing.demo.scenes import Scene
    from tests.office import STORY

    story = STORY["FOOD-04"]
    scene = Scene(
        story=story,
        party_name="达州市某某食品有限公司",
        representative="张某某",
        place="通川区某某路1号",
        officers=(world.officers["li"].pk, world.officers["wang"].pk),
        head_name="juzhang某",
        reviewer_name="shenhe某",
        phone="0818-0000000",
        fine_fen=story.fines[0],
    )
    return answer(SITE, scene, at, {})


def test_a_recording_is_bound_by_its_maker_and_seen_by_nobody_elsewhere(
    world: World, case: Case, device: FieldDevice
) -> None:
    recording = sent(device)
    li = world.client("li")

    page = li.get("/desk/captures").content.decode()
    assert "录像 2026-11-20" in page
    assert f'value="{case.no}/{SITE}"' in page
    answer = li.post(f"/desk/captures/{recording.id}/bind", {"target": f"{case.no}/{SITE}"})

    assert answer.status_code == 302
    assert Capture.objects.get().case_no == case.no
    assert "录像 2026-11-20" not in li.get("/desk/captures").content.decode()
    stranger = world.client("stranger")
    assert stranger.post(f"/desk/captures/{recording.id}/bind", {"target": "P1/x"}).status_code == 404


@pytest.mark.parametrize(("target", "status"), [("", 422), ("nothing", 422), ("P999999/x", 404)])
def test_binding_needs_a_case_and_a_step(
    world: World, case: Case, device: FieldDevice, target: str, status: int
) -> None:
    recording = sent(device)

    answer = world.client("li").post(f"/desk/captures/{recording.id}/bind", {"target": target})

    assert answer.status_code == status


def test_a_colleague_sees_the_organs_recordings_and_binds_none(
    world: World, case: Case, device: FieldDevice
) -> None:
    recording = sent(device)
    wang = world.client("wang")

    assert "录像 2026-11-20" not in wang.get("/desk/captures").content.decode()
    assert "录像 2026-11-20" in wang.get("/desk/captures?tab=organ").content.decode()
    answer = wang.post(f"/desk/captures/{recording.id}/bind", {"target": f"{case.no}/{SITE}"})
    assert answer.status_code == 403


def test_the_form_of_a_step_offers_the_recordings_of_its_case(
    world: World, case: Case, device: FieldDevice
) -> None:
    mine, other = sent(device, case=of_case(case)), sent(device, case=of_case(case, "sampling", "抽样取证"))

    page = world.client("li").get(f"/desk/cases/{case.no}/steps/evidence_extract").content.decode()

    assert "本案已有录制" in page
    assert f'value="{mine.id}">' in page
    assert "为“抽样取证”录制" in page
    assert f'value="{other.id}">' in page


def test_a_step_takes_a_ticked_recording_in_without_another_upload(
    world: World, case: Case, device: FieldDevice
) -> None:
    recording = sent(device, case=of_case(case, "evidence_extract", "证据提取"))
    sha256 = Capture.objects.get().sha256
    facts = {
        "evidence_kind": "audiovisual",
        "evidence_title": "现场录像",
        "evidence_source": "现场",
        "evidence_taken_at": "2026-11-20T09:00",
        "officers_present": [world.officers["li"].pk, world.officers["wang"].pk],
        "certificates_shown": "yes",
    }
    li = world.client("li")
    page = li.get(f"/desk/cases/{case.no}/steps/evidence_extract").content.decode()
    assert f'value="{recording.id}" checked' in page

    form = {**form_of(facts, case.version), "recorded.fact.evidence_files": [str(recording.id)]}
    answer = li.post(f"/desk/cases/{case.no}/steps/evidence_extract", form)

    assert answer.status_code == 302, answer.content.decode()
    kept = Evidence.objects.get()
    assert (kept.sha256, kept.kind, kept.media_type) == (sha256, "audiovisual", "video/webm")
    assert Capture.objects.get().taken_seq == kept.step.seq
    assert queries.captures_of_case(case.pk, free=True) == []


def test_a_recording_of_another_case_cannot_be_ticked(world: World, case: Case, device: FieldDevice) -> None:
    recording = sent(device, case=of_case(world.open()))
    form = {"version": case.version, "recorded.fact.evidence_files": [str(recording.id)]}

    answer = world.client("li").post(f"/desk/cases/{case.no}/steps/evidence_extract", form)

    assert answer.status_code == 404
    assert Evidence.objects.count() == 0


def test_a_gap_is_on_the_supervisors_page_and_in_the_case(
    world: World, case: Case, device: FieldDevice
) -> None:
    sent(device)
    device.record(b"deleted")
    sent(device, case=of_case(case))

    page = world.client("jiandu").get("/desk/captures").content.decode()
    assert "第 2 段没有上传" in page
    assert f"/desk/cases/{case.no}" in page
    assert "第 2 段没有上传" in world.client("li").get(f"/desk/cases/{case.no}").content.decode()
    assert "第 2 段没有上传" not in world.client("stranger").get("/desk/captures?tab=gaps").content.decode()


def test_what_did_not_come_whole_is_listed(world: World, device: FieldDevice) -> None:
    recording = device.record(b"one")
    device.send_start(recording, AT - timedelta(hours=2))
    device.send_chunk(recording, 1)
    world.officers["li"].refresh_from_db()

    page = world.client("kezhang").get("/desk/captures?tab=unfinished").content.decode()
    assert "正在上传" in page
    assert "按未传完处理" not in page  # only its maker may say so
    li, address = world.client("li"), f"/desk/captures/{recording.id}/give-up"
    assert "按未传完处理" in li.get("/desk/captures?tab=unfinished").content.decode()

    assert li.post(address, {"reason": " "}).status_code == 422
    assert world.client("wang").post(address, {"reason": "手机落水"}).status_code == 403
    assert li.post(address, {"reason": "手机落水"}).status_code == 302
    assert (Capture.objects.get().state, Capture.objects.get().chunks_said) == ("broken", 1)


FILM = b"\x00\x00\x00\x18ftypmp42 of a camera"


def bring(client: Client, content: bytes = FILM, **changes: Any) -> Any:
    file = SimpleUploadedFile("DSJ00123_23170012_20261120080000.MP4", content, "video/mp4")
    form = {
        "file": file,
        "sha256": hashlib.sha256(content).hexdigest(),
        "started_at": "2026-11-20T08:00",
        "ended_at": "2026-11-20T08:30",
    }
    return client.post("/desk/captures/import", {**form, **changes}, **JSON)


def test_a_file_of_a_camera_is_taken_in_for_a_step_to_come(world: World, case: Case) -> None:
    answer = bring(world.client("li"), target=f"{case.no}/{SITE}")

    assert answer.status_code == 200, answer.content.decode()
    assert "办理该环节时勾选" in answer.json()["said"]
    (row,) = queries.captures_of_case(case.pk, free=True)
    assert (row.step, row.ending, row.seconds) == (SITE, "imported", 1800)


def test_a_file_for_a_step_that_was_taken_without_it_is_added_late(world: World, case: Case) -> None:
    form = {key: value for key, value in inspection(world).items() if value is not None}
    world.take(case, SITE, form)
    seq = case.steps.get(step=SITE).seq

    answer = bring(world.client("li"), target=f"taken:{case.no}/{SITE}/{seq}")

    assert "已补传到" in answer.json()["said"], answer.json()
    late = Evidence.objects.get(added_at__isnull=False)
    assert (late.step.seq, late.late_reason) == (seq, "执法记录仪录像，于采集站存入")
    assert Capture.objects.get().taken_seq == seq


def test_the_names_of_files_tell_officer_device_time_and_step(world: World, case: Case) -> None:
    form = {key: value for key, value in inspection(world).items() if value is not None}
    world.take(case, SITE, form)
    number = world.actor("li").certificates[0].number
    names = [
        {
            "name": f"DSJ00123_{number}00_20261120093000.MP4",
            "modified": "2026-11-20T01:55:00Z",
            "seconds": 60,
        },
        {"name": f"dsj00123_{int(number):08d}_20261120093000_1.mp4", "modified": "x", "seconds": 600},
        {"name": "照片.jpg", "modified": "2026-11-20T02:00:00.000Z"},
    ]

    answer = world.client("li").post(
        "/desk/captures/guess", json.dumps(names), content_type="application/json", **JSON
    )

    named, _, photo = answer.json()["files"]
    assert (named["device"], named["started_at"], named["ended_at"]) == (
        "DSJ00123",
        "2026-11-20T09:30:00",
        "2026-11-20T09:31:00",
    )
    assert photo["started_at"] == "2026-11-20T10:00:00"
    assert not photo["named"]
    (step,) = photo["matches"]
    assert step["value"] == f"taken:{case.no}/{SITE}/2"
    assert "现场检查" in step["text"]


def test_a_camera_tells_whose_file_it_is(world: World, case: Case) -> None:
    actions.register_camera(
        number="DSJ00123", name="", officer_id=world.officers["wang"].pk, actor=world.actor("guanli"), at=AT
    )
    names = [{"name": "DSJ00123_23170012_20261120093000.MP4", "modified": "", "seconds": 0}]

    answer = world.client("li").post(
        "/desk/captures/guess", json.dumps(names), content_type="application/json", **JSON
    )

    assert answer.json()["files"][0]["officer"] == world.officers["wang"].pk


@pytest.mark.parametrize("body", ["", "{}", "[1]", json.dumps([{}] * 501)])
def test_a_guess_about_nothing_is_refused(world: World, body: str) -> None:
    answer = world.client("li").post("/desk/captures/guess", body, content_type="application/json", **JSON)

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sha256": "0" * 64}, "不一致"),
        ({"started_at": "yesterday"}, "看不懂"),
        ({"started_at": "2026-11-21T08:00"}, "录制时间不对"),
        ({"device": "X1"}, "没有登记编号"),
        ({"file": ""}, "没有选择文件"),
        ({"target": "P1/"}, "没有选择案件"),
    ],
)
def test_a_file_that_cannot_be_taken_in_says_why(world: World, changes: dict[str, Any], words: str) -> None:
    answer = bring(world.client("li"), **changes)

    assert answer.status_code in (404, 422)
    assert words in answer.json()["detail"]
    assert Capture.objects.count() == 0


def test_without_scripts_the_form_takes_one_file_and_keeps_what_was_typed(world: World) -> None:
    li = world.client("li")
    film = SimpleUploadedFile("VID_20261120_080000.mp4", FILM, "video/mp4")

    done = li.post("/desk/captures/import", {"file": film, "started_at": "2026-11-20T08:00"})
    again = li.post("/desk/captures/import", {"started_at": "2026-11-20T08:00"})

    assert done.status_code == 302
    assert Capture.objects.get().sha256 == hashlib.sha256(FILM).hexdigest()
    assert again.status_code == 422
    assert 'value="2026-11-20T08:00"' in again.content.decode()


def test_the_manager_registers_issues_and_revokes_cameras(world: World) -> None:
    guanli, organ = world.client("guanli"), world.organ.code
    people = {"number": "dsj00123", "name": "某型", "officer": world.officers["li"].pk}

    assert guanli.post(f"/desk/devices?organ={organ}", people).status_code == 302
    again = guanli.post(f"/desk/devices?organ={organ}", people)
    assert again.status_code == 409
    assert "已经登记" in again.content.decode()
    camera = Device.objects.get()
    page = guanli.get(f"/desk/devices?organ={organ}").content.decode()
    assert "DSJ00123" in page
    guanli.post(f"/desk/devices/{camera.pk}", {"do": "issue", "officer": world.officers["wang"].pk})
    assert guanli.post(f"/desk/devices/{camera.pk}", {"reason": "遗失"}).status_code == 302

    camera.refresh_from_db()
    assert (camera.officer.name, camera.state) == ("wang某", "revoked")
    shown = world.client("jiandu").get("/desk/devices").content.decode()
    assert "已停用" in shown
    assert "登记执法记录仪" not in shown
    assert world.client("jiandu").post("/desk/devices", people).status_code == 403
