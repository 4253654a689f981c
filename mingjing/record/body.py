"""The form of a record, ``mj-record/1``: what its bytes say and how they are made."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mingjing.kernel import canonical, merkle
from mingjing.kernel.refused import Refused

FORM = "mj-record/1"
NONCE_BYTES = 32

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Draft:
    """Everything a record will say, before it becomes bytes.

    ``plain`` MUST hold nothing personal: whoever receives a proof of the entry reads it. ``entered`` is when
    somebody typed in what happened ``at`` an earlier moment; None where the two are one.
    """

    log: str
    entry_id: uuid.UUID
    kind: str
    subject: str
    seq: int
    prev: bytes | None
    at: datetime
    actor: str
    plain: Mapping[str, Any]
    files: Sequence[Mapping[str, Any]]
    entered: datetime | None = None


@dataclass(frozen=True)
class Written:
    """A record as it is kept: bytes, digests, and the disclosures by name."""

    body: bytes
    sha256: bytes
    sm3: bytes
    disclosures: Mapping[str, str]


def write(draft: Draft, personal: Mapping[str, Any]) -> Written:
    """The bytes of ``draft`` with every personal value replaced by its salted digest.

    Raises: Refused ``not-canonical`` or ``bad-file-reference``.
    """
    disclosures = {
        name: canonical.disclose(name, canonical.normalized(value), secrets.token_bytes(canonical.SALT_BYTES))
        for name, value in personal.items()
    }
    body = canonical.dump(_fields(draft, disclosures))
    return Written(body, hashlib.sha256(body).digest(), canonical.sm3(body), disclosures)


def read(body: bytes) -> dict[str, Any]:
    """The fields of a record.

    Raises: Refused ``not-canonical`` or ``unknown-record-form``.
    """
    fields = canonical.load(body)
    if not isinstance(fields, dict) or fields.get("v") != FORM:
        raise Refused("unknown-record-form", f"记录不是 {FORM} 格式，无法读取。")
    return fields


def leaf(sha256: bytes, sm3: bytes) -> bytes:
    """The leaf hash under which a record with these digests stands in the log."""
    return merkle.leaf_hash(canonical.entry(sha256, sm3))


def new_id(at: datetime) -> uuid.UUID:
    """A UUIDv7 (RFC 9562, 5.7) of the given time: sorted by time, random in the rest."""
    milliseconds = int(at.timestamp() * 1000)
    number = milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=number)


def _fields(draft: Draft, disclosures: Mapping[str, str]) -> dict[str, Any]:
    return {
        "v": FORM,
        "log": draft.log,
        "id": str(draft.entry_id),
        "kind": draft.kind,
        "subject": draft.subject,
        "seq": draft.seq,
        "prev": draft.prev.hex() if draft.prev else None,
        "at": draft.at.isoformat(),
        **({"entered": draft.entered.isoformat()} if draft.entered else {}),
        "actor": draft.actor,
        "plain": canonical.normalized(draft.plain),
        "sd": sorted(canonical.digest(text) for text in disclosures.values()),
        "files": [_file(reference) for reference in draft.files],
        # 256 random bits make the record itself a hiding commitment: its digest in the public log tells
        # nothing, even to somebody who can guess every other field.
        "nonce": base64.urlsafe_b64encode(secrets.token_bytes(NONCE_BYTES)).rstrip(b"=").decode(),
    }


def _file(reference: Mapping[str, Any]) -> dict[str, Any]:
    fields = canonical.normalized(reference)
    if not _SHA256.fullmatch(str(fields.get("sha256", ""))) or not fields.get("name"):
        raise Refused(
            "bad-file-reference",
            f"记录引用的文件缺少名称或 SHA-256：{reference!r}。",
            remedy="先用 keep_blob 存入文件，再引用它返回的内容。",
        )
    return dict(fields)
