"""Pictures for tests, made by the standard library: no file of anybody's signature lies in the project."""

from __future__ import annotations

import struct
import zlib

MARK = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    """One chunk of a PNG file."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def head(width: int = 60, height: int = 24, depth: int = 8, colour: int = 6, interlaced: int = 0) -> bytes:
    """The chunk IHDR; colour 6 is RGBA, as a browser's canvas gives it."""
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))


def rows(width: int = 60, height: int = 24, *, ink: bool = True, filtered: int = 0, thick: int = 1) -> bytes:
    """RGBA rows with a black stroke across the middle, or without."""
    stroke, paper = b"\0\0\0\xff" * width, bytes(4 * width)
    return b"".join(
        bytes([filtered]) + (stroke if ink and 0 <= row - height // 2 < thick else paper)
        for row in range(height)
    )


def pixels(raw: bytes) -> bytes:
    """The chunk IDAT."""
    return chunk(b"IDAT", zlib.compress(raw))


def picture(width: int = 60, height: int = 24, *, ink: bool = True, thick: int = 1) -> bytes:
    """A whole PNG, as the signature pad makes it."""
    return MARK + head(width, height) + pixels(rows(width, height, ink=ink, thick=thick)) + chunk(b"IEND")
