"""An S3 service in memory, as far as the adapter speaks to it: versions, marks of deletion, COMPLIANCE locks.

Its answers follow the S3 API reference; what a real service does with a lock is shown by tests/interop.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError


class Body(io.BytesIO):
    def iter_chunks(self, size: int) -> Iterator[bytes]:
        while piece := self.read(size):
            yield piece


BUCKET = "evidence"
_PARAMETERS = {"Bucket", "Key", "VersionId", "Range"}


class Service:
    """The client of boto3 and the service behind it, with one bucket, strict about what it is asked for.

    ``damages`` flips a bit of what is sent; ``down`` answers nothing. As a real service does, it reads, locks and
    deletes the newest version where none is named; deleting without a version leaves a mark over all of them.
    """

    def __init__(self) -> None:
        self.objects: dict[str, list[dict[str, Any]]] = {}
        self.versioned, self.locking, self.damages, self.down, self.forbids = True, True, False, False, False
        self._last = 0

    def upload_file(self, path: str, bucket: str, key: str) -> None:
        self._answer(bucket)
        content = bytearray(Path(path).read_bytes())
        content[0] ^= self.damages
        self._last += 1
        version = {"VersionId": str(self._last), "content": bytes(content), "until": None}
        self.objects.setdefault(key, []).insert(0, version)

    def head_object(self, **asked: Any) -> dict[str, Any]:
        found = self._find("HeadObject", asked)
        told = {"ContentLength": len(found["content"]), "VersionId": found["VersionId"]}
        return told | ({"ObjectLockRetainUntilDate": found["until"]} if found["until"] else {})

    def get_object(self, **asked: Any) -> dict[str, Any]:
        content = self._find("GetObject", asked)["content"]
        if "Range" in asked:
            first, last = map(int, asked["Range"].removeprefix("bytes=").split("-"))
            content = content[first : last + 1]
        return {"Body": Body(content)}

    def put_object_retention(self, *, Retention: dict[str, Any], **asked: Any) -> None:
        found, until = self._find("PutObjectRetention", asked), Retention["RetainUntilDate"]
        assert Retention["Mode"] == "COMPLIANCE"
        if found["until"] and until < found["until"]:
            raise _error("AccessDenied", "PutObjectRetention")
        found["until"] = until

    def delete_object(self, **asked: Any) -> None:
        found = self._find("DeleteObject", asked)
        if "VersionId" not in asked:
            self._last += 1
            mark = {"VersionId": str(self._last), "content": None, "until": None}
            self.objects[asked["Key"]].insert(0, mark)
            return
        if found["until"] and found["until"] > datetime.now(UTC):
            raise _error("AccessDenied", "DeleteObject")
        self.objects[asked["Key"]].remove(found)

    def get_paginator(self, name: str) -> Any:
        assert name == "list_object_versions"
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:
        self._answer(Bucket)
        yield {}
        rows = [(key, one) for key, versions in self.objects.items() for one in versions]
        yield {
            "Versions": [
                {"Key": key, "VersionId": one["VersionId"]} for key, one in rows if key.startswith(Prefix)
            ]
        }

    def get_bucket_versioning(self, *, Bucket: str) -> dict[str, str]:
        self._answer(Bucket)
        return {"Status": "Enabled"} if self.versioned else {}

    def get_object_lock_configuration(self, *, Bucket: str) -> dict[str, Any]:
        self._answer(Bucket)
        return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"} if self.locking else {}}

    def _answer(self, bucket: str) -> None:
        if self.down:
            raise EndpointConnectionError(endpoint_url="http://nowhere")
        if bucket != BUCKET:
            raise _error("NoSuchBucket", str(bucket))

    def _find(self, what: str, asked: dict[str, Any]) -> dict[str, Any]:
        if unknown := set(asked) - _PARAMETERS:
            raise TypeError(f"boto3 knows no {unknown}")
        self._answer(asked["Bucket"])
        if self.forbids:
            raise _error("403", what)
        for one in self.objects.get(asked["Key"], []):
            if asked.get("VersionId", one["VersionId"]) == one["VersionId"] and one["content"] is not None:
                return one
        raise _error("404" if what == "HeadObject" else "NoSuchKey", what)


def _error(code: str, what: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, what)
