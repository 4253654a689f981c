"""卷内文件: what a case file consists of, read from the case; nothing here is bound or written yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import BinaryIO

import pypdfium2

from mingjing.cases.models import Case, Evidence, Paper, Service
from mingjing.cases.papers import forms
from mingjing.kernel.clocks import SHANGHAI
from mingjing.record import queries as record
from mingjing.vault.queries import CaptureRow, captures_of_case

PDF = "application/pdf"
PICTURES = frozenset({"image/jpeg", "image/png"})


@dataclass(frozen=True)
class Piece:
    """One paper or file of the case. ``on`` is ISO. ``pages`` is 0 for what cannot lie in a bound file: a
    recording, electronic data, a file that does not open. ``behind`` is the key of what a receipt served."""

    key: str
    title: str
    number: str
    on: str
    sha256: str
    size_bytes: int
    media_type: str
    pages: int
    name: str
    code: str = ""
    form: str = ""
    step: str = ""
    part: str = "main"
    decision: bool = False
    outgoing: bool = False
    evidence: bool = False
    behind: str = ""
    note: str = ""
    device: str = ""
    span: str = ""


def pieces(case: Case) -> list[Piece]:
    """Every paper that was not voided and every file handed in, in the order in which they came.

    Cost: 5 queries; a file that was never counted before is opened once.
    """
    captured = {one.sha256: one for one in captures_of_case(case.pk, limit=None) if one.sha256}
    return [*_papers(case), *(_as_captured(_file(one), captured) for one in _evidence(case))]


def _as_captured(piece: Piece, captured: Mapping[str, CaptureRow]) -> Piece:
    """A recording of the field app names its device and from when to when it ran."""
    capture = captured.get(piece.sha256)
    if capture is None:
        return piece
    end = f"–{capture.ended_at.astimezone(SHANGHAI):%H:%M}" if capture.ended_at else ""
    return replace(piece, device=capture.device, span=moment(capture.started_at) + end)


def _papers(case: Case) -> Iterator[Piece]:
    papers = list(case.papers.filter(voided_at__isnull=True).order_by("id").select_related("step"))
    sizes = record.blob_sizes([one.sha256 for one in papers])
    served = dict(
        Service.objects.filter(paper__case=case, receipt__isnull=False)
        .order_by("id")
        .values_list("receipt_id", "paper_id")
    )
    for paper in papers:
        found = _paper(paper, sizes.get(paper.sha256, 0))
        behind = served.get(paper.pk)
        yield replace(found, behind=f"paper:{behind}") if behind else found


def _paper(paper: Paper, size_bytes: int) -> Piece:
    form = forms.form(paper.form)
    return Piece(
        key=f"paper:{paper.pk}",
        title=paper.title,
        number=paper.number,
        on=day(paper.issued_at),
        sha256=paper.sha256,
        size_bytes=size_bytes,
        media_type=PDF,
        pages=paper.pages,
        name=f"{paper.title} {paper.number}".strip() + ".pdf",
        code=form.code,
        form=form.id,
        step=paper.step.step,
        part=form.part,
        decision=form.publishable,
        outgoing=form.outgoing,
    )


def _evidence(case: Case) -> Sequence[Evidence]:
    return list(case.evidence.order_by("id").select_related("step"))


def _file(one: Evidence) -> Piece:
    late = f"，{day(one.added_at)} 补传" if one.added_at else ""
    return Piece(
        key=f"evidence:{one.pk}",
        title=one.name,
        number="",
        on=day(one.made_at or one.step.at),
        sha256=one.sha256,
        size_bytes=one.size_bytes,
        media_type=one.media_type,
        pages=pages_of(one.sha256, one.media_type),
        name=one.name,
        step=one.step.step,
        evidence=True,
        note=f"{one.step.title}{late}",
        span=moment(one.made_at) if one.made_at else "",
    )


def pages_of(sha256: str, media_type: str) -> int:
    """How many pages the file takes in a bound volume; 0 where it cannot be bound or its bytes are gone."""
    if media_type in PICTURES:
        return 1
    return _pdf_pages(sha256) if media_type == PDF else 0


@lru_cache(maxsize=4096)
def _pdf_pages(sha256: str) -> int:
    """Bytes never change under one SHA-256, so one look is enough."""
    with record.open_blob(sha256) as stream:
        return count_pages(stream)


def count_pages(stream: BinaryIO) -> int:
    """The pages of a PDF, 0 for what is none or is locked."""
    try:
        document = pypdfium2.PdfDocument(stream)
    except pypdfium2.PdfiumError:
        return 0
    try:
        return len(document)
    finally:
        document.close()


def day(at: datetime) -> str:
    """The day here, as ISO."""
    return at.astimezone(SHANGHAI).date().isoformat()


def moment(at: datetime) -> str:
    """Day and minute here, as people read them."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
