"""Each refusal of the log's code says what, why and with which values: a reader cannot see the bytes."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from mingjing.kernel import canonical, checkpoint, note
from mingjing.kernel.refused import Refused
from tests.record import bundles
from tests.record.bundles import BUREAU, LOG, Log

HEAD = Log().head(BUREAU)
PROOF = Log().proof(3, BUREAU)
SECRET, PUBLIC = LOG.secret(), str(LOG.verifier)
OTHER = bundles.signer("other.example")
ROOT = HEAD.split("\n")[2]


def key(data: bytes, name: str = "log.example/2026", key_id: str = "00000000") -> str:
    return f"{name}+{key_id}+{base64.b64encode(data).decode()}"


def spoilt() -> str:
    return HEAD.replace("\n7\n", "\n8\n", 1)


REFUSALS: dict[str, tuple[Callable[[], Any], str, str]] = {
    "name": (lambda: note.VerifierKey("a b", 1, LOG.verifier.public), "bad-key", "密钥“a b”不可用：名称为空，或含有空格、加号"),
    "type": (lambda: note.VerifierKey("a", 2, LOG.verifier.public), "bad-key", "密钥“a”不可用：不支持签名类型 0x02"),
    "length": (lambda: note.VerifierKey("a", 1, bytes(31)), "bad-key", "密钥“a”不可用：公钥长 31 字节，这一签名类型应为 32 字节"),
    "point": (lambda: note.VerifierKey("a", 1, bytes(32)), "bad-key", "密钥“a”不可用：不是 Ed25519 曲线上的安全公钥"),
    "id": (lambda: note.VerifierKey.parse(PUBLIC.replace(LOG.verifier.key_id.hex(), "00000000")), "bad-key", f"密钥“{LOG.name}”不可用：编号 00000000 与公钥算出的 {LOG.verifier.key_id.hex()} 不符"),
    "form": (lambda: note.VerifierKey.parse("x" * 50), "bad-key", f"密钥“{'x' * 40}”不可用：写法应为 名称+编号+base64"),
    "base64": (lambda: note.VerifierKey.parse("a+00000000+AAAAA"), "bad-key", "密钥“a”不可用：base64 有误"),
    "private": (lambda: note.SignerKey.parse(PUBLIC), "bad-key", "密钥“私钥”不可用：没有以 PRIVATE+KEY+ 开头"),
    "seed": (lambda: note.SignerKey.parse(f"PRIVATE+KEY+{key(bytes(34))}"), "bad-key", f"密钥“{LOG.name}”不可用：私钥长 33 字节，应为 32 字节"),
    "private id": (lambda: note.SignerKey.parse(SECRET.replace(LOG.verifier.key_id.hex(), "00000000")), "bad-key", f"密钥“{LOG.name}”不可用：编号与私钥不符"),
    "blank line": (lambda: note.parse("text\n"), "bad-note", "正文与签名之间没有空行，或末尾没有换行"),
    "no end": (lambda: note.parse(HEAD[:-1] + "x"), "bad-note", "正文与签名之间没有空行，或末尾没有换行"),
    "control": (lambda: note.parse("a\tb\n\n— a AAAAAAAA\n"), "bad-note", "含有控制字符"),
    "too many": (lambda: note.parse("a\n\n" + "— a AAAAAAAA\n" * 101), "bad-note", "签名多于 100 个"),
    "line": (lambda: note.parse("a\n\n- a AAAAAAAA\n"), "bad-note", "签名行写法有误：- a AAAAAAAA"),
    "line base64": (lambda: note.parse("a\n\n— a AAAAAAB=\n"), "bad-note", "签名行的 base64 有误：— a AAAAAAB="),
    "spoilt": (lambda: note.opened(spoilt(), [LOG.verifier]), "note-spoiled", f"“{LOG.name}”的签名与正文不符，内容可能被改动"),
    "unsigned": (lambda: note.opened(HEAD, [OTHER.verifier]), "note-unsigned", "没有可信公钥的签名"),
    "lines": (lambda: checkpoint.Checkpoint.parse("a\n1\n"), "bad-checkpoint", "应为三行：来源、条数、树根"),
    "size": (lambda: checkpoint.Checkpoint.parse(f"a\n{'9' * 30}\n{ROOT}\n"), "bad-checkpoint", f"条数“{'9' * 20}”不是规范的十进制数"),
    "root": (lambda: checkpoint.Checkpoint.parse("a\n1\n!!!\n"), "bad-checkpoint", "“!!!”不是规范的 base64"),
    "root length": (lambda: checkpoint.Checkpoint.parse("a\n1\nAAAA\n"), "bad-checkpoint", "散列长 3 字节，应为 32 字节"),
    "origin": (lambda: checkpoint.opened(HEAD, [LOG.verifier], "b.example"), "wrong-origin", f"签名头来自“{LOG.name}”，不是“b.example”"),
    "witness": (lambda: checkpoint.cosignatures(spoilt(), [BUREAU.verifier]), "note-spoiled", f"见证方“{BUREAU.name}”的联署与正文不符，内容可能被改动"),
    "proof head": (lambda: checkpoint.Proof.parse("x\n\n"), "bad-proof", "第一行应为 c2sp.org/tlog-proof@v1，其后有空行"),
    "proof index": (lambda: checkpoint.Proof.parse(PROOF.replace("index 3", "index 03")), "bad-proof", "缺少 index 行，或序号不规范"),
    "proof extra": (lambda: checkpoint.Proof.parse(PROOF.replace("index 3", "extra !\nindex 3")), "bad-proof", "extra 行不是规范的 base64"),
    "disclosure": (lambda: canonical.reveal("AAAA" * 20), "bad-disclosure", f"披露文本无法识别：{'AAAA' * 10}…"),
    "float": (lambda: canonical.dump({"a": [1, 0.5]}), "not-canonical", "$.a[1] 处不能写入小数：0.5"),
    "bytes": (lambda: canonical.dump(b"x"), "not-canonical", "$ 处不能写入字节串：b'x'"),
    "set": (lambda: canonical.dump({"a": {1}}), "not-canonical", "$.a 处不能写入set：{1}"),
    "integer": (lambda: canonical.dump({"a": 2**53}), "not-canonical", f"$.a 处整数 {2**53} 超出 ±{2**53 - 1}"),
    "depth": (lambda: canonical.dump(nested(33)), "not-canonical", "处嵌套超过 32 层"),
    "nfc": (lambda: canonical.dump("e\u0301"), "not-canonical", "不是 Unicode NFC 形式"),
    "surrogate": (lambda: canonical.dump("\ud800"), "not-canonical", "文字中有半个代理字符，无法编码为 UTF-8"),
    "key": (lambda: canonical.dump({"a": {"键": 1}}), "not-canonical", "$.a 处键 '键' 不是 ASCII 文字"),
    "spelling": (lambda: canonical.load(b'{"b":1,"a":2}'), "not-canonical", "$ 处写法与规范写法不一致（键序、空格、转义或重复写法）"),
    "no json": (lambda: canonical.load(b"{"), "not-canonical", "$ 处不是规范的 JSON（"),
    "twice": (lambda: canonical.load(b'{"a":1,"a":1}'), "not-canonical", "同一个键出现了两次"),
    "float read": (lambda: canonical.load(b"1.5"), "not-canonical", "出现了小数 1.5"),
}  # fmt: skip
REMEDIES = {
    "bad-key": "请重新取得完整的公钥文本，一个字符都不能少。",
    "bad-note": "请使用平台导出的原文，不要编辑或重排。",
    "bad-checkpoint": "请使用平台导出的原文，不要编辑。",
    "bad-proof": "请重新下载证明文件。",
    "bad-disclosure": "请使用平台导出的原文，不要改动。",
    "not-canonical": "金额用整数分，日期用文字，键用英文，文字先转为 NFC。",
    "note-unsigned": "请核对所用公钥是否为本平台公布的公钥。",
}


def nested(depth: int) -> list[Any]:
    """A list in a list, ``depth`` times."""
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("act, code, reason", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_says_what_and_why(act: Callable[[], Any], code: str, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        act()

    assert refusal.value.code == code
    assert reason in refusal.value.reason
    assert refusal.value.remedy == REMEDIES.get(code)


def test_nesting_is_allowed_to_the_very_limit() -> None:
    assert canonical.load(canonical.dump(nested(32))) == nested(32)


@pytest.mark.parametrize("kind", [note.ED25519, note.COSIGNATURE, note.MLDSA44])
def test_a_generated_key_signs_as_what_it_was_made_for(kind: int) -> None:
    key = note.SignerKey.generate("a.example", kind)

    assert (key.name, key.kind, key.verifier.kind, len(key.seed)) == ("a.example", kind, kind, 32)
    assert key.verifier.signed(b"text", key.sign(b"text"))
    assert not key.verifier.signed(b"texts", key.sign(b"text"))
    assert note.SignerKey.parse(key.secret()) == key
    assert note.VerifierKey.parse(str(key.verifier)) == key.verifier
    assert note.SignerKey.generate("a.example", kind) != key


def test_a_key_is_made_for_signing_heads_unless_told_otherwise() -> None:
    assert note.SignerKey.generate("a.example").kind == note.ED25519
