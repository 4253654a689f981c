"""Whether bytes are a plain PNG picture, judged before any other program reads them. PNG: ISO/IEC 15948.

Signatures come from whoever holds the pen, so every chunk is checked: its length, its CRC, its place, and
that the pixels unpack to exactly the size the head names. Colours, gamma and resolution may be stated;
anything else (texts, profiles, animation) is refused.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from mingjing.kernel.refused import Refused

_MARK = b"\x89PNG\r\n\x1a\n"
# Channels and bit depths by colour type (ISO/IEC 15948, table 11.1).
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_KNOWN = frozenset(
    {b"IHDR", b"PLTE", b"tRNS", b"sRGB", b"gAMA", b"cHRM", b"pHYs", b"sBIT", b"bKGD", b"IDAT", b"IEND"}
)
_LAST_FILTER = 4
_REMEDY = "请在签名框内重新签名，或者另存为普通的 PNG 图片后再选。"


@dataclass(frozen=True)
class Limits:
    """The most a picture may have, in bytes and pixels."""

    size_bytes: int
    width: int
    height: int


@dataclass(frozen=True)
class Head:
    """What the chunk IHDR says."""

    width: int
    height: int
    depth: int
    colour: int

    @property
    def row_bytes(self) -> int:
        """The bytes of one row of pixels, with the byte that names its filter."""
        return 1 + (self.width * _CHANNELS[self.colour] * self.depth + 7) // 8


def check(data: bytes, limits: Limits) -> Head:
    """The head of the picture. Raises: Refused ``bad-picture`` for what is no PNG, too large, or blank."""
    if len(data) > limits.size_bytes:
        raise _refused(f"图片超过 {limits.size_bytes // 1000} kB")
    if not data.startswith(_MARK):
        raise _refused("不是 PNG 图片")
    chunks = list(_chunks(data))
    head = _head(chunks, limits)
    _check_order(head, chunks)
    _check_pixels(head, b"".join(content for kind, content in chunks if kind == b"IDAT"))
    return head


def _refused(reason: str) -> Refused:
    return Refused("bad-picture", f"{reason}。", remedy=_REMEDY)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of every chunk up to the end of the picture, which is the end of the bytes."""
    at = len(_MARK)
    while at < len(data):
        if len(data) - at < 12:
            raise _refused("PNG 图片不完整")
        (length,) = struct.unpack_from(">I", data, at)
        kind, end = data[at + 4 : at + 8], at + 8 + length
        if end + 4 > len(data):
            raise _refused("PNG 图片不完整")
        content = data[at + 8 : end]
        if zlib.crc32(kind + content) != struct.unpack_from(">I", data, end)[0]:
            raise _refused("PNG 图片已损坏")
        if kind not in _KNOWN:
            raise _refused(f"PNG 图片含有附加信息（{kind.decode('ascii', 'replace')}）")
        yield kind, content
        at = end + 4


def _head(chunks: list[tuple[bytes, bytes]], limits: Limits) -> Head:
    kind, content = chunks[0] if chunks else (b"", b"")
    if kind != b"IHDR" or len(content) != 13:
        raise _refused("PNG 图片已损坏")
    width, height, depth, colour, packing, filtering, interlaced = struct.unpack(">IIBBBBB", content)
    if depth not in _DEPTHS.get(colour, ()) or packing or filtering or interlaced:
        raise _refused("PNG 图片的格式不受支持")
    if not (0 < width <= limits.width and 0 < height <= limits.height):
        raise _refused(f"图片为 {width}×{height} 像素，最大 {limits.width}×{limits.height}")
    return Head(width, height, depth, colour)


def _check_order(head: Head, chunks: list[tuple[bytes, bytes]]) -> None:
    """One head, one palette before the pixels where the colours need it, the pixels in one run, one end."""
    kinds = [kind for kind, _ in chunks]
    pixels = [at for at, kind in enumerate(kinds) if kind == b"IDAT"]
    in_one_run = bool(pixels) and pixels == list(range(pixels[0], pixels[0] + len(pixels)))
    ended = kinds[-1] == b"IEND" and not chunks[-1][1] and pixels[-1:] == [len(kinds) - 2]
    once = all(kind == b"IDAT" or kinds.count(kind) == 1 for kind in kinds)
    if not (in_one_run and ended and once):
        raise _refused("PNG 图片已损坏")
    palette = dict(chunks).get(b"PLTE")
    if head.colour == 3 and palette is None:
        raise _refused("PNG 图片缺少调色板")
    if palette is not None and (not palette or len(palette) % 3 or len(palette) > 3 * 256):
        raise _refused("PNG 图片的调色板已损坏")


def _check_pixels(head: Head, packed: bytes) -> None:
    wanted = head.row_bytes * head.height
    unpacking = zlib.decompressobj()
    try:
        pixels = unpacking.decompress(packed, wanted + 1)
    except zlib.error as wrong:
        raise _refused("PNG 图片已损坏") from wrong
    if len(pixels) != wanted or not unpacking.eof or unpacking.unused_data:
        raise _refused("PNG 图片已损坏")
    if max(pixels[:: head.row_bytes]) > _LAST_FILTER:
        raise _refused("PNG 图片已损坏")
    rows = (pixels[at + 1 : at + head.row_bytes] for at in range(0, wanted, head.row_bytes))
    if not any(row.strip(b"\0") for row in rows):
        raise _refused("图片是空白的，没有签名")
