"""A Word file written anew from what readers see of another, with masks: nothing is taken over that is not listed.

Taken over are paragraphs, runs, tables, headers, footers, notes, styles and numbering. Text boxes become paragraphs.
Left out: tracked deletions, comments, hidden text, field codes and links, pictures and objects, macros, thumbnails,
all properties of the file. Masks are put over the words however they are split into runs.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, register_namespace, tostring

from mingjing.kernel.refused import Refused

from ..leaks import Passage
from ..redaction import Span, redact
from . import word
from .word import W, title_of

_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_XML = "{http://www.w3.org/XML/1998/namespace}space"
_COPIED = frozenset(("styles.xml", "numbering.xml"))
_PLAIN = frozenset(
    (
        "body",
        "p",
        "r",
        "tbl",
        "tr",
        "tc",
        "hdr",
        "ftr",
        "footnotes",
        "endnotes",
        "footnote",
        "endnote",
        "document",
    )
)
_SHAPES = frozenset(("pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "tblPrEx"))
_SIGNS = frozenset(("tab", "br", "cr", "noBreakHyphen", "footnoteReference", "endnoteReference", "footnoteRef",
                    "endnoteRef", "separator", "continuationSeparator"))  # fmt: skip
_UNWRAPPED = frozenset(("ins", "moveTo", "hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "bdo", "dir",
                        "ruby", "rubyBase"))  # fmt: skip
_NOT_IN_SHAPES = frozenset(("rPrChange", "pPrChange", "tblPrChange", "trPrChange", "tcPrChange", "sectPrChange", "tblGridChange",
                            "ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "vanish", "specVanish", "webHidden",
                            "printerSettings"))  # fmt: skip
_PARTS = re.compile(r"word/(?:header\d*|footer\d*|footnotes|endnotes)\.xml")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_STAMP = (1980, 1, 1, 0, 0, 0)

register_namespace("w", W.strip("{}"))
register_namespace("r", _R)


@dataclass
class _Word:
    """A w:t of the new file and where its text stands in the whole."""

    element: Element
    start: int


@dataclass
class _Part:
    """A part of the new file, its text, and its words."""

    name: str
    root: Element
    text: str = ""
    words: list[_Word] = field(default_factory=list)


class Draft:
    """The new file before its masks. Raises: as ``word.open_parts``."""

    def __init__(self, data: bytes) -> None:
        with word.open_parts(data) as package:
            names = set(package.namelist())
            self._links = _links(package, names)
            wanted = sorted(name for name in names if _PARTS.fullmatch(name))
            self.parts = [self._part(package, name) for name in ("word/document.xml", *wanted)]
            self._copied = {
                name: _copied(package, f"word/{name}") for name in sorted(_COPIED) if f"word/{name}" in names
            }

    def _part(self, package: zipfile.ZipFile, name: str) -> _Part:
        kept = list(_clean(word.tree(package, name), self._links if name == "word/document.xml" else {}))
        if len(kept) != 1:
            raise Refused(
                "unreadable-document", "Word 文件没有正文。", remedy="请用 Word 打开后另存，再试一次。"
            )
        part = _Part(name, kept[0])
        _lay_out(part)
        return part

    def passages(self) -> list[Passage]:
        """What readers see, a passage for each part."""
        return [Passage(title_of(one.name), one.text) for one in self.parts]

    def masked(self, spans: Sequence[Span]) -> bytes:
        """The new file with the masks; offsets refer to the passages joined by empty lines."""
        start = 0
        for part in self.parts:
            for one in reversed([span for span in spans if start <= span.start < start + len(part.text)]):
                _put(part, one.start - start, one.end - start, one.replacement)
            start += len(part.text) + 2
        return self._package()

    def _package(self) -> bytes:
        made = io.BytesIO()
        files = {
            "[Content_Types].xml": self._types(),
            "_rels/.rels": _relations([("officeDocument", "word/document.xml", "rId1")]),
            "word/_rels/document.xml.rels": _relations(self._targets()),
            **{one.name: _bytes(one.root) for one in self.parts},
            **{f"word/{name}": content for name, content in self._copied.items()},
        }
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in files.items():
                package.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)
        return made.getvalue()

    def _targets(self) -> list[tuple[str, str, str]]:
        known = {target: key for key, target in self._links.items()}
        beside = [one.name.removeprefix("word/") for one in self.parts[1:]] + list(self._copied)
        return [(_kind(name), name, known.get(name, f"rIdM{place}")) for place, name in enumerate(beside, 1)]

    def _types(self) -> bytes:
        parts = [(one.name.removeprefix("word/"), _kind(one.name)) for one in self.parts[1:]]
        parts += [(name, _kind(name)) for name in self._copied]
        told = "".join(
            f'<Override PartName="/word/{name}" ContentType="{_MAIN}.{kind}+xml"/>'
            for name, kind in [("document.xml", "document.main"), *parts]
        )
        return (
            f'{_HEAD}<Types xmlns="{_TYPES}"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{told}</Types>'
        ).encode()


def _kind(name: str) -> str:
    return re.sub(r"\d*\.xml$", "", name.rsplit("/", 1)[-1])


def _links(package: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    """Which relation names which header or footer; no other relation is taken over."""
    name = "word/_rels/document.xml.rels"
    if name not in names:
        return {}
    found = {
        one.get("Id", ""): one.get("Target", "").removeprefix("/word/") for one in word.tree(package, name)
    }
    return {
        key: target for key, target in found.items() if re.fullmatch(r"(?:header|footer)\d*\.xml", target)
    }


def _clean(element: Element, links: dict[str, str]) -> Iterator[Element]:
    """What of an element is taken over."""
    tag = element.tag if isinstance(element.tag, str) else ""
    name = tag.removeprefix(W)
    if tag.endswith("}AlternateContent"):
        choices = [one for one in element if str(one.tag).endswith(("}Choice", "}Fallback"))]
        for one in choices[:1]:
            yield from _inside(one, links)
    elif name == "txbxContent" or (name in _UNWRAPPED and tag.startswith(W)):
        yield from _inside(element, links)
    elif not tag.startswith(W):
        yield from (one for one in _boxes(element, links))
    elif name in ("drawing", "pict", "object"):
        yield from _boxes(element, links)
    elif name in _SHAPES:
        yield _shape(element, links)
    elif name in _SIGNS:
        yield Element(
            tag, {key: value for key, value in element.attrib.items() if key in (f"{W}id", f"{W}type")}
        )
    elif name == "t":
        made = Element(tag, {_XML: "preserve"})
        made.text = element.text or ""
        yield made
    elif name in _PLAIN and not _is_hidden(element):
        yield from _lifted(_kept(element, links))


def _inside(element: Element, links: dict[str, str]) -> Iterator[Element]:
    for one in element:
        yield from _clean(one, links)


def _boxes(element: Element, links: dict[str, str]) -> Iterator[Element]:
    """The paragraphs of the text boxes in a drawing."""
    for one in element:
        if one.tag == f"{W}txbxContent":
            yield from _inside(one, links)
        else:
            yield from _boxes(one, links)


def _is_hidden(element: Element) -> bool:
    """Whether a run is hidden text."""
    return element.tag == f"{W}r" and element.find(f"{W}rPr/{W}vanish") is not None


def _kept(element: Element, links: dict[str, str]) -> Element:
    kept = {f"{W}id", f"{W}type"} if element.tag in (f"{W}footnote", f"{W}endnote") else set()
    made = Element(element.tag, {key: value for key, value in element.attrib.items() if key in kept})
    made.extend(_inside(element, links))
    return made


def _lifted(element: Element) -> Iterator[Element]:
    """Paragraphs and tables of text boxes do not stand inside runs: they follow the paragraph."""
    yield element
    if element.tag not in (f"{W}p", f"{W}r"):
        return
    for one in list(element):
        if one.tag in (f"{W}p", f"{W}tbl"):
            element.remove(one)
            yield one


def _shape(element: Element, links: dict[str, str]) -> Element:
    """Properties: only what the format itself names; headers that are taken over keep their relation."""
    made = Element(element.tag)
    made.attrib.update({key: value for key, value in element.attrib.items() if _is_layout(key)})
    for one in element:
        name = str(one.tag).removeprefix(W)
        if not str(one.tag).startswith(W) or name in _NOT_IN_SHAPES:
            continue
        if name in ("headerReference", "footerReference"):
            key = one.get(f"{{{_R}}}id", "")
            if key in links:
                made.append(
                    Element(str(one.tag), {f"{W}type": one.get(f"{W}type", "default"), f"{{{_R}}}id": key})
                )
            continue
        made.append(_shape(one, {}))
    return made


def _is_layout(key: str) -> bool:
    return key.startswith(W) and "rsid" not in key and key not in (f"{W}author", f"{W}date", f"{W}initials")


def _copied(package: zipfile.ZipFile, name: str) -> bytes:
    """Styles or numbering: elements and attributes of the format itself; names that identify somebody are emptied."""
    root = _shape(word.tree(package, name), {})
    for one in root.iter():
        for key, value in one.attrib.items():
            one.set(key, redact(value).text if re.search("[\u4e00-\u9fff]", value) else value)
    return _bytes(root)


def _relations(targets: Sequence[tuple[str, str, str]]) -> bytes:
    told = "".join(
        f'<Relationship Id="{key}" Type="{_R}/{kind}" Target="{target}"/>' for kind, target, key in targets
    )
    return f'{_HEAD}<Relationships xmlns="{_LINKS}">{told}</Relationships>'.encode()


def _bytes(root: Element) -> bytes:
    made: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return made


# --- words and masks ---


def _lay_out(part: _Part) -> None:
    """The text of a part with the place of each word: cells apart by tabs, paragraphs by line breaks."""
    pieces: list[str] = []
    length = 0

    def say(text: str) -> None:
        nonlocal length
        pieces.append(text)
        length += len(text)

    def walk(element: Element, end: str) -> None:
        for one in element:
            name = str(one.tag).removeprefix(W)
            if name == "t":
                part.words.append(_Word(one, length))
                say(one.text or "")
            elif name in ("tab", "br", "cr"):
                say("\t" if name == "tab" else "\n")
            elif name == "tr":
                for cell in one:
                    walk(cell, "\t")
                say("\n")
            elif name not in _SHAPES:
                walk(one, end)
                if name == "p":
                    say(end)

    walk(part.root, "\n")
    part.text = "".join(pieces)


def _put(part: _Part, start: int, end: int, replacement: str) -> None:
    """Put the mask over the words from ``start`` to ``end``; later masks MUST have been put before."""
    first = True
    for one in part.words:
        text = one.element.text or ""
        left, right = max(start - one.start, 0), min(end - one.start, len(text))
        if left >= right:
            continue
        one.element.text = text[:left] + (replacement if first else "") + text[right:]
        first = False
