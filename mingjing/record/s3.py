"""Stored files in an S3 bucket with versions and Object Lock: what is kept there, its administrator cannot remove.

A file counts as kept only after it was read back from the bucket and hashed; only then is its version locked in
COMPLIANCE mode, so that a damaged transfer can still be taken away. Needs the extra ``mingjing[s3]``.
Source: Amazon S3 API reference, PutObjectRetention; the same calls are answered by Ceph's radosgw.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.utils import timezone

from mingjing.kernel.refused import Refused
from mingjing.record import store
from mingjing.record.measuring import Measure, Taken
from mingjing.record.place import Health

PREFIX = "s3://"
_GONE = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NotFound"})
READ_AHEAD_BYTES = 1 << 20


class Bucket:
    """A bucket with versions and Object Lock. ``keep_days`` is how long a new file is locked at least."""

    def __init__(self, client: Any, bucket: str, keep_days: int) -> None:
        self.name = f"对象存储 {bucket}"
        self._client, self._bucket, self._keep_days = client, bucket, keep_days

    @classmethod
    def of_settings(cls) -> Bucket:
        """The bucket that ``MINGJING_STORE`` names; its keys come from where boto3 looks for them."""
        client = _client(settings.MINGJING_S3_ENDPOINT, settings.MINGJING_S3_REGION)
        name = settings.MINGJING_STORE.removeprefix(PREFIX).strip("/")
        return cls(client, name, settings.MINGJING_S3_KEEP_DAYS)

    def take_in(self, content: Iterator[bytes]) -> Taken:
        """As the interface says; the content goes through a staging file, because its name is its digest."""
        measure = Measure()
        with store.staged(store.staging_folder(), 0o600) as (file, fresh):
            for piece in content:
                measure.update(piece)
                store.write(file, piece)
            return self._keep(fresh, measure)

    def take_in_file(self, path: Path) -> Taken:
        """As the interface says."""
        measure = Measure()
        with path.open("rb") as content:
            for piece in store.chunks(content):
                measure.update(piece)
        return self._keep(path, measure)

    def size_of(self, sha256: str) -> int | None:
        """As the interface says."""
        with _answered():
            head = self._head(sha256)
        return None if head is None else int(head["ContentLength"])

    def open(self, sha256: str) -> BinaryIO:
        """As the interface says; read in ranges, so that a film can be played from its middle."""
        with _answered():
            head = self._head(sha256)
        if head is None:
            raise FileNotFoundError(sha256)
        there = _Ranges(self._client, self._bucket, _key(sha256), head)
        return io.BufferedReader(there, READ_AHEAD_BYTES)

    def retain(self, sha256: str, until: datetime) -> None:
        """As the interface says: the lock of the newest version is extended, never shortened."""
        with _answered():
            head = self._head(sha256)
            if head is not None and not _locked_beyond(head, until):
                self._lock(sha256, head["VersionId"], until)

    def locked_until(self, sha256: str) -> datetime | None:
        """As the interface says: the latest lock of any version."""
        with _answered():
            return max(filter(None, map(self._lock_of, self._versions(sha256))), default=None)

    def remove(self, sha256: str) -> None:
        """As the interface says: every version goes, or none while one of them is locked."""
        until = self.locked_until(sha256)
        if until is not None:
            raise Refused(
                "still-locked",
                f"文件 {sha256} 在对象存储中锁定到 {timezone.localtime(until):%Y-%m-%d}，任何人都不能提前删除。",
                remedy="锁定期满以后再销毁。",
            )
        with _answered():
            for one in list(self._versions(sha256)):
                self._client.delete_object(Bucket=self._bucket, **one)

    def health(self) -> Health:
        """As the interface says: the bucket answers, keeps versions and has Object Lock."""
        try:
            with _answered():
                versions = self._client.get_bucket_versioning(Bucket=self._bucket).get("Status")
                lock = self._client.get_object_lock_configuration(Bucket=self._bucket)
        except Refused as refused:
            return Health(False, refused.reason, refused.remedy or "")
        enabled = lock["ObjectLockConfiguration"].get("ObjectLockEnabled") == "Enabled"
        if versions == "Enabled" and enabled:
            return Health(True, f"{self.name}，版本控制和对象锁定已开启")
        return Health(False, f"{self.name} 没有开启版本控制和对象锁定", "重新建立桶，建立时开启 Object Lock")

    def _keep(self, path: Path, measure: Measure) -> Taken:
        """Send the file unless an intact one is there; read it back; lock it."""
        sha256 = measure.sha256
        if not measure.size_bytes:
            return measure.taken(new=False)
        until = datetime.now(UTC) + timedelta(days=self._keep_days)
        with _answered():
            head = self._head(sha256)
            new = head is None
            version = self._send(path, sha256) if head is None else head["VersionId"]
            if new:
                self._require_same(sha256, version)
            if head is None or not _locked_beyond(head, until):
                self._lock(sha256, version, until)
        return measure.taken(new=new)

    def _send(self, path: Path, sha256: str) -> str:
        """The version under which the bucket took the file."""
        self._client.upload_file(str(path), self._bucket, _key(sha256))
        head = self._head(sha256)
        if head is None:
            raise _changed(sha256)
        return str(head["VersionId"])

    def _require_same(self, sha256: str, version: str) -> None:
        """Read the version back; a damaged one is taken away again, while it is not locked yet."""
        found = self._client.get_object(Bucket=self._bucket, Key=_key(sha256), VersionId=version)
        digest = hashlib.sha256()
        for piece in found["Body"].iter_chunks(store.CHUNK_BYTES):
            digest.update(piece)
        if digest.hexdigest() != sha256:
            self._client.delete_object(Bucket=self._bucket, Key=_key(sha256), VersionId=version)
            raise _changed(sha256)

    def _lock(self, sha256: str, version: str, until: datetime) -> None:
        self._client.put_object_retention(
            Bucket=self._bucket,
            Key=_key(sha256),
            VersionId=version,
            Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until},
        )

    def _lock_of(self, version: dict[str, str]) -> datetime | None:
        """Until when a version is locked, if it still is."""
        head = self._client.head_object(Bucket=self._bucket, **version)
        until: datetime | None = head.get("ObjectLockRetainUntilDate")
        return until if until is not None and until > datetime.now(UTC) else None

    def _head(self, sha256: str) -> Any | None:
        from botocore.exceptions import ClientError

        try:
            return self._client.head_object(Bucket=self._bucket, Key=_key(sha256))
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return None
            raise

    def _versions(self, sha256: str) -> Iterator[dict[str, str]]:
        """Every version of the content, as the calls of boto3 name it."""
        pages = self._client.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self._bucket, Prefix=_key(sha256)):
            for one in page.get("Versions", []):
                yield {"Key": one["Key"], "VersionId": one["VersionId"]}


class _Ranges(io.RawIOBase):
    """One version of an object as a file that can be read from any place."""

    def __init__(self, client: Any, bucket: str, key: str, head: Any) -> None:
        self._get = client.get_object
        self._what = {"Bucket": bucket, "Key": key, "VersionId": head["VersionId"]}
        self._size, self._at = int(head["ContentLength"]), 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; nothing is read yet."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """Where reading goes on."""
        return self._at

    def readinto(self, target: Any) -> int:
        """Ask the bucket for exactly what fits."""
        last = min(self._at + len(target), self._size) - 1
        if last < self._at:
            return 0
        with _answered():
            found = self._get(**self._what, Range=f"bytes={self._at}-{last}")["Body"].read()
        target[: len(found)] = found
        self._at += len(found)
        return len(found)


@cache
def _client(endpoint: str, region: str) -> Any:
    """A client of boto3; one for each process, because making it reads many files."""
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise Refused(
            "bad-settings",
            "MINGJING_STORE 指向对象存储，但没有安装所需的软件包。",
            remedy="运行 pip install 'mingjing[s3]'，或者把 MINGJING_STORE 留空。",
        ) from error
    return boto3.client(
        "s3",
        endpoint_url=endpoint or None,
        region_name=region or None,
        config=Config(
            s3={"addressing_style": "path"},
            retries={"max_attempts": 3},
            connect_timeout=10,
            # Servers that do not know the newer checksums refuse them.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


@contextmanager
def _answered() -> Iterator[None]:
    """What keeps the bucket from answering is told to people; it is no defect of ours."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error) as error:
        raise Refused(
            "store-unreachable",
            f"对象存储没有完成这一步：{str(error)[:200]}",
            remedy="请系统管理员核对对象存储的地址、密钥和桶的设置，再重新提交；没有确认的内容不会登记。",
        ) from error


def _locked_beyond(head: Any, until: datetime) -> bool:
    locked = head.get("ObjectLockRetainUntilDate")
    return locked is not None and locked >= until


def _changed(sha256: str) -> Refused:
    return Refused(
        "store-changed-it",
        f"文件传到对象存储以后读回来与原件不一致（SHA-256 {sha256}），没有存入。",
        remedy="请重新提交；再次发生的，请系统管理员检查网络和对象存储。",
    )


def _key(sha256: str) -> str:
    return f"blobs/sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"
