"""A copy of a log beside its witness: entry bundles and tiles up to a head that was cosigned.

What is fetched lies in a staging folder until the whole of it is found to give the root of the cosigned head;
only then does it take its place. So the mirror can rebuild the log after a restore from an old backup, and
nothing in it is the word of the server it came from. Only the addresses of the settings are asked, redirects
are not followed, and no answer may be longer than a bundle can be.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from mingjing import outward
from mingjing.kernel import checkpoint, merkle, note, tiles
from mingjing.kernel.refused import Refused
from mingjing.witness import files
from mingjing.witness.config import Config, TrustedLog
from mingjing.witness.memory import Head, Memory

TIMEOUT_SECONDS = 20
MAX_BUNDLE_BYTES = tiles.WIDTH * (2 + 65_535)

Fetch = Callable[[str], bytes | None]
"""The content at an address, or None where there is nothing."""


def folder_of(config: Config, origin: str) -> Path:
    """Where the copy of a log lies: its tiles, its bundles and the head they were checked against."""
    return config.folder / "mirror" / origin_hash(origin)


def origin_hash(origin: str) -> str:
    """How C2SP tlog-witness and tlog-mirror address a log: SHA-256 of its origin, hexadecimal."""
    return hashlib.sha256(origin.encode()).hexdigest()


def pull_all(config: Config, memory: Memory, at: datetime, fetch: Fetch | None = None) -> None:
    """Bring every copy up to the last cosigned head; a failure is kept for the status page."""
    for log in config.logs.values():
        if log.url:
            pull(config, memory, log, at, fetch or fetched)


def pull(config: Config, memory: Memory, log: TrustedLog, at: datetime, fetch: Fetch) -> int:
    """Bring the copy of one log up to its last cosigned head; how many entries it then holds."""
    place, head = folder_of(config, log.origin), memory.head(log.origin)
    size = held(place)
    if head is None:
        return size
    trouble = ""
    if head.size > size:
        try:
            _copy(place, head, size, lambda path: fetch(log.url + path))
            size = head.size
        except Refused as refused:
            trouble = refused.reason
        except OSError as error:
            trouble = f"镜像目录 {place} 不能读写：{error.strerror or error}。"
    memory.hold(log.origin, size, at, trouble)
    return size


def held(place: Path) -> int:
    """How many entries a copy holds: the size of the head that was put there last."""
    try:
        document = (place / "checkpoint").read_bytes().decode()
    except FileNotFoundError:
        return 0
    return checkpoint.Checkpoint.parse(note.parse(document).text).size


def fetched(url: str) -> bytes | None:
    """The content at a configured address. Raises: Refused ``log-unreachable``."""
    try:
        answer = outward.ask(url, seconds=TIMEOUT_SECONDS, most_bytes=MAX_BUNDLE_BYTES)
    except Refused as silent:
        raise _unreachable(url, silent.reason) from silent
    if answer.status == 404:
        return None
    if answer.status != 200:
        raise _unreachable(url, f"回答 {answer.status}")
    return answer.data


def _copy(place: Path, head: Head, size: int, fetch: Fetch) -> None:
    staging = place / ".staging"
    shutil.rmtree(staging, ignore_errors=True)
    edge = tiles.Edge(size, _edge_of(place, size))
    made: list[str] = []
    for first in range(size - size % tiles.WIDTH, head.size, tiles.WIDTH):
        bundle = tiles.Tile(0, first // tiles.WIDTH, min(tiles.WIDTH, head.size - first))
        entries = _entries(bundle, fetch)
        made.append(_stage(staging, bundle.entries_path, tiles.bundle(entries)))
        for tile, hashes in _grown(place, edge, entries):
            made.append(_stage(staging, tile.path, b"".join(hashes)))
    made += [_stage(staging, tile.path, b"".join(hashes)) for tile, hashes in edge.partial()]
    if edge.root() != head.root:
        raise _differs(head.size)
    _promote(staging, place, made, head)


def _grown(place: Path, edge: tiles.Edge, entries: list[bytes]) -> Iterator[tuple[tiles.Tile, list[bytes]]]:
    """The tiles that a bundle completes. Those of its entries that are here already must be the same."""
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    index, known = divmod(edge.size, tiles.WIDTH)
    if known and leaves[:known] != _hashes(place, tiles.Tile(0, index, known)):
        raise _differs(edge.size)
    for leaf in leaves[known:]:
        yield from edge.append(leaf)


def _entries(bundle: tiles.Tile, fetch: Fetch) -> list[bytes]:
    """The entries of a bundle; a partial one may have grown full since its head was cosigned."""
    full = tiles.Tile(0, bundle.index, tiles.WIDTH)
    data = fetch(bundle.entries_path)
    if data is None and not bundle.full:
        data = fetch(full.entries_path)
    if data is None:
        raise Refused("bundle-missing", f"日志没有公布应有的条目文件 {bundle.entries_path}。")
    try:
        entries = tiles.unbundle(data)[: bundle.width]
    except ValueError:
        entries = []
    if len(entries) != bundle.width:
        raise Refused("bundle-short", f"日志公布的条目文件 {bundle.entries_path} 不完整。")
    return entries


def _edge_of(place: Path, size: int) -> list[list[bytes]]:
    """The right edge of the copy as it lies on the disk, lowest level first."""
    return [_hashes(place, tile) if tile.width else [] for tile in tiles.edge_tiles(size)]


def _hashes(place: Path, tile: tiles.Tile) -> list[bytes]:
    data = (place / tile.path).read_bytes()
    return [data[at : at + merkle.HASH_BYTES] for at in range(0, len(data), merkle.HASH_BYTES)]


def _stage(staging: Path, name: str, data: bytes) -> str:
    files.put(staging / name, data)
    return name


def _promote(staging: Path, place: Path, names: list[str], head: Head) -> None:
    """Give what was checked its place; the head comes last, so that it never says more than there is."""
    for name in names:
        files.make_folder((place / name).parent)
        os.rename(staging / name, place / name)
    for folder in {(place / name).parent for name in names}:
        files.flush_folder(folder)
    files.put(place / "checkpoint", head.note.encode())
    for name in names:
        # C2SP tlog-tiles: partial tiles may go once the full one is there.
        shutil.rmtree(place / f"{name}.p", ignore_errors=True)
    shutil.rmtree(staging, ignore_errors=True)


def leaves(place: Path, first: int, stop: int) -> Iterator[tuple[int, bytes]]:
    """The entries of a copy with their numbers, from ``first`` up to, not including, ``stop``."""
    size = held(place)
    for start in range(first - first % tiles.WIDTH, min(stop, size), tiles.WIDTH):
        bundle = tiles.Tile(0, start // tiles.WIDTH, min(tiles.WIDTH, size - start))
        for number, entry in enumerate(tiles.unbundle((place / bundle.entries_path).read_bytes()), start):
            if first <= number < stop:
                yield number, entry


def _differs(size: int) -> Refused:
    return Refused("mirror-differs", f"取回的 {size} 条算不出已联署的树根：日志给出的内容与其签名头不符。")


def _unreachable(url: str, why: str) -> Refused:
    return Refused("log-unreachable", f"取不到 {url}：{why}。")
