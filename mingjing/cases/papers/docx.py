"""Writes a Word document (Office Open XML, ISO/IEC 29500-1) of paragraphs and tables, by the standard library.

Page, faces and sizes are those of official papers (GB/T 9704-2012). Equal content gives equal bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

TEXT_POINTS = 442.2  # 156 mm
_BODY = 16  # points, 3 号
_PITCH = 578  # twentieths of a point: 22 lines on 225 mm
_BODY_FACE, _TITLE_FACE, _HEI, _KAI = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"
# XML 1.0 has no place for these, however they came into a case.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NAMESPACE = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@dataclass(frozen=True)
class Run:
    """Text in one face; ``size`` in points, the size of the body where none is given."""

    text: str
    bold: bool = False
    kai: bool = False
    size: int | None = None
    red: bool = False


@dataclass(frozen=True)
class Line:
    """A new line within a paragraph."""


@dataclass(frozen=True)
class Paragraph:
    """``ruled`` draws the red line under the head; ``keep`` keeps it on the page of the next paragraph."""

    runs: tuple[Run | Line, ...]
    align: str = "justify"
    indent: bool = True
    keep: bool = False
    ruled: bool = False


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, over how many columns."""

    blocks: tuple[Paragraph | Table, ...]
    span: int = 1


@dataclass(frozen=True)
class Table:
    """``widths`` of the columns in points."""

    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    ruled: bool = True


def document(*, title: str, blocks: Sequence[Paragraph | Table], header: str, footer: str = "") -> bytes:
    """The .docx; ``header`` stands on each page, ``footer`` beside the page number."""
    body = "".join(map(_block, blocks))
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            ("officeDocument", "word/document.xml"), ("metadata/core-properties", "docProps/core.xml")
        ),
        "docProps/core.xml": _core(title),
        "word/document.xml": f"{_XML}<w:document {_NAMESPACE}><w:body>{body}{_section()}</w:body></w:document>",
        "word/styles.xml": _styles(),
        "word/header1.xml": _margin("hdr", _mark(header)),
        "word/footer1.xml": _margin("ftr", _signatures(footer) + _page_number()),
        "word/_rels/document.xml.rels": _relations(
            ("styles", "styles.xml"), ("header", "header1.xml"), ("footer", "footer1.xml")
        ),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(zipfile.ZipInfo(name), text.encode(), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _said(text: str) -> str:
    return escape(_FORBIDDEN.sub("", text))


# --- paragraphs ---


def _block(block: Paragraph | Table) -> str:
    # Word wants a paragraph between two tables, and one after the last.
    return _paragraph(block) if isinstance(block, Paragraph) else _table(block) + _gap()


def _paragraph(one: Paragraph) -> str:
    size = max((run.size or _BODY for run in one.runs if isinstance(run, Run)), default=_BODY)
    ruled = '<w:pBdr><w:bottom w:val="single" w:sz="10" w:space="6" w:color="E60012"/></w:pBdr>'
    rule, height = ("exact", _PITCH) if size == _BODY else ("auto", 300)
    indent = '<w:ind w:firstLineChars="200" w:firstLine="640"/>' if one.indent else ""
    side = {"justify": "both"}.get(one.align, one.align)
    return (
        f"<w:p><w:pPr>{'<w:keepNext/>' if one.keep else ''}{ruled if one.ruled else ''}"
        f'<w:spacing w:line="{height}" w:lineRule="{rule}"/>{indent}<w:jc w:val="{side}"/></w:pPr>'
        f"{''.join(map(_run, one.runs))}</w:p>"
    )


def _run(run: Run | Line) -> str:
    if isinstance(run, Line):
        return "<w:r><w:br/></w:r>"
    face = _KAI if run.kai else _BODY_FACE
    if run.bold:
        face = _TITLE_FACE if (run.size or 0) > _BODY else _HEI
    color = '<w:color w:val="E60012"/>' if run.red else ""
    size = f'<w:sz w:val="{2 * run.size}"/><w:szCs w:val="{2 * run.size}"/>' if run.size else ""
    return (
        f'<w:r><w:rPr><w:rFonts w:eastAsia="{face}" w:hint="eastAsia"/>{color}{size}</w:rPr>'
        f'<w:t xml:space="preserve">{_said(run.text)}</w:t></w:r>'
    )


def _gap() -> str:
    return '<w:p><w:pPr><w:spacing w:line="120" w:lineRule="exact"/></w:pPr></w:p>'


# --- tables ---


def _table(table: Table) -> str:
    lines = "".join(
        f'<w:{side} w:val="{"single" if table.ruled else "nil"}" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in table.widths)
    rows = "".join(_row(row, table.widths) for row in table.rows if row)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{_twips(sum(table.widths))}" w:type="dxa"/><w:tblBorders>{lines}'
        f'</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>'
    )


def _row(row: Iterable[Cell], widths: Sequence[float]) -> str:
    cells, at = "", 0
    for cell in row:
        width = _twips(sum(widths[at : at + cell.span]))
        span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
        # A cell ends with a paragraph, an empty one included.
        inside = "".join(map(_block, cell.blocks)) or "<w:p/>"
        cells += (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}<w:vAlign w:val="center"/></w:tcPr>'
            f"{inside}</w:tc>"
        )
        at += cell.span
    return f'<w:tr><w:trPr><w:trHeight w:val="480" w:hRule="atLeast"/></w:trPr>{cells}</w:tr>'


