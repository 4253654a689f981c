"""设备录制的链 ``mingjing-capture/1``: how a device proves that a recording is whole, and the only one.

A recording is made in chunks of some seconds. Before the first one the device writes a *start manifest*
(canonical JSON, :mod:`mingjing.kernel.canonical`), after the last an *end manifest*; both are signed with the
device's own key (ECDSA over P-256 with SHA-256, FIPS 186-5; r and s of 32 bytes each, as WebCrypto gives them).

    head_0 = SHA-256("mingjing-capture/1" || start manifest)
    head_n = SHA-256(head_{n-1} || SHA-256(chunk_n))          n = 1, 2, …

The end manifest names the start manifest by its SHA-256, the number and bytes of the chunks and the last head;
the start manifest of the device's next recording names that head as ``prev`` and counts ``n`` up by one. So a
chunk that is changed, dropped, swapped or added breaks the head, and a recording that was deleted leaves a
number and a ``prev`` which nobody can explain. ``web/ui/static/capture-chain.js`` does the same on the device.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from mingjing.kernel import canonical
from mingjing.kernel.refused import Refused

FORM = "mingjing-capture/1"
KINDS = ("video", "audio", "photo", "copy")  # copy: the watermarked copy of a photo, named by ``of``
SIGNATURE_BYTES = 64
MOST_CHUNKS = 200_000  # 55 hours at one chunk a second
MOST_MANIFEST_BYTES = 64 * 1024

_HEX = re.compile(r"[0-9a-f]{64}")
_DECIMAL = re.compile(r"-?[0-9]{1,4}(\.[0-9]{1,8})?")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*(;[ -~]*)?")
_MARKS = ("pause", "resume", "hidden", "shown", "gap", "interrupted", "photo", "note")


@dataclass(frozen=True)
class Place:
    """Where it was recorded: degrees (WGS 84) and metres as the device gave them, as text; never rounded here."""

    lat: str
    lon: str
    accuracy: str


@dataclass(frozen=True)
class Started:
    """What a start manifest says. ``offset_ms``: the platform's clock less the device's, None if never measured."""

    id: uuid.UUID
    device: str
    officer: int
    n: int
    prev: str
    kind: str
    media_type: str
    name: str
    purpose: str
    case: str
    step: str
    of: uuid.UUID | None
    watermark: str
    started_at: datetime
    offset_ms: int | None
    place: Place | None


@dataclass(frozen=True)
class Mark:
    """Something that interrupted or annotated a recording, behind chunk ``seq``; ``ms`` is how long, if known."""

    kind: str
    seq: int
    at: datetime
    ms: int


@dataclass(frozen=True)
class Ended:
    """What an end manifest says. ``ending`` is ``stopped`` or, after a crash, ``recovered``."""

    id: uuid.UUID
    start: str
    chunks: int
    size_bytes: int
    head: str
    ended_at: datetime
    ending: str
    marks: tuple[Mark, ...]


def start_head(start: bytes) -> bytes:
    """head_0: the commitment to the start manifest."""
    return hashlib.sha256(FORM.encode() + start).digest()


def next_head(head: bytes, chunk_sha256: bytes) -> bytes:
    """head_n from head_{n-1} and the digest of chunk n."""
    return hashlib.sha256(head + chunk_sha256).digest()


def chain(start: bytes, chunk_digests: Iterable[bytes]) -> bytes:
    """The head behind the last of the chunks."""
    head = start_head(start)
    for digest in chunk_digests:
        head = next_head(head, digest)
    return head


def digest_of(start: bytes) -> str:
    """How the end manifest names its start manifest."""
    return hashlib.sha256(start).hexdigest()


def read_start(data: bytes) -> Started:
    """The start manifest in these bytes. Raises: Refused ``bad-manifest`` naming what is wrong with it."""
    said = _Fields(data)
    started = Started(
        id=said.uuid("id"),
        device=said.text("device", 60),
        officer=said.number("officer", 1),
        n=said.number("n", 1),
        prev=said.digest("prev", optional=True),
        kind=said.choice("kind", KINDS),
        media_type=said.match("media_type", _MEDIA_TYPE),
        name=said.text("name", 200),
        purpose=said.text("purpose", 200, empty=True),
        case=said.text("case", 60, empty=True),
        step=said.text("step", 60, empty=True),
        of=said.uuid("of") if said.given("of") else None,
        watermark=said.text("watermark", 500, empty=True),
        started_at=said.moment("started_at"),
        offset_ms=said.number("offset_ms", None) if said.given("offset_ms") else None,
        place=said.place(),
    )
    if (started.n == 1) != (not started.prev):
        raise _bad("prev", "第一段录制没有上一段，其余的都有")
    if (started.kind == "copy") != (started.of is not None):
        raise _bad("of", "只有水印副本指向原照片")
    return started


def read_end(data: bytes) -> Ended:
    """The end manifest in these bytes. Raises: Refused ``bad-manifest``."""
    said = _Fields(data)
    ended = Ended(
        id=said.uuid("id"),
        start=said.digest("start"),
        chunks=said.number("chunks", 1),
        size_bytes=said.number("size_bytes", 1),
        head=said.digest("head"),
        ended_at=said.moment("ended_at"),
        ending=said.choice("ending", ("stopped", "recovered")),
        marks=said.marks(),
    )
    if ended.chunks > MOST_CHUNKS:
        raise _bad("chunks", f"最多 {MOST_CHUNKS} 段")
    return ended


def why_broken(start: bytes, end: Ended, chunks: Sequence[tuple[bytes, int]]) -> Refused | None:
    """Why these chunks (digest, bytes), in order, are not what the device signed; None if they are.

    The refusals are ``bad-chain``: a chunk was changed, dropped, swapped or added, or the manifests do not
    belong together.
    """
    started = read_start(start)
    if end.id != started.id or end.start != digest_of(start):
        return _broken("结束清单不属于这段录制的开始清单。")
    if len(chunks) != end.chunks:
        return _broken(f"设备记下 {end.chunks} 个分段，收到 {len(chunks)} 个。")
    if sum(size for _, size in chunks) != end.size_bytes:
        return _broken(f"设备记下 {end.size_bytes} 字节，收到 {sum(size for _, size in chunks)} 字节。")
    head = chain(start, (digest for digest, _ in chunks)).hex()
    if head != end.head:
        return _broken(
            f"按收到的分段算出的校验值是 {head[:12]}…，设备签名的是 {end.head[:12]}…，内容或者次序不一致。"
        )
    return None


def read_public_key(spki: bytes) -> ec.EllipticCurvePublicKey:
    """A device's public key as WebCrypto exports it (SubjectPublicKeyInfo). Raises: Refused ``bad-device-key``."""
    try:
        key = serialization.load_der_public_key(spki)
    except ValueError as error:
        raise _bad_key() from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _bad_key()
    return key


