"""Publishing: tiles, then the head, written from the tables; whatever a crash interrupts is done again."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from mingjing.kernel import tiles
from mingjing.record import heads, logs, store, tree
from mingjing.record.models import Log


def publish() -> int:
    """Write the tiles and the heads that strangers do not have yet; the size of the log in use."""
    with _publishing():
        store.sweep()
        return ([0] + [_publish(log) for log in logs.recent()])[-1]


def _publish(log: Log) -> int:
    published, head = heads.published(log), heads.latest(log)
    size = head.size if head else 0
    if head is None or (published and published.size >= size):
        return size
    for tile in tiles.new_tiles(published.size if published else 0, size):
        _publish_tile(log, tile)
    store.put(heads.path(log), head.note.encode())
    return size


def _publish_tile(log: Log, tile: tiles.Tile) -> None:
    folder = logs.folder(log)
    if tile.level == 0:
        store.put(folder / tile.entries_path, tiles.bundle(tree.entries(log, tile)))
    store.put(folder / tile.path, b"".join(tree.hashes(log, tile)))
    if tile.full:
        for path in (tile.path, tile.entries_path):
            # C2SP tlog-tiles: partial tiles may go once the full one is there.
            shutil.rmtree(folder / f"{path}.p", ignore_errors=True)


@contextmanager
def _publishing() -> Iterator[None]:
    """One publisher at a time on this machine, so that the published head never steps back."""
    store.make_folder(store.log_folder())
    with (store.log_folder() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
