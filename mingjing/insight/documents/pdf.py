"""PDF files: what they say, and pages drawn with what is masked burnt in.

A rendition holds pictures of the pages and nothing else: no text, no metadata, no attachments, annotations, form
fields, bookmarks or layers of the original, so that nothing masked can be copied out again. See ADR 0015.
"""

from __future__ import annotations

import ctypes
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import unescape

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageDraw
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from mingjing.kernel.refused import Refused

from ..leaks import Passage
from .telling import unreadable

DPI, QUALITY, MARGIN = 200, 85, 1.0
"""Resolution of the pictures, quality of JPEG, and by how many points a mask exceeds the letters."""
MOST_PIXELS, MOST_PAGES = 40_000_000, 2_000
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_FIELDS = {
    "Title": "标题",
    "Author": "作者",
    "Subject": "主题",
    "Keywords": "关键词",
    "Creator": "制作程序",
    "Producer": "转换程序",
}


def open_pdf(data: bytes) -> pypdfium2.PdfDocument:
    """The document. Raises: Refused ``encrypted-document``, ``unreadable-document``, ``too-large-document``."""
    try:
        document = pypdfium2.PdfDocument(data)
        pages = len(document)
    except pypdfium2.PdfiumError as broken:
        if getattr(broken, "err_code", None) == _PASSWORD or "password" in str(broken).lower():
            raise Refused(
                "encrypted-document", "PDF 加了密码，不能读取。", remedy="请去掉密码后再试。"
            ) from broken
        raise unreadable("PDF 文件") from broken
    if not pages:
        raise unreadable("PDF 文件")
    if pages > MOST_PAGES:
        raise Refused(
            "too-large-document", f"PDF 有 {pages} 页，超过 {MOST_PAGES} 页。", remedy="请拆分后分别处理。"
        )
    return document


def read(data: bytes) -> tuple[tuple[Passage, ...], tuple[str, ...]]:
    """The text of each page, and all that hangs on the file beside its pages."""
    document = open_pdf(data)
    try:
        texts = page_texts(document)
        passages = [Passage(f"第 {number} 页", text) for number, text in enumerate(texts, 1)]
        told = [*_unjudged(document, texts)]
        beside = [*_metadata(document), *_bookmarks(document), *_attached(document)]
    except pypdfium2.PdfiumError as broken:
        raise unreadable("PDF 文件") from broken
    finally:
        document.close()
    hung, doubt = _hung(data)
    return (*passages, *beside, *hung), (*told, *doubt)


def page_texts(document: pypdfium2.PdfDocument) -> list[str]:
    """The text of each page, one sign for each character of the page, so that an offset is the character's number."""
    texts = []
    for number in range(len(document)):
        page = document[number]
        text_page = page.get_textpage()
        count = text_page.count_chars()
        signs = (pdfium.FPDFText_GetUnicode(text_page.raw, place) for place in range(count))
        texts.append(
            "".join(
                chr(sign) if 0 < sign < 0x110000 and not 0xD800 <= sign < 0xE000 else " " for sign in signs
            )
        )
        text_page.close()
        page.close()
    return texts


def _unjudged(document: pypdfium2.PdfDocument, texts: Sequence[str]) -> Iterator[str]:
    empty = [str(number) for number, text in enumerate(texts, 1) if not text.strip()]
    pictures = []
    for number in range(len(document)):
        page = document[number]
        if texts[number].strip() and any(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)):
            pictures.append(str(number + 1))
        page.close()
    if empty:
        yield f"第 {'、'.join(empty)} 页没有文字（扫描件、图片或者空白），机器不能判断，须由人逐页核对"
    if pictures:
        yield f"第 {'、'.join(pictures)} 页有图片，图中文字不能由机器判断，须由人核对"


def _metadata(document: pypdfium2.PdfDocument) -> Iterator[Passage]:
    for key, value in document.get_metadata_dict(skip_empty=True).items():
        if key in _FIELDS:
            yield Passage(f"元数据·{_FIELDS[key]}", value, bare=True)


def _bookmarks(document: pypdfium2.PdfDocument) -> Iterator[Passage]:
    for one in document.get_toc(max_depth=8):
        title = one.get_title()
        if title.strip():
            yield Passage("书签", title, bare=True)


def _attached(document: pypdfium2.PdfDocument) -> Iterator[Passage]:
    for place in range(document.count_attachments()):
        yield Passage("内嵌附件的文件名", document.get_attachment(place).get_name(), bare=True)


