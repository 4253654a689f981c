"""装订: the pieces of a case file as one PDF/A, with cover, catalogue, page numbers and 备考表.

Each volume has its own cover, catalogue, numbering and 备考表, none of which carries a page number; the others
carry Arabic figures in the lower outside corner, odd pages right, even pages left. Source: domain.md 6.1.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
)

from mingjing.cases.papers import forms
from mingjing.cases.papers.render import render, typesetter
from mingjing.kernel.refused import Refused
from mingjing.record import queries as record

from . import pdfa
from .pictures import picture_pages, unreadable
from .pieces import PDF, Piece

A4_WIDTH = 595.2756
STAMP = "/MjNumber"


@dataclass(frozen=True)
class Bound:
    """装订成册的案卷: the PDF/A, and at which of its pages (from 1) each piece begins, by its key."""

    content: bytes
    starts: Mapping[str, int]


@dataclass(frozen=True)
class Line:
    """目录条目: a piece in its place; ``place`` counts the pieces, ``first`` and ``last`` the pages of the volume."""

    piece: Piece
    place: int
    first: int
    last: int

    def pages(self, *, is_last: bool) -> str:
        """The page as a catalogue gives it: where the piece begins, and for the last also where it ends."""
        return f"{self.first}-{self.last}" if is_last and self.last > self.first else str(self.first)


def lines(pieces: Sequence[Piece], after: int = 0) -> list[Line]:
    """The catalogue of one volume; what has no pages (recordings) is not in it. ``after`` pages lie before."""
    found: list[Line] = []
    for piece in pieces:
        if piece.pages:
            first = found[-1].last + 1 if found else after + 1
            found.append(Line(piece, len(found) + 1, first, first + piece.pages - 1))
    return found


def bound(
    volumes: Mapping[str, Sequence[Piece]],
    data: Mapping[str, Any],
    *,
    at: datetime,
    fonts: Path | None = None,
) -> Bound:
    """One PDF/A-2b of the whole case file, with an outline.

    ``volumes`` are the arranged pieces; ``data`` is the data of a paper whose facts fill cover and 备考表.
    Equal pieces, data and moment give equal bytes. Raises: Refused ``empty-dossier``, ``unreadable-paper``.
    """
    listed = {part: lines(pieces) for part, pieces in volumes.items()}
    if not any(listed.values()):
        raise Refused("empty-dossier", "案卷中没有任何文件，不能装订", remedy="先制作或者上传卷内文件")
    binder = _Binder(data, fonts)
    for part, found in listed.items():
        if found:
            binder.bind(part, found)
    return binder.finished(at)


def title_of(data: Mapping[str, Any]) -> str:
    """What the bound file is called."""
    case = data.get("case") or {}
    return f"案卷 {case.get('no', '')} {case.get('title', '')}".strip()


def table(found: Sequence[Line]) -> list[dict[str, str]]:
    """The rows of the printed catalogue."""
    return [
        {
            "number": line.piece.number,
            "title": line.piece.title,
            "date": line.piece.on,
            "page": line.pages(is_last=line is found[-1]),
            "note": line.piece.note,
        }
        for line in found
    ]


class _Binder:
    """Adds volumes to one PDF."""

    def __init__(self, data: Mapping[str, Any], fonts: Path | None) -> None:
        self.writer = PdfWriter()
        self.data = data
        self.fonts = fonts
        self.intent: PdfReader | None = None
        self.starts: dict[str, int] = {}
        self.media_told = False
        self.identity = hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode())

    def bind(self, part: str, found: Sequence[Line]) -> None:
        """Cover, catalogue, papers with page numbers, closing note."""
        title = forms.PARTS[part]
        facts = {"volume": title, "copies": len(found), "pages": found[-1].last}
        top = self._mark(title, self._frame("dossier-cover", facts))
        self._mark("卷内文件目录", self._frame("dossier-catalogue", {**facts, "entries": table(found)}), top)
        stamps = self._stamps(found[-1].last)
        for line in found:
            self.identity.update(line.piece.sha256.encode())
            start = self._numbered(line, stamps)
            self.starts[line.piece.key] = start + 1
            self._mark(f"{line.piece.title} {line.piece.number}".strip(), start, top)
        media: dict[str, Any] = {"media": []} if self.media_told else {}  # told once, in the first volume
        self._mark("卷内备考表", self._frame("dossier-note", {**facts, **media}), top)
        self.media_told = True

    def finished(self, at: datetime) -> Bound:
        """The whole."""
        assert self.intent is not None
        title = title_of(self.data)
        pdfa.finish(self.writer, title=title, at=at, intent=self.intent, identity=self.identity.digest()[:16])
        out = io.BytesIO()
        self.writer.write(out)
        return Bound(out.getvalue(), self.starts)

    def _mark(self, title: str, page: int, parent: Any = None) -> Any:
        return self.writer.add_outline_item(title=title, page_number=page, parent=parent)

    def _frame(self, form_id: str, facts: Mapping[str, Any]) -> int:
        """Add an unnumbered paper of the volume itself; returns the index of its first page."""
        data = {**self.data, "facts": {**(self.data.get("facts") or {}), **facts}}
        made = PdfReader(io.BytesIO(render(form_id, data, fonts=self.fonts).pdf))
        self.intent = self.intent or made
        start = len(self.writer.pages)
        for page in made.pages:
            self.writer.add_page(page)
        return start

    def _numbered(self, line: Line, stamps: Sequence[PageObject]) -> int:
        """Add a piece with its page numbers; returns the index of its first page."""
        start = len(self.writer.pages)
        reader = self._part(line.piece)
        if len(reader.pages) != line.last - line.first + 1:
            raise unreadable(line.piece.title)
        for offset, page in enumerate(reader.pages):
            _stamp(self.writer, self.writer.add_page(page), stamps[line.first - 1 + offset])
        return start

    def _part(self, piece: Piece) -> PdfReader:
        """The piece as a PDF/A: as it is where it says it is one of ours, else as pictures of its pages."""
        if piece.media_type == PDF and not piece.evidence:
            with record.open_blob(piece.sha256) as stream:
                content = stream.read()
            try:
                reader = PdfReader(io.BytesIO(content))
                if pdfa.claims(reader):
                    return reader
            except PyPdfError as broken:
                raise unreadable(piece.title) from broken
        with record.open_blob(piece.sha256) as stream:
            made = picture_pages(stream, piece.media_type, piece.title, piece.sha256, self.fonts)
        return PdfReader(io.BytesIO(made))

    def _stamps(self, pages: int) -> Sequence[PageObject]:
        setter = typesetter(self.fonts)
        inputs = {"pages": str(pages), "fonts": json.dumps(setter.fonts()["song"])}
        with setter.lock:
            made = setter.compiler.compile(
                input=str(setter.folder / "page-stamps.typ"),
                format="pdf",
                sys_inputs=inputs,
                timestamp=0,
                pdf_standards=["a-2b"],
            )
        return PdfReader(io.BytesIO(cast(bytes, made))).pages


def _stamp(writer: PdfWriter, page: PageObject, stamp: PageObject) -> None:
    """Lay the number over the page's lower corner, whatever its size; its own content stays untouched.

    Papers of ours are never turned; pictures of scans are upright.
    """
    number = DecodedStreamObject()
    number.set_data(stamp.get_contents().get_data())  # type: ignore[union-attr]
    number.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject(map(FloatObject, stamp.mediabox)),
            NameObject("/Resources"): stamp["/Resources"].clone(writer),
        }
    )
    resources = _own_resources(writer, page)
    pictures = DictionaryObject(resources.get("/XObject", DictionaryObject()).get_object())
    pictures[NameObject(STAMP)] = writer._add_object(number)
    resources[NameObject("/XObject")] = pictures
    shift = float(page.mediabox.right) - A4_WIDTH if _is_right(stamp) else float(page.mediabox.left)
    lift = float(page.mediabox.bottom)
    after = f"Q q 1 0 0 1 {shift:.4f} {lift:.4f} cm {STAMP} Do Q\n".encode()
    page[NameObject("/Contents")] = ArrayObject(
        [_stream(writer, b"q\n"), *_contents(page), _stream(writer, after)]
    )


def _is_right(stamp: PageObject) -> bool:
    return (stamp.page_number or 0) % 2 == 0


def _own_resources(writer: PdfWriter, page: PageObject) -> DictionaryObject:
    """The page's resources, no longer shared with another page."""
    own: DictionaryObject = DictionaryObject(cast(Any, page["/Resources"]))
    page[NameObject("/Resources")] = own
    return own


def _contents(page: PageObject) -> list[Any]:
    raw = page.raw_get("/Contents") if "/Contents" in page else ArrayObject()
    found = raw.get_object()
    return list(found) if isinstance(found, ArrayObject) else [raw]


def _stream(writer: PdfWriter, content: bytes) -> Any:
    stream = DecodedStreamObject()
    stream.set_data(content)
    return writer._add_object(stream)
