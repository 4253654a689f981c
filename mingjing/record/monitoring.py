"""Watching the log: is every record that was given a receipt in the published log, and did the log only grow?

What is judged is what strangers can read: the published files. The tables only say what ought to be there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from mingjing.kernel import canonical, merkle, tiles
from mingjing.kernel.checkpoint import Checkpoint as Head
from mingjing.kernel.refused import Refused
from mingjing.record import heads, logs, published
from mingjing.record.models import Entry, Log
from mingjing.record.published import Seen

TOLD = 100
LATE_SECONDS = 300


@dataclass(frozen=True)
class Trouble:
    """One thing that a watcher must look into; ``where`` is an entry id or the name of a log."""

    code: str
    where: str
    message: str


@dataclass
class Watched:
    """What a round of watching found. ``late`` counts receipts not kept within the time allowed, in ``longest``
    the oldest of them in seconds; ``troubles`` tells the first hundred things that are wrong."""

    entries: int = 0
    included: int = 0
    waiting: int = 0
    late: int = 0
    longest_seconds: int = 0
    heads: dict[str, int] = field(default_factory=dict)
    trouble_count: int = 0
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether nothing is wrong and nothing late."""
        return not self.trouble_count and not self.late

    def add(self, code: str, where: object, message: str) -> None:
        """Note one thing that is wrong."""
        self.trouble_count += 1
        if len(self.troubles) < TOLD:
            self.troubles.append(Trouble(code, str(where), message))

    def as_dict(self) -> dict[str, Any]:
        """The findings as JSON-ready values."""
        return {"well": self.well, **asdict(self)}

    def lines(self) -> list[str]:
        """The findings for a terminal, in Chinese."""
        told = [
            f"记录 {self.entries} 条：已在公布的日志中 {self.included} 条，等待编入 {self.waiting} 条"
            + (f"，其中 {self.late} 条已超过时限，最久 {self.longest_seconds} 秒。" if self.late else "。")
        ]
        told += [f"{origin}：公布 {size} 条，与上次所见一致。" for origin, size in self.heads.items()]
        if self.trouble_count:
            told = [
                *told,
                f"发现 {self.trouble_count} 处不符：",
                *(f"  {one.message}" for one in self.troubles),
            ]
        return told


def watch(now: datetime, *, late_seconds: int = LATE_SECONDS) -> Watched:
    """One round over everything; what is published is remembered for the next round.

    A record is late when the log has not published it ``late_seconds`` after it was entered. Cost: reads every
    published entry and its digests in the tables once.
    """
    found = Watched()
    places: dict[int, tuple[Log, int]] = {}
    for log in logs.every():
        head = _head(found, log)
        places[log.pk] = (log, head.size if head else 0)
        if head is not None:
            _compare_entries(found, log, head)
    _count(found, places, now - timedelta(seconds=late_seconds), now)
    return found


def _head(found: Watched, log: Log) -> Head | None:
    """The published head of a log, if it belongs to us and continues what was seen before."""
    try:
        heads.require_continuity(log)
        head = heads.published(log)
        if head is None:
            return None
        published.require_growth(log, head)
    except Refused as refused:
        found.add(refused.code, log.origin, refused.reason)
        return None
    published.remember(log, Seen(head.size, head.root))
    found.heads[log.origin] = head.size
    return head


def _compare_entries(found: Watched, log: Log, head: Head) -> None:
    """Each published bundle against the records, and the tree over the bundles against the signed root."""
    peaks = merkle.Range()
    ours = _digests(log, head.size)
    for tile in tiles.new_tiles(0, head.size):
        if tile.level:
            break
        expected = list(islice(ours, tile.width))
        shown = published.entries(log, tile)
        for position, entry in enumerate(shown):
            peaks.append(merkle.leaf_hash(entry))
            if position >= len(expected) or expected[position][1] != entry:
                where = expected[position][0] if position < len(expected) else log.origin
                place = tile.start + position
                found.add("not-included", where, f"日志“{log.origin}”第 {place} 号公布的不是记录 {where}。")
        found.included += sum(one == two for one, (_, two) in zip(shown, expected, strict=False))
        if len(shown) < tile.width:
            found.add(
                "not-published",
                log.origin,
                f"日志“{log.origin}”公布的文件 {tile.entries_path} 缺失或者不全。",
            )
            return
    if peaks.root() != head.root:
        found.add("wrong-root", log.origin, f"日志“{log.origin}”公布的记录算出的树根与签名头不符。")


def _digests(log: Log, size: int) -> Iterator[tuple[UUID, bytes]]:
    rows = Entry.objects.filter(leaf__log=log, leaf__number__lt=log.start + size).order_by("leaf__number")
    for entry_id, sha256, sm3 in rows.values_list("id", "sha256", "sm3").iterator(2000):
        yield entry_id, canonical.entry(sha256, sm3)


def _count(found: Watched, places: dict[int, tuple[Log, int]], before: datetime, now: datetime) -> None:
    """How many there are, and which are still not published after the time allowed."""
    found.entries = Entry.objects.count()
    outside = Entry.objects.filter(leaf__isnull=True)
    rows = list(outside.values_list("id", "entered_at", "at"))
    for log, size in places.values():
        behind = Entry.objects.filter(leaf__log=log, leaf__number__gte=log.start + size)
        rows += list(behind.values_list("id", "entered_at", "at"))
    found.waiting = len(rows)
    late = [(entered or at, entry_id) for entry_id, entered, at in rows if (entered or at) < before]
    found.late = len(late)
    if late:
        found.longest_seconds = int((now - min(late)[0]).total_seconds())
