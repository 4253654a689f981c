"""Recordings come in whole, in any order, as often as the device likes; anything else is refused and named."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from mingjing.kernel import canonical
from mingjing.record import queries as records
from mingjing.record.models import Blob, Entry
from mingjing.record.store import blob_path
from mingjing.vault import actions, chunk_files, queries
from mingjing.vault.models import Capture, CaptureChunk, CaptureGap, Device
from mingjing.vault.queries.captures import MOST_ROWS
from tests.makers import AT
from tests.office import refused

from .conftest import People
from .field_device import FieldDevice

CASE = queries.CaseRef(uuid.uuid4(), "P000001", "达某强〔2026〕1号", "implement", "实施查封、扣押")


def stored(sha256: str) -> bytes:
    with records.open_blob(sha256) as file:
        return file.read()


def kinds(subject: str) -> list[str]:
    return [one.kind for one in records.history(subject)]


def test_a_recording_sent_in_order_is_in_the_store_as_the_device_made_it(device: FieldDevice) -> None:
    recording = device.record(b"one", b"two", b"three")

    receipt = device.send(recording, case=CASE)

    whole = b"onetwothree"
    assert receipt.sha256 == hashlib.sha256(whole).hexdigest()
    assert receipt.head == recording.head
    assert stored(receipt.sha256) == whole
    assert Blob.objects.get(pk=receipt.sha256).media_type == "video/webm"
    row = queries.capture_for(device.actor, recording.id)
    assert (row.state, row.case_no, row.late, row.place) == (
        "bound",
        "P000001",
        False,
        "31.2090, 107.4680（±12 米）",
    )
    assert kinds(f"capture:{recording.id}") == ["capture-start", "capture-complete"]
    assert queries.check_chain(recording.id) is None
    assert chunk_files.waiting() == []


def test_chunks_may_come_in_any_order_and_as_often_as_they_like(device: FieldDevice) -> None:
    recording = device.record(b"one", b"two", b"three")
    device.send_start(recording)
    device.send_start(recording)

    assert [device.send_chunk(recording, seq) for seq in (3, 1, 3, 2, 1)] == [True, True, False, True, False]
    first, second = device.send_end(recording), device.send_end(recording, AT + timedelta(hours=1))

    assert first == second
    assert not device.send_chunk(recording, 2)  # a late repetition of what is known
    assert Capture.objects.count() == 1
    assert kinds(f"capture:{recording.id}") == ["capture-start", "capture-complete"]


def test_the_device_is_told_what_has_arrived(device: FieldDevice) -> None:
    recording = device.record(*(b"%d" % one for one in range(9)))
    device.send_start(recording)
    for seq in (1, 2, 3, 7, 9):
        device.send_chunk(recording, seq)

    status = queries.capture_status(recording.id, device.actor)

    assert status.received == ((1, 3), (7, 7), (9, 9))
    assert (status.state, status.receipt) == ("receiving", None)
    with refused("chunks-missing", match="第 4、5、6、8 段"):
        device.send_end(recording)


def test_half_a_chunk_is_refused_and_may_be_sent_again(device: FieldDevice) -> None:
    recording = device.record(b"one" * 100)
    device.send_start(recording)

    with refused("bad-digest", match="可能只收到一半"):
        device.send_chunk(
            recording, 1, content=b"one" * 50, sha256=hashlib.sha256(recording.chunks[0]).hexdigest()
        )

    assert CaptureChunk.objects.count() == 0
    device.send_chunk(recording, 1)
    device.send_end(recording)


def test_another_content_under_a_known_number_is_refused_and_changes_nothing(device: FieldDevice) -> None:
    recording = device.record(b"one", b"two")
    device.send_start(recording)
    device.send_chunk(recording, 1)

    with refused("chunk-differs"):
        device.send_chunk(recording, 1, content=b"ONE", sha256=hashlib.sha256(b"ONE").hexdigest())

    device.send_chunk(recording, 2)
    assert stored(device.send_end(recording).sha256) == b"onetwo"


@pytest.mark.parametrize("content", [b"", b"0" * (8 * 1024 * 1024 + 1)], ids=["empty", "too large"])
def test_a_chunk_of_no_sensible_size_is_refused(device: FieldDevice, content: bytes) -> None:
    recording = device.record(b"one")
    device.send_start(recording)

    with refused("bad-chunk"):
        device.send_chunk(recording, 1, content=content, sha256=hashlib.sha256(content).hexdigest())


def test_nothing_can_be_added_behind_the_end(device: FieldDevice) -> None:
    recording = device.record(b"one")
    device.send(recording)

    with refused("capture-ended"):
        actions.receive_chunk(
            capture_id=recording.id,
            seq=2,
            sha256=hashlib.sha256(b"two").hexdigest(),
            content=b"two",
            officer=device.actor,
            received_at=AT,
        )
    other = device.end(recording.start, [b"one"], AT + timedelta(seconds=1))
    with refused("capture-ended"):
        device.send_end(other)


def test_a_chain_that_is_not_the_devices_is_refused(device: FieldDevice) -> None:
    recording = device.record(b"one", b"two")
    device.send_start(recording)
    swapped = device.end(recording.start, [b"two", b"one"])
    for seq in (1, 2):
        device.send_chunk(recording, seq)

    with refused("bad-chain", match="不一致"):
        device.send_end(swapped)

    device.send_end(recording)


def test_only_the_devices_key_can_begin_and_end_a_recording(device: FieldDevice, people: People) -> None:
    other = FieldDevice(people.maker).register()
    recording = device.record(b"one")
    forged = other.sign(recording.start)

    with refused("bad-signature"):
        actions.start_capture(manifest=recording.start, signature=forged, actor=people.maker, at=AT)

    device.send_start(recording)
    device.send_chunk(recording, 1)
    with refused("bad-signature"):
        actions.end_capture(
            capture_id=recording.id,
            manifest=recording.end,
            signature=other.sign(recording.end),
            actor=people.maker,
            at=AT,
        )


def test_another_officer_can_do_nothing_with_a_recording(device: FieldDevice, people: People) -> None:
    recording = device.record(b"one")
    device.send_start(recording)
    theirs = FieldDevice(people.colleague, device.key)

    with refused("device-of-another"):
        theirs.register()
    with refused("not-yours"):
        theirs.send_chunk(recording, 1)
    with refused("not-yours"):
        theirs.send_end(recording)
    with refused("not-yours"):
        queries.capture_status(recording.id, people.colleague)
    with refused("no-such-capture"):
        queries.capture_for(people.stranger, recording.id)
    with refused("no-such-capture"):
        queries.capture_status(uuid.uuid4(), people.maker)


def test_a_recording_that_claims_another_officer_is_refused(device: FieldDevice, people: People) -> None:
    with refused("not-yours"):
        device.send_start(device.record(b"one", officer=people.colleague.id))


def test_a_device_nobody_registered_records_nothing(people: People) -> None:
    unknown = FieldDevice(people.maker)

    with refused("no-such-device"):
        unknown.send_start(unknown.record(b"one"))


def test_a_revoked_device_begins_nothing_but_may_finish(device: FieldDevice, people: People) -> None:
    begun, next_one = device.record(b"one"), device.record(b"two")
    device.send_start(begun)
    number = Device.objects.get().pk
    actions.revoke_device(device_id=number, reason="遗失", actor=people.manager, at=AT)

    with refused("device-revoked", match="遗失"):
        device.send_start(next_one)

    device.send_chunk(begun, 1)
    device.send_end(begun)


def test_two_recordings_under_one_number_are_told_apart(device: FieldDevice) -> None:
    device.send_start(device.record(b"one"))
    device.n = 0
    copy = device.record(b"two", prev=None)

    with refused("capture-differs", match="第 1 段录制已经是另一段"):
        device.send_start(copy)


def test_a_start_manifest_under_a_known_id_must_be_the_same(device: FieldDevice) -> None:
    recording = device.record(b"one")
    device.send_start(recording)
    said = {**canonical.load(recording.start), "purpose": "改过"}
    changed = device.end(canonical.dump(said), [b"one"])

    with refused("capture-differs"):
        device.send_start(changed)


def test_a_deleted_recording_is_a_gap_until_it_comes(device: FieldDevice, people: People) -> None:
    first, deleted, third = device.record(b"1"), device.record(b"2"), device.record(b"3")
    device.send(first)

    device.send(third, case=CASE)

    (gap,) = queries.gaps(people.maker)
    assert (gap.n, gap.kind, gap.closed_at, gap.case_no) == (2, "missing", None, "P000001")
    assert [one.n for one in queries.gaps(people.maker, case_id=CASE.id)] == [2]
    assert queries.gaps(people.stranger) == []
    assert [one.n for one in queries.gaps(people.supervisor)] == [2]
    assert "capture-gap" in kinds(f"device:{Device.objects.get().pk}")

    device.send(deleted, AT + timedelta(minutes=5))

    (gap,) = queries.gaps(people.maker)
    assert gap.closed_at == AT + timedelta(minutes=5)
    assert kinds(f"device:{Device.objects.get().pk}")[-1] == "capture-gap-filled"


def test_a_recording_put_in_place_of_another_is_a_mismatch(device: FieldDevice, people: People) -> None:
    first = device.record(b"1")
    device.send(device.record(b"2"))
    device.n = 0
    forged = device.record(b"forged", prev=None)
    assert forged.head != first.head

    device.send(forged)

    found = {(one.n, one.kind): one.closed_at for one in queries.gaps(people.maker)}
    assert found[2, "mismatch"] is None
    assert found[1, "missing"] is not None


def test_a_jump_in_the_numbers_beyond_all_sense_is_refused(device: FieldDevice) -> None:
    device.n = 10_000

    with refused("bad-manifest", match="第 10001 段"):
        device.send_start(device.record(b"one", prev="0" * 64))
    assert CaptureGap.objects.count() == 0


def test_what_came_of_a_recording_that_cannot_be_finished_is_kept(
    device: FieldDevice, people: People
) -> None:
    recording = device.record(b"one", b"two", b"three", b"four")
    device.send_start(recording)
    for seq in (1, 2, 4):
        device.send_chunk(recording, seq)

    with refused("bad-reason"):
        actions.give_up_capture(capture_id=recording.id, reason=" ", actor=people.maker, at=AT)
    kept = actions.give_up_capture(capture_id=recording.id, reason="手机落水", actor=people.maker, at=AT)

    assert stored(kept.sha256) == b"onetwo"
    assert (kept.state, kept.chunks_said) == ("broken", 2)
    with refused("capture-ended", match="未传完"):
        device.send_end(recording)


def test_of_a_recording_without_a_chunk_nothing_is_kept_and_it_is_listed(
    device: FieldDevice, people: People
) -> None:
    recording = device.record(b"one")
    device.send_start(recording)

    actions.give_up_capture(capture_id=recording.id, reason="手机损坏", actor=people.maker, at=AT)

    assert [one.why_broken for one in queries.unfinished(people.head, AT)] == ["手机损坏"]
    with refused("capture-unfinished"):
        actions.bind_capture(capture_id=recording.id, case=CASE, actor=people.maker, at=AT)


def test_handing_in_more_than_a_day_after_the_end_is_late(device: FieldDevice, people: People) -> None:
    in_time, late = device.record(b"1", offset_ms=None), device.record(b"2", offset_ms=None)

    assert not device.send(in_time, AT + timedelta(hours=24)).late
    assert device.send(late, AT + timedelta(hours=24, seconds=1)).late


def test_a_slow_clock_does_not_make_a_recording_late(device: FieldDevice) -> None:
    two_days_slow = 2 * 24 * 3600 * 1000
    recording = device.record(b"1", ended_at=AT - timedelta(days=2), offset_ms=two_days_slow)

    assert not device.send(recording, AT + timedelta(hours=1)).late


def test_a_damaged_chunk_on_the_server_is_asked_for_again(device: FieldDevice, settings) -> None:
    recording = device.record(b"one", b"two")
    device.send_start(recording)
    for seq in (1, 2):
        device.send_chunk(recording, seq)
    (spoilt,) = settings.MINGJING_VAR.glob("captures/*/2-*")
    spoilt.write_bytes(b"TWO")

    with refused("chunk-damaged"):
        device.send_end(recording)

    assert queries.capture_status(recording.id, device.actor).received == ((1, 1),)
    device.send_chunk(recording, 2)
    device.send_end(recording)


def test_chunks_that_a_killed_process_left_behind_are_swept(device: FieldDevice) -> None:
    done, running = device.record(b"one"), device.record(b"two")
    device.send(done)
    device.send_start(running)
    device.send_chunk(running, 1)
    chunk_files.keep(done.id, 1, hashlib.sha256(b"one").hexdigest(), b"one")

    assert actions.sweep_chunks() == 1
    assert chunk_files.waiting() == [running.id]


def test_a_flipped_byte_in_the_store_is_found_by_the_chain(device: FieldDevice) -> None:
    recording = device.record(b"one", b"two")
    receipt = device.send(recording)
    path = blob_path(receipt.sha256)
    path.chmod(0o600)
    path.write_bytes(b"Onetwo")

    found = queries.check_chain(recording.id)

    assert found is not None
    assert found.code == "bad-chain"


def test_a_recording_belongs_to_a_case_once_its_maker_or_his_head_says_so(
    device: FieldDevice, people: People
) -> None:
    recording = device.record(b"one")
    receipt = device.send(recording)
    assert [one.id for one in queries.unbound(people.maker, mine=True)] == [recording.id]
    assert queries.unbound(people.colleague, mine=True) == []
    assert [one.id for one in queries.unbound(people.colleague, mine=False)] == [recording.id]

    with refused("not-yours"):
        actions.bind_capture(capture_id=recording.id, case=CASE, actor=people.colleague, at=AT)
    with refused("no-such-capture"):
        actions.bind_capture(capture_id=recording.id, case=CASE, actor=people.stranger, at=AT)
    actions.bind_capture(capture_id=recording.id, case=CASE, actor=people.head, at=AT)

    assert queries.unbound(people.maker, mine=True) == []
    (row,) = queries.captures_of_case(CASE.id, free=True)
    assert (row.state, row.step_title) == ("bound", "实施查封、扣押")
    assert queries.choose_kept(CASE.id, [str(recording.id)]) == [row]
    with refused("no-such-capture"):
        queries.choose_kept(uuid.uuid4(), [str(recording.id)])

    with transaction.atomic():
        assert actions.mark_taken(case_id=CASE.id, seq=3, sha256s=[receipt.sha256]) == 1
    assert queries.captures_of_case(CASE.id, free=True) == []
    with refused("capture-taken"):
        actions.bind_capture(capture_id=recording.id, case=CASE, actor=people.maker, at=AT)


def test_the_last_of_many_recordings_of_a_case_can_still_be_chosen(
    device: FieldDevice, people: People
) -> None:
    """A page shows so many and no more; the dossier and the choice know them all."""
    recording = device.record(b"one")
    device.send(recording)
    actions.bind_capture(capture_id=recording.id, case=CASE, actor=people.head, at=AT)
    one = Capture.objects.get(pk=recording.id)
    earlier = one.started_at - timedelta(days=1)
    Capture.objects.bulk_create(
        Capture(
            officer=one.officer, organ=one.organ, kind="video", media_type="video/mp4", name="更早的录像",
            started_at=earlier, heard_at=earlier, state="bound", sha256="0" * 64, entry_id=uuid.uuid4(),
            **CASE.columns(),
        )
        for _ in range(MOST_ROWS)
    )  # fmt: skip

    assert recording.id not in {row.id for row in queries.captures_of_case(CASE.id)}
    assert recording.id in {row.id for row in queries.captures_of_case(CASE.id, limit=None)}
    (chosen,) = queries.choose_kept(CASE.id, [str(recording.id)])
    assert chosen.id == recording.id
    with refused("no-such-capture"):
        queries.choose_kept(CASE.id, ["rubbish"])


def test_a_watermarked_copy_points_to_its_photo(device: FieldDevice) -> None:
    photo = device.record(b"raw", kind="photo", media_type="image/jpeg")
    device.send(photo)
    copy = device.record(
        b"marked", kind="copy", media_type="image/jpeg", of=str(photo.id), watermark="P000001 2026-11-20"
    )
    device.send(copy)

    row = Capture.objects.get(pk=copy.id)
    assert (row.original_id, row.watermark) == (photo.id, "P000001 2026-11-20")
    assert [one.kind for one in queries.unbound(device.actor, mine=True)] == ["photo"]


def test_nothing_personal_stands_open_in_the_record(device: FieldDevice) -> None:
    device.send(device.record(b"one", purpose="查封某某店", case="P000001"))

    for entry in Entry.objects.all():
        text = bytes(entry.body).decode()
        assert "31.2090" not in text
        assert "某某店" not in text
