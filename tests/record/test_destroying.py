"""Destroying content: the bytes and the personal values go, row, record and proofs stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from mingjing.kernel.refused import Refused
from mingjing.record import actions, backends, queries, store
from mingjing.record.models import Blob, Disclosure
from mingjing.record.place import Health
from tests.record.makers import AT, append

pytestmark = pytest.mark.django_db
FILM = b"film of a visit"


def destroyed() -> Blob:
    blob = actions.keep_blob(FILM, "video/mp4", "录像.mp4")
    append(subject="blob:1", files=[blob.as_file("recording")], personal={"reason": "丙某某在场"})
    actions.mark_destroyed([blob.sha256], at=AT)
    return Blob.objects.get()


def test_marked_content_can_be_read_no_more() -> None:
    blob = destroyed()

    with pytest.raises(Refused, match="鉴定销毁") as refusal:
        queries.open_blob(blob.sha256)

    assert refusal.value.code == "blob-destroyed"
    assert store.blob_path(blob.sha256).exists()
    assert [fault.code for fault in queries.verify().faults] == ["blob-not-destroyed"]


def test_destroying_takes_the_bytes_and_can_be_repeated() -> None:
    blob = destroyed()

    assert actions.destroy_marked() == 1
    assert actions.destroy_marked() == 0

    assert not store.blob_path(blob.sha256).exists()
    assert queries.verify(deep=True).clean


def test_what_is_not_marked_stays() -> None:
    blob = actions.keep_blob(FILM, "video/mp4", "录像.mp4")

    assert actions.destroy_marked() == 0
    assert store.blob_path(blob.sha256).exists()


@pytest.mark.parametrize("bytes_are_gone", [True, False])
def test_the_same_content_may_come_in_again(bytes_are_gone: bool) -> None:
    blob = destroyed()
    if bytes_are_gone:
        actions.destroy_marked()

    again = actions.keep_blob(FILM, "video/mp4", "录像.mp4")

    assert again.sha256 == blob.sha256
    assert Blob.objects.get().destroyed_at is None
    assert actions.destroy_marked() == 0
    with queries.open_blob(blob.sha256) as file:
        assert file.read() == FILM


def test_content_whose_bytes_vanish_meanwhile_is_not_said_to_be_kept() -> None:
    """Another process removes them between the reading and the row: the caller hears of it, no row remains."""
    path = store.blob_path(actions.keep_blob(FILM, "video/mp4", "录像.mp4").sha256)
    Blob.objects.all().delete()

    def vanishing(execute, sql, *more):
        if sql.startswith("INSERT"):
            path.unlink()
        return execute(sql, *more)

    with (
        pytest.raises(Refused, match=r"文件“录像\.mp4”没有存入：库中原有的一份正在销毁") as refusal,
        transaction.atomic(),
        connection.execute_wrapper(vanishing),
    ):
        actions.keep_blob(FILM, "video/mp4", "录像.mp4")

    assert (refusal.value.code, bool(refusal.value.remedy)) == ("changed-meanwhile", True)
    assert not Blob.objects.exists()


def test_only_what_was_named_is_destroyed_and_the_first_time_counts() -> None:
    """Two files go, one after the other marked twice; a third was never named."""
    gone = [actions.keep_blob(FILM + tail, "video/mp4", "录像.mp4").sha256 for tail in (b"1", b"2")]
    kept = actions.keep_blob(FILM, "video/mp4", "录像.mp4").sha256
    actions.mark_destroyed(gone[:1], at=AT)
    actions.mark_destroyed(gone, at=AT + timedelta(days=1))

    assert actions.destroy_marked() == 2

    rows = Blob.objects.in_bulk()
    assert [rows[one].destroyed_at for one in gone] == [AT, AT + timedelta(days=1)]
    assert (rows[kept].destroyed_at, {row.fault for row in rows.values()}) == (None, {""})
    assert [store.blob_path(one).exists() for one in (*gone, kept)] == [False, False, True]


def test_forgetting_a_subject_destroys_its_values_and_no_proof() -> None:
    entry = append(subject="blob:1", personal={"reason": "丙某某在场", "name": "丁某某"})
    append(subject="blob:2", personal={"reason": "别的"})
    actions.seal(AT)

    assert actions.forget("blob:1") == 2

    assert Disclosure.objects.count() == 1
    assert queries.prove(entry.pk)["disclosures"] == []
    assert queries.verify(deep=True).clean


def test_a_folder_has_no_lock_but_tells_where_it_is(settings) -> None:
    folder, blob = backends.Folder(), actions.keep_blob(FILM, "video/mp4", "录像.mp4")

    folder.retain(blob.sha256, AT)

    assert folder.locked_until(blob.sha256) is None
    assert folder.health() == Health(True, f"{folder.name} {settings.MINGJING_VAR}/blobs/sha256")
    assert queries.verify().clean


def test_what_is_gone_or_changed_is_found_and_told_with_its_digest() -> None:
    gone, short, changed, doomed, _ = kept = [
        actions.keep_blob(content, "video/mp4", "录像.mp4").sha256
        for content in (b"gone", b"short", b"changed", b"doomed", b"whole")
    ]
    store.blob_path(gone).unlink()
    for sha256, content in ((short, b"x"), (changed, b"CHANGED")):
        store.blob_path(sha256).chmod(0o640)
        store.blob_path(sha256).write_bytes(content)
    actions.mark_destroyed([doomed], at=AT)

    report = queries.verify(deep=True)

    assert report.blobs == len(kept)
    assert {(fault.code, fault.where, fault.message) for fault in report.faults} == {
        ("blob-missing", gone, f"文件 {gone} 已登记，但存储中找不到。"),
        ("blob-size", short, f"文件 {short} 应为 5 字节，实为 1 字节。"),
        ("blob-changed", changed, f"文件 {changed} 的内容已被改动。"),
        ("blob-not-destroyed", doomed, f"文件 {doomed} 已登记销毁，但内容还在。"),
    }


def test_without_reading_every_byte_a_change_of_size_is_noticed() -> None:
    path = store.blob_path(actions.keep_blob(FILM, "video/mp4", "录像.mp4").sha256)
    path.chmod(0o640)
    path.write_bytes(FILM[::-1])
    assert queries.verify().clean

    path.write_bytes(FILM + b"x")

    assert [fault.code for fault in queries.verify().faults] == ["blob-size"]


@pytest.mark.parametrize("place", ["ftp://somewhere", "bucket", "S3://bucket"])
def test_a_place_that_is_not_known_is_refused_with_what_may_be_written(settings, place) -> None:
    settings.MINGJING_STORE = place

    with pytest.raises(Refused, match=f"MINGJING_STORE 写的是“{place}”") as refusal:
        backends.current()

    assert refusal.value.code == "bad-settings"
    assert "s3://" in refusal.value.remedy
