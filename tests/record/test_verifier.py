"""The single-file verifier: bundles, policies, receipts and consistency, and the plain answer to each."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from mingjing.kernel import canonical, merkle, note, policy
from mingjing.kernel.refused import Refused
from mingjing.record.verifier import mingjing_verify as verifier
from tests.record import bundles
from tests.record.bundles import ARCHIVES, AT, BUREAU, LOG, PDF, POLICY, Log, receipt, record, zipped

MLDSA = note.SignerKey("quantum.example/witness", note.MLDSA44, bytes(32))
FORGER = bundles.signer("log.example/2026/forged")


class Asked:
    """The command as a person runs it, on files in a folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def file(self, name: str, content: bytes | str) -> str:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def __call__(self, *arguments: str) -> tuple[int, str]:
        try:
            code = verifier.main(list(arguments))
        except SystemExit as stopped:
            code = int(str(stopped.code))
        shown = self._capsys.readouterr()
        assert shown.err == ""
        return code, shown.out

    def bundle(self, parts: dict[str, bytes], *more: str) -> tuple[int, str]:
        return self(self.file("bundle.zip", zipped(parts)), *more)

    def trusted(self, parts: dict[str, bytes], *more: str) -> tuple[int, str]:
        return self.bundle(parts, "--policy", self.file("policy", POLICY), *more)


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Asked:
    return Asked(tmp_path, capsys)


def test_a_bundle_is_answered_in_plain_chinese(ask: Asked) -> None:
    code, said = ask.trusted(bundles.files())

    assert code == 0
    assert said.startswith("结论：证明成立。\n—— decision\n")
    assert "日志：log.example/2026，共 10 条，本条为第 7 号（从 0 起）" in said
    assert f"签名：日志公钥 log.example/2026+{LOG.verifier.key_id.hex()}，有效" in said
    assert "见证：联署满足政策要求的“见证”：司法局（北京时间 2026-11-27 21:30:05 联署）" in said
    assert "披露内容：number＝12" in said
    assert "文书：与记录登记的“公示文本.pdf”完全一致（files/公示文本.pdf）" in said
    assert "没有证明的：" in said
    assert "decision 1 项内容只有摘要，没有披露" in said
    assert "公钥是不是官方的" not in said
    assert "张某某" not in said


def test_a_bundle_is_answered_in_english(ask: Asked) -> None:
    code, said = ask.trusted(bundles.files(), "--lang", "en")

    assert code == 0
    assert said.startswith("Answer: proven.\n")
    assert "Witnesses: the quorum “见证” holds: 司法局 (cosigned 2026-11-27 21:30:05 Beijing time)" in said
    assert ask("nothing.zip", "--lang", "en") == (
        2,
        "Answer: cannot be verified.\nReason: The file “nothing.zip” cannot be read: it does not exist, "
        "is a folder, or is not yours to read.\n",
    )


def test_a_bundle_is_answered_for_programs(ask: Asked) -> None:
    code, said = ask.trusted(bundles.files(BUREAU, ARCHIVES), "--json")
    found = json.loads(said)

    assert code == 0
    assert (found["format"], found["answer"], found["trusted"]) == ("mingjing-verification/1", "proven", True)
    one = found["records"][0]
    assert (one["origin"], one["index"], one["size"], one["quorum"]) == ("log.example/2026", 7, 10, "见证")
    assert [each["witness"] for each in one["cosigned"]] == ["司法局", "档案局"]
    assert found["files"][0]["name"] == "files/公示文本.pdf"
    assert json.loads(ask.bundle(bundles.files(), "--json")[1])["answer"] == "consistent"
    changed = bundles.files() | {"files/公示文本.pdf": PDF + b" "}
    refused = json.loads(ask.bundle(changed, "--json")[1])
    assert (refused["answer"], "reason" in refused) == ("not-proven", True)
    assert json.loads(ask("nowhere", "--json")[1])["answer"] == "unusable"


