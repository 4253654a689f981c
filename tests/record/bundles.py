"""A small log without a database, and decision bundles out of it, for tests of the verifiers."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mingjing.kernel import canonical, checkpoint, merkle, note

PDF = b"%PDF-1.7 published"
AT = datetime(2026, 11, 27, 13, 30, 5, tzinfo=UTC)
SALT = bytes(range(16))


def signer(name: str, kind: int = note.ED25519) -> note.SignerKey:
    """A key that is the same in every run."""
    return note.SignerKey(name, kind, hashlib.sha256(name.encode()).digest())


LOG = signer("log.example/2026")
FORGER = signer("log.example/2026/forged")
BUREAU = signer("justice.example/witness", note.COSIGNATURE)
ARCHIVES = signer("archives.example/witness", note.COSIGNATURE)
POLICY = (
    f"# 演示\nlog {LOG.verifier}\nwitness 司法局 {BUREAU.verifier}\nwitness 档案局 {ARCHIVES.verifier}\n"
    "group 见证 any 司法局 档案局\nquorum 见证\n"
)


def record(**changes: Any) -> dict[str, Any]:
    """The fields of a record of the platform."""
    fields = {
        "v": "mj-record/1", "log": LOG.name, "id": "01990000-0000-7000-8000-000000000000", "kind": "case.decide",
        "subject": "case:1", "seq": 3, "prev": None, "at": "2026-11-27T09:30:00+08:00", "actor": "officer:7",
        "plain": {"number": "达市监罚〔2026〕12号"}, "sd": [], "nonce": "A" * 43,
        "files": [{"name": "公示文本.pdf", "sha256": hashlib.sha256(PDF).hexdigest()}],
    }  # fmt: skip
    return fields | changes


@dataclass
class Log:
    """Entries of records between others, and the proofs of them at any size."""

    key: note.SignerKey = LOG
    entries: list[bytes] = field(default_factory=lambda: [f"entry {number}".encode() for number in range(7)])

    def add(self, body: bytes) -> int:
        """Take a record in; its place."""
        self.entries.append(canonical.entry(hashlib.sha256(body).digest(), canonical.sm3(body)))
        return len(self.entries) - 1

    def node(self, height: int, index: int) -> bytes:
        """The perfect node (height, index)."""
        if height == 0:
            return merkle.leaf_hash(self.entries[index])
        return merkle.node_hash(self.node(height - 1, 2 * index), self.node(height - 1, 2 * index + 1))

    def head(self, *witnesses: note.SignerKey, size: int | None = None) -> str:
        """The signed head at a size, the present one if none is named, cosigned by ``witnesses``."""
        size = len(self.entries) if size is None else size
        head = checkpoint.Checkpoint(self.key.name, size, merkle.root(size, self.node))
        document = checkpoint.sign(head, self.key)
        for witness in witnesses:
            document = checkpoint.cosign(document, witness, AT)
        return document

    def proof(self, index: int, *witnesses: note.SignerKey) -> str:
        """The ``.tlog-proof`` of the entry at ``index``."""
        hashes = merkle.inclusion_proof(index, len(self.entries), self.node)
        return str(checkpoint.Proof(index, tuple(hashes), self.head(*witnesses)))


def files(*witnesses: note.SignerKey, fields: Mapping[str, Any] | None = None) -> dict[str, bytes]:
    """The files of a bundle about one decision with a disclosed and an undisclosed value."""
    number = canonical.disclose("number", "12", SALT)
    hidden = canonical.disclose("party_name", "张某某", SALT)
    log = Log()
    body = canonical.dump(fields or record(sd=sorted(map(canonical.digest, (number, hidden)))))
    place = log.add(body)
    log.entries += [b"later", b"latest"]
    return {
        "核验说明.txt": "说明".encode(),
        "policy.txt": POLICY.encode(),
        "decision/record.json": body,
        "decision/proof.tlog-proof": log.proof(place, *(witnesses or (BUREAU,))).encode(),
        "files/公示文本.pdf": PDF,
    } | ({} if fields else {"decision/disclosures.txt": f"{number}\n".encode()})


def receipt(body: bytes, key: note.SignerKey = LOG, **changes: str) -> str:
    """A receipt of the log for a record."""
    fields = {
        "origin": LOG.name,
        "id": "x",
        "sha256": hashlib.sha256(body).hexdigest(),
        "at": "2026",
    } | changes
    text = "mingjing-receipt/1\n" + "".join(f"{name} {value}\n" for name, value in fields.items())
    return str(note.sign(text, key))


def zipped(parts: Mapping[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    """A bundle as a file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data, how)
    return out.getvalue()
