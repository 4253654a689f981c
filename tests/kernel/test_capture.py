"""The chain of a recording: whatever is done to it is found, and nothing else is."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from mingjing.kernel import canonical, capture
from mingjing.kernel.refused import Refused

START: dict[str, Any] = {
    "v": "mingjing-capture/1",
    "id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "device": "XC0123456789",
    "officer": 7,
    "n": 1,
    "prev": None,
    "kind": "video",
    "media_type": "video/webm;codecs=vp8,opus",
    "name": "现场录像.webm",
    "purpose": "查封现场",
    "case": "P000001",
    "step": "implement",
    "of": None,
    "watermark": "",
    "started_at": "2026-11-27T06:05:00.123Z",
    "offset_ms": -250,
    "place": {"lat": "31.2090", "lon": "107.4680", "accuracy": "12"},
}
END: dict[str, Any] = {
    "v": "mingjing-capture/1",
    "id": START["id"],
    "start": "0" * 64,
    "chunks": 1,
    "size_bytes": 1,
    "head": "0" * 64,
    "ended_at": "2026-11-27T06:05:10Z",
    "ending": "stopped",
    "marks": [{"kind": "pause", "seq": 1, "at": "2026-11-27T06:05:04Z", "ms": 0}],
}
# head_0 and head_2 of START with the chunks b"one" and b"two"; the browser test computes the same in JavaScript.
VECTOR = (
    "2bd1f87173f0476d6c0eadbe31b4d07830afbdd223e7393fc55079ab50f609f0",
    "ddd888cd42fe7267d4d33dcd318508187662a7bece256aed81c4630fa715cf20",
)
CHUNKS = st.lists(st.binary(min_size=1, max_size=12), min_size=1, max_size=8)


def start(**changes: Any) -> bytes:
    return canonical.dump({**START, **changes})


def digests(chunks: list[bytes]) -> list[tuple[bytes, int]]:
    return [(hashlib.sha256(one).digest(), len(one)) for one in chunks]


def ended(chunks: list[bytes], **changes: Any) -> capture.Ended:
    """What the device signs behind these chunks."""
    said = {
        **END,
        "start": capture.digest_of(start()),
        "chunks": len(chunks),
        "size_bytes": sum(len(one) for one in chunks),
        "head": capture.chain(start(), [one for one, _ in digests(chunks)]).hex(),
    }
    return capture.read_end(canonical.dump({**said, **changes}))


def test_the_chain_is_the_one_that_is_written_down() -> None:
    first = hashlib.sha256(b"mingjing-capture/1" + start()).digest()
    one, two = hashlib.sha256(b"one").digest(), hashlib.sha256(b"two").digest()
    last = hashlib.sha256(hashlib.sha256(first + one).digest() + two).digest()

    assert (capture.start_head(start()).hex(), capture.chain(start(), [one, two]).hex()) == VECTOR
    assert (first.hex(), last.hex()) == VECTOR


@given(CHUNKS)
def test_what_arrives_as_it_was_sent_is_whole(chunks: list[bytes]) -> None:
    assert capture.why_broken(start(), ended(chunks), digests(chunks)) is None


@given(CHUNKS, st.data())
def test_any_chunk_changed_dropped_swapped_or_added_is_found(
    chunks: list[bytes], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(chunks) - 1))
    other = data.draw(st.binary(min_size=1, max_size=12))
    swapped = list(chunks)
    swapped[place], swapped[-1] = swapped[-1], swapped[place]
    tampered = data.draw(
        st.sampled_from(
            [
                [*chunks[:place], other, *chunks[place + 1 :]],
                chunks[:place] + chunks[place + 1 :],
                [*chunks[:place], other, *chunks[place:]],
                [*chunks, other],
                swapped,
            ]
        )
    )

    found = capture.why_broken(start(), ended(chunks), digests(tampered))

    assert (found is None) == (tampered == chunks)
    assert found is None or found.code == "bad-chain"


@given(CHUNKS)
def test_moving_the_border_between_chunks_is_found(chunks: list[bytes]) -> None:
    whole = b"".join(chunks)

    found = capture.why_broken(start(), ended(chunks), digests([whole]))

    assert (found is None) == (len(chunks) == 1)


@pytest.mark.parametrize("changes", [{"id": str(uuid.uuid4())}, {"start": "1" * 64}])
def test_an_end_of_another_recording_is_found(changes: dict[str, Any]) -> None:
    found = capture.why_broken(start(), ended([b"one"], **changes), digests([b"one"]))

    assert found is not None
    assert found.code == "bad-chain"


@pytest.mark.parametrize(
    "changes",
    [
        {"v": "mingjing-capture/2"},
        {"id": "01890A5D-AC96-774B-BCCE-B302099A8057"},
        {"id": "x"},
        {"device": ""},
        {"officer": "7"},
        {"officer": True},
        {"n": 0},
        {"n": 2},  # no predecessor named
        {"prev": "0" * 64},  # the first has none
        {"prev": "0" * 63, "n": 2},
        {"kind": "film"},
        {"kind": "copy"},  # of nothing
        {"of": "01890a5d-ac96-774b-bcce-b302099a8057"},  # only copies are of something
        {"media_type": "webm"},
        {"name": ""},
        {"name": "a" * 201},
        {"case": "a" * 61},
        {"started_at": "2026-11-27T06:05:00"},
        {"started_at": "yesterday"},
        {"started_at": "1970-01-01T00:00:00Z"},
        {"offset_ms": "0"},
        {"place": {"lat": "31.2"}},
        {"place": {"lat": "31.2", "lon": "x", "accuracy": "1"}},
        {"place": ["31.2"]},
    ],
    ids=repr,
)
def test_a_start_manifest_that_is_none_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        capture.read_start(start(**changes))

    assert caught.value.code == "bad-manifest"


@pytest.mark.parametrize(
    "changes",
    [
        {"chunks": 0},
        {"chunks": capture.MOST_CHUNKS + 1},
        {"size_bytes": 0},
        {"head": "0" * 65},
        {"ending": "lost"},
        {"marks": {}},
        {"marks": ["pause"]},
        {"marks": [{"kind": "nap", "seq": 1, "at": "2026-11-27T06:05:04Z"}]},
        {"marks": [{"kind": "pause", "seq": -1, "at": "2026-11-27T06:05:04Z"}]},
        {"marks": [{"kind": "pause", "seq": 1, "at": "never"}]},
    ],
    ids=repr,
)
def test_an_end_manifest_that_is_none_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        capture.read_end(canonical.dump({**END, **changes}))

    assert caught.value.code == "bad-manifest"


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"{ }", b"\xff", b'{"v":1.5}', b" " * 70_000])
def test_bytes_that_are_no_manifest_are_refused(data: bytes) -> None:
    with pytest.raises(Refused) as caught:
        capture.read_start(data)

    assert caught.value.code == "bad-manifest"


def test_what_a_manifest_says_is_read() -> None:
    said = capture.read_start(start(place=None, offset_ms=None))
    marks = capture.read_end(canonical.dump(END)).marks

    assert (said.n, said.prev, said.place, said.offset_ms, said.case) == (1, "", None, None, "P000001")
    assert [(one.kind, one.seq) for one in marks] == [("pause", 1)]
    assert capture.read_start(start()).place == capture.Place("31.2090", "107.4680", "12")


def spki(key: Any) -> bytes:
    der, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return bytes(key.public_key().public_bytes(der, form))


def signed(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def test_only_the_devices_own_signature_over_these_bytes_passes() -> None:
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    signature = signed(key, b"manifest")

    capture.check_signature(spki(key), b"manifest", signature)
    for spoilt in (
        (spki(key), b"manifesto", signature),
        (spki(other), b"manifest", signature),
        (spki(key), b"manifest", signature[:-1]),
        (spki(key), b"manifest", bytes(64)),
        (spki(key), b"manifest", signature[32:] + signature[:32]),
    ):
        with pytest.raises(Refused) as caught:
            capture.check_signature(*spoilt)
        assert caught.value.code == "bad-signature"


def test_only_keys_on_the_curve_of_the_form_are_devices() -> None:
    for data in (b"", b"key", spki(ec.generate_private_key(ec.SECP384R1()))):
        with pytest.raises(Refused) as caught:
            capture.read_public_key(data)
        assert caught.value.code == "bad-device-key"
