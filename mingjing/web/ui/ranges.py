"""Parts of files over HTTP, so that a player can seek: ranges, conditions, HEAD.

Source: RFC 9110, sections 13 and 14. One range is served; several at once are answered with the whole file,
which the RFC allows. The strong validator of a file is its SHA-256.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

BLOCK_BYTES = 256 * 1024
_ONE_RANGE = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*")


@dataclass(frozen=True)
class Part:
    """The bytes from ``first`` to ``last``, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.last - self.first + 1


class Unsatisfiable(Exception):
    """The range begins behind the end of the file."""


def part_of(header: str, size: int) -> Part | None:
    """The part that a ``Range`` header asks for; None where the whole file is the answer.

    Raises :class:`Unsatisfiable`.
    """
    found = _ONE_RANGE.fullmatch(header)
    if found is None or found.groups() == ("", ""):
        return None  # another unit, several ranges, or nothing that can be read: RFC 9110, 14.2
    first, last = found.groups()
    if not first:
        if int(last) == 0:
            raise Unsatisfiable
        return Part(max(0, size - int(last)), size - 1)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise Unsatisfiable
    return Part(int(first), min(int(last), size - 1) if last else size - 1)


def answer(request: Any, stream: BinaryIO, *, size: int, sha256: str, media_type: str) -> HttpResponseBase:
    """The file, the part of it that was asked for, or that nothing has changed; closes ``stream`` in the end.

    With ``MINGJING_ACCEL_PREFIX`` a proxy sends the bytes itself (``X-Accel-Redirect``) and sees to ranges.
    """
    etag = f'"{sha256}"'
    if etag in (one.strip() for one in request.headers.get("If-None-Match", "").split(",")):
        stream.close()
        return _headed(HttpResponse(status=304), etag)
    if settings.MINGJING_ACCEL_PREFIX:
        stream.close()
        return _handed_over(sha256, media_type, etag)
    try:
        part = part_of(_range(request, etag), size)
    except Unsatisfiable:
        stream.close()
        refused = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        return _headed(refused, etag)
    whole = Part(0, size - 1)
    chosen = part or whole
    response = StreamingHttpResponse(
        _bytes(stream, chosen), status=206 if part else 200, content_type=media_type
    )
    if part:
        response["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    response["Content-Length"] = str(chosen.length)
    if request.method == "HEAD":
        stream.close()
        response.streaming_content = ()
    # Also where the person went away before the first byte was read.
    response._resource_closers.append(stream.close)  # type: ignore[attr-defined]
    return _headed(response, etag)


def _range(request: Any, etag: str) -> str:
    """The range that was asked for, unless it is of another version of the file (``If-Range``)."""
    condition = request.headers.get("If-Range")
    if condition is not None and condition.strip() != etag:
        return ""
    return str(request.headers.get("Range", ""))


def _handed_over(sha256: str, media_type: str, etag: str) -> HttpResponse:
    response = HttpResponse(content_type=media_type)
    prefix = settings.MINGJING_ACCEL_PREFIX.rstrip("/")
    response["X-Accel-Redirect"] = f"{prefix}/{sha256[:2]}/{sha256[2:4]}/{sha256}"
    return _headed(response, etag)  # type: ignore[return-value]


def _headed(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    # Only the browser of the person who opened the piece, and only for as long as he may look at it.
    response["Cache-Control"] = "private, no-cache"
    return response


def _bytes(stream: BinaryIO, part: Part) -> Iterator[bytes]:
    with stream:
        stream.seek(part.first)
        left = part.length
        while left and (block := stream.read(min(BLOCK_BYTES, left))):
            left -= len(block)
            yield block
