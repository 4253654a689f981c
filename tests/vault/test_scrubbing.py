"""Reading stored files again: oldest first, in slices, also inside large files; what is wrong is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mingjing.record import actions as record
from mingjing.record import measuring
from mingjing.record import queries as records
from mingjing.record import store as disk
from mingjing.record.models import Blob, Entry, Manifest
from mingjing.vault import actions, queries
from mingjing.vault.actions import scrubbing
from mingjing.vault.models import ScrubMonth, ScrubPlace
from tests.vault.keeping import AT, build, kept

pytestmark = pytest.mark.django_db
PART = 100


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a hundred bytes, so that a test needs no gigabytes."""
    monkeypatch.setattr(measuring, "PART_BYTES", PART)
    monkeypatch.setattr(scrubbing, "PART_BYTES", PART)


def stored(*contents: bytes, days_ago: int = 60) -> list[str]:
    """Files that were read last so many days before ``AT``, each a minute after the one before."""
    found = []
    for number, content in enumerate(contents):
        blob = record.keep_blob(content, "video/mp4", "录像.mp4")
        read_at = AT - timedelta(days=days_ago) + timedelta(minutes=number)
        Blob.objects.filter(pk=blob.pk).update(read_at=read_at)
        found.append(blob.sha256)
    return found


def slice_of(budget: int, at: datetime = AT, **more: Any) -> actions.Scrubbed:
    return actions.scrub(at=at, budget_bytes=budget, **more)


def damage(sha256: str, place: int = 0) -> None:
    path = disk.blob_path(sha256)
    path.chmod(0o640)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def test_the_longest_waiting_is_read_first_and_the_budget_kept() -> None:
    first, second, third = stored(b"a" * 50, b"b" * 50, b"c" * 50)

    told = slice_of(60)

    assert (told.files, told.bytes_read, told.left) == (2, 100, 1)
    assert set(Blob.objects.filter(read_at=AT).values_list("pk", flat=True)) == {first, second}
    assert slice_of(60).files == 1
    assert slice_of(60).files == 0
    assert Blob.objects.get(pk=third).read_at == AT


def test_what_was_read_lately_rests_unless_somebody_asks() -> None:
    stored(b"a", days_ago=10)

    assert slice_of(100).files == 0
    assert slice_of(100, rest=timedelta(0)).files == 1


def test_a_large_file_is_read_in_several_slices() -> None:
    (sha256,) = stored(bytes(range(250)) * 2)

    read, slices = 0, 0
    while not Blob.objects.filter(read_at=AT).exists():
        told = slice_of(150)
        read, slices = read + told.bytes_read, slices + 1
        assert told.faults == 0
        assert told.begun == ScrubPlace.objects.exists()

    assert (read, slices) == (500, 5)
    assert Blob.objects.get(pk=sha256).fault == ""
    assert ScrubMonth.objects.get().bytes_read == 500
    assert ScrubMonth.objects.get().files == 1


def test_a_begun_file_goes_on_before_others() -> None:
    large, _ = stored(bytes(range(250)), b"small")
    slice_of(150)
    assert ScrubPlace.objects.get().parts == 1
    stored(b"waits longer", days_ago=80)

    slice_of(1)

    assert ScrubPlace.objects.get().blob_id == large
    assert ScrubPlace.objects.get().parts == 2


@pytest.mark.parametrize("place", [0, 150, 249])
@pytest.mark.parametrize("budget", [1000, 120])
def test_one_flipped_bit_is_found_wherever_it_is(place: int, budget: int) -> None:
    (sha256,) = stored(bytes(range(250)))
    damage(sha256, place)

    faults = sum(slice_of(budget).faults for _ in range(4))

    assert faults == 1
    assert Blob.objects.get().fault == "changed"
    assert not ScrubPlace.objects.exists()
    entry = Entry.objects.get(kind="evidence-damaged")
    assert entry.subject == f"blob:{sha256}"
    assert not records.doctor()[-1].fine
    assert "1 个文件缺失或者损坏" in records.doctor()[-1].detail


def test_missing_and_shortened_files_are_found() -> None:
    gone, short, unread = stored(b"gone", b"short", b"unread")
    disk.blob_path(gone).unlink()
    disk.blob_path(short).chmod(0o640)
    disk.blob_path(short).write_bytes(b"sh")

    assert slice_of(1000).faults == 2

    faults = dict(Blob.objects.values_list("pk", "fault"))
    assert faults == {gone: "missing", short: "size", unread: ""}
    state = queries.scrub_state(AT)
    assert not state.well
    assert {one.what for one in state.faults} == {"找不到", "大小不对"}


