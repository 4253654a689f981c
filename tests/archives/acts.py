"""One call of each action of the room, for the test that every action appends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mingjing.archives import actions as archives
from tests.office import Office, open_matter


def export_folder(office: Office, tmp: Path) -> Any:
    matter, actor = open_matter(office), office.actor("archivist")
    return lambda: archives.export_folder(no=matter.case.no, out=tmp / "bag", actor=actor, at=matter.at)


def export_zip(office: Office, tmp: Path) -> Any:
    matter, actor = open_matter(office), office.actor("archivist")
    return lambda: b"".join(archives.export_zip(no=matter.case.no, actor=actor, at=matter.at))


CALLS: dict[str, Callable[[Office, Path], Any]] = {
    "archives.export_folder": export_folder,
    "archives.export_zip": export_zip,
}
