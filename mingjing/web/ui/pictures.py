"""证件照 on pages: small pictures of ours, answered whole, or inside the page where it must work without a network."""

from __future__ import annotations

import base64

from django.http import HttpResponse

from mingjing.organs.photographs import MEDIA_TYPE
from mingjing.record import queries as record


def photo(sha256: str) -> HttpResponse:
    """The picture as an answer that nobody keeps. Raises: Refused where the store lacks it."""
    answer = HttpResponse(_bytes(sha256), content_type=MEDIA_TYPE)
    answer["Cache-Control"] = "no-store"
    return answer


def inline(sha256: str) -> str:
    """The picture as an address that holds it (RFC 2397); empty where there is none."""
    return f"data:{MEDIA_TYPE};base64,{base64.b64encode(_bytes(sha256)).decode()}" if sha256 else ""


def _bytes(sha256: str) -> bytes:
    with record.open_blob(sha256) as content:
        return content.read()
