"""Signed heads of the log, witnesses' cosignatures on them, and offline proof files.

Follows C2SP tlog-checkpoint v1.0.0, tlog-cosignature (Ed25519 and ML-DSA-44) and tlog-proof v1, so that tools
made by others can check this log.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from mingjing.kernel import merkle, note
from mingjing.kernel.refused import Refused

PROOF_HEADER = "c2sp.org/tlog-proof@v1"

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_TIMESTAMP_BYTES = 8
_SUBTREE = b"subtree/v1\n\x00"
_LOG_KINDS = (note.ED25519, note.MLDSA44)
_WITNESS_KINDS = (note.COSIGNATURE, note.MLDSA44)
_LONGEST_NAME_BYTES = 255
# C2SP tlog-cosignature allows up to 2^63 - 1; what lies beyond the year 9999 is no time of a signature.
_LATEST = 253_402_300_799


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself at one size. Extension lines are neither written nor accepted."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The note text that the log signs."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """The checkpoint in a note text. Raises: Refused ``bad-checkpoint``."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0]:
            raise _bad_checkpoint("应为三行：来源、条数、树根")
        if not _DECIMAL.fullmatch(lines[1]):
            raise _bad_checkpoint(f"条数“{lines[1][:20]}”不是规范的十进制数")
        return cls(lines[0], int(lines[1]), _hash(lines[2]))


@dataclass(frozen=True)
class Cosignature:
    """A witness saw this head, consistent with all it saw before, at ``at``."""

    witness: str
    at: datetime


