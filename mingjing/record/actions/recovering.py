"""Two ways on after a restore from an older backup: take the leaves back, or begin a log anew and say so.

Both leave an entry in the record. Neither signs a second history: the first continues the one that was seen
outside, the second ends it under its name and goes on under another.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from mingjing.kernel import checkpoint, note
from mingjing.kernel.refused import Refused
from mingjing.record import body, continuity, heads, keys, logs, recovery, store, trust
from mingjing.record.actions import sealing, yearly
from mingjing.record.actions.appending import append
from mingjing.record.actions.publishing import publish
from mingjing.record.continuity import Seen
from mingjing.record.models import Checkpoint, Entry, Log, Pending


@dataclass(frozen=True)
class Rebuilt:
    """Leaves taken back: ``kept`` with their records, ``lost`` without; the log then has ``size`` entries."""

    origin: str
    kept: int
    lost: int
    size: int


@dataclass(frozen=True)
class Reopened:
    """A log begun anew: under which name, after which one, and how many of its entries are lost."""

    origin: str
    after: str
    lost: int


def rebuild(at: datetime) -> Rebuilt:
    """Take the missing leaves of the log in use back from a copy that gives the root that was seen outside.

    MUST NOT run inside a transaction. Raises: Refused ``nothing-missing``, ``no-copy``, ``other-log-missing``,
    and as :func:`continuity.ahead`.
    """
    seen = _ahead(logs.current(), at)
    log = _begun(at)
    if seen.origin != log.origin:
        raise Refused(
            "other-log-missing",
            f"缺的是日志“{seen.origin}”，库中连它的开头也没有，不能逐条找回。",
            remedy="恢复更新的备份；没有的，用 mingjing witnesses new-log 另起一本。",
        )
    entries = recovery.entries_behind(log, seen)
    with transaction.atomic(durable=True):
        _require_unchanged(log, yearly.locked(at))
        kept = _take_back(log, seen, entries, at)
    _keep_cosignatures(log, seen)
    continuity.asked.forget()
    publish()
    return Rebuilt(log.origin, kept, len(entries) - kept, seen.head.size)


def reopen(at: datetime) -> Reopened:
    """Give the log up whose end is lost, and begin another, whose first entry names the last head that was seen.

    MUST NOT run inside a transaction. Raises: Refused ``nothing-missing`` and as :func:`continuity.ahead`.
    """
    before = logs.current()
    seen = _ahead(before, at)
    with transaction.atomic(durable=True):
        log = before and yearly.locked(at)
        fresh, first = yearly.begun_anew(log, logs.year_at(at), at, _said(log, seen))
        sealing.take_in(fresh, [(first.id, body.leaf(bytes(first.sha256), bytes(first.sm3)))], at)
    if log is not None:
        _set_aside(log)
    continuity.asked.forget()
    publish()
    held = log.size if log and log.origin == seen.origin else 0
    return Reopened(fresh.origin, seen.origin, seen.head.size - held)


def _ahead(log: Log | None, at: datetime) -> Seen:
    found = continuity.ahead(log, at)
    if not found:
        raise Refused("nothing-missing", "没有发现库外见过而库中缺少的日志，没有改动。")
    return found[0]


def _begun(at: datetime) -> Log:
    """The log in use, made if even its row is missing."""
    with transaction.atomic(durable=True):
        return yearly.locked(at)


def _require_unchanged(log: Log, now: Log) -> None:
    if (log.pk, log.size) != (now.pk, now.size):
        raise Refused("overtaken", "日志在此期间有了变化，没有找回。", remedy="停止其他进程后再运行一次。")


def _take_back(log: Log, seen: Seen, entries: Sequence[bytes], at: datetime) -> int:
    """Give the entries behind the tables their places; how many of them have their records."""
    here = recovery.matching(list(entries))
    digests = [recovery.digests(entry) for entry in entries]
    losing = [one for one in digests if one[0] not in here]
    losses = {bytes(one.sha256): one for one in _lost(log, losing, at)}
    waiting = [((here.get(sha) or losses[sha]).id, body.leaf(sha, sm3)) for sha, sm3 in digests]
    edge = sealing.trusted_edge(log)
    first = log.start + edge.size
    sealing.extend(log, edge, waiting)
    Checkpoint.objects.create(
        log=log, size=seen.head.size, root=seen.head.root, note=_own_lines(log, seen.document), at=at
    )
    Pending.objects.filter(entry_id__in=[one.id for one in here.values()]).delete()
    told = {"origin": log.origin, "first": first, "stop": first + len(waiting), "lost": len(losses)}
    append(kind=logs.REBUILT, subject=f"log:{log.origin}", at=at, actor=yearly.SEQUENCER, plain=told)
    return len(here)


def _lost(log: Log, digests: Sequence[tuple[bytes, bytes]], at: datetime) -> list[Entry]:
    """Entries that keep the place of records whose bytes are lost: a chain of their own, nothing inside."""
    subject = f"lost:{log.origin}"
    last = Entry.objects.filter(subject=subject).order_by("-seq").first()
    seq, prev = (last.seq, bytes(last.sha256)) if last else (0, None)
    rows = []
    for sha256, sm3 in digests:
        seq += 1
        rows.append(
            Entry(
                id=body.new_id(at), kind=logs.LOST, subject=subject, seq=seq, at=at, prev=prev,
                body=b"", sha256=sha256, sm3=sm3,
            )
        )  # fmt: skip
        prev = sha256
    return list(Entry.objects.bulk_create(rows, batch_size=1000))


def _own_lines(log: Log, document: str) -> str:
    """A head as the log itself signed it."""
    found, key = note.parse(document), keys.verifier(log)
    return str(note.Note(found.text, tuple(line for line in found.signatures if line.claims(key))))


def _keep_cosignatures(log: Log, seen: Seen) -> None:
    head = Checkpoint.objects.get(log=log, size=seen.head.size)
    for witness in trust.policy().witnesses:
        for told in checkpoint.cosignatures(seen.document, [witness.key]):
            lines = [line for line in note.parse(seen.document).signatures if line.claims(witness.key)]
            trust.keep(head, witness.key, lines[0], told)


def _said(log: Log | None, seen: Seen) -> dict[str, Any]:
    """What the first entry of a log begun anew says: where the tables end, and what was seen beyond."""
    head = heads.latest(log) if log else None
    before = logs.opening(log, head.size, bytes(head.root), head.note) if log and head else None
    beyond = {
        "origin": seen.origin,
        "size": seen.head.size,
        "root": seen.head.root.hex(),
        "checkpoint": seen.document,
    }
    return {"before": before, "seen": beyond}


def _set_aside(log: Log) -> None:
    """Public files beyond what the tables hold are kept out of the way: they are evidence of what is lost."""
    head, published = heads.latest(log), heads.published(log)
    if published is None or (head is not None and published.size <= head.size):
        return
    place = store.log_folder() / "set-aside" / f"{logs.label_of(log) or 'log'}-{published.size}"
    store.make_folder(place.parent)
    if log.year is not None:
        shutil.move(logs.folder(log), place)
        return
    store.make_folder(place)
    for name in ("checkpoint", "tile"):
        shutil.move(logs.folder(log) / name, place / name)
