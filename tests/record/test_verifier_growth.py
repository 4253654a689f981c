"""What the single-file verifier says of receipts, of growing logs and of places in them."""

from __future__ import annotations

import base64
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from mingjing.kernel import merkle, note
from mingjing.record.verifier import mingjing_verify as verifier
from tests.record.asking import Asked, ask
from tests.record.bundles import FORGER, LOG, Log, receipt

__all__ = ["ask"]


# --- receipts and consistency -------------------------------------------------------------------------------


def test_a_receipt_is_answered(ask: Asked) -> None:
    body = b'{"a":1}'
    path, key = ask.file("receipt", receipt(body)), str(LOG.verifier)

    code, said = ask("receipt", path, "--key", key)
    assert (code, said.startswith("结论：回执有效。")) == (0, True)
    assert "记录的内容：未提供" in said
    code, said = ask("receipt", path, "--key", key, "--record", ask.file("record", body))
    assert (code, "记录的内容：与回执相符" in said) == (0, True)
    assert ask("receipt", path, "--key", key, "--record", ask.file("record", b"{}"))[0] == 1
    assert ask("receipt", ask.file("receipt", receipt(body, FORGER)), "--key", key)[0] == 1
    assert ask("receipt", path)[0] == 2


@pytest.mark.parametrize(
    "text", ["mingjing-receipt/2\norigin log.example/2026\n", "mingjing-receipt/1\na b\n"]
)
def test_a_signed_note_that_is_no_receipt_is_unusable(ask: Asked, text: str) -> None:
    path = ask.file("receipt", str(note.sign(text, LOG)))

    assert ask("receipt", path, "--key", str(LOG.verifier))[0] == 2


def consistency(old: int, new: int) -> str:
    log = Log(entries=[f"entry {number}".encode() for number in range(new)])
    hashes = merkle.consistency_proof(old, new, log.node) if old else []
    return "".join(f"{base64.b64encode(item).decode()}\n" for item in hashes)


@pytest.mark.parametrize("old, new", [(0, 5), (1, 2), (3, 7), (4, 7), (6, 7), (7, 7), (4, 8), (5, 13)])
def test_growth_is_answered(ask: Asked, old: int, new: int) -> None:
    log = Log(entries=[f"entry {number}".encode() for number in range(new)])
    paths = [ask.file("old", log.head(size=old)), ask.file("new", log.head())]
    proof = ask.file("proof", consistency(old, new))

    code, said = ask("consistency", *paths, proof, "--key", str(LOG.verifier))

    assert code == 0
    assert f"由 {old} 条增长到 {new} 条，前 {old} 条没有任何改动" in said
    log.entries[0] = b"rewritten"
    if old:
        forged = ask.file("new", log.head())
        code, said = ask("consistency", paths[0], forged, proof, "--key", str(LOG.verifier))
        assert (code, "历史被改写过" in said) == (1, True)


def test_a_log_does_not_shrink_and_does_not_change_its_name(ask: Asked) -> None:
    log, other = Log(), Log(key=FORGER)
    old, new = ask.file("old", log.head(size=5)), ask.file("new", log.head())
    proof, empty = ask.file("proof", consistency(5, 7)), ask.file("empty", "")
    trust = ask.file("policy", f"log {LOG.verifier}\nlog {FORGER.verifier}\nquorum none\n")

    assert ask("consistency", new, old, proof, "--policy", trust)[0] == 1
    assert ask("consistency", old, ask.file("other", other.head()), proof, "--policy", trust)[0] == 1
    assert ask("consistency", old, new, empty, "--policy", trust)[0] == 1
    assert ask("consistency", old, new, ask.file("long", consistency(5, 7) * 2), "--policy", trust)[0] == 1
    assert ask("consistency", old, new, ask.file("odd", "!"), "--policy", trust)[0] == 2
    assert ask("consistency", old, new, ask.file("odd", b"\xff"), "--policy", trust)[0] == 2
    assert ask("consistency", old, new, proof)[0] == 2


def test_heads_are_found_in_proof_files_and_hashes_in_json(ask: Asked) -> None:
    log = Log()
    old = ask.file("old", Log(entries=log.entries[:5]).proof(2))
    proof = ask.file("proof", json.dumps({"old": 5, "new": 7, "proof": consistency(5, 7).split()}))

    assert ask("consistency", old, ask.file("new", log.head()), proof, "--key", str(LOG.verifier))[0] == 0


@rules(deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.data())
def test_prefixes_are_judged_as_the_kernel_judges_them(old: int, new: int, data: st.DataObject) -> None:
    log = Log(entries=[bytes([number]) for number in range(40)])
    small, large = sorted((old, new))
    proof = merkle.consistency_proof(small, large, log.node) if small else []
    if data.draw(st.booleans()):
        proof = data.draw(st.permutations(proof)) + data.draw(st.sampled_from([[], [bytes(32)]]))
    roots = merkle.root(old, log.node), merkle.root(new, log.node)

    ours = verifier.is_prefix(old, roots[0], new, roots[1], proof)

    assert ours == merkle.verify_consistency(old, roots[0], new, roots[1], proof)


@pytest.mark.parametrize("size", range(1, 18))
def test_every_entry_of_a_small_log_is_found_in_its_place_only(size: int) -> None:
    log = Log(entries=[bytes([number]) for number in range(size)])
    root = merkle.root(size, log.node)
    for index, entry in enumerate(log.entries):
        proof = merkle.inclusion_proof(index, size, log.node)
        assert verifier.root_of(entry, index, size, proof) == root
        for wrong in set(range(size)) - {index}:
            with contextlib.suppress(verifier.NotProven):
                assert verifier.root_of(entry, wrong, size, proof) != root


@rules(deadline=None)
@given(st.integers(1, 40), st.data())
def test_places_are_judged_as_the_kernel_judges_them(size: int, data: st.DataObject) -> None:
    log = Log(entries=[bytes([number]) for number in range(size)])
    index, said = data.draw(st.integers(0, size - 1)), data.draw(st.integers(-1, 41))
    proof = merkle.inclusion_proof(index, size, log.node) + data.draw(st.sampled_from([[], [bytes(32)]]))
    root = merkle.root(size, log.node)
    try:
        ours = verifier.root_of(log.entries[index], said, size, proof) == root
    except verifier.NotProven:
        ours = False

    assert ours == merkle.verify_inclusion(merkle.leaf_hash(log.entries[index]), said, size, proof, root)
