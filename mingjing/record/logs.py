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
REOPENED = "log.reopened"
"""The same for a log that follows one whose end was lost; it also names the last head that others saw of it."""
REBUILT = "log.rebuilt"
"""The kind of the entry that tells which leaves were taken back from a copy, and how many records are lost."""
LOST = "record.lost"
"""The kind of an entry whose bytes are lost: only its digests came back, so that its place can be kept."""

SHANGHAI = ZoneInfo("Asia/Shanghai")
_YEAR = re.compile(r"[0-9]{4}")


def year_at(at: datetime) -> int:
    """The calendar year in which an entry that is numbered ``at`` this moment is kept."""
    return at.astimezone(SHANGHAI).year


def origin_of(year: int, epoch: int = 1) -> str:
    """The name of a year's log, which is also the name of its key."""
    return f"{settings.MINGJING_LOG_ORIGIN}/{label(year, epoch)}"


def label(year: int, epoch: int) -> str:
    """How a log is told from the others of this deployment: its year, with a number behind if it was begun anew."""
    return str(year) if epoch == 1 else f"{year}-{epoch}"


def label_of(log: Log) -> str | None:
    """The label of a log; None for one that has no year."""
    return None if log.year is None else label(log.year, log.epoch)


def folder(log: Log) -> Path:
    """Where the published files of a log lie. A log without a year keeps the place it had."""
    found = label_of(log)
    base = store.log_folder() if found is None else store.log_folder() / found
    return base / SM3 if log.hashing == SM3 else base


def current() -> Log | None:
    """The log that takes in entries now; None before the first seal. Cost: 1 query."""
    return Log.objects.filter(state=OPEN, hashing=SHA256).first()


def every() -> list[Log]:
    """All logs, oldest first. Cost: 1 query."""
    return list(Log.objects.filter(hashing=SHA256).order_by("start", "id"))


def recent() -> list[Log]:
    """The log in use and the one before, oldest first: whatever a crash left unfinished is in these."""
    return list(Log.objects.filter(hashing=SHA256).order_by("-start", "-id")[:2])[::-1]


def beside(log: Log) -> Log | None:
    """The tree over SM3 of the same entries, if it is kept. Cost: 1 query."""
    return Log.objects.filter(year=log.year, epoch=log.epoch, hashing=SM3).first()


def everything() -> list[Log]:
    """All logs and the trees beside them, oldest first. Cost: 1 query."""
    return list(Log.objects.order_by("start", "hashing", "id"))


def named(year: str | int | None) -> Log:
    """The log of a year, or for None the one in use. Cost: 1 query. Raises: Refused ``no-such-log``."""
    if year is None:
        found = current()
    else:
        known = _YEAR.fullmatch(str(year))
        years = Log.objects.filter(hashing=SHA256).order_by("-epoch")
        found = years.filter(year=int(year)).first() if known else None
    if found is None:
        raise Refused(
            "no-such-log",
            f"没有 {year} 年的日志。" if year else "日志还没有开始。",
            remedy="各年的日志见 /log 页；编入第一条记录（mingjing record seal）后才有日志。",
        )
    return found


def strays() -> list[Path]:
    """Published heads of logs that the tables do not know: the database is an older copy, or another one."""
    known = {folder(log) for log in everything()}
    base = store.log_folder()
    year = "[0-9][0-9][0-9][0-9]*"
    published = [base / "checkpoint", base / SM3 / "checkpoint"]
    published += [*base.glob(f"{year}/checkpoint"), *base.glob(f"{year}/{SM3}/checkpoint")]
    return sorted(path for path in published if path.is_file() and path.parent not in known)


def opening(before: Log, size: int, root: bytes, note: str) -> dict[str, object]:
    """What the first entry of a log says of the one before: its name, and the head with which it ended."""
    return {"origin": before.origin, "size": size, "root": root.hex(), "checkpoint": note}
