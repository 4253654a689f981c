"""The witness protocol, answer by answer (C2SP tlog-witness)."""

from __future__ import annotations

import hashlib
import threading

import pytest

from mingjing.kernel import checkpoint, merkle, note
from mingjing.witness import config
from tests.witness.logs import Log, body

# Published with FiloSottile/torchwood (internal/witness, test of the race): a log of three heads.
SIGSUM = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
SIGSUM_KEY = bytes.fromhex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f")
FIRST = f"""old 0

{SIGSUM}
1
KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

— {SIGSUM} UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=
""".encode()
THREE = f"""old 1
KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

{SIGSUM}
3
RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=

— {SIGSUM} UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=
""".encode()
FIVE = f"""old 1
KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=
KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

{SIGSUM}
5
QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=

— {SIGSUM} UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=
""".encode()


def test_a_published_conversation(witness):
    config.add_log(witness.path, [str(note.VerifierKey(SIGSUM, note.ED25519, SIGSUM_KEY))], "")

    assert witness.post(FIVE)[0] == 409
    assert witness.post(FIRST)[0] == 200
    assert witness.post(FIRST)[::2] == (409, "1\n")
    assert witness.post(FIVE)[0] == 200
    assert witness.post(THREE)[::2] == (409, "5\n")
    assert witness.post(FIVE.replace(b"old 1", b"old 5"))[0] == 422
    lines = FIVE.split(b"\n")
    assert witness.post(b"\n".join([b"old 5", *lines[4:]]))[0] == 200


def test_a_head_that_continues_the_last_is_cosigned(witness, log):
    status, headers, answer = witness.submit(log, 0, 3)

    assert status == 200
    assert headers["Content-Type"].startswith("text/plain")
    assert answer.startswith("— sfj.example/witness ")
    assert answer.endswith("\n")
    cosigned = log.signed(3) + answer
    assert checkpoint.cosignatures(cosigned, [witness.key])[0].at == witness.now
    assert witness.submit(log, 3)[0] == 200


def test_the_last_head_is_kept_before_the_answer(witness, log):
    witness.submit(log, 0, 3)

    head = witness.memory.head(log.key.name)

    assert (head.size, head.root) == (3, log.head(3).root)


def test_the_same_head_is_cosigned_again_with_a_later_time(witness, log):
    witness.submit(log, 0)
    witness.now = witness.now.replace(hour=5)

    status, _, answer = witness.submit(log, 7)

    assert status == 200
    assert checkpoint.cosignatures(log.signed() + answer, [witness.key])[0].at == witness.now
    assert witness.memory.head(log.key.name).grown_at == witness.now.replace(hour=1)


def test_a_clock_set_back_does_not_set_the_time_of_signing_back(witness, log):
    witness.submit(log, 0, 3)
    before = witness.now
    witness.now = before.replace(year=2025)

    answer = witness.submit(log, 3)[2]

    assert checkpoint.cosignatures(log.signed() + answer, [witness.key])[0].at == before


def test_an_unknown_log_is_404(witness):
    stranger = Log(note.SignerKey("other.example/log", note.ED25519, bytes(range(1, 33))), [b"x"])

    assert witness.submit(stranger, 0)[0] == 404


def test_a_head_that_the_log_did_not_sign_is_403(witness, log):
    other = Log(note.SignerKey(log.key.name, note.ED25519, bytes(range(1, 33))), log.entries)

    assert witness.submit(other, 0)[0] == 403


def test_a_bad_signature_of_a_trusted_key_is_403_even_beside_a_good_one(witness, log):
    signed = note.parse(log.signed())
    bad = note.Signature(log.key.name, log.key.verifier.key_id, bytes(64))

    assert witness.post(body(0, [], str(note.Note(signed.text, (bad,)))))[0] == 403
    assert witness.post(body(0, [], str(note.Note(signed.text, (*signed.signatures, bad)))))[0] == 403


def test_signatures_of_strangers_are_ignored_and_not_passed_on(witness, log):
    stranger = note.Signature("stranger.example", b"1234", bytes(64))
    signed = checkpoint.with_lines(log.signed(), [stranger])

    assert witness.post(body(0, [], signed))[0] == 200
    assert "stranger" not in witness.memory.head(log.key.name).note


def test_a_signature_in_base64_that_no_encoder_writes_is_403(witness, log):
    signed = log.signed()
    assert signed.endswith("=\n")
    # 68 bytes end in one padded group, of whose last character two bits mean nothing.
    last = signed[-3]
    other = chr(ord(last) + 1)

    assert witness.post(body(0, [], f"{signed[:-3]}{other}=\n"))[0] == 403


def test_an_old_size_beyond_the_head_is_400(witness, log):
    assert witness.post(body(8, [], log.signed()))[0] == 400


@pytest.mark.parametrize("old", [1, 5, 7])
def test_another_last_size_is_409_and_told(witness, log, old):
    witness.submit(log, 0, 3)

    status, headers, answer = witness.submit(log, old)

    assert (status, answer, headers["Content-Type"]) == (409, "3\n", "text/x.tlog.size")


def test_a_first_head_needs_no_proof_and_may_not_have_one(witness, log):
    assert witness.post(body(0, [bytes(32)], log.signed()))[0] == 422
    assert witness.post(body(0, [], log.signed()))[0] == 200


def test_a_log_never_seen_has_the_size_0(witness, log):
    assert witness.submit(log, 3)[::2] == (409, "0\n")


def test_a_proof_that_does_not_hold_is_422(witness, log):
    witness.submit(log, 0, 3)
    proof = log.proof(3)
    fork = log.forked(2, b"other", b"other", b"other", b"other", b"other")

    assert witness.post(body(3, proof[:-1], log.signed()))[0] == 422
    assert witness.post(body(3, [*proof, bytes(32)], log.signed()))[0] == 422
    assert witness.post(body(3, [], log.signed()))[0] == 422
    assert witness.submit(fork, 3)[0] == 422
    assert witness.memory.head(log.key.name).size == 3


