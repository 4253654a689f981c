"""The evidence room: the pieces of a case side by side, and one piece with all that is known of it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.record import queries as record
from mingjing.vault import queries as vault

from ..models import Case, Evidence, Paper
from .finding import case_for, visible_cases

PAGE = 60
KINDS: Mapping[str, str] = {
    "audiovisual": "音像",
    "document": "书面材料",
    "signature": "签名",
    "physical": "实物",
    "electronic_data": "电子数据",
}


@dataclass(frozen=True)
class Piece:
    """One piece of evidence. ``shape`` is how a browser shows it: image, audio, video, pdf, text or file."""

    id: int
    name: str
    kind: str
    kind_title: str
    media_type: str
    shape: str
    size_bytes: int
    sha256: str
    case_no: str
    case_label: str
    case_title: str
    organ: str
    organ_id: int
    step_seq: int
    step_title: str
    taken_at: datetime
    taken_by: str
    made_at: datetime | None
    added_at: datetime | None
    added_by: str
    late_reason: str
    entry_id: uuid.UUID
    acts: int = 0
    marks: int = 0
    derivatives: int = 0

    @property
    def plays(self) -> bool:
        """Whether it has moments."""
        return self.shape in ("audio", "video")


@dataclass(frozen=True)
class PaperOfStep:
    """A paper of the case; ``beside``: the same step made it."""

    id: int
    title: str
    number: str
    beside: bool = False

    @property
    def called(self) -> str:
        """Title and number."""
        return f"《{self.title}》{self.number}"


@dataclass(frozen=True)
class Quote:
    """文书与音像对照: the words of a paper, and the moment of a recording that shows it."""

    paper: PaperOfStep
    passage: str
    piece: Piece
    second_ms: int
    text: str


@dataclass(frozen=True)
class EvidenceRoom:
    """A page of the pieces of a case, in the order of its steps.

    ``kinds`` are the kinds that the case has pieces of: code, title, how many; ``kind`` is the one that is shown, empty
    for all. ``next`` is the cursor of what follows, empty at the end. ``quotes`` are what papers say of these pieces.
    """

    case_no: str
    case_label: str
    case_title: str
    pieces: Sequence[Piece]
    kinds: Sequence[tuple[str, str, int]]
    kind: str
    next: str
    quotes: Sequence[Quote]


@dataclass(frozen=True)
class EvidencePage:
    """One piece and all that is known of it, with the ``papers`` of its case. ``may_add``: whether the person may
    mark it or ask for copies."""

    piece: Piece
    papers: Sequence[PaperOfStep]
    custody: Sequence[vault.CustodyLine]
    derivatives: Sequence[vault.DerivativeView]
    marks: Sequence[vault.MarkView]
    makings: Sequence[vault.MakingView]
    may_add: bool
    keeping: vault.Standing | None = None
    destroyed_at: datetime | None = None
    screening: str = ""


def evidence_room(actor: Actor, no: str, *, kind: str = "", after: str = "") -> EvidenceRoom:
    """Up to ``PAGE`` pieces of a readable case behind a cursor, of a kind that it has, else of all. Cost: 7 or 8
    queries.

    Raises: Refused ``bad-cursor``.
    """
    case = case_for(actor, no)
    kinds = _kinds(case)
    chosen = kind if any(kind == code for code, _, _ in kinds) else ""
    rows = _behind(_pieces().filter(case=case), after)
    found = list((rows.filter(kind=chosen) if chosen else rows).order_by("step__seq", "id")[: PAGE + 1])
    shown = found[:PAGE]
    counts = vault.counts([f"evidence:{row.pk}" for row in shown])
    pieces = tuple(_piece(row, counts[f"evidence:{row.pk}"]) for row in shown)
    return EvidenceRoom(
        case_no=case.no,
        case_label=case.label,
        case_title=case.title,
        pieces=pieces,
        quotes=_quotes(case.pk, {f"evidence:{one.id}": one for one in pieces}),
        kinds=kinds,
        kind=chosen,
        next=f"{shown[-1].step.seq}-{shown[-1].pk}" if len(found) > PAGE else "",
    )


def _kinds(case: Case) -> Sequence[tuple[str, str, int]]:
    """The kinds of the pieces of a case with their titles and numbers. Cost: 1 query."""
    told = Evidence.objects.filter(case=case).order_by("kind").values_list("kind").annotate(Count("pk"))
    return tuple((kind, _title(kind), number) for kind, number in told)


def _title(kind: str) -> str:
    return KINDS.get(kind, "材料")


def _behind(rows: QuerySet[Evidence], after: str) -> QuerySet[Evidence]:
    if not after:
        return rows
    place = re.fullmatch(r"([0-9]{1,9})-([0-9]{1,18})", after, re.ASCII)
    if place is None:
        raise Refused("bad-cursor", f"翻页标记“{after}”无效。", remedy="请从第一页重新翻看。")
    seq, key = map(int, place.groups())
    return rows.filter(Q(step__seq__gt=seq) | Q(step__seq=seq, pk__gt=key))


def _quotes(case_id: uuid.UUID, pieces: Mapping[str, Piece]) -> tuple[Quote, ...]:
    """Each tie between a paper and a moment, in the order of the papers."""
    found = vault.quoting_marks(pieces)
    papers = {f"paper:{one.id}": one for one in _papers_of(case_id)} if found else {}
    order = {name: place for place, name in enumerate(papers)}
    marks = [one for one in found if one.document in papers]
    marks.sort(key=lambda one: (order[one.document], one.piece, one.second_ms))
    return tuple(
        Quote(papers[one.document], one.passage, pieces[one.piece], one.second_ms, one.text) for one in marks
    )


def _papers_of(case_id: uuid.UUID, step_id: int | None = None) -> tuple[PaperOfStep, ...]:
    """The valid papers of a case, in the order of their making. Cost: 1 query."""
    rows = Paper.objects.filter(case=case_id, voided_at__isnull=True).order_by("id")
    told = rows.values_list("pk", "title", "number", "step_id")
    return tuple(PaperOfStep(pk, title, number, step == step_id) for pk, title, number, step in told)


def evidence_page(actor: Actor, evidence_id: int, on: date) -> EvidencePage:
    """One piece of a readable case, as it is kept on that day. Raises: Refused ``not-found``. Cost: 12 queries."""
    row = _pieces().filter(pk=evidence_id, case__in=visible_cases(actor)).first()
    if row is None:
        raise Refused("not-found", "没有找到这份材料，或者您无权查看。")
    name = f"evidence:{row.pk}"
    destroyed_at = record.blob_for(row.sha256).destroyed_at
    standing = vault.standings([row.sha256], row.case.organ_id, on) if destroyed_at is None else []
    return EvidencePage(
        piece=_piece(row, {}),
        papers=_papers_of(row.case_id, row.step_id),
        custody=vault.custody_of(name, row.sha256),
        derivatives=vault.derivatives_of(name),
        marks=vault.marks_of(name),
        makings=vault.makings_of(name),
        may_add=actor.organ_id == row.case.organ_id and "case.move" in actor.permissions,
        keeping=standing[0] if standing else None,
        destroyed_at=destroyed_at,
        screening=vault.screening_of(row.sha256),
    )


def shape_of(media_type: str) -> str:
    """How a browser shows such a file without running anything; ``file`` where it cannot."""
    return _SHAPES.get(media_type.partition(";")[0].strip(), "file")


# What is shown in place; everything else is only taken along. No SVG, no HTML: they may hold scripts.
_SHAPES: Mapping[str, str] = {
    "image/jpeg": "image",
    "image/png": "image",
    "image/gif": "image",
    "image/webp": "image",
    "image/avif": "image",
    "video/mp4": "video",
    "video/webm": "video",
    "video/ogg": "video",
    "audio/mpeg": "audio",
    "audio/mp4": "audio",
    "audio/ogg": "audio",
    "audio/wav": "audio",
    "audio/x-wav": "audio",
    "audio/webm": "audio",
    "audio/aac": "audio",
    "audio/flac": "audio",
    "application/pdf": "pdf",
    "text/plain": "text",
}


def _pieces() -> QuerySet[Evidence]:
    return Evidence.objects.select_related("case__organ", "step", "added_by")


def _piece(row: Evidence, counts: Mapping[str, int]) -> Piece:
    return Piece(
        id=row.pk,
        name=row.name,
        kind=row.kind,
        kind_title=_title(row.kind),
        media_type=row.media_type,
        shape=shape_of(row.media_type),
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        case_no=row.case.no,
        case_label=row.case.label,
        case_title=row.case.title,
        organ=row.case.organ.name,
        organ_id=row.case.organ_id,
        step_seq=row.step.seq,
        step_title=row.step.title,
        taken_at=row.added_at or row.step.at,
        taken_by=row.added_by.name if row.added_by else row.step.by_name,
        made_at=row.made_at,
        added_at=row.added_at,
        added_by=row.added_by.name if row.added_by else "",
        late_reason=row.late_reason,
        entry_id=row.entry_id or row.step.entry_id,
        **counts,
    )
