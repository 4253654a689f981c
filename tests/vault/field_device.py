"""A field device without a browser: it signs and chains as ``capture-chain.js`` does."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from mingjing.kernel import canonical, capture
from mingjing.organs.authority import Actor
from mingjing.vault import actions
from mingjing.vault.actions import Receipt
from mingjing.vault.models import Capture
from tests.makers import AT


@dataclass
class Recording:
    """One recording as the device holds it."""

    start: bytes
    start_signature: bytes
    chunks: list[bytes]
    end: bytes
    signature: bytes

    @property
    def id(self) -> uuid.UUID:
        return capture.read_start(self.start).id

    @property
    def head(self) -> str:
        return capture.read_end(self.end).head


@dataclass
class FieldDevice:
    """A device with its key, its counter and the head of its last recording."""

    actor: Actor
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    n: int = 0
    prev: str | None = None

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def number(self) -> str:
        return "XC" + hashlib.sha256(self.public_key).hexdigest()[:10].upper()

    def register(self, at: datetime = AT) -> FieldDevice:
        actions.register_device(public_key=self.public_key, name="测试手机", actor=self.actor, at=at)
        return self

    def sign(self, manifest: bytes) -> bytes:
        r, s = decode_dss_signature(self.key.sign(manifest, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def record(self, *chunks: bytes, ended_at: datetime = AT, **changes: Any) -> Recording:
        """Record these chunks; ``changes`` go into the start manifest."""
        self.n += 1
        said = {
            "v": capture.FORM,
            "id": str(uuid.uuid4()),
            "device": self.number,
            "officer": self.actor.id,
            "n": self.n,
            "prev": self.prev,
            "kind": "video",
            "media_type": "video/webm;codecs=vp8,opus",
            "name": "现场录像.webm",
            "purpose": "现场检查",
            "case": "",
            "step": "",
            "of": None,
            "watermark": "",
            "started_at": (ended_at - timedelta(seconds=len(chunks))).isoformat(),
            "offset_ms": 120,
            "place": {"lat": "31.2090", "lon": "107.4680", "accuracy": "12"},
        }
        start = canonical.dump({**said, **changes})
        recording = self.end(start, list(chunks), ended_at)
        self.prev = recording.head
        return recording

    def end(self, start: bytes, chunks: list[bytes], ended_at: datetime = AT, **changes: Any) -> Recording:
        """The recording with its end manifest; ``changes`` go into that."""
        head = capture.chain(start, [hashlib.sha256(one).digest() for one in chunks]).hex()
        said = {
            "v": capture.FORM,
            "id": str(capture.read_start(start).id),
            "start": capture.digest_of(start),
            "chunks": len(chunks),
            "size_bytes": sum(len(one) for one in chunks),
            "head": head,
            "ended_at": ended_at.isoformat(),
            "ending": "stopped",
            "marks": [],
        }
        end = canonical.dump({**said, **changes})
        return Recording(start, self.sign(start), chunks, end, self.sign(end))

    def send_start(self, recording: Recording, at: datetime = AT, **more: Any) -> Capture:
        return actions.start_capture(
            manifest=recording.start, signature=recording.start_signature, actor=self.actor, at=at, **more
        )

    def send_chunk(self, recording: Recording, seq: int, at: datetime = AT, **changes: Any) -> bool:
        content = recording.chunks[seq - 1]
        values = {"content": content, "sha256": hashlib.sha256(content).hexdigest(), **changes}
        return actions.receive_chunk(
            capture_id=recording.id, seq=seq, officer=self.actor, received_at=at, **values
        )

    def send_end(self, recording: Recording, at: datetime = AT) -> Receipt:
        return actions.end_capture(
            capture_id=recording.id,
            manifest=recording.end,
            signature=recording.signature,
            actor=self.actor,
            at=at,
        )

    def send(self, recording: Recording, at: datetime = AT, **more: Any) -> Receipt:
        """The whole recording in order."""
        self.send_start(recording, at, **more)
        for seq in range(1, len(recording.chunks) + 1):
            self.send_chunk(recording, seq, at)
        return self.send_end(recording, at)
