"""The tree over SM3: the same entries in the same order, hashed with SM3, with a name and heads of its own.

It follows from the log and from nothing else, so it may be begun at any time and is caught up on with. A mode
for 密评 (GB/T 39786): off unless ``MINGJING_SM3_LOG`` is set.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from mingjing.kernel import checkpoint, tiles
from mingjing.kernel.refused import Refused
from mingjing.record import heads, keys, logs, signers, tree
from mingjing.record.actions import yearly
from mingjing.record.models import Checkpoint, Log, Node
from mingjing.sql import insert_many


def grow(at: datetime) -> None:
    """Bring the trees over SM3 up to their logs and sign their heads; nothing to do costs 3 queries.

    Raises: Refused ``database-behind-log``, ``log-forked``, ``log-tampered``, and as ``signers.signed``.
    """
    if not settings.MINGJING_SM3_LOG:
        return
    for log in logs.recent():
        _grow(log, at)


def _grow(log: Log, at: datetime) -> None:
    with transaction.atomic(durable=True):
        head = heads.latest(log)
        over_sm3 = _locked(log)
        if head is None or (over_sm3.size == head.size and over_sm3.state == log.state):
            return
        heads.require_continuity(over_sm3)
        edge = _trusted_edge(over_sm3)
        added = head.size - edge.size
        insert_many(Node, ("log_id", "level", "index", "hash"), _nodes(over_sm3, edge, head.size))
        if added:
            grown = checkpoint.Checkpoint(over_sm3.origin, edge.size, edge.root())
            note = signers.signed(over_sm3, grown, at)
            Checkpoint.objects.create(log=over_sm3, size=grown.size, root=grown.root, note=note, at=at)
        yearly.grown(over_sm3, added)
        Log.objects.filter(pk=over_sm3.pk).update(state=log.state)


def _locked(log: Log) -> Log:
    """The tree beside ``log``, begun if there is none; nobody else can write to it until the end."""
    found = logs.beside(log)
    if found is None:
        fresh = Log(
            origin=f"{log.origin}/{logs.SM3}",
            year=log.year,
            epoch=log.epoch,
            hashing=logs.SM3,
            state=log.state,
            start=log.start,
        )
        heads.require_unpublished(fresh)
        fresh.vkey = str(keys.made(fresh.origin, logs.label_of(fresh), logs.SM3).verifier)
        # Of two that begin it at the same time, one waits here for the other.
        Log.objects.bulk_create([fresh], ignore_conflicts=True)
    return Log.objects.select_for_update().get(year=log.year, epoch=log.epoch, hashing=logs.SM3)


def _nodes(log: Log, edge: tiles.Edge, size: int) -> list[tuple[int, int, int, bytes]]:
    """The rows that the tree gains up to ``size``; ``edge`` grows along."""
    rows = []
    while edge.size < size:
        index, within = divmod(edge.size, tiles.WIDTH)
        tile = tiles.Tile(0, index, min(tiles.WIDTH, size - index * tiles.WIDTH))
        for leaf in tree.hashes(log, tile)[within:]:
            for full, hashes in edge.append(leaf):
                root = tiles.tile_root(hashes, tree.join(log))
                rows.append((log.pk, full.level + 1, full.index, root))
    return rows


def _trusted_edge(log: Log) -> tiles.Edge:
    """The right edge of the tree, once it is known to give the root that was signed last."""
    head = heads.latest(log)
    edge = tree.edge(log, head.size if head else 0)
    if edge.size != log.size or (head is not None and edge.root() != bytes(head.root)):
        raise Refused(
            "log-tampered",
            f"日志“{log.origin}”前 {edge.size} 条算出的树根与已签名的树根不符，不再签名。",
            remedy="运行 mingjing record fsck 找出被改动之处，从备份恢复。",
        )
    return edge
