"""The published log as a stranger reads it, and what was seen of it the last time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from mingjing.kernel import canonical, merkle, tiles
from mingjing.kernel.checkpoint import Checkpoint as Head
from mingjing.kernel.refused import Refused
from mingjing.record import logs, store
from mingjing.record.models import Log

_FRAMED = 2 + canonical.ENTRY_BYTES


@dataclass(frozen=True)
class Seen:
    """A head that was seen before."""

    size: int
    root: bytes


def hashes(log: Log, tile: tiles.Tile) -> list[bytes]:
    """The hashes of a published tile, in its full form if it has grown since; none if it is not there."""
    data = _read(log, tile.path, tiles.Tile(tile.level, tile.index, tiles.WIDTH).path)
    found = [data[at : at + merkle.HASH_BYTES] for at in range(0, len(data), merkle.HASH_BYTES)]
    return found[: tile.width]


def entries(log: Log, tile: tiles.Tile) -> list[bytes]:
    """The entries of a published bundle, as far as they can be read."""
    whole = tiles.Tile(tile.level, tile.index, tiles.WIDTH)
    data = _read(log, tile.entries_path, whole.entries_path)
    # Every entry of ours has the same length, which each bundle repeats before it.
    found = [data[at + 2 : at + _FRAMED] for at in range(0, len(data), _FRAMED)]
    return [entry for entry in found if len(entry) == canonical.ENTRY_BYTES][: tile.width]


def require_growth(log: Log, head: Head) -> None:
    """The head must continue the one remembered, by a proof made of the published tiles alone.

    Raises: Refused ``log-shrunk``, ``log-rewritten``.
    """
    seen = _remembered().get(log.origin)
    if seen is None:
        return
    if head.size < seen.size:
        raise Refused(
            "log-shrunk",
            f"日志“{log.origin}”上次公布到 {seen.size} 条，现在只有 {head.size} 条：可能恢复了旧备份。",
            remedy="停止编入，核对数据库和日志目录的备份。",
        )
    if not _continues(log, seen, head):
        raise Refused(
            "log-rewritten",
            f"日志“{log.origin}”现在的 {head.size} 条不是上次所见 {seen.size} 条的延续：历史被改写。",
            remedy="保全现场，与见证方所见的签名头核对。",
        )


def remember(log: Log, seen: Seen) -> None:
    """Keep what was seen for the next time."""
    known = _remembered() | {log.origin: seen}
    told = {origin: {"size": one.size, "root": one.root.hex()} for origin, one in sorted(known.items())}
    store.put(_memory(), json.dumps(told, ensure_ascii=False, indent=1).encode())


def _continues(log: Log, seen: Seen, head: Head) -> bool:
    if seen.size == head.size:
        return seen.root == head.root
    try:
        proof = merkle.consistency_proof(
            seen.size, head.size, tiles.Nodes(head.size, lambda tile: hashes(log, tile))
        )
    except (ValueError, IndexError):
        return False
    return merkle.verify_consistency(seen.size, seen.root, head.size, head.root, proof)


def _remembered() -> dict[str, Seen]:
    if not _memory().exists():
        return {}
    told = json.loads(_memory().read_text())
    return {origin: Seen(one["size"], bytes.fromhex(one["root"])) for origin, one in told.items()}


def _memory() -> Path:
    return Path(settings.MINGJING_VAR) / "monitor" / "heads.json"


def _read(log: Log, *names: str) -> bytes:
    for name in names:
        path = logs.folder(log) / name
        if path.is_file():
            return path.read_bytes()
    return b""
