"""Publishing: tiles, then the head, written from the tables; whatever a crash interrupts is done again."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mingjing.kernel import merkle, tiles
from mingjing.kernel.refused import Refused
from mingjing.record import heads, logs, store, tree, trust
from mingjing.record.models import Checkpoint, Log

TOGETHER = 64


@dataclass(frozen=True)
class Repaired:
    """How many published files were looked at, and how many had to be written."""

    files: int
    written: int


def publish() -> int:
    """Write the tiles and the heads that strangers do not have yet; the size of the log in use."""
    with _publishing():
        store.sweep()
        size = 0
        for log in logs.recent():
            size = _publish(log)
            if (over_sm3 := logs.beside(log)) is not None:
                _publish(over_sm3)
        return size


def repair() -> Repaired:
    """Compare every published file of every log with the tables and write those that differ or are missing.

    Raises: Refused ``database-behind-log``, ``log-forked``, and ``log-tampered`` if the leaves no longer give
    the signed root: then nothing is written, for the files may be the better copy.
    """
    publish()
    files = written = 0
    with _publishing():
        for log in logs.everything():
            head = heads.latest(log)
            if head is None:
                continue
            heads.require_continuity(log)
            _require_root(log, head)
            for path, data in _all_files(log, head):
                files += 1
                if not path.is_file() or path.read_bytes() != data:
                    store.put(path, data)
                    written += 1
    return Repaired(files, written)


def _require_root(log: Log, head: Checkpoint) -> None:
    peaks = merkle.Range(tree.join(log))
    for tile in tiles.new_tiles(0, head.size):
        if tile.level:
            break
        for leaf in tree.hashes(log, tile):
            peaks.append(bytes(leaf))
    if peaks.root() != bytes(head.root):
        raise Refused(
            "log-tampered",
            f"日志“{log.origin}”的叶算出的树根与签名头不符，没有改写公布的文件。",
            remedy="运行 mingjing record fsck 找出被改动之处，从备份恢复。",
        )


def _all_files(log: Log, head: Checkpoint) -> Iterator[tuple[Path, bytes]]:
    for tile in tiles.new_tiles(0, head.size):
        yield from _files(log, tile)
    if heads.published(log) is None:
        yield heads.path(log), trust.document(head).encode()


def _publish(log: Log) -> int:
    published, head = heads.published(log), heads.latest(log)
    size = head.size if head else 0
    if head is None or (published and published.size > size):
        return size
    for group in _groups(tiles.new_tiles(published.size if published else 0, size)):
        store.put_all([file for tile in group for file in _files(log, tile)])
        _remove_partial(log, group)
    document = trust.document(head).encode()
    if published is None or heads.path(log).read_bytes() != document:
        store.put(heads.path(log), document)
    return size


def _groups(every: Iterator[tiles.Tile]) -> Iterator[list[tiles.Tile]]:
    while group := list(islice(every, TOGETHER)):
        yield group


def _remove_partial(log: Log, written: list[tiles.Tile]) -> None:
    """C2SP tlog-tiles: partial tiles may go once the full one is there."""
    for tile in written:
        for name in (tile.path, tile.entries_path) if tile.full else ():
            shutil.rmtree(logs.folder(log) / f"{name}.p", ignore_errors=True)


def _files(log: Log, tile: tiles.Tile) -> Iterator[tuple[Path, bytes]]:
    folder = logs.folder(log)
    # The tree over SM3 is of the same entries: their bundles lie in the log beside it.
    if tile.level == 0 and log.hashing == logs.SHA256:
        yield folder / tile.entries_path, tiles.bundle(tree.entries(log, tile))
    yield folder / tile.path, b"".join(tree.hashes(log, tile))


@contextmanager
def _publishing() -> Iterator[None]:
    """One publisher at a time on this machine, so that the published head never steps back."""
    store.make_folder(store.log_folder())
    with (store.log_folder() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
