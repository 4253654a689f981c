"""One spelling for one fact: the bytes of a record, and the salted commitments inside it.

The profile ``mj-record/1`` is the part of JSON on which every writer agrees byte for byte: ASCII keys in
order, no spaces, no floating point, integers that every reader holds exactly, text in Unicode NFC. Within
this profile the output equals RFC 8785. Records are written once and kept as bytes; nothing is ever
serialized again in order to be hashed.

Personal values stay outside the record. Each is handed to its keeper as a *disclosure* (salt, name, value)
and the record carries only the digest, in the manner of SD-JWT: destroying the disclosure leaves a digest
from which nothing can be guessed, and no proof breaks.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.hazmat.primitives import hashes

from mingjing.kernel.refused import Refused

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 32
SALT_BYTES = 16
ENTRY_HEADER = b"mingjing-entry/1\n"
ENTRY_BYTES = len(ENTRY_HEADER) + 32 + 32

_SURROGATE = re.compile("[\ud800-\udfff]")
_KINDS = {float: "小数", bytes: "字节串"}


def dump(value: object) -> bytes:
    """The canonical bytes of ``value``.

    Raises: Refused ``not-canonical``, naming the place inside the value.
    """
    _require_canonical(value, "$", 0)
    return _encode(value)


def load(data: bytes) -> Any:
    """The value whose canonical bytes are exactly ``data``.

    Raises: Refused ``not-canonical`` for anything that :func:`dump` would not have written.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique_pairs,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
    except (ValueError, RecursionError) as error:
        raise _not_canonical("$", f"不是规范的 JSON（{error}）") from error
    if dump(value) != data:
        raise _not_canonical("$", "写法与规范写法不一致（键序、空格、转义或重复写法）")
    return value


def normalized(value: Any) -> Any:
    """``value`` with every text in Unicode NFC; what a person typed is thereby fit for :func:`dump`."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {key: normalized(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [normalized(item) for item in value]
    return value


@dataclass(frozen=True)
class Disclosure:
    """One personal value with the salt that hides it."""

    salt: str
    name: str
    value: Any


def disclose(name: str, value: object, salt: bytes) -> str:
    """The disclosure text that reveals ``value``: base64url of the JSON array [salt, name, value].

    ``salt`` MUST be 16 fresh random bytes; without it short values could be guessed from the digest.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a disclosure needs a salt of {SALT_BYTES} bytes, not {len(salt)}")
    return _base64url(dump([_base64url(salt), name, value]))


def reveal(text: str) -> Disclosure:
    """What a disclosure text says.

    Raises: Refused ``bad-disclosure`` if the text is not one that :func:`disclose` writes.
    """
    try:
        salt, name, value = load(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        genuine = (
            isinstance(name, str) and disclose(name, value, base64.urlsafe_b64decode(salt + "==")) == text
        )
    except (ValueError, TypeError, binascii.Error, Refused) as error:
        raise _bad_disclosure(text) from error
    if not genuine:
        raise _bad_disclosure(text)
    return Disclosure(salt=salt, name=name, value=value)


def digest(disclosure: str) -> str:
    """What the record carries in place of a personal value: base64url SHA-256 of the disclosure text."""
    return _base64url(hashlib.sha256(disclosure.encode("ascii")).digest())


def sm3(data: bytes) -> bytes:
    """The SM3 digest (GB/T 32905), from OpenSSL through hashlib where this build has it."""
    hasher = sm3_hasher()
    hasher.update(data)
    return hasher.digest()


class Sm3Hasher(Protocol):
    """SM3 over content that comes in pieces; ``digest`` ends it."""

    def update(self, data: bytes, /) -> None:
        """Take the next piece."""

    def digest(self) -> bytes:
        """The 32 bytes."""


def sm3_hasher() -> Sm3Hasher:
    """A fresh SM3, for content too large to be held at once."""
    return hashlib.new("sm3") if "sm3" in hashlib.algorithms_available else _OwnSm3()


class _OwnSm3:
    """SM3 where this build of OpenSSL keeps it from hashlib."""

    def __init__(self) -> None:
        self._hash = hashes.Hash(hashes.SM3())

    def update(self, data: bytes, /) -> None:
        self._hash.update(data)

    def digest(self) -> bytes:
        return self._hash.finalize()


def entry(sha256: bytes, sm3_digest: bytes) -> bytes:
    """The 81 bytes that enter the log for a record: a commitment in both hash families, nothing else."""
    if len(sha256) != 32 or len(sm3_digest) != 32:
        raise ValueError("a log entry is made of two digests of 32 bytes")
    return ENTRY_HEADER + sha256 + sm3_digest


def _encode(value: object) -> bytes:
    return json.dumps(
        value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    ).encode()


def _require_canonical(value: object, place: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _not_canonical(place, f"嵌套超过 {MAX_DEPTH} 层")
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        _require_exact_integer(value, place)
    elif isinstance(value, str):
        _require_plain_text(value, place)
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            _require_canonical(item, f"{place}[{position}]", depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            _require_ascii_key(key, place)
            _require_canonical(item, f"{place}.{key}", depth + 1)
    else:
        kind = _KINDS.get(type(value), type(value).__name__)
        raise _not_canonical(place, f"不能写入{kind}：{value!r}")


def _require_exact_integer(value: int, place: str) -> None:
    if abs(value) > MAX_INTEGER:
        raise _not_canonical(place, f"整数 {value} 超出 ±{MAX_INTEGER}，其他程序读取时会失真")


def _require_plain_text(value: str, place: str) -> None:
    if not unicodedata.is_normalized("NFC", value):
        raise _not_canonical(place, f"文字“{value}”不是 Unicode NFC 形式")
    if _SURROGATE.search(value):
        raise _not_canonical(place, "文字中有半个代理字符，无法编码为 UTF-8")


def _require_ascii_key(key: object, place: str) -> None:
    if not isinstance(key, str) or not key.isascii():
        raise _not_canonical(place, f"键 {key!r} 不是 ASCII 文字")


def _unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("同一个键出现了两次")
    return found


def _no_float(text: str) -> Any:
    raise ValueError(f"出现了小数 {text}")


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _not_canonical(place: str, why: str) -> Refused:
    return Refused(
        "not-canonical",
        f"记录内容不能写成规范字节：{place} 处{why}。",
        remedy="金额用整数分，日期用文字，键用英文，文字先转为 NFC。",
    )


def _bad_disclosure(text: str) -> Refused:
    return Refused(
        "bad-disclosure", f"披露文本无法识别：{text[:40]}…", remedy="请使用平台导出的原文，不要改动。"
    )
