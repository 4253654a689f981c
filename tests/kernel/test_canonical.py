"""The canonical form of records and the salted commitments inside them."""

from __future__ import annotations

import base64
import hashlib
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.kernel import canonical
from mingjing.kernel.refused import Refused

SALT = bytes(range(16))

texts = st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: unicodedata.normalize("NFC", text))
keys = st.text(st.characters(max_codepoint=127), max_size=8)
scalars = st.none() | st.booleans() | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER) | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4)
)


@given(values)
def test_what_was_written_is_read_back(value):
    assert canonical.load(canonical.dump(value)) == value


@given(st.dictionaries(keys, scalars))
def test_the_order_of_insertion_leaves_no_trace(value):
    assert canonical.dump(dict(reversed(value.items()))) == canonical.dump(value)


def test_the_bytes_are_those_of_rfc_8785():
    value = {"b": [1, -2, True, None], "a": '达州"\\\n\u0001', "B": {}}

    assert canonical.dump(value) == '{"B":{},"a":"达州\\"\\\\\\n\\u0001","b":[1,-2,true,null]}'.encode()


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        2**53,
        -(2**53),
        {"键": 1},
        {1: 1},
        "e\u0301",
        "\ud800",
        b"bytes",
        {1, 2},
        object(),
    ],
    ids=[
        "fraction",
        "nan",
        "too-large",
        "too-small",
        "key-not-ascii",
        "key-not-text",
        "not-nfc",
        "surrogate",
        "bytes",
        "set",
        "object",
    ],
)
def test_what_cannot_be_written_in_one_way_only_is_refused(value):
    with pytest.raises(Refused) as refusal:
        canonical.dump({"field": [value]} if not isinstance(value, dict) else value)

    assert refusal.value.code == "not-canonical"
    assert refusal.value.remedy


def test_the_refusal_names_the_place():
    with pytest.raises(Refused, match=r"\$\.facts\[1\]\.rate 处不能写入小数：0\.5"):
        canonical.dump({"facts": [1, {"rate": 0.5}]})


def test_nesting_without_end_is_refused():
    value: list[object] = []
    for _ in range(100):
        value = [value]

    with pytest.raises(Refused, match="嵌套"):
        canonical.dump(value)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": ["e\u0301"]}, "$.a[0]"),
        ({"a": {"b": "\ud800"}}, "$.a.b"),
        ([[2**53]], "$[0][0]"),
    ],
)
def test_every_refusal_names_the_place(value, place):
    with pytest.raises(Refused) as refusal:
        canonical.dump(value)

    assert f"：{place} 处" in refusal.value.reason or f"：{place} " in refusal.value.reason


@pytest.mark.parametrize("wrap", [lambda value: [value], lambda value: {"a": value}])
def test_values_nest_as_deep_as_is_said_and_no_deeper(wrap):
    value: object = 1
    for _ in range(canonical.MAX_DEPTH):
        value = wrap(value)

    assert canonical.load(canonical.dump(value)) == value
    with pytest.raises(Refused, match="嵌套超过") as refusal:
        canonical.dump(wrap(value))
    assert "：$[0]" in refusal.value.reason or "：$.a" in refusal.value.reason


@pytest.mark.parametrize("value", [canonical.MAX_INTEGER, -canonical.MAX_INTEGER])
def test_the_largest_integers_that_every_reader_holds_are_written(value):
    assert canonical.load(canonical.dump([value])) == [value]


def test_a_digest_may_end_in_any_letter():
    """Only the padding goes, never a letter of the digest."""
    digests = [canonical.digest(f"{number}") for number in range(2000)]

    assert {len(one) for one in digests} == {43}
    assert any(one.startswith("X") for one in digests)
    assert [base64.urlsafe_b64decode(f"{one}=") for one in digests] == [
        hashlib.sha256(f"{number}".encode()).digest() for number in range(2000)
    ]


@pytest.mark.skipif("sm3" not in hashlib.algorithms_available, reason="this OpenSSL has no SM3")
def test_sm3_is_openssl_s_where_there_is_one():
    assert type(canonical.sm3_hasher()) is type(hashlib.sha256())


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":NaN}',
        b'{"a":-0}',
        b'{"a":01}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b"{} ",
        b"\xef\xbb\xbf{}",
        b"\xff",
        b"",
        b"[" * 100_000,
    ],
)
def test_reading_accepts_only_what_writing_gives(data):
    with pytest.raises(Refused) as refusal:
        canonical.load(data)

    assert refusal.value.code == "not-canonical"


def test_typed_text_is_brought_into_one_form():
    assert canonical.normalized({"a": ["e\u0301", ("豈",)], "n": 1}) == {"a": ["é", ["豈"]], "n": 1}


@given(keys.filter(bool), values)
def test_a_disclosure_reveals_its_value(name, value):
    text = canonical.disclose(name, value, SALT)

    assert canonical.reveal(text) == canonical.Disclosure("AAECAwQFBgcICQoLDA0ODw", name, value)


def test_the_digest_is_over_the_disclosure_text():
    text = canonical.disclose("name", "张某某", SALT)

    expected = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()
    assert canonical.digest(text) + "=" == expected


def test_another_salt_gives_an_unrelated_digest():
    one, other = (canonical.digest(canonical.disclose("name", "张某某", bytes([n]) * 16)) for n in (0, 1))

    assert one != other


def test_a_short_salt_is_a_bug_of_the_caller():
    with pytest.raises(ValueError, match="salt"):
        canonical.disclose("name", "张某某", b"short")


@pytest.mark.parametrize(
    "text",
    ["", "!", "AAAA", "e30", "张", canonical.disclose("name", 1, SALT) + "=", "WzEsMiwzXQ"],
)
def test_a_text_that_is_no_disclosure_is_refused(text):
    with pytest.raises(Refused) as refusal:
        canonical.reveal(text)

    assert refusal.value.code == "bad-disclosure"


def test_sm3_gives_the_digests_of_the_standard():
    # GB/T 32905-2016, annex A, examples 1 and 2.
    assert canonical.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert (
        canonical.sm3(b"abcd" * 16).hex()
        == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    )


def test_a_log_entry_holds_both_digests_and_nothing_else():
    entry = canonical.entry(b"\x01" * 32, b"\x02" * 32)

    assert entry == b"mingjing-entry/1\n" + b"\x01" * 32 + b"\x02" * 32
    assert len(entry) == canonical.ENTRY_BYTES == 81


def test_json_of_other_writers_agrees_within_the_profile():
    value = {"z": "中", "a": [0, 1, -1], "m": {"x": False}}

    assert json.loads(canonical.dump(value)) == value
