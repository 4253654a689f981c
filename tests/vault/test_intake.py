"""What a file is by its bytes, and what may not come in."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mingjing.kernel.refused import Refused
from mingjing.vault.intake import EVIDENCE, RECORDING, examine, packed
from mingjing.vault.intake.signatures import NOT_KNOWN, kind_of

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(300)
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(300)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def packet(start: int) -> bytes:
    return bytes([0x47]) + bytes(187)


def zipped(*entries: tuple[str, bytes], links: dict[str, str] | None = None) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
        for name, to in (links or {}).items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, to)
    return target.getvalue()


WORD = zipped(("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<w/>"))
KINDS = {
    "JPEG 照片": (JPEG, "image/jpeg"),
    "PNG 图片": (b"\x89PNG\r\n\x1a\n" + bytes(50), "image/png"),
    "GIF 图片": (b"GIF89a" + bytes(50), "image/gif"),
    "WebP 图片": (b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(50), "image/webp"),
    "HEIC 照片": (b"\x00\x00\x00\x18ftypheic" + bytes(50), "image/heic"),
    "MP4 视频": (MP4, "video/mp4"),
    "MOV 视频": (b"\x00\x00\x00\x18ftypqt  " + bytes(50), "video/quicktime"),
    "3GP 视频": (b"\x00\x00\x00\x18ftyp3gp5" + bytes(50), "video/3gpp"),
    "M4A 录音": (b"\x00\x00\x00\x18ftypM4A " + bytes(50), "audio/mp4"),
    "WebM 或 MKV 视频": (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01" + bytes(50), "video/webm"),
    "AVI 视频": (b"RIFF\x00\x00\x00\x00AVI LIST" + bytes(50), "video/x-msvideo"),
    "WAV 录音": (b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(50), "audio/wav"),
    "MPEG-TS 视频": (packet(0) * 4, "video/mp2t"),
    "MP3 录音": (b"ID3\x04" + bytes(50), "audio/mpeg"),
    "AAC 录音": (b"\xff\xf1\x50\x80" + bytes(50), "audio/aac"),
    "AMR 录音": (b"#!AMR\n" + bytes(50), "audio/amr"),
    "Ogg 录音": (b"OggS" + bytes(50), "audio/ogg"),
    "PDF 文档": (b"%PDF-1.7\n" + bytes(50), "application/pdf"),
    "Word 文档": (WORD, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "OFD 版式文档": (zipped(("OFD.xml", b"<ofd/>")), "application/ofd"),
    "ZIP 压缩包": (zipped(("照片/一.jpg", JPEG)), "application/zip"),
    "旧版 Office 文档": (OLE + "WordDocument".encode("utf-16-le"), "application/x-ole-storage"),
    "文本": ("询问笔录，甲某某。".encode(), "text/plain"),
    "未识别的文件": (b"\x01\x02\x03\x04" + bytes(50), "application/octet-stream"),
}


@pytest.mark.parametrize("title", KINDS)
def test_a_file_is_what_its_bytes_say(title: str) -> None:
    content, media_type = KINDS[title]
    file = io.BytesIO(content)

    found = examine(file, "随便什么名字.bin")

    assert (found.title, found.media_type) == (title, media_type)
    assert file.tell() == 0


def test_frames_of_sound_without_a_header_are_told() -> None:
    assert kind_of(b"\xff\xfb\x90\x00" + bytes(50)).title == "MP3 录音"
    assert kind_of(b"\xff\x00" + bytes(50)) is NOT_KNOWN
    assert kind_of(b"\xff") is not None


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_text_in_the_encodings_of_offices_is_text(encoding: str) -> None:
    assert examine("现场检查笔录。".encode(encoding), "笔录.txt").title == "文本"


def test_text_that_ends_inside_a_character_is_text() -> None:
    assert kind_of("检查".encode()[:-1]).title == "文本"


@pytest.mark.parametrize(
    "name, content, code",
    [
        ("照片.jpg", b"MZ\x90\x00" + bytes(100), "executable"),
        ("视频.mp4", b"\x7fELF\x02" + bytes(100), "executable"),
        ("说明.txt", b"#!/bin/sh\nrm -rf /\n", "executable"),
        ("setup.exe", "只是文字".encode(), "executable"),
        ("照片.jpg.lnk", JPEG, "executable"),
        ("包.zip", zipped(("META-INF/MANIFEST.MF", b""), ("A.class", b"")), "executable"),
        ("包.zip", zipped(("AndroidManifest.xml", b"")), "executable"),
        ("安装.doc", OLE, "executable"),
        ("笔录.txt", b"<html><script>alert(1)</script>", "active-content"),
        ("图.svg", b"<svg xmlns='x'/>", "active-content"),
        ("图.svg", b"<?php system($_GET['x']);", "active-content"),
        (
            "笔录.docx",
            zipped(("[Content_Types].xml", b""), ("word/vbaProject.bin", b"")),
            "active-content",
        ),
        (
            "笔录.doc",
            OLE + "WordDocument".encode("utf-16-le") + "VBA".encode("utf-16-le") + b"\x00\x00",
            "active-content",
        ),
        ("照片.jpg", JPEG + zipped(("a.txt", b"x")), "polyglot"),
        ("照片.jpg", JPEG[:100] + b"%PDF-1.4" + bytes(50), "polyglot"),
        ("照片.gif", b"GIF89a/*" + b"<script>alert(1)</script>", "polyglot"),
        ("照片.jpg", JPEG + b"<?php echo 1; ?>", "polyglot"),
        ("文档.pdf", b"%PDF-1.7\n" + zipped(("a.txt", b"x")), "polyglot"),
        ("包.zip", b"PK\x03\x04" + bytes(100), "archive-damaged"),
        ("包.zip", zipped(("../../etc/passwd", b"x")), "archive-unsafe"),
        ("包.zip", zipped(("/etc/passwd", b"x")), "archive-unsafe"),
        ("包.zip", zipped(links={"a": "/etc/passwd"}), "archive-unsafe"),
    ],
)
def test_what_could_do_harm_is_refused_in_words(name: str, content: bytes, code: str) -> None:
    with pytest.raises(Refused, match=name.split(".")[0]) as refusal:
        examine(content, name)

    assert refusal.value.code == code
    assert refusal.value.remedy


@pytest.mark.parametrize(
    "content", ["文字".encode(), b"%PDF-1.7\n" + bytes(50), b"\x01\x02" + bytes(50), WORD]
)
def test_only_what_is_seen_or_heard_is_a_recording(content: bytes) -> None:
    with pytest.raises(Refused, match="不是录音、录像或者照片"):
        examine(content, "录像.mp4", purpose=RECORDING)


@pytest.mark.parametrize("content", [JPEG, MP4, KINDS["WAV 录音"][0]])
def test_recordings_are_recordings(content: bytes) -> None:
    assert examine(content, "现场", purpose=RECORDING).recorded
    assert not examine(b"%PDF-1.7", "现场.pdf", purpose=EVIDENCE).recorded


def test_bombs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    swelling = zipped(("零.bin", bytes(1 << 20)))
    monkeypatch.setattr(packed, "LEAST_SUSPECT_BYTES", 1 << 10)

    with pytest.raises(Refused, match="倍") as refusal:
        examine(swelling, "包.zip")
    assert refusal.value.code == "archive-bomb"

    monkeypatch.setattr(packed, "MOST_BYTES", 1 << 10)
    with pytest.raises(Refused, match="解开后有"):
        examine(swelling, "包.zip")

    monkeypatch.setattr(packed, "MOST_ENTRIES", 2)
    with pytest.raises(Refused, match="最多 2 个"):
        examine(zipped(("a", b""), ("b", b""), ("c", b"")), "包.zip")


def test_entries_that_share_their_bytes_are_a_bomb() -> None:
    """Fifield's bomb: a central directory that names the same content many times."""
    content = bytearray(zipped(("a", b"x" * 5000 + bytes(range(256)) * 9)))
    start = content.index(b"PK\x01\x02")
    entry, end = (
        bytes(content[start : content.index(b"PK\x05\x06")]),
        bytearray(content[content.index(b"PK\x05\x06") :]),
    )
    struct.pack_into("<HH", end, 8, 40, 40)
    struct.pack_into("<I", end, 12, 40 * len(entry))

    with pytest.raises(Refused, match="共用同一段"):
        examine(bytes(content[:start]) + entry * 40 + bytes(end), "包.zip")


def test_what_is_encrypted_is_told() -> None:
    content = bytearray(zipped(("密.txt", b"x")))
    at = content.index(b"PK\x01\x02") + 8
    content[at] |= 1

    assert examine(bytes(content), "包.zip").encrypted
    assert not examine(WORD, "笔录.docx").encrypted


@given(data=st.binary(max_size=2000))
@hypothesis_settings(deadline=None, max_examples=300)
def test_any_bytes_are_answered(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"RIFF", b"\x00\x00\x00\x18ftyp", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        try:
            found: Any = examine(start + data, "文件")
        except Refused as refused:
            found = refused
        assert found is not None
