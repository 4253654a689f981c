"""After a restore from an older backup: which leaves of the log are missing, and what is left of them.

The copies at the witnesses, and the public files of this machine if they were not restored along, hold the
entries of the log: digests, which give the leaves back but not the records. A record is still here if it
waited in the older database to be numbered, or if somebody holds its receipt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from mingjing.kernel import canonical, merkle, tiles
from mingjing.kernel.refused import Refused
from mingjing.record import asking, continuity, keys, logs, receipts, tree, trust
from mingjing.record.continuity import Seen
from mingjing.record.models import Entry, Log

MOST = 1_000_000


@dataclass(frozen=True)
class Leaf:
    """A leaf that the tables miss. ``entry_id`` is set where its record is here; ``receipt`` names a file."""

    index: int
    sha256: str
    sm3: str
    entry_id: UUID | None = None
    kind: str = ""
    subject: str = ""
    receipt: str = ""


@dataclass(frozen=True)
class Missing:
    """What is missing of a log: ``held`` entries are in the tables, ``seen`` were seen outside by ``by``.

    ``leaves`` is empty where no copy reaches that far; ``trouble`` tells why.
    """

    origin: str
    held: int
    seen: int
    by: str
    leaves: tuple[Leaf, ...]
    trouble: str

    @property
    def lost(self) -> list[Leaf]:
        """The leaves whose records are not here."""
        return [leaf for leaf in self.leaves if leaf.entry_id is None]

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return {**asdict(self), "lost": len(self.lost)}

    def lines(self) -> list[str]:
        """The same for a terminal."""
        told = [
            f"日志“{self.origin}”：{self.by}见过 {self.seen} 条，库中只有 {self.held} 条，缺 {self.seen - self.held} 条。"
        ]
        if not self.leaves:
            return [*told, f"  没有找到完整的副本：{self.trouble}"]
        kept = len(self.leaves) - len(self.lost)
        told.append(f"  副本齐全。其中 {kept} 条的原文还在库中，{len(self.lost)} 条的原文已经遗失：")
        return [*told, *(f"  {_line(leaf)}" for leaf in self.leaves)]


def missing(at: datetime, receipts_in: Path | None = None) -> list[Missing]:
    """What is missing of the log in use, and of the one that the next entry would begin.

    ``receipts_in`` is a folder of receipts that people hand in. Raises: Refused as :func:`continuity.ahead`.
    """
    handed = _handed_in(receipts_in) if receipts_in else {}
    found: dict[str, Missing] = {}
    for seen in continuity.ahead(logs.current(), at):
        # The largest head comes first; a smaller one of the same log tells nothing new.
        if seen.origin not in found:
            found[seen.origin] = _missing(seen, handed)
    return list(found.values())


def entries_behind(log: Log | None, seen: Seen) -> list[bytes]:
    """The entries from the end of the tables up to a head seen outside, proven to give its root.

    Raises: Refused ``no-copy`` with what each copy lacks.
    """
    troubles = []
    for name, fetch in _copies(log, seen.origin):
        try:
            return _proven(log, seen, fetch)
        except Refused as refused:
            troubles.append(f"{name}：{refused.reason}")
    raise Refused(
        "no-copy", "；".join(troubles) or "没有任何副本", remedy="请见证单位开启镜像，或恢复更新的备份。"
    )


def _missing(seen: Seen, handed: Mapping[str, str]) -> Missing:
    log = Log.objects.filter(origin=seen.origin).first()
    held, trouble = log.size if log else 0, ""
    try:
        entries = entries_behind(log, seen)
    except Refused as refused:
        entries, trouble = [], refused.reason
    here = matching(entries)
    leaves = tuple(_leaf(number, entry, here, handed) for number, entry in enumerate(entries, held))
    return Missing(seen.origin, held, seen.head.size, seen.by, leaves, trouble)


def matching(entries: list[bytes]) -> dict[bytes, Entry]:
    """The records of ours that stand behind some of these entries and have no place yet, by SHA-256."""
    wanted = {digests(entry)[0] for entry in entries}
    waiting = Entry.objects.filter(leaf__isnull=True).defer("body")
    return {bytes(one.sha256): one for one in waiting.iterator(2000) if bytes(one.sha256) in wanted}


def digests(entry: bytes) -> tuple[bytes, bytes]:
    """The two digests in an entry of the log. Raises: Refused ``foreign-entry``."""
    head = canonical.ENTRY_HEADER
    if len(entry) != canonical.ENTRY_BYTES or not entry.startswith(head):
        raise Refused("foreign-entry", "副本中的条目不是本平台的格式。")
    return entry[len(head) : len(head) + 32], entry[len(head) + 32 :]


def _leaf(number: int, entry: bytes, here: Mapping[bytes, Entry], handed: Mapping[str, str]) -> Leaf:
    sha256, sm3 = digests(entry)
    one, receipt = here.get(sha256), handed.get(sha256.hex(), "")
    if one is None:
        return Leaf(number, sha256.hex(), sm3.hex(), receipt=receipt)
    return Leaf(number, sha256.hex(), sm3.hex(), one.id, one.kind, one.subject, receipt)


def _proven(log: Log | None, seen: Seen, fetch: asking.Fetch) -> list[bytes]:
    """Fetched entries, once our own tree grown by them has the root that was seen."""
    held = log.size if log else 0
    if seen.head.size - held > MOST:
        raise Refused("too-many", f"缺 {seen.head.size - held} 条，超过一次找回的上限 {MOST} 条。")
    edge = tree.edge(log, held) if log else tiles.Edge()
    entries = list(_fetched(held, seen.head.size, fetch))
    for entry in entries:
        edge.append(merkle.leaf_hash(entry))
    if edge.root() != seen.head.root:
        raise Refused("copy-differs", "内容算不出见过的树根")
    return entries


def _fetched(first: int, stop: int, fetch: asking.Fetch) -> Iterator[bytes]:
    for start in range(first - first % tiles.WIDTH, stop, tiles.WIDTH):
        width = min(tiles.WIDTH, stop - start)
        bundle, whole = (tiles.Tile(0, start // tiles.WIDTH, one) for one in (width, tiles.WIDTH))
        data = fetch(bundle.entries_path) or fetch(whole.entries_path) or b""
        try:
            entries = tiles.unbundle(data)[:width]
        except ValueError:
            entries = []
        if len(entries) < width:
            raise Refused("copy-short", f"没有第 {start} 条至第 {start + width - 1} 条")
        yield from entries[max(first - start, 0) :]


def _copies(log: Log | None, origin: str) -> Iterator[tuple[str, asking.Fetch]]:
    """Where the entries may be found: the public files here, then each witness's copy."""
    if log is not None:
        yield "已公布的文件", lambda path: _here(log, path)
    for witness in trust.policy().witnesses:
        if witness.url:
            yield (
                f"见证方“{witness.name}”的副本",
                asking.copy_of(witness, origin, settings.MINGJING_WITNESS_SECONDS),
            )


def _here(log: Log, path: str) -> bytes | None:
    file = logs.folder(log) / path
    return file.read_bytes() if file.is_file() else None


def _handed_in(folder: Path) -> dict[str, str]:
    """The SHA-256 that good receipts speak of, with the names of their files."""
    trusted = [keys.verifier(log) for log in logs.every()]
    found = {}
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        try:
            found[receipts.read(path.read_text(), trusted)["sha256"]] = path.name
        except (Refused, UnicodeDecodeError):
            continue
    return found


def _line(leaf: Leaf) -> str:
    where = f"原文在库中：{leaf.subject} {leaf.kind}" if leaf.entry_id else "原文遗失"
    held = f"，有回执 {leaf.receipt}" if leaf.receipt else ""
    return f"第 {leaf.index} 号 {leaf.sha256}：{where}{held}"
