"""Where the bytes of stored files lie: a folder of this machine or a bucket, as the settings say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from mingjing.kernel.refused import Refused
from mingjing.record import store
from mingjing.record.measuring import Taken
from mingjing.record.place import Backend, Health
from mingjing.record.s3 import PREFIX, Bucket


class Folder:
    """The folder ``blobs`` under ``MINGJING_VAR``."""

    name = "本机文件夹"

    def take_in(self, content: Iterator[bytes]) -> Taken:
        """As the interface says."""
        return store.take_in(content)

    def take_in_file(self, path: Path) -> Taken:
        """As the interface says; the bytes are not copied."""
        return store.take_in_file(path)

    def size_of(self, sha256: str) -> int | None:
        """As the interface says."""
        path = store.blob_path(sha256)
        return path.stat().st_size if path.is_file() else None

    def open(self, sha256: str) -> BinaryIO:
        """As the interface says."""
        return store.blob_path(sha256).open("rb")

    def retain(self, sha256: str, until: datetime) -> None:
        """Nothing: a folder has no lock that its own administrator could not lift."""

    def locked_until(self, sha256: str) -> datetime | None:
        """Never."""
        return None

    def remove(self, sha256: str) -> None:
        """As the interface says."""
        store.remove(sha256)

    def health(self) -> Health:
        """As the interface says."""
        folder = store.blob_path("0" * 64).parents[2]
        return Health(True, f"{self.name} {folder}")


def current() -> Backend:
    """The place that the settings name. Raises: Refused ``bad-settings``."""
    place = settings.MINGJING_STORE
    if not place:
        return Folder()
    if place.startswith(PREFIX):
        return Bucket.of_settings()
    raise Refused(
        "bad-settings",
        f"MINGJING_STORE 写的是“{place}”，不认识。",
        remedy="留空（本机文件夹），或者写 s3://桶名。",
    )


def hash_of(content: BinaryIO) -> str:
    """The SHA-256 of an open file from where it stands, in hexadecimal; closes it."""
    with content:
        digest = hashlib.sha256()
        for piece in store.chunks(content):
            digest.update(piece)
    return digest.hexdigest()
