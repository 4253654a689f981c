"""The single-file verifier: bundles, policies, receipts and consistency, and the plain answer to each."""

from __future__ import annotations

import base64
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

from mingjing.kernel import canonical, note
from mingjing.record.verifier import mingjing_verify as verifier
from tests.record import bundles
from tests.record.asking import Asked, ask, proof_file
from tests.record.bundles import ARCHIVES, AT, BUREAU, FORGER, LOG, PDF, POLICY, Log, receipt, record, zipped

__all__ = ["ask"]
MLDSA = note.SignerKey("quantum.example/witness", note.MLDSA44, bytes(32))


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
