"""What happened to a piece of evidence, what was made of it, what was noted beside it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from mingjing.kernel.refused import Refused
from mingjing.record import queries as record

from .. import custody, transcripts
from ..models import Custody, Derivative, Making, Mark

LINES_SHOWN = 200


@dataclass(frozen=True)
class CustodyLine:
    """One line of the custody list; ``place`` is where it stands in the log, None until it is sealed."""

    at: datetime
    kind: str
    title: str
    who: str
    organ: str
    reason: str
    detail: Mapping[str, Any]
    entry_id: uuid.UUID
    place: record.Place | None
    hash: str


@dataclass(frozen=True)
class DerivativeView:
    """A derivative as a page shows it; ``who`` is empty where the platform made it."""

    id: int
    kind: str
    title: str
    sha256: str
    media_type: str
    size_bytes: int
    start_ms: int | None
    end_ms: int | None
    made_how: str
    by_machine: bool
    at: datetime
    who: str
    derived_from: str
    entry_id: uuid.UUID


@dataclass(frozen=True)
class MarkView:
    """A note at a moment; ``earlier`` are the notes that it corrects, the oldest first."""

    id: int
    second_ms: int
    text: str
    at: datetime
    who: str
    entry_id: uuid.UUID
    earlier: tuple[MarkView, ...] = ()
    piece: str = ""
    document: str = ""
    passage: str = ""


@dataclass(frozen=True)
class MakingView:
    """Something that the worker is asked to make."""

    what: str
    title: str
    state: str
    asked_at: datetime
    who: str
    trouble: str


def custody_of(piece: str, sha256: str, *, limit: int | None = LINES_SHOWN) -> list[CustodyLine]:
    """The latest acts on a piece, and on its stored bytes as such, newest first; all for ``limit`` None. Cost: 1 query."""
    rows = Custody.objects.filter(Q(piece=piece) | Q(piece=f"blob:{sha256}"))
    rows = rows.annotate(**record.place_of("entry_id")).select_related("officer__organ")
    return [_line(row) for row in rows.order_by("-id")[:limit]]


def _line(row: Any) -> CustodyLine:
    return CustodyLine(
        at=row.at,
        kind=row.kind,
        title=custody.title(row.kind),
        who=row.officer.name if row.officer else "平台",
        organ=row.officer.organ.short_name if row.officer else "",
        reason=row.reason,
        detail=row.detail,
        entry_id=row.entry_id,
        place=record.place_at(row.leaf_log, row.leaf),
        hash=bytes(row.leaf_hash).hex() if row.leaf_hash else "",
    )


def derivatives_of(piece: str) -> list[DerivativeView]:
    """What was made of a piece, oldest first. Cost: 1 query."""
    rows = Derivative.objects.filter(piece=piece).select_related("officer").order_by("id")
    return [_derivative(row) for row in rows]


def derivative_for(piece: str, key: int) -> DerivativeView:
    """One derivative of a piece. Raises: Refused ``not-found``. Cost: 1 query."""
    row = Derivative.objects.filter(piece=piece, pk=key).select_related("officer").first()
    if row is None:
        raise Refused("not-found", "没有这份副本。")
    return _derivative(row)


def _derivative(row: Derivative) -> DerivativeView:
    same = (
        "kind",
        "title",
        "sha256",
        "media_type",
        "size_bytes",
        "start_ms",
        "end_ms",
        "made_how",
        "by_machine",
        "at",
        "derived_from",
        "entry_id",
    )
    who = row.officer.name if row.officer else ""
    return DerivativeView(id=row.pk, who=who, **{name: getattr(row, name) for name in same})


def marks_of(piece: str) -> list[MarkView]:
    """The notes that stand, by their moment; corrected ones lie in those that correct them. Cost: 1 query."""
    rows = {row.pk: row for row in Mark.objects.filter(piece=piece).select_related("officer")}
    corrected = {row.corrects_id for row in rows.values()}
    standing = [_mark(row, rows) for row in rows.values() if row.pk not in corrected]
    return sorted(standing, key=lambda one: (one.second_ms, one.id))


def quoting_marks(pieces: Iterable[str]) -> list[MarkView]:
    """The standing notes of these pieces that quote a document, by document and moment. Cost: 1 query."""
    rows = Mark.objects.filter(piece__in=list(pieces), corrected_by_mark__isnull=True).exclude(document="")
    found = rows.select_related("officer").order_by("document", "piece", "second_ms", "pk")
    return [_mark(row, {}) for row in found]


def _mark(row: Mark, rows: Mapping[int, Mark]) -> MarkView:
    earlier: tuple[MarkView, ...] = ()
    if row.corrects_id is not None and row.corrects_id in rows:
        old = _mark(rows[row.corrects_id], rows)
        earlier = (*old.earlier, old)
    told = (row.pk, row.second_ms, row.text, row.at, row.officer.name, row.entry_id, earlier)
    return MarkView(*told, row.piece, row.document, row.passage)


def makings_of(piece: str) -> list[MakingView]:
    """What is being made of a piece, or could not be made, newest first. Cost: 1 query."""
    rows = Making.objects.filter(piece=piece).exclude(state="done").select_related("asked_by")
    return [
        MakingView(row.what, row.title, row.state, row.asked_at, row.asked_by.name, row.trouble)
        for row in rows.order_by("-id")[:20]
    ]


def counts(pieces: Collection[str]) -> dict[str, dict[str, int]]:
    """How many acts, marks and derivatives each piece has. Cost: 3 queries."""
    found: dict[str, dict[str, int]] = {one: {"acts": 0, "marks": 0, "derivatives": 0} for one in pieces}
    tables: tuple[tuple[str, Any], ...] = (("acts", Custody), ("marks", Mark), ("derivatives", Derivative))
    for name, table in tables:
        rows = table.objects.filter(piece__in=pieces).values_list("piece")
        if name == "marks":  # a correction is no further mark
            rows = rows.filter(corrects__isnull=True)
        for piece, count in rows.annotate(count=Count("id")):
            found[piece][name] = count
    return found


def piece_of_entry(entry_id: uuid.UUID) -> int | None:
    """The number of the piece of evidence that an entry of custody speaks of, if it is one. Cost: 2 queries."""
    for table in (Custody, Mark):
        found = table.objects.filter(entry_id=entry_id, piece__startswith="evidence:").values_list(
            "piece", flat=True
        )
        if name := found.first():
            return int(name.partition(":")[2])
    return None


def transcript_of(made: DerivativeView) -> transcripts.Transcript:
    """The lines of a kept transcript. Raises: Refused as ``record.open_blob``. Cost: 1 query."""
    with record.open_blob(made.sha256) as file:
        return transcripts.read(file.read())
