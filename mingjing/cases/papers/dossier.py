"""案卷: the papers of a case bound in order, with cover, catalogue, page numbers and closing note.

Order and parts follow domain.md 6.1: 正卷 first (decision in front), then 副卷; each volume has its own cover,
catalogue, numbering and 备考表. Cover, catalogue and 备考表 carry no page number.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.errors import PyPdfError

from mingjing.cases.papers import forms
from mingjing.cases.papers.render import render, typesetter
from mingjing.kernel.refused import Refused

VOLUMES = ("main", "secondary")
A4_WIDTH = 595.28
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
# ZIP has no time zone and no "no time": one fixed moment keeps equal dossiers equal.
_ZIP_MOMENT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Item:
    """卷内文件: one paper or scanned document; ``on`` is ISO, ``part`` and ``order`` as in the form's metadata."""

    title: str
    number: str
    on: str
    pdf: bytes
    part: str = "main"
    order: int = 0
    note: str = ""


@dataclass(frozen=True)
class Entry:
    """目录条目: an item in its place; pages are counted within the volume from 1."""

    item: Item
    first: int
    last: int

    def pages(self, *, is_last: bool) -> str:
        """The page as a catalogue gives it: where the item begins, and for the last item also where it ends."""
        return f"{self.first}-{self.last}" if is_last and self.last > self.first else str(self.first)


def in_order(items: Sequence[Item], part: str) -> list[Item]:
    """The items of one volume as they lie in it: by order of kind, then by date, then as given."""
    return sorted((item for item in items if item.part == part), key=lambda item: (item.order, item.on))


def catalogue(items: Sequence[Item], part: str) -> list[Entry]:
    """The entries of one volume with their pages; refuses ``unreadable-paper`` for what is no PDF."""
    entries: list[Entry] = []
    for item in in_order(items, part):
        first = entries[-1].last + 1 if entries else 1
        entries.append(Entry(item, first, first + len(_open(item).pages) - 1))
    return entries


def dossier(
    items: Sequence[Item],
    data: Mapping[str, Any],
    *,
    fonts: Path | None = None,
    folder: Path = forms.FOLDER,
) -> bytes:
    """One PDF of the whole case file, with an outline.

    ``data`` is the data of a paper; its facts ``result``, ``archived_on``, ``archive_no``, ``retention``,
    ``media``, ``note``, ``compiled_by`` and ``checked_by`` fill cover and closing note.
    Refuses ``empty-dossier`` and ``unreadable-paper``.
    """
    if not items:
        raise Refused("empty-dossier", "案卷中没有任何文件，不能装订", remedy="先制作或者上传卷内文件")
    binder = _Binder(PdfWriter(), data, fonts, folder)
    for part in VOLUMES:
        if entries := catalogue(items, part):
            binder.bind(part, entries)
    binder.writer.add_metadata({"/Title": _title(data), "/Producer": "明镜"})
    out = io.BytesIO()
    binder.writer.write(out)
    return out.getvalue()


def dossier_zip(
    items: Sequence[Item],
    data: Mapping[str, Any],
    attachments: Sequence[tuple[str, bytes]] = (),
    *,
    fonts: Path | None = None,
    folder: Path = forms.FOLDER,
) -> bytes:
    """The bound PDF, every item and attachment as its own file, ``catalogue.csv`` and ``manifest.json``.

    ``SHA256SUMS`` can be checked with ``sha256sum -c``; ``manifest.json`` says the same with titles and sizes.
    ``attachments`` are ``(name, bytes)``: recordings, photographs, electronic data.
    """
    files: list[tuple[str, str, bytes]] = [
        ("案卷.pdf", _title(data), dossier(items, data, fonts=fonts, folder=folder))
    ]
    for part in VOLUMES:
        for place, item in enumerate(in_order(items, part), start=1):
            name = f"{forms.PARTS[part]}/{place:03d} {_safe(f'{item.title} {item.number}')}.pdf"
            files.append((name, item.title, item.pdf))
    files += [
        (f"附件/{place:03d} {_safe(name)}", name, content)
        for place, (name, content) in enumerate(attachments, start=1)
    ]
    files.append(("catalogue.csv", "卷内文件目录", _catalogue_csv(items)))
    files.append(("manifest.json", "清单", _manifest(data, files)))
    files.append(("SHA256SUMS", "校验值", _sums(files)))
    return _zip(files)


