"""Signed notes and their keys, as C2SP signed-note v1.0.0 writes them: Ed25519, and ML-DSA-44 beside it.

A note is text, a blank line, and signature lines ``— name base64(key id ‖ signature)``. Nothing in the text
may be believed before :func:`opened` has found a good signature of a key that the reader already trusts.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from mingjing.kernel.refused import Refused

ED25519 = 0x01
COSIGNATURE = 0x04
MLDSA44 = 0x06
MAX_SIGNATURES = 100

# The bytes of a public key of each signature type (RFC 8032; FIPS 204, table 2).
_PUBLIC_BYTES = {ED25519: 32, COSIGNATURE: 32, MLDSA44: 1312}
_SEED_BYTES = 32
_DASH = "— "
_PRIVATE = "PRIVATE+KEY+"
_KEY = re.compile(r"(?P<name>[^+\s]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]+={0,2})")
_LINE = re.compile(_DASH + r"(?P<name>[^+\s]+) (?P<signature>[A-Za-z0-9+/]+={0,2})")

_PRIME = 2**255 - 19
_CURVE_D = -121665 * pow(121666, -1, _PRIME) % _PRIME


@dataclass(frozen=True)
class VerifierKey:
    """A public key under the name its owner signs with; ``kind`` is the signature type byte of C2SP."""

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        """Raises: Refused ``bad-key`` for a name, type or curve point that nobody should trust."""
        if not re.fullmatch(r"[^+\s]+", self.name):
            raise _bad_key(self.name, "名称为空，或含有空格、加号")
        if self.kind not in _PUBLIC_BYTES:
            raise _bad_key(self.name, f"不支持签名类型 {self.kind:#04x}")
        if len(self.public) != _PUBLIC_BYTES[self.kind]:
            expected = _PUBLIC_BYTES[self.kind]
            raise _bad_key(self.name, f"公钥长 {len(self.public)} 字节，这一签名类型应为 {expected} 字节")
        if self.kind != MLDSA44 and not is_sound_public_key(self.public):
            raise _bad_key(self.name, "不是 Ed25519 曲线上的安全公钥（非规范编码、不在曲线上或阶过低）")

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """The key that a vkey ``name+id+base64`` holds. Raises: Refused ``bad-key``."""
        name, key_id, kind, public = _parse_key(text)
        key = cls(name, kind, public)
        if key.key_id != key_id:
            raise _bad_key(name, f"编号 {key_id.hex()} 与公钥算出的 {key.key_id.hex()} 不符")
        return key

    @property
    def key_id(self) -> bytes:
        """Four bytes that, with the name, tell which key signed a line."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_base64(bytes([self.kind]) + self.public)}"

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether ``signature`` is this key's over exactly ``message``."""
        reader = MLDSA44PublicKey if self.kind == MLDSA44 else Ed25519PublicKey
        try:
            reader.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, repr=False)
class SignerKey:
    """A private key with its name. Its text form is a secret; ``repr`` never shows it."""

    name: str
    kind: int
    seed: bytes

    @classmethod
    def generate(cls, name: str, kind: int = ED25519) -> SignerKey:
        """A fresh key. The seed of either algorithm is 32 random bytes (RFC 8032, 5.1.5; FIPS 204, 5.1)."""
        return cls(name, kind, secrets.token_bytes(_SEED_BYTES))

    @classmethod
    def parse(cls, text: str) -> SignerKey:
        """The key that an skey ``PRIVATE+KEY+name+id+base64`` holds. Raises: Refused ``bad-key``."""
        if not text.startswith(_PRIVATE):
            raise _bad_key("私钥", f"没有以 {_PRIVATE} 开头")
        name, key_id, kind, seed = _parse_key(text.removeprefix(_PRIVATE))
        if len(seed) != _SEED_BYTES:
            raise _bad_key(name, f"私钥长 {len(seed)} 字节，应为 {_SEED_BYTES} 字节")
        key = cls(name, kind, seed)
        if key.verifier.key_id != key_id:
            raise _bad_key(name, "编号与私钥不符")
        return key

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self.kind, self._private.public_key().public_bytes_raw())

    def secret(self) -> str:
        """The skey text to be stored where nobody else reads it."""
        key_id = self.verifier.key_id.hex()
        return f"{_PRIVATE}{self.name}+{key_id}+{_base64(bytes([self.kind]) + self.seed)}"

    def sign(self, message: bytes) -> bytes:
        """The signature over ``message``: 64 bytes with Ed25519, 2,420 with ML-DSA-44."""
        return self._private.sign(message)

    @property
    def _private(self) -> Ed25519PrivateKey | MLDSA44PrivateKey:
        if self.kind == MLDSA44:
            return MLDSA44PrivateKey.from_seed_bytes(self.seed)
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def __repr__(self) -> str:
        return f"SignerKey({self.name!r})"


@dataclass(frozen=True)
class Signature:
    """One signature line: whose it claims to be, and its bytes after the key id."""

    name: str
    key_id: bytes
    raw: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {_base64(self.key_id + self.raw)}\n"

    def claims(self, key: VerifierKey) -> bool:
        """Whether the line says that ``key`` made it."""
        return self.name == key.name and self.key_id == key.key_id


