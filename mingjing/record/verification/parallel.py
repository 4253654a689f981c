"""A tree over SM3 rebuilt from the records of the log beside it: its nodes, heads and published tiles."""

from __future__ import annotations

from mingjing.kernel import merkle, tiles
from mingjing.kernel.refused import Refused
from mingjing.record import heads, logs, tree
from mingjing.record.models import Checkpoint, Log, Node
from mingjing.record.verification.files import TileFiles
from mingjing.record.verification.report import Findings


def check(found: Findings, main: Log, log: Log, published: int) -> TileFiles:
    """Report every fault of the tree ``log`` beside ``main`` into ``found``; which files were compared."""
    files = TileFiles(found, logs.folder(log), published, bundles=False)
    rows = list(Checkpoint.objects.filter(log=log).order_by("size"))
    size = rows[-1].size if rows else 0
    if (log.start, log.origin, log.size) != (
        main.start,
        f"{main.origin}/{logs.SM3}",
        size,
    ) or size > main.size:
        found.add(
            "wrong-log-size", log.origin, f"日志“{log.origin}”登记的名称、起点或者条数与所依的日志不符。"
        )
    roots = _rebuilt(found, log, size, files, {row.size for row in rows})
    for row in rows:
        _check_head(found, log, row, roots.get(row.size))
    return files


def _rebuilt(found: Findings, log: Log, size: int, files: TileFiles, wanted: set[int]) -> dict[int, bytes]:
    """The roots at the sizes ``wanted``; nodes and files are compared on the way."""
    join = tree.join(log)
    edge, peaks = tiles.Edge(join=join), merkle.Range(join)
    roots: dict[int, bytes] = {}
    stored = dict(_stored(log))
    while edge.size < size:
        index = edge.size // tiles.WIDTH
        hashes = tree.hashes(log, tiles.Tile(0, index, min(tiles.WIDTH, size - index * tiles.WIDTH)))
        if not hashes:
            found.add("leaves-missing", log.origin, f"日志“{log.origin}”缺第 {edge.size} 号以后的记录。")
            return roots
        for leaf in hashes:
            peaks.append(leaf)
            for tile, full in edge.append(leaf):
                if stored.pop((tile.level + 1, tile.index), None) != tiles.tile_root(full, join):
                    name = f"{tile.level + 1}/{tile.index}"
                    found.add("wrong-node", name, f"日志“{log.origin}”的树节点 {name} 缺失或不符。")
                files.compare(tile, full, ())
            if edge.size in wanted:
                roots[edge.size] = peaks.root()
            if edge.size == files.published:
                files.require_edge(edge.size)
    for tile, part in edge.partial():
        files.compare(tile, part, ())
    if stored:
        found.add("extra-node", log.origin, f"日志“{log.origin}”多出 {len(stored)} 个不该有的树节点。")
    return roots


def _stored(log: Log) -> list[tuple[tuple[int, int], bytes]]:
    rows = Node.objects.filter(log=log).values_list("level", "index", "hash")
    return [((level, index), bytes(stored)) for level, index, stored in rows]


def _check_head(found: Findings, log: Log, row: Checkpoint, root: bytes | None) -> None:
    try:
        head = heads.opened(log, row.note)
    except Refused as refused:
        found.add("bad-head", row.size, f"日志“{log.origin}”第 {row.size} 条的签名头无效：{refused.reason}")
        return
    if (head.size, head.root) != (row.size, bytes(row.root)):
        found.add("wrong-head", row.size, f"日志“{log.origin}”第 {row.size} 条的签名头与登记的不符。")
    if head.root != root:
        found.add("wrong-root", row.size, f"日志“{log.origin}”前 {row.size} 条算出的树根与签名头不符。")
