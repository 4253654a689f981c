"""Sealing: entries get their place in the log of the year, the head is signed, the tiles are published.

Numbering and signing happen in one database transaction; publishing follows and derives everything from the
tables. A crash in between is repaired by the next run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from mingjing.kernel import checkpoint, tiles
from mingjing.kernel.refused import Refused
from mingjing.record import body, continuity, heads, logs, signers, tree
from mingjing.record.actions import parallel, yearly
from mingjing.record.actions.publishing import publish
from mingjing.record.models import Checkpoint, Leaf, Log, Node, Pending
from mingjing.sql import insert_many

BATCH = 10_000
Waiting = tuple[UUID, bytes]  # an entry and its leaf hash
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Sealed:
    """What a run of the sequencer did: entries taken in, and the size of the log in use afterwards."""

    added: int
    size: int


def seal(at: datetime) -> Sealed:
    """Take every waiting entry into the log of the year, sign the new head and publish it.

    MUST NOT run inside a transaction: strangers would see what may still be rolled back. Running it twice,
    or two at a time, does no harm: one numbers the entries, the other finds nothing left to do.

    Raises: Refused ``database-behind-log`` or ``log-forked`` when the tables are not the ones whose head was
    published last, ``database-behind-witness`` when a witness has seen more, ``log-tampered`` when they no longer
    give the root that was signed, ``signing-key-missing``, ``wrong-signing-key``.
    """
    log = logs.current()
    if log is not None:
        heads.require_continuity(log)
    continuity.require(log, at)
    added = taken = _integrate(at)
    # What is committed meanwhile is left for the next run, or publishing would never come.
    while taken == BATCH:
        taken = _integrate(at)
        added += taken
    parallel.grow(at)
    return Sealed(added, publish())


def _integrate(at: datetime) -> int:
    """Number one batch and sign the head, in one transaction; how many entries were taken in."""
    with transaction.atomic(durable=True):
        if not Pending.objects.exists():
            return 0
        log = yearly.locked(at)
        waiting = dict(Pending.objects.order_by("number").values_list("number", "entry_id")[:BATCH])
        if not waiting:
            return 0
        log, first = yearly.turned(log, at)
        ids = [*(one.id for one in first), *waiting.values()]
        leaves = [body.leaf(*digests) for digests in tree.digests(ids)]
        take_in(log, list(zip(ids, leaves, strict=True)), at)
        # By number, not by range: a lower number may have been committed since the list was read.
        Pending.objects.filter(number__in=waiting).delete()
    return len(waiting)


def take_in(log: Log, entries: list[Waiting], at: datetime) -> None:
    """Give entries their places at the end of a log that is locked, and sign the new head."""
    edge = trusted_edge(log)
    extend(log, edge, entries)
    _sign(log, edge, at)


def extend(log: Log, edge: tiles.Edge, entries: list[Waiting]) -> None:
    """Write the rows that the tree gains by these entries; ``edge`` grows along. The head is the caller's part."""
    leaves, nodes = _grow(log, edge, entries)
    insert_many(Leaf, ("number", "log_id", "entry_id", "hash"), leaves)
    insert_many(Node, ("log_id", "level", "index", "hash"), nodes)
    yearly.grown(log, len(leaves))


def _grow(log: Log, edge: tiles.Edge, waiting: list[Waiting]) -> tuple[list[Row], list[Row]]:
    """The rows of ``Leaf`` and ``Node`` that the tree gains by these entries; ``edge`` grows along."""
    leaves: list[Row] = []
    nodes: list[Row] = []
    for entry_id, leaf in waiting:
        leaves.append((log.start + edge.size, log.pk, entry_id, leaf))
        for tile, hashes in edge.append(leaf):
            nodes.append((log.pk, tile.level + 1, tile.index, tiles.tile_root(hashes)))
    return leaves, nodes


def trusted_edge(log: Log) -> tiles.Edge:
    """The right edge of the tree, once it is known to give the root that was signed last.

    A log MUST NOT sign a head that contradicts an earlier one (C2SP tlog-checkpoint).
    """
    head = heads.latest(log)
    edge = tree.edge(log, head.size if head else 0)
    if edge.size != log.size or (head is not None and edge.root() != head.root):
        raise Refused(
            "log-tampered",
            f"日志“{log.origin}”前 {edge.size} 条算出的树根与已签名的树根不符，数据表可能被改动，不再签名。",
            remedy="运行 mingjing record fsck 找出被改动之处，从备份恢复。",
        )
    return edge


def _sign(log: Log, edge: tiles.Edge, at: datetime) -> None:
    head = checkpoint.Checkpoint(log.origin, edge.size, edge.root())
    signed = signers.signed(log, head, at)
    Checkpoint.objects.create(log=log, size=head.size, root=head.root, note=signed, at=at)
