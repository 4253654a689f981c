#!/usr/bin/env python3
"""核对明镜平台出具的证明：决定核验包、证明文件、回执、日志的前后一致。

只需 Python 3.9 以上，不联网，不安装任何东西。运行 ``python verify.py --help`` 看用法。

What is checked, each step resting on the one before:

1. the signed head (C2SP tlog-checkpoint) carries a good Ed25519 signature of a log that the policy names;
2. the witnesses that the policy asks for cosigned it (C2SP tlog-cosignature, tlog-policy);
3. the record's bytes, hashed with SHA-256 and SM3, form the log entry (``mingjing-entry/1``);
4. the entry stands in the tree whose root was signed (RFC 6962 inclusion proof);
5. each disclosed value belongs to the record (salted digest);
6. each given document is one of the files of a record (SHA-256).

Everything needed is in this file, so that it can be read in one sitting.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import struct
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

USAGE = """用法：
    python verify.py 核验包.zip [--document 文书.pdf] [--policy 政策文件] [--key 公钥] [--json] [--lang en]
    python verify.py proof.json [--document 文书.pdf] [--key 公钥]
    python verify.py receipt 回执.txt [--record record.json] [--policy 政策文件] [--key 公钥]
    python verify.py consistency 旧签名头 新签名头 证明 [--policy 政策文件] [--key 公钥]

