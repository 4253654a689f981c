"""What is reckoned of a file while it goes by: its digests, its size, and the digest of each of its parts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings

from mingjing.kernel import canonical

PART_BYTES = 8 << 20
DIGEST_BYTES = 32


class Taken(NamedTuple):
    """A file that was taken in. ``new``: whether the store did not have it.

    ``sm3`` is empty unless the setting asks for it. ``parts`` are the SHA-256 digests of its parts of 8 MiB, in
    order, 32 bytes each; empty where there is only one part, whose digest is that of the whole.
    """

    sha256: str
    size_bytes: int
    new: bool
    sm3: str = ""
    parts: bytes = b""


@dataclass(frozen=True)
class Part:
    """One part of a stored file: where it begins, how long it is, and its SHA-256 in hexadecimal."""

    start: int
    size_bytes: int
    sha256: str


class Measure:
    """Takes a file in pieces of any length, however large it is, and reckons everything in one pass."""

    def __init__(self) -> None:
        self.size_bytes = 0
        self._whole = hashlib.sha256()
        self._part = hashlib.sha256()
        self._room = PART_BYTES
        self._parts: list[bytes] = []
        self._sm3 = canonical.sm3_hasher() if settings.MINGJING_SM3_FILES else None

    def update(self, piece: bytes) -> None:
        """Take the next piece."""
        self.size_bytes += len(piece)
        self._whole.update(piece)
        if self._sm3 is not None:
            self._sm3.update(piece)
        rest = memoryview(piece)
        while rest:
            if not self._room:
                self._parts.append(self._part.digest())
                self._part, self._room = hashlib.sha256(), PART_BYTES
            self._part.update(rest[: self._room])
            taken = min(self._room, len(rest))
            self._room -= taken
            rest = rest[taken:]

    @property
    def sha256(self) -> str:
        """The digest of everything so far, in hexadecimal."""
        return self._whole.hexdigest()

    @property
    def parts(self) -> bytes:
        """The digests of the parts one after the other, or nothing where there is only one."""
        return b"".join([*self._parts, self._part.digest()]) if self._parts else b""

    def taken(self, *, new: bool) -> Taken:
        """What is known of the file at its end."""
        sm3 = self._sm3.digest().hex() if self._sm3 is not None and self.size_bytes else ""
        return Taken(self.sha256, self.size_bytes, new, sm3, self.parts)


def parts_of(sha256: str, size_bytes: int, digests: bytes) -> Iterator[Part]:
    """The parts of a file from its manifest; without one the file is its only part."""
    if not digests:
        yield Part(0, size_bytes, sha256)
        return
    for number in range(len(digests) // DIGEST_BYTES):
        start = number * PART_BYTES
        digest = digests[number * DIGEST_BYTES : (number + 1) * DIGEST_BYTES]
        yield Part(start, min(PART_BYTES, size_bytes - start), digest.hex())
