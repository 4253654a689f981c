"""Keeping files: by content, durably, without overwriting."""

from __future__ import annotations

import hashlib
import io
import os
import time

import pytest

from mingjing.kernel.refused import Refused
from mingjing.record import actions, queries, store
from mingjing.record.measuring import PART_BYTES
from mingjing.record.models import Blob, Manifest
from tests.record.makers import append

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 " + bytes(range(256)) * 20


def test_a_file_is_kept_under_its_digest():
    blob = actions.keep_blob(PDF, "application/pdf", "决定书.pdf")

    assert blob.sha256 == hashlib.sha256(PDF).hexdigest()
    assert blob.size_bytes == len(PDF)
    assert store.blob_path(blob.sha256).read_bytes() == PDF
    assert store.blob_path(blob.sha256).stat().st_mode & 0o777 == 0o440
    assert blob.stored_at is not None
    with queries.open_blob(blob.sha256) as file:
        assert file.read() == PDF


def test_a_stream_larger_than_a_chunk_is_kept_whole():
    content = os.urandom(store.CHUNK_BYTES * 2 + 17)

    blob = actions.keep_blob(io.BytesIO(content), "video/mp4", "现场.mp4")

    assert blob.sha256 == hashlib.sha256(content).hexdigest()
    assert store.hash_file(store.blob_path(blob.sha256)) == blob.sha256


def test_the_same_content_is_kept_once(settings):
    first = actions.keep_blob(PDF, "application/pdf", "一.pdf")
    second = actions.keep_blob(PDF, "application/octet-stream", "二.pdf")

    assert first.pk == second.pk
    assert second.media_type == "application/pdf"
    assert Blob.objects.count() == 1
    assert list((settings.MINGJING_VAR / "staging").iterdir()) == []


def test_an_empty_file_is_refused_by_name():
    with pytest.raises(Refused, match="决定书") as refusal:
        actions.keep_blob(b"", "application/pdf", "决定书.pdf")

    assert (refusal.value.code, bool(refusal.value.remedy)) == ("empty-file", True)
    assert not Blob.objects.exists()


@pytest.mark.parametrize("media_type", ["", "pdf", "text/html\r\nX: y", "text/*"])
def test_an_unusable_media_type_is_refused(media_type):
    with pytest.raises(Refused, match=r"文件“决定书\.pdf”的类型“") as refusal:
        actions.keep_blob(PDF, media_type, "决定书.pdf")

    assert (refusal.value.code, bool(refusal.value.remedy)) == ("bad-media-type", True)


def test_a_damaged_copy_is_told_and_not_overwritten():
    path = store.blob_path(actions.keep_blob(PDF, "application/pdf", "决定书.pdf").sha256)
    path.chmod(0o640)
    path.write_bytes(b"damaged")

    with pytest.raises(Refused, match=r"文件“决定书\.pdf”与库中已有文件同名") as refusal:
        actions.keep_blob(PDF, "application/pdf", "决定书.pdf")

    assert (refusal.value.code, bool(refusal.value.remedy)) == ("blob-damaged", True)
    assert path.read_bytes() == b"damaged"


def test_a_finished_file_that_is_not_what_it_was_is_refused(settings):
    path = settings.MINGJING_VAR / "upload"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(PDF)

    with pytest.raises(Refused, match="被改动") as refusal:
        actions.keep_file(path, "0" * 64, "application/pdf")

    assert (refusal.value.code, bool(refusal.value.remedy)) == ("wrong-sha256", True)
    assert not Blob.objects.exists()


def test_a_file_of_many_parts_may_come_in_twice(settings):
    """Its parts are listed once; so they are where its row was lost and it is kept again."""
    content = b"x" * (PART_BYTES + 1)
    first = actions.keep_blob(content, "video/mp4", "录像.mp4")
    path = settings.MINGJING_VAR / "upload"
    path.write_bytes(content)

    again = actions.keep_file(path, first.sha256, "video/mp4")

    assert again == first
    assert Manifest.objects.count() == 1


def test_an_unknown_file_is_refused():
    with pytest.raises(Refused) as refusal:
        queries.open_blob("0" * 64)

    assert refusal.value.code == "no-such-blob"


def test_a_lost_file_is_told():
    blob = actions.keep_blob(PDF, "application/pdf", "决定书.pdf")
    store.blob_path(blob.sha256).unlink()

    with pytest.raises(Refused) as refusal:
        queries.open_blob(blob.sha256)

    assert refusal.value.code == "blob-missing"


def test_an_entry_refers_to_a_file_by_digest_and_name():
    blob = actions.keep_blob(PDF, "application/pdf", "决定书.pdf")

    append(files=[blob.as_file("决定书.pdf")])

    (happening,) = queries.history("case:1")
    assert happening.files == (
        {
            "sha256": blob.sha256,
            "name": "决定书.pdf",
            "size_bytes": len(PDF),
            "media_type": "application/pdf",
        },
    )


def test_what_a_killed_upload_left_is_swept_after_a_day(settings):
    actions.keep_blob(PDF, "application/pdf", "决定书.pdf")
    staging = settings.MINGJING_VAR / "staging"
    (staging / ".new-old").write_bytes(b"left behind")
    (staging / ".new-young").write_bytes(b"still being written")
    long_ago = time.time() - store.STALE_SECONDS - 60
    os.utime(staging / ".new-old", (long_ago, long_ago))

    store.sweep()

    assert [path.name for path in staging.iterdir()] == [".new-young"]
