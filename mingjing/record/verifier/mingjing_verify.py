#!/usr/bin/env python3
"""核对明镜平台出具的证明文件。只需 Python 3.9 以上，不联网，不安装任何东西。

用法：
    python mingjing_verify.py proof.json [--document 决定书.pdf] [--key 公钥文本或公钥文件]

退出码：0 证明成立（没有 --key 时只说明文件自身一致）；1 证明不成立；2 文件无法读取或用法有误。

What is checked, each step resting on the one before:

1. the signed head (C2SP tlog-checkpoint) carries a good Ed25519 signature of the log's key;
2. the record's bytes, hashed with SHA-256 and SM3, form the log entry (``mingjing-entry/1``);
3. the entry stands in the tree whose root was signed (RFC 6962 inclusion proof);
4. each disclosed personal value belongs to the record (salted digest);
5. the given document is one of the files of the record (SHA-256).

Everything needed is in this file, so that it can be read in one sitting.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import sys
from pathlib import Path
from typing import Any, NoReturn

PROVEN, NOT_PROVEN, UNUSABLE = 0, 1, 2
# Characters that turn the direction of text, with which one line can be made to look like another.
TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F}
RECORD_SHAPE = {
    "id": str, "subject": str, "kind": str, "at": str, "seq": int, "plain": dict, "files": list, "sd": list,
}  # fmt: skip


class NotProven(Exception):
    """The proof does not hold; the message says why in Chinese."""


class Unusable(Exception):
    """The input is not a proof at all; the message says why in Chinese."""


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


def root_of(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root to which an inclusion proof leads (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise NotProven(f"序号 {index} 不在 {size} 条之内。")
    computed, position, last = hashlib.sha256(b"\x00" + leaf).digest(), index, size - 1
    for sibling in path:
        if last == 0:
            raise NotProven("证明中的散列多于应有的数目。")
        if position & 1 or position == last:
            computed = hashlib.sha256(b"\x01" + sibling + computed).digest()
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            computed = hashlib.sha256(b"\x01" + computed + sibling).digest()
        position, last = position >> 1, last >> 1
    if last:
        raise NotProven("证明中的散列少于应有的数目。")
    return computed


def parse_key(vkey: str) -> tuple[str, bytes, bytes]:
    """Name, key id and 32 public bytes of ``name+id+base64``."""
    parts = vkey.strip().split("+", 2)
    if len(parts) != 3:
        raise Unusable("公钥写法应为 名称+编号+base64。")
    name, key_id, data = parts[0], parts[1], _unbase64(parts[2], "公钥")
    if len(data) != 33 or data[0] != 1:
        raise Unusable("公钥不是 Ed25519 公钥。")
    if hashlib.sha256(name.encode() + b"\n" + data).hexdigest()[:8] != key_id:
        raise Unusable("公钥的编号与内容不符，可能抄录有误。")
    return name, bytes.fromhex(key_id), data[1:]


def open_checkpoint(note: str, vkey: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a head that this key signed."""
    name, key_id, public = parse_key(vkey)
    text, blank, tail = note.rpartition("\n\n")
    text += "\n"
    if not blank or not _signed(text, tail, name, key_id, public):
        raise NotProven("日志签名头没有这把公钥的有效签名。")
    lines = text.split("\n")
    if len(lines) != 4 or lines[0] != name or not lines[1].isdecimal():
        raise NotProven("日志签名头的格式或来源不对。")
    return lines[0], int(lines[1]), _unbase64(lines[2], "树根")


def _signed(text: str, tail: str, name: str, key_id: bytes, public: bytes) -> bool:
    for line in tail.split("\n"):
        dash, _, rest = line.partition(" ")
        signer, _, encoded = rest.partition(" ")
        if dash == "—" and signer == name:
            data = _unbase64(encoded, "签名")
            if data[:4] == key_id:
                return ed25519_verify(public, text.encode(), data[4:])
    return False


# --- the proof ----------------------------------------------------------------------------------------------


def verify(proof: dict[str, Any], *, document: bytes | None = None, key: str | None = None) -> dict[str, Any]:
    """What the proof proves, as a dict: record, origin, size, index, disclosed, file.

    ``key`` is the public key the reader trusts; without it the proof's own is used, which shows only that
    the proof is consistent in itself. Raises :class:`NotProven` or :class:`Unusable`.
    """
    if proof.get("format") != "mingjing-proof/1":
        raise Unusable("这不是明镜平台的证明文件（format 不是 mingjing-proof/1）。")
    try:
        return _verified(proof, document, key)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise Unusable(f"证明文件不完整或被改坏（{_plain(str(error))[:200]}）。") from error