def test_a_bundles_own_policy_shows_only_that_it_is_consistent(ask: Asked) -> None:
    code, said = ask.bundle(bundles.files())

    assert code == 0
    assert said.startswith("结论：证明文件自身一致，公钥未经核对")
    assert "公钥是不是官方的" in said


def test_a_key_alone_is_a_policy_without_witnesses(ask: Asked) -> None:
    code, said = ask.bundle(bundles.files(), "--key", str(LOG.verifier))

    assert code == 0
    assert "见证：政策不要求联署。" in said
    assert "日志对所有人出示同一份历史：这要靠见证方联署" in said
    assert f"签名行 justice.example/witness+{BUREAU.verifier.key_id.hex()} 没有核对" in said
    assert ask.bundle(bundles.files(), "--key", ask.file("key", f"{LOG.verifier}\n"))[0] == 0
    assert ask.bundle(bundles.files(), "--key", str(FORGER.verifier))[0] == 1
    assert ask.bundle(bundles.files(), "--key", str(BUREAU.verifier))[0] == 2


def test_a_head_without_the_quorum_proves_nothing(ask: Asked) -> None:
    parts = bundles.files()
    log = Log()
    log.add(parts["decision/record.json"])
    parts["decision/proof.tlog-proof"] = log.proof(7).encode()

    code, said = ask.trusted(parts)

    assert code == 1
    assert "见证方的联署不够政策要求的“见证”" in said


def test_lines_of_kinds_that_need_more_than_the_library_are_named(ask: Asked) -> None:
    parts = bundles.files(BUREAU, MLDSA)
    text = POLICY.replace("group", f"witness 后量子 {MLDSA.verifier}\ngroup", 1)

    code, said = ask.bundle(parts, "--policy", ask.file("policy", text))

    assert code == 0
    assert f"签名行 quantum.example/witness+{MLDSA.verifier.key_id.hex()} (ML-DSA-44) 没有核对" in said
    only = text.replace("any 司法局 档案局", "all 司法局 后量子")
    assert ask.bundle(parts, "--policy", ask.file("policy", only))[0] == 1


def test_a_receipt_in_the_bundle_is_checked_as_well(ask: Asked) -> None:
    parts = bundles.files()
    body = parts["decision/record.json"]

    code, said = ask.trusted(parts | {"decision/receipt.txt": receipt(body).encode()})
    assert (code, "回执：日志于 2026 收下这条记录，签名有效" in said) == (0, True)
    code, said = ask.trusted(parts | {"decision/receipt.txt": receipt(b"other").encode()})
    assert (code, "回执不是这条记录的回执" in said) == (1, True)


def test_what_no_proof_covers_is_named(ask: Asked) -> None:
    code, said = ask.trusted(bundles.files() | {"verify.py": b"", "补充.txt": b"?"})

    assert code == 0
    assert "核验包里的“补充.txt”不属于证明的任何一部分" in said
    assert "“verify.py”" not in said


def test_a_document_that_nobody_gave_is_named(ask: Asked) -> None:
    parts = bundles.files()
    del parts["files/公示文本.pdf"]

    code, said = ask.trusted(parts)
    assert (code, "文书“公示文本.pdf”未提供，没有核对" in said) == (0, True)
    code, said = ask.trusted(parts, "--document", ask.file("mine.pdf", PDF))
    assert (code, "与记录登记的“公示文本.pdf”完全一致" in said) == (0, True)
    assert ask.trusted(parts, "--document", ask.file("mine.pdf", PDF + b"\n"))[0] == 1


def broken(**changes: Any) -> dict[str, bytes]:
    """A bundle with some files replaced; None removes one."""
    parts = {**bundles.files(), **{name.replace("_", "/"): data for name, data in changes.items()}}
    return {name: data for name, data in parts.items() if data is not None}


def proof_with(old: str, new: str) -> bytes:
    return bundles.files()["decision/proof.tlog-proof"].decode().replace(old, new).encode()


