"""A log to be witnessed, kept in memory, and able to misbehave as a real one might."""

from __future__ import annotations

from datetime import UTC, datetime

from mingjing.kernel import checkpoint, merkle, note, tiles

AT = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)


class Log:
    """Entries under one key. ``forked`` gives another history from some entry on."""

    def __init__(self, key: note.SignerKey, entries: list[bytes] | None = None) -> None:
        self.key = key
        self.entries = list(entries or [])

    @property
    def vkey(self) -> str:
        """The public key, as a witness is told it."""
        return str(self.key.verifier)

    def grow(self, *entries: bytes) -> None:
        """Append."""
        self.entries += entries

    def forked(self, at: int, *entries: bytes) -> Log:
        """The same log with another history behind the first ``at`` entries."""
        return Log(self.key, [*self.entries[:at], *entries])

    def head(self, size: int | None = None) -> checkpoint.Checkpoint:
        """The head at a size."""
        size = len(self.entries) if size is None else size
        return checkpoint.Checkpoint(self.key.name, size, merkle.root(size, self.node))

    def signed(self, size: int | None = None) -> str:
        """The signed head at a size."""
        return checkpoint.sign(self.head(size), self.key)

    def proof(self, old: int, new: int | None = None) -> list[bytes]:
        """The consistency proof, empty where the protocol wants none."""
        new = len(self.entries) if new is None else new
        return merkle.consistency_proof(old, new, self.node) if 0 < old < new else []

    def node(self, height: int, index: int) -> bytes:
        """A perfect node of the tree, computed."""
        span = 1 << height
        hashes = [merkle.leaf_hash(entry) for entry in self.entries[index * span : (index + 1) * span]]
        return tiles.tile_root(hashes)

    def file(self, path: str) -> bytes | None:
        """A published entry bundle, whole or partial, as a static server would give it."""
        for start in range(0, len(self.entries), tiles.WIDTH):
            entries = self.entries[start : start + tiles.WIDTH]
            for width in range(1, len(entries) + 1):
                if tiles.Tile(0, start // tiles.WIDTH, width).entries_path == path:
                    return tiles.bundle(entries[:width])
        return None


def body(old: int, proof: list[bytes], document: str) -> bytes:
    """The body of an add-checkpoint request."""
    lines = "".join(f"{note._base64(item)}\n" for item in proof)
    return f"old {old}\n{lines}\n{document}".encode()
