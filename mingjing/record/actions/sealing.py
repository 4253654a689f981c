"""Sealing: entries get their place in the log, the head is signed, the tiles are published.

Numbering and signing happen in one database transaction; publishing follows and derives everything from the
tables. A crash in between is repaired by the next run.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from mingjing.kernel import checkpoint, tiles
from mingjing.kernel.refused import Refused
from mingjing.record import body, heads, keys, store, tree
from mingjing.record.models import Checkpoint, Leaf, Node, Pending

BATCH = 10_000

# Any number that no other part of the platform takes for its own advisory lock.
_POSTGRESQL_LOCK = 0x6D6A_5EA1


@dataclass(frozen=True)
class Sealed:
    """What a run of the sequencer did: entries taken in, and the size of the log afterwards."""

    added: int
    size: int


def seal(at: datetime) -> Sealed:
    """Take every waiting entry into the log, sign the new head and publish it.

    MUST NOT run inside a transaction: strangers would see what may still be rolled back. Running it twice,
    or two at a time, does no harm: one numbers the entries, the other finds nothing left to do.

    Raises: Refused ``database-behind-log`` or ``log-forked`` when the tables are not the ones whose head was
    published last, ``log-tampered`` when they no longer give the root that was signed,
    ``signing-key-missing``.
    """
    heads.require_continuity()
    added = 0
    while taken := _integrate(at):
        added += taken
    return Sealed(added, publish())


def publish() -> int:
    """Write the tiles and the head that strangers do not have yet; the size published."""
    with _publishing():
        store.sweep()
        published, head = heads.published(), heads.latest()
        size = head.size if head else 0
        if head is None or (published and published.size >= size):
            return size
        for tile in tiles.new_tiles(published.size if published else 0, size):
            _publish_tile(tile)
        store.put(heads.path(), head.note.encode())
    return size


def _integrate(at: datetime) -> int:
    """Number one batch and sign the head, in one transaction; how many entries were taken in."""
    with transaction.atomic(durable=True):
        _become_the_only_sequencer()
        columns = ("number", "entry_id", "entry__sha256", "entry__sm3")
        waiting = list(Pending.objects.order_by("number").values_list(*columns)[:BATCH])
        if not waiting:
            return 0
        edge = _trusted_edge()
        leaves, nodes = _grow(edge, [(entry_id, body.leaf(*digests)) for _, entry_id, *digests in waiting])
        Leaf.objects.bulk_create(leaves, batch_size=1000)
        Node.objects.bulk_create(nodes, batch_size=1000)
        _sign(edge, at)
        # By number, not by range: a lower number may have been committed since the list was read.
        Pending.objects.filter(number__in=[number for number, *_ in waiting]).delete()
    return len(waiting)


def _grow(edge: tiles.Edge, waiting: list[tuple[UUID, bytes]]) -> tuple[list[Leaf], list[Node]]:
    """The rows that the tree gains by these entries, in their order; ``edge`` grows along."""
    leaves, nodes = [], []
    for entry_id, leaf in waiting:
        leaves.append(Leaf(idx=edge.size, entry_id=entry_id, hash=leaf))
        for tile, hashes in edge.append(leaf):
            nodes.append(Node(level=tile.level + 1, index=tile.index, hash=tiles.tile_root(hashes)))
    return leaves, nodes


def _become_the_only_sequencer() -> None:
    """Wait until no other sequencer is at work, and keep others out until the transaction ends.

    SQLite needs nothing: its transactions are opened as IMMEDIATE, of which there is one at a time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_POSTGRESQL_LOCK])


def _trusted_edge() -> tiles.Edge:
    """The right edge of the tree, once it is known to give the root that was signed last.

    A log MUST NOT sign a head that contradicts an earlier one (C2SP tlog-checkpoint).
    """
    head = heads.latest()
    if head is None:
        return tree.edge(0)
    edge = tree.edge(head.size)
    if edge.root() != head.root:
        raise Refused(
            "log-tampered",
            f"日志前 {head.size} 条算出的树根与已签名的树根不符，数据表可能被改动，不再签名。",
            remedy="运行 mingjing record verify 找出被改动之处，从备份恢复。",
        )
    return edge


def _sign(edge: tiles.Edge, at: datetime) -> None:
    head = checkpoint.Checkpoint(settings.MINGJING_LOG_ORIGIN, edge.size, edge.root())
    signed = checkpoint.sign(head, keys.signer())
    Checkpoint.objects.create(size=head.size, root=head.root, note=signed, at=at)


def _publish_tile(tile: tiles.Tile) -> None:
    folder = store.log_folder()
    if tile.level == 0:
        store.put(folder / tile.entries_path, tiles.bundle(tree.entries(tile)))
    store.put(folder / tile.path, b"".join(tree.hashes(tile)))
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
