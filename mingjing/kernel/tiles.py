"""Where the hashes of the log lie: tiles of 256, as C2SP tlog-tiles lays them out.

Tile level 0 holds leaf hashes; each hash at level n+1 is the root of one full tile at level n. The heights
between are recomputed from the tile. Paths are relative to the log's folder and are the same on disk and on
the web, so any static file server can publish a log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mingjing.kernel import merkle

HEIGHT = 8
WIDTH = 1 << HEIGHT


@dataclass(frozen=True, order=True)
class Tile:
    """A run of ``width`` hashes: number ``index`` of its ``level``, partial if narrower than 256."""

    level: int
    index: int
    width: int

    @property
    def start(self) -> int:
        """The position, within its level, of the tile's first hash."""
        return self.index * WIDTH

    @property
    def full(self) -> bool:
        """Whether the tile can never change again."""
        return self.width == WIDTH

    @property
    def path(self) -> str:
        """Where the tile lies below the log's folder."""
        return f"tile/{self.level}/{_numbered(self.index, self.width)}"

    @property
    def entries_path(self) -> str:
        """Where the bundle of the same entries lies; only level 0 has one."""
        return f"tile/entries/{_numbered(self.index, self.width)}"


def count(size: int, level: int) -> int:
    """How many hashes ``level`` has when the log has ``size`` leaves."""
    return size >> (HEIGHT * level)


def edge_tiles(size: int) -> list[Tile]:
    """The partial tile of each level, lowest first; a width of 0 stands for a level that ends evenly."""
    levels = []
    level = 0
    while count(size, level):
        full, width = divmod(count(size, level), WIDTH)
        levels.append(Tile(level, full, width))
        level += 1
    return levels


def new_tiles(old: int, new: int) -> Iterator[Tile]:
    """The tiles that a log must write when it grows from ``old`` to ``new`` leaves, lowest level first."""
    level = 0
    while count(new, level):
        before, after = count(old, level), count(new, level)
        if after > before:
            for index in range(before // WIDTH, (after - 1) // WIDTH + 1):
                yield Tile(level, index, min(WIDTH, after - index * WIDTH))
        level += 1


def tile_root(hashes: Sequence[bytes], join: merkle.Join = merkle.node_hash) -> bytes:
    """The root over a run of 2^n hashes."""
    while len(hashes) > 1:
        hashes = [join(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


class Nodes:
    """Any perfect node of a log of ``size`` leaves, computed from its tiles; each tile is fetched once."""

    def __init__(
        self, size: int, fetch: Callable[[Tile], Sequence[bytes]], join: merkle.Join = merkle.node_hash
    ) -> None:
        self._size = size
        self._join = join
        self._fetch = fetch
        self._known: dict[tuple[int, int], Sequence[bytes]] = {}

    def __call__(self, height: int, index: int) -> bytes:
        """The hash of node (height, index), as :mod:`mingjing.kernel.merkle` asks for it."""
        level, above = divmod(height, HEIGHT)
        first = index << above
        hashes = self._tile(level, first // WIDTH)
        offset = first % WIDTH
        return tile_root(hashes[offset : offset + (1 << above)], self._join)

    def _tile(self, level: int, index: int) -> Sequence[bytes]:
        if (level, index) not in self._known:
            width = min(WIDTH, count(self._size, level) - index * WIDTH)
            self._known[level, index] = self._fetch(Tile(level, index, width))
        return self._known[level, index]


class Edge:
    """The right edge of a growing log, tile by tile.

    ``partial`` are the hashes of :func:`edge_tiles`, lowest level first; none for an empty log.
    """

    def __init__(
        self,
        size: int = 0,
        partial: Sequence[Sequence[bytes]] = (),
        join: merkle.Join = merkle.node_hash,
    ) -> None:
        self.size = size
        self._join = join
        self._levels = [list(hashes) for hashes in partial]

    def append(self, leaf: bytes) -> list[tuple[Tile, list[bytes]]]:
        """Grow by one leaf hash; the tiles that this leaf completes come back with their hashes."""
        self.size += 1
        return self._rise(0, leaf)

    def append_tile(self, leaves: list[bytes], root: bytes) -> list[tuple[Tile, list[bytes]]]:
        """Grow by a full tile of leaf hashes whose ``root`` is known; as 256 calls of :meth:`append`, but faster.

        MUST only be called where a tile begins.
        """
        if self.size % WIDTH or len(leaves) != WIDTH:
            raise ValueError(f"no full tile of level 0 begins at {self.size} with {len(leaves)} leaves")
        if not self._levels:
            self._levels.append([])
        self.size += WIDTH
        return [(Tile(0, self.size // WIDTH - 1, WIDTH), leaves), *self._rise(1, root)]

    def _rise(self, level: int, rising: bytes) -> list[tuple[Tile, list[bytes]]]:
        completed: list[tuple[Tile, list[bytes]]] = []
        while True:
            if level == len(self._levels):
                self._levels.append([])
            hashes = self._levels[level]
            hashes.append(rising)
            if len(hashes) < WIDTH:
                return completed
            self._levels[level] = []
            completed.append((Tile(level, count(self.size, level) // WIDTH - 1, WIDTH), hashes))
            level, rising = level + 1, tile_root(hashes, self._join)

    def partial(self) -> list[tuple[Tile, list[bytes]]]:
        """The unfinished tile of each level with its hashes, lowest level first."""
        return [(tile, self._levels[tile.level]) for tile in edge_tiles(self.size) if tile.width]

    def root(self) -> bytes:
        """The root hash at the present size."""
        peaks = merkle.Range(self._join)
        for level in reversed(range(len(self._levels))):
            for known in self._levels[level]:
                peaks.push(level * HEIGHT, known)
        return peaks.root()


def bundle(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry behind its length as two bytes, most significant first."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unbundle(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises: ValueError if the last one is cut off."""
    entries, place = [], 0
    while place < len(data):
        length = int.from_bytes(data[place : place + 2], "big")
        entry = data[place + 2 : place + 2 + length]
        if place + 2 > len(data) or len(entry) != length:
            raise ValueError("an entry bundle ends in the middle of an entry")
        entries.append(entry)
        place += 2 + length
    return entries


def _numbered(index: int, width: int) -> str:
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    return "/".join(reversed(groups)) + ("" if width == WIDTH else f".p/{width}")