def _hung(data: bytes) -> tuple[list[Passage], list[str]]:
    """Annotations, form fields, XMP and further entries, which pdfium does not tell. A file that the second reader
    cannot follow is left to a person."""
    passages: list[Passage] = []
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            reader.decrypt("")
        for key, value in (reader.metadata or {}).items():
            if key.strip("/") not in _FIELDS and isinstance(value, str):
                passages.append(Passage(f"元数据·{key.strip('/')}", value, bare=True))
        root: Any = reader.trailer["/Root"]
        if "/Metadata" in root:
            passages += _xmp(root["/Metadata"].get_data().decode("utf-8", "replace"))
        for name, field in (reader.get_fields() or {}).items():
            passages.append(Passage(f"表单域 {name}", str(field.get("/V") or ""), bare=True))
        for number, page in enumerate(reader.pages, 1):
            passages += _annotations(number, page)
        files = bool(reader.attachments)
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        OSError,
        NotImplementedError,
    ):
        return passages, ["PDF 的批注、表单或者元数据不合规范，没有读全，须由人核对"]
    return passages, ["PDF 内嵌有附件，不能由机器判断，须由人核对"] if files else []


# The random identities that programs give a file, as elements or attributes; what is no such identity is read.
_RANDOM = r"(?=[^<\"']*[A-Za-z])[A-Za-z0-9+/=_:.\-]*"
_IDENTITY = re.compile(
    rf"<((?:xmpMM|stEvt|stRef):\w*ID)>{_RANDOM}</\1>|\s(?:xmpMM|stEvt|stRef):\w*ID=(?:\"{_RANDOM}\"|'{_RANDOM}')"
    r"|\sxmlns[:\w]*=(?:\"[^\"]*\"|'[^']*')"
)
_VALUE = re.compile(r">([^<>]+)<|=\"([^\"]*)\"|='([^']*)'")


def _xmp(xml: str) -> Iterator[Passage]:
    """The values of the metadata packet; the random identities of the file itself say nothing of anybody."""
    for match in _VALUE.finditer(_IDENTITY.sub("", xml)):
        value = unescape(next(part for part in match.groups() if part is not None)).strip()
        if value and not value.startswith("http://"):
            yield Passage("元数据·XMP", value, bare=True)


def _annotations(number: int, page: Any) -> Iterator[Passage]:
    for one in page.get("/Annots") or []:
        note = one.get_object()
        values = [note.get(key) for key in ("/Contents", "/T", "/TU", "/V", "/Subj")]
        action = note.get("/A")
        values.append(action.get_object().get("/URI") if action is not None else None)
        for value in values:
            if value is not None and str(value).strip():
                yield Passage(f"第 {number} 页的批注或者链接", str(value), bare=True)


# --- drawing ---

Area = tuple[int, int]
"""First character and the one behind the last, on one page."""


def drawn(data: bytes, areas: Sequence[Sequence[Area]]) -> bytes:
    """A new PDF of pictures of the pages, the characters of ``areas`` (one list a page) blackened in the picture.

    Memory: one page at a time. Raises: as ``open_pdf``.
    """
    source = open_pdf(data)
    made = pypdfium2.PdfDocument.new()
    try:
        for number, spans in enumerate(areas):
            page = source[number]
            width, height = page.get_size()
            _add(made, _picture(page, spans), width, height)
            page.close()
        out = io.BytesIO()
        made.save(out)
        return out.getvalue()
    except (pypdfium2.PdfiumError, ValueError, OSError, MemoryError) as broken:
        raise unreadable("PDF 文件") from broken
    finally:
        made.close()
        source.close()


def _picture(page: pypdfium2.PdfPage, spans: Sequence[Area]) -> Image.Image:
    width, height = page.get_size()
    scale = DPI / 72
    scale = min(scale, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale, may_draw_forms=True)
    picture: Image.Image = bitmap.to_pil().convert("RGB")
    bitmap.close()
    draw = ImageDraw.Draw(picture)
    for box in boxes(page, spans, picture.size):
        draw.rectangle(box, fill="black")
    return picture


def boxes(
    page: pypdfium2.PdfPage, spans: Sequence[Area], size: tuple[int, int]
) -> Iterator[tuple[int, int, int, int]]:
    """Where the characters stand in a picture of the page: left, top, right, bottom in pixels."""
    text_page = page.get_textpage()
    for start, end in spans:
        for place in range(start, end):
            try:
                left, bottom, right, top = text_page.get_charbox(place, loose=True)
            except pypdfium2.PdfiumError:  # a sign that the page does not draw, such as a line break
                continue
            corners = [
                _on_picture(page, size, x, y)
                for x in (left - MARGIN, right + MARGIN)
                for y in (bottom - MARGIN, top + MARGIN)
            ]
            across, down = [x for x, _ in corners], [y for _, y in corners]
            if right > left or top > bottom:
                yield min(across), min(down), max(across), max(down)
    text_page.close()


def _on_picture(page: pypdfium2.PdfPage, size: tuple[int, int], x: float, y: float) -> tuple[int, int]:
    """A point of the page as pixels; turned pages and cut edges are reckoned in."""
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, x, y, across, down)
    return across.value, down.value


def _add(made: pypdfium2.PdfDocument, picture: Image.Image, width: float, height: float) -> None:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=QUALITY)
    stream.seek(0)
    image = pypdfium2.PdfImage.new(made)
    image.load_jpeg(stream, inline=True)
    image.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
    page = made.new_page(width, height)
    page.insert_obj(image)
    page.gen_content()
    page.close()
