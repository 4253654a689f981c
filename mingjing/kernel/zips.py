"""ZIP archives from outside: what stands in for a damaged one, whatever way it is packed. Pure."""

from __future__ import annotations

import lzma
import zipfile
import zlib

TORN: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
)
"""What ``zipfile`` raises when it opens or unpacks a damaged archive, as seen under fuzzing of each way of packing;
``NotImplementedError`` is a version or a way of packing that it does not know. Parts with a password are not meant:
look at their flag before reading them. Source: Python library reference, zipfile.
"""
