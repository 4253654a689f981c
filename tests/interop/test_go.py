"""Go's own sumdb/note and sumdb/tlog read our log, and our kernel reads theirs.

Needs the Debian packages ``golang-go`` and ``golang-golang-x-mod-dev``; without them the tests are skipped
and say so, in CI they fail. Nothing is fetched: the packages bring their sources.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mingjing.kernel import checkpoint, merkle, note, tiles
from mingjing.record import actions, logs, queries, tree
from tests.record import bundles
from tests.record.makers import AT, append_many, flipped

SOURCES = Path("/usr/share/gocode")
IN_CI = os.environ.get("CI", "") not in ("", "false", "0")

Answer = dict[str, Any]
Go = Callable[..., Answer]


class GoRefuses(AssertionError):
    """Go's libraries did not accept what they were given."""


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> Go:
    """The program beside this file, compiled once; it answers with what it found, or :class:`GoRefuses`."""
    if not shutil.which("go") or not (SOURCES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        why = "Go is not installed (Debian: apt-get install golang-go golang-golang-x-mod-dev)"
        pytest.fail(why) if IN_CI else pytest.skip(why)
    program = tmp_path_factory.mktemp("go") / "tlog"
    offline = {"GO111MODULE": "off", "GOPATH": str(SOURCES), "GOFLAGS": "", "GOPROXY": "off"}
    source = str(Path(__file__).with_name("tlog.go"))
    built = subprocess.run(
        ["go", "build", "-o", program, source],
        env={**os.environ, **offline},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr

    def run(*arguments: object) -> Answer:
        done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise GoRefuses(done.stderr)
        answer: Answer = json.loads(done.stdout)
        return answer

    return run


def path_of(proof: Answer) -> list[bytes]:
    """The hashes of one of Go's proofs."""
    return [base64.b64decode(item) for item in proof["Hashes"] or ()]


def require_same_proofs(found: Answer, node: merkle.Node) -> None:
    """Every proof that Go made, hash for hash what ours is, and accepted by our own checks."""
    root = merkle.root(found["Size"], node)
    for proof in found["Inclusion"]:
        ours = merkle.inclusion_proof(proof["At"], proof["Size"], node)
        assert path_of(proof) == ours
        assert base64.b64decode(proof["Root"]) == root
        assert merkle.verify_inclusion(node(0, proof["At"]), proof["At"], proof["Size"], ours, root)
    for proof in found["Consistency"]:
        ours = merkle.consistency_proof(proof["At"], proof["Size"], node)
        old = merkle.root(proof["At"], node)
        assert path_of(proof) == ours
        assert base64.b64decode(proof["Root"]) == old
        assert merkle.verify_consistency(proof["At"], old, proof["Size"], root, ours)


# --- our log in Go's eyes -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_go_opens_the_published_log_and_finds_every_leaf(go: Go) -> None:
    for count in (3, 250, 1, 300, 60):
        append_many(count)
        actions.seal(AT)

    log = logs.current()
    found = go("read", logs.folder(log), queries.vkey())

    assert (found["Size"], found["Leaves"]) == (614, 614)
    require_same_proofs(found, tree.nodes(log, 614))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of 66,000 entries (three levels of tiles) as the kernel lays it out, cosigned by a witness."""
    size, made = 66_000, tmp_path_factory.mktemp("log")
    edge, entries = tiles.Edge(), [f"entry {number}".encode() for number in range(size)]
    written = [pair for entry in entries for pair in edge.append(merkle.leaf_hash(entry))]
    for tile, hashes in (*written, *edge.partial()):
        put(made / tile.path, b"".join(hashes))
        if tile.level == 0:
            put(made / tile.entries_path, tiles.bundle(entries[tile.start : tile.start + tile.width]))
    head = checkpoint.sign(checkpoint.Checkpoint(bundles.LOG.name, size, edge.root()), bundles.LOG)
    put(made / "checkpoint", checkpoint.cosign(head, bundles.BUREAU, AT).encode())
    return made


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@pytest.mark.slow
def test_go_reads_a_large_log_with_cosignatures_it_does_not_know(go: Go, folder: Path) -> None:
    found = go("read", folder, bundles.LOG.verifier)

    assert found["Leaves"] == 66_000
    assert len(found["Inclusion"]) > 90


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["checkpoint", "tile/0/007", "tile/1/000", "tile/2/000.p/1", "tile/entries/257.p/208"]
)
def test_go_finds_a_flipped_bit_in_every_kind_of_file(go: Go, folder: Path, name: str) -> None:
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(flipped(whole, 8 * (len(whole) // 3)))
    try:
        with pytest.raises(GoRefuses):
            go("read", folder, bundles.LOG.verifier)
    finally:
        (folder / name).write_bytes(whole)


def test_go_refuses_another_key(go: Go, folder: Path) -> None:
    with pytest.raises(GoRefuses):
        go("read", folder, note.SignerKey(bundles.LOG.name, note.ED25519, bytes(32)).verifier)


# --- Go's trees and notes in our eyes -----------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 255, 256, 257, 300, 5000])
def test_heads_and_proofs_that_go_makes_are_ours(go: Go, size: int) -> None:
    made = go("make", size)

    head = checkpoint.opened(made["Note"], [note.VerifierKey.parse(made["VKey"])], "go.example/log")
    log = bundles.Log(entries=[f"entry {number}".encode() for number in range(size)])
    node = known(log)
    assert (head.size, head.root) == (size, merkle.root(size, node))
    require_same_proofs(made, node)


def known(log: bundles.Log) -> merkle.Node:
    """The nodes of a log, each reckoned once."""
    rows = [[merkle.leaf_hash(entry) for entry in log.entries]]
    while len(rows[-1]) > 1:
        below = rows[-1]
        rows.append([merkle.node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return lambda height, index: rows[height][index]