公钥写作 名称+编号+base64，也可以是存有公钥的文件；政策文件用 C2SP tlog-policy 格式。
退出码：0 证明成立（没有 --key 或 --policy 时只说明文件自身一致）；1 证明不成立；2 文件无法读取或用法有误。"""

PROVEN, NOT_PROVEN, UNUSABLE = 0, 1, 2
ED25519, COSIGNATURE, MLDSA44 = 0x01, 0x04, 0x06
BEIJING = timezone(timedelta(hours=8))
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
PARTS = ("record.json", "proof.tlog-proof", "disclosures.txt", "receipt.txt")
HELPS = ("policy.txt", "verify.py", "核验说明.txt")
RECEIPT_HEADER = "mingjing-receipt/1"
# Characters that turn the direction of text, with which one line can be made to look like another.
TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F}
RECORD_SHAPE = {
    "id": str, "subject": str, "kind": str, "at": str, "seq": int, "plain": dict, "files": list, "sd": list,
}  # fmt: skip
BROKEN = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)


# Everything the program says, in Chinese and in English; values are put in by :func:`_said`.
# fmt: off
WORDS = {
    "usage": ("用法有误。", "Wrong usage."),
    "proven": ("结论：证明成立。", "Answer: proven."),
    "consistent": ("结论：证明文件自身一致，公钥未经核对，不能排除整份伪造。", "Answer: consistent in itself; the key is unchecked, so all of it may be forged."),
    "not-proven": ("结论：证明不成立。", "Answer: not proven."),
    "unusable": ("结论：无法核对。", "Answer: cannot be verified."),
    "reason": ("原因：{why}", "Reason: {why}"),
    "name": ("—— {name}", "—— {name}"),
    "log": ("日志：{origin}，共 {size} 条，本条为第 {index} 号（从 0 起）", "Log: {origin}, {size} entries; this is number {index} (from 0)"),
    "signed": ("签名：日志公钥 {key}，有效", "Signature: good, by the log's key {key}"),
    "witnessed": ("见证：联署满足政策要求的“{quorum}”：", "Witnesses: the quorum “{quorum}” holds: "),
    "no-witness": ("见证：政策不要求联署。", "Witnesses: the policy asks for none. "),
    "cosigned": ("{witness}（北京时间 {at} 联署）", "{witness} (cosigned {at} Beijing time)"),
    "record": ("记录：{id}", "Record: {id}"),
    "matter": ("事项：{subject}，第 {seq} 条，{kind}", "Matter: {subject}, entry {seq}, {kind}"),
    "time": ("时间：{at}", "Time: {at}"),
    "plain": ("公开内容：{name}＝{value}", "Open: {name} = {value}"),
    "disclosed": ("披露内容：{name}＝{value}", "Disclosed: {name} = {value}"),
    "receipted": ("回执：日志于 {at} 收下这条记录，签名有效", "Receipt: the log took the record in at {at}; the signature is good"),
    "file": ("文书：与记录登记的“{registered}”完全一致（{name}）", "Document: identical to “{registered}” of the record ({name})"),
    "open": ("没有证明的：", "Not proven:"),
    "open-truth": ("写入日志以前的内容是否真实：日志只证明写入以后没有改动", "that the record was true before it was logged: the log proves no change afterwards"),
    "open-file": ("文书“{file}”未提供，没有核对（用 --document 指定）", "document “{file}” was not given (name it with --document)"),
    "open-withheld": ("{count} 项内容只有摘要，没有披露", "{count} values stand as digests only and are not disclosed"),
    "open-line": ("签名行 {line} 没有核对", "signature line {line} was not checked"),
    "open-stray": ("核验包里的“{name}”不属于证明的任何一部分", "“{name}” in the bundle is no part of any proof"),
    "open-split": ("日志对所有人出示同一份历史：这要靠见证方联署，政策没有要求", "that the log shows everybody the same history: witnesses do that, and the policy asks for none"),
    "open-key": ("公钥是不是官方的。提醒：公钥取自证明文件本身，请用 --key 或 --policy 指定从官方渠道取得的公钥或政策文件", "that the key is the official one: it comes from the file itself; give --key or --policy"),
    "receipt-good": ("结论：回执有效。", "Answer: the receipt is good."),
    "receipt-of": ("日志 {origin} 于 {at} 收下记录 {id}", "Log {origin} took in the record {id} at {at}"),
    "receipt-record": ("记录的内容：与回执相符", "Content: fits the receipt"),
    "receipt-alone": ("记录的内容：未提供，没有核对（用 --record 指定）", "Content: not given (name it with --record)"),
    "receipt-open": ("没有证明的：这条记录已经编入日志。编入以后请取得证明文件再核对", "Not proven: that the record is in the log yet. Get its proof later and verify that"),
    "continued": ("结论：前后一致。", "Answer: consistent."),
    "grown": ("日志 {origin} 由 {old} 条增长到 {new} 条，前 {old} 条没有任何改动", "Log {origin} grew from {old} to {new} entries; the first {old} are unchanged"),
    "index-outside": ("序号 {index} 不在 {size} 条之内。", "Entry {index} is not among {size} entries."),
    "more-hashes": ("证明中的散列多于应有的数目。", "The proof has more hashes than it should."),
    "fewer-hashes": ("证明中的散列少于应有的数目。", "The proof has fewer hashes than it should."),
    "key-form": ("公钥写法应为 名称+编号+base64。", "A key is written name+id+base64."),
    "key-id": ("公钥的编号与内容不符，可能抄录有误。", "The key's id does not fit its bytes; it may be miscopied."),
    "key-kind": ("公钥不是 Ed25519 公钥。", "The key is no Ed25519 key."),
    "policy-form": ("政策文件不完整，或含有控制字符。", "The policy is cut off, or holds control characters."),
    "policy-line": ("政策文件第 {number} 行无法读取。", "Line {number} of the policy cannot be read."),
    "policy-quorum": ("政策文件没有 quorum 行。", "The policy has no quorum line."),
    "note-form": ("签名文本缺少签名或不完整。", "The signed note has no signature or is cut off."),
    "note-line": ("签名行写法有误。", "A signature line is malformed."),
    "head-form": ("日志签名头的格式不对。", "The log's head is malformed."),
    "proof-kind": ("这不是明镜平台的证明文件（format 不是 mingjing-proof/1）。", "This is no proof file of the platform (format is not mingjing-proof/1)."),
    "proof-index": ("leaf_index 不是整数。", "leaf_index is no integer."),
    "bundle-empty": ("核验包里没有记录（record.json）。", "The bundle holds no record (record.json)."),
    "proof-form": ("{folder} 的证明写法有误。", "The proof in {folder} is malformed."),
    "not-in-log": ("记录不在所签名的日志中：内容、位置或签名头有一处被改动。", "The record is not in the signed log: its content, its place or the head was changed."),
    "other-receipt": ("回执不是这条记录的回执。", "The receipt is not one for this record."),
    "disclosure-foreign": ("所披露的内容不属于这条记录。", "A disclosed value does not belong to the record."),
    "disclosure-nameless": ("所披露的内容没有名称。", "A disclosed value has no name."),
    "odd-record": ("所签名的内容不是明镜平台的记录。", "What was signed is no record of the platform."),
    "receipt-kind": ("这不是明镜平台的回执。", "This is no receipt of the platform."),
    "need-key": ("请用 --key 或 --policy 指定从官方渠道取得的公钥或政策文件。", "Name the key or policy that you got from an official source: --key or --policy."),
    "no-file": ("读不到文件“{path}”：不存在、是文件夹，或者没有权限。", "The file “{path}” cannot be read: it does not exist, is a folder, or is not yours to read."),
    "no-text": ("“{path}”不是文本文件。", "“{path}” is no text file."),
    "no-bundle": ("“{path}”既不是核验包也不是证明文件。", "“{path}” is neither a bundle nor a proof."),
    "no-proof": ("“{path}”不是证明文件。", "“{path}” is no proof file."),
    "bad-zip": ("核验包不是完整的 zip 文件。", "The bundle is no complete zip archive."),
    "bad-signer": ("“{name}”没有可信公钥的有效签名。", "“{name}” bears no good signature of a trusted key."),
    "bad-witness": ("见证方“{name}”的联署与正文不符。", "The cosignature of “{name}” does not fit the head."),
    "no-quorum": ("见证方的联署不够政策要求的“{quorum}”：现有 {names}。", "Too few cosignatures for the quorum “{quorum}”: {names}."),
    "other-file": ("所给文件（SHA-256 {digest}）不是这条记录登记的文件：它被改动过，或不是同一份文书。", "The given file (SHA-256 {digest}) is none of the record's files: it was changed, or is another paper."),
    "rewritten": ("新日志（{new} 条）不是旧日志（{old} 条）的延续：历史被改写过，或证明不对。", "The new log ({new} entries) does not continue the old one ({old} entries): history was rewritten, or the proof is wrong."),
    "damaged": ("证明文件不完整或被改坏（{why}）。", "The proof is incomplete or damaged ({why})."),
    "bad-base64": ("{what}不是规范的 base64。", "The base64 of {what} is not valid."),
}
# fmt: on


class Answer(Exception):
    """Why a proof is not accepted: a key of ``WORDS`` and the values it tells."""

    def __init__(self, word: str, /, **values: Any) -> None:
        super().__init__(_said("zh", word, **values))
        self.word, self.values = word, values

    def told(self, lang: str) -> str:
        """The reason in a language."""
        return _said(lang, self.word, **self.values)


class NotProven(Answer):
    """The proof does not hold."""


class Unusable(Answer):
    """The input is not a proof at all."""


def _said(lang: str, word: str, /, **values: Any) -> str:
    shown = {name: _plain(value) for name, value in values.items()}
    return WORDS[word][lang == "en"].format(**shown)


def _plain(value: Any) -> str:
    """A value on one line; what would move the cursor or forge a line of the answer is shown as its code."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "".join(
        char if char.isprintable() and ord(char) not in TURNING else f"\\u{ord(char):04x}" for char in text
    )


