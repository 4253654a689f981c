"""The Merkle tree of RFC 6962 (and RFC 9162, section 2.1): hashes, roots, proofs and their checks.

Pure arithmetic over SHA-256, or over SM3 (GB/T 32905) where ``join`` is :func:`sm3_node_hash`. A *node* is
addressed by (height, index): height 0 is a leaf hash, and node (h, i) covers the leaves i·2^h up to (i+1)·2^h. Only
such perfect nodes are ever stored; the ragged right edge of a tree is folded together from them on demand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

from mingjing.kernel import canonical

Node = Callable[[int, int], bytes]
"""Looks up the stored hash of the perfect node (height, index)."""
Join = Callable[[bytes, bytes], bytes]
"""The hash of an inner node over its two children."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_BYTES = 32


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf. The prefix 00 keeps a leaf from posing as an inner node."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def sm3_leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf in a tree over SM3."""
    return canonical.sm3(b"\x00" + entry)


def sm3_node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node in a tree over SM3."""
    return canonical.sm3(b"\x01" + left + right)


class Range:
    """A growing tree that remembers only its right edge: at most one hash for each bit of its size."""

    def __init__(self, join: Join = node_hash) -> None:
        self._peaks: list[tuple[int, bytes]] = []
        self._join = join

    @property
    def size(self) -> int:
        """The number of leaves."""
        return sum(1 << height for height, _ in self._peaks)

    def append(self, leaf: bytes) -> None:
        """Grow by one leaf hash."""
        self.push(0, leaf)

    def push(self, height: int, peak: bytes) -> None:
        """Grow by a perfect subtree of 2^height leaves, which MUST NOT be higher than the last peak."""
        if self._peaks and self._peaks[-1][0] < height:
            raise ValueError("a subtree can only stand right of peaks at least as high as itself")
        while self._peaks and self._peaks[-1][0] == height:
            peak = self._join(self._peaks.pop()[1], peak)
            height += 1
        self._peaks.append((height, peak))

    def root(self) -> bytes:
        """The root hash at the present size."""
        return fold([peak for _, peak in self._peaks], self._join)


def fold(peaks: Sequence[bytes], join: Join = node_hash) -> bytes:
    """The root over subtrees of falling height, given from left to right."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = join(peak, root)
    return root


def root(size: int, node: Node, join: Join = node_hash) -> bytes:
    """The root hash of the first ``size`` leaves."""
    return _subtree(0, size, node, join)


def inclusion_proof(index: int, size: int, node: Node, join: Join = node_hash) -> list[bytes]:
    """The hashes that lead from leaf ``index`` to the root at ``size``, from the leaf upwards."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    start, stop, path = 0, size, []
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(_subtree(middle, stop, node, join))
            stop = middle
        else:
            path.append(_subtree(start, middle, node, join))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, node: Node, join: Join = node_hash) -> list[bytes]:
    """The hashes that show the tree of ``old`` leaves to be a prefix of the tree of ``new`` leaves."""
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof from {old} to {new}")
    start, stop, path = 0, new, []
    while old != stop:
        middle = start + _split(stop - start)
        if old <= middle:
            path.append(_subtree(middle, stop, node, join))
            stop = middle
        else:
            path.append(_subtree(start, middle, node, join))
            start = middle
    # RFC 9162 2.1.4.1: the old root itself is known to the verifier, so it is left out.
    if start > 0:
        path.append(_subtree(start, stop, node, join))
    return path[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes, join: Join = node_hash
) -> bool:
    """Whether ``proof`` leads from the leaf hash at ``index`` to ``root_hash`` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            computed = join(sibling, computed)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            computed = join(computed, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and computed == root_hash


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows the old tree to be a prefix of the new one (RFC 9162, 2.1.4.2).

    The empty tree is a prefix of every tree and needs no proof.
    """
    if old == new:
        return old_root == new_root and not proof
    if old == 0:
        return old_root == EMPTY_ROOT and not proof
    if not 0 < old < new:
        return False
    return _climb(old, old_root, new, new_root, proof)


def _climb(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    computed_old = computed_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            computed_old = node_hash(sibling, computed_old)
            computed_new = node_hash(sibling, computed_new)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            computed_new = node_hash(computed_new, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and computed_old == old_root and computed_new == new_root


def _split(size: int) -> int:
    """The largest power of two smaller than ``size``: where RFC 6962 divides a tree."""
    return 1 << ((size - 1).bit_length() - 1)


def _subtree(start: int, stop: int, node: Node, join: Join) -> bytes:
    return fold([node(height, index) for height, index in _perfect(start, stop)], join)


def _perfect(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The perfect nodes, of falling height, that cover [start, stop) when ``start`` is a split point."""
    while start < stop:
        height = (stop - start).bit_length() - 1
        yield height, start >> height
        start += 1 << height
