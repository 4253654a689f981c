"""What the jurists' half says on recording devices: ``codex/recording/devices.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class HandIn:
    """交存时限: how long after its end a recording must lie in the organ's store; ``sure``: source was read."""

    within: timedelta
    basis: str
    sure: bool

    @property
    def hours(self) -> int:
        """The term in hours."""
        return int(self.within.total_seconds()) // 3600


@dataclass(frozen=True)
class FileNames:
    """One way in which cameras name their files, with an example."""

    title: str
    rule: re.Pattern[str]
    example: str


@dataclass(frozen=True)
class Rules:
    """The file as a whole; ``matching``: how far a step may lie from a recording to be offered for it."""

    hand_in: HandIn
    matching: timedelta
    file_names: tuple[FileNames, ...]


@dataclass(frozen=True)
class Guess:
    """What a file name tells: empty or None where it tells nothing."""

    device: str = ""
    officer: str = ""
    at: datetime | None = None
    end: datetime | None = None


def rules() -> Rules:
    """The rules in force; the file is read again when it was changed."""
    path = Path(settings.MINGJING_CODEX) / "recording" / "devices.toml"
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> Rules:
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    hand_in = said["hand_in"]
    return Rules(
        HandIn(timedelta(hours=hand_in["hours"]), hand_in["basis"], hand_in["sure"]),
        timedelta(hours=said["matching"]["hours"]),
        tuple(
            FileNames(one["title"], re.compile(one["pattern"], re.IGNORECASE | re.ASCII), one["example"])
            for one in said["file_names"]
        ),
    )


def guess(name: str) -> Guess:
    """Device, officer and times by the first pattern that fits the whole of a file name."""
    for one in rules().file_names:
        found = one.rule.fullmatch(name)
        if found is not None:
            told = found.groupdict()
            return Guess(
                (told.get("device") or "").upper(),
                told.get("officer") or "",
                _moment(told.get("at")),
                _moment(told.get("end")),
            )
    return Guess()


def _moment(digits: str | None) -> datetime | None:
    """The local moment in 14 digits, whatever stands between date and time; None for no such moment."""
    try:
        return datetime.strptime(re.sub(r"\D", "", digits or ""), "%Y%m%d%H%M%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