# --- Ed25519 (RFC 8032), verification only -----------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

Point = tuple[int, int, int, int]  # (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z
NEUTRAL = (0, 1, 1, 0)
BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
BASE_Y = 46316835694926478169428394003475163141307993866256225615783033603165251855960
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def _add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(factor: int, point: Point) -> Point:
    result = NEUTRAL
    while factor:
        if factor & 1:
            result = _add(result, point)
        point = _add(point, point)
        factor >>= 1
    return result


def _same(one: Point, other: Point) -> bool:
    same_x = (one[0] * other[2] - other[0] * one[2]) % P == 0
    return same_x and (one[1] * other[2] - other[1] * one[2]) % P == 0


def _x_of(y: int, sign: int) -> int | None:
    """The x belonging to y, or None where the curve has no such point."""
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def _point(encoded: bytes) -> Point | None:
    """The point of 32 bytes, or None if the encoding is not the canonical one of a curve point."""
    number = int.from_bytes(encoded, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = _x_of(y, sign) if len(encoded) == 32 and y < P else None
    return None if x is None else (x, y, 1, x * y % P)


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is good. Low-order public keys and malleable signatures are refused."""
    key, commitment = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or key is None or commitment is None or scalar >= ORDER:
        return False
    if _same(_times(8, key), NEUTRAL):
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    return _same(_times(scalar, BASE), _add(commitment, _times(challenge, key)))


# --- SM3 (GB/T 32905-2016): not every build of OpenSSL has it -----------------------------------------------

SM3_START = (
    0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E,
)  # fmt: skip


def _turn(word: int, by: int) -> int:
    by %= 32
    return (word << by | word >> (32 - by)) & 0xFFFFFFFF


def _sm3_expand(block: bytes) -> list[int]:
    words = [int.from_bytes(block[at : at + 4], "big") for at in range(0, 64, 4)]
    for j in range(16, 68):
        mixed = words[j - 16] ^ words[j - 9] ^ _turn(words[j - 3], 15)
        mixed ^= _turn(mixed, 15) ^ _turn(mixed, 23)
        words.append(mixed ^ _turn(words[j - 13], 7) ^ words[j - 6])
    return words


def _sm3_compress(state: tuple[int, ...], block: bytes) -> tuple[int, ...]:
    words = _sm3_expand(block)
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        constant = 0x79CC4519 if j < 16 else 0x7A879D8A
        ss1 = _turn((_turn(a, 12) + e + _turn(constant, j)) & 0xFFFFFFFF, 7)
        ss2 = ss1 ^ _turn(a, 12)
        ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
        gg = e ^ f ^ g if j < 16 else (e & f) | (~e & g)
        tt1 = (ff + d + ss2 + (words[j] ^ words[j + 4])) & 0xFFFFFFFF
        tt2 = (gg + h + ss1 + words[j]) & 0xFFFFFFFF
        d, c, b, a = c, _turn(b, 9), a, tt1
        h, g, f, e = g, _turn(f, 19), e, tt2 ^ _turn(tt2, 9) ^ _turn(tt2, 17)
    return tuple(old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h)))  # noqa: B905 (Python 3.9)


def sm3(data: bytes) -> bytes:
    """The SM3 digest of ``data``."""
    padded = data + b"\x80" + b"\x00" * ((55 - len(data)) % 64) + (8 * len(data)).to_bytes(8, "big")
    state: tuple[int, ...] = SM3_START
    for at in range(0, len(padded), 64):
        state = _sm3_compress(state, padded[at : at + 64])
    return b"".join(word.to_bytes(4, "big") for word in state)


# --- the log ------------------------------------------------------------------------------------------------


def entry_of(record: bytes) -> bytes:
    """The bytes under which a record stands in the log."""
    return b"mingjing-entry/1\n" + hashlib.sha256(record).digest() + sm3(record)


def _above(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root to which an inclusion proof leads (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise NotProven("index-outside", index=index, size=size)
    computed, position, last = hashlib.sha256(b"\x00" + leaf).digest(), index, size - 1
    for sibling in path:
        if last == 0:
            raise NotProven("more-hashes")
        if position & 1 or position == last:
            computed = _above(sibling, computed)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            computed = _above(computed, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise NotProven("fewer-hashes")
    return computed


def is_prefix(old: int, old_root: bytes, new: int, new_root: bytes, path: list[bytes]) -> bool:
    """Whether the log of ``old`` entries is the beginning of that of ``new`` (RFC 9162, 2.1.4.2)."""
    if old == new:
        return old_root == new_root and not path
    if old == 0:
        return old_root == hashlib.sha256(b"").digest() and not path
    path = [old_root, *path] if old & (old - 1) == 0 else path
    if old > new or not path:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            before, after = _above(sibling, before), _above(sibling, after)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            after = _above(after, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


# --- keys and policies --------------------------------------------------------------------------------------


class Key(NamedTuple):
    """A public key under the name its owner signs with; ``kind`` is the signature type of C2SP."""

    name: str
    key_id: bytes
    kind: int
    public: bytes

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}"


class Policy(NamedTuple):
    """Which logs are believed, and which witnesses must have cosigned (C2SP tlog-policy)."""

    logs: tuple[Key, ...]
    witnesses: dict[str, Key]
    groups: dict[str, tuple[int, tuple[str, ...]]]
    quorum: str

    def holds(self, cosigned: set[str], name: str | None = None) -> bool:
        """Whether the witnesses that cosigned are enough for the quorum, or for the group ``name``."""
        name = self.quorum if name is None else name
        if name in self.groups:
            threshold, members = self.groups[name]
            return sum(self.holds(cosigned, member) for member in members) >= threshold
        return name in cosigned or name == "none"


def parse_key(vkey: str) -> Key:
    """The key in ``name+id+base64``."""
    parts = vkey.strip().split("+", 2)
    if len(parts) != 3 or not parts[0]:
        raise Unusable("key-form")
    name, key_id, data = parts[0], parts[1], _unbase64(parts[2], "公钥")
    if hashlib.sha256(name.encode() + b"\n" + data).hexdigest()[:8] != key_id:
        raise Unusable("key-id")
    if data[0] in (ED25519, COSIGNATURE) and len(data) != 33:
        raise Unusable("key-kind")
    return Key(name, bytes.fromhex(key_id), data[0], data[1:])


def key_policy(vkey: str) -> Policy:
    """The policy of a reader who knows the log's key and no witness."""
    key = parse_key(vkey)
    if key.kind != ED25519:
        raise Unusable("key-kind")
    return Policy((key,), {}, {}, "none")


def parse_policy(text: str) -> Policy:
    """The policy in a tlog-policy file."""
    policy = Policy((), {}, {}, "")
    # A file cut off in its last name could name another, weaker quorum.
    if not text.endswith("\n") or re.search("[^\t\n\x20-\x7e\x80-\U0010ffff]", text):
        raise Unusable("policy-form")
    for number, line in enumerate(text.split("\n"), 1):
        words = [word for word in re.split("[ \t]+", line) if word]
        if words and not words[0].startswith("#"):
            try:
                policy = _LINES[words[0]](policy, *words[1:])
            except (TypeError, KeyError, ValueError) as error:
                raise Unusable("policy-line", number=number) from error
    if not policy.quorum:
        raise Unusable("policy-quorum")
    return policy


def _with_log(policy: Policy, vkey: str, url: str = "") -> Policy:
    key = parse_key(vkey)
    new = key.public not in {known.public for known in policy.logs}
    _require(new and key.kind in (ED25519, MLDSA44))
    return policy._replace(logs=(*policy.logs, key))


def _with_witness(policy: Policy, name: str, vkey: str, url: str = "") -> Policy:
    key = parse_key(vkey)
    new = key.public not in {known.public for known in policy.witnesses.values()}
    _require(new and _is_free(policy, name) and key.kind in (COSIGNATURE, MLDSA44))
    return policy._replace(witnesses={**policy.witnesses, name: key})


def _with_group(policy: Policy, name: str, threshold: str, *members: str) -> Policy:
    taken = [member for _, others in policy.groups.values() for member in others]
    known = all(member in policy.witnesses or member in policy.groups for member in members)
    _require(_is_free(policy, name) and known and len({*taken, *members}) == len(taken) + len(members))
    needed = {"any": "1", "all": str(len(members))}.get(threshold, threshold)
    _require(needed.isascii() and needed.isdigit() and needed[0] != "0" and 1 <= int(needed) <= len(members))
    return policy._replace(groups={**policy.groups, name: (int(needed), members)})


def _with_quorum(policy: Policy, name: str) -> Policy:
    known = name == "none" or name in policy.witnesses or name in policy.groups
    _require(known and not policy.quorum)
    return policy._replace(quorum=name)


_LINES: dict[str, Callable[..., Policy]] = {
    "log": _with_log,
    "witness": _with_witness,
    "group": _with_group,
    "quorum": _with_quorum,
}


def _is_free(policy: Policy, name: str) -> bool:
    return name != "none" and name not in policy.witnesses and name not in policy.groups


def _require(sound: bool) -> None:
    if not sound:
        raise ValueError


# --- signed notes -------------------------------------------------------------------------------------------


class Head(NamedTuple):
    """A head of a log, once its signatures were checked. ``cosigned`` holds (witness, Unix time)."""

    origin: str
    size: int
    root: bytes
    key: str
    cosigned: tuple[tuple[str, int], ...]
    quorum: str
    unchecked: tuple[str, ...]


class Lines(NamedTuple):
    """The text of a note, and its signature lines as (name, key id, signature)."""

    text: str
    signatures: list[tuple[str, bytes, bytes]]

    def of(self, key: Key) -> list[bytes]:
        """The signatures that claim to be of this key."""
        return [raw for name, key_id, raw in self.signatures if (name, key_id) == (key.name, key.key_id)]


def parse_note(document: str) -> Lines:
    """The parts of a C2SP signed note, nothing of it believed yet."""
    text, blank, tail = document.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise NotProven("note-form")
    return Lines(text + "\n", [_signature(line) for line in tail[:-1].split("\n")])


def _signature(line: str) -> tuple[str, bytes, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    data = _unbase64(encoded, "签名")
    if dash != "—" or not name or len(data) < 5:
        raise NotProven("note-line")
    return name, data[:4], data[4:]


def signer_of(note: Lines, name: str, keys: Iterable[Key]) -> Key:
    """Whose of the trusted Ed25519 ``keys`` called ``name`` signed; one false signature spoils the note."""
    mine = [key for key in keys if key.name == name and key.kind == ED25519]
    for key in mine:
        found = note.of(key)
        if found and all(ed25519_verify(key.public, note.text.encode(), raw) for raw in found):
            return key
        if found:
            break
    raise NotProven("bad-signer", name=name)


def _cosigned(note: Lines, key: Key) -> int | None:
    """When this witness cosigned (C2SP ``cosignature/v1``), or None if it did not."""
    at = None
    for raw in note.of(key):
        at = int.from_bytes(raw[:8], "big")
        message = f"cosignature/v1\ntime {at}\n{note.text}".encode()
        if len(raw) != 72 or not ed25519_verify(key.public, message, raw[8:]):
            raise NotProven("bad-witness", name=key.name)
    return at


def open_head(document: str, policy: Policy) -> Head:
    """The head in a checkpoint that the policy accepts: signed by a log, cosigned by a quorum."""
    note = parse_note(document)
    lines = note.text.split("\n")
    if len(lines) != 4 or not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]):
        raise NotProven("head-form")
    key = signer_of(note, lines[0], policy.logs)
    cosigned = {
        name: at
        for name, witness in policy.witnesses.items()
        if witness.kind == COSIGNATURE and (at := _cosigned(note, witness)) is not None
    }
    if not policy.holds(set(cosigned)):
        raise NotProven("no-quorum", quorum=policy.quorum, names=" ".join(cosigned) or "0")
    root = _unbase64(lines[2], "树根")
    unchecked = tuple(_unchecked(note, key, policy))
    return Head(lines[0], int(lines[1]), root, str(key), tuple(cosigned.items()), policy.quorum, unchecked)


