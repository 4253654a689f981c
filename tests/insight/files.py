"""Files in which persons hide: a Word file with every hide-out, PDFs with text, metadata and what hangs on them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from PIL import Image, ImageDraw
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText

from mingjing.cases.papers.render import typesetter

NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="wps"'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PLACES = ("body", "split", "cell", "box", "deleted", "inserted", "hidden", "field", "link")
HIDE_OUTS = (
    *_PLACES,
    "header",
    "footer",
    "footnote",
    "comment",
    "author",
    "core",
    "custom",
    "target",
    "descr",
    "style",
)


def run(text: str, more: str = "") -> str:
    return f'<w:r>{more}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def docx(said: Mapping[str, str], lines: Sequence[str] = ()) -> bytes:
    """A Word file that says ``said[place]`` in each place of ``HIDE_OUTS``; ``lines`` are ordinary paragraphs."""

    def at(place: str) -> str:
        return said.get(place, "")

    body = [paragraph(run(line)) for line in lines]
    body.append(paragraph(run(at("body"))))
    body.append(paragraph(*(run(char) for char in at("split"))))
    cells = "".join(f"<w:tc>{paragraph(run(one))}</w:tc>" for one in ("姓名", at("cell"), "性别", "男"))
    body.append(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>")
    body.append(
        paragraph(
            '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline>'
            f'<wp:docPr id="1" name="图" descr={quoteattr(at("descr"))}/><wps:txbx><w:txbxContent>'
            f"{paragraph(run(at('box')))}</w:txbxContent></wps:txbx></wp:inline></w:drawing></mc:Choice>"
            f"<mc:Fallback><w:pict><w:txbxContent>{paragraph(run(at('box')))}</w:txbxContent></w:pict></mc:Fallback>"
            "</mc:AlternateContent></w:r>"
        )
    )
    author = quoteattr(at("author"))
    body.append(
        paragraph(
            f'<w:del w:id="1" w:author={author}><w:r><w:delText>{escape(at("deleted"))}</w:delText></w:r></w:del>',
            f'<w:ins w:id="2" w:author={author}>{run(at("inserted"))}</w:ins>',
            run(at("hidden"), "<w:rPr><w:vanish/></w:rPr>"),
            f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{escape(at("field"))}</w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
            f'<w:hyperlink r:id="rId9">{run(at("link"))}</w:hyperlink>',
            '<w:r><w:footnoteReference w:id="2"/></w:r>',
        )
    )
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId1"/>'
        '<w:footerReference w:type="default" r:id="rId2"/></w:sectPr>'
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>',
        "word/document.xml": f"<w:document {NS}><w:body>{''.join(body)}{section}</w:body></w:document>",
        "word/header1.xml": f"<w:hdr {NS}>{paragraph(run(at('header')))}</w:hdr>",
        "word/footer1.xml": f"<w:ftr {NS}>{paragraph(run(at('footer')))}</w:ftr>",
        "word/footnotes.xml": f'<w:footnotes {NS}><w:footnote w:id="2">{paragraph(run(at("footnote")))}</w:footnote></w:footnotes>',
        "word/comments.xml": f'<w:comments {NS}><w:comment w:id="0" w:author={author}>{paragraph(run(at("comment")))}</w:comment></w:comments>',
        "word/styles.xml": f'<w:styles {NS}><w:style w:styleId="a"><w:name w:val={quoteattr(at("style"))}/></w:style></w:styles>',
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/header" Target="header1.xml"/>'
        f'<Relationship Id="rId2" Type="{OFFICE}/footer" Target="footer1.xml"/>'
        f'<Relationship Id="rId9" Type="{OFFICE}/hyperlink" Target={quoteattr(at("target"))} TargetMode="External"/></Relationships>',
        "docProps/core.xml": '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{escape(at("core"))}</dc:creator></cp:coreProperties>',
        "docProps/custom.xml": f'<Properties><property name="联系"><lpwstr>{escape(at("custom"))}</lpwstr></property></Properties>',
        "docProps/thumbnail.jpeg": "not a picture",
        "word/media/image1.png": "not a picture",
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return made.getvalue()


def everything(data: bytes) -> str:
    """All bytes of all parts of a package, as one text."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return "\n".join(name + package.read(name).decode("utf-8", "replace") for name in package.namelist())


def pdf(pages: Sequence[str], **metadata: str) -> bytes:
    """A PDF of the texts, one a page, in Chinese letters; metadata by name (Author, Title, …)."""
    setter = typesetter(None)
    source = (
        "#let pages = json(bytes(sys.inputs.pages))\n#set page(width: 420pt, height: 595pt, margin: 30pt)\n"
        "#set text(font: sys.inputs.font, size: 11pt)\n"
        '#for one in pages { for line in one.split("\\n") { par(line) }; pagebreak(weak: true) }'
    )
    with setter.lock:
        made = setter.compiler.compile(
            input=source.encode(),
            format="pdf",
            sys_inputs={"pages": json.dumps(list(pages)), "font": setter.fonts()["song"][0]},
        )
    return with_metadata(bytes(made), metadata) if metadata else bytes(made)


def with_metadata(data: bytes, metadata: Mapping[str, str]) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.add_metadata({f"/{key}": value for key, value in metadata.items()})
    return _written(writer)


def hung(data: bytes, text: str) -> bytes:
    """The PDF with the text in an annotation, a bookmark, and the name of an attachment."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.add_annotation(0, FreeText(text=text, rect=(50, 50, 200, 80)))
    writer.add_outline_item(title=text, page_number=0)
    writer.add_attachment(f"{text}.txt", text.encode())
    return _written(writer)


def locked(data: bytes) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt("geheim", algorithm="RC4-128")
    return _written(writer)


def turned(data: bytes) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    for page in writer.pages:
        page.rotate(90)
    return _written(writer)


def scan() -> bytes:
    """A PDF of a picture, as a scanner makes it."""
    picture = Image.new("RGB", (400, 560), "white")
    ImageDraw.Draw(picture).rectangle((50, 50, 200, 80), fill="black")
    made = io.BytesIO()
    picture.save(made, "PDF")
    return made.getvalue()


def _written(writer: PdfWriter) -> bytes:
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
