"""The register of devices, and files of body-worn cameras."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest

from mingjing.organs.authority import Actor
from mingjing.record import queries as records
from mingjing.vault import actions, codex, queries
from mingjing.vault.models import Capture, Device
from tests.makers import AT, SHANGHAI
from tests.office import refused

from .conftest import People
from .field_device import FieldDevice


def test_registering_twice_is_once_and_the_number_comes_from_the_key(people: People) -> None:
    device = FieldDevice(people.maker).register().register()

    assert [one.number for one in queries.devices()] == [device.number]
    assert records.history(f"device:{Device.objects.get().pk}")[0].kind == "device-registered"


def test_only_who_moves_cases_has_a_field_device(people: People) -> None:
    with refused("no-permission"):
        FieldDevice(people.manager).register()
    with refused("bad-device-key"):
        actions.register_device(public_key=b"no key", name="", actor=people.maker, at=AT)


def test_cameras_are_registered_issued_and_revoked_by_the_manager(people: People) -> None:
    with refused("no-permission"):
        actions.register_camera(number="DSJ1", name="", officer_id=people.maker.id, actor=people.maker, at=AT)
    camera = register(people, " dsj00123 ")
    with refused("device-known"):
        register(people, "DSJ00123")
    with refused("bad-device-number"):
        register(people, " ")
    with refused("not-found"):
        actions.register_camera(number="A1", name="", officer_id=424242, actor=people.manager, at=AT)

    actions.issue_device(device_id=camera.pk, officer_id=people.colleague.id, actor=people.manager, at=AT)
    (row,) = queries.devices(people.maker.organ_id)
    assert (row.number, row.officer, row.state) == ("DSJ00123", "乙某某", "in_use")

    with refused("bad-reason"):
        actions.revoke_device(device_id=camera.pk, reason="", actor=people.manager, at=AT)
    actions.revoke_device(device_id=camera.pk, reason="损坏", actor=people.manager, at=AT)
    with refused("device-revoked"):
        actions.revoke_device(device_id=camera.pk, reason="损坏", actor=people.manager, at=AT)
    with refused("device-revoked"):
        actions.issue_device(device_id=camera.pk, officer_id=people.maker.id, actor=people.manager, at=AT)
    with refused("not-found"):
        actions.revoke_device(device_id=424242, reason="损坏", actor=people.manager, at=AT)


def test_a_device_with_a_key_cannot_change_hands(people: People) -> None:
    FieldDevice(people.maker).register()

    with refused("device-has-key"):
        actions.issue_device(
            device_id=Device.objects.get().pk, officer_id=people.colleague.id, actor=people.manager, at=AT
        )


def register(people: People, number: str) -> Device:
    return actions.register_camera(
        number=number, name="执法记录仪", officer_id=people.maker.id or 0, actor=people.manager, at=AT
    )


def bring(actor: Actor, content: bytes = b"film", **changes: Any) -> Capture:
    values: dict[str, Any] = {
        "name": "DSJ00123_23170012_20261120080000_0001.MP4",
        "media_type": "video/mp4",
        "content": content,
        "sha256": hashlib.sha256(content).hexdigest(),
        "officer_id": actor.id,
        "started_at": AT - timedelta(hours=2),
        "ended_at": AT - timedelta(hours=1),
        "actor": actor,
        "at": AT,
    }
    return actions.import_capture(**{**values, **changes})


def test_a_file_of_a_camera_becomes_a_recording(people: People) -> None:
    register(people, "DSJ00123")

    capture = bring(people.colleague, officer_id=people.maker.id, device_number="dsj00123")

    row = queries.capture_for(people.maker, capture.pk)
    assert (row.state, row.device, row.officer, row.ending, row.seconds) == (
        "complete",
        "DSJ00123",
        "甲某某",
        "imported",
        3600,
    )
    assert records.history(f"capture:{capture.pk}")[0].kind == "capture-import"
    assert queries.check_chain(capture.pk) is None


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("bad-digest", {"sha256": "0" * 64}),
        ("bad-file", {"media_type": "application/pdf"}),
        ("bad-file", {"media_type": "application/octet-stream", "name": "说明.exe"}),
        ("bad-date", {"started_at": AT + timedelta(seconds=1)}),
        ("bad-date", {"ended_at": AT - timedelta(hours=3)}),
        ("no-such-device", {"device_number": "X"}),
        ("empty-file", {"content": b"", "sha256": hashlib.sha256(b"").hexdigest()}),
    ],
)
def test_a_file_that_is_not_what_was_said_is_refused(
    people: People, code: str, changes: dict[str, Any]
) -> None:
    with refused(code):
        bring(people.maker, **changes)
    assert Capture.objects.count() == 0


def test_a_makers_own_form_is_told_by_its_ending(people: People) -> None:
    capture = bring(people.maker, name="KJ0007.DAV", media_type="application/octet-stream")

    assert capture.kind == "video"


def test_nobody_brings_in_files_for_another_organ(people: People) -> None:
    with refused("not-found"):
        bring(people.maker, officer_id=people.stranger.id)


def test_only_the_importers_own_files_are_recognized(people: People) -> None:
    bring(people.maker)

    with refused("already-imported"):
        bring(people.maker)
    bring(people.colleague)  # learns nothing of what others have
    assert Capture.objects.count() == 2


def test_a_file_brought_more_than_a_day_late_is_marked(people: People) -> None:
    days = timedelta(days=2)

    assert bring(people.maker, started_at=AT - days, ended_at=AT - days).late
    assert not bring(people.maker, b"other").late


@pytest.mark.parametrize("one", codex.rules().file_names, ids=lambda one: one.title)
def test_every_pattern_reads_its_own_example(one: codex.FileNames) -> None:
    found = codex.guess(one.example)

    assert found.at == datetime(2026, 11, 27, 9, 30, tzinfo=SHANGHAI)
    assert one.rule.fullmatch(one.example)


def test_what_a_name_tells_is_read() -> None:
    assert codex.guess("DSJ00123_23170012_20261127093000_0001.MP4") == codex.Guess(
        "DSJ00123", "23170012", datetime(2026, 11, 27, 9, 30, tzinfo=SHANGHAI)
    )
    both = codex.guess("23170012_dsj00123_20261127093000_20261127095500.mp4")
    assert (both.device, both.end) == ("DSJ00123", datetime(2026, 11, 27, 9, 55, tzinfo=SHANGHAI))
    assert codex.guess("DSJ00123_23170012_20261399093000_0001.MP4").at is None
    assert codex.guess("会议.mp4") == codex.Guess()


def test_the_term_for_handing_in_is_data_with_its_source() -> None:
    rule = codex.rules().hand_in

    assert (rule.hours, rule.sure) == (24, False)
    assert rule.basis