def _unchecked(note: Lines, signer: Key, policy: Policy) -> list[str]:
    """The signature lines that were not checked, each with its kind where the policy tells it.

    ML-DSA-44 and SM2 need more than the standard library.
    """
    checked = [key for key in (signer, *policy.witnesses.values()) if key.kind != MLDSA44]
    post_quantum = [key for key in (*policy.logs, *policy.witnesses.values()) if key.kind == MLDSA44]
    lines = [f"{name}+{key_id.hex()}" for name, key_id, _ in note.signatures]
    kinds = {str(key): " (ML-DSA-44)" for key in post_quantum}
    return [line + kinds.get(line, "") for line in lines if line not in map(str, checked)]


# --- proofs and bundles -------------------------------------------------------------------------------------


class Claim(NamedTuple):
    """That a record stands in a log, as a bundle or a proof file claims it; ``receipt`` may be empty."""

    name: str
    record: bytes
    disclosures: list[str]
    place: int
    hashes: list[bytes]
    checkpoint: str
    receipt: str


def claimverify_proof(proof: Mapping[str, Any]) -> Claim:
    """The claim of a ``mingjing-proof/1`` JSON file."""
    if proof.get("format") != "mingjing-proof/1":
        raise Unusable("proof-kind")
    if type(proof["leaf_index"]) is not int:
        raise Unusable("proof-index")
    hashes = [_unbase64(item, "散列") for item in proof["inclusion"]]
    record = _unbase64(proof["record"], "记录")
    return Claim("", record, list(proof["disclosures"]), proof["leaf_index"], hashes, proof["checkpoint"], "")


