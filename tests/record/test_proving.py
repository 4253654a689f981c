"""Proofs, and the single-file verifier that strangers run."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from mingjing.kernel import canonical, checkpoint, note
from mingjing.kernel.refused import Refused
from mingjing.record import actions, body, queries, store
from mingjing.record.models import Disclosure
from mingjing.record.verifier import mingjing_verify
from tests.record.makers import AT, append, append_many, flipped, judged, saved_proof, unbase64

pytestmark = pytest.mark.django_db

VERIFIER = Path(mingjing_verify.__file__)
PDF = b"%PDF-1.7 decision"


def decided():
    """A sealed log whose last entry is a decision with a document and two personal values."""
    append_many(20)
    blob = actions.keep_blob(PDF, "application/pdf", "决定书.pdf")
    entry = append(
        kind="case.decided",
        plain={"fine_fen": 50_000, "number": "达市监罚〔2026〕12号"},
        personal={"party_name": "张某某", "address": "达州市某某街"},
        files=[blob.as_file("行政处罚决定书.pdf")],
    )
    actions.seal(AT)
    return entry


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The verifier as a stranger runs it: isolated, so that nothing of the platform can be imported."""
    command = [sys.executable, "-I", "-S", str(VERIFIER), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_a_stranger_can_verify_a_decision(tmp_path):
    entry = decided()
    document = tmp_path / "decision.pdf"
    document.write_bytes(PDF)
    proof = saved_proof(tmp_path, queries.prove(entry.id, reveal=["party_name"]))

    answer = run(proof, "--document", document, "--key", queries.vkey())

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stderr == ""
    assert "结论：证明成立。" in answer.stdout
    assert str(entry.id) in answer.stdout
    assert "披露内容：party_name＝张某某" in answer.stdout
    assert "文书：与记录登记的“行政处罚决定书.pdf”完全一致" in answer.stdout
    assert "某某街" not in answer.stdout
    assert "提醒" not in answer.stdout


def test_without_a_trusted_key_the_answer_carries_a_warning(tmp_path):
    answer = run(saved_proof(tmp_path, queries.prove(decided().id)))

    assert answer.returncode == 0
    assert "结论：证明文件自身一致，公钥未经核对" in answer.stdout
    assert "证明成立" not in answer.stdout
    assert "提醒：公钥取自证明文件本身" in answer.stdout
    assert "没有核对" in answer.stdout


def test_the_key_may_be_given_as_a_file(tmp_path):
    proof = saved_proof(tmp_path, queries.prove(decided().id))
    (tmp_path / "key.txt").write_text(queries.vkey() + "\n")

    assert run(proof, "--key", tmp_path / "key.txt").returncode == 0


def test_a_changed_document_is_not_the_document(tmp_path):
    proof = saved_proof(tmp_path, queries.prove(decided().id))
    (tmp_path / "changed.pdf").write_bytes(PDF + b" ")

    answer = run(proof, "--document", tmp_path / "changed.pdf", "--key", queries.vkey())

    assert answer.returncode == 1
    assert "结论：证明不成立。" in answer.stdout
    assert hashlib.sha256(PDF + b" ").hexdigest() in answer.stdout


def test_a_proof_under_another_key_is_not_proven(tmp_path):
    proof = saved_proof(tmp_path, queries.prove(decided().id))
    forger = note.SignerKey.generate("mingjing.example/record/2026").verifier

    assert run(proof, "--key", str(forger)).returncode == 1


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"format":"mingjing-proof/1"}', '{"format":"other"}', "[" * 100_000],
)
def test_a_file_that_is_no_proof_is_unusable(tmp_path, content):
    path = tmp_path / "proof.json"
    path.write_text(content)

    answer = run(path)

    assert answer.returncode == 2
    assert "结论：无法核对。" in answer.stdout
    assert answer.stderr == ""


def test_wrong_usage_is_told_in_chinese(tmp_path):
    for answer in (run(), run(tmp_path / "nothing.json"), run("x", "--nonsense")):
        assert answer.returncode == 2
        assert "用法" in answer.stdout or "读不到文件" in answer.stdout
        assert answer.stderr == ""


@pytest.mark.parametrize(
    "key", ["name+1+AAAA", "a+b", "name+00000000+" + base64.b64encode(bytes(33)).decode()]
)
def test_an_unusable_key_is_told(tmp_path, key):
    assert run(saved_proof(tmp_path, queries.prove(decided().id)), "--key", key).returncode == 2