@pytest.mark.parametrize(
    "parts, code",
    [
        (broken(**{"decision/record.json": None}), 2),
        (broken(**{"decision/proof.tlog-proof": None}), 2),
        (broken(**{"decision/record.json": b"{}"}), 1),
        (broken(**{"decision/disclosures.txt": b"AAAA"}), 1),
        (broken(**{"decision/proof.tlog-proof": proof_with("index 7", "index 07")}), 2),
        (broken(**{"decision/proof.tlog-proof": proof_with("index 7", "index 10")}), 1),
        (broken(**{"decision/proof.tlog-proof": proof_with("index 7", "extra AAAA\nindex 7")}), 0),
        (broken(**{"decision/proof.tlog-proof": proof_with("@v1", "@v2")}), 2),
        (broken(**{"decision/proof.tlog-proof": b"c2sp.org/tlog-proof@v1"}), 2),
        (broken(**{"decision/proof.tlog-proof": proof_with("index 7\n", "index 7\n!\n")}), 2),
        (broken(**{"decision/proof.tlog-proof": proof_with("index 7\n", f"index 7\n{'A' * 43}=\n")}), 1),
        (broken(**{"decision/proof.tlog-proof": proof_with("— justice", "- justice")}), 1),
        (broken(**{"decision/proof.tlog-proof": proof_with("\n10\n", "\n010\n")}), 1),
        (broken(**{"decision/proof.tlog-proof": proof_with("\n10\n", "\n10\nmore\n")}), 1),
        (broken(**{"decision/proof.tlog-proof": proof_with("\n\n— log", "\n— log")}), 1),
        (broken(**{"decision/receipt.txt": b"\xff"}), 2),
    ],
    ids=range(16),
)
def test_a_bundle_with_one_part_broken_is_answered(ask: Asked, parts: dict[str, bytes], code: int) -> None:
    answered, said = ask.trusted(parts)

    assert answered == code
    assert said.startswith("结论：")


@pytest.mark.parametrize(
    "fields",
    [
        [],
        record(files=["x"]),
        record(files=[{"name": "x"}]),
        record(files=[{"name": 1, "sha256": "x"}]),
        {**record(), "sd": None},
    ],
    ids=range(5),
)
def test_a_log_may_have_signed_what_is_no_record(ask: Asked, fields: Any) -> None:
    parts = bundles.files(fields={"a": 1})
    body = canonical.dump(fields)
    log = Log()
    place = log.add(body)
    parts |= {"decision/record.json": body, "decision/proof.tlog-proof": log.proof(place, BUREAU).encode()}

    code, said = ask.trusted(parts)

    assert (code, "所签名的内容不是明镜平台的记录" in said) == (2, True)


def test_a_disclosure_must_name_what_it_discloses(ask: Asked) -> None:
    text = base64.urlsafe_b64encode(b'["salt",1,"x"]').rstrip(b"=").decode()
    parts = bundles.files(fields=record(sd=[canonical.digest(text)]))

    code, said = ask.trusted(parts | {"decision/disclosures.txt": text.encode()})

    assert (code, "所披露的内容没有名称" in said) == (2, True)


def twice(data: bytes) -> bytes:
    """The archive with one member listed twice."""
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("policy.txt", POLICY)
    return out.getvalue()


def overlapping(data: bytes) -> bytes:
    """The archive with its largest member listed over and over under other names, without its bytes."""
    end = data.rindex(b"PK\x05\x06")
    first = data.index(b"PK\x01\x02")
    name = data[first + 46 : first + 46 + data[first + 28]]
    listed = b"".join(data[first : first + 46] + name[:-1] + bytes([letter]) for letter in b"abcdefgh" * 9)
    head = data[end : end + 10] + (72).to_bytes(2, "little") + len(listed).to_bytes(4, "little")
    return data[:first] + listed + head + first.to_bytes(4, "little") + b"\0\0"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: zipped(bundles.files(), zipfile.ZIP_DEFLATED),
        twice,
        overlapping,
        lambda data: data[:-30],
        lambda data: data[:-5],
        lambda data: data.replace(PDF, PDF[::-1]),
        lambda data: data.replace(b"PK\1\2", b"PK\1\3", 1),
        lambda data: data.replace(b"PK\3\4", b"PK\3\5", 1),
        lambda data: data.replace(b"policy.txt", b"policy.TXT", 1),
        lambda data: b"PK",
    ],
    ids=[
        "compressed",
        "twice",
        "overlapping",
        "cut",
        "cut short",
        "bad crc",
        "directory",
        "head",
        "name",
        "mark",
    ],
)
def test_an_archive_that_is_not_as_the_platform_writes_it_is_refused(ask: Asked, spoil: Any) -> None:
    code, said = ask(ask.file("bundle.zip", spoil(zipped(bundles.files()))))

    assert (code, "核验包不是完整的 zip 文件" in said) == (2, True)