def claims_of_bundle(bundle: Mapping[str, bytes]) -> list[Claim]:
    """The claims of a bundle: each folder with a ``record.json`` is one."""
    folders = sorted(name[: -len("/record.json")] for name in bundle if name.endswith("/record.json"))
    if not folders:
        raise Unusable("bundle-empty")
    return [_claim_in(bundle, folder) for folder in folders]


def _claim_in(bundle: Mapping[str, bytes], folder: str) -> Claim:
    proof = bundle[f"{folder}/proof.tlog-proof"].decode()
    head, _, checkpoint = proof.partition("\n\n")
    lines = [line for line in head.split("\n") if not line.startswith("extra ")]
    if len(lines) < 2 or lines[0] != PROOF_HEADER or not re.fullmatch("index (0|[1-9][0-9]{0,18})", lines[1]):
        raise Unusable("proof-form", folder=folder)
    return Claim(
        name=folder,
        record=bundle[f"{folder}/record.json"],
        disclosures=bundle.get(f"{folder}/disclosures.txt", b"").decode().split(),
        place=int(lines[1][len("index ") :]),
        hashes=[_unbase64(line, "散列") for line in lines[2:]],
        checkpoint=checkpoint,
        receipt=bundle.get(f"{folder}/receipt.txt", b"").decode(),
    )