@rules(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(
    field=st.sampled_from(["record", "inclusion", "checkpoint", "disclosures"]), bit=st.integers(0, 20_000)
)
def test_no_changed_bit_of_a_proof_goes_unnoticed(proven, field, bit):
    proof = copy.deepcopy(proven)
    if field == "record":
        proof["record"] = base64.b64encode(flipped(unbase64(proof["record"]), bit)).decode()
    elif field == "checkpoint":
        proof["checkpoint"] = flipped(proof["checkpoint"].encode(), bit).decode("utf-8", "replace")
    else:
        place = bit % len(proof[field])
        proof[field][place] = flipped(proof[field][place].encode(), bit).decode("utf-8", "replace")

    with pytest.raises((mingjing_verify.NotProven, mingjing_verify.Unusable)):
        judged(proof, proven["vkey"])


@pytest.fixture
def proven():
    """A genuine proof."""
    proof = queries.prove(decided().id, reveal=["party_name"])
    judged(proof, proof["vkey"])
    return proof


@pytest.mark.parametrize("index", [-1, 0, 19, 21, 10**9])
def test_another_place_in_the_log_is_not_proven(proven, index):
    proven["leaf_index"] = index

    with pytest.raises(mingjing_verify.NotProven):
        judged(proven)


def test_a_disclosure_of_another_entry_is_not_accepted(proven):
    proven["disclosures"] = [canonical.disclose("party_name", "李某某", bytes(16))]

    with pytest.raises(mingjing_verify.NotProven, match="不属于"):
        judged(proven)


def test_a_forgotten_value_leaves_the_proof_standing(proven):
    entry_id = json.loads(unbase64(proven["record"]))["id"]

    Disclosure.objects.filter(entry_id=entry_id).delete()

    with pytest.raises(Refused) as refusal:
        queries.prove(entry_id, reveal=["party_name"])
    assert refusal.value.code == "not-disclosable"
    proof = queries.prove(entry_id)
    assert judged(proof)["disclosed"] == {}
    assert "张某某" not in json.dumps(proof, ensure_ascii=False)


def test_every_entry_of_a_log_with_several_tiles_can_be_proven():
    entries = append_many(530)
    actions.seal(AT)

    for entry in entries[::37]:
        found = judged(queries.prove(entry.id), queries.vkey())
        assert found["record"] == body.read(entry.body)


def test_a_proof_needs_as_few_queries_in_a_large_log(django_assert_max_num_queries):
    entries = append_many(530)
    actions.seal(AT)

    with django_assert_max_num_queries(8):
        queries.prove(entries[3].id)


@pytest.mark.parametrize("spoiled", [b"", b"\x00" * 8192, b"\x00" * 32], ids=["empty", "other", "short"])
def test_a_spoiled_tile_on_the_disk_spoils_no_proof(spoiled):
    entries = append_many(520)
    actions.seal(AT)
    tiles = [path for path in store.log_folder().glob("*/tile/0/**/*") if path.is_file()]
    assert tiles

    for path in tiles:
        path.write_bytes(spoiled)

    for entry in (entries[0], entries[300], entries[519]):
        assert judged(queries.prove(entry.id), queries.vkey())["record"]["id"] == str(entry.id)


def test_the_proof_file_of_c2sp_says_the_same():
    entry = decided()

    proof = checkpoint.Proof.parse(queries.tlog_proof(entry.id))

    head = checkpoint.opened(proof.checkpoint, [note.VerifierKey.parse(queries.vkey())])
    assert proof.proves(body.leaf(entry.sha256, entry.sm3), head)


def test_an_entry_that_waits_cannot_be_proven_yet():
    entry = append()

    with pytest.raises(Refused) as refusal:
        queries.prove(entry.id)

    assert refusal.value.code == "not-sealed"
    assert "record seal" in refusal.value.remedy


def test_what_never_was_cannot_be_proven():
    with pytest.raises(Refused) as refusal:
        queries.prove(body.new_id(AT))

    assert refusal.value.code == "no-such-entry"


def test_the_history_of_a_subject_is_one_query(django_assert_num_queries):
    append_many(10, subjects=2)
    actions.seal(AT)
    append("case:1", kind="case.closed")

    with django_assert_num_queries(1):
        happenings = queries.history("case:1")

    assert [happening.seq for happening in happenings] == [1, 2, 3, 4, 5, 6]
    assert [happening.leaf_index for happening in happenings] == [1, 3, 5, 7, 9, None]
    assert happenings[-1].actor == "officer:7"


def test_a_reader_with_a_cursor_misses_nothing():
    append_many(7)
    actions.seal(AT)
    seen, cursor = [], -1
    while page := queries.tail(after=cursor, limit=3):
        seen += page
        cursor = page[-1].leaf_index

    assert [happening.leaf_index for happening in seen] == list(range(7))


def test_places_of_many_entries_are_one_query(django_assert_num_queries):
    entries = append_many(10)
    actions.seal(AT)

    with django_assert_num_queries(1):
        assert len(queries.places([entry.id for entry in entries])) == 10


@pytest.mark.parametrize("length", [0, 1, 3, 55, 56, 63, 64, 65, 200])
def test_the_verifiers_own_sm3_agrees_with_openssl(length):
    data = bytes(range(length % 256)) * (length // 256 + 1)

    assert mingjing_verify.sm3(data) == canonical.sm3(data)


@rules(max_examples=15, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
def test_the_verifiers_own_ed25519_agrees_with_openssl(seed, message, bit):
    key = note.SignerKey("example", note.ED25519, seed)
    signature = key.sign(message)

    assert mingjing_verify.ed25519_verify(key.verifier.public, message, signature)
    assert not mingjing_verify.ed25519_verify(key.verifier.public, message, flipped(signature, bit))


def test_the_verifier_refuses_malleable_and_low_order_signatures():
    key = note.SignerKey("example", note.ED25519, bytes(32))
    signature = key.sign(b"message")
    larger = int.from_bytes(signature[32:], "little") + mingjing_verify.ORDER
    neutral = b"\x01" + bytes(31)

    assert not mingjing_verify.ed25519_verify(
        key.verifier.public, b"message", signature[:32] + larger.to_bytes(32, "little")
    )
    assert not mingjing_verify.ed25519_verify(neutral, b"message", neutral + bytes(32))
    assert not mingjing_verify.ed25519_verify(key.verifier.public, b"message", signature[:63])


def test_the_verifier_imports_nothing_but_the_standard_library():
    imported = {
        line.split()[1].split(".")[0]
        for line in VERIFIER.read_text(encoding="utf-8").splitlines()
        if line.startswith(("import ", "from "))
    }

    assert imported <= set(sys.stdlib_module_names)
