"""Asking another machine over HTTP: exactly the address that was configured, and no more of its answer than fits.

No redirect is followed and no proxy of the environment is used: whoever is asked answers for itself.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPMessage
from typing import IO

from mingjing.kernel.refused import Refused


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    media_type: str
    data: bytes


def ask(url: str, *, seconds: float, most_bytes: int, body: bytes | None = None) -> Answer:
    """The answer at this address; a POST where there is a body.

    Raises: Refused ``no-answer``, whose reason is a clause without a full stop for the caller's own sentence.
    """
    try:
        with _OPENER.open(url, body, timeout=seconds) as answer:
            return _read(answer.status, answer.headers, answer, most_bytes)
    except urllib.error.HTTPError as error:
        with error:
            return _read(error.code, error.headers, error, most_bytes)
    except (OSError, HTTPException, ValueError) as error:
        raise Refused("no-answer", _why(error)) from error


def _read(status: int, headers: Message, answer: IO[bytes], most_bytes: int) -> Answer:
    try:
        data = answer.read(most_bytes + 1)
    except (OSError, HTTPException) as error:
        raise Refused("no-answer", _why(error)) from error
    if len(data) > most_bytes:
        raise Refused("no-answer", "回答过长")
    return Answer(status, headers.get("Content-Type", ""), data)


def _why(error: Exception) -> str:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, TimeoutError):
        return "没有及时回答"
    if isinstance(reason, ConnectionRefusedError):
        return "对方没有在运行，或者拒绝连接"
    return f"连接不成（{str(reason).strip()[:200] or type(reason).__name__}）"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
