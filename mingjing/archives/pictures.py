"""证据图像页: what is no PDF/A of our own goes into the bound file as pictures of its pages, the original stays.

A scan, a photograph or a PDF of a stranger would break the promise of the whole, silently; pictures cannot.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pypdfium2
import typst
from PIL import Image, ImageOps, UnidentifiedImageError

from mingjing.cases.papers import forms
from mingjing.cases.papers.render import typesetter
from mingjing.kernel.refused import Refused

DPI = 150
QUALITY = 85
MOST_PIXELS = 60_000_000


def picture_pages(stream: BinaryIO, media_type: str, title: str, digest: str, fonts: Path | None) -> bytes:
    """A PDF/A of the pages of ``stream`` as pictures, each naming its original by title and hash.

    Memory: one page at a time. Raises: Refused ``unreadable-paper``.
    """
    with tempfile.TemporaryDirectory(prefix="mingjing-bind-") as name:
        folder = Path(name)
        try:
            made = list(_pages(stream, media_type, folder))
        except (pypdfium2.PdfiumError, UnidentifiedImageError, OSError, ValueError) as broken:
            raise unreadable(title) from broken
        if not made:
            raise unreadable(title)
        return _set(folder, made, title, digest, fonts)


def unreadable(title: str) -> Refused:
    """What is told of a file that does not open."""
    return Refused(
        "unreadable-paper",
        f"卷内文件《{title}》不能打开，不能装订入卷",
        remedy="重新制作或者重新上传该文件",
    )


def _pages(stream: BinaryIO, media_type: str, folder: Path) -> Iterator[str]:
    if media_type != "application/pdf":
        yield _save(_upright(stream), folder, 1)
        return
    document = pypdfium2.PdfDocument(stream)
    try:
        for number in range(len(document)):
            page = document[number]
            bitmap = page.render(scale=_scale(*page.get_size()))
            yield _save(bitmap.to_pil(), folder, number + 1)
            bitmap.close()
            page.close()
    finally:
        document.close()


def _scale(width: float, height: float) -> float:
    """150 dpi; a drawing of the size of a wall gets fewer."""
    wanted = DPI / 72
    pixels = width * height * wanted * wanted
    return float(wanted if pixels <= MOST_PIXELS else wanted * (MOST_PIXELS / pixels) ** 0.5)


def _upright(stream: BinaryIO) -> Image.Image:
    picture = ImageOps.exif_transpose(Image.open(stream))
    picture.thumbnail((2480, 3508))  # A4 at 300 dpi
    return picture


def _save(picture: Image.Image, folder: Path, number: int) -> str:
    name = f"{number:05d}.jpg"
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A") if "A" in picture.getbands() else None)
    flat.save(folder / name, "JPEG", quality=QUALITY)
    return name


def _set(folder: Path, pictures: list[str], title: str, digest: str, fonts: Path | None) -> bytes:
    setter = typesetter(fonts)
    page = folder / "evidence-pages.typ"
    page.write_bytes((forms.FOLDER / page.name).read_bytes())
    data = {"pictures": pictures, "title": title, "digest": digest, "fonts": setter.fonts()["song"]}
    compiler = typst.Compiler(root=str(folder), font_paths=setter.book, ignore_system_fonts=True)
    made = compiler.compile(
        input=str(page),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=0,
        pdf_standards=["a-2b"],
    )
    return cast(bytes, made)
