"""The Merkle tree against the text of RFC 6962, written out naively, and against published values."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.kernel import merkle, tiles
from mingjing.record.verifier import mingjing_verify

# The entries of the reference tree that implementations of RFC 6962 share as a test.
REFERENCE = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

sizes = st.integers(1, 700)


def naive_root(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = naive_split(len(entries))
    return hashlib.sha256(b"\x01" + naive_root(entries[:split]) + naive_root(entries[split:])).digest()


def naive_path(index: int, entries: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, section 2.1.1."""
    if len(entries) == 1:
        return []
    split = naive_split(len(entries))
    if index < split:
        return [*naive_path(index, entries[:split]), naive_root(entries[split:])]
    return [*naive_path(index - split, entries[split:]), naive_root(entries[:split])]


def naive_subproof(old: int, entries: list[bytes], known: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962, section 2.1.2."""
    if old == len(entries):
        return [] if known else [naive_root(entries)]
    split = naive_split(len(entries))
    if old <= split:
        return [*naive_subproof(old, entries[:split], known), naive_root(entries[split:])]
    return [*naive_subproof(old - split, entries[split:], False), naive_root(entries[:split])]


def naive_split(count: int) -> int:
    split = 1
    while split * 2 < count:
        split *= 2
    return split


def made(count: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(count)]


def nodes(entries: list[bytes]) -> merkle.Node:
    """Nodes the way the platform stores them: from tiles."""
    rows = {0: [merkle.leaf_hash(entry) for entry in entries]}
    while len(rows[len(rows) - 1]) >= tiles.WIDTH:
        below = rows[len(rows) - 1]
        full = range(0, len(below) - tiles.WIDTH + 1, tiles.WIDTH)
        rows[len(rows)] = [tiles.tile_root(below[at : at + tiles.WIDTH]) for at in full]
    return tiles.Nodes(len(entries), lambda tile: rows[tile.level][tile.start : tile.start + tile.width])


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference_tree(size):
    growing = merkle.Range()
    for entry in REFERENCE[:size]:
        growing.append(merkle.leaf_hash(entry))

    assert growing.root().hex() == REFERENCE_ROOTS[size - 1]
    assert naive_root(REFERENCE[:size]).hex() == REFERENCE_ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing():
    assert merkle.Range().root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(sizes)
def test_every_way_to_the_root_agrees(size):
    entries = made(size)
    growing, edge = merkle.Range(), tiles.Edge()
    for entry in entries:
        growing.append(merkle.leaf_hash(entry))
        edge.append(merkle.leaf_hash(entry))

    assert growing.size == edge.size == size
    assert growing.root() == edge.root() == merkle.root(size, nodes(entries)) == naive_root(entries)


@given(sizes, st.data())
def test_inclusion_proofs_are_those_of_the_rfc_and_verify(size, data):
    entries = made(size)
    index = data.draw(st.integers(0, size - 1))

    proof = merkle.inclusion_proof(index, size, nodes(entries))

    assert proof == naive_path(index, entries)
    leaf = merkle.leaf_hash(entries[index])
    assert merkle.verify_inclusion(leaf, index, size, proof, naive_root(entries))


@given(sizes, st.data())
def test_consistency_proofs_are_those_of_the_rfc_and_verify(new, data):
    entries = made(new)
    old = data.draw(st.integers(1, new))

    proof = merkle.consistency_proof(old, new, nodes(entries))

    assert proof == naive_subproof(old, entries, True)
    assert merkle.verify_consistency(old, naive_root(entries[:old]), new, naive_root(entries), proof)


@given(st.integers(2, 300), st.data())
def test_a_changed_inclusion_proof_does_not_verify(size, data):
    entries = made(size)
    index = data.draw(st.integers(0, size - 1))
    proof, root = naive_path(index, entries), naive_root(entries)
    leaf = merkle.leaf_hash(entries[index])
    place = data.draw(st.integers(0, len(proof) - 1))
    flipped = bytes([proof[place][0] ^ 1]) + proof[place][1:]

    assert not merkle.verify_inclusion(
        leaf, index, size, [*proof[:place], flipped, *proof[place + 1 :]], root
    )
    assert not merkle.verify_inclusion(leaf, index, size, proof[:place] + proof[place + 1 :], root)
    assert not merkle.verify_inclusion(leaf, index, size, [*proof, root], root)
    assert not merkle.verify_inclusion(leaf, (index + 1) % size, size, proof, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"other"), index, size, proof, root)


@given(st.integers(2, 300), st.data())
def test_a_changed_consistency_proof_does_not_verify(new, data):
    entries = made(new)
    old = data.draw(st.integers(1, new - 1))
    proof = naive_subproof(old, entries, True)
    roots = naive_root(entries[:old]), naive_root(entries)
    place = data.draw(st.integers(0, len(proof) - 1))
    flipped = proof[place][:-1] + bytes([proof[place][-1] ^ 0x80])
    changed = [*proof[:place], flipped, *proof[place + 1 :]]

    assert not merkle.verify_consistency(old, roots[0], new, roots[1], changed)
    assert not merkle.verify_consistency(old, roots[0], new, roots[1], proof[:-1])
    assert not merkle.verify_consistency(old, roots[0], new, roots[1], [*proof, roots[0]])
    assert not merkle.verify_consistency(old, roots[1], new, roots[1], proof)
    assert not merkle.verify_consistency(new, roots[1], old, roots[0], proof)


def test_a_tree_is_consistent_with_itself_and_with_the_empty_one_without_proof():
    root = naive_root(made(5))

    assert merkle.verify_consistency(5, root, 5, root, [])
    assert merkle.verify_consistency(0, merkle.EMPTY_ROOT, 5, root, [])
    assert not merkle.verify_consistency(5, root, 5, root, [root])
    assert not merkle.verify_consistency(0, root, 5, root, [])
    assert not merkle.verify_consistency(3, root, 5, root, [])


def test_proofs_that_cannot_exist_are_bugs_of_the_caller():
    with pytest.raises(ValueError, match="no leaf 5"):
        merkle.inclusion_proof(5, 5, nodes(made(5)))
    with pytest.raises(ValueError, match="from 0 to 5"):
        merkle.consistency_proof(0, 5, nodes(made(5)))
    growing = merkle.Range()
    growing.append(merkle.EMPTY_ROOT)
    with pytest.raises(ValueError, match="right of peaks"):
        growing.push(3, merkle.EMPTY_ROOT)


def test_nothing_stands_in_an_empty_tree():
    assert not merkle.verify_inclusion(merkle.EMPTY_ROOT, 0, 0, [], merkle.EMPTY_ROOT)


def test_tiles_of_seventy_thousand_leaves_are_those_of_the_specification():
    # C2SP tlog-tiles, "Partial Tiles": 273 full and one of 112; one full and one of 17; one of width 1.
    written = list(tiles.new_tiles(0, 70_000))

    assert [sum(tile.full for tile in written if tile.level == level) for level in range(3)] == [273, 1, 0]
    assert tiles.edge_tiles(70_000) == [
        tiles.Tile(0, 273, 112),
        tiles.Tile(1, 1, 17),
        tiles.Tile(2, 0, 1),
    ]


@given(st.integers(0, 200_000), st.integers(0, 3000))
def test_growing_in_steps_writes_what_growing_at_once_writes(old, step):
    at_once = {tile for tile in tiles.new_tiles(0, old + step) if tile.full}
    in_steps = {tile for tile in [*tiles.new_tiles(0, old), *tiles.new_tiles(old, old + step)] if tile.full}

    assert in_steps == at_once


@pytest.mark.parametrize(
    "tile, path",
    [
        (tiles.Tile(0, 0, 256), "tile/0/000"),
        (tiles.Tile(0, 0, 1), "tile/0/000.p/1"),
        (tiles.Tile(1, 273, 112), "tile/1/273.p/112"),
        (tiles.Tile(0, 1000, 256), "tile/0/x001/000"),
        (tiles.Tile(15, 1_234_067, 256), "tile/15/x001/x234/067"),
    ],
)
def test_paths_are_those_of_the_specification(tile, path):
    assert tile.path == path
    assert tile.entries_path == "tile/entries/" + path.split("/", 2)[2]


def test_an_edge_told_from_its_tiles_goes_on_as_if_never_interrupted():
    entries = made(66_000)
    whole, completed = tiles.Edge(), []
    for entry in entries[:65_900]:
        completed += whole.append(merkle.leaf_hash(entry))
    partial = {tile.level: hashes for tile, hashes in whole.partial()}
    resumed = tiles.Edge(whole.size, [partial.get(level, []) for level in range(3)])
    for entry in entries[65_900:]:
        assert whole.append(merkle.leaf_hash(entry)) == resumed.append(merkle.leaf_hash(entry))

    assert resumed.root() == whole.root()
    assert len(completed) == 257 + 1


def test_a_bundle_tells_the_length_of_each_entry():
    assert tiles.bundle([b"ab", b"", b"c" * 300]) == b"\x00\x02ab\x00\x00\x01\x2c" + b"c" * 300


# --- the same tree over SM3, written out naively with the verifier's own SM3 ---


def sm3_root(entries: list[bytes]) -> bytes:
    """RFC 6962's definition with SM3 in the place of SHA-256."""
    if len(entries) == 1:
        return mingjing_verify.sm3(b"\x00" + entries[0])
    split = 1 << (len(entries) - 1).bit_length() - 1
    return mingjing_verify.sm3(b"\x01" + sm3_root(entries[:split]) + sm3_root(entries[split:]))


@given(st.integers(1, 40), st.data())
def test_the_tree_over_sm3_is_rfc_6962_with_another_hash(size: int, data: st.DataObject) -> None:
    entries = [bytes([number]) for number in range(size)]
    leaves = [merkle.sm3_leaf_hash(entry) for entry in entries]
    grown = merkle.Range(merkle.sm3_node_hash)
    for leaf in leaves:
        grown.append(leaf)

    def node(height: int, index: int) -> bytes:
        return merkle.fold([sm3_root(entries[index << height : (index + 1) << height])], merkle.sm3_node_hash)

    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, node, merkle.sm3_node_hash)

    assert grown.root() == sm3_root(entries)
    assert merkle.verify_inclusion(leaves[index], index, size, proof, grown.root(), merkle.sm3_node_hash)
    assert not merkle.verify_inclusion(leaves[index], index, size, proof, grown.root()) or size == 1