@dataclass(frozen=True)
class Note:
    """Text with signatures, none of them checked yet. ``text`` ends with a newline."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.signatures))


def parse(document: str) -> Note:
    """The note in ``document``. Raises: Refused ``bad-note`` at the slightest deviation from the form."""
    text, blank, tail = document.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise _bad_note("正文与签名之间没有空行，或末尾没有换行")
    if any(character < " " and character != "\n" for character in document):
        raise _bad_note("含有控制字符")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise _bad_note(f"签名多于 {MAX_SIGNATURES} 个")
    return Note(text + "\n", tuple(_parse_line(line) for line in lines))


def sign(text: str, key: SignerKey) -> Note:
    """``text``, which MUST end with a newline, signed by ``key``."""
    return Note(text, (Signature(key.name, key.verifier.key_id, key.sign(text.encode())),))


Holds = Callable[[Note, Signature, VerifierKey], bool]
"""Whether a signature line is its key's over the note; what exactly is signed depends on the key's type."""


def plainly_signed(found: Note, line: Signature, key: VerifierKey) -> bool:
    """The signature of type Ed25519: over the text itself."""
    return key.signed(found.text.encode(), line.raw)


def opened(
    document: str,
    keys: Iterable[VerifierKey],
    *,
    kinds: Collection[int] = (ED25519,),
    holds: Holds = plainly_signed,
) -> Note:
    """The note, once at least one of the trusted ``keys`` of one of the ``kinds`` is found to have signed it.

    Raises: Refused ``bad-note``; ``note-spoiled`` if a trusted key's line does not verify (then no other
    line may rescue the note); ``note-unsigned`` if no trusted key signed.
    """
    found = parse(document)
    claimed = [(key, line) for key in keys for line in found.signatures if line.claims(key)]
    claimed = [(key, line) for key, line in claimed if key.kind in kinds]
    for key, line in claimed:
        if not holds(found, line, key):
            raise Refused("note-spoiled", f"“{key.name}”的签名与正文不符，内容可能被改动。")
    if not claimed:
        raise Refused(
            "note-unsigned", "没有可信公钥的签名。", remedy="请核对所用公钥是否为本平台公布的公钥。"
        )
    return found


@lru_cache(maxsize=256)
def is_sound_public_key(public: bytes) -> bool:
    """Whether 32 bytes are the canonical encoding of a curve point that is not of low order.

    Libraries accept signatures under low-order keys that fit many messages at once; a configured key must
    never be one of those.
    """
    if len(public) != 32:
        return False
    number = int.from_bytes(public, "little")
    y = number & ((1 << 255) - 1)
    if y >= _PRIME:
        return False
    x_squared = (y * y - 1) * pow(_CURVE_D * y * y + 1, -1, _PRIME) % _PRIME
    on_curve = x_squared == 0 or pow(x_squared, (_PRIME - 1) // 2, _PRIME) == 1
    return on_curve and not _is_low_order(x_squared, y)


def _is_low_order(x_squared: int, y: int) -> bool:
    """Whether eight times the point is the neutral element, told from x² and y alone.

    Doubling on -x² + y² = 1 + d·x²·y² gives y' = (y² + x²) / (1 - d·x²·y²), and the curve equation gives x'²
    back. After three doublings a point of order 1, 2, 4 or 8 has y = 1.
    """
    for _ in range(3):
        product = _CURVE_D * x_squared * y * y % _PRIME
        y = (y * y + x_squared) * pow(1 - product, -1, _PRIME) % _PRIME
        x_squared = (y * y - 1) * pow(_CURVE_D * y * y + 1, -1, _PRIME) % _PRIME
    return y == 1


def unbase64(text: str) -> bytes:
    """Strict base64 (RFC 4648, section 4): the one spelling of these bytes, or ValueError."""
    data = base64.b64decode(text, validate=True)
    if _base64(data) != text:
        raise ValueError("base64 with stray bits")
    return data


def _parse_key(text: str) -> tuple[str, bytes, int, bytes]:
    match = _KEY.fullmatch(text)
    if match is None:
        raise _bad_key(text[:40], "写法应为 名称+编号+base64")
    try:
        data = unbase64(match["key"])
    except (ValueError, binascii.Error) as error:
        raise _bad_key(match["name"], "base64 有误") from error
    if len(data) <= _SEED_BYTES:
        raise _bad_key(match["name"], f"密钥长 {len(data)} 字节，太短")
    return match["name"], bytes.fromhex(match["id"]), data[0], data[1:]


def _parse_line(line: str) -> Signature:
    match = _LINE.fullmatch(line)
    try:
        data = unbase64(match["signature"]) if match else b""
    except (ValueError, binascii.Error) as error:
        raise _bad_note(f"签名行的 base64 有误：{line[:60]}") from error
    if match is None or len(data) < 5:
        raise _bad_note(f"签名行写法有误：{line[:60]}")
    return Signature(match["name"], data[:4], data[4:])


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bad_key(name: str, why: str) -> Refused:
    return Refused(
        "bad-key", f"密钥“{name}”不可用：{why}。", remedy="请重新取得完整的公钥文本，一个字符都不能少。"
    )


def _bad_note(why: str) -> Refused:
    return Refused("bad-note", f"签名文本格式有误：{why}。", remedy="请使用平台导出的原文，不要编辑或重排。")