class _Binder:
    """Adds volumes to one PDF."""

    def __init__(self, writer: PdfWriter, data: Mapping[str, Any], fonts: Path | None, folder: Path) -> None:
        self.writer = writer
        self.data = data
        self.fonts = fonts
        self.folder = folder

    def bind(self, part: str, entries: Sequence[Entry]) -> None:
        """Cover, catalogue, papers with page numbers, closing note."""
        title = forms.PARTS[part]
        facts = {"volume": title, "copies": len(entries), "pages": entries[-1].last}
        top = self._mark(title, self._frame("dossier-cover", facts))
        catalogue_page = self._frame("dossier-catalogue", {**facts, "entries": _lines(entries)})
        self._mark("卷内文件目录", catalogue_page, top)
        stamps = self._stamps(entries[-1].last)
        for entry in entries:
            start = self._numbered(entry, stamps)
            self._mark(f"{entry.item.title} {entry.item.number}".strip(), start, top)
        self._mark("卷内备考表", self._frame("dossier-note", facts), top)

    def _mark(self, title: str, page: int, parent: Any = None) -> Any:
        return self.writer.add_outline_item(title=title, page_number=page, parent=parent)

    def _frame(self, form_id: str, facts: Mapping[str, Any]) -> int:
        """Add an unnumbered paper of the volume itself; returns the index of its first page."""
        data = {**self.data, "facts": {**(self.data.get("facts") or {}), **facts}}
        made = render(form_id, data, fonts=self.fonts, folder=self.folder)
        start = len(self.writer.pages)
        for page in PdfReader(io.BytesIO(made.pdf)).pages:
            self.writer.add_page(page)
        return start

    def _numbered(self, entry: Entry, stamps: Sequence[PageObject]) -> int:
        """Add an item with its page numbers; returns the index of its first page."""
        start = len(self.writer.pages)
        for offset, page in enumerate(_open(entry.item).pages):
            self._stamp(self.writer.add_page(page), stamps[entry.first - 1 + offset])
        return start

    def _stamps(self, pages: int) -> Sequence[PageObject]:
        setter = typesetter(self.fonts, self.folder)
        inputs = {"pages": str(pages), "fonts": json.dumps(setter.fonts()["song"])}
        with setter.lock:
            made = setter.compiler.compile(
                input=str(self.folder / "page-stamps.typ"), format="pdf", sys_inputs=inputs, timestamp=0
            )
        return PdfReader(io.BytesIO(cast(bytes, made))).pages

    @staticmethod
    def _stamp(page: PageObject, stamp: PageObject) -> None:
        """Lay the number over the lower right corner, whatever the size and turn of the page."""
        if page.rotation:
            page.transfer_rotation_to_content()
        shift = Transformation().translate(float(page.mediabox.right) - A4_WIDTH, float(page.mediabox.bottom))
        page.merge_transformed_page(stamp, shift)


def _open(item: Item) -> PdfReader:
    try:
        reader = PdfReader(io.BytesIO(item.pdf))
        if len(reader.pages) > 0:
            return reader
    except PyPdfError as broken:
        raise _unreadable(item) from broken
    raise _unreadable(item)


def _unreadable(item: Item) -> Refused:
    return Refused(
        "unreadable-paper",
        f"卷内文件《{item.title}》{item.number}不是可以打开的 PDF，不能装订入卷",
        remedy="重新制作或者重新上传该文件",
    )


def _lines(entries: Sequence[Entry]) -> list[dict[str, str]]:
    return [
        {
            "number": entry.item.number,
            "title": entry.item.title,
            "date": entry.item.on,
            "page": entry.pages(is_last=entry is entries[-1]),
            "note": entry.item.note,
        }
        for entry in entries
    ]


def _title(data: Mapping[str, Any]) -> str:
    case = data.get("case") or {}
    return f"案卷 {case.get('no', '')} {case.get('title', '')}".strip()


def _safe(name: str) -> str:
    return _UNSAFE.sub("_", name).strip(" .")[:80] or "文件"


def _catalogue_csv(items: Sequence[Item]) -> bytes:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["卷别", "序号", "文号", "题名", "日期", "页号", "备注"])
    for part in VOLUMES:
        for place, line in enumerate(_lines(catalogue(items, part)), start=1):
            table.writerow([forms.PARTS[part], place, *map(_inert, line.values())])
    return out.getvalue().encode("utf-8-sig")


def _inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell


def _manifest(data: Mapping[str, Any], files: Sequence[tuple[str, str, bytes]]) -> bytes:
    listed = [
        {"file": name, "title": title, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, title, content in files
    ]
    case = {"no": (data.get("case") or {}).get("no", ""), "organ": (data.get("organ") or {}).get("name", "")}
    return json.dumps({"case": case, "files": listed}, ensure_ascii=False, indent=1).encode()


def _sums(files: Sequence[tuple[str, str, bytes]]) -> bytes:
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, _, content in files).encode()


def _zip(files: Sequence[tuple[str, str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, _, content in files:
            archive.writestr(zipfile.ZipInfo(name, _ZIP_MOMENT), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
