"""Entries with sensible defaults."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from mingjing.record import actions, queries
from mingjing.record.models import Entry
from mingjing.record.verifier import mingjing_verify

AT = datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass(frozen=True)
class Officer:
    """Stands for an actor of the organs room, which lies above this one."""

    id: int = 7
    kind: str = "officer"


def append(subject: str = "case:1", kind: str = "case.filed", **changes) -> Entry:
    """One entry, in a transaction of its own."""
    values = {"at": AT, "actor": Officer(), "plain": {"step": "file"}} | changes
    with transaction.atomic():
        return actions.append(kind=kind, subject=subject, **values)


def append_many(count: int, *, subjects: int = 5) -> list[Entry]:
    """``count`` entries over a few subjects, in one transaction."""
    with transaction.atomic():
        return [
            actions.append(
                kind="case.step",
                subject=f"case:{number % subjects}",
                at=AT + timedelta(seconds=number),
                actor=Officer(),
                plain={"number": number},
            )
            for number in range(count)
        ]


def numbers(entry_ids) -> dict:
    """The number of each entry in the log of its year."""
    return {entry: place.number for entry, place in queries.places(entry_ids).items()}


def saved_proof(folder, proof: dict) -> str:
    """The proof as a file."""
    path = folder / "proof.json"
    path.write_text(json.dumps(proof, ensure_ascii=False), encoding="utf-8")
    return str(path)


def judged(proof: dict, key: str | None = None) -> dict:
    """What the verifier finds in a proof, for a reader who trusts ``key``."""
    policy = mingjing_verify.key_policy(key) if key else None
    return mingjing_verify.verify_proof(proof, {}, policy)["records"][0]


def flipped(data: bytes, bit: int) -> bytes:
    """``data`` with one bit changed."""
    changed = bytearray(data)
    changed[bit // 8 % len(changed)] ^= 1 << bit % 8
    return bytes(changed)


def unbase64(text: str) -> bytes:
    return base64.b64decode(text)
