"""PDF/A: making one file of several that keeps the promise, and looking whether a file keeps it.

Each part that Typst sets is PDF/A by itself; put together they are not, until the whole has its own metadata,
output intent and identifier. :func:`finish` gives it these as ISO 19005-2 level B asks, :func:`faults` looks.
Source: ISO 19005-2:2011, clauses 6.1 to 6.9 (as the public rule lists of PDF/A-2b checkers state them).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

HEADER = "%PDF-1.7"
PRODUCER = "明镜"
# What a page or an annotation says about a structure tree that the whole no longer has.
_STRUCTURE = ("/StructParents", "/StructParent")
_FORBIDDEN_FILTERS = frozenset({"/LZWDecode", "/Crypt"})
_FORBIDDEN_ACTIONS = frozenset(
    {
        "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState", "/Rendition",
        "/Trans", "/GoTo3DView", "/JavaScript",
    }
)  # fmt: skip
_FORBIDDEN_ANNOTATIONS = frozenset({"/3D", "/Sound", "/Screen", "/Movie"})

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
    xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
   <xmp:CreateDate>{at}</xmp:CreateDate>
   <xmp:ModifyDate>{at}</xmp:ModifyDate>
   <xmp:CreatorTool>{producer}</xmp:CreatorTool>
   <pdf:Producer>{producer}</pdf:Producer>
   <pdfaid:part>2</pdfaid:part>
   <pdfaid:conformance>B</pdfaid:conformance>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def finish(writer: PdfWriter, *, title: str, at: datetime, intent: PdfReader, identity: bytes) -> None:
    """Make what ``writer`` holds PDF/A-2b; every page in it MUST come from a PDF/A part.

    ``intent`` is a part whose output intent the whole takes over (sRGB); ``identity`` are 16 bytes that no
    other file has. Equal arguments give equal bytes.
    """
    root = writer.root_object
    for key in ("/StructTreeRoot", "/MarkInfo", "/AcroForm", "/Names", "/OpenAction", "/AA"):
        root.pop(key, None)
    for page in writer.pages:
        _forget_structure(page)
    intents = intent.root_object["/OutputIntents"]
    root[NameObject("/OutputIntents")] = intents.clone(writer)
    metadata = StreamObject()
    metadata.update(
        {NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")}
    )
    stamp = at.isoformat(timespec="seconds")
    metadata.set_data(_XMP.format(title=escape(title), at=stamp, producer=PRODUCER).encode())
    root[NameObject("/Metadata")] = writer._add_object(metadata)
    root[NameObject("/Lang")] = TextStringObject("zh-CN")
    writer.add_metadata(
        {
            "/Title": title,
            "/Producer": PRODUCER,
            "/Creator": PRODUCER,
            "/CreationDate": _pdf_date(at),
            "/ModDate": _pdf_date(at),
        }
    )
    writer.pdf_header = HEADER
    identifier = ByteStringObject(identity)
    writer._ID = ArrayObject((identifier, identifier))


def _pdf_date(at: datetime) -> str:
    offset = at.strftime("%z") or "+0000"
    return f"D:{at:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}'"


def _forget_structure(page: DictionaryObject) -> None:
    for key in _STRUCTURE:
        page.pop(key, None)
    page.pop("/Tabs", None)
    for note in page.get("/Annots", ()):
        for key in _STRUCTURE:
            note.get_object().pop(key, None)


def claims(reader: PdfReader) -> bool:
    """Whether the file says that it is PDF/A and has an output intent; scans of strangers mostly do not."""
    root = reader.root_object
    metadata = root.get("/Metadata")
    if metadata is None or "/OutputIntents" not in root:
        return False
    return b"pdfaid:part" in metadata.get_object().get_data()


def faults(stream: BinaryIO) -> list[str]:
    """What keeps a file from being PDF/A-2b, in Chinese; empty if nothing was found.

    A structural look at: header, trailer, encryption, identifiers, metadata, output intent, fonts that are not
    embedded, filters, images, transparency, actions, annotations, forms and attachments. It does not run the
    content streams, so it finds less than a full validator does.
    """
    content = stream.read()
    try:
        reader = PdfReader(stream, strict=True)
        found = [*_file_faults(content, reader), *_root_faults(reader), *_object_faults(reader)]
    except (PyPdfError, KeyError, ValueError, TypeError, RecursionError) as error:
        return [f"不是可以打开的 PDF（{type(error).__name__}）"]
    return list(dict.fromkeys(found))


def _file_faults(content: bytes, reader: PdfReader) -> Iterator[str]:
    lines = content[:1024].splitlines()
    if not re.fullmatch(rb"%PDF-1\.[0-7]", lines[0] if lines else b""):
        yield "6.1.2 文件头不是 PDF 1.0 至 1.7"
    second = lines[1] if len(lines) > 1 else b""
    if not (second[:1] == b"%" and len(second) >= 5 and all(byte > 127 for byte in second[1:5])):
        yield "6.1.2 文件头之后没有四个以上大于 127 的字节的注释"
    if not re.search(rb"%%EOF\r?\n?\Z", content):
        yield "6.1.3 文件结束标志之后还有内容"
    if "/Encrypt" in reader.trailer:
        yield "6.1.3 文件加了密"
    if "/ID" not in reader.trailer:
        yield "6.1.3 没有文件标识"


def _root_faults(reader: PdfReader) -> Iterator[str]:
    root = reader.root_object
    metadata = root.get("/Metadata")
    if metadata is None:
        yield "6.6.2 没有文件级元数据"
    else:
        stream = metadata.get_object()
        if "/Filter" in stream:
            yield "6.6.2 文件级元数据经过压缩"
        text = stream.get_data().decode("utf-8", "replace")
        part, level = _said(text, "part"), _said(text, "conformance")
        if part not in ("2", "3") or level not in ("A", "B", "U"):
            yield "6.6.4 元数据没有写明 PDF/A 的部分和级别"
    yield from _intent_faults(root)
    for key, what in (("/AA", "文件级动作"), ("/OpenAction", "打开动作"), ("/Requirements", "Requirements")):
        if key in root:
            yield f"6.5 含有{what}"
    form = root.get("/AcroForm")
    if form is not None and ("/XFA" in form.get_object() or form.get_object().get("/NeedAppearances")):
        yield "6.4 含有动态表单"
    names = root.get("/Names")
    if names is not None:
        for key in ("/JavaScript", "/EmbeddedFiles"):
            if key in names.get_object():
                yield f"6.9 含有 {key}"


def _said(text: str, name: str) -> str:
    found = re.search(rf"pdfaid:{name}(?:>|=['\"])\s*([^<'\"\s]+)", text)
    return found[1] if found else ""


def _intent_faults(root: DictionaryObject) -> Iterator[str]:
    intents = [one.get_object() for one in root.get("/OutputIntents", ())]
    own = [one for one in intents if one.get("/S") == "/GTS_PDFA1"]
    profiles = {id(one["/DestOutputProfile"].get_object()) for one in intents if "/DestOutputProfile" in one}
    if not own or not profiles:
        yield "6.2.3 没有带色彩特性文件的输出意图"
    elif len(profiles) > 1:
        yield "6.2.3 输出意图的色彩特性文件不止一个"


def _object_faults(reader: PdfReader) -> Iterator[str]:
    seen: set[int] = set()
    waiting: list[Any] = [reader.trailer["/Root"]]
    while waiting:
        one = waiting.pop().get_object()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, DictionaryObject):
            yield from _dictionary_faults(one)
            waiting += [value for key, value in dict.items(one) if key != "/Parent"]
        elif isinstance(one, ArrayObject):
            waiting += list(one)


def _dictionary_faults(one: DictionaryObject) -> Iterator[str]:
    filters = one.get("/Filter", ())
    for name in [filters] if isinstance(filters, str) else filters:
        if name in _FORBIDDEN_FILTERS and isinstance(one, StreamObject):
            yield f"6.1.7 流使用了 {name}"
    if isinstance(one, StreamObject) and {"/F", "/FFilter", "/FDecodeParms"} & set(one):
        yield "6.1.7 流的内容在文件之外"
    kind = one.get("/Type")
    if kind == "/Font":
        yield from _font_faults(one)
    elif kind == "/Annot" or ("/Rect" in one and "/Subtype" in one):
        yield from _annotation_faults(one)
    if one.get("/S") in _FORBIDDEN_ACTIONS:
        yield f"6.5.1 含有动作 {one['/S']}"
    yield from _picture_faults(one)
    if one.get("/Type") == "/Filespec" and "/EF" in one:
        yield "6.8 含有附件"


def _font_faults(font: DictionaryObject) -> Iterator[str]:
    subtype = font.get("/Subtype")
    if subtype in ("/Type0", "/Type3"):
        return
    descriptor = font.get("/FontDescriptor")
    inside = descriptor.get_object() if descriptor is not None else {}
    if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(inside):
        yield f"6.2.11.4 字体 {font.get('/BaseFont', '')} 没有嵌入"
    if subtype == "/CIDFontType2" and "/CIDToGIDMap" not in font:
        yield f"6.2.11.3 字体 {font.get('/BaseFont', '')} 没有 CIDToGIDMap"


def _annotation_faults(note: DictionaryObject) -> Iterator[str]:
    subtype = note.get("/Subtype")
    if subtype in _FORBIDDEN_ANNOTATIONS:
        yield f"6.3.1 含有注释 {subtype}"
    flags = int(note.get("/F", 0))
    if subtype != "/Popup" and (not flags & 4 or flags & 0b100011):
        yield f"6.3.2 注释 {subtype} 不会印出"
    if subtype not in ("/Popup", "/Link") and "/AP" not in note:
        yield f"6.3.3 注释 {subtype} 没有外观"


def _picture_faults(one: DictionaryObject) -> Iterator[str]:
    if one.get("/Subtype") == "/Image":
        if one.get("/Interpolate") is True or str(one.get("/Interpolate")) == "True":
            yield "6.2.8 图像要求插值"
        if {"/Alternates", "/OPI"} & set(one):
            yield "6.2.8 图像有替代图像"
    elif one.get("/Subtype") == "/PS" or ("/PS" in one and isinstance(one, StreamObject)):
        yield "6.2.9 含有 PostScript"
    if one.get("/Type") == "/ExtGState" and {"/TR", "/HTP"} & set(one):
        yield "6.2.5 图形状态含有传递函数"