@rules(deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 7))
def test_one_flipped_bit_of_a_bundle_is_found_or_changes_nothing_that_is_said(place: int, bit: int) -> None:
    """G8. What is left unnoticed is what says nothing: the author and attributes of a member."""
    whole, policy = zipped(bundles.files()), verifier.parse_policy(POLICY)
    changed = bytearray(whole)
    changed[place % len(whole)] ^= 1 << bit
    said = verifier.verify_bundle(verifier._unzip(whole), {}, policy)
    try:
        members = verifier._unzip(bytes(changed))
        found = verifier.verify_bundle(members, {}, policy)
    except (verifier.NotProven, verifier.Unusable):
        return

    assert members == verifier._unzip(whole)
    assert found == said


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


# --- receipts and consistency -------------------------------------------------------------------------------


def test_a_receipt_is_answered(ask: Asked) -> None:
    body = b'{"a":1}'
    path, key = ask.file("receipt", receipt(body)), str(LOG.verifier)

    code, said = ask("receipt", path, "--key", key)
    assert (code, said.startswith("结论：回执有效。")) == (0, True)
    assert "记录的内容：未提供" in said
    code, said = ask("receipt", path, "--key", key, "--record", ask.file("record", body))
    assert (code, "记录的内容：与回执相符" in said) == (0, True)
    assert ask("receipt", path, "--key", key, "--record", ask.file("record", b"{}"))[0] == 1
    assert ask("receipt", ask.file("receipt", receipt(body, FORGER)), "--key", key)[0] == 1
    assert ask("receipt", path)[0] == 2


@pytest.mark.parametrize(
    "text", ["mingjing-receipt/2\norigin log.example/2026\n", "mingjing-receipt/1\na b\n"]
)
def test_a_signed_note_that_is_no_receipt_is_unusable(ask: Asked, text: str) -> None:
    path = ask.file("receipt", str(note.sign(text, LOG)))

    assert ask("receipt", path, "--key", str(LOG.verifier))[0] == 2


def consistency(old: int, new: int) -> str:
    log = Log(entries=[f"entry {number}".encode() for number in range(new)])
    hashes = merkle.consistency_proof(old, new, log.node) if old else []
    return "".join(f"{base64.b64encode(item).decode()}\n" for item in hashes)


@pytest.mark.parametrize("old, new", [(0, 5), (1, 2), (3, 7), (4, 7), (6, 7), (7, 7), (4, 8), (5, 13)])
def test_growth_is_answered(ask: Asked, old: int, new: int) -> None:
    log = Log(entries=[f"entry {number}".encode() for number in range(new)])
    paths = [ask.file("old", log.head(size=old)), ask.file("new", log.head())]
    proof = ask.file("proof", consistency(old, new))

    code, said = ask("consistency", *paths, proof, "--key", str(LOG.verifier))

    assert code == 0
    assert f"由 {old} 条增长到 {new} 条，前 {old} 条没有任何改动" in said
    log.entries[0] = b"rewritten"
    if old:
        forged = ask.file("new", log.head())
        code, said = ask("consistency", paths[0], forged, proof, "--key", str(LOG.verifier))
        assert (code, "历史被改写过" in said) == (1, True)


