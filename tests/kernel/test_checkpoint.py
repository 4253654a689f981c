"""Signed notes, keys, checkpoints, cosignatures and proof files against published values."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.kernel import checkpoint, merkle, note
from mingjing.kernel.refused import Refused

# The example of the package documentation of golang.org/x/mod/sumdb/note. Ed25519 is deterministic, so
# signing with the published key must give the published bytes.
GO_SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

# RFC 8032, section 7.1, tests 1 to 3: seed, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
]

# The points of order 1, 2, 4 and 8, and spellings of them that are not canonical.
LOW_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]

LOG = note.SignerKey("mingjing.example/record", note.ED25519, bytes(range(32)))
WITNESS = note.SignerKey("justice.example/witness", note.COSIGNATURE, bytes(range(1, 33)))
HEAD = checkpoint.Checkpoint(LOG.name, 20_852_163, hashlib.sha256(b"root").digest())
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_the_note_of_the_go_documentation_is_reproduced_to_the_byte():
    assert str(note.sign(GO_TEXT, note.SignerKey.parse(GO_SKEY))) == GO_NOTE


def test_the_note_of_the_go_documentation_opens():
    assert note.opened(GO_NOTE, [note.VerifierKey.parse(GO_VKEY)]).text == GO_TEXT


def test_keys_are_written_as_they_were_read():
    assert str(note.VerifierKey.parse(GO_VKEY)) == GO_VKEY
    assert note.SignerKey.parse(GO_SKEY).secret() == GO_SKEY
    assert str(note.SignerKey.parse(GO_SKEY).verifier) == GO_VKEY


@pytest.mark.parametrize("seed, public, message, signature", RFC_8032)
def test_signatures_are_those_of_rfc_8032(seed, public, message, signature):
    key = note.SignerKey("example", note.ED25519, bytes.fromhex(seed))

    assert key.verifier.public.hex() == public
    assert key.sign(bytes.fromhex(message)).hex() == signature
    assert key.verifier.signed(bytes.fromhex(message), bytes.fromhex(signature))


def test_a_private_key_never_shows_itself():
    assert "AYEK" not in repr(note.SignerKey.parse(GO_SKEY))


@pytest.mark.parametrize("encoded", LOW_ORDER)
def test_keys_of_low_order_or_odd_spelling_are_refused(encoded):
    with pytest.raises(Refused) as refusal:
        note.VerifierKey("example", note.ED25519, bytes.fromhex(encoded))

    assert refusal.value.code == "bad-key"


def test_a_key_off_the_curve_is_refused():
    assert not note.is_sound_public_key(b"\x02" + bytes(31))
    assert not note.is_sound_public_key(bytes(31))


@given(st.binary(min_size=32, max_size=32))
def test_every_generated_key_is_sound(seed):
    assert note.is_sound_public_key(note.SignerKey("example", note.ED25519, seed).verifier.public)


@pytest.mark.parametrize("start", range(1, len(GO_VKEY)))
def test_no_part_of_a_key_is_a_key(start):
    for part in (GO_VKEY[start:], GO_VKEY[:start]):
        with pytest.raises(Refused):
            note.VerifierKey.parse(part)


@pytest.mark.parametrize("place", range(len(GO_VKEY)))
def test_a_key_with_one_changed_character_is_refused(place):
    changed = GO_VKEY[:place] + ("A" if GO_VKEY[place] != "A" else "B") + GO_VKEY[place + 1 :]

    with pytest.raises(Refused):
        note.VerifierKey.parse(changed)


@pytest.mark.parametrize(
    "text",
    ["", "name", GO_SKEY.replace("c74f20a3", "c74f20a4"), GO_VKEY, GO_SKEY + "=", GO_SKEY[:-4]],
)
def test_a_spoiled_private_key_is_refused(text):
    with pytest.raises(Refused):
        note.SignerKey.parse(text)


@pytest.mark.parametrize("name", ["", "two words", "plus+plus", "全角\u3000空格"])
def test_a_name_that_would_break_the_signature_line_is_refused(name):
    with pytest.raises(Refused):
        _ = note.SignerKey.generate(name).verifier


@given(st.data())
def test_no_changed_bit_of_a_checkpoint_goes_unnoticed(data):
    signed = checkpoint.sign(HEAD, LOG).encode()
    place = data.draw(st.integers(0, len(signed) * 8 - 1))
    changed = bytearray(signed)
    changed[place // 8] ^= 1 << place % 8
    try:
        document = changed.decode()
    except UnicodeDecodeError:
        return

    with pytest.raises(Refused):
        checkpoint.opened(document, [LOG.verifier], HEAD.origin)


@pytest.mark.parametrize(
    "document",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— name\n",
        "text\n\n- name AAAAAAAA\n",
        "text\n\n— name AAAAAAAA",
        "text\n\n— name AAAA\n",
        "text\n\n— name !!!!\n",
        "text\n\n— name AAAAAAB=\n",
        "text\t\n\n— name AAAAAAAA\n",
        "text\n\n— na me AAAAAAAA\n",
        "text\n\n" + "— name AAAAAAAA\n" * 101,
    ],
)
def test_a_document_that_is_no_note_is_refused(document):
    with pytest.raises(Refused) as refusal:
        note.parse(document)

    assert refusal.value.code == "bad-note"


def test_a_note_may_hold_blank_lines():
    text = "one\n\ntwo\n"

    assert note.opened(str(note.sign(text, LOG)), [LOG.verifier]).text == text


def test_signatures_of_strangers_are_ignored():
    signed = note.sign("text\n", LOG)
    stranger = note.Signature("stranger", b"1234", b"whatever")
    same_name = note.Signature(LOG.name, b"1234", bytes(64))

    both = str(note.Note(signed.text, (stranger, same_name, *signed.signatures)))

    assert note.opened(both, [LOG.verifier]).text == "text\n"


def test_a_note_that_no_trusted_key_signed_is_refused():
    with pytest.raises(Refused) as refusal:
        note.opened(GO_NOTE, [LOG.verifier])

    assert refusal.value.code == "note-unsigned"


def test_one_bad_line_of_a_trusted_key_spoils_the_note():
    signed = note.sign("text\n", LOG)
    bad = note.Signature(LOG.name, LOG.verifier.key_id, bytes(64))

    with pytest.raises(Refused) as refusal:
        note.opened(str(note.Note(signed.text, (*signed.signatures, bad))), [LOG.verifier])

    assert refusal.value.code == "note-spoiled"


def test_a_checkpoint_is_read_as_it_was_written():
    assert checkpoint.opened(checkpoint.sign(HEAD, LOG), [LOG.verifier], LOG.name) == HEAD
    assert checkpoint.Checkpoint.parse(HEAD.text) == HEAD


def test_a_checkpoint_of_another_log_is_refused():
    with pytest.raises(Refused) as refusal:
        checkpoint.opened(checkpoint.sign(HEAD, LOG), [LOG.verifier], "other.example/log")

    assert refusal.value.code == "wrong-origin"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n5\n",
        HEAD.text + "extension\n",
        HEAD.text.removesuffix("\n"),
        HEAD.text.replace("20852163", "020852163"),
        HEAD.text.replace("20852163", "-1"),
        HEAD.text.replace("20852163", "٣"),
        HEAD.text.replace("=", ""),
        "\n" + HEAD.text.split("\n", 1)[1],
        "origin\n5\nAAAA\n",
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused(text):
    with pytest.raises(Refused) as refusal:
        checkpoint.Checkpoint.parse(text)

    assert refusal.value.code == "bad-checkpoint"


def test_a_witness_says_when_it_saw_the_head():
    signed = checkpoint.cosign(checkpoint.sign(HEAD, LOG), WITNESS, AT)

    assert checkpoint.opened(signed, [LOG.verifier]) == HEAD
    assert checkpoint.cosignatures(signed, [WITNESS.verifier]) == [checkpoint.Cosignature(WITNESS.name, AT)]


def test_a_cosignature_covers_time_and_head():
    # C2SP tlog-cosignature: the message is spelled out in the specification.
    signed = checkpoint.cosign(checkpoint.sign(HEAD, LOG), WITNESS, AT)
    line = note.parse(signed).signatures[1]

    message = f"cosignature/v1\ntime {int(AT.timestamp())}\n{HEAD.text}".encode()

    assert line.raw[:8] == int(AT.timestamp()).to_bytes(8, "big")
    assert WITNESS.verifier.signed(message, line.raw[8:])


def test_a_cosignature_for_another_time_spoils_the_note():
    signed = note.parse(checkpoint.cosign(checkpoint.sign(HEAD, LOG), WITNESS, AT))
    line = signed.signatures[1]
    later = note.Signature(
        line.name, line.key_id, (int(AT.timestamp()) + 1).to_bytes(8, "big") + line.raw[8:]
    )

    with pytest.raises(Refused) as refusal:
        checkpoint.cosignatures(str(note.Note(signed.text, (later,))), [WITNESS.verifier])

    assert refusal.value.code == "note-spoiled"


def test_the_key_of_a_log_is_no_key_of_a_witness():
    with pytest.raises(ValueError, match="cosignature type"):
        checkpoint.cosign(checkpoint.sign(HEAD, LOG), LOG, AT)


def test_the_same_key_has_another_id_for_each_type():
    log = note.SignerKey(WITNESS.name, note.ED25519, WITNESS.seed)

    assert log.verifier.public == WITNESS.verifier.public
    assert log.verifier.key_id != WITNESS.verifier.key_id


QUANTUM = note.SignerKey("witness.example/w1", note.MLDSA44, bytes(range(32)))


def test_ml_dsa_signs_the_structure_of_the_specification():
    # C2SP tlog-cosignature, "ML-DSA-44 signed message".
    line = checkpoint.signature(HEAD, QUANTUM, AT)
    seconds = int(AT.timestamp()).to_bytes(8, "big")
    message = (
        b"subtree/v1\n\0\x12witness.example/w1"
        + seconds
        + b"\x17mingjing.example/record"
        + (0).to_bytes(8, "big")
        + (20_852_163).to_bytes(8, "big")
        + HEAD.root
    )

    assert line.raw[:8] == seconds
    assert len(line.raw) == 8 + 2420
    assert QUANTUM.verifier.signed(message, line.raw[8:])


def test_an_ml_dsa_key_is_written_as_it_was_read():
    vkey = str(QUANTUM.verifier)

    assert len(QUANTUM.verifier.public) == 1312
    assert note.VerifierKey.parse(vkey) == QUANTUM.verifier
    assert note.SignerKey.parse(QUANTUM.secret()) == QUANTUM
    hashed = hashlib.sha256(b"witness.example/w1\n\x06" + QUANTUM.verifier.public)
    assert QUANTUM.verifier.key_id == hashed.digest()[:4]


def test_a_log_may_sign_with_both_algorithms():
    quantum = note.SignerKey(LOG.name, note.MLDSA44, LOG.seed)
    signed = checkpoint.sign(HEAD, LOG, quantum, at=AT)

    assert checkpoint.opened(signed, [LOG.verifier]) == HEAD
    assert checkpoint.opened(signed, [quantum.verifier]) == HEAD
    assert checkpoint.opened(checkpoint.sign(HEAD, quantum), [quantum.verifier, LOG.verifier]) == HEAD


def test_an_ml_dsa_line_over_another_head_spoils_the_note():
    other = checkpoint.Checkpoint(HEAD.origin, HEAD.size + 1, HEAD.root)
    line = checkpoint.signature(other, QUANTUM, AT)
    signed = checkpoint.with_lines(checkpoint.sign(HEAD, LOG), [line])

    with pytest.raises(Refused) as refusal:
        checkpoint.cosignatures(signed, [QUANTUM.verifier])

    assert refusal.value.code == "note-spoiled"


def test_an_ml_dsa_witness_must_say_when():
    untimed = checkpoint.with_lines(checkpoint.sign(HEAD, LOG), [checkpoint.signature(HEAD, QUANTUM)])

    with pytest.raises(Refused) as refusal:
        checkpoint.cosignatures(untimed, [QUANTUM.verifier])

    assert refusal.value.code == "note-spoiled"
    with pytest.raises(ValueError, match="needs its time"):
        checkpoint.signature(HEAD, WITNESS)


def test_a_time_beyond_all_calendars_spoils_the_note():
    raw = (2**63 + 1).to_bytes(8, "big") + bytes(64)
    line = note.Signature(WITNESS.name, WITNESS.verifier.key_id, raw)

    with pytest.raises(Refused) as refusal:
        checkpoint.cosignatures(checkpoint.with_lines(checkpoint.sign(HEAD, LOG), [line]), [WITNESS.verifier])

    assert refusal.value.code == "note-spoiled"


def test_an_ml_dsa_key_of_the_wrong_length_is_refused():
    for public in (b"", bytes(32), bytes(1311)):
        with pytest.raises(Refused) as refusal:
            note.VerifierKey("example", note.MLDSA44, public)
        assert refusal.value.code == "bad-key"
    with pytest.raises(Refused):
        note.SignerKey.parse(GO_SKEY[:-4] + "AAAA" * 4)


def test_a_name_too_long_for_the_structure_is_refused():
    head = checkpoint.Checkpoint("长" * 86, 1, HEAD.root)

    with pytest.raises(Refused) as refusal:
        checkpoint.signature(head, QUANTUM, AT)

    assert refusal.value.code == "bad-checkpoint"


def test_the_same_line_is_added_once():
    signed = checkpoint.cosign(checkpoint.sign(HEAD, LOG), WITNESS, AT)
    lines = note.parse(signed).signatures

    assert checkpoint.with_lines(signed, lines) == signed


def proof() -> tuple[bytes, checkpoint.Proof]:
    """A proof for leaf 1 of 3."""
    leaves = [merkle.leaf_hash(bytes([number])) for number in range(3)]
    root = merkle.node_hash(merkle.node_hash(leaves[0], leaves[1]), leaves[2])
    head = checkpoint.Checkpoint(LOG.name, 3, root)
    return leaves[1], checkpoint.Proof(1, (leaves[0], leaves[2]), checkpoint.sign(head, LOG))


def test_a_proof_file_is_read_as_it_was_written_and_proves():
    leaf, made = proof()

    read = checkpoint.Proof.parse(str(made))

    assert read == made
    assert str(made).startswith("c2sp.org/tlog-proof@v1\nindex 1\n")
    assert read.proves(leaf, checkpoint.opened(read.checkpoint, [LOG.verifier]))
    assert not read.proves(merkle.leaf_hash(b"other"), checkpoint.opened(read.checkpoint, [LOG.verifier]))


def test_extra_data_in_a_proof_file_is_skipped():
    _, made = proof()

    assert checkpoint.Proof.parse(str(made).replace("index", "extra AAAA\nindex", 1)) == made


def test_a_proof_of_the_only_entry_needs_no_hashes():
    made = checkpoint.Proof(0, (), checkpoint.sign(HEAD, LOG))

    assert checkpoint.Proof.parse(str(made)) == made


@pytest.mark.parametrize(
    "old, new",
    [
        ("tlog-proof@v1", "tlog-proof@v2"),
        ("index 1", "index 01"),
        ("index 1", "index -1"),
        ("index 1\n", ""),
        ("index 1", "extra !\nindex 1"),
        ("=\n", "\n"),
        ("\n\n", "\n"),
    ],
)
def test_a_document_that_is_no_proof_is_refused(old, new):
    _, made = proof()

    with pytest.raises(Refused):
        checkpoint.Proof.parse(str(made).replace(old, new))
