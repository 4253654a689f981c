"""脱敏稿: the masked rendition of a file, every mask of it, and what still leaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mingjing.kernel.refused import Refused

from ..leaks import Checked, Passage, Place, leaks_in
from ..redaction import PUBLIC, Known, Profile, Redacted, Span, redact
from . import pdf, plain, word, word_rendition
from .reading import Document, form_of, read

SUFFIXES = {"text": ".txt", "docx": ".docx", "pdf": ".pdf"}
"""How the file name of a rendition ends."""


@dataclass(frozen=True)
class Masked:
    """One mask: where, what stood there, what stands there now, kind and reason."""

    place: Place
    words: str
    replacement: str
    kind: str
    reason: str


@dataclass(frozen=True)
class Rendition:
    """A masked file. ``source`` is what leaks in the file as given, ``left`` what leaks in the rendition;
    ``dropped`` tells what of the file was left out, ``unjudged`` what a machine cannot judge."""

    form: str
    data: bytes
    masks: tuple[Masked, ...]
    source: Checked
    left: Checked
    dropped: tuple[str, ...]
    unjudged: tuple[str, ...]


def mask(
    data: bytes,
    name: str = "",
    people: Sequence[Known] = (),
    profile: Profile = PUBLIC,
    *,
    as_text: bool = False,
) -> Rendition:
    """A rendition in the form of the file, or as UTF-8 text. The file name is not part of it: give a new one.

    Raises: as ``read``; Refused ``nothing-to-mask`` where a PDF has no text at all (a scan).
    """
    form = form_of(data, name)
    document = read(data, name)
    makers = {"text": _text, "docx": _word, "pdf": _pdf}
    made, masks, left = makers["text" if as_text else form](data, document, people, profile)
    return Rendition(
        form="text" if as_text else form,
        data=made,
        masks=masks,
        source=leaks_in(document.passages, people, profile),
        left=left,
        dropped=_dropped(document, form, as_text),
        unjudged=document.unjudged,
    )


Made = tuple[bytes, tuple[Masked, ...], Checked]


def _dropped(document: Document, form: str, as_text: bool) -> tuple[str, ...]:
    """What of the file is not in the rendition, by the names of its places."""
    shown = {"正文", "页眉", "页脚", "脚注", "尾注"} if form == "docx" and not as_text else {"正文"}
    gone = [one.where for one in document.passages if one.where not in shown and not one.where.endswith("页")]
    return tuple(dict.fromkeys(gone))


def _text(data: bytes, document: Document, people: Sequence[Known], profile: Profile) -> Made:
    """The words that readers see, as text: in the encoding of a text file, else in UTF-8."""
    shown = [one for one in document.passages if not one.bare and not one.where.endswith("删除的文字")]
    text = "\n\n".join(one.text for one in shown)
    encoding = plain.decode(data)[1] if document.form == "text" else "utf-8"
    found = redact(text, people, profile)
    return (
        _encoded(found.text, encoding),
        masked_in(shown, found),
        leaks_in([Passage("脱敏稿", found.text)], people, profile),
    )


def _encoded(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:  # half a surrogate pair has no place in any encoding
        return text.encode(encoding, "replace")


def masked_in(passages: Sequence[Passage], found: Redacted) -> tuple[Masked, ...]:
    """The masks of passages that were joined by empty lines and redacted as one text."""
    starts, start = [], 0
    for one in passages:
        starts.append(start)
        start += len(one.text) + 2
    return tuple(_masked(passages, starts, span) for span in found.spans)


def _masked(passages: Sequence[Passage], starts: Sequence[int], span: Span) -> Masked:
    index = max(place for place, start in enumerate(starts) if start <= span.start)
    passage, first = passages[index], span.start - starts[index]
    length = span.end - span.start
    place = Place(passage.where, passage.text.count("\n", 0, first) + 1, first, first + length)
    return Masked(place, passage.text[first : first + length], span.replacement, span.kind, span.reason)


def _word(data: bytes, document: Document, people: Sequence[Known], profile: Profile) -> Made:
    draft = word_rendition.Draft(data)
    shown = draft.passages()
    found = redact("\n\n".join(one.text for one in shown), people, profile)
    made = draft.masked(found.spans)
    # Looked at as a stranger would: every part of the file that was written.
    passages, _ = word.read(made)
    return made, masked_in(shown, found), leaks_in(passages, people, profile)


def _pdf(data: bytes, document: Document, people: Sequence[Known], profile: Profile) -> Made:
    opened = pdf.open_pdf(data)
    try:
        texts = pdf.page_texts(opened)
    finally:
        opened.close()
    if not any(text.strip() for text in texts):
        raise Refused(
            "nothing-to-mask",
            "这份 PDF 没有文字（扫描件或者图片），机器不能判断有无个人信息，也不能脱敏。",
            remedy="请用有文字的电子原件；只有扫描件的，由人逐页遮盖并核对。",
        )
    pages = [Passage(f"第 {number} 页", text) for number, text in enumerate(texts, 1)]
    found = redact("\n\n".join(texts), people, profile)
    areas = _areas(texts, found.spans)
    made = pdf.drawn(data, areas)
    _require_bare(made)
    return made, masked_in(pages, found), leaks_in([Passage("脱敏稿", found.text)], people, profile)


def _areas(texts: Sequence[str], spans: Sequence[Span]) -> list[list[pdf.Area]]:
    areas: list[list[pdf.Area]] = [[] for _ in texts]
    start = 0
    for number, text in enumerate(texts):
        end = start + len(text)
        for span in spans:
            if span.start < end and start < span.end:
                areas[number].append((max(span.start - start, 0), min(span.end, end) - start))
        start = end + 2
    return areas


_DRAWN = frozenset(("元数据·制作程序", "元数据·CreationDate"))


def _require_bare(made: bytes) -> None:
    """A rendition of pictures has no text and nothing beside its pages but who drew it, and when."""
    passages, _ = pdf.read(made)
    if any(one.text.strip() and one.where not in _DRAWN for one in passages):
        raise Refused(
            "unreadable-document",
            "脱敏稿中仍有文字，没有采用。",
            remedy="请把文件另存为 PDF 后再试；仍不行的，由人工处理。",
        )