def test_a_log_does_not_shrink_and_does_not_change_its_name(ask: Asked) -> None:
    log, other = Log(), Log(key=FORGER)
    old, new = ask.file("old", log.head(size=5)), ask.file("new", log.head())
    proof, empty = ask.file("proof", consistency(5, 7)), ask.file("empty", "")
    trust = ask.file("policy", f"log {LOG.verifier}\nlog {FORGER.verifier}\nquorum none\n")

    assert ask("consistency", new, old, proof, "--policy", trust)[0] == 1
    assert ask("consistency", old, ask.file("other", other.head()), proof, "--policy", trust)[0] == 1
    assert ask("consistency", old, new, empty, "--policy", trust)[0] == 1
    assert ask("consistency", old, new, ask.file("long", consistency(5, 7) * 2), "--policy", trust)[0] == 1
    assert ask("consistency", old, new, ask.file("odd", "!"), "--policy", trust)[0] == 2
    assert ask("consistency", old, new, ask.file("odd", b"\xff"), "--policy", trust)[0] == 2
    assert ask("consistency", old, new, proof)[0] == 2


def test_heads_are_found_in_proof_files_and_hashes_in_json(ask: Asked) -> None:
    log = Log()
    old = ask.file("old", Log(entries=log.entries[:5]).proof(2))
    proof = ask.file("proof", json.dumps({"old": 5, "new": 7, "proof": consistency(5, 7).split()}))

    assert ask("consistency", old, ask.file("new", log.head()), proof, "--key", str(LOG.verifier))[0] == 0


@rules(deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.data())
def test_prefixes_are_judged_as_the_kernel_judges_them(old: int, new: int, data: st.DataObject) -> None:
    log = Log(entries=[bytes([number]) for number in range(40)])
    small, large = sorted((old, new))
    proof = merkle.consistency_proof(small, large, log.node) if small else []
    if data.draw(st.booleans()):
        proof = data.draw(st.permutations(proof)) + data.draw(st.sampled_from([[], [bytes(32)]]))
    roots = merkle.root(old, log.node), merkle.root(new, log.node)

    ours = verifier.is_prefix(old, roots[0], new, roots[1], proof)

    assert ours == merkle.verify_consistency(old, roots[0], new, roots[1], proof)


@pytest.mark.parametrize("size", range(1, 18))
def test_every_entry_of_a_small_log_is_found_in_its_place_only(size: int) -> None:
    log = Log(entries=[bytes([number]) for number in range(size)])
    root = merkle.root(size, log.node)
    for index, entry in enumerate(log.entries):
        proof = merkle.inclusion_proof(index, size, log.node)
        assert verifier.root_of(entry, index, size, proof) == root
        for wrong in set(range(size)) - {index}:
            with contextlib.suppress(verifier.NotProven):
                assert verifier.root_of(entry, wrong, size, proof) != root


@rules(deadline=None)
@given(st.integers(1, 40), st.data())
def test_places_are_judged_as_the_kernel_judges_them(size: int, data: st.DataObject) -> None:
    log = Log(entries=[bytes([number]) for number in range(size)])
    index, said = data.draw(st.integers(0, size - 1)), data.draw(st.integers(-1, 41))
    proof = merkle.inclusion_proof(index, size, log.node) + data.draw(st.sampled_from([[], [bytes(32)]]))
    root = merkle.root(size, log.node)
    try:
        ours = verifier.root_of(log.entries[index], said, size, proof) == root
    except verifier.NotProven:
        ours = False

    assert ours == merkle.verify_inclusion(merkle.leaf_hash(log.entries[index]), said, size, proof, root)


# --- usage --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [(), ("--nonsense",), ("receipt",), ("consistency", "a", "b")])
def test_wrong_usage_shows_the_usage(ask: Asked, arguments: tuple[str, ...]) -> None:
    code, said = ask(*arguments)

    assert (code, said.startswith("用法有误。\n用法：\n")) == (2, True)


def test_help_is_the_usage(ask: Asked) -> None:
    code, said = ask("--help")

    assert (code, said) == (0, verifier.USAGE + "\n")


@pytest.mark.parametrize("data, why", [(b"[]", "不是证明文件"), (b"{", "既不是核验包也不是证明文件")])
def test_a_file_that_is_neither_says_so(ask: Asked, data: bytes, why: str) -> None:
    code, said = ask(ask.file("odd", data))

    assert (code, why in said) == (2, True)


