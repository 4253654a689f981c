"""G1: the log's code against the words of its specifications, written out naively, exhaustively where small.

Sources: RFC 6962 and RFC 9162 (trees and proofs); C2SP tlog-tiles (tiles, paths, bundles, the worked example
of 70,000 entries), signed-note, tlog-checkpoint, tlog-proof; RFC 4648 (base64); GB/T 32905-2016 (SM3).
Go's own sumdb/note and sumdb/tlog judge the same code in ``tests/interop``. Nothing here is a copied vector
file: what an oracle says is reckoned when the test runs. Where this code is deliberately stricter or narrower
than a specification allows, docs/adr/0011 lists it and the last section here pins it down.
"""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from mingjing.kernel import canonical, checkpoint, merkle, note, tiles
from mingjing.kernel.refused import Refused
from tests.record import bundles
from tests.record.bundles import BUREAU, LOG, Log

ENTRIES = [f"entry {number}".encode() for number in range(1100)]


def mth(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, for any list."""
    if len(entries) <= 1:
        return hashlib.sha256(b"\x00" + entries[0] if entries else b"").digest()
    split = max(1 << power for power in range(20) if 1 << power < len(entries))
    return hashlib.sha256(b"\x01" + mth(entries[:split]) + mth(entries[split:])).digest()


def edge_of(count: int) -> tuple[tiles.Edge, dict[tuple[int, int], list[bytes]]]:
    """The edge of a log of ``count`` entries, and every tile it has, full or not, by level and index."""
    edge, found = tiles.Edge(), {}
    for entry in ENTRIES[:count]:
        for tile, row in edge.append(merkle.leaf_hash(entry)):
            found[tile.level, tile.index] = list(row)
    for tile, row in edge.partial():
        found[tile.level, tile.index] = list(row)
    return edge, found


# --- tiles --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 255, 256, 257, 512, 1100])
def test_every_tile_holds_what_the_specification_defines(count: int) -> None:
    """tlog-tiles: the n-th tile at level l is MTH(D[(n·256+i)·256^l : (n·256+i+1)·256^l]) for i = 0 … 255."""
    _, found = edge_of(count)

    expected = {}
    for level in (0, 1):
        for index in range(count // 256 ** (level + 1) + 1):
            width = min(256, count // 256**level - index * 256)
            starts = [(index * 256 + at) * 256**level for at in range(width)]
            row = [mth(ENTRIES[start : start + 256**level]) for start in starts]
            if row:
                expected[level, index] = row
    assert found == expected


@rules(deadline=None)
@given(st.integers(0, 2**60))
def test_the_partial_tile_of_each_level_has_the_width_of_the_specification(size: int) -> None:
    """tlog-tiles: floor(s / 256^l) mod 256."""
    edge = tiles.edge_tiles(size)

    assert [tile.width for tile in edge] == [size // 256**level % 256 for level in range(len(edge))]
    assert [tile.index for tile in edge] == [size // 256 ** (level + 1) for level in range(len(edge))]
    assert size < 256 ** len(edge)
    assert all(not tile.full for tile in edge)


def test_a_log_of_seventy_thousand_has_the_tiles_of_the_worked_example() -> None:
    made = list(tiles.new_tiles(0, 70_000))

    count = {(tile.level, tile.full): 0 for tile in made}
    for tile in made:
        count[tile.level, tile.full] += 1
    assert count == {(0, True): 273, (0, False): 1, (1, True): 1, (1, False): 1, (2, False): 1}
    assert [tile.width for tile in made if not tile.full] == [112, 17, 1]
    assert [(tile.level, tile.width) for tile in tiles.new_tiles(0, 256)] == [(0, 256), (1, 1)]
    assert list(tiles.new_tiles(256, 256)) == []
    assert [(tile.level, tile.index) for tile in tiles.new_tiles(255, 257)] == [(0, 0), (0, 1), (1, 0)]


@rules(deadline=None)
@given(st.integers(0, 10**12), st.integers(0, 63), st.integers(1, 256))
def test_a_path_says_level_number_and_width(index: int, level: int, width: int) -> None:
    """tlog-tiles: three digits an element, all but the last behind an x; .p/W for partial tiles only."""
    tile = tiles.Tile(level, index, width)
    start, *number = tile.path.removesuffix(f".p/{width}").removeprefix("tile/").split("/")

    assert tile.path.endswith(f".p/{width}") == (width < 256)
    assert int(start) == level
    assert all(element.startswith("x") and len(element) == 4 for element in number[:-1])
    assert len(number[-1]) == 3
    assert int("".join(element.removeprefix("x") for element in number)) == index
    assert len(number) == 1 or number[0] != "x000"
    assert tile.entries_path == tile.path.replace(f"tile/{level}/", "tile/entries/", 1)
    assert tile.start == 256 * index


def test_the_example_of_the_specification_has_its_path() -> None:
    assert tiles.Tile(0, 1_234_067, 256).path == "tile/0/x001/x234/067"
    assert tiles.Tile(1, 273, 112).entries_path == "tile/entries/273.p/112"


@rules(deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=8), st.data())
def test_an_entry_bundle_is_read_as_it_was_written_and_a_cut_is_noticed(
    entries: list[bytes], data: st.DataObject
) -> None:
    """tlog-tiles: big-endian uint16 length before each entry."""
    bundle = tiles.bundle(entries)

    assert tiles.unbundle(bundle) == entries
    ends = {0}
    for entry in entries:
        ends.add(max(ends) + 2 + len(entry))
    cut = data.draw(st.integers(0, len(bundle)))
    if cut in ends:
        assert tiles.unbundle(bundle[:cut]) == entries[: sorted(ends).index(cut)]
    else:
        with pytest.raises(ValueError, match="in the middle of an entry"):
            tiles.unbundle(bundle[:cut])


def test_the_length_of_an_entry_is_written_high_byte_first() -> None:
    assert tiles.bundle([b"x" * 258, b""]) == b"\x01\x02" + b"x" * 258 + b"\x00\x00"
    assert tiles.unbundle(b"\x00\x01a\x00\x00") == [b"a", b""]


@pytest.mark.parametrize("old", [0, 1, 255, 256, 300, 511, 1000])
def test_an_edge_from_stored_tiles_goes_on_where_it_stopped(old: int) -> None:
    before, _ = edge_of(old)
    resumed = tiles.Edge(old, [before._levels[tile.level] for tile in tiles.edge_tiles(old)])

    for number in range(old, 1100):
        resumed.append(merkle.leaf_hash(ENTRIES[number]))

    assert (resumed.size, resumed.root()) == (1100, mth(ENTRIES))
    assert resumed.partial() == edge_of(1100)[0].partial()


def test_a_whole_tile_appended_at_once_is_as_256_leaves() -> None:
    slow, fast = tiles.Edge(), tiles.Edge()
    leaves = [merkle.leaf_hash(entry) for entry in ENTRIES[:1024]]
    for start in range(0, 1024, 256):
        one_by_one = [made for leaf in leaves[start : start + 256] for made in slow.append(leaf)]
        tile = leaves[start : start + 256]
        assert fast.append_tile(tile, tiles.tile_root(tile)) == one_by_one
    assert (fast.size, fast.root(), fast.partial()) == (slow.size, slow.root(), slow.partial())
    for wrong in (leaves[:255], leaves[:257]):
        with pytest.raises(ValueError, match="no full tile of level 0 begins at 1024"):
            fast.append_tile(wrong, bytes(32))
    fast.append(leaves[0])
    with pytest.raises(ValueError, match="begins at 1025 with 256 leaves"):
        fast.append_tile(leaves[:256], bytes(32))


@pytest.mark.parametrize("lengths", [(31, 32), (32, 31), (33, 32), (32, 0)])
def test_an_entry_is_made_of_two_whole_digests(lengths: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="two digests of 32 bytes"):
        canonical.entry(bytes(lengths[0]), bytes(lengths[1]))


def test_nodes_fetch_each_tile_once_and_at_the_width_of_the_size() -> None:
    _, found = edge_of(1100)
    asked: list[tiles.Tile] = []

    def fetch(tile: tiles.Tile) -> list[bytes]:
        asked.append(tile)
        return found[tile.level, tile.index][: tile.width]

    nodes = tiles.Nodes(1000, fetch)
    for height, index in [(0, 999), (3, 124), (8, 2), (9, 0), (0, 0), (0, 999)]:
        assert nodes(height, index) == mth(ENTRIES[index << height : (index + 1) << height])
    assert asked == [tiles.Tile(0, 3, 232), tiles.Tile(1, 0, 3), tiles.Tile(0, 0, 256)]


# --- proofs, exhaustively up to a small size ----------------------------------------------------------------


def path(index: int, entries: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1."""
    if len(entries) == 1:
        return []
    split = max(1 << power for power in range(10) if 1 << power < len(entries))
    if index < split:
        return [*path(index, entries[:split]), mth(entries[split:])]
    return [*path(index - split, entries[split:]), mth(entries[:split])]


def changes(proof: list[bytes]) -> list[list[bytes]]:
    """Proofs of another length, order or content."""
    made = [[*proof, bytes(32)], [bytes(32), *proof], *([proof[:-1], proof[1:]] if proof else [])]
    for at, item in enumerate(proof):
        made.append([*proof[:at], bytes([item[0] ^ 1]) + item[1:], *proof[at + 1 :]])
    return made + ([proof[::-1]] if proof != proof[::-1] else [])


@pytest.mark.parametrize("size", range(1, 18))
def test_an_inclusion_proof_verifies_in_its_place_only(size: int) -> None:
    root, leaves = mth(ENTRIES[:size]), [merkle.leaf_hash(entry) for entry in ENTRIES[:size]]
    node = Log(entries=ENTRIES[:size]).node
    for index, leaf in enumerate(leaves):
        proof = path(index, ENTRIES[:size])
        assert merkle.inclusion_proof(index, size, node) == proof
        assert merkle.verify_inclusion(leaf, index, size, proof, root)
        assert not any(merkle.verify_inclusion(leaf, index, size, other, root) for other in changes(proof))
        assert not merkle.verify_inclusion(leaf, index, size, proof, bytes(32))
        assert not merkle.verify_inclusion(bytes(32), index, size, proof, root)
        for place in {*range(-1, size + 2)} - {index}:
            assert not merkle.verify_inclusion(leaf, place, size, proof, root)


@pytest.mark.parametrize("new", range(1, 18))
def test_a_consistency_proof_verifies_between_its_sizes_only(new: int) -> None:
    roots, node = [mth(ENTRIES[:size]) for size in range(new + 2)], Log(entries=ENTRIES[:new]).node
    for old in range(1, new + 1):
        proof = merkle.consistency_proof(old, new, node)
        assert merkle.verify_consistency(old, roots[old], new, roots[new], proof)
        assert not any(
            merkle.verify_consistency(old, roots[old], new, roots[new], other) for other in changes(proof)
        )
        assert not merkle.verify_consistency(old, bytes(32), new, roots[new], proof)
        assert not merkle.verify_consistency(old, roots[old], new, bytes(32), proof)
        for other in {*range(1, new)} - {old}:
            assert not merkle.verify_consistency(other, roots[other], new, roots[new], proof)
        assert old == new or not merkle.verify_consistency(new, roots[new], old, roots[old], proof)


# --- SM3 where OpenSSL keeps it from hashlib ----------------------------------------------------------------


@pytest.mark.parametrize("hidden", [False, True], ids=["hashlib", "cryptography"])
def test_sm3_is_the_same_from_either_source(monkeypatch: pytest.MonkeyPatch, hidden: bool) -> None:
    if hidden:
        monkeypatch.setattr(hashlib, "algorithms_available", {"sha256"})
    oracle = hashes.Hash(hashes.SM3())
    oracle.update(b"abc")

    assert canonical.sm3(b"abc") == oracle.finalize()
    growing = canonical.sm3_hasher()
    growing.update(b"a")
    growing.update(b"bc")
    assert growing.digest().hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


# --- known differences (docs/adr/0011): deliberately stricter or narrower than the specifications --------------


def spoiled(document: str, old: str, new: str) -> str:
    assert old in document
    return document.replace(old, new, 1)


HEAD = Log().head(BUREAU)
ROOT_LINE = HEAD.split("\n")[2]


@pytest.mark.parametrize(
    "document, code",
    [
        (spoiled(HEAD, f"{ROOT_LINE}\n", f"{ROOT_LINE}\nextension\n"), "bad-checkpoint"),
        (spoiled(HEAD, "\n7\n", "\n07\n"), "bad-checkpoint"),
        (spoiled(HEAD, "\n7\n", f"\n{10**19}\n"), "bad-checkpoint"),
        (spoiled(HEAD, ROOT_LINE, ROOT_LINE[:-2] + chr(ord(ROOT_LINE[-2]) + 1) + "="), "bad-checkpoint"),
        (spoiled(HEAD, ROOT_LINE, base64.b64encode(bytes(31)).decode()), "bad-checkpoint"),
        (spoiled(HEAD, "\n7\n", "\n-7\n"), "bad-checkpoint"),
    ],
    ids=["extension line", "leading zero", "twenty digits", "stray bits", "31 bytes", "negative"],
)
def test_a_head_that_others_might_read_is_not_read_here(document: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        checkpoint.Checkpoint.parse(document.partition("\n\n")[0] + "\n")

    assert refusal.value.code == code


def test_the_largest_size_is_the_largest_of_nineteen_digits() -> None:
    text = f"log\n{10**19 - 1}\n{ROOT_LINE}\n"

    assert checkpoint.Checkpoint.parse(text).size == 10**19 - 1


@pytest.mark.parametrize("kind", [0x02, 0x03, 0x05, 0x07, 0xFF])
def test_keys_of_types_that_are_not_checked_cannot_be_trusted(kind: int) -> None:
    """signed-note also has ECDSA (02), RFC 6962 heads (05) and names beyond ff; their lines are ignored."""
    data = bytes([kind]) + LOG.verifier.public
    key_id = hashlib.sha256(b"other.example\n" + data).digest()[:4]
    line = f"— other.example {base64.b64encode(key_id + bytes(64)).decode()}\n"

    with pytest.raises(Refused) as refusal:
        note.VerifierKey.parse(f"other.example+{key_id.hex()}+{base64.b64encode(data).decode()}")

    assert refusal.value.code == "bad-key"
    assert note.opened(HEAD + line, [LOG.verifier]).text == HEAD.partition("\n\n")[0] + "\n"


def test_a_note_of_a_hundred_signatures_is_read_and_one_of_more_is_not() -> None:
    """signed-note: at least 16 must be accepted."""
    stranger = f"— other.example {base64.b64encode(bytes(68)).decode()}\n"

    assert note.opened(HEAD + stranger * 98, [LOG.verifier]).text
    with pytest.raises(Refused):
        note.opened(HEAD + stranger * 99, [LOG.verifier])


def test_growth_from_nothing_needs_no_proof_and_bears_none() -> None:
    """The reference refuses to verify from size 0 with a proof; so do we, and accept the empty proof."""
    root, empty = mth(ENTRIES[:5]), hashlib.sha256(b"").digest()

    assert merkle.verify_consistency(0, empty, 5, root, [])
    assert not merkle.verify_consistency(0, empty, 5, root, [root])
    assert not merkle.verify_consistency(0, root, 5, root, [])
    with pytest.raises(ValueError, match="no consistency proof from 0 to 5"):
        merkle.consistency_proof(0, 5, Log(entries=ENTRIES[:5]).node)


def test_a_policy_must_end_its_last_line() -> None:
    """tlog-policy: each line is terminated by a newline; a file cut off there is not guessed at."""
    from mingjing.kernel.policy import Policy

    with pytest.raises(Refused):
        Policy.parse(bundles.POLICY[:-1])
