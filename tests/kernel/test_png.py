"""A signature is judged byte by byte: what is not a plain, whole, small picture with ink never comes further."""

from __future__ import annotations

import zlib
from random import Random

import pytest

from mingjing.kernel import png
from mingjing.kernel.refused import Refused
from tests.pictures import MARK, chunk, head, picture, pixels, rows

LIMITS = png.Limits(size_bytes=200_000, width=1200, height=600)
INK, END = pixels(rows()), chunk(b"IEND")


def test_a_picture_with_ink_passes_with_its_size() -> None:
    found = png.check(picture(800, 320), LIMITS)

    assert (found.width, found.height) == (800, 320)


def test_pixels_may_stand_in_several_chunks_and_resolution_may_be_stated() -> None:
    packed = zlib.compress(rows())
    parts = chunk(b"IDAT", packed[:7]) + chunk(b"IDAT", packed[7:])
    resolution = chunk(b"pHYs", b"\0\0\x0b\x13\0\0\x0b\x13\1")

    assert png.check(MARK + head() + resolution + parts + END, LIMITS).width == 60


HOSTILE = {
    "nothing": (b"", "不是 PNG"),
    "a JPEG": (b"\xff\xd8\xff\xe0" + bytes(40), "不是 PNG"),
    "an SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "不是 PNG"),
    "only the mark": (MARK, "已损坏"),
    "cut short": (picture()[:-5], "不完整"),
    "half a chunk": (MARK + head()[:6], "不完整"),
    "something after the end": (picture() + b"PK\3\4" + bytes(30), "已损坏|不完整"),
    "a chunk after the end": (picture() + chunk(b"IDAT", b"x"), "已损坏"),
    "a length beyond the file": (MARK + b"\xff\xff\xff\xffIHDR" + bytes(20), "不完整"),
    "a wrong CRC": (picture()[:30] + b"\0" + picture()[31:], "已损坏"),
    "no head": (MARK + INK + END, "已损坏"),
    "two heads": (MARK + head() + head() + INK + END, "已损坏"),
    "no pixels": (MARK + head() + END, "已损坏"),
    "no end": (MARK + head() + INK, "已损坏"),
    "an end with content": (MARK + head() + INK + chunk(b"IEND", b"x"), "已损坏"),
    "pixels in two runs": (
        MARK + head() + INK + chunk(b"pHYs", bytes(9)) + chunk(b"IDAT", b"") + END,
        "已损坏",
    ),
    "text inside": (MARK + head() + chunk(b"tEXt", b"Comment\0x") + INK + END, "附加信息（tEXt）"),
    "a profile": (MARK + head() + chunk(b"iCCP", b"x\0\0" + zlib.compress(b"x")) + INK + END, "iCCP"),
    "animation": (MARK + head() + chunk(b"acTL", bytes(8)) + INK + END, "acTL"),
    "too wide": (picture(1201, 24), "1201×24 像素，最大 1200×600"),
    "too high": (picture(60, 601), "60×601"),
    "no width": (MARK + head(0, 24) + INK + END, "0×24"),
    "interlaced": (MARK + head(interlaced=1) + INK + END, "不受支持"),
    "an impossible depth": (MARK + head(depth=4) + INK + END, "不受支持"),
    "an impossible colour": (MARK + head(colour=5) + INK + END, "不受支持"),
    "colours without palette": (MARK + head(colour=3) + INK + END, "调色板"),
    "a broken palette": (MARK + head(colour=3) + chunk(b"PLTE", b"xx") + INK + END, "调色板"),
    "too few pixels": (MARK + head() + pixels(rows(60, 23)) + END, "已损坏"),
    "too many pixels": (MARK + head() + pixels(rows(60, 25)) + END, "已损坏"),
    "no compression": (MARK + head() + chunk(b"IDAT", rows()) + END, "已损坏"),
    "compression cut short": (MARK + head() + chunk(b"IDAT", zlib.compress(rows())[:-4]) + END, "已损坏"),
    "more behind the compression": (
        MARK + head() + chunk(b"IDAT", zlib.compress(rows()) + b"more") + END,
        "已损坏",
    ),
    "an unknown filter": (MARK + head() + pixels(rows(filtered=5)) + END, "已损坏"),
    "blank": (picture(ink=False), "空白"),
}


@pytest.mark.parametrize("data, words", HOSTILE.values(), ids=HOSTILE)
def test_hostile_bytes_are_refused_with_a_reason(data: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        png.check(data, LIMITS)

    assert refused.value.code == "bad-picture"
    assert refused.value.remedy


def test_a_picture_of_gigabytes_unpacks_no_further_than_its_head_says() -> None:
    bomb = MARK + head() + chunk(b"IDAT", zlib.compress(bytes(50_000_000))) + END

    with pytest.raises(Refused, match="已损坏"):
        png.check(bomb, LIMITS)


def test_too_many_bytes_are_refused_before_they_are_read() -> None:
    with pytest.raises(Refused, match="超过 200 kB"):
        png.check(picture() + bytes(200_000), LIMITS)


@pytest.mark.parametrize("seed", range(20))
def test_a_picture_with_any_byte_changed_is_refused(seed: int) -> None:
    data, random = bytearray(picture()), Random(seed)
    at = random.randrange(len(data))
    data[at] ^= random.randrange(1, 256)

    with pytest.raises(Refused):
        png.check(bytes(data), LIMITS)
