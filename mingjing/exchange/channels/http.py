"""The interface of a channel: one JSON message by POST, with a key by which the channel takes it only once.

The channel answers ``{"state": "accepted" | "refused" | "received", "receipt": …, "reason": …, "shown_on": …}``.
What does not come through, or cannot be understood, is *down* and tried again with the same key; what the
channel refuses is refused. Redirects are not followed. Source of the key: draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from mingjing.kernel import json_text

MOST_ANSWER_BYTES = 1 << 20
# Not about the data: the channel is busy, or does not know us. A later try may fare better.
_LATER = frozenset({401, 403, 407, 408, 425, 429})
_STATES = ("accepted", "refused", "received")


@dataclass(frozen=True)
class Interface:
    """Where a channel takes messages, and by what token it knows us."""

    url: str
    token: str
    timeout_seconds: float


@dataclass(frozen=True)
class Answer:
    """What the channel said: ``accepted``, ``refused`` with a reason, or ``received`` to be answered later."""

    state: str
    receipt: str = ""
    reason: str = ""
    shown_on: date | None = None


class Down(Exception):
    """The channel could not be reached, or did not answer so that it could be understood; the words are Chinese."""


def post(interface: Interface, body: dict[str, Any], key: str) -> Answer:
    """Tell the channel, once. Raises: Down."""
    parts = urlsplit(interface.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=interface.timeout_seconds)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target or "/", _content(body), _headers(interface, key))
        response = connection.getresponse()
        return _answer(response.status, response.read(MOST_ANSWER_BYTES))
    except TimeoutError as error:
        raise Down(f"{interface.timeout_seconds:g} 秒内没有应答") from error
    except (OSError, http.client.HTTPException) as error:
        raise Down(f"连接失败（{type(error).__name__}）") from error
    finally:
        connection.close()


def _content(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, sort_keys=True).encode()


def _headers(interface: Interface, key: str) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Accept": "application/json",
        "Idempotency-Key": key,
    }
    if interface.token:
        headers["Authorization"] = f"Bearer {interface.token}"
    return headers


def _answer(status: int, content: bytes) -> Answer:
    if status >= 500 or status < 200 or status in _LATER or 300 <= status < 400:
        raise Down(f"对方应答 HTTP {status}")
    told = _told(content)
    reason = str(told.get("reason") or "").strip()[:500]
    receipt = str(told.get("receipt") or "").strip()[:80]
    if status >= 400:
        return Answer("refused", receipt, reason or f"对方应答 HTTP {status}，没有说明原因")
    state = told.get("state")
    if state not in _STATES:
        raise Down("对方的应答看不懂")
    if state == "refused":
        return Answer("refused", receipt, reason or "对方没有说明原因")
    return Answer(str(state), receipt, reason, _day(told.get("shown_on")))


def _told(content: bytes) -> dict[str, Any]:
    try:
        told = json_text.read(content)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