def check_signature(spki: bytes, manifest: bytes, signature: bytes) -> None:
    """Pass if the device's key signed these bytes. Raises: Refused ``bad-signature``, ``bad-device-key``."""
    key = read_public_key(spki)
    if len(signature) != SIGNATURE_BYTES:
        raise _bad_signature()
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    try:
        key.verify(encode_dss_signature(r, s), manifest, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise _bad_signature() from error


class _Fields:
    """The fields of a manifest, each read once; what is left over is refused, so nothing goes unjudged."""

    def __init__(self, data: bytes) -> None:
        if len(data) > MOST_MANIFEST_BYTES:
            raise _bad("$", f"超过 {MOST_MANIFEST_BYTES} 字节")
        try:
            fields = canonical.load(data)
        except Refused as refused:
            raise _bad("$", refused.reason) from refused
        if not isinstance(fields, dict) or fields.get("v") != FORM:
            raise _bad("v", f"不是 {FORM}")
        self._fields: Mapping[str, Any] = fields

    def given(self, name: str) -> bool:
        return self._fields.get(name) is not None

    def text(self, name: str, most: int, *, empty: bool = False) -> str:
        value = self._fields.get(name, "" if empty else None)
        if not isinstance(value, str) or len(value) > most or not (value or empty) or "\x00" in value:
            raise _bad(name, f"应为不超过 {most} 字的文字")
        return value

    def match(self, name: str, rule: re.Pattern[str]) -> str:
        value = self.text(name, 200)
        if not rule.fullmatch(value):
            raise _bad(name, f"“{value}”写法不对")
        return value

    def digest(self, name: str, *, optional: bool = False) -> str:
        if optional and not self.given(name):
            return ""
        return self.match(name, _HEX)

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        value = self.text(name, 60)
        if value not in allowed:
            raise _bad(name, f"“{value}”不在 {'、'.join(allowed)} 之中")
        return value

    def number(self, name: str, least: int | None) -> int:
        value = self._fields.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or (least is not None and value < least):
            raise _bad(name, "应为整数" if least is None else f"应为不小于 {least} 的整数")
        return value

    def uuid(self, name: str) -> uuid.UUID:
        value = self.text(name, 36)
        try:
            found = uuid.UUID(value)
        except ValueError as error:
            raise _bad(name, f"“{value}”不是 UUID") from error
        if str(found) != value:
            raise _bad(name, f"“{value}”不是 UUID 的规范写法")
        return found

    def moment(self, name: str) -> datetime:
        return _moment(name, self.text(name, 40))

    def place(self) -> Place | None:
        value = self._fields.get("place")
        if value is None:
            return None
        keys = ("lat", "lon", "accuracy")
        if not isinstance(value, dict) or not all(_DECIMAL.fullmatch(str(value.get(key))) for key in keys):
            raise _bad("place", "应有 lat、lon、accuracy 三个十进制数（文字）")
        return Place(*(str(value[key]) for key in keys))

    def marks(self) -> tuple[Mark, ...]:
        value = self._fields.get("marks", [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise _bad("marks", "应为列表")
        return tuple(_mark(one) for one in value)


def _mark(said: Mapping[str, Any]) -> Mark:
    kind, seq, ms = said.get("kind"), said.get("seq"), said.get("ms", 0)
    if kind not in _MARKS or type(seq) is not int or type(ms) is not int or seq < 0 or ms < 0:
        raise _bad("marks", f"看不懂 {dict(said)!r}")
    return Mark(str(kind), seq, _moment("marks", str(said.get("at", ""))), ms)


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _bad(name, f"“{text}”不是时间") from error
    if moment.tzinfo is None or not 2000 <= moment.year <= 2199:
        raise _bad(name, f"“{text}”没有时区，或者年份不对")
    return moment


def _bad(name: str, why: str) -> Refused:
    return Refused(
        "bad-manifest",
        f"录制清单的“{name}”不对：{why}。",
        remedy="请刷新录制页面后重试；录制内容仍在设备上。",
    )


def _broken(why: str) -> Refused:
    return Refused(
        "bad-chain",
        f"录制与设备签名的链不一致：{why}",
        remedy="请从设备重新上传；仍不一致的，保留设备，报告管理员。",
    )


def _bad_key() -> Refused:
    return Refused("bad-device-key", "设备公钥无法识别，须为 P-256 公钥。", remedy="请在设备上重新登记。")


def _bad_signature() -> Refused:
    return Refused(
        "bad-signature",
        "清单上的设备签名不对，不能确认是这台设备录制的。",
        remedy="请用登记过的设备上传；设备重装过浏览器的，请重新登记设备。",
    )