def test_another_root_at_the_same_size_is_422_and_kept_as_evidence(witness, log):
    witness.submit(log, 0, 3)
    fork = log.forked(2, b"other")

    assert witness.post(body(3, [], fork.signed()))[0] == 422
    assert witness.post(body(3, [], fork.signed()))[0] == 422

    (kept,) = witness.memory.refusals()
    assert (kept.code, kept.size, kept.root, kept.times) == ("forked", 3, fork.head().root, 2)
    assert checkpoint.opened(kept.request.decode().partition("\n\n")[2], [log.key.verifier]) == fork.head()


def test_an_empty_log_has_the_empty_root(witness, log):
    empty = checkpoint.sign(checkpoint.Checkpoint(log.key.name, 0, merkle.EMPTY_ROOT), log.key)
    wrong = checkpoint.sign(checkpoint.Checkpoint(log.key.name, 0, bytes(32)), log.key)

    assert witness.post(body(0, [], wrong))[0] == 422
    assert witness.post(body(0, [bytes(32)], empty))[0] == 422
    assert witness.post(body(0, [], empty))[0] == 200
    assert witness.post(body(0, [], empty))[0] == 200
    assert witness.submit(log, 0)[0] == 200


def spoiled(log: Log) -> dict[str, bytes]:
    """Bodies that are no requests."""
    good = body(0, [], log.signed()).decode()
    return {
        "nothing": b"",
        "no old line": good.partition("\n")[2].encode(),
        "a leading zero": good.replace("old 0", "old 00").encode(),
        "a sign": good.replace("old 0", "old -0").encode(),
        "two spaces": good.replace("old 0", "old  0").encode(),
        "other digits": good.replace("old 0", "old ０").encode(),
        "no blank line": good.replace("\n\n", "\n", 1).encode(),
        "a proof line that is no hash": body(0, [b"short"], log.signed()),
        "a proof line that is no base64": good.replace("old 0\n", "old 0\n!\n").encode(),
        "a proof line with stray bits": good.replace("old 0\n", f"old 0\n{'A' * 42}B=\n").encode(),
        "64 proof lines": body(0, [bytes(32)] * 64, log.signed()),
        "carriage returns": good.replace("\n", "\r\n").encode(),
        "no newline at the end": good[:-1].encode(),
        "no UTF-8": good.encode() + b"\xff",
        "no signature": good.rpartition("—")[0].encode(),
        "an extension line": good.replace("\n\n—", "\nmore\n\n—").encode(),
        "no size": good.replace("\n7\n", "\nseven\n").encode(),
        "no root": good.replace(note._base64(log.head().root), "AAAA").encode(),
    }


def test_whatever_is_no_request_is_400(witness, log):
    for why, data in spoiled(log).items():
        assert (witness.post(data)[0], why) == (400, why)


def test_63_proof_lines_are_not_too_many(witness, log):
    assert witness.post(body(0, [bytes(32)] * 63, log.signed()))[0] == 422


def test_a_body_beyond_all_measure_is_413(witness):
    assert witness.post(b"x" * (512 * 1024 + 1))[0] == 413


def test_only_post_submits_and_only_get_reads(witness):
    assert witness.get("/add-checkpoint")[0] == 405
    assert witness.ask("/", "PUT", b"")[0] == 405
    assert witness.ask("/", "HEAD", b"")[::2] == (200, "")


def test_a_monitor_reads_the_last_head_with_both_signatures(witness, log):
    address = f"/{hashlib.sha256(log.key.name.encode()).hexdigest()}/checkpoint"
    assert witness.get(address)[0] == 404
    witness.submit(log, 0, 3)
    witness.submit(log, 3)

    status, _, document = witness.get(address)

    assert status == 200
    assert checkpoint.opened(document, [log.key.verifier], log.key.name) == log.head()
    assert len(checkpoint.cosignatures(document, [witness.key])) == 1
    assert witness.get(f"/{'0' * 64}/checkpoint")[0] == 404


def test_a_log_with_an_ml_dsa_key_is_cosigned_with_both_of_the_witness_keys(tmp_path):
    from mingjing.witness import making
    from tests.witness.conftest import Witness

    log = Log(note.SignerKey("mingjing.example/2027", note.MLDSA44, bytes(range(32))), [b"x"])
    path = tmp_path / "both" / "witness.toml"
    making.make(path, name="w.example", title="w", listen="127.0.0.1:8070", ml_dsa=True)
    config.add_log(path, [log.vkey], "")
    both = Witness(path)

    status, _, answer = both.submit(log, 0)

    assert status == 200
    keys = [key.verifier for key in both.config().signers()]
    assert [key.kind for key in keys] == [note.COSIGNATURE, note.MLDSA44]
    assert len(checkpoint.cosignatures(log.signed() + answer, keys)) == 2


def test_requests_at_the_same_time_never_set_a_log_back(witness, log):
    """Many submit different continuations of one head at once; whatever was answered is a prefix of the last."""
    log.grow(*(b"%d" % number for number in range(40)))
    witness.submit(log, 0, 1)
    answers: list[tuple[int, int]] = []

    def submit(size: int) -> None:
        answers.append((size, witness.submit(log, 1, size)[0]))

    threads = [threading.Thread(target=submit, args=(size,)) for size in range(2, 34)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    cosigned = [size for size, status in answers if status == 200]
    assert len(cosigned) == 1
    assert {status for _, status in answers} == {200, 409}
    assert witness.memory.head(log.key.name).size == cosigned[0]