def test_a_file_that_cannot_be_read_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    (sha256,) = stored(b"content")
    path = disk.blob_path(sha256)
    path.unlink()
    path.symlink_to(path.parent)  # opening a folder as a file fails as a broken disk does
    monkeypatch.setattr("mingjing.record.backends.Folder.size_of", lambda self, sha256: 7)

    assert slice_of(1000).faults == 1
    assert Blob.objects.get().fault == "unread"


def test_what_was_restored_is_told_as_mended() -> None:
    (sha256,) = stored(b"precious")
    damage(sha256)
    slice_of(1000)
    disk.blob_path(sha256).write_bytes(b"precious")

    told = slice_of(1000, faults_only=True)

    assert (told.files, told.mended, told.left) == (1, 1, 0)
    assert list(Entry.objects.order_by("at", "seq").values_list("kind", flat=True)) == [
        "evidence-damaged",
        "evidence-mended",
    ]
    assert records.doctor()[-1].fine


def test_a_fault_that_stays_is_told_once() -> None:
    (sha256,) = stored(b"precious")
    damage(sha256)

    slice_of(1000)
    slice_of(1000, faults_only=True)

    assert Entry.objects.filter(kind="evidence-damaged").count() == 1
    assert ScrubMonth.objects.get().faults == 2


def test_a_month_is_on_the_record_when_it_is_over() -> None:
    stored(b"a", b"bb")
    slice_of(1000)
    assert ScrubMonth.objects.get().entry_id is None

    slice_of(1000, at=AT + timedelta(days=31))
    slice_of(1000, at=AT + timedelta(days=32))

    entry = Entry.objects.get(kind="scrub-month")
    assert ScrubMonth.objects.get(month=AT.date().replace(day=1)).entry_id == entry.pk
    (happening,) = records.history(scrubbing.SUBJECT)
    assert happening.plain == {"month": "2026-03", "files": 2, "bytes_read": 3, "faults": 0, "mended": 0}


def test_a_file_from_before_there_were_manifests_gets_one() -> None:
    (sha256,) = stored(bytes(range(250)))
    Manifest.objects.all().delete()

    slice_of(1)

    assert len(records.parts_of(Blob.objects.get())) == 3
    assert Manifest.objects.get().blob_id == sha256


def test_destroyed_files_are_not_read() -> None:
    (sha256,) = stored(b"a")
    record.mark_destroyed([sha256], at=AT)

    assert slice_of(1000).files == 0
    assert queries.scrub_state(AT).destroyed == 1


def test_the_state_tells_how_much_was_read() -> None:
    organ = build().organ
    kept(organ, b"x" * 75)
    Blob.objects.update(read_at=AT)
    stored(b"y" * 25, days_ago=100)

    state = queries.scrub_state(AT)

    assert (state.files, state.bytes, state.read_files, state.percent, state.well) == (2, 100, 1, 75, False)
    assert queries.scrub_state(AT - timedelta(days=50)).well
    slice_of(1000)
    assert queries.scrub_state(AT).well


def test_an_empty_store_is_well() -> None:
    state = queries.scrub_state(AT)

    assert (state.files, state.percent, state.well, state.oldest) == (0, 100, True, None)


def test_a_slice_is_large_enough_to_read_all_twice_in_a_cycle(monkeypatch: pytest.MonkeyPatch) -> None:
    assert actions.slice_bytes(60) == scrubbing.LEAST_SLICE_BYTES
    blob = record.keep_blob(b"a", "video/mp4", "录像.mp4")
    Blob.objects.filter(pk=blob.pk).update(size_bytes=10 << 40)

    assert actions.slice_bytes(60) * 90 * 24 * 60 >= 2 * (10 << 40)


def test_a_store_out_of_reach_stops_the_slice_and_says_so(settings: Any) -> None:
    stored(b"a")
    settings.MINGJING_STORE = "nowhere"

    told = slice_of(1000)

    assert "nowhere" in told.trouble
    assert (told.files, told.left) == (0, 1)
    assert Blob.objects.get().fault == ""