def _verified(proof: dict[str, Any], document: bytes | None, key: str | None) -> dict[str, Any]:
    record = _unbase64(proof["record"], "记录")
    origin, size, root = open_checkpoint(proof["checkpoint"], key or proof["vkey"])
    path = [_unbase64(item, "散列") for item in proof["inclusion"]]
    index = proof["leaf_index"]
    if type(index) is not int:
        raise Unusable("leaf_index 不是整数。")
    if root_of(entry_of(record), index, size, path) != root:
        raise NotProven("记录不在所签名的日志中：内容、位置或签名头有一处被改动。")
    fields = _record(json.loads(record))
    return {
        "record": fields,
        "origin": origin,
        "size": size,
        "index": index,
        "disclosed": dict(_disclosed(text, fields["sd"]) for text in proof["disclosures"]),
        "file": _file_of(document, fields["files"]),
        "trusted": key is not None,
    }


def _record(fields: Any) -> dict[str, Any]:
    """The record, once it has the shape that the platform writes: a log may have signed anything."""
    if not isinstance(fields, dict):
        raise Unusable("所签名的内容不是明镜平台的记录。")
    whole = all(isinstance(fields.get(name), kind) for name, kind in RECORD_SHAPE.items())
    if not whole or not all(
        isinstance(file, dict) and isinstance(file.get("name"), str) and isinstance(file.get("sha256"), str)
        for file in fields["files"]
    ):
        raise Unusable("所签名的内容不是明镜平台的记录。")
    return fields


def _disclosed(text: str, digests: list[str]) -> tuple[str, Any]:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    if digest not in digests:
        raise NotProven("所披露的内容不属于这条记录。")
    _, name, value = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    if not isinstance(name, str):
        raise Unusable("所披露的内容没有名称。")
    return name, value


def _file_of(document: bytes | None, files: list[dict[str, Any]]) -> dict[str, Any] | None:
    if document is None:
        return None
    digest = hashlib.sha256(document).hexdigest()
    for file in files:
        if file["sha256"] == digest:
            return file
    raise NotProven(f"所给文件（SHA-256 {digest}）不是这条记录登记的文件：它被改动过，或不是同一份文书。")


def _unbase64(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise Unusable(f"{what}不是有效的 base64。") from error


# --- the command --------------------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Verify the files named on the command line; the exit code is the answer."""
    options = _options(arguments)
    try:
        proof = _read_json(options.proof)
        document = _read(options.document) if options.document else None
        found = verify(proof, document=document, key=_key(options.key))
    except NotProven as reason:
        _tell("结论：证明不成立。", f"原因：{_plain(str(reason))}")
        return NOT_PROVEN
    except Unusable as reason:
        _tell("结论：无法核对。", f"原因：{_plain(str(reason))}")
        return UNUSABLE
    _tell(*_answer(found))
    return PROVEN


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        _tell("用法有误。", __doc__.split("\n\n")[1])
        sys.exit(UNUSABLE)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = _Parser(description="核对明镜平台出具的证明文件（离线）。", add_help=False)
    parser.add_argument("proof", help="证明文件（JSON）")
    parser.add_argument("--document", help="要核对的文书，例如决定书的 PDF")
    parser.add_argument("--key", help="从官方渠道取得的日志公钥：文本，或存有公钥的文件")
    parser.add_argument("-h", "--help", action="help", help="显示本说明")
    return parser.parse_args(arguments)


def _key(given: str | None) -> str | None:
    if given is None or ("+" in given and not _is_file(given)):
        return given
    return _read(given).decode("utf-8", "replace").strip()


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise Unusable(f"读不到文件“{_plain(path)}”：不存在、是文件夹，或者没有权限。") from error


def _read_json(path: str) -> dict[str, Any]:
    try:
        proof = json.loads(_read(path).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Unusable(f"“{_plain(path)}”不是 JSON 文件。") from error
    if not isinstance(proof, dict):
        raise Unusable(f"“{_plain(path)}”不是证明文件。")
    return proof


def _answer(found: dict[str, Any]) -> list[str]:
    record = found["record"]
    lines = [
        "结论：证明成立。"
        if found["trusted"]
        else "结论：证明文件自身一致，公钥未经核对，不能排除整份伪造。",
        f"日志：{_plain(found['origin'])}，共 {found['size']} 条，本条为第 {found['index']} 号（从 0 起）",
        f"记录：{_plain(record['id'])}",
        f"事项：{_plain(record['subject'])}，第 {record['seq']} 条，{_plain(record['kind'])}",
        f"时间：{_plain(record['at'])}",
    ]
    lines += [f"公开内容：{_plain(name)}＝{_plain(value)}" for name, value in sorted(record["plain"].items())]
    lines += [f"披露内容：{_plain(name)}＝{_plain(value)}" for name, value in found["disclosed"].items()]
    if found["file"]:
        lines.append(f"文书：与记录登记的“{_plain(found['file']['name'])}”完全一致")
    elif record["files"]:
        lines.append("文书：未提供，没有核对（用 --document 指定）")
    if not found["trusted"]:
        lines.append("提醒：公钥取自证明文件本身。请用 --key 指定从官方渠道取得的公钥，才能排除整份伪造。")
    return lines


def _plain(value: Any) -> str:
    """A value on one line; what would move the cursor or forge a line of the answer is shown as its code."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "".join(
        char if char.isprintable() and ord(char) not in TURNING else f"\\u{ord(char):04x}" for char in text
    )


def _tell(*lines: str) -> None:
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
