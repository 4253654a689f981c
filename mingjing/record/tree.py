"""The Merkle tree of a log as the tables hold it: leaf hashes in ``Leaf``, roots of full tiles in ``Node``.

The tables are the truth; tile files are copies for strangers and can always be written anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from mingjing.kernel import canonical, merkle, tiles
from mingjing.record import logs
from mingjing.record.models import Entry, Leaf, Log, Node


def join(log: Log) -> merkle.Join:
    """How the nodes of a log are hashed."""
    return merkle.sm3_node_hash if log.hashing == logs.SM3 else merkle.node_hash


def hashes(log: Log, tile: tiles.Tile) -> list[bytes]:
    """The hashes of one tile. Cost: 1 query."""
    if tile.level == 0 and log.hashing == logs.SM3:
        return [merkle.sm3_leaf_hash(entry) for entry in entries(log, tile)]
    if tile.level == 0:
        return list(_leaves(log, tile).values_list("hash", flat=True))
    rows = Node.objects.filter(
        log=log, level=tile.level, index__range=(tile.start, tile.start + tile.width - 1)
    )
    return list(rows.order_by("index").values_list("hash", flat=True))


def entries(log: Log, tile: tiles.Tile) -> list[bytes]:
    """The log entries behind a tile of level 0. Cost: 2 queries."""
    held = digests(list(_leaves(log, tile).values_list("entry_id", flat=True)))
    return [canonical.entry(*pair) for pair in held]


def digests(ids: Sequence[UUID]) -> list[tuple[bytes, bytes]]:
    """The SHA-256 and SM3 of records, in the order asked for. Cost: 1 query.

    By key and not by a join: a database that has not counted its rows lately would read the whole record for
    a handful of them. On PostgreSQL a thousand acts a second waited four seconds for that.
    """
    rows = Entry.objects.filter(id__in=ids).values_list("id", "sha256", "sm3")
    held = {entry_id: (sha256, sm3) for entry_id, sha256, sm3 in rows}
    return [held[entry_id] for entry_id in ids]


def edge(log: Log, size: int) -> tiles.Edge:
    """The right edge of a log at ``size``. Cost: 1 query for each tile level, 4 at four billion leaves."""
    partial_tiles = [hashes(log, tile) if tile.width else [] for tile in tiles.edge_tiles(size)]
    return tiles.Edge(size, partial_tiles, join(log))


def nodes(log: Log, size: int) -> tiles.Nodes:
    """Any node of a log at ``size``, for proofs. Cost: about 2 queries for each tile level."""
    return tiles.Nodes(size, partial(hashes, log), join(log))


def published(log: Log, size: int) -> tiles.Nodes:
    """The same from the files that strangers read, the tables standing in where one is missing or too short.

    Nothing vouches for a file: what is reckoned from it MUST be checked against a signed root. Cost: no query
    where every tile of that size is published.
    """
    return tiles.Nodes(size, partial(_from_file, log), join(log))


def _from_file(log: Log, tile: tiles.Tile) -> Sequence[bytes]:
    try:
        data = (logs.folder(log) / tile.path).read_bytes()
    except OSError:
        return hashes(log, tile)
    width = merkle.HASH_BYTES
    if len(data) != tile.width * width:
        return hashes(log, tile)
    return [data[at : at + width] for at in range(0, len(data), width)]


def _leaves(log: Log, tile: tiles.Tile) -> QuerySet[Any]:
    first = log.start + tile.start
    return Leaf.objects.filter(number__range=(first, first + tile.width - 1)).order_by("number")
