"""The capture protocol as a browser speaks it: every answer clear, nothing lost, nobody else let in."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from typing import Any

import pytest
from django.test import Client

from mingjing.cases.models import Case, Evidence
from mingjing.record import queries as records
from mingjing.vault.models import Capture, Device
from tests.vault.field_device import FieldDevice, Recording
from tests.web.desk_world import World

JSON = {"Accept": "application/json"}


@pytest.fixture
def case(world: World) -> Case:
    return world.open()


@pytest.fixture
def li(world: World) -> Client:
    return world.client("li")


@pytest.fixture
def device(world: World, li: Client) -> FieldDevice:
    device = FieldDevice(world.actor("li"))
    answer = post(li, "/field/devices", {"public_key": b64(device.public_key), "name": "测试手机"})
    assert (answer.status_code, answer.json()["number"]) == (201, device.number)
    return device


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def post(client: Client, address: str, said: Any) -> Any:
    return client.post(address, json.dumps(said), content_type="application/json", headers=JSON)


def start(client: Client, recording: Recording) -> Any:
    said = {"manifest": b64(recording.start), "signature": b64(recording.start_signature)}
    return post(client, "/field/captures", said)


def put(client: Client, recording: Recording, seq: int, **changes: Any) -> Any:
    content = changes.get("content", recording.chunks[seq - 1])
    digest = changes.get("digest", f"sha-256=:{b64(hashlib.sha256(recording.chunks[seq - 1]).digest())}:")
    return client.put(
        f"/field/captures/{recording.id}/{seq}",
        content,
        content_type="application/octet-stream",
        headers={**JSON, "Content-Digest": digest},
    )


def end(client: Client, recording: Recording) -> Any:
    said = {"manifest": b64(recording.end), "signature": b64(recording.signature)}
    return post(client, f"/field/captures/{recording.id}/end", said)


def test_a_recording_from_start_to_receipt(li: Client, device: FieldDevice, case: Case) -> None:
    recording = device.record(b"one", b"two", case=case.no, step="site_inspection")

    assert start(li, recording).json() == {
        "id": str(recording.id),
        "state": "receiving",
        "received": [],
        "receipt": None,
    }
    assert start(li, recording).status_code == 201
    assert [put(li, recording, seq).status_code for seq in (2, 1, 2)] == [201, 201, 200]
    receipt = end(li, recording).json()["receipt"]

    assert (receipt["head"], receipt["chunks"], receipt["size_bytes"]) == (recording.head, 2, 6)
    assert receipt["sha256"] == hashlib.sha256(b"onetwo").hexdigest()
    assert "— " in receipt["note"]
    again = li.get(f"/field/captures/{recording.id}", headers=JSON).json()
    assert (again["state"], again["receipt"]) == ("bound", receipt)
    assert Capture.objects.get().case_no == case.no


def test_a_case_that_the_officer_may_not_see_refuses_no_recording(li: Client, device: FieldDevice) -> None:
    recording = device.record(b"one", case="P999999", step="implement")

    start(li, recording)
    put(li, recording, 1)

    assert end(li, recording).json()["receipt"]["state"] == "complete"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"content": b"on"}, "可能只收到一半"),
        ({"digest": ""}, "Content-Digest"),
        ({"digest": "sha-256=:AAAA:"}, "Content-Digest"),
        ({"digest": "sha-512=:" + "A" * 86 + "==:"}, "Content-Digest"),
        ({"content": b""}, "0 字节"),
    ],
)
def test_a_chunk_that_did_not_come_whole_is_refused(
    li: Client, device: FieldDevice, changes: dict[str, Any], words: str
) -> None:
    recording = device.record(b"one")
    start(li, recording)

    answer = put(li, recording, 1, **changes)

    assert answer.status_code == 422
    assert words in answer.json()["detail"]
    assert put(li, recording, 1).status_code == 201


def test_the_digest_may_stand_among_others(li: Client, device: FieldDevice) -> None:
    recording = device.record(b"one")
    start(li, recording)
    ours = f"sha-256=:{b64(hashlib.sha256(b'one').digest())}:"

    assert put(li, recording, 1, digest=f"unixsum=30637, {ours}").status_code == 201


def test_the_end_before_all_chunks_tells_which_are_missing(li: Client, device: FieldDevice) -> None:
    recording = device.record(b"one", b"two", b"three")
    start(li, recording)
    put(li, recording, 1)
    put(li, recording, 3)

    answer = end(li, recording)

    assert (answer.status_code, answer.json()["code"]) == (409, "chunks-missing")
    assert li.get(f"/field/captures/{recording.id}", headers=JSON).json()["received"] == [[1, 1], [3, 3]]


def test_a_chunk_behind_the_end_and_another_content_are_conflicts(li: Client, device: FieldDevice) -> None:
    recording = device.record(b"one")
    start(li, recording)
    put(li, recording, 1)
    end(li, recording)
    digest = f"sha-256=:{b64(hashlib.sha256(b'more').digest())}:"

    late = li.put(f"/field/captures/{recording.id}/2", b"more", headers={**JSON, "Content-Digest": digest})
    other = put(li, recording, 1, content=b"more", digest=digest)

    assert (late.status_code, late.json()["code"]) == (409, "capture-ended")
    assert (other.status_code, other.json()["code"]) == (409, "chunk-differs")


def test_nobody_else_can_send_see_or_end_it(world: World, li: Client, device: FieldDevice) -> None:
    recording = device.record(b"one")
    start(li, recording)

    for name in ("wang", "stranger"):
        other = world.client(name)
        assert put(other, recording, 1).status_code == 403
        assert end(other, recording).status_code == 403
        assert other.get(f"/field/captures/{recording.id}", headers=JSON).status_code == 403
        assert start(other, recording).status_code == 409  # the device is not theirs
    unknown = li.get(f"/field/captures/{uuid.uuid4()}", headers=JSON)
    assert unknown.status_code == 404


def test_a_device_that_was_never_registered_is_told_so(world: World, li: Client) -> None:
    answer = start(li, FieldDevice(world.actor("li")).record(b"one"))

    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-device")


@pytest.mark.parametrize("body", ["", "[]", "no", '{"manifest": "%"}', "{" + " " * 300_000 + "}"])
def test_a_body_that_is_nothing_is_refused(li: Client, body: str) -> None:
    for address in ("/field/devices", "/field/captures"):
        answer = li.post(address, body, content_type="application/json", headers=JSON)
        assert answer.status_code == 422, address
    assert Device.objects.count() == 0


def test_without_a_session_a_script_is_told_and_keeps_what_it_holds(device: FieldDevice) -> None:
    answer = start(Client(), device.record(b"one"))

    assert (answer.status_code, answer.json()["code"]) == (401, "signed-out")


def test_every_post_and_put_asks_for_the_token(world: World, device: FieldDevice) -> None:
    account = world.officers["li"].account
    assert account is not None
    client = Client(enforce_csrf_checks=True)
    client.force_login(account)
    recording = device.record(b"one")

    assert start(client, recording).status_code == 409
    assert put(client, recording, 1).status_code == 409
    assert Capture.objects.count() == 0


def test_a_recording_is_bound_and_given_up_from_the_phone(
    li: Client, device: FieldDevice, case: Case
) -> None:
    whole, broken = device.record(b"one"), device.record(b"two", b"three")
    for recording in (whole, broken):
        start(li, recording)
        put(li, recording, 1)
    end(li, whole)

    bound = post(li, f"/field/captures/{whole.id}/bind", {"case": case.no, "step": "site_inspection"})
    wrong = post(li, f"/field/captures/{whole.id}/bind", {"case": case.no, "step": "nothing"})
    given_up = post(li, f"/field/captures/{broken.id}/give-up", {"reason": "手机落水"})

    assert bound.json() == {"state": "bound", "case": case.no, "step": "site_inspection"}
    assert wrong.status_code == 404
    assert given_up.json() == {"state": "broken", "chunks": 1}
    with records.open_blob(Capture.objects.get(pk=broken.id).sha256) as file:
        assert file.read() == b"two"


def test_the_page_says_the_duty_and_what_to_read_out(li: Client, case: Case) -> None:
    page = li.get(f"/field/recorder?case={case.no}&step=site_inspection").content.decode()

    assert "本环节须全程音像记录" in page
    assert "我们是达州市某某监管局行政执法人员li某" in page
    assert "达州市某某食品有限公司" in page
    assert "先录制，后选案件" in li.get("/field/recorder").content.decode()
    assert li.get(f"/field/recorder?case={case.no}&step=nothing").status_code == 404


def test_a_step_filled_in_outdoors_takes_a_recording_in(
    world: World, li: Client, device: FieldDevice, case: Case
) -> None:
    recording = device.record(b"one", case=case.no, step="evidence_extract")
    start(li, recording)
    put(li, recording, 1)
    end(li, recording)
    page = li.get(f"/field/cases/{case.no}/steps/evidence_extract").content.decode()
    assert f'value="{recording.id}" checked' in page
    people = [world.officers["li"].pk, world.officers["wang"].pk]
    values = [
        ["fact.evidence_kind", "audiovisual"],
        ["fact.evidence_title", "现场录像"],
        ["fact.evidence_source", "现场"],
        ["fact.evidence_taken_at", "2026-11-20T09:00"],
        ["fact.certificates_shown", "yes"],
        *[["fact.officers_present", str(one)] for one in people],
        ["recorded.fact.evidence_files", str(recording.id)],
    ]
    act = {
        "key": str(uuid.uuid4()),
        "kind": "step",
        "device": str(uuid.uuid4()),
        "officer": world.officers["li"].pk,
        "case": case.no,
        "step": "evidence_extract",
        "base": case.version,
        "values": values,
        "at": "2026-11-20T02:00:00.000Z",
        "offset": 0,
    }

    answer = li.post("/field/sync", {"act": json.dumps(act)}, headers=JSON)

    assert answer.status_code == 200, answer.content.decode()
    assert Evidence.objects.get().kind == "audiovisual"
    assert Capture.objects.get().taken_seq is not None
