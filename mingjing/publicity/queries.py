"""What the public may read: decisions as published, tombstones, and whether a paper is genuine.

Everything here is already redacted; of a case's facts nothing is read but the day of filing. Answers are
values, not rows.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Min, Q, QuerySet

from mingjing.cases import queries as cases
from mingjing.cases.models import Paper
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.procedure import MatterRule
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.record import queries as record

from . import search
from .models import Publication
from .placement_queries import (
    Placed,
    Wanted,
    count_placements,
    every_placement,
    placement_rows,
    placements,
    placements_of,
    scope_of,
    withheld_counts,
)

__all__ = [
    "Decision",
    "Filters",
    "PaperFacts",
    "Placed",
    "Published",
    "Wanted",
    "by_slug",
    "count",
    "count_placements",
    "entry_of_file",
    "every_placement",
    "every_published",
    "paper_by_code",
    "paper_by_sha256",
    "placement_rows",
    "placements",
    "placements_of",
    "published",
    "published_of",
    "row_of",
    "scope_of",
    "shown_by_sha256",
    "slug_of_number",
    "withheld_counts",
    "years",
]

PAGE = 30
COUNT_UP_TO = 10_000


@dataclass(frozen=True)
class Filters:
    """What a reader looks for; empty means everything. ``words`` are sought in number, subject and title."""

    organ: str = ""
    act: str = ""
    year: int | None = None
    words: str = ""


@dataclass(frozen=True)
class Published:
    """One decision in a list. After withdrawal ``subject`` is empty and ``reason`` says why."""

    slug: str
    number: str
    organ: str
    organ_short: str
    organ_code: str
    region: str
    act: str
    subject: str
    subject_code: str
    title: str
    conclusion: str
    decided_on: date
    published_at: datetime
    withdrawn_at: datetime | None
    reason: str
    leaf_index: int | None
    cursor: str

    @property
    def withdrawn(self) -> bool:
        """Whether only the tombstone is left."""
        return self.withdrawn_at is not None


@dataclass(frozen=True)
class Decision:
    """One decision with its text: paragraphs under headings, its paper, and how long it took.

    ``filed_on`` is the day from which the law counts, ``filing`` the word for it (立案, 受理); None where there
    is no such day, as for a decision ``on_the_spot``. ``subject_title`` is what the title is called (案由), ``withdrawal_basis`` what
    the procedure withdraws publications by,
    ``has_sheet`` whether the text can be had as PDF.
    Source: 行政处罚法/60, 行政处罚法/51; 行政许可法/42.
    """

    listed: Published
    text: tuple[tuple[str, str], ...]
    filed_on: date | None
    filing: str
    on_the_spot: bool
    subject_title: str
    withdrawal_basis: str
    decision_entry_id: uuid.UUID
    paper: PaperFacts | None
    has_sheet: bool

    @property
    def days(self) -> int | None:
        """Calendar days from filing to decision."""
        return (self.listed.decided_on - self.filed_on).days if self.filed_on else None


@dataclass(frozen=True)
class PaperFacts:
    """What anybody who holds a paper may learn about it: that it was issued, by whom, when, and its digest."""

    verify_code: str
    number: str
    title: str
    organ: str
    issued_at: datetime
    sha256: str
    pages: int
    voided_at: datetime | None
    void_reason: str
    slug: str | None = None


def published(filters: Filters, after: str = "", limit: int = PAGE) -> list[Published]:
    """Up to ``limit`` decisions, latest first, behind the cursor ``after``. Cost: 2 queries, 3 with words.

    Raises: Refused ``bad-cursor``.
    """
    before = _cursor(after)
    if filters.words:
        rows = _found(filters, before, limit)
    else:
        rows = list(_behind(_filtered(filters), before).select_related("organ")[:limit])
    places = record.leaf_indexes([row.decision_entry_id for row in rows])
    return [_listed(row, places.get(row.decision_entry_id)) for row in rows]


def every_published(filters: Filters) -> Iterator[Published]:
    """All decisions in constant memory, for downloads. Cost: 2 queries per thousand."""
    after = ""
    while rows := published(filters, after, 1000):
        yield from rows
        after = rows[-1].cursor


def count(filters: Filters) -> int:
    """How many there are, counted no further than ``COUNT_UP_TO`` + 1. Cost: 1 query."""
    if filters.words:
        return min(_matching(filters, None, 1)[1], COUNT_UP_TO + 1)
    return _filtered(filters).order_by()[: COUNT_UP_TO + 1].count()


def years() -> list[int]:
    """The years in which decisions were made, latest first. Cost: 1 query."""
    span = Publication.objects.aggregate(first=Min("decided_on"), last=Max("decided_on"))
    if span["first"] is None:
        return []
    return list(range(span["last"].year, span["first"].year - 1, -1))


def by_slug(slug: str) -> Decision:
    """The decision at a public address. Cost: 2 queries.

    Raises: Refused ``no-such-decision``.
    """
    row = row_of(slug)
    places = record.leaf_indexes([row.decision_entry_id])
    shown = row.rendition
    filed_on = shown.get("filed_on")
    return Decision(
        listed=_listed(row, places.get(row.decision_entry_id)),
        text=tuple((heading, text) for heading, text in shown.get("text", [])),
        filed_on=date.fromisoformat(filed_on) if filed_on else None,
        filing=shown.get("filing", ""),
        on_the_spot=not filed_on and row.case.opened_at.astimezone(SHANGHAI).date() == row.decided_on,
        subject_title=shown.get("subject_title", MatterRule().subject_title),
        withdrawal_basis=_withdrawal_basis(row) if row.withdrawn_at else "",
        decision_entry_id=row.decision_entry_id,
        paper=_paper_facts(row.paper, row.slug) if row.paper is not None else None,
        has_sheet=bool(row.sheet_sha256) and row.withdrawn_at is None,
    )


def row_of(slug: str) -> Publication:
    """The publication at a public address. Cost: 1 query. Raises: Refused ``no-such-decision``."""
    rows = Publication.objects.select_related("organ", "case", "paper__organ")
    row = rows.filter(slug=slug).first()
    if row is None:
        raise Refused(
            "no-such-decision", "这个地址没有对应的执法决定。", remedy="请核对地址，或者按文书号查询。"
        )
    return row


def _withdrawal_basis(row: Publication) -> str:
    """By which provision the procedure of the matter takes a publication down."""
    steps = law.procedure(row.case.procedure, row.decided_on).steps
    return steps["withdraw_publication"].basis if "withdraw_publication" in steps else ""


def slug_of_number(number: str) -> str | None:
    """The public address of a decision number, if it was published. Cost: 1 query."""
    return Publication.objects.filter(number=number).values_list("slug", flat=True).first()


def paper_by_code(code: str) -> PaperFacts | None:
    """The outgoing paper with this verification code, as people copy it. Cost: 2 queries."""
    return _with_address(cases.paper_by_code(code.replace("-", "").replace(" ", "")))


def paper_by_sha256(sha256: str) -> PaperFacts | None:
    """The outgoing paper with exactly these bytes. Cost: 2 queries."""
    return _with_address(next(iter(cases.papers_by_hash(sha256)), None))


def entry_of_file(sha256: str) -> uuid.UUID:
    """The entry of the record that names the outgoing paper, or the published text, with these bytes.

    Raises: Refused ``no-such-paper``. Cost: at most 3 queries.
    """
    paper = next(iter(cases.papers_by_hash(sha256)), None)
    if paper is not None:
        return paper.step.entry_id
    row = Publication.objects.filter(sheet_sha256=sha256).first()
    shown = record.history(row.subject_of_record) if row else []
    if not shown:
        raise Refused(
            "no-such-paper", "没有登记过这份文件。", remedy="请核对文件是否完整，或者联系出具机关核实。"
        )
    return shown[0].entry_id


def shown_by_sha256(sha256: str) -> Published | None:
    """The decision whose published text has exactly these bytes, withdrawn or not. Cost: 2 queries."""
    row = Publication.objects.select_related("organ").filter(sheet_sha256=sha256).first() if sha256 else None
    if row is None:
        return None
    return _listed(row, record.leaf_indexes([row.decision_entry_id]).get(row.decision_entry_id))


def published_of(case_id: uuid.UUID) -> list[Mapping[str, object]]:
    """The publications of one case for the desk: slug, state and times, latest first. Cost: 1 query."""
    rows = Publication.objects.filter(case_id=case_id).order_by("-id")
    return list(rows.values("slug", "channel", "number", "state", "published_at", "withdrawn_at"))


def _filtered(filters: Filters) -> QuerySet[Publication]:
    rows = Publication.objects.filter(channel="portal").order_by("-decided_on", "-id")
    if filters.organ:
        rows = rows.filter(organ__code=filters.organ)
    if filters.act:
        rows = rows.filter(act=filters.act)
    if filters.year:
        rows = rows.filter(
            decided_on__gte=date(filters.year, 1, 1), decided_on__lte=date(filters.year, 12, 31)
        )
    return rows


def _found(filters: Filters, before: tuple[date, int] | None, limit: int) -> list[Publication]:
    """What the index proposes, read again; where a withdrawal has overtaken it, the next ones move up."""
    behind = (search.place(*before), before[1]) if before else None
    found: list[Publication] = []
    while len(found) < limit:
        places, _ = _matching(filters, behind, limit)
        proposed = Publication.objects.filter(pk__in=[key for _, key in places]).select_related("organ")
        rows = {row.pk: row for row in search.still_found(proposed, filters.words)}
        found += [rows[key] for _, key in places if key in rows]
        if len(places) < limit:
            break
        behind = places[-1]
    return found[:limit]


def _matching(filters: Filters, behind: search.Place | None, limit: int) -> tuple[list[search.Place], int]:
    return search.matching(
        filters.words, organ=filters.organ, act=filters.act, year=filters.year, behind=behind, limit=limit
    )


def _cursor(after: str) -> tuple[date, int] | None:
    """The day and key that a cursor names. Raises: Refused ``bad-cursor``."""
    if not after:
        return None
    day, _, number = after.partition(".")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        raise Refused("bad-cursor", f"翻页标记“{after}”无效。", remedy="请从列表第一页重新翻看。") from None


def _behind(rows: QuerySet[Publication], before: tuple[date, int] | None) -> QuerySet[Publication]:
    """Keyset paging: the time of a page does not grow with its place."""
    if before is None:
        return rows
    decided_on, key = before
    return rows.filter(Q(decided_on__lt=decided_on) | Q(decided_on=decided_on, pk__lt=key))


def _listed(row: Publication, leaf_index: int | None) -> Published:
    return Published(
        slug=row.slug,
        number=row.number,
        organ=row.organ.name,
        organ_short=row.organ.short_name,
        organ_code=row.organ.code,
        region=row.region,
        act=row.act,
        subject=row.subject,
        subject_code=row.subject_code,
        title=row.title if row.withdrawn_at is None else "",
        conclusion=row.conclusion if row.withdrawn_at is None else "",
        decided_on=row.decided_on,
        published_at=row.published_at,
        withdrawn_at=row.withdrawn_at,
        reason=row.withdrawal_reason,
        leaf_index=leaf_index,
        cursor=f"{row.decided_on.isoformat()}.{row.pk}",
    )


def _with_address(paper: Paper | None) -> PaperFacts | None:
    if paper is None:
        return None
    shown = Publication.objects.filter(paper=paper, channel="portal").values_list("slug", flat=True).first()
    return _paper_facts(paper, shown)


def _paper_facts(paper: Paper, slug: str | None) -> PaperFacts:
    return PaperFacts(
        verify_code=paper.verify_code,
        number=paper.number,
        title=paper.title,
        organ=paper.organ.name,
        issued_at=paper.issued_at,
        sha256=paper.sha256,
        pages=paper.pages,
        voided_at=paper.voided_at,
        void_reason=paper.void_reason,
        slug=slug,
    )
