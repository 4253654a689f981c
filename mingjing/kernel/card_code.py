"""动态证件码: the short-lived code in the picture on an officer's screen, made on the device, checked on the platform.

The platform gives the device a seed for one certificate and one day; from it the device makes a new code each
minute, with or without a network, as RFC 6238 makes one-time passwords: nobody else can, and yesterday's seed makes
no code of today. A screenshot passed on is recognised by the minute it was made in. What cannot be told is whether
a fresh code was relayed within its few minutes: for that the photograph stands on the page.

A code is the Base64url (RFC 4648, no padding) of 20 bytes: the number of the step since 1970 (4 bytes, big-endian),
the token of the visit (6 bytes, zeros where there is none), and the first 10 bytes of
``HMAC-SHA256(seed, "mingjing-card-1" LF certificate LF step and token)``.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, date, datetime

from mingjing.kernel.clocks import SHANGHAI

TOKEN_BYTES = 6
_STEP_BYTES, _MAC_BYTES = 4, 10
_LABEL = b"mingjing-card-1\n"
LENGTH = 27


@dataclass(frozen=True)
class Judged:
    """What a code is worth: ``fresh``, ``old``, ``early`` (a clock far ahead) or ``forged``; when it was made, for which visit."""

    state: str
    made_at: datetime | None = None
    token: str = ""


def seed(secret: bytes, certificate: str, day: date) -> bytes:
    """What a device needs to make codes of this certificate on this day of Shanghai; 32 bytes."""
    return hmac.digest(secret, f"mingjing-card-seed\n{certificate}\n{day.isoformat()}".encode(), "sha256")


def code(of: bytes, certificate: str, token: str, at: datetime, step_seconds: int) -> str:
    """The code that the seed ``of`` the day makes at this moment; ``token`` is twelve hexadecimal digits or empty."""
    step = int(at.timestamp()) // step_seconds
    head = step.to_bytes(_STEP_BYTES, "big") + (bytes.fromhex(token) if token else bytes(TOKEN_BYTES))
    return base64.urlsafe_b64encode(head + _mac(of, certificate, head)).decode().rstrip("=")


def judge(
    text: str,
    *,
    secret: bytes,
    certificate: str,
    at: datetime,
    step_seconds: int,
    valid_seconds: int,
    ahead_seconds: int,
) -> Judged:
    """What a code that was scanned at ``at`` is worth. Never raises: whatever stands in an address is judged."""
    raw = _bytes(text)
    if raw is None:
        return Judged("forged")
    head, mac = raw[: _STEP_BYTES + TOKEN_BYTES], raw[_STEP_BYTES + TOKEN_BYTES :]
    made = datetime.fromtimestamp(int.from_bytes(head[:_STEP_BYTES], "big") * step_seconds, UTC)
    day = made.astimezone(SHANGHAI).date()
    if not hmac.compare_digest(mac, _mac(seed(secret, certificate, day), certificate, head)):
        return Judged("forged")
    token = head[_STEP_BYTES:].hex() if any(head[_STEP_BYTES:]) else ""
    age = (at - made).total_seconds()
    state = "early" if age < -ahead_seconds else "fresh" if age < valid_seconds else "old"
    return Judged(state, made, token)


def _mac(of: bytes, certificate: str, head: bytes) -> bytes:
    return hmac.digest(of, _LABEL + certificate.encode() + b"\n" + head, "sha256")[:_MAC_BYTES]


def _bytes(text: str) -> bytes | None:
    if len(text) != LENGTH:
        return None
    try:
        raw = base64.b64decode(f"{text}=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == _STEP_BYTES + TOKEN_BYTES + _MAC_BYTES else None
