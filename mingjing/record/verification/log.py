"""The tree rebuilt from its leaves, and beside it every signed head, stored node and published tile."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.db.models import Count, QuerySet

from mingjing.kernel import canonical, merkle, tiles
from mingjing.kernel.refused import Refused
from mingjing.record import heads, logs
from mingjing.record.models import Checkpoint, Leaf, Log, Node
from mingjing.record.verification.files import TileFiles
from mingjing.record.verification.report import Findings

Row = tuple[int, bytes, bytes, bytes]  # number, leaf hash, and the two digests of the record


class Walk:
    """A walk along the leaves of a log. ``size``, ``heads`` and ``file_count`` count what was compared."""

    def __init__(self, found: Findings, log: Log, published: int) -> None:
        self.size = self.heads = 0
        self._found = found
        self._log = log
        self._published = published
        self._files = TileFiles(found, logs.folder(log), published)
        self._edge_required = False
        self._peaks = merkle.Range()
        self._edge = tiles.Edge()
        self._nodes_of: dict[tuple[int, int], dict[int, bytes]] = {}
        self._rows = Checkpoint.objects.filter(log=log).order_by("size").iterator(500)
        self._awaited = next(self._rows, None)

    @property
    def file_count(self) -> int:
        """How many published files were compared."""
        return self._files.count

    def walk(self, size: int) -> None:
        """Rebuild the log up to ``size``, comparing on the way, a tile at a time."""
        rows = self._leaves().filter(number__lt=self._log.start + size).order_by("number")
        columns = ("number", "hash", "entry__sha256", "entry__sm3")
        rising = iter(rows.values_list(*columns).iterator(tiles.WIDTH * 8))
        entries: list[bytes] = []
        while block := list(islice(rising, tiles.WIDTH)):
            whole = self._unbroken(block)
            entries = [canonical.entry(sha256, sm3) for _, _, sha256, sm3 in whole]
            self._check_leaves(whole, entries)
            self._grow([leaf for _, leaf, *_ in whole], entries)
            if len(whole) < len(block):
                return
        for tile, hashes in self._edge.partial():
            self._files.compare(tile, hashes, entries)

    def _unbroken(self, block: list[Row]) -> list[Row]:
        """The rows up to the first gap, which is reported."""
        start = self._log.start + self.size
        if block[0][0] == start and block[-1][0] == start + len(block) - 1:
            return block
        for place, (number, *_) in enumerate(block):
            if number != start + place:
                missing, found = self.size + place, number - self._log.start
                what = f"日志缺第 {missing} 号，其后是 {found} 号，无法继续重建。"
                self._found.add("gap", missing, what)
                return block[:place]
        return block

    def _check_leaves(self, block: list[Row], entries: list[bytes]) -> None:
        for (number, leaf, *_), entry in zip(block, entries, strict=True):
            if leaf != merkle.leaf_hash(entry):
                place = number - self._log.start
                entry_id = self._leaves().values_list("entry_id", flat=True).get(number=number)
                self._found.add("wrong-leaf", entry_id, f"日志第 {place} 号与记录 {entry_id} 的散列不符。")

    def finish(self, size: int) -> None:
        """Report what the walk did not meet."""
        if self.size < size:
            self._found.add("leaves-missing", self.size, f"签名头有 {size} 条，日志只有 {self.size} 条。")
        beyond = self._leaves().filter(number__gte=self._log.start + size).count()
        # Heads are written together with their leaves, so a head read after the leaves cannot lag behind.
        now = _size(self._log)
        if beyond and now == size:
            self._found.add("unsigned-leaves", size, f"日志末尾有 {beyond} 条没有签名头。")
        for level, count in self._nodes().values_list("level").annotate(Count("id")).order_by("level"):
            if count > tiles.count(now, level) or level == 0:
                self._found.add("extra-node", level, f"树节点第 {level} 层多出不该有的节点。")

    def _grow(self, leaves: list[bytes], entries: list[bytes]) -> None:
        """Grow by the leaves of one tile, or by those at the end of the log."""
        start = self.size
        if len(leaves) == tiles.WIDTH and not self._stops_within(start):
            root = tiles.tile_root(leaves)
            self._peaks.push(tiles.HEIGHT, root)
            self.size += tiles.WIDTH
            completed = self._edge.append_tile(leaves, root)
        else:
            completed = []
            for leaf in leaves:
                self.size += 1
                self._peaks.append(leaf)
                completed += self._edge.append(leaf)
                self._stop()
        for tile, hashes in completed:
            self._check_node(tile, tiles.tile_root(hashes))
            self._files.compare(tile, hashes, entries)
        self._stop()

    def _stops_within(self, start: int) -> bool:
        """Whether a head or the published size lies inside the tile that begins at ``start``."""
        sizes = [self._published, *([self._awaited.size] if self._awaited else [])]
        return any(start < size < start + tiles.WIDTH for size in sizes)

    def _stop(self) -> None:
        """Judge the heads of the present size, and the edge if it is the published one."""
        if self.size == self._published and not self._edge_required:
            self._edge_required = True
            self._files.require_edge(self.size)
        while self._awaited is not None and self._awaited.size <= self.size:
            self._check_head(self._awaited)
            self._awaited = next(self._rows, None)

    def _check_node(self, tile: tiles.Tile, root: bytes) -> None:
        level, index = tile.level + 1, tile.index
        if self._stored(level, index) != root:
            self._found.add("wrong-node", f"{level}/{index}", f"树节点 {level}/{index} 缺失或与日志不符。")

    def _stored(self, level: int, index: int) -> bytes | None:
        """A stored node, read with its neighbours. Cost: 1 query for each 256 nodes."""
        group = (level, index // tiles.WIDTH)
        if group not in self._nodes_of:
            self._nodes_of = {key: known for key, known in self._nodes_of.items() if key[0] != level}
            first = group[1] * tiles.WIDTH
            rows = self._nodes().filter(level=level, index__range=(first, first + tiles.WIDTH - 1))
            self._nodes_of[group] = dict(rows.values_list("index", "hash"))
        return self._nodes_of[group].get(index)

    def _check_head(self, row: Checkpoint) -> None:
        self.heads += 1
        try:
            head = heads.opened(self._log, row.note)
        except Refused as refused:
            self._found.add("bad-head", row.size, f"大小为 {row.size} 的签名头无效：{refused.reason}")
            return
        if (head.size, head.root) != (row.size, row.root):
            self._found.add("wrong-head", row.size, f"大小为 {row.size} 的签名头与登记的大小或树根不符。")
        if head.size != self.size or head.root != self._peaks.root():
            self._found.add("wrong-root", row.size, f"日志前 {self.size} 条算出的树根与签名头不符。")

    def _leaves(self) -> QuerySet[Any]:
        return Leaf.objects.filter(log=self._log)

    def _nodes(self) -> QuerySet[Any]:
        return Node.objects.filter(log=self._log)


def check(found: Findings, log: Log, published: int) -> Walk:
    """Report every fault of a log into ``found``; ``published`` is the size whose tiles must exist."""
    walk, size = Walk(found, log, published), _size(log)
    walk.walk(size)
    walk.finish(size)
    return walk


def _size(log: Log) -> int:
    head = heads.latest(log)
    return head.size if head else 0
