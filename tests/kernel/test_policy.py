"""Trust policies: what C2SP tlog-policy says of each line, and who is a quorum."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.kernel import checkpoint, note
from mingjing.kernel.policy import MAX_BYTES, Group, Log, Policy, Witness
from mingjing.kernel.refused import Refused

AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
LOG = note.SignerKey("mingjing.example/2026", note.ED25519, bytes(range(32)))
LATER = note.SignerKey("mingjing.example/2027", note.ED25519, bytes(range(40, 72)))
HEAD = checkpoint.Checkpoint(LOG.name, 123, hashlib.sha256(b"root").digest())


def witness(number: int, kind: int = note.COSIGNATURE) -> note.SignerKey:
    """The key of an invented witness."""
    return note.SignerKey(f"witness.example/w{number}", kind, bytes([number]) * 32)


W = {f"W{number}": witness(number) for number in range(1, 7)}
KEYS = {name: str(key.verifier) for name, key in W.items()}
LINES = "".join(f"witness {name} {vkey}\n" for name, vkey in KEYS.items())

# The two-level example of the specification: two of the X and one of the Y.
EXAMPLE = (
    f"log {LOG.verifier}\n\n{LINES}"
    "group X-witnesses 2 W1 W2 W3\n"
    "group Y-witnesses any W4 W5 W6\n"
    "group X-and-Y all X-witnesses Y-witnesses\n"
    "quorum X-and-Y\n"
)


def test_the_example_of_the_specification_is_read():
    read = Policy.parse(EXAMPLE)

    assert read.logs == (Log(LOG.verifier),)
    assert [one.name for one in read.witnesses] == list(W)
    assert read.groups[0] == Group("X-witnesses", 2, ("W1", "W2", "W3"))
    assert read.quorum == "X-and-Y"


@pytest.mark.parametrize(
    "names, met",
    [
        ("", False),
        ("W1 W2", False),
        ("W4", False),
        ("W1 W4", False),
        ("W1 W2 W4", True),
        ("W2 W3 W6", True),
        ("W1 W2 W3 W4 W5 W6", True),
        ("W4 W5 W6", False),
        ("X-witnesses Y-witnesses", False),
    ],
)
def test_the_quorum_of_the_example(names, met):
    assert Policy.parse(EXAMPLE).satisfied_by(names.split()) is met


def test_a_policy_without_witnesses_asks_for_none():
    read = Policy.parse("quorum none\n")

    assert read == Policy()
    assert read.satisfied_by(())


def test_a_policy_is_written_as_it_is_read():
    read = Policy.parse(EXAMPLE)

    assert Policy.parse(str(read)) == read
    assert str(Policy.parse("quorum none\n")) == "quorum none\n"


def test_space_comments_and_addresses_are_read():
    text = (
        f"  # 司法局\n\t\n \tlog\t{LOG.verifier}  https://log.example/ \n"
        f"witness 司法局 {KEYS['W1']} https://witness.example/w1\nquorum 司法局\n"
    )

    read = Policy.parse(text)

    assert read.logs == (Log(LOG.verifier, "https://log.example/"),)
    assert read.witnesses == (Witness("司法局", W["W1"].verifier, "https://witness.example/w1"),)
    assert read.satisfied_by(["司法局"])


def test_names_are_octets_and_nothing_is_folded():
    # The Kelvin sign looks like K; a name may also be no UTF-8 at all.
    text = f"witness K {KEYS['W1']}\nwitness \u212a {KEYS['W2']}\nquorum \u212a\n".encode()
    odd = b"witness \xff\xfe " + KEYS["W1"].encode() + b"\nquorum \xff\xfe\n"

    assert not Policy.parse(text).satisfied_by(["K"])
    assert Policy.parse(text).satisfied_by(["\u212a"])
    assert len(Policy.parse(odd).witnesses) == 1


def test_a_wide_space_is_part_of_a_name():
    read = Policy.parse(f"witness 司\u3000法 {KEYS['W1']}\nquorum 司\u3000法\n")

    assert read.quorum == "司\u3000法"


LOW_ORDER = note._base64(bytes([note.COSIGNATURE]) + bytes(32))


@pytest.mark.parametrize(
    "text, code",
    [
        ("", "bad-policy"),
        ("\n# nothing\n", "bad-policy"),
        ("quorum none", "bad-policy"),
        ("quorum none\r\n", "bad-policy"),
        ("quorum none\x7f\n", "bad-policy"),
        ("quorum none\nquorum none\n", "bad-policy"),
        ("quorum none # why\n", "bad-policy"),
        ("quorum\n", "bad-policy"),
        ("quorum W1\n", "bad-policy"),
        (f"quorum W1\nwitness W1 {KEYS['W1']}\n", "bad-policy"),
        ("Quorum none\n", "bad-policy"),
        ("log\nquorum none\n", "bad-policy"),
        (f"log {LOG.verifier} https://log.example/ more\nquorum none\n", "bad-policy"),
        (f"log {KEYS['W1']}\nquorum none\n", "bad-policy"),
        (f"log {LOG.verifier}\nlog {LOG.verifier}\nquorum none\n", "bad-policy"),
        (f"witness W1 {LOG.verifier}\nquorum W1\n", "bad-policy"),
        (f"witness {KEYS['W1']}\nquorum W1\n", "bad-policy"),
        (f"witness W1 {KEYS['W1']}\nwitness W1 {KEYS['W2']}\nquorum W1\n", "bad-policy"),
        (f"witness W1 {KEYS['W1']}\nwitness W2 {KEYS['W1']}\nquorum W1\n", "bad-policy"),
        (f"witness none {KEYS['W1']}\nquorum none\n", "bad-policy"),
        (f"{LINES}group none any W1\nquorum none\n", "bad-policy"),
        (f"{LINES}group G any\nquorum G\n", "bad-policy"),
        (f"{LINES}group G 0 W1\nquorum G\n", "bad-policy"),
        (f"{LINES}group G 3 W1 W2\nquorum G\n", "bad-policy"),
        (f"{LINES}group G 01 W1 W2\nquorum G\n", "bad-policy"),
        (f"{LINES}group G ２ W1 W2\nquorum G\n", "bad-policy"),
        (f"{LINES}group G most W1 W2\nquorum G\n", "bad-policy"),
        (f"{LINES}group G any W1 W1\nquorum G\n", "bad-policy"),
        (f"{LINES}group G any W1 none\nquorum G\n", "bad-policy"),
        (f"{LINES}group G any G\nquorum G\n", "bad-policy"),
        (f"{LINES}group G any H\ngroup H any W1\nquorum G\n", "bad-policy"),
        (f"{LINES}group G any W1 W2\ngroup H any W2 W3\nquorum G\n", "bad-policy"),
        (f"{LINES}group W1 any W2\nquorum W1\n", "bad-policy"),
        (f"witness W1 {KEYS['W1'][:-2]}\nquorum W1\n", "bad-key"),
        (f"witness W1 low+00000000+{LOW_ORDER}\nquorum W1\n", "bad-key"),
        ("#" + "x" * (1 << 20) + "\nquorum none\n", "bad-policy"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(text, code):
    with pytest.raises(Refused) as refusal:
        Policy.parse(text)

    assert refusal.value.code == code


def test_one_key_under_two_names_is_a_duplicate():
    twin = note.SignerKey("other.example", note.COSIGNATURE, W["W1"].seed).verifier

    with pytest.raises(Refused) as refusal:
        Policy.parse(f"witness A {KEYS['W1']}\nwitness B {twin}\nquorum A\n")

    assert "第 2 行" in refusal.value.reason
    assert "同一把公钥" in refusal.value.reason


def test_a_refusal_names_the_line():
    with pytest.raises(Refused) as refusal:
        Policy.parse(f"# one\n\n{LINES}group G any W9\nquorum G\n")

    assert "第 9 行" in refusal.value.reason
    assert "W9" in refusal.value.reason


def document(*names: str) -> str:
    """The head, cosigned by these witnesses."""
    signed = checkpoint.sign(HEAD, LOG)
    for name in names:
        signed = checkpoint.cosign(signed, W[name], AT)
    return signed


def test_a_cosigned_head_satisfies_its_policy():
    verdict = Policy.parse(EXAMPLE).judge(document("W1", "W2", "W5"))

    assert verdict.head == HEAD
    assert verdict.met
    assert verdict.witnesses == {"W1", "W2", "W5"}
    assert verdict.cosignatures[0] == checkpoint.Cosignature("witness.example/w1", AT)
    assert Policy.parse(EXAMPLE).require(document("W1", "W2", "W5")) == HEAD


def test_too_few_cosignatures_are_told_by_name():
    with pytest.raises(Refused) as refusal:
        Policy.parse(EXAMPLE).require(document("W1", "W5"))

    assert refusal.value.code == "quorum-not-met"
    assert "W1、W5" in refusal.value.reason


def test_one_witness_signing_twice_counts_once():
    twice = checkpoint.cosign(document("W1"), W["W1"], AT.replace(hour=10))

    assert not Policy.parse(EXAMPLE).judge(checkpoint.cosign(twice, W["W5"], AT)).met


def test_a_spoiled_cosignature_spoils_the_head():
    found = note.parse(document("W1", "W2", "W5"))
    last = found.signatures[-1]
    spoiled = note.Signature(last.name, last.key_id, last.raw[:-1] + bytes([last.raw[-1] ^ 1]))

    with pytest.raises(Refused) as refusal:
        Policy.parse(EXAMPLE).judge(str(note.Note(found.text, (*found.signatures[:-1], spoiled))))

    assert refusal.value.code == "note-spoiled"


def test_any_of_the_listed_logs_is_accepted_under_its_own_key_only():
    two_years = EXAMPLE.replace(f"log {LOG.verifier}\n", f"log {LOG.verifier}\nlog {LATER.verifier}\n")
    next_year = checkpoint.Checkpoint(LATER.name, 5, HEAD.root)
    crossed = note.SignerKey(LATER.name, note.ED25519, LOG.seed)

    assert Policy.parse(two_years).judge(checkpoint.sign(next_year, LATER)).head == next_year
    for signed in (checkpoint.sign(next_year, crossed), checkpoint.sign(next_year, LOG)):
        with pytest.raises(Refused) as refusal:
            Policy.parse(two_years).judge(signed)
        assert refusal.value.code == "note-unsigned"


def test_a_log_that_is_not_listed_is_unknown():
    with pytest.raises(Refused) as refusal:
        Policy.parse(EXAMPLE).judge(checkpoint.sign(checkpoint.Checkpoint("x", 1, HEAD.root), LOG))

    assert refusal.value.code == "unknown-log"


def test_logs_and_witnesses_may_use_ml_dsa():
    log, other = witness(1, note.MLDSA44), witness(2, note.MLDSA44)
    head = checkpoint.Checkpoint(log.name, 7, HEAD.root)
    policy = Policy.parse(f"log {log.verifier}\nwitness W {other.verifier}\nquorum W\n")

    signed = checkpoint.sign(head, log)

    assert not policy.judge(signed).met
    assert policy.require(checkpoint.cosign(signed, other, AT)) == head


@given(st.data())
def test_more_cosignatures_never_make_a_quorum_less(data):
    read = Policy.parse(EXAMPLE)
    some = data.draw(st.sets(st.sampled_from(sorted(W))))
    more = some | data.draw(st.sets(st.sampled_from(sorted(W))))

    assert read.satisfied_by(more) or not read.satisfied_by(some)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail(data):
    try:
        read = Policy.parse(data + b"\n")
    except Refused:
        return

    assert Policy.parse(str(read)) == read


OTHER_LOG = note.SignerKey("mingjing.example/2028", note.ED25519, bytes(range(80, 112))).verifier
A_LOG, A_WITNESS = f"log {LOG.verifier}\n", f"witness W1 {KEYS['W1']}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lock x\nquorum none\n", "第 1 行：不认识“lock”，应为 log、witness、group 或 quorum"),
        (f"{A_LOG}quorum none none\n", "第 2 行：quorum 后面的项数不对"),
        (A_LOG, "没有 quorum 行"),
        (f"log {KEYS['W1']}\nquorum none\n", "的签名类型 0x04 不能用作日志的密钥"),
        (f"witness W {LOG.verifier}\nquorum none\n", "的签名类型 0x01 不能用作见证方的密钥"),
        (f"{LINES}group a any W1\ngroup b any W1\nquorum b\n", "“W1”已经是一个组的成员，不能重复计算"),
        ("quorum none\nquorum none\n", "第 2 行：信任策略有误：quorum 行只能有一行"),
        (f"witness none {KEYS['W1']}\nquorum none\n", "名称“none”是保留的"),
        (f"{LINES}group W1 any W2\nquorum W1\n", "名称“W1”已经用过"),
        (f"{LINES}group a 4 W1 W2 W3\nquorum a\n", "门槛“4”应为 any、all 或 1 到 3 的整数"),
        ("quorum none\n\n\n#\x00\n", "第 4 行：含有控制字符 0x00（换行只能是 LF，不能是 CRLF）"),
        ("\n\nquorum none\r\n\n", "第 3 行：含有控制字符 0x0d"),
        ("quorum none", "最后一行没有换行，文件可能不完整"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_what_to_do(text, said):
    with pytest.raises(Refused) as refusal:
        Policy.parse(text)

    assert said in refusal.value.reason
    assert refusal.value.remedy


def test_a_group_may_ask_for_each_of_its_members_by_number():
    read = Policy.parse(f"{LINES}group a 3 W1 W2 W3\nquorum a\n")

    assert read.groups == (Group("a", 3, ("W1", "W2", "W3")),)


def test_groups_are_written_in_words_where_there_is_one():
    lines = ["group a any W1 W2", "group b all W3 W4", "group c 2 W5 W6 a"]

    assert str(Policy.parse(f"{LINES}{chr(10).join(lines)}\nquorum c\n")).splitlines()[-4:] == [
        "group a any W1 W2", "group b all W3 W4", "group c 2 W5 W6 a", "quorum c",
    ]  # fmt: skip


@pytest.mark.parametrize("url", ["", "https://w.example/"])
def test_addresses_are_written_where_there_are_any(url):
    assert str(Log(OTHER_LOG, url)) == f"log {OTHER_LOG} {url}".rstrip()
    assert str(Witness("W1", W["W1"].verifier, url)) == f"witness W1 {KEYS['W1']} {url}".rstrip()


def test_a_witness_without_an_address_has_none():
    assert Policy.parse(f"{A_WITNESS}quorum W1\n").witnesses[0].url == ""


def test_only_blanks_and_tabs_are_space():
    """A form feed is a control character, but a wide space at the end of a line is part of the last name."""
    with pytest.raises(Refused, match="没有在前面的行里定义过"):
        Policy.parse(f"{A_WITNESS}quorum W1\u3000\n")


def test_a_policy_of_the_largest_size_is_read():
    line = "quorum none\n"
    comment = "#" * (MAX_BYTES - len(line) - 1)

    assert Policy.parse(f"{comment}\n{line}").quorum == "none"
    with pytest.raises(Refused, match=f"文件长 {MAX_BYTES + 1} 字节，超过 {MAX_BYTES} 字节"):
        Policy.parse(f"#{comment}\n{line}")


def test_octets_that_are_no_text_are_names_all_the_same():
    spoiled = b"\xff".decode("utf-8", "surrogateescape")
    text = f"witness {spoiled} {KEYS['W1']}\nquorum {spoiled}\n"

    assert Policy.parse(text) == Policy.parse(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(Refused, match="“\ufffd”没有在前面的行里定义过"):
        Policy.parse(f"quorum {spoiled}\n")


def test_what_is_shown_of_a_long_word_is_cut():
    with pytest.raises(Refused) as refusal:
        Policy.parse(f"{'x' * 100} y\nquorum none\n")

    assert f"“{'x' * 60}”" in refusal.value.reason


def test_a_head_that_is_not_enough_says_what_to_do():
    policy = Policy.parse(f"{A_LOG}{A_WITNESS}quorum W1\n")
    with pytest.raises(Refused) as refusal:
        policy.require(checkpoint.sign(HEAD, LOG))

    assert (refusal.value.code, bool(refusal.value.remedy)) == ("quorum-not-met", True)


def test_a_head_of_an_unknown_log_says_which():
    with pytest.raises(Refused, match=f"签名头来自“{LOG.name}”"):
        Policy.parse(f"log {OTHER_LOG}\nquorum none\n").judge(checkpoint.sign(HEAD, LOG))


def test_the_remedy_for_a_bad_key_reaches_the_reader():
    with pytest.raises(Refused) as refusal:
        Policy.parse("log nonsense\nquorum none\n")

    assert (refusal.value.code, bool(refusal.value.remedy)) == ("bad-key", True)
