"""The logs of this deployment: one for each calendar year in Shanghai, each beginning where the last one ended."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from mingjing.kernel.refused import Refused
from mingjing.record import store
from mingjing.record.models import Log

OPEN, CLOSED = "open", "closed"
SHA256, SM3 = "sha256", "sm3"
OPENED = "log.opened"
"""The kind of the entry with which a log begins that follows another; its ``plain`` is :func:`opening`."""

SHANGHAI = ZoneInfo("Asia/Shanghai")
_YEAR = re.compile(r"[0-9]{4}")


def year_at(at: datetime) -> int:
    """The calendar year in which an entry that is numbered ``at`` this moment is kept."""
    return at.astimezone(SHANGHAI).year


def origin_of(year: int) -> str:
    """The name of a year's log, which is also the name of its key."""
    return f"{settings.MINGJING_LOG_ORIGIN}/{year}"


def folder(log: Log) -> Path:
    """Where the published files of a log lie. A log without a year keeps the place it had."""
    return store.log_folder() if log.year is None else store.log_folder() / str(log.year)


def current() -> Log | None:
    """The log that takes in entries now; None before the first seal. Cost: 1 query."""
    return Log.objects.filter(state=OPEN, hashing=SHA256).first()


def every() -> list[Log]:
    """All logs, oldest first. Cost: 1 query."""
    return list(Log.objects.filter(hashing=SHA256).order_by("start", "id"))


def recent() -> list[Log]:
    """The log in use and the one before, oldest first: whatever a crash left unfinished is in these."""
    return list(Log.objects.filter(hashing=SHA256).order_by("-start", "-id")[:2])[::-1]


def named(year: str | int | None) -> Log:
    """The log of a year, or for None the one in use. Cost: 1 query. Raises: Refused ``no-such-log``."""
    if year is None:
        found = current()
    else:
        known = _YEAR.fullmatch(str(year))
        found = Log.objects.filter(year=int(year), hashing=SHA256).first() if known else None
    if found is None:
        raise Refused(
            "no-such-log",
            f"没有 {year} 年的日志。" if year else "日志还没有开始。",
            remedy="各年的日志见 /log 页；编入第一条记录（mingjing record seal）后才有日志。",
        )
    return found


def strays() -> list[Path]:
    """Published heads of logs that the tables do not know: the database is an older copy, or another one."""
    known = {folder(log) for log in every()}
    base = store.log_folder()
    published = [base / "checkpoint", *base.glob("[0-9][0-9][0-9][0-9]/checkpoint")]
    return sorted(path for path in published if path.is_file() and path.parent not in known)


def opening(before: Log, size: int, root: bytes, note: str) -> dict[str, object]:
    """What the first entry of a log says of the one before: its name, and the head with which it ended."""
    return {"origin": before.origin, "size": size, "root": root.hex(), "checkpoint": note}
