"""Published tiles and entry bundles against what the tables say they must hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from mingjing.kernel import tiles
from mingjing.record import store
from mingjing.record.verification.report import Findings

Form = Callable[[Sequence[bytes]], bytes]  # how the parts of a tile stand in its file


class TileFiles:
    """The folder of a published log. ``count`` tells how many files were compared.

    ``bundles``: whether the entries lie here too, which they do not beside a tree over SM3.
    """

    def __init__(self, found: Findings, folder: Path, published: int, *, bundles: bool = True) -> None:
        self.count = 0
        self.published = published
        self._found = found
        self._folder = folder
        self._bundles = bundles

    def compare(self, tile: tiles.Tile, hashes: Sequence[bytes], entries: Sequence[bytes]) -> None:
        """Compare every file there is of a tile; ``entries`` only matter at level 0."""
        whole = tiles.Tile(tile.level, tile.index, tiles.WIDTH)
        self._compare(tile, whole.path, hashes, b"".join)
        if tile.level == 0 and self._bundles:
            self._compare(tile, whole.entries_path, entries, tiles.bundle)

    def require_edge(self, size: int) -> None:
        """Report the partial tiles of the published ``size`` that are neither there nor grown full."""
        for tile in filter(lambda edge: edge.width, tiles.edge_tiles(size)):
            whole = tiles.Tile(tile.level, tile.index, tiles.WIDTH)
            self._require(tile.path, whole.path)
            if tile.level == 0 and self._bundles:
                self._require(tile.entries_path, whole.entries_path)

    def _compare(self, tile: tiles.Tile, name: str, parts: Sequence[bytes], form: Form) -> None:
        whole = self._folder / name
        if whole.is_file():
            self._compare_file(whole, form(parts) if tile.full else None)
        elif tile.full and (tile.index + 1) * tiles.WIDTH ** (tile.level + 1) <= self.published:
            self._missing(name)
        for partial in sorted(Path(f"{whole}.p").glob("*")):
            width = int(partial.name) if partial.name.isdecimal() else 0
            self._compare_file(partial, form(parts[:width]) if 0 < width <= len(parts) else None)

    def _compare_file(self, path: Path, expected: bytes | None) -> None:
        self.count += 1
        if expected is None or path.read_bytes() != expected:
            name = path.relative_to(store.log_folder())
            self._found.add("wrong-tile", name, f"公布的日志文件 {name} 与日志不符。")

    def _require(self, *names: str) -> None:
        if not any((self._folder / name).is_file() for name in names):
            self._missing(names[0])

    def _missing(self, name: str) -> None:
        name = str((self._folder / name).relative_to(store.log_folder()))
        self._found.add("tile-missing", name, f"应已公布的日志文件 {name} 不存在。")
