"""Stored files in a bucket: read back before they count, locked, extended, never shortened, removed only when free."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mingjing.kernel.refused import Refused
from mingjing.record import actions, backends, queries, s3, store
from mingjing.record.models import Blob
from mingjing.record.place import Health
from mingjing.record.s3 import Bucket
from tests.record.object_store import Service

FILM = os.urandom(3 << 20)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def bucket(service: Service) -> Bucket:
    return Bucket(service, "evidence", keep_days=30)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _file(content: bytes) -> Path:
    path = store.staging_folder() / "one"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def keep(bucket: Bucket, content: bytes = FILM) -> str:
    return bucket.take_in(iter([content[:1000], content[1000:]])).sha256


def test_a_file_is_kept_read_back_and_locked(bucket: Bucket, service: Service) -> None:
    taken = bucket.take_in(iter([FILM]))

    assert taken.new
    assert bucket.size_of(taken.sha256) == len(FILM)
    until = bucket.locked_until(taken.sha256)
    assert until is not None
    assert timedelta(29) < until - datetime.now(UTC) < timedelta(31)
    assert not bucket.take_in(iter([FILM])).new
    assert [len(versions) for versions in service.objects.values()] == [1]
    assert list(store.staging_folder().iterdir()) == []


def test_a_finished_file_is_kept(bucket: Bucket, tmp_path: Path) -> None:
    path = tmp_path / "finished"
    path.write_bytes(FILM)

    assert bucket.take_in_file(path).size_bytes == len(FILM)
    assert path.exists()


def test_what_the_bucket_changed_is_not_kept(bucket: Bucket, service: Service) -> None:
    service.damages = True

    with pytest.raises(Refused, match=f"SHA-256 {digest(FILM)}") as refusal:
        keep(bucket)

    assert (refusal.value.code, bool(refusal.value.remedy)) == ("store-changed-it", True)
    assert list(service.objects.values()) == [[]]


def test_only_the_damaged_version_is_taken_away_again(bucket: Bucket, service: Service) -> None:
    """Somebody kept the same content a moment before us: his version is not ours to take away."""
    sha256 = digest(FILM)
    service.upload_file(str(_file(FILM)), "evidence", s3._key(sha256))
    (intact,) = service.objects[s3._key(sha256)]
    looked = service.head_object
    service.damages = True

    def late(**asked: Any) -> Any:
        service.head_object = looked
        raise ClientError({"Error": {"Code": "404"}}, "HeadObject")

    service.head_object = late
    with pytest.raises(Refused, match="不一致"):
        keep(bucket)

    assert service.objects[s3._key(sha256)] == [intact]


def test_what_the_bucket_lost_at_once_is_not_kept(service: Service) -> None:
    service.upload_file = lambda *sent: None

    with pytest.raises(Refused, match=f"SHA-256 {digest(FILM)}"):
        keep(Bucket(service, "evidence", 30))


def test_a_longer_lock_is_left_as_it_is(service: Service) -> None:
    sha256 = keep(Bucket(service, "evidence", 30))
    first = Bucket(service, "evidence", 30).locked_until(sha256)

    keep(Bucket(service, "evidence", 10))

    assert Bucket(service, "evidence", 30).locked_until(sha256) == first


def test_a_service_that_forbids_to_look_is_not_taken_for_empty(bucket: Bucket, service: Service) -> None:
    service.forbids = True

    with pytest.raises(Refused, match="403"):
        bucket.size_of("0" * 64)


def test_nothing_is_kept_of_nothing(bucket: Bucket, service: Service) -> None:
    taken = bucket.take_in(iter([]))

    assert (taken.size_bytes, taken.new) == (0, False)
    assert not service.objects


def test_a_film_can_be_read_from_its_middle(bucket: Bucket) -> None:
    with bucket.open(keep(bucket)) as film:
        assert film.read() == FILM
        assert film.seek(1_000_000) == 1_000_000
        assert film.read(100) == FILM[1_000_000:1_000_100]
        film.seek(-10, io.SEEK_END)
        assert film.read() == FILM[-10:]
        assert film.read() == b""
        film.seek(0)
        film.seek(5, io.SEEK_CUR)
        assert film.tell() == 5


def test_what_is_not_there_is_not_there(bucket: Bucket) -> None:
    assert bucket.size_of("0" * 64) is None
    assert bucket.locked_until("0" * 64) is None
    bucket.retain("0" * 64, datetime.now(UTC))
    bucket.remove("0" * 64)
    with pytest.raises(FileNotFoundError, match="0" * 64):
        bucket.open("0" * 64)


def test_a_lock_is_extended_and_never_shortened(bucket: Bucket) -> None:
    sha256 = keep(bucket)
    first = bucket.locked_until(sha256)
    assert first is not None

    bucket.retain(sha256, first - timedelta(5))
    assert bucket.locked_until(sha256) == first

    bucket.retain(sha256, first + timedelta(5))
    assert bucket.locked_until(sha256) == first + timedelta(5)


def test_what_is_locked_stays_and_what_is_free_goes(service: Service) -> None:
    locked, free = Bucket(service, "evidence", 30), Bucket(service, "evidence", -1)
    stays, goes = keep(locked), keep(free, b"over")

    with pytest.raises(Refused, match="锁定到") as refusal:
        locked.remove(stays)
    free.remove(goes)

    assert (refusal.value.code, bool(refusal.value.remedy)) == ("still-locked", True)
    assert locked.size_of(stays) == len(FILM)
    assert free.size_of(goes) is None


def test_its_health_is_told(bucket: Bucket, service: Service) -> None:
    assert bucket.health() == Health(True, "对象存储 evidence，版本控制和对象锁定已开启")
    service.locking = False
    bad = Health(False, "对象存储 evidence 没有开启版本控制和对象锁定", "重新建立桶，建立时开启 Object Lock")
    assert bucket.health() == bad
    service.locking, service.versioned = True, False
    assert bucket.health() == bad
    service.down = True
    lost = bucket.health()
    assert (lost.fine, "没有完成" in lost.detail, lost.remedy[:7]) == (False, True, "请系统管理员核")


def test_operators_find_contents_in_the_bucket_where_the_guide_says(bucket: Bucket, service: Service) -> None:
    sha256 = keep(bucket)

    assert list(service.objects) == [f"blobs/sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"]


def test_a_file_under_way_to_the_bucket_is_nobody_else_s(bucket: Bucket) -> None:
    seen = []

    def content() -> Any:
        yield FILM
        seen.extend(stat.filemode(path.stat().st_mode) for path in store.staging_folder().iterdir())

    bucket.take_in(content())

    assert seen == ["-rw-------"]


def test_a_single_last_byte_is_read(bucket: Bucket) -> None:
    with bucket.open(keep(bucket)) as film:
        film.seek(len(FILM) - 1)

        assert film.read(10) == FILM[-1:]


def test_a_bucket_out_of_reach_is_told(bucket: Bucket, service: Service) -> None:
    sha256 = keep(bucket)
    film = bucket.open(sha256)
    service.down = True

    for act in (lambda: keep(bucket), lambda: bucket.size_of(sha256), lambda: film.read()):
        with pytest.raises(Refused, match="对象存储没有完成") as refusal:
            act()
        assert refusal.value.code == "store-unreachable"
    film.close()


def test_another_fault_of_the_service_is_told(bucket: Bucket, service: Service) -> None:
    sha256 = keep(bucket)

    with pytest.raises(Refused) as refusal, s3._answered():
        service.delete_object(Bucket="evidence", Key=s3._key(sha256), VersionId="1")

    assert "AccessDenied" in refusal.value.reason


def test_the_settings_name_the_bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MINGJING_STORE = "s3://evidence/"
    settings.MINGJING_S3_ENDPOINT = "http://127.0.0.1:1"
    settings.MINGJING_S3_REGION = "default"
    asked = []
    monkeypatch.setattr(s3, "_client", lambda *told: asked.append(told))

    assert backends.current().name == "对象存储 evidence"
    assert asked == [("http://127.0.0.1:1", "default")]


def test_the_client_speaks_to_the_address_it_is_given() -> None:
    client = s3._client("http://127.0.0.1:1", "default")

    assert client.meta.endpoint_url == "http://127.0.0.1:1"
    assert client.meta.region_name == "default"
    # Services that are not Amazon's know no bucket by a name of its own, nor the newer checksums.
    assert client.meta.config.s3 == {"addressing_style": "path"}
    assert client.meta.config.request_checksum_calculation == "when_required"


def test_without_the_extra_the_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "boto3", None)

    with pytest.raises(Refused, match="没有安装") as refusal:
        s3._client("http://127.0.0.1:2", "default")

    assert "mingjing[s3]" in (refusal.value.remedy or "")


def test_the_whole_room_works_on_a_bucket(
    db: None, service: Service, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MINGJING_STORE = "s3://evidence"
    monkeypatch.setattr(s3, "_client", lambda endpoint, region: service)
    settings.MINGJING_S3_KEEP_DAYS = -1

    blob = actions.keep_blob(FILM, "video/mp4", "录像.mp4")
    actions.keep_blob(FILM, "video/mp4", "录像.mp4")
    with queries.open_blob(blob.sha256) as film:
        assert film.read() == FILM
    assert queries.verify(deep=True).clean
    assert not store.blob_path(blob.sha256).exists()

    actions.mark_destroyed([blob.sha256], at=datetime.now(UTC))
    assert actions.destroy_marked() == 1
    assert Blob.objects.get().destroyed_at is not None
    assert queries.verify(deep=True).clean


def test_what_is_kept_again_while_others_are_destroyed_stays(
    db: None, service: Service, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MINGJING_STORE, settings.MINGJING_S3_KEEP_DAYS = "s3://evidence", -1
    monkeypatch.setattr(s3, "_client", lambda endpoint, region: service)
    for content in (b"one", b"two"):
        actions.mark_destroyed([actions.keep_blob(content, "text/plain", "一.txt").pk], at=datetime.now(UTC))
    deleted = service.delete_object

    def meanwhile(**asked: Any) -> None:
        deleted(**asked)
        Blob.objects.exclude(sha256=asked["Key"][-64:]).update(destroyed_at=None, fault="")

    service.delete_object = meanwhile

    assert actions.destroy_marked() == 1
    assert queries.verify(deep=True).clean
