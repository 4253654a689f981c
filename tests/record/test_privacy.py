"""G10: what is forgotten is gone, what is published tells of nobody, and every proof stays valid.

The guesser of these tests knows everything but the salts: the record, the names of its fields, the small
domain that the value comes from, and how digests are made. A control shows that with the salt he succeeds.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import json
from collections.abc import Iterator
from itertools import product

import pytest
from django.apps import apps

from mingjing.kernel import canonical
from mingjing.record import actions, body, queries, store
from mingjing.record.models import Disclosure, Entry
from tests.parties.makers import citizen_id
from tests.record.makers import AT, append, append_many, judged

pytestmark = pytest.mark.django_db

# Obviously invented: names of two characters from a short list, numbers of one prefix, one day's birthdays.
NAME, PHONE, ID_CODE = "甄虚构", "13900007777", citizen_id(77)
NAMES = ["".join(parts) for parts in product("甄贾梅金", "虚无不有", "构人存子")]
PHONES = [f"1390000{number:04d}" for number in range(10_000)]
ID_CODES = [citizen_id(number) for number in range(100)]
SECRETS = {"party_name": (NAME, NAMES), "party_phone": (PHONE, PHONES), "party_id": (ID_CODE, ID_CODES)}


@pytest.fixture
def entry() -> Entry:
    """A sealed entry with three personal values, among others."""
    append_many(30)
    made = append(kind="case.decided", personal={name: value for name, (value, _) in SECRETS.items()})
    actions.seal(AT)
    return made


def salts(entry: Entry) -> Iterator[bytes]:
    """Every salt that somebody could try who has the record: nothing, zeros, and whatever it says itself."""
    fields = body.read(bytes(entry.body))
    yield from (b"", bytes(16), hashlib.sha256(entry.body).digest()[:16], entry.id.bytes)
    nonce = base64.urlsafe_b64decode(fields["nonce"] + "=")
    yield from (nonce[:16], nonce[16:], nonce)
    for name in ("id", "subject", "at", "actor", "kind"):
        yield str(fields[name]).encode()[:16].ljust(16, b"\0")


def digests_of(name: str, value: str, salt: bytes) -> Iterator[str]:
    """The digest as it is made with this salt, and the ways in which a careless writer might have made it."""
    text = canonical.disclose(name, value, salt) if len(salt) == 16 else ""
    encoded = base64.urlsafe_b64encode(salt).rstrip(b"=").decode()
    loose = json.dumps([encoded, name, value], ensure_ascii=False, separators=(",", ":")).encode()
    for data in (text.encode(), loose, salt + value.encode(), value.encode(), f"{name}:{value}".encode()):
        yield base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def guessed(entry: Entry, name: str, domain: list[str], tried: list[bytes]) -> str | None:
    """The value that one of the salts betrays, or None."""
    known = set(body.read(bytes(entry.body))["sd"])
    for salt, value in product(tried, domain):
        if not known.isdisjoint(digests_of(name, value, salt)):
            return value
    return None


@pytest.mark.parametrize("name", SECRETS)
def test_a_dictionary_finds_nothing_in_the_digests(entry: Entry, name: str) -> None:
    value, domain = SECRETS[name]
    assert value in domain
    near = domain if len(domain) < 200 else domain[7700:7850]  # the guesser is even told where to look

    assert guessed(entry, name, near, list(salts(entry))) is None


@pytest.mark.parametrize("name", SECRETS)
def test_the_same_dictionary_succeeds_for_whoever_has_the_salt(entry: Entry, name: str) -> None:
    """The control: it is the salt that hides, and destroying it is what forgets."""
    value, domain = SECRETS[name]
    disclosure = canonical.reveal(Disclosure.objects.get(entry=entry, name=name).text)
    salt = base64.urlsafe_b64decode(disclosure.salt + "==")

    assert guessed(entry, name, domain, [salt]) == value


def test_salts_and_nonces_are_never_used_twice() -> None:
    made = [append(subject=f"case:{number}", personal={"party_name": NAME}) for number in range(50)]

    records = [body.read(bytes(one.body)) for one in made]
    texts = Disclosure.objects.values_list("text", flat=True)
    assert len({canonical.reveal(text).salt for text in texts}) == 50
    assert len({record["nonce"] for record in records}) == 50
    assert len({digest for record in records for digest in record["sd"]}) == 50


def everywhere(value: str) -> list[bytes]:
    """The ways in which a value may hide in bytes."""
    raw = value.encode()
    found = [raw, base64.b64encode(raw).rstrip(b"="), raw.hex().encode(), json.dumps(value)[1:-1].encode()]
    return [*found, value.encode("utf-16-le")]


def all_rows() -> bytes:
    """Every column of every table of the record, as bytes, base64 texts also decoded."""
    out = []
    for model in apps.get_app_config("record").get_models():
        for row in model._default_manager.values_list():
            for cell in row:
                out.append(bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode())
                with contextlib.suppress(binascii.Error):
                    out.append(base64.urlsafe_b64decode(str(cell).encode("ascii", "ignore") + b"===="))
    return b"\n".join(out)


def test_a_forgotten_value_is_nowhere_and_every_proof_stays_valid(entry: Entry) -> None:
    before = queries.prove(entry.id, reveal=list(SECRETS))
    assert any(form in all_rows() for form in everywhere(NAME))

    Disclosure.objects.filter(entry=entry).delete()

    rows = all_rows()
    for value, _ in SECRETS.values():
        assert not any(form in rows for form in everywhere(value))
    key = queries.vkey()
    assert judged(queries.prove(entry.id), key)["disclosed"] == {}
    assert judged(before, key)["disclosed"]["party_name"] == NAME  # who was given it, keeps it
    assert queries.verify(deep=True).clean


def test_what_is_published_tells_of_nobody(entry: Entry) -> None:
    files = [path for path in store.log_folder().rglob("*") if path.is_file() and path.name != ".lock"]
    published = b"".join(path.read_bytes() for path in files)

    assert len(files) >= 3
    for name, (value, _) in SECRETS.items():
        assert not any(form in published for form in (*everywhere(value), name.encode()))
    fields = body.read(bytes(entry.body))
    for told in (fields["subject"], fields["kind"], fields["actor"], fields["id"], *fields["sd"]):
        assert told.encode() not in published


def test_a_leaf_hides_even_a_record_that_can_be_guessed(entry: Entry) -> None:
    """Its 256-bit nonce makes the record itself a commitment: all but the nonce is known, and nothing fits."""
    fields = body.read(bytes(entry.body))
    leaf = body.leaf(bytes(entry.sha256), bytes(entry.sm3))
    for nonce in ("", "A" * 43, fields["id"], None):
        guess = canonical.dump({**fields, "nonce": nonce})
        assert body.leaf(hashlib.sha256(guess).digest(), canonical.sm3(guess)) != leaf
    assert len(base64.urlsafe_b64decode(fields["nonce"] + "=")) == body.NONCE_BYTES == 32


def test_a_bundle_of_disclosures_reveals_only_what_was_asked_for(entry: Entry) -> None:
    proof = json.dumps(queries.prove(entry.id, reveal=["party_name"]), ensure_ascii=False).encode()
    texts = json.loads(proof)["disclosures"]

    assert [canonical.reveal(text).name for text in texts] == ["party_name"]
    decoded = proof + b"".join(base64.b64decode(part) for part in (json.loads(proof)["record"],))
    for value in (PHONE, ID_CODE):
        assert not any(form in decoded for form in everywhere(value))
