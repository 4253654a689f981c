"""What tus 1.0 says, without files, database or web framework: reading its headers, writing its answers.

Source: https://tus.io/protocols/resumable-upload (1.0.0): core, creation, creation-with-upload, termination,
checksum, expiration.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

VERSION = "1.0.0"
EXTENSIONS = ("creation", "creation-with-upload", "termination", "checksum", "expiration")
ALGORITHMS = ("sha1", "sha256")
PIECE_TYPE = "application/offset+octet-stream"
MOST_METADATA = 4096  # characters of the header; names of files are far shorter
CHECKSUM_MISMATCH = 460

_NUMBER = re.compile(r"[0-9]{1,18}")
_KEY = re.compile(r"[!-+\--~]{1,100}")  # printable ASCII without space and comma


class Wrong(Exception):
    """A request that the protocol answers with an error; ``status`` is the answer's."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.status, self.text, self.headers = status, text, dict(headers or {})


@dataclass(frozen=True)
class Creation:
    """A new upload: how many bytes will come, and what the client says of them."""

    length: int
    metadata: Mapping[str, str]
    carries_bytes: bool


@dataclass(frozen=True)
class Checksum:
    """What the bytes of one request must digest to."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True)
class Piece:
    """Bytes to append: where they begin, and their checksum if the client gave one."""

    offset: int
    checksum: Checksum | None


def method(given: str, headers: Mapping[str, str]) -> str:
    """The method that is meant: ``X-HTTP-Method-Override`` is for clients that can only GET and POST.

    Only a POST is taken for another method: a GET carries no token of ours, so that it changes nothing.
    """
    meant = headers.get("X-HTTP-Method-Override") if given == "POST" else None
    return (meant or given).upper()


def require_version(headers: Mapping[str, str]) -> None:
    """Raises ``Wrong`` 412 unless client and server speak the same version."""
    if headers.get("Tus-Resumable") != VERSION:
        raise Wrong(412, f"Tus-Resumable 须为 {VERSION}。", {"Tus-Version": VERSION})


def abilities(most_bytes: int) -> dict[str, str]:
    """The headers that answer OPTIONS."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": ",".join(EXTENSIONS),
        "Tus-Max-Size": str(most_bytes),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def creation(headers: Mapping[str, str], most_bytes: int) -> Creation:
    """The upload that a POST asks for. Raises: ``Wrong`` 400, 413, 415."""
    if "Upload-Defer-Length" in headers:
        raise Wrong(400, "须在建立时写明 Upload-Length。")
    length = _number(headers, "Upload-Length")
    if length > most_bytes:
        raise Wrong(413, f"文件有 {length} 字节，超过上限 {most_bytes} 字节。")
    if length == 0:
        raise Wrong(400, "文件是空的。")
    body = headers.get("Content-Length") or "0"
    carries = not _NUMBER.fullmatch(body) or int(body) > 0
    if carries and not _is_piece(headers):
        raise Wrong(415, f"Content-Type 须为 {PIECE_TYPE}。")
    return Creation(length, read_metadata(headers.get("Upload-Metadata", "")), carries)


def piece(headers: Mapping[str, str]) -> Piece:
    """What a PATCH brings. Raises: ``Wrong`` 400, 415."""
    if not _is_piece(headers):
        raise Wrong(415, f"Content-Type 须为 {PIECE_TYPE}。")
    return Piece(_number(headers, "Upload-Offset"), checksum(headers))


def checksum(headers: Mapping[str, str]) -> Checksum | None:
    """The checksum of the request's bytes, if one is given. Raises: ``Wrong`` 400."""
    given = headers.get("Upload-Checksum")
    if given is None:
        return None
    algorithm, _, encoded = given.partition(" ")
    if algorithm not in ALGORITHMS:
        raise Wrong(400, f"校验算法须为 {'、'.join(ALGORITHMS)}。")
    return Checksum(algorithm, _decoded(encoded, "Upload-Checksum"))


def read_metadata(text: str) -> dict[str, str]:
    """``Upload-Metadata`` as names and values; values are UTF-8. Raises: ``Wrong`` 400."""
    if len(text) > MOST_METADATA:
        raise Wrong(400, f"Upload-Metadata 最多 {MOST_METADATA} 个字符。")
    found: dict[str, str] = {}
    for pair in filter(None, (one.strip() for one in text.split(","))):
        key, _, encoded = pair.partition(" ")
        if not _KEY.fullmatch(key) or key in found:
            raise Wrong(400, "Upload-Metadata 的名称有误或者重复。")
        try:
            found[key] = _decoded(encoded, "Upload-Metadata").decode()
        except UnicodeDecodeError:
            raise Wrong(400, f"Upload-Metadata 的“{key}”不是 UTF-8 文字。") from None
    return found


def write_metadata(values: Mapping[str, str]) -> str:
    """The header for these names and values."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def expires(at: datetime) -> str:
    """The value of ``Upload-Expires``: RFC 9110, section 5.6.7. ``at`` MUST be in UTC."""
    return format_datetime(at, usegmt=True)


def _is_piece(headers: Mapping[str, str]) -> bool:
    return (headers.get("Content-Type") or "").partition(";")[0].strip().lower() == PIECE_TYPE


def _number(headers: Mapping[str, str], name: str) -> int:
    text = headers.get(name) or ""
    if not _NUMBER.fullmatch(text):
        raise Wrong(400, f"{name} 须为不小于 0 的整数。")
    return int(text)


def _decoded(text: str, name: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise Wrong(400, f"{name} 不是 Base64。") from None