def proven(claim: Claim, policy: Policy) -> dict[str, Any]:
    """What a claim proves under a policy: record, log, place, witnesses, disclosed values."""
    head = open_head(claim.checkpoint, policy)
    if root_of(entry_of(claim.record), claim.place, head.size, claim.hashes) != head.root:
        raise NotProven("not-in-log")
    fields = _record(json.loads(claim.record))
    receipt = open_receipt(claim.receipt, policy) if claim.receipt else None
    if receipt is not None and receipt["sha256"] != hashlib.sha256(claim.record).hexdigest():
        raise NotProven("other-receipt")
    disclosed = dict(_disclosed(text, fields["sd"]) for text in claim.disclosures)
    return {
        "name": claim.name,
        "record": fields,
        "origin": head.origin,
        "size": head.size,
        "index": claim.place,
        "key": head.key,
        "cosigned": [{"witness": name, "at": _time(at)} for name, at in head.cosigned],
        "quorum": head.quorum,
        "unchecked": list(head.unchecked),
        "disclosed": disclosed,
        "withheld": len(fields["sd"]) - len(disclosed),
        "receipt": receipt,
    }


def verify_proof(
    proof: Mapping[str, Any], documents: Mapping[str, bytes], policy: Policy | None = None
) -> dict[str, Any]:
    """What a proof file proves, in the shape of :func:`verify_bundle`.

    ``policy`` is the one the reader trusts; without it the proof's own key is used, which shows only that the
    proof is consistent in itself. Raises :class:`NotProven` or :class:`Unusable`.
    """
    with _telling():
        found = proven(claimverify_proof(proof), policy or key_policy(proof["vkey"]))
        registered = found["record"]["files"]
        files = [{**_file_of(data, registered), "name": name} for name, data in documents.items()]
        return {"records": [found], "files": files, "strays": [], "trusted": policy is not None}


def verify_bundle(
    bundle: Mapping[str, bytes], documents: Mapping[str, bytes], policy: Policy | None = None
) -> dict[str, Any]:
    """What a bundle proves: ``records`` in order, and ``files`` with the record that registered each.

    ``policy`` is the one the reader trusts; without it the bundle's own is used.
    """
    with _telling():
        rules = policy or parse_policy(bundle["policy.txt"].decode())
        records = [proven(claim, rules) for claim in claims_of_bundle(bundle)]
        inside = {name: data for name, data in bundle.items() if name.startswith("files/")}
        registered = [file for found in records for file in found["record"]["files"]]
        files = [
            {**_file_of(data, registered), "name": name} for name, data in {**inside, **documents}.items()
        ]
        strays = [name for name in bundle if not _is_part(name)]
        return {"records": records, "files": files, "strays": strays, "trusted": policy is not None}


def _is_part(name: str) -> bool:
    """Whether a bundle's file is one that is checked, or one that only helps the reader."""
    folder, _, part = name.rpartition("/")
    return folder == "files" or part in PARTS or (not folder and part in HELPS)


@contextmanager
def _telling() -> Iterator[None]:
    """Turns what broken input makes of the code inside into one answer."""
    try:
        yield
    except BROKEN as error:
        raise Unusable("damaged", why=str(error)[:200]) from error


def _record(fields: Any) -> dict[str, Any]:
    """The record, once it has the shape that the platform writes: a log may have signed anything."""
    odd = Unusable("odd-record")
    if not isinstance(fields, dict):
        raise odd
    if not all(isinstance(fields.get(name), kind) for name, kind in RECORD_SHAPE.items()):
        raise odd
    for file in fields["files"]:
        if not isinstance(file, dict) or not all(
            isinstance(file.get(key), str) for key in ("name", "sha256")
        ):
            raise odd
    return fields


def _disclosed(text: str, digests: list[str]) -> tuple[str, Any]:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    if digest not in digests:
        raise NotProven("disclosure-foreign")
    _, name, value = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    if not isinstance(name, str):
        raise Unusable("disclosure-nameless")
    return name, value


def _file_of(document: bytes, files: list[dict[str, Any]]) -> dict[str, Any]:
    digest = hashlib.sha256(document).hexdigest()
    for file in files:
        if file["sha256"] == digest:
            return {**file, "registered": file["name"]}
    raise NotProven("other-file", digest=digest)