@dataclass(frozen=True)
class Proof:
    """That an entry stands at ``index``: what a ``.tlog-proof`` file holds besides the entry itself."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str

    def __str__(self) -> str:
        path = "".join(f"{_base64(item)}\n" for item in self.hashes)
        return f"{PROOF_HEADER}\nindex {self.index}\n{path}\n{self.checkpoint}"

    @classmethod
    def parse(cls, document: str) -> Proof:
        """The proof in a file; unauthenticated ``extra`` data is skipped. Raises: Refused ``bad-proof``."""
        head, blank, checkpoint = document.partition("\n\n")
        lines = head.split("\n")
        if not blank or lines.pop(0) != PROOF_HEADER:
            raise _bad_proof(f"第一行应为 {PROOF_HEADER}，其后有空行")
        if lines and lines[0].startswith("extra "):
            _require_base64(lines.pop(0).removeprefix("extra "))
        word, _, number = lines.pop(0).partition(" ") if lines else ("", "", "")
        if word != "index" or not _DECIMAL.fullmatch(number):
            raise _bad_proof("缺少 index 行，或序号不规范")
        return cls(int(number), tuple(_hash(line) for line in lines), checkpoint)

    def proves(self, leaf: bytes, head: Checkpoint) -> bool:
        """Whether ``leaf`` stands at this place in the log whose verified head is ``head``."""
        return merkle.verify_inclusion(leaf, self.index, head.size, self.hashes, head.root)


def sign(head: Checkpoint, *keys: note.SignerKey, at: datetime | None = None) -> str:
    """The checkpoint as a note document, signed by every one of the log's ``keys``.

    ``at`` goes into the lines of type ML-DSA-44; without it they say nothing of time (C2SP tlog-cosignature
    allows a timestamp of zero).
    """
    lines = tuple(signature(head, key, at) for key in keys)
    return str(note.Note(head.text, lines))


def signature(head: Checkpoint, key: note.SignerKey, at: datetime | None = None) -> note.Signature:
    """The line with which ``key`` signs ``head``, in the form of its type."""
    if key.kind == note.ED25519:
        return note.Signature(key.name, key.verifier.key_id, key.sign(head.text.encode()))
    if at is None and key.kind == note.COSIGNATURE:
        raise ValueError("a cosignature needs its time")
    seconds = int(at.timestamp()) if at else 0
    raw = key.sign(_signed_message(head, key.kind, key.name, seconds))
    return note.Signature(key.name, key.verifier.key_id, seconds.to_bytes(_TIMESTAMP_BYTES, "big") + raw)


def opened(document: str, keys: Iterable[note.VerifierKey], origin: str | None = None) -> Checkpoint:
    """The head in a note that a trusted key signed, and whose origin is the expected one.

    Raises: Refused as :func:`mingjing.kernel.note.opened`, ``bad-checkpoint`` or ``wrong-origin``.
    """
    head = Checkpoint.parse(note.opened(document, keys, kinds=_LOG_KINDS, holds=_holds).text)
    if origin is not None and head.origin != origin:
        raise Refused("wrong-origin", f"签名头来自“{head.origin}”，不是“{origin}”。")
    return head


def cosign(document: str, key: note.SignerKey, at: datetime) -> str:
    """``document`` with the cosignature of a witness added.

    The witness MUST have checked consistency with every head it cosigned before.
    """
    if key.kind not in _WITNESS_KINDS:
        raise ValueError("a witness needs a key of the cosignature type")
    found = note.parse(document)
    line = signature(Checkpoint.parse(found.text), key, at)
    return str(note.Note(found.text, (*found.signatures, line)))


def cosignatures(document: str, witnesses: Sequence[note.VerifierKey]) -> list[Cosignature]:
    """Which of the trusted ``witnesses`` cosigned, and when.

    Raises: Refused ``note-spoiled`` if the line of a trusted witness does not verify.
    """
    found = note.parse(document)
    return [_checked(found, line, key) for key in witnesses for line in found.signatures if line.claims(key)]


def with_lines(document: str, lines: Iterable[note.Signature]) -> str:
    """``document`` with further signature lines, each kept once."""
    found = note.parse(document)
    fresh = [line for line in dict.fromkeys(lines) if line not in found.signatures]
    return str(note.Note(found.text, (*found.signatures, *fresh)))


def _checked(found: note.Note, line: note.Signature, key: note.VerifierKey) -> Cosignature:
    seconds = int.from_bytes(line.raw[:_TIMESTAMP_BYTES], "big")
    if key.kind not in _WITNESS_KINDS or not seconds or not _holds(found, line, key):
        raise Refused("note-spoiled", f"见证方“{key.name}”的联署与正文不符，内容可能被改动。")
    return Cosignature(key.name, datetime.fromtimestamp(seconds, UTC))


def _holds(found: note.Note, line: note.Signature, key: note.VerifierKey) -> bool:
    if key.kind == note.ED25519:
        return note.plainly_signed(found, line, key)
    seconds = int.from_bytes(line.raw[:_TIMESTAMP_BYTES], "big")
    if seconds > _LATEST:
        return False
    message = _signed_message(Checkpoint.parse(found.text), key.kind, key.name, seconds)
    return key.signed(message, line.raw[_TIMESTAMP_BYTES:])


def _signed_message(head: Checkpoint, kind: int, name: str, seconds: int) -> bytes:
    """What a cosignature signs: text with Ed25519, with ML-DSA-44 a structure that names the cosigner too."""
    if kind == note.COSIGNATURE:
        return f"cosignature/v1\ntime {seconds}\n{head.text}".encode()
    parts = (
        _SUBTREE,
        _short(name),
        seconds.to_bytes(8, "big"),
        _short(head.origin),
        (0).to_bytes(8, "big"),
        head.size.to_bytes(8, "big"),
        head.root,
    )
    return b"".join(parts)


def _short(text: str) -> bytes:
    data = text.encode()
    if len(data) > _LONGEST_NAME_BYTES:
        raise _bad_checkpoint(f"名称“{text[:20]}…”超过 {_LONGEST_NAME_BYTES} 字节，不能用 ML-DSA-44 签名")
    return bytes([len(data)]) + data


def _hash(text: str) -> bytes:
    try:
        data = note.unbase64(text)
    except (ValueError, binascii.Error) as error:
        raise _bad_checkpoint(f"“{text[:60]}”不是规范的 base64") from error
    if len(data) != merkle.HASH_BYTES:
        raise _bad_checkpoint(f"散列长 {len(data)} 字节，应为 {merkle.HASH_BYTES} 字节")
    return data


def _require_base64(text: str) -> None:
    try:
        note.unbase64(text)
    except (ValueError, binascii.Error) as error:
        raise _bad_proof("extra 行不是规范的 base64") from error


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bad_checkpoint(why: str) -> Refused:
    return Refused("bad-checkpoint", f"签名头格式有误：{why}。", remedy="请使用平台导出的原文，不要编辑。")


def _bad_proof(why: str) -> Refused:
    return Refused("bad-proof", f"证明文件格式有误：{why}。", remedy="请重新下载证明文件。")
