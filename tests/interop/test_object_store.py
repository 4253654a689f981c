"""A real object store keeps what was locked (G12): Debian's radosgw on loopback, nothing from outside.

An optional lane: it runs where ``MINGJING_LANES`` names ``radosgw`` and the Debian packages radosgw, ceph-mon,
ceph-mgr and ceph-osd are installed; elsewhere it is skipped and says so. It takes about a minute.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mingjing.kernel.refused import Refused
from mingjing.record import s3
from mingjing.record.s3 import Bucket
from tests.interop import radosgw

FILM = os.urandom(3 << 20)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if "radosgw" not in os.environ.get("MINGJING_LANES", "").split(","):
        pytest.skip("an optional lane: MINGJING_LANES=radosgw")
    if missing := radosgw.missing():
        pytest.fail(f"missing: {', '.join(missing)} (apt-get install radosgw ceph-mon ceph-mgr ceph-osd)")
    import boto3

    with radosgw.running(tmp_path_factory.mktemp("ceph")) as address:
        made = boto3.client(
            "s3",
            endpoint_url=address,
            region_name="default",
            aws_access_key_id=radosgw.ACCESS,
            aws_secret_access_key=radosgw.SECRET,
        )
        made.create_bucket(Bucket="evidence", ObjectLockEnabledForBucket=True)
        yield made


@pytest.fixture
def bucket(client: Any) -> Bucket:
    return Bucket(client, "evidence", keep_days=30)


@pytest.fixture
def kept(bucket: Bucket) -> str:
    return bucket.take_in(iter([FILM])).sha256


def test_a_film_is_kept_and_read_from_its_middle(bucket: Bucket, kept: str) -> None:
    assert bucket.health().fine
    assert bucket.size_of(kept) == len(FILM)
    with bucket.open(kept) as film:
        film.seek(1_000_000)
        assert film.read(100) == FILM[1_000_000:1_000_100]
        film.seek(0)
        assert film.read() == FILM


def test_a_lock_is_extended_and_never_shortened(bucket: Bucket, kept: str) -> None:
    first = bucket.locked_until(kept)
    assert first is not None

    bucket.retain(kept, datetime.now(UTC))
    assert bucket.locked_until(kept) == first

    bucket.retain(kept, first + timedelta(days=1))
    assert bucket.locked_until(kept) == first + timedelta(days=1)
    with pytest.raises(Refused, match="锁定到"):
        bucket.remove(kept)


def test_nobody_gets_around_the_lock(client: Any, bucket: Bucket, kept: str) -> None:
    """Deleting, by-passing, shortening, weakening, suspending versions: the service refuses each."""
    from botocore.exceptions import ClientError

    what = {"Bucket": "evidence", "Key": s3._key(kept)}
    version = {**what, "VersionId": client.head_object(**what)["VersionId"]}
    soon, late = (datetime.now(UTC) + timedelta(days=days) for days in (1, 900))
    attempts: list[Callable[[], Any]] = [
        lambda: client.delete_object(**version),
        lambda: client.delete_object(**version, BypassGovernanceRetention=True),
        lambda: client.put_object_retention(
            **version, Retention={"Mode": "COMPLIANCE", "RetainUntilDate": soon}
        ),
        lambda: client.put_object_retention(
            **version,
            Retention={"Mode": "GOVERNANCE", "RetainUntilDate": late},
            BypassGovernanceRetention=True,
        ),
        lambda: client.put_bucket_versioning(
            Bucket="evidence", VersioningConfiguration={"Status": "Suspended"}
        ),
    ]

    for attempt in attempts:
        with pytest.raises(ClientError):
            attempt()

    client.put_object(**what, Body=b"other")
    assert client.get_object(**version)["Body"].read() == FILM
