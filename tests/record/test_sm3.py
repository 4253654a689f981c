"""The tree over SM3 and the further signatures: the same entries, other hashes, other keys."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from django.db import connection

from mingjing import cli
from mingjing.kernel import canonical, checkpoint, merkle, note
from mingjing.kernel.refused import Refused
from mingjing.record import actions, heads, keys, logs, queries, signers, sm2, store, triggers
from mingjing.record.models import Entry, Log, Node
from tests.record.makers import AT, append, append_many, flipped
from tests.walls import execute

pytestmark = pytest.mark.django_db

ORIGIN = "mingjing.example/record/2026"
# GB/T 32918.5-2017, A.2: the key, the message and the signature of the standard's own example.
PRIVATE = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
PUBLIC = bytes.fromhex(
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)


@pytest.fixture
def over_sm3(settings):
    settings.MINGJING_SM3_LOG = True


def with_library() -> None:
    pytest.importorskip("gmssl_pyx", reason="the extra sm2 (gmssl_pyx) is not installed")


def root_over_sm3() -> bytes:
    growing = merkle.Range(merkle.sm3_node_hash)
    for entry in Entry.objects.order_by("leaf__number"):
        growing.append(merkle.sm3_leaf_hash(canonical.entry(entry.sha256, entry.sm3)))
    return growing.root()


def test_without_the_setting_there_is_one_tree():
    append()
    actions.seal(AT)

    assert logs.everything() == logs.every()


def test_the_same_entries_stand_in_a_tree_over_sm3_with_a_head_of_its_own(over_sm3):
    append_many(300)
    actions.seal(AT)
    append_many(7)
    actions.seal(AT)

    log = logs.beside(logs.current())
    head = heads.opened(log, queries.log_file("2026/sm3/checkpoint").read_text())

    assert head == checkpoint.Checkpoint(f"{ORIGIN}/sm3", 307, root_over_sm3())
    assert queries.verify(deep=True).faults == ()
    tile = queries.log_file("2026/sm3/tile/0/000").read_bytes()
    first = Entry.objects.get(leaf__number=0)
    assert tile[:32] == canonical.sm3(b"\x00" + canonical.entry(first.sha256, first.sm3))


def test_a_tree_begun_later_catches_up(settings):
    append_many(260)
    actions.seal(AT)
    settings.MINGJING_SM3_LOG = True

    actions.seal(AT)

    log = logs.beside(logs.current())
    assert (log.size, bytes(heads.latest(log).root)) == (260, root_over_sm3())
    assert Node.objects.filter(log=log).count() == 1
    assert actions.seal(AT) == actions.Sealed(added=0, size=260)
    assert log.checkpoints.count() == 1


def test_an_entry_is_proven_in_the_tree_over_sm3(over_sm3):
    entries = append_many(300)
    actions.seal(AT)
    log = logs.beside(logs.current())

    proof = checkpoint.Proof.parse(queries.sm3_proof(entries[270].id))

    head = heads.opened(log, proof.checkpoint)
    leaf = merkle.sm3_leaf_hash(canonical.entry(entries[270].sha256, entries[270].sm3))
    assert proof.index == 270
    assert merkle.verify_inclusion(leaf, 270, head.size, proof.hashes, head.root, merkle.sm3_node_hash)
    assert not merkle.verify_inclusion(leaf, 270, head.size, proof.hashes, head.root)


def test_no_proof_where_there_is_no_such_tree(capsys):
    entry = append()
    actions.seal(AT)

    with pytest.raises(Refused) as refusal:
        queries.sm3_proof(entry.id)

    assert refusal.value.code == "no-sm3-log"
    assert cli.main(["record", "prove", str(entry.id), "--sm3"]) == 1


def test_the_command_line_gives_the_proof(over_sm3, capsys):
    entry = append()
    actions.seal(AT)

    assert cli.main(["record", "prove", str(entry.id), "--sm3", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["proof"].startswith(checkpoint.PROOF_HEADER)


def test_the_year_ends_for_both_trees(over_sm3):
    append_many(3)
    actions.seal(AT)
    append()
    actions.seal(AT.replace(year=2027))

    assert [(log.origin, log.state, log.size) for log in logs.everything()] == [
        (ORIGIN, "closed", 3),
        (f"{ORIGIN}/sm3", "closed", 3),
        ("mingjing.example/record/2027", "open", 2),
        ("mingjing.example/record/2027/sm3", "open", 2),
    ]
    assert queries.verify().faults == ()
    assert len(queries.vkeys()) == len(queries.further_vkeys()) == 2
    assert actions.repair().written == 0


def test_a_published_tile_over_sm3_is_repaired(over_sm3):
    append_many(5)
    actions.seal(AT)
    tile = store.log_folder() / "2026/sm3/tile/0/000.p/5"
    tile.write_bytes(flipped(tile.read_bytes(), 9))
    assert [fault.code for fault in queries.verify().faults] == ["wrong-tile"]

    assert actions.repair().written == 1
    assert queries.verify().clean


@pytest.mark.parametrize(
    "statement, code",
    [
        ("UPDATE record_checkpoint SET root = {zeros} WHERE log_id = {log}", "wrong-head"),
        ("UPDATE record_checkpoint SET note = 'x' WHERE log_id = {log}", "bad-head"),
        ("UPDATE record_node SET hash = {zeros} WHERE log_id = {log}", "wrong-node"),
        ("UPDATE record_node SET level = 2 WHERE log_id = {log}", "extra-node"),
        ("UPDATE record_log SET size = 3 WHERE id = {log}", "wrong-log-size"),
        ("DELETE FROM record_checkpoint WHERE log_id = {log}", "bad-published-head"),
    ],
)
def test_a_change_in_the_tree_over_sm3_is_found(over_sm3, statement, code):
    append_many(257)
    actions.seal(AT)
    log = logs.beside(logs.current())
    execute(triggers.lowering(connection.vendor))

    zeros = "(SELECT hash FROM record_leaf WHERE number = 0)"
    execute([statement.format(log=log.pk, zeros=zeros)])

    assert code in {fault.code for fault in queries.verify().faults}


def test_a_tree_over_sm3_that_was_changed_is_not_signed_over(over_sm3):
    append_many(257)
    actions.seal(AT)
    execute(triggers.lowering(connection.vendor))
    log = logs.beside(logs.current())
    execute(
        [
            f"UPDATE record_node SET hash = (SELECT hash FROM record_leaf WHERE number = 0) WHERE log_id = {log.pk}"
        ]
    )
    append()

    with pytest.raises(Refused) as refusal:
        actions.seal(AT)

    assert refusal.value.code == "log-tampered"


# --- who signs ---


def test_a_line_of_ml_dsa_stands_beside_the_first_signature(settings):
    settings.MINGJING_LOG_SIGNERS = ["ml-dsa-44"]
    append()
    actions.seal(AT)
    append()
    actions.seal(AT)

    (key,) = (note.VerifierKey.parse(text) for text in queries.further_vkeys())

    assert key.kind == note.MLDSA44
    assert checkpoint.opened(queries.head(), [key], ORIGIN).size == 2
    assert checkpoint.opened(queries.head(), [keys.verifier(logs.current())], ORIGIN).size == 2
    assert queries.verify().faults == ()
    assert keys.path(2026, "ml-dsa-44").stat().st_mode & 0o777 == 0o600


def test_a_further_key_that_is_gone_is_not_replaced(settings):
    settings.MINGJING_LOG_SIGNERS = ["ml-dsa-44"]
    append()
    actions.seal(AT)
    keys.path(2026, "ml-dsa-44").unlink()
    append()

    with pytest.raises(Refused) as refusal:
        actions.seal(AT)

    assert refusal.value.code == "signing-key-missing"
    assert "ml-dsa-44" in refusal.value.reason


class Device:
    """A module that keeps its key to itself, as far as the log can see."""

    def __init__(self, origin: str) -> None:
        self._key = note.SignerKey(f"{origin}/device", note.ED25519, bytes(32))
        self.vkey = str(self._key.verifier)

    def line(self, head, at):
        return checkpoint.signature(head, self._key, at)


def test_a_device_signs_through_the_interface(settings):
    settings.MINGJING_LOG_SIGNERS = [f"{__name__}:Device"]
    append()
    actions.seal(AT)

    assert queries.further_vkeys() == [Device(ORIGIN).vkey]
    key = note.VerifierKey.parse(Device(ORIGIN).vkey)
    assert checkpoint.opened(queries.head(), [key]).size == 1


@pytest.mark.parametrize("name", ["rsa", "no.such.module:thing", f"{__name__}:nothing"])
def test_a_signer_that_nobody_knows_signs_nothing(settings, name):
    settings.MINGJING_LOG_SIGNERS = [name]
    append()

    with pytest.raises(Refused) as refusal:
        actions.seal(AT)

    assert refusal.value.code == "unknown-signer"
    assert not Log.objects.exists()


# --- SM2 ---


def test_the_example_of_the_standard_verifies():
    with_library()

    assert sm2.signed(PUBLIC, b"message digest", SIGNATURE)
    assert not sm2.signed(PUBLIC, b"message digesT", SIGNATURE)
    assert not sm2.signed(PUBLIC, b"message digest", SIGNATURE[:63])
    own = sm2.Key(PUBLIC, PRIVATE).sign(b"message digest")
    assert sm2.signed(PUBLIC, b"message digest", own)


def test_sm2_signs_the_tree_over_sm3_and_nothing_else(settings, over_sm3):
    with_library()
    settings.MINGJING_LOG_SIGNERS = ["sm2"]
    append()
    actions.seal(AT)
    append()
    actions.seal(AT)

    (_, vkey), head = queries.further_vkeys(), queries.log_file("2026/sm3/checkpoint").read_text()
    name, key_id, encoded = vkey.split("+", 2)
    data = base64.b64decode(encoded)
    found = note.parse(head)
    line = next(line for line in found.signatures if line.key_id.hex() == key_id)

    assert (name, data[:11], len(data)) == (f"{ORIGIN}/sm3", sm2.KIND, 11 + 64)
    assert key_id == hashlib.sha256(name.encode() + b"\n" + data).hexdigest()[:8]
    assert sm2.signed(data[11:], found.text.encode(), line.raw)
    assert len(note.parse(queries.head()).signatures) == 1
    assert queries.verify().faults == ()


def test_signatures_of_any_width_are_written_as_64_bytes():
    with_library()
    key = sm2.Key.generate()

    for number in range(40):
        assert sm2.signed(key.public, bytes([number]), key.sign(bytes([number])))


def test_without_the_package_sm2_is_refused_in_words(settings, over_sm3, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "gmssl_pyx", None)
    settings.MINGJING_LOG_SIGNERS = ["sm2"]
    append()

    with pytest.raises(Refused) as refusal:
        actions.seal(AT)

    assert refusal.value.code == "sm2-missing"


def test_an_sm2_key_is_read_as_it_was_written_and_never_shown():
    key = sm2.Key(PUBLIC, PRIVATE)

    assert sm2.Key.parse(key.secret()) == key
    assert PRIVATE.hex() not in repr(key)
    for text in ("", "SM2 00", "SM2 xyz", f"RSA {(PUBLIC + PRIVATE).hex()}"):
        with pytest.raises(Refused, match="SM2"):
            sm2.Key.parse(text)


def test_every_signer_tells_its_public_key(settings):
    key = note.SignerKey.generate("example")

    assert signers.KeyFile(key).vkey == str(key.verifier)
