"""机器转写: what is said in a recording, as one configured peer understands it. Off unless an address is set.

The peer speaks the OpenAI interface ``POST {address}/audio/transcriptions`` (as whisper servers in one's own
network do). Only that one peer is ever called: redirects are not followed, nothing of a user makes the address.
"""

from __future__ import annotations

import http.client
import math
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from django.conf import settings

from mingjing.kernel import json_text
from mingjing.kernel.refused import Refused

from .transcripts import Line, Transcript

SECONDS = 3600
MOST_ANSWER_BYTES = 16 << 20
BLOCK_BYTES = 1 << 20
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Peer:
    """The configured peer."""

    address: str
    model: str

    @property
    def host(self) -> str:
        """For people and for the record: who is asked."""
        return urlsplit(self.address).netloc.rpartition("@")[2]


def peer() -> Peer | None:
    """The peer, if one is set."""
    address = settings.MINGJING_SPEECH_URL
    return Peer(address, settings.MINGJING_SPEECH_MODEL) if address else None


def transcribe(original: BinaryIO, size_bytes: int, media_type: str) -> Transcript:
    """What the peer understands; closes ``original``. Sends it in constant memory.

    Raises: Refused ``no-speech``, ``not-made``.
    """
    chosen = peer()
    if chosen is None:
        raise Refused(
            "no-speech", "没有设置机器转写的服务。", remedy="由系统管理员设置 MINGJING_SPEECH_URL。"
        )
    with original:
        try:
            answer = _ask(chosen, original, size_bytes, media_type)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Refused("not-made", f"转写服务没有应答：{error}"[:300]) from error
    return Transcript(tuple(_lines(answer)), str(answer.get("language") or "")[:20])


def _ask(chosen: Peer, original: BinaryIO, size_bytes: int, media_type: str) -> dict[str, Any]:
    parts = urlsplit(chosen.address)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ValueError("MINGJING_SPEECH_URL 须为 https")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    boundary = secrets.token_hex(16)
    head, tail = _around(boundary, chosen.model, media_type)
    try:
        connection.putrequest("POST", f"{parts.path.rstrip('/')}/audio/transcriptions")
        connection.putheader("Content-Type", f"multipart/form-data; boundary={boundary}")
        connection.putheader("Content-Length", str(len(head) + size_bytes + len(tail)))
        if settings.MINGJING_SPEECH_KEY:
            connection.putheader("Authorization", f"Bearer {settings.MINGJING_SPEECH_KEY}")
        connection.endheaders()
        for block in _body(head, original, tail):
            connection.send(block)
        return _read(connection.getresponse())
    finally:
        connection.close()


def _around(boundary: str, model: str, media_type: str) -> tuple[bytes, bytes]:
    """What stands before and after the recording in the form."""
    fields = {"model": model, "response_format": "verbose_json", "timestamp_granularities[]": "segment"}
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    # The name that people gave the file may tell of people; the peer needs none.
    ending = media_type.partition("/")[2].partition(";")[0]
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="recording.{ending}"\r\n'
    head += f"Content-Type: {media_type}\r\n\r\n"
    return head.encode(), f"\r\n--{boundary}--\r\n".encode()


def _body(head: bytes, original: BinaryIO, tail: bytes) -> Iterator[bytes]:
    yield head
    while block := original.read(BLOCK_BYTES):
        yield block
    yield tail


def _read(response: http.client.HTTPResponse) -> dict[str, Any]:
    content = response.read(MOST_ANSWER_BYTES + 1)
    if response.status != 200:
        raise ValueError(f"HTTP {response.status}")
    if len(content) > MOST_ANSWER_BYTES:
        raise ValueError("应答过长")
    answer = json_text.read(content, any_number=True)  # speech models give NaN for what they are unsure of
    if not isinstance(answer, dict):
        raise ValueError("应答不是所要的格式")
    return answer


def _lines(answer: dict[str, Any]) -> Iterator[Line]:
    segments = answer.get("segments")
    if not isinstance(segments, list):
        segments = [{"start": 0, "end": 0, "text": answer.get("text", "")}]
    for one in segments:
        if isinstance(one, dict) and (text := str(one.get("text") or "").strip()):
            yield Line(_ms(one.get("start")), _ms(one.get("end")), text)


def _ms(seconds: Any) -> int:
    whole = float(seconds or 0)
    return max(0, round(whole * 1000)) if math.isfinite(whole) else 0
