"""What the first bytes of a file say that it is.

Own table instead of a library: what may come in is a short list, and each of its entries must be certain. (puremagic
1.30 was tried: it has no name for ELF programs and gives an MZ program a confidence of 0.2.)
Source of the signatures: the formats' own specifications (ISO/IEC 14496-12 ``ftyp``, RFC 9639 FLAC, RIFF, EBML …).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

IMAGE, AUDIO, VIDEO, DOCUMENT, TEXT, PACKED, UNKNOWN, PROGRAM, ACTIVE = (
    "image",
    "audio",
    "video",
    "document",
    "text",
    "packed",
    "unknown",
    "program",
    "active",
)


@dataclass(frozen=True)
class Kind:
    """A kind of file: its name for people, its media type, and its group."""

    title: str
    media_type: str
    group: str


NOT_KNOWN = Kind("未识别的文件", "application/octet-stream", UNKNOWN)
PLAIN_TEXT = Kind("文本", "text/plain", TEXT)
ZIP = Kind("ZIP 压缩包", "application/zip", PACKED)
OLE = Kind("旧版 Office 文档", "application/x-ole-storage", DOCUMENT)

_AT_START: tuple[tuple[bytes, Kind], ...] = (
    (b"MZ", Kind("Windows 程序", "application/vnd.microsoft.portable-executable", PROGRAM)),
    (b"\x7fELF", Kind("Linux 程序", "application/x-elf", PROGRAM)),
    (b"\xca\xfe\xba\xbe", Kind("Java 或 macOS 程序", "application/java-vm", PROGRAM)),
    (b"\xcf\xfa\xed\xfe", Kind("macOS 程序", "application/x-mach-binary", PROGRAM)),
    (b"\xce\xfa\xed\xfe", Kind("macOS 程序", "application/x-mach-binary", PROGRAM)),
    (b"dex\n", Kind("Android 程序", "application/vnd.android.dex", PROGRAM)),
    (b"\x00asm", Kind("WebAssembly 程序", "application/wasm", PROGRAM)),
    (b"L\x00\x00\x00\x01\x14\x02\x00", Kind("Windows 快捷方式", "application/x-ms-shortcut", PROGRAM)),
    (b"#!", Kind("脚本", "text/x-script", PROGRAM)),
    (b"\xff\xd8\xff", Kind("JPEG 照片", "image/jpeg", IMAGE)),
    (b"\x89PNG\r\n\x1a\n", Kind("PNG 图片", "image/png", IMAGE)),
    (b"GIF87a", Kind("GIF 图片", "image/gif", IMAGE)),
    (b"GIF89a", Kind("GIF 图片", "image/gif", IMAGE)),
    (b"BM", Kind("BMP 图片", "image/bmp", IMAGE)),
    (b"II*\x00", Kind("TIFF 图片", "image/tiff", IMAGE)),
    (b"MM\x00*", Kind("TIFF 图片", "image/tiff", IMAGE)),
    (b"\x1aE\xdf\xa3", Kind("WebM 或 MKV 视频", "video/webm", VIDEO)),
    (b"\x00\x00\x01\xba", Kind("MPEG 视频", "video/mpeg", VIDEO)),
    (b"\x00\x00\x01\xb3", Kind("MPEG 视频", "video/mpeg", VIDEO)),
    (b"FLV\x01", Kind("FLV 视频", "video/x-flv", VIDEO)),
    (b"0&\xb2u\x8ef\xcf\x11", Kind("WMV 或 WMA 音像", "video/x-ms-wmv", VIDEO)),
    (b"ID3", Kind("MP3 录音", "audio/mpeg", AUDIO)),
    (b"OggS", Kind("Ogg 录音", "audio/ogg", AUDIO)),
    (b"fLaC", Kind("FLAC 录音", "audio/flac", AUDIO)),
    (b"#!AMR", Kind("AMR 录音", "audio/amr", AUDIO)),
    (b"%PDF-", Kind("PDF 文档", "application/pdf", DOCUMENT)),
    (b"{\\rtf", Kind("RTF 文档", "application/rtf", DOCUMENT)),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"Rar!\x1a\x07", Kind("RAR 压缩包", "application/vnd.rar", PACKED)),
    (b"7z\xbc\xaf\x27\x1c", Kind("7z 压缩包", "application/x-7z-compressed", PACKED)),
    (b"\x1f\x8b\x08", Kind("gzip 压缩文件", "application/gzip", PACKED)),
)
_RIFF = {
    b"WAVE": Kind("WAV 录音", "audio/wav", AUDIO),
    b"AVI ": Kind("AVI 视频", "video/x-msvideo", VIDEO),
    b"WEBP": Kind("WebP 图片", "image/webp", IMAGE),
}
_BRANDS = {
    b"heic": Kind("HEIC 照片", "image/heic", IMAGE),
    b"heix": Kind("HEIC 照片", "image/heic", IMAGE),
    b"mif1": Kind("HEIF 照片", "image/heif", IMAGE),
    b"avif": Kind("AVIF 图片", "image/avif", IMAGE),
    b"M4A ": Kind("M4A 录音", "audio/mp4", AUDIO),
    b"qt  ": Kind("MOV 视频", "video/quicktime", VIDEO),
}
_MP4 = Kind("MP4 视频", "video/mp4", VIDEO)
_3GP = Kind("3GP 视频", "video/3gpp", VIDEO)
_TS = Kind("MPEG-TS 视频", "video/mp2t", VIDEO)
_MP3 = Kind("MP3 录音", "audio/mpeg", AUDIO)
_AAC = Kind("AAC 录音", "audio/aac", AUDIO)
_SVG = Kind("SVG（可带脚本）", "image/svg+xml", ACTIVE)
_HTML = Kind("网页（可带脚本）", "text/html", ACTIVE)
_PHP = Kind("网页程序", "text/x-php", ACTIVE)
_MARKUP = re.compile(
    rb"<\s*(?P<what>!doctype\s+html|html|script|svg|iframe|\?php|head\b|body\b)", re.IGNORECASE
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def kind_of(head: bytes) -> Kind:
    """What a file is by its first bytes; at least 4 kB of them, or all there are."""
    for look in _LOOKS:
        found = look(head)
        if found is not None:
            return found
    return NOT_KNOWN


def markup_in(data: bytes) -> Kind | None:
    """Markup that a browser would run, anywhere in these bytes."""
    found = _MARKUP.search(data)
    if found is None:
        return None
    what = found["what"].lower()
    return _SVG if what == b"svg" else _PHP if what == b"?php" else _HTML


def _by_start(head: bytes) -> Kind | None:
    # The longest one: "#!AMR" is no script.
    fitting = [(start, kind) for start, kind in _AT_START if head.startswith(start)]
    return max(fitting, key=lambda one: len(one[0]))[1] if fitting else None


def _by_container(head: bytes) -> Kind | None:
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return _BRANDS.get(brand, _3GP if brand[:3] == b"3gp" else _MP4)
    return None


def _by_frames(head: bytes) -> Kind | None:
    """Streams without a header: their frames begin at regular places, or with a sync word."""
    if len(head) > 2 * 188 and all(head[at] == 0x47 for at in (0, 188, 376)):
        return _TS
    if len(head) < 2 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:
        return _AAC
    return _MP3 if head[1] & 0xE6 == 0xE2 else None  # layer III


def _by_text(head: bytes) -> Kind | None:
    """Text in UTF-8, UTF-16 with its mark, or GB 18030; with markup it is what a browser would run."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _as_text(head, ("utf-16",), head)
    if _CONTROLS.search(head):
        return None
    return _as_text(head, ("utf-8", "gb18030"), head)


def _as_text(head: bytes, encodings: tuple[str, ...], data: bytes) -> Kind | None:
    for encoding in encodings:
        for cut in range(4):  # a character may be cut in two where the head ends
            try:
                text = data[: len(data) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return markup_in(text.encode()) or PLAIN_TEXT
    return None


_LOOKS: tuple[Callable[[bytes], Kind | None], ...] = (_by_container, _by_start, _by_frames, _by_text)