def _twips(points: float) -> int:
    return round(points * 20)


# --- the rest of the package ---


def _section() -> str:
    """A4 with the margins of GB/T 9704-2012: 37, 35, 28, 26 mm."""
    return (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId2"/><w:footerReference w:type="default" r:id="rId3"/>'
        '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" '
        'w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>'
    )


def _margin(kind: str, inside: str) -> str:
    return f"{_XML}<w:{kind} {_NAMESPACE}>{inside}</w:{kind}>"


def _mark(text: str) -> str:
    return _paragraph(Paragraph((Run(text, bold=True, size=12, red=True),), "center", indent=False))


def _signatures(text: str) -> str:
    return _paragraph(Paragraph((Run(text, size=11),), "left", indent=False)) if text else ""


def _page_number() -> str:
    return (
        '<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t xml:space="preserve">— </w:t></w:r>'
        '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        '<w:r><w:t xml:space="preserve"> —</w:t></w:r></w:p>'
    )


def _styles() -> str:
    return (
        f"{_XML}<w:styles {_NAMESPACE}><w:docDefaults><w:rPrDefault><w:rPr>"
        f'<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{_BODY_FACE}"/>'
        f'<w:sz w:val="{2 * _BODY}"/><w:szCs w:val="{2 * _BODY}"/><w:lang w:val="zh-CN" w:eastAsia="zh-CN"/>'
        "</w:rPr></w:rPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style></w:styles>'
    )


def _core(title: str) -> str:
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{_said(title)}（草稿）</dc:title></cp:coreProperties>'
    )


def _content_types() -> str:
    kinds = {
        "word/document": "wordprocessingml.document.main",
        "word/styles": "wordprocessingml.styles",
        "word/header1": "wordprocessingml.header",
        "word/footer1": "wordprocessingml.footer",
    }
    office = "application/vnd.openxmlformats-officedocument"
    core = "application/vnd.openxmlformats-package.core-properties+xml"
    overrides = "".join(
        f'<Override PartName="/{name}.xml" ContentType="{office}.{kind}+xml"/>'
        for name, kind in kinds.items()
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}'
        f'<Override PartName="/docProps/core.xml" ContentType="{core}"/></Types>'
    )


def _relations(*targets: tuple[str, str]) -> str:
    inside = "".join(
        f'<Relationship Id="rId{at}" Type="{_PACKAGE if "/" in kind else _OFFICE}/'
        f'{"relationships/" if "/" in kind else ""}{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets, 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'
