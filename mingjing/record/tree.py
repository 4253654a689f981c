"""The Merkle tree as the tables hold it: leaf hashes in ``Leaf``, roots of full tiles in ``Node``.

The tables are the truth; tile files are copies for strangers and can always be written anew.
"""

from __future__ import annotations

from mingjing.kernel import canonical, tiles
from mingjing.record.models import Leaf, Node


def hashes(tile: tiles.Tile) -> list[bytes]:
    """The hashes of one tile. Cost: 1 query."""
    span = (tile.start, tile.start + tile.width - 1)
    if tile.level == 0:
        rows = Leaf.objects.filter(idx__range=span).order_by("idx")
    else:
        rows = Node.objects.filter(level=tile.level, index__range=span).order_by("index")
    return list(rows.values_list("hash", flat=True))


def entries(tile: tiles.Tile) -> list[bytes]:
    """The log entries behind a tile of level 0. Cost: 1 query."""
    rows = Leaf.objects.filter(idx__range=(tile.start, tile.start + tile.width - 1)).order_by("idx")
    return [canonical.entry(*digests) for digests in rows.values_list("entry__sha256", "entry__sm3")]


def edge(size: int) -> tiles.Edge:
    """The right edge of the log at ``size``. Cost: 1 query for each tile level, 4 at four billion leaves."""
    return tiles.Edge(size, [hashes(tile) if tile.width else [] for tile in tiles.edge_tiles(size)])


def nodes(size: int) -> tiles.Nodes:
    """Any node of the log at ``size``, for proofs. Cost: about 2 queries for each tile level."""
    return tiles.Nodes(size, hashes)