def _unbase64(text: str, what: str) -> bytes:
    """Strict base64: the one spelling of these bytes."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise Unusable("bad-base64", what=what) from error
    if base64.b64encode(data).decode() != text:
        raise Unusable("bad-base64", what=what)
    return data


def _time(seconds: int) -> str:
    """A Unix time as people in China read it; a time no calendar holds stays a number."""
    try:
        return f"{datetime.fromtimestamp(seconds, BEIJING):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return str(seconds)


# --- receipts and consistency -------------------------------------------------------------------------------


def open_receipt(document: str, policy: Policy) -> dict[str, Any]:
    """What the log promised in a receipt (``mingjing-receipt/1``): a signed note of named lines."""
    note = parse_note(document)
    first, _, rest = note.text.partition("\n")
    fields = dict(line.split(" ", 1) for line in rest.splitlines())
    if first != RECEIPT_HEADER or not {"origin", "id", "sha256", "at"} <= fields.keys():
        raise Unusable("receipt-kind")
    key = signer_of(note, fields["origin"], policy.logs)
    return {**fields, "key": str(key)}


def verify_receipt(document: str, policy: Policy, record: bytes | None = None) -> dict[str, Any]:
    """What a receipt proves; ``record`` is the record it is said to be for, if the reader has it."""
    with _telling():
        found = open_receipt(document, policy)
        if record is not None and hashlib.sha256(record).hexdigest() != found["sha256"]:
            raise NotProven("other-receipt")
        return {"receipt": found, "record_given": record is not None}


def verify_consistency(old: str, new: str, proof: str, policy: Policy) -> dict[str, Any]:
    """Whether the log of the old head is the beginning of the log of the new one."""
    with _telling():
        before, after = open_head(_checkpoint_in(old), policy), open_head(_checkpoint_in(new), policy)
        path = [_unbase64(line, "散列") for line in _hashes_in(proof)]
        same = before.origin == after.origin
        if not same or not is_prefix(before.size, before.root, after.size, after.root, path):
            raise NotProven("rewritten", new=after.size, old=before.size)
        return {"origin": after.origin, "old": before.size, "new": after.size, "key": after.key}


def _checkpoint_in(document: str) -> str:
    """The checkpoint itself, also where a ``.tlog-proof`` was given."""
    return document.partition("\n\n")[2] if document.startswith(PROOF_HEADER) else document


def _hashes_in(proof: str) -> list[str]:
    """The hashes of a proof: one a line, or the ``proof`` of a JSON object."""
    if proof.lstrip().startswith("{"):
        return list(json.loads(proof)["proof"])
    return proof.split()


# --- the command --------------------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Verify the files named on the command line; the exit code is the answer."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    kind = given.pop(0) if given[:1] in (["receipt"], ["consistency"]) else "bundle"
    options = _options(kind, given)
    say = partial(_said, options.lang)
    try:
        code, found, lines = _ANSWERS[kind](options, say)
    except NotProven as reason:
        code, found = NOT_PROVEN, {"reason": reason.told(options.lang)}
        lines = [say("not-proven"), say("reason", why=reason.told(options.lang))]
    except Unusable as reason:
        code, found = UNUSABLE, {"reason": reason.told(options.lang)}
        lines = [say("unusable"), say("reason", why=reason.told(options.lang))]
    _tell(*([_as_json(code, found)] if options.json else lines))
    return code


def _as_json(code: int, found: dict[str, Any]) -> str:
    answer = {PROVEN: "proven", NOT_PROVEN: "not-proven", UNUSABLE: "unusable"}[code]
    if code == PROVEN and not found["trusted"]:
        answer = "consistent"
    return json.dumps({"format": "mingjing-verification/1", "answer": answer, **found}, ensure_ascii=True)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        _tell(WORDS["usage"][0], USAGE)
        sys.exit(UNUSABLE)

    def format_help(self) -> str:
        return USAGE + "\n"


def _options(kind: str, arguments: list[str]) -> argparse.Namespace:
    parser = _Parser()
    for name in {"bundle": ["bundle"], "receipt": ["receipt"], "consistency": ["old", "new", "proof"]}[kind]:
        parser.add_argument(name)
    parser.add_argument("--document", action="append", default=[])
    parser.add_argument("--record")
    parser.add_argument("--key")
    parser.add_argument("--policy")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    return parser.parse_args(arguments)


Answered = tuple[int, dict[str, Any], list[str]]
Say = Callable[..., str]


def _answer_bundle(options: argparse.Namespace, say: Say) -> Answered:
    data = _read(options.bundle)
    documents = {path: _read(path) for path in options.document}
    if data[:2] == b"PK":
        found = verify_bundle(_unzip(data), documents, _trusted(options))
    else:
        found = verify_proof(_json(data, options.bundle), documents, _trusted(options))
    return PROVEN, found, _bundle_lines(say, found)


def _answer_receipt(options: argparse.Namespace, say: Say) -> Answered:
    record = _read(options.record) if options.record else None
    found = verify_receipt(_text(options.receipt), _required(options), record)
    return PROVEN, {**found, "trusted": True}, _receipt_lines(say, found)


def _answer_consistency(options: argparse.Namespace, say: Say) -> Answered:
    old, new, proof = (_text(path) for path in (options.old, options.new, options.proof))
    found = verify_consistency(old, new, proof, _required(options))
    return PROVEN, {**found, "trusted": True}, _consistency_lines(say, found)


_ANSWERS = {"bundle": _answer_bundle, "receipt": _answer_receipt, "consistency": _answer_consistency}


def _required(options: argparse.Namespace) -> Policy:
    policy = _trusted(options)
    if policy is None:
        raise Unusable("need-key")
    return policy


def _trusted(options: argparse.Namespace) -> Policy | None:
    """What the reader trusts: a policy file, or the log's key alone; None if nothing was given."""
    if options.policy:
        return parse_policy(_text(options.policy))
    if options.key is None or ("+" in options.key and not _is_file(options.key)):
        return options.key if options.key is None else key_policy(options.key)
    return key_policy(_text(options.key))


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise Unusable("no-file", path=path) from error


