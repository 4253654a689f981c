"""What a place for stored files must do.

It keeps content under its SHA-256 and says it is kept only when a power cut, or the loss of this machine, takes
nothing back. What a file means and how long it stays is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from mingjing.record.measuring import Taken


class Health(NamedTuple):
    """Whether the place works, in words; ``remedy`` is empty where it does."""

    fine: bool
    detail: str
    remedy: str = ""


class Backend(Protocol):
    """A place for stored files. ``name`` is for people."""

    name: str

    def take_in(self, content: Iterator[bytes]) -> Taken:
        """Keep the content. Empty content is not kept. Raises: Refused ``disk-full``, ``store-unreachable``."""

    def take_in_file(self, path: Path) -> Taken:
        """Keep the file at ``path`` inside the data folder, which nobody writes to any more."""

    def size_of(self, sha256: str) -> int | None:
        """How many bytes are kept under this digest; None where there are none."""

    def open(self, sha256: str) -> BinaryIO:
        """The content for reading at any place. Raises: FileNotFoundError."""

    def retain(self, sha256: str, until: datetime) -> None:
        """Let nobody remove the content before ``until``, where the place can; never shortens what was set."""

    def locked_until(self, sha256: str) -> datetime | None:
        """Until when nobody can remove the content; None where nothing keeps anybody from it."""

    def remove(self, sha256: str) -> None:
        """Take the content away for good, if it is there. Raises: Refused ``still-locked``."""

    def health(self) -> Health:
        """Whether the place can be relied on; quick."""
