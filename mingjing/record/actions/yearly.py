"""The log of the year: begun with its first entry, ended when the year is over, one sequencer at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from mingjing.record import heads, keys, logs
from mingjing.record.actions.appending import append
from mingjing.record.models import Entry, Log, Pending


@dataclass(frozen=True)
class _Sequencer:
    """Who begins a log: the platform itself."""

    kind: str = "system"
    id: None = None


SEQUENCER = _Sequencer()


def locked(at: datetime) -> Log:
    """The log in use, begun if there is none; nobody else can write to it until the transaction ends.

    Raises: Refused ``database-behind-log``.
    """
    while (log := _lock()) is None:
        year = logs.year_at(at)
        # Of two sequencers that begin the first log at the same time, one waits here for the other.
        Log.objects.bulk_create([_fresh(year, start=0)], ignore_conflicts=True)
    return log


def turned(log: Log, at: datetime) -> tuple[Log, list[Entry]]:
    """The log of the year that ``at`` is in, and the entry that it begins with if it begins now.

    An entry belongs to the year in which it is numbered. A clock that goes backwards opens nothing again.
    Raises: Refused ``database-behind-log``.
    """
    year, head = logs.year_at(at), heads.latest(log)
    if head is None or (log.year is not None and log.year >= year):
        return log, []
    fresh = _fresh(year, start=log.start + log.size)
    Log.objects.filter(pk=log.pk).update(state=logs.CLOSED)
    fresh.save(force_insert=True)
    said = logs.opening(log, head.size, bytes(head.root), head.note)
    return fresh, [_first(logs.OPENED, fresh, at, {"before": said})]


def grown(log: Log, by: int) -> None:
    """Note that the log took in ``by`` more entries."""
    Log.objects.filter(pk=log.pk).update(size=F("size") + by)


def _lock() -> Log | None:
    """The log in use, locked. Another sequencer may close it while this one waits: then the next one is it."""
    open_logs = Log.objects.filter(state=logs.OPEN, hashing=logs.SHA256)
    while open_logs.exists():
        # SQLite opens its transactions as IMMEDIATE, of which there is one at a time: it needs no lock.
        if (log := open_logs.select_for_update().first()) is not None:
            return log
    return None


def begun_anew(log: Log | None, year: int, at: datetime, said: Mapping[str, Any]) -> tuple[Log, Entry]:
    """A log under another name for a year whose own one has lost its end, and the entry that it begins with."""
    epochs = Log.objects.filter(year=year).values_list("epoch", flat=True)
    fresh = _fresh(year, start=log.start + log.size if log else 0, epoch=max([1, *epochs]) + 1)
    if log is not None:
        Log.objects.filter(pk=log.pk).update(state=logs.CLOSED)
    fresh.save(force_insert=True)
    return fresh, _first(logs.REOPENED, fresh, at, said)


def _first(kind: str, log: Log, at: datetime, said: Mapping[str, Any]) -> Entry:
    first = append(kind=kind, subject=f"log:{log.origin}", at=at, actor=SEQUENCER, plain=said)
    # It stands before all that waits, so it waits for nothing.
    Pending.objects.filter(entry=first).delete()
    return first


def _fresh(year: int, start: int, epoch: int = 1) -> Log:
    origin = logs.origin_of(year, epoch)
    log = Log(origin=origin, year=year, epoch=epoch, state=logs.OPEN, start=start, vkey="")
    heads.require_unpublished(log)
    log.vkey = str(keys.made(origin, logs.label(year, epoch)).verifier)
    return log
