"""Whom the single-file verifier trusts: policies, quorums, and the signatures that count."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from mingjing.kernel import note, policy
from mingjing.kernel.refused import Refused
from mingjing.record.verifier import mingjing_verify as verifier
from tests.record import bundles
from tests.record.asking import Asked, ask, proof_file
from tests.record.bundles import ARCHIVES, BUREAU, LOG, POLICY, Log

__all__ = ["ask"]


# --- policies -----------------------------------------------------------------------------------------------

SOUND = [POLICY, f"log {LOG.verifier} https://log.example/\n\tquorum  none \n", "quorum none\n"]
UNSOUND = [
    "",
    POLICY[:-1],
    POLICY.replace("\n", "\r\n"),
    POLICY.replace("quorum 见证\n", ""),
    POLICY + "quorum 见证\n",
    POLICY.replace("quorum 见证", "quorum 别人"),
    POLICY.replace("any", "0"),
    POLICY.replace("any", "3"),
    POLICY.replace("any", "01"),
    POLICY.replace("any", "x"),
    POLICY.replace("any", "²"),
    POLICY.replace("any 司法局 档案局", "any"),
    POLICY.replace("any 司法局 档案局", "any 司法局 司法局"),
    POLICY.replace("any 司法局 档案局", "any 司法局 别人"),
    POLICY.replace("any 司法局 档案局", "any none"),
    POLICY.replace("quorum 见证", "group 又 1 司法局\nquorum 又"),
    POLICY.replace("group 见证", "group 司法局"),
    POLICY.replace("group 见证", "group none"),
    POLICY.replace("witness 档案局", "witness 司法局"),
    POLICY.replace(str(ARCHIVES.verifier), str(BUREAU.verifier)),
    POLICY.replace(str(ARCHIVES.verifier), str(LOG.verifier)),
    POLICY + f"log {LOG.verifier}\n",
    POLICY + f"log {BUREAU.verifier}\n",
    POLICY + "log\n",
    POLICY + "log a b c\n",
    POLICY + "other x\n",
    POLICY.replace("quorum 见证", "quorum"),
    POLICY.replace("+", "-", 1),
    POLICY.replace("log.example/2026+", "+", 1),
]


@pytest.mark.parametrize("text", SOUND)
def test_a_sound_policy_is_read_as_the_platform_reads_it(text: str) -> None:
    ours, theirs = verifier.parse_policy(text), policy.Policy.parse(text)

    assert ours.quorum == theirs.quorum
    assert list(ours.witnesses) == [witness.name for witness in theirs.witnesses]
    assert {name: group[0] for name, group in ours.groups.items()} == {
        group.name: group.threshold for group in theirs.groups
    }
    assert [str(key) for key in ours.logs] == [
        f"{log.key.name}+{log.key.key_id.hex()}" for log in theirs.logs
    ]


@pytest.mark.parametrize("text", UNSOUND, ids=range(len(UNSOUND)))
def test_an_unsound_policy_is_refused_here_and_by_the_platform(ask: Asked, text: str) -> None:
    with pytest.raises(Refused):
        policy.Policy.parse(text)

    assert ask.bundle(bundles.files(), "--policy", ask.file("policy", text))[0] == 2
    assert ask.bundle(bundles.files() | {"policy.txt": text.encode()})[0] == 2


WITNESSES = {f"w{number}": bundles.signer(f"w{number}", note.COSIGNATURE) for number in range(5)}


@st.composite
def group_policies(draw: st.DrawFn) -> str:
    """Policies of five witnesses in up to two levels of groups."""
    lines = [f"witness {name} {key.verifier}" for name, key in WITNESSES.items()]
    split = draw(st.integers(1, 4))
    names = list(WITNESSES)
    for name, members in (("g", names[:split]), ("h", names[split:])):
        threshold = draw(st.sampled_from(["any", "all", *map(str, range(1, len(members) + 1))]))
        lines.append(f"group {name} {threshold} {' '.join(members)}")
    lines.append(f"group both {draw(st.sampled_from(['any', 'all']))} g h")
    return "\n".join([*lines, f"quorum {draw(st.sampled_from(['both', 'g', 'w0', 'none']))}\n"])


@rules(deadline=None)
@given(group_policies(), st.sets(st.sampled_from(list(WITNESSES))))
def test_a_quorum_holds_for_the_verifier_exactly_when_it_does_for_the_platform(
    text: str, cosigned: set[str]
) -> None:
    assert verifier.parse_policy(text).holds(cosigned) == policy.Policy.parse(text).satisfied_by(cosigned)


# --- signatures ---------------------------------------------------------------------------------------------


def with_line(document: str, key: note.SignerKey, raw: bytes) -> str:
    """A note with one more line that claims to be of ``key``."""
    return document + str(note.Signature(key.name, key.verifier.key_id, raw))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda document: with_line(document, LOG, bytes(64)),
        lambda document: with_line(document, BUREAU, bytes(72)),
        lambda document: with_line(document, BUREAU, bytes(71)),
        lambda document: with_line(document, ARCHIVES, b"\xff" * 72),
        lambda document: document.replace("log.example/2026\n", "other.example/2026\n"),
        lambda document: document[:-1],
    ],
    ids=["a false log line", "a false witness line", "a short one", "another's", "another origin", "cut off"],
)
def test_one_false_signature_of_a_known_key_spoils_the_head(spoil: Any) -> None:
    rules = verifier.parse_policy(POLICY)
    document = Log().head(BUREAU)
    assert verifier.open_head(document, rules).size == 7

    with pytest.raises(verifier.NotProven):
        verifier.open_head(spoil(document), rules)


def test_a_cosignature_of_a_time_no_calendar_holds_is_told_as_a_number(ask: Asked) -> None:
    log = Log()
    text = log.head().partition("\n\n")[0] + "\n"
    for at in (2**40, 2**63, 2**64 - 1):
        signature = at.to_bytes(8, "big") + BUREAU.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
        head = verifier.open_head(with_line(log.head(), BUREAU, signature), verifier.parse_policy(POLICY))
        assert head.cosigned == (("司法局", at),)
    assert verifier._time(2**63) == str(2**63)


def test_a_head_may_carry_the_lines_of_a_key_that_shares_the_name() -> None:
    """Keys are told apart by their ids: after a change of keys both sign under one name."""
    second = note.SignerKey(LOG.name, note.ED25519, bytes(32))
    rules = verifier.parse_policy(f"log {second.verifier}\nlog {LOG.verifier}\nquorum none\n")

    assert verifier.open_head(Log().head(), rules).key == f"{LOG.name}+{LOG.verifier.key_id.hex()}"


def key_of(public: bytes) -> str:
    """A vkey of whatever bytes, with the id that belongs to them."""
    key_id = hashlib.sha256(b"log.example/2026\n\x01" + public).hexdigest()[:8]
    return f"log.example/2026+{key_id}+{base64.b64encode(bytes([1]) + public).decode()}"


# Off the curve; the two points of order 2 and 1; x = 0 with the sign bit; beyond the prime; too short.
ODD_KEYS = [bytes([2, *bytes(31)]), bytes([1, *bytes(31)]), (2**255 - 20).to_bytes(32, "little"),
            bytes([1, *bytes(30), 128]), (2**255 - 1).to_bytes(32, "little"), bytes(31)]  # fmt: skip


@pytest.mark.parametrize("public", ODD_KEYS, ids=range(len(ODD_KEYS)))
def test_nobody_can_sign_for_a_key_that_is_no_point_of_high_order(ask: Asked, public: bytes) -> None:
    path = ask.file("proof.json", proof_file())

    assert ask(path, "--key", key_of(public))[0] in (1, 2)
    assert not verifier.ed25519_verify(public, b"", bytes([1, *bytes(63)]))


@pytest.mark.parametrize(
    "spoil", [lambda s: s + b"\0", lambda s: s[:63], lambda s: bytes([2, *bytes(31)]) + s[32:]]
)
def test_a_signature_of_another_shape_is_none(spoil: Any) -> None:
    signature = LOG.sign(b"text")
    assert verifier.ed25519_verify(LOG.verifier.public, b"text", signature)

    assert not verifier.ed25519_verify(LOG.verifier.public, b"text", spoil(signature))


def test_a_signature_has_one_spelling() -> None:
    """RFC 8032, 5.1.7: the scalar is below the order; the same scalar plus the order would verify as well."""
    signature = LOG.sign(b"text")
    scalar = int.from_bytes(signature[32:], "little") + verifier.ORDER
    malleable = signature[:32] + scalar.to_bytes(32, "little")

    assert not verifier.ed25519_verify(LOG.verifier.public, b"text", malleable)