def _text(path: str) -> str:
    try:
        return _read(path).decode("utf-8")
    except ValueError as error:
        raise Unusable("no-text", path=path) from error


def _json(data: bytes, path: str) -> dict[str, Any]:
    try:
        proof = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Unusable("no-bundle", path=path) from error
    if not isinstance(proof, dict):
        raise Unusable("no-proof", path=path)
    return proof


def _unzip(data: bytes) -> dict[str, bytes]:
    """The files of a bundle: a zip archive whose members are stored, never compressed."""
    try:
        return _members(data, len(data) - 22)
    except (ValueError, struct.error) as error:
        raise Unusable("bad-zip") from error


def _members(data: bytes, end: int) -> dict[str, bytes]:
    """The members that the directory before ``end`` lists. Raises: ValueError, struct.error."""
    _require(end >= 0 and data[end : end + 4] == b"PK\5\6")
    count, _, at = struct.unpack_from("<HLL", data, end + 10)
    found: dict[str, bytes] = {}
    for _ in range(count):
        flags, method, _, crc, size, whole, name, extra, comment = struct.unpack_from(
            "<HHLLLLHHH", data, at + 8
        )
        local = struct.unpack_from("<L", data, at + 42)[0]
        title = data[at + 46 : at + 46 + name]
        start = local + 30 + name + struct.unpack_from("<H", data, local + 28)[0]
        content = data[start : start + size]
        # The directory and the head of the member must say the same: version, flags, date, sizes and name.
        _require(data[at : at + 4] == b"PK\1\2" and data[local : local + 4] == b"PK\3\4")
        _require(data[at + 6 : at + 30] == data[local + 4 : local + 28])
        _require(data[local + 30 : local + 30 + name] == title and title.decode() not in found)
        _require(flags & ~0x800 == 0 and method == 0 and size == whole == len(content))
        _require(binascii.crc32(content) == crc)
        # Stored members lie beside each other; such as overlap could fill any memory.
        _require(sum(map(len, found.values())) + size <= len(data))
        found[title.decode()] = content
        at += 46 + name + extra + comment
    return found


def _bundle_lines(say: Say, found: dict[str, Any]) -> list[str]:
    lines = [say("proven" if found["trusted"] else "consistent")]
    for one in found["records"]:
        lines += _record_lines(say, one)
    lines += [say("file", registered=file["registered"], name=file["name"]) for file in found["files"]]
    return [*lines, say("open"), *(f"  · {line}" for line in _open_lines(say, found))]


def _record_lines(say: Say, one: dict[str, Any]) -> list[str]:
    record = one["record"]
    lines = [say("name", name=one["name"])] if one["name"] else []
    lines += [
        say("log", origin=one["origin"], size=one["size"], index=one["index"]),
        say("signed", key=one["key"]),
        _witness_line(say, one),
        say("record", id=record["id"]),
        say("matter", subject=record["subject"], seq=record["seq"], kind=record["kind"]),
        say("time", at=record["at"]),
    ]
    lines += [say("plain", name=name, value=value) for name, value in sorted(record["plain"].items())]
    lines += [say("disclosed", name=name, value=value) for name, value in one["disclosed"].items()]
    return lines + ([say("receipted", at=one["receipt"]["at"])] if one["receipt"] else [])


def _witness_line(say: Say, one: dict[str, Any]) -> str:
    seen = " ".join(say("cosigned", **each) for each in one["cosigned"])
    if one["quorum"] == "none":
        return say("no-witness") + seen
    return say("witnessed", quorum=one["quorum"]) + seen


def _open_lines(say: Say, found: dict[str, Any]) -> list[str]:
    lines = [say("open-truth")]
    for one in found["records"]:
        mark = f"{_plain(one['name'])} " if one["name"] else ""
        lines += [mark + say("open-file", file=file) for file in _missing(one, found["files"])]
        lines += [mark + say("open-withheld", count=one["withheld"])] if one["withheld"] else []
        lines += [mark + say("open-line", line=line) for line in one["unchecked"]]
    lines += [say("open-stray", name=name) for name in found["strays"]]
    if any(one["quorum"] == "none" for one in found["records"]):
        lines.append(say("open-split"))
    return lines + ([] if found["trusted"] else [say("open-key")])


def _receipt_lines(say: Say, found: dict[str, Any]) -> list[str]:
    receipt = found["receipt"]
    return [
        say("receipt-good"),
        say("signed", key=receipt["key"]),
        say("receipt-of", origin=receipt["origin"], id=receipt["id"], at=receipt["at"]),
        say("receipt-record" if found["record_given"] else "receipt-alone"),
        say("receipt-open"),
    ]


def _consistency_lines(say: Say, found: dict[str, Any]) -> list[str]:
    grown = say("grown", origin=found["origin"], old=found["old"], new=found["new"])
    return [say("continued"), grown, say("signed", key=found["key"])]


def _missing(one: dict[str, Any], files: list[dict[str, Any]]) -> list[str]:
    """The names of the record's documents that nobody gave."""
    given = {file["sha256"] for file in files}
    return [file["name"] for file in one["record"]["files"] if file["sha256"] not in given]


def _tell(*lines: str) -> None:
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
