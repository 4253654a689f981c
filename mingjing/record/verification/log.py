"""The tree rebuilt from its leaves, and beside it every signed head, stored node and published tile."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from mingjing.kernel import canonical, merkle, tiles
from mingjing.kernel.refused import Refused
from mingjing.record import body, heads, logs
from mingjing.record.models import Checkpoint, Leaf, Log, Node
from mingjing.record.verification.files import TileFiles
from mingjing.record.verification.report import Findings


class Walk:
    """A walk along the leaves of a log. ``size``, ``heads`` and ``file_count`` count what was compared."""

    def __init__(self, found: Findings, log: Log, published: int) -> None:
        self.size = self.heads = 0
        self._found = found
        self._log = log
        self._published = published
        self._files = TileFiles(found, logs.folder(log), published)
        self._peaks = merkle.Range()
        self._edge = tiles.Edge()
        self._entries: list[bytes] = []
        self._rows = Checkpoint.objects.filter(log=log).order_by("size").iterator(500)
        self._awaited = next(self._rows, None)

    @property
    def file_count(self) -> int:
        """How many published files were compared."""
        return self._files.count

    def walk(self, size: int) -> None:
        """Rebuild the log up to ``size``, comparing on the way."""
        rows = self._leaves().filter(number__lt=self._log.start + size).order_by("number")
        columns = ("number", "hash", "entry_id", "entry__sha256", "entry__sm3")
        for number, leaf, entry_id, sha256, sm3 in rows.values_list(*columns).iterator(2000):
            index = number - self._log.start
            if index != self.size:
                self._found.add(
                    "gap", self.size, f"日志缺第 {self.size} 号，其后是 {index} 号，无法继续重建。"
                )
                return
            if leaf != body.leaf(sha256, sm3):
                self._found.add("wrong-leaf", entry_id, f"日志第 {index} 号与记录 {entry_id} 的散列不符。")
            self._grow(leaf, canonical.entry(sha256, sm3))
        for tile, hashes in self._edge.partial():
            self._files.compare(tile, hashes, self._entries)

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

    def _grow(self, leaf: bytes, entry: bytes) -> None:
        self.size += 1
        self._peaks.append(leaf)
        self._entries.append(entry)
        for tile, hashes in self._edge.append(leaf):
            self._check_node(tile, hashes)
            self._files.compare(tile, hashes, self._entries)
            self._entries = []
        if self.size == self._published:
            self._files.require_edge(self.size)
        while self._awaited is not None and self._awaited.size <= self.size:
            self._check_head(self._awaited)
            self._awaited = next(self._rows, None)

    def _check_node(self, tile: tiles.Tile, hashes: list[bytes]) -> None:
        stored = self._nodes().filter(level=tile.level + 1, index=tile.index).values_list("hash", flat=True)
        if stored.first() != tiles.tile_root(hashes):
            name = f"{tile.level + 1}/{tile.index}"
            self._found.add("wrong-node", name, f"树节点 {name} 缺失或与日志不符。")

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

    def _leaves(self) -> QuerySet[Leaf]:
        return Leaf.objects.filter(log=self._log)

    def _nodes(self) -> QuerySet[Node]:
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
