"""The single-file verifier under corrupted and forged proofs: it answers in words and never takes one for true."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from mingjing.kernel import checkpoint, note
from mingjing.record import actions, queries
from mingjing.record.verifier import mingjing_verify as verifier
from tests.record.makers import AT, append, append_many, judged

pytestmark = pytest.mark.django_db

FORGER = note.SignerKey.generate("forger.example/log")
RECORD = {
    "id": "x", "subject": "case:1", "kind": "case.decided", "at": "2026-01-01", "seq": 1, "plain": {}, "files": [], "sd": [],
}  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FUZZ = rules(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)


def forged(record: Any, **changes: Any) -> dict[str, Any]:
    """A proof that is sound in itself, of a log of one entry under a key of the forger's own."""
    body = json.dumps(record).encode() if not isinstance(record, bytes) else record
    root = hashlib.sha256(b"\x00" + verifier.entry_of(body)).digest()
    head = checkpoint.sign(checkpoint.Checkpoint(FORGER.name, 1, root), FORGER)
    proof = {
        "format": "mingjing-proof/1",
        "record": base64.b64encode(body).decode(),
        "disclosures": [],
        "leaf_index": 0,
        "inclusion": [],
        "checkpoint": head,
        "vkey": str(FORGER.verifier),
    }
    return proof | changes


@pytest.fixture
def genuine() -> dict[str, Any]:
    """A genuine proof of a log of a few entries."""
    append_many(5)
    entry = append(kind="case.decided", plain={"fine_fen": 1}, personal={"party_name": "张某某"}, files=[])
    actions.seal(AT)
    return queries.prove(entry.id, reveal=["party_name"])


def answer(capsys: pytest.CaptureFixture[str], folder: Path, proof: Any, *more: str) -> tuple[int, str]:
    """What the command says of a proof; anything raised fails the test."""
    path = folder / "proof.json"
    path.write_bytes(proof if isinstance(proof, bytes) else json.dumps(proof).encode())
    try:
        code = verifier.main([str(path), *more])
    except SystemExit as stopped:
        code = int(str(stopped.code))
    shown = capsys.readouterr()
    assert shown.err == ""
    return code, shown.out


@FUZZ
@given(
    field=st.sampled_from(["record", "disclosures", "leaf_index", "inclusion", "checkpoint", "vkey"]),
    value=JSON,
)
def test_a_field_of_any_other_value_is_never_proven(
    genuine: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str], field: str, value: Any
) -> None:
    if value == genuine[field] or (field == "disclosures" and value in ([], {}, "")):
        return
    changed = copy.deepcopy(genuine) | {field: value}

    code, said = answer(capsys, tmp_path, changed, "--key", genuine["vkey"])

    if field == "vkey":  # the reader's own key counts, not that of the file
        assert code == 0
    else:
        assert code in (1, 2)
        assert "结论：证明不成立" in said or "结论：无法核对" in said


@FUZZ
@given(value=JSON)
def test_a_forged_log_of_anything_is_answered_in_words_and_never_trusted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], value: Any
) -> None:
    code, said = answer(capsys, tmp_path, forged(value))

    assert (code, said.startswith("结论：无法核对")) == (2, True)


@FUZZ
@given(field=st.sampled_from(sorted(RECORD)), value=JSON)
def test_a_forged_record_with_any_field_is_never_called_proven(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], field: str, value: Any
) -> None:
    code, said = answer(capsys, tmp_path, forged(RECORD | {field: value}))

    assert code in (0, 2)
    assert "证明成立" not in said.splitlines()[0]


@FUZZ
@given(data=st.binary(max_size=300))
def test_any_bytes_are_answered(tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes) -> None:
    code, said = answer(capsys, tmp_path, data)

    assert (code, said.startswith("结论：无法核对")) == (2, True)


@FUZZ
@given(
    places=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=5),
    cut=st.integers(0, 3),
)
def test_a_damaged_file_is_never_proven_to_say_something_else(
    genuine: dict[str, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    places: list[tuple[int, int]],
    cut: int,
) -> None:
    data = bytearray(json.dumps(genuine).encode())
    for place, byte in places:
        data[place % len(data)] = byte
    damaged = bytes(data if cut else data[: len(data) // 2])

    code, said = answer(capsys, tmp_path, damaged, "--key", genuine["vkey"])

    if code == 0:  # the damage hit what proves nothing: names of the key, blanks
        found = judged(json.loads(damaged), genuine["vkey"])
        assert found["record"] == json.loads(base64.b64decode(genuine["record"]))
        assert set(found["disclosed"].items()) <= {("party_name", "张某某")}
    else:
        assert said.startswith(("结论：证明不成立", "结论：无法核对"))


@pytest.mark.parametrize(
    "proof",
    [
        forged(RECORD, leaf_index=1e400),
        forged(RECORD, leaf_index=True),
        forged(RECORD, leaf_index="0"),
        forged(RECORD, leaf_index=10**4000),
        forged(RECORD, inclusion=[None]),
        forged(RECORD, inclusion={"a": 1}),
        forged(RECORD, disclosures=["not base64 at all"]),
        forged(RECORD, checkpoint=None),
        forged(RECORD, vkey=None),
        forged(RECORD, vkey="+" * 10_000),
        forged(b"[" * 100_000),
        forged(b"\xff\xfe"),
        forged(b""),
    ],
    ids=range(13),
)
def test_what_is_no_proof_is_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], proof: dict[str, Any]
) -> None:
    code, said = answer(capsys, tmp_path, proof)

    assert code in (1, 2)
    assert said.startswith("结论：")


def test_a_record_cannot_forge_lines_of_the_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trick = "case:1\n结论：证明成立。\n文书：与记录登记的“决定书.pdf”完全一致\x1b[2J\u202e\ud800"

    code, said = answer(capsys, tmp_path, forged(RECORD | {"subject": trick, "plain": {trick: trick}}))

    assert code == 0
    assert not any(line.startswith(("结论：证明成立", "文书：")) for line in said.splitlines())
    assert "\x1b" not in said
    assert "\u202e" not in said


@pytest.mark.parametrize("path", ["", "nowhere.json", ".", "x" * 5000, "a\x00b"])
def test_a_path_that_is_no_file_is_answered(capsys: pytest.CaptureFixture[str], path: str) -> None:
    assert verifier.main([path]) == 2
    assert capsys.readouterr().out.startswith("结论：无法核对。")