def proof_file(**changes: Any) -> bytes:
    """The decision of the bundle as the JSON proof of the decision page."""
    parts = bundles.files()
    lines = parts["decision/proof.tlog-proof"].decode().partition("\n\n")
    proof = {
        "format": "mingjing-proof/1",
        "record": base64.b64encode(parts["decision/record.json"]).decode(),
        "disclosures": parts["decision/disclosures.txt"].decode().split(),
        "leaf_index": 7,
        "inclusion": lines[0].split("\n")[2:],
        "checkpoint": lines[2],
        "vkey": str(LOG.verifier),
    }
    return json.dumps({name: value for name, value in (proof | changes).items() if value != "-"}).encode()


def test_a_proof_file_is_answered_as_a_bundle_is(ask: Asked) -> None:
    path, key = ask.file("proof.json", proof_file()), str(LOG.verifier)

    code, said = ask(path, "--key", key, "--document", ask.file("mine.pdf", PDF))
    assert (code, "与记录登记的“公示文本.pdf”完全一致" in said, "——" in said) == (0, True, False)
    assert ask(path)[1].startswith("结论：证明文件自身一致")
    assert ask(path, "--document", ask.file("mine.pdf", b"other"))[0] == 1


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"format": "other"}, 2),
        ({"leaf_index": "7"}, 2),
        ({"leaf_index": True}, 2),
        ({"leaf_index": 6}, 1),
        ({"record": "-"}, 2),
        ({"inclusion": [5]}, 2),
        ({"inclusion": ["AAAB="]}, 2),
        ({"inclusion": ["AAB="]}, 2),
        ({"vkey": "name+1+AAAA"}, 2),
        ({"vkey": f"{LOG.verifier}"[:-4]}, 2),
        ({"disclosures": ["é"]}, 1),
    ],
    ids=range(11),
)
def test_a_proof_file_with_one_field_broken_is_answered(
    ask: Asked, changes: dict[str, Any], code: int
) -> None:
    assert ask(ask.file("proof.json", proof_file(**changes)))[0] == code


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


@pytest.mark.parametrize("path", ["x" * 5000 + "+", "a+\x00b"])
def test_a_key_that_could_be_no_path_is_read_as_a_key(ask: Asked, path: str) -> None:
    assert ask(ask.file("proof.json", proof_file()), "--key", path)[0] == 2


def test_every_word_is_said_in_both_languages_with_the_same_values() -> None:
    import string

    for chinese, english in verifier.WORDS.values():
        fields = [{name for _, name, _, _ in string.Formatter().parse(text)} for text in (chinese, english)]
        assert fields[0] - {None} == fields[1] - {None}


@pytest.mark.parametrize("text", [b"", b"abc", b"abcd" * 16, bytes(range(256))], ids=len)
def test_the_verifiers_sm3_is_that_of_the_standard(text: bytes) -> None:
    """GB/T 32905-2016, examples 1 and 2, and OpenSSL's."""
    published = {
        b"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        b"abcd" * 16: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
    }

    assert verifier.sm3(text) == canonical.sm3(text)
    assert text not in published or verifier.sm3(text).hex() == published[text]


def test_the_verifier_runs_alone_and_needs_nothing(tmp_path: Path) -> None:
    """Isolated and without site packages: standard library only."""
    (tmp_path / "bundle.zip").write_bytes(zipped(bundles.files()))
    done = subprocess.run(
        [sys.executable, "-I", "-S", verifier.__file__, "bundle.zip"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert AT.year == 2026
    assert hashlib.sha256(PDF).hexdigest() not in done.stdout


def test_the_answer_reaches_a_stream_that_cannot_be_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)

    assert verifier.main(["nowhere"]) == 2
    assert stream.getvalue().startswith("结论：无法核对。")


def test_the_file_is_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["verify.py", "nowhere"])

    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(verifier.__file__, run_name="__main__")

    assert stopped.value.code == 2
