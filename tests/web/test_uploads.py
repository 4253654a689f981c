"""Uploads at their address: whose they are, what is kept, what a lost connection and a killed server leave."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from mingjing.cases.models import Case
from mingjing.record import queries as record
from mingjing.record import store
from mingjing.record.models import Blob
from mingjing.vault import actions, pieces
from mingjing.vault.models import Incoming
from tests.makers import AT
from tests.web.desk_world import World, form_of

TUS = {"Tus-Resumable": "1.0.0"}
CONTENT = (b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40)[:10_240]
EXTRACT = {
    "evidence_kind": "audiovisual",
    "evidence_title": "现场录像",
    "evidence_source": "执法记录仪",
    "evidence_taken_at": "2026-11-20T09:00",
    "certificates_shown": "yes",
}


def begin(client: Client, size: int = len(CONTENT), *, said: str = "", **more: Any) -> Any:
    name = base64.b64encode("现场.mp4".encode()).decode()
    metadata = f"filename {name},filetype {base64.b64encode(b'video/mp4').decode()}{said}"
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata}
    return client.generic("POST", "/uploads/", headers=headers, **more)


def patch(client: Client, place: str, offset: int, data: bytes, **headers: str) -> Any:
    return client.patch(
        place,
        data,
        content_type="application/offset+octet-stream",
        headers={**TUS, "Upload-Offset": str(offset), **headers},
    )


def sent(client: Client, content: bytes = CONTENT) -> uuid.UUID:
    """An upload that came whole, in two pieces."""
    place = begin(client, len(content))["Location"]
    half = len(content) // 2
    assert patch(client, place, 0, content[:half]).status_code == 204
    assert patch(client, place, half, content[half:]).status_code == 204
    return uuid.UUID(place.rpartition("/")[2])


def test_a_file_comes_in_pieces_and_is_read_back_whole(world: World) -> None:
    client = world.client("li")

    begun = begin(client)
    place = begun["Location"]
    first = patch(client, place, 0, CONTENT[:3000])
    asked = client.head(place, headers=TUS)
    last = patch(client, place, 3000, CONTENT[3000:])
    told = client.head(place, headers=TUS)

    assert (begun.status_code, begun["Upload-Offset"]) == (201, "0")
    assert (first.status_code, first["Upload-Offset"]) == (204, "3000")
    assert first["Upload-Expires"].endswith("GMT")
    assert (asked.status_code, asked["Upload-Offset"], asked["Upload-Length"]) == (200, "3000", "10240")
    assert asked["Cache-Control"] == "no-store"
    assert (last.status_code, last["Upload-Offset"]) == (204, "10240")
    assert told["Upload-SHA256"] == hashlib.sha256(CONTENT).hexdigest()
    assert all(one["Tus-Resumable"] == "1.0.0" for one in (begun, first, asked, last))


def test_the_first_piece_may_come_with_the_beginning(world: World) -> None:
    client = world.client("li")
    headers = {**TUS, "Upload-Length": "10240"}

    begun = client.post(
        "/uploads/", CONTENT[:100], content_type="application/offset+octet-stream", headers=headers
    )

    assert (begun.status_code, begun["Upload-Offset"]) == (201, "100")


def test_abilities_are_told_without_signing_in(db: None) -> None:
    told = Client().options("/uploads/")

    assert told.status_code == 204
    assert told["Tus-Extension"] == "creation,creation-with-upload,termination,checksum,expiration"
    assert told["Tus-Max-Size"] == str(16 << 30)


@pytest.mark.parametrize("offset", [0, 2999, 3001])
def test_bytes_for_another_place_are_refused(world: World, offset: int) -> None:
    client = world.client("li")
    place = begin(client)["Location"]
    patch(client, place, 0, CONTENT[:3000])

    assert patch(client, place, offset, b"x").status_code == 409
    assert client.head(place, headers=TUS)["Upload-Offset"] == "3000"


def test_more_bytes_than_were_promised_are_refused_and_leave_nothing(world: World) -> None:
    client = world.client("li")
    place = begin(client, 10)["Location"]

    assert patch(client, place, 0, b"12345678901").status_code == 413
    assert patch(client, place, 0, b"1234567890").status_code == 204


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_that_was_damaged_on_the_way_is_not_kept(world: World, algorithm: str) -> None:
    client = world.client("li")
    place = begin(client)["Location"]
    digest = base64.b64encode(hashlib.new(algorithm, CONTENT).digest()).decode()
    check = {"Upload-Checksum": f"{algorithm} {digest}"}

    damaged = patch(client, place, 0, CONTENT[:-1] + b"?", **check)

    assert (damaged.status_code, damaged.reason_phrase) == (460, "Checksum Mismatch")
    assert client.head(place, headers=TUS)["Upload-Offset"] == "0"
    assert patch(client, place, 0, CONTENT, **check).status_code == 204


def test_a_file_that_is_not_what_was_promised_is_forgotten(world: World) -> None:
    client = world.client("li")
    promise = base64.b64encode(b"0" * 64).decode()
    place = begin(client, said=f",sha256 {promise}")["Location"]

    assert patch(client, place, 0, CONTENT).status_code == 460
    assert client.head(place, headers=TUS).status_code == 404


def test_what_a_killed_server_had_not_told_is_cut_off(world: World) -> None:
    client = world.client("li")
    place = begin(client)["Location"]
    patch(client, place, 0, CONTENT[:3000])
    path = pieces.path_of(uuid.UUID(place.rpartition("/")[2]))
    path.write_bytes(CONTENT[:3000] + b"never acknowledged" * 500)

    assert client.head(place, headers=TUS)["Upload-Offset"] == "3000"
    patch(client, place, 3000, CONTENT[3000:])

    assert client.head(place, headers=TUS)["Upload-SHA256"] == hashlib.sha256(CONTENT).hexdigest()


def test_a_whole_file_whose_digest_a_crash_prevented_is_read_when_it_is_wanted(world: World) -> None:
    key = sent(world.client("li"))
    Incoming.objects.filter(pk=key).update(sha256="")

    kept = actions.keep_upload(officer_id=world.officers["li"].pk, key=key)

    assert kept.sha256 == hashlib.sha256(CONTENT).hexdigest()


class Cut:
    """A body whose sender goes away after the first bytes."""

    def __init__(self, first: bytes) -> None:
        self.left = [first]

    def read(self, size: int) -> bytes:
        if self.left:
            return self.left.pop()
        raise OSError("connection reset")


def cut(world: World, key: uuid.UUID, check: tuple[str, bytes] | None = None) -> Incoming:
    return actions.append_piece(
        officer_id=world.officers["li"].pk, key=key, offset=0, source=Cut(CONTENT[:700]), check=check, at=AT
    )


def test_what_came_before_the_connection_broke_is_kept(world: World) -> None:
    key = uuid.UUID(begin(world.client("li"))["Location"].rpartition("/")[2])

    assert cut(world, key, ("sha1", b"")).offset_bytes == 0  # half of what a checksum is of proves nothing
    assert cut(world, key).offset_bytes == 700
    assert pieces.path_of(key).read_bytes() == CONTENT[:700]


def test_two_connections_never_write_at_once(world: World) -> None:
    client = world.client("li")
    place = begin(client)["Location"]
    with pieces.path_of(uuid.UUID(place.rpartition("/")[2])).open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        busy = [patch(client, place, 0, CONTENT), client.delete(place, headers=TUS)]

    assert busy[0].status_code == 423
    assert client.head(place, headers=TUS)["Upload-Offset"] == "0"
    assert patch(client, place, 0, CONTENT).status_code == 204


def test_an_upload_is_its_officers_alone(world: World) -> None:
    place = begin(world.client("li"))["Location"]
    colleague = world.client("wang")

    answers = [
        colleague.head(place, headers=TUS),
        patch(colleague, place, 0, b"x"),
        colleague.delete(place, headers=TUS),
    ]

    assert {one.status_code for one in answers} == {404}
    with pytest.raises(Exception, match="没有这个上传"):
        actions.keep_upload(officer_id=world.officers["wang"].pk, key=uuid.UUID(place.rpartition("/")[2]))


@pytest.mark.parametrize("who, status", [("li", 201), ("juzhang", 201), ("jiandu", 201), ("guanli", 403)])
def test_who_may_hand_in_files(world: World, who: str, status: int) -> None:
    assert begin(world.client(who)).status_code == status


def test_a_stranger_is_told_to_sign_in_and_no_page(db: None) -> None:
    answer = begin(Client())

    assert answer.status_code == 401
    assert answer["Content-Type"].startswith("text/plain")


def test_another_site_cannot_upload_in_an_officers_name(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    account = world.officers["li"].account
    assert account is not None
    client.force_login(account)

    assert begin(client).status_code == 403
    client.get("/desk/account/password")  # a page with a form gives the token
    token = client.cookies["csrftoken"].value
    headers = {**TUS, "Upload-Length": "5", "X-CSRFToken": token}
    assert client.generic("POST", "/uploads/", headers=headers).status_code == 201


def test_another_version_of_the_protocol_is_refused(world: World) -> None:
    answer = world.client("li").generic(
        "POST", "/uploads/", headers={"Tus-Resumable": "0.2.2", "Upload-Length": "5"}
    )

    assert (answer.status_code, answer["Tus-Version"]) == (412, "1.0.0")


def test_an_upload_is_ended(world: World) -> None:
    client = world.client("li")
    place = begin(client)["Location"]

    assert client.delete(place, headers=TUS).status_code == 204
    assert client.head(place, headers=TUS).status_code == 404
    assert not pieces.path_of(uuid.UUID(place.rpartition("/")[2])).exists()


def test_a_quota_holds_for_all_uploads_of_an_officer(world: World, settings: Any) -> None:
    settings.MINGJING_UPLOAD_MOST_GB, settings.MINGJING_UPLOAD_QUOTA_GB = 2, 3
    client = world.client("li")

    assert begin(client, 3 << 30).status_code == 413
    assert begin(client, 2 << 30).status_code == 201
    assert begin(client, 2 << 30).status_code == 413
    assert begin(world.client("wang"), 2 << 30).status_code == 201


def test_what_nobody_continued_is_swept(world: World) -> None:
    place = begin(world.client("li"))["Location"]
    key = uuid.UUID(place.rpartition("/")[2])
    Incoming.objects.filter(pk=key).update(expires_at=AT)

    assert actions.sweep_uploads(AT - timedelta(seconds=1)) == 0
    assert actions.sweep_uploads(AT) == 1
    assert not Incoming.objects.exists()
    assert not pieces.path_of(key).exists()


def test_pieces_whose_beginning_was_never_committed_are_swept(world: World) -> None:
    key, live = uuid.uuid4(), uuid.UUID(begin(world.client("li"))["Location"].rpartition("/")[2])
    pieces.create(key)
    old = (AT - timedelta(hours=73)).timestamp()
    for one in (key, live):
        os.utime(pieces.path_of(one), (old, old))

    assert actions.sweep_uploads(AT) == 1
    assert pieces.all_keys() == [live]


def test_a_kept_upload_is_the_same_file_on_the_disk_and_stays_when_the_upload_goes(world: World) -> None:
    client, officer = world.client("li"), world.officers["li"].pk
    key = sent(client)

    kept = actions.keep_upload(officer_id=officer, key=key)
    actions.keep_upload(officer_id=officer, key=key)

    blob = store.blob_path(kept.sha256)
    assert blob.samefile(pieces.path_of(key))
    assert blob.stat().st_mode & 0o777 == 0o440
    actions.end_upload(officer_id=officer, key=key)
    assert blob.read_bytes() == CONTENT
    assert Blob.objects.get().media_type == "video/mp4"


def test_an_unfinished_upload_is_not_kept(world: World) -> None:
    place = begin(world.client("li"))["Location"]

    with pytest.raises(Exception, match="还没有传完"):
        actions.keep_upload(officer_id=world.officers["li"].pk, key=uuid.UUID(place.rpartition("/")[2]))


def test_the_answer_is_the_same_whether_the_content_is_known(world: World) -> None:
    first = sent(world.client("li"))
    actions.keep_upload(officer_id=world.officers["li"].pk, key=first)
    other = world.client("stranger")

    known, unknown = sent(other), sent(other, os.urandom(10_240))

    heads = [dict(other.head(f"/uploads/{key}", headers=TUS).headers) for key in (known, unknown)]
    for one in heads:
        one.pop("Upload-SHA256")
        one.pop("Upload-Expires")
    assert heads[0] == heads[1]


def step_form(world: World, case: Case, *keys: uuid.UUID) -> dict[str, Any]:
    officers = [world.officers["li"].pk, world.officers["wang"].pk]
    form = form_of({**EXTRACT, "officers_present": officers}, case.version)
    return {**form, "sent.fact.evidence_files": [str(key) for key in keys]}


def test_a_step_takes_up_what_was_uploaded(world: World) -> None:
    case, client = world.open(), world.client("li")
    key = sent(client)

    answer = client.post(f"/desk/cases/{case.no}/steps/evidence_extract", step_form(world, case, key))

    assert answer.status_code == 302, answer.content.decode()
    piece = case.evidence.get()
    assert (piece.name, piece.media_type, piece.kind) == ("现场.mp4", "video/mp4", "audiovisual")
    assert piece.size_bytes == len(CONTENT)
    with record.open_blob(piece.sha256) as file:
        assert file.read() == CONTENT
    assert client.head(f"/uploads/{key}", headers=TUS).status_code == 404


def test_a_refused_step_leaves_the_upload_for_the_next_try(world: World) -> None:
    case, client = world.open(), world.client("li")
    key = sent(client)
    form = step_form(world, case, key)

    refused = client.post(
        f"/desk/cases/{case.no}/steps/evidence_extract", {**form, "fact.evidence_title": ""}
    )

    assert refused.status_code == 422
    assert client.head(f"/uploads/{key}", headers=TUS).status_code == 200
    assert client.post(f"/desk/cases/{case.no}/steps/evidence_extract", form).status_code == 302


def test_nobody_puts_a_colleagues_upload_into_a_case(world: World) -> None:
    case = world.open()
    key = sent(world.client("wang"))

    answer = world.client("li").post(
        f"/desk/cases/{case.no}/steps/evidence_extract", step_form(world, case, key)
    )

    assert answer.status_code == 404
    assert not case.evidence.exists()


@pytest.mark.parametrize("key", ["x", "3f2b8c1e-7a54-4c0d-9b1f-5e6d7c8b9a01"])
def test_an_upload_that_never_was_is_refused(world: World, key: str) -> None:
    case = world.open()
    form = {**step_form(world, case), "sent.fact.evidence_files": [key]}

    assert world.client("li").post(f"/desk/cases/{case.no}/steps/evidence_extract", form).status_code == 404


def test_a_late_recording_may_be_an_upload(world: World) -> None:
    case, client = world.open(), world.client("li")
    key = sent(client)

    answer = client.post(
        f"/desk/cases/{case.no}/recordings/1",
        {"made_at": "2026-11-18T09:00", "reason": "当时网络不通。", "sent.files": [str(key)]},
    )

    assert answer.status_code == 302, answer.content.decode()
    assert case.evidence.get().sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_no_folder_of_another_is_ever_named(world: World, settings: Any) -> None:
    key = sent(world.client("li"))

    assert pieces.path_of(key).parent == Path(settings.MINGJING_VAR) / "incoming"
