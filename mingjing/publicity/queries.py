"""What the public may read: decisions as published, tombstones, and whether a paper is genuine.

Everything here is already redacted; of a case's facts nothing is read but the day of filing. Answers are
values, not rows.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from mingjing.cases import queries as cases
from mingjing.cases.models import Paper
from mingjing.cases.remedies import sentences
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.procedure import MatterRule
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.record import queries as record

from .correction_lists import (
    Asked,
    Correcting,
    correction_by_code,
    correction_of,
    corrections,
    to_correct,
)
from .exemption_lists import Exempted, count_reviews, exemptions, grounds, reviews, withheld_counts
from .filters import Filters
from .lists import (
    COUNT_UP_TO,
    PAGE,
    Published,
    count,
    every_published,
    first_page,
    listed,
    published,
    years,
)
from .models import Publication
from .placement_lists import (
    REMOVALS,
    Placed,
    Wanted,
    channels,
    count_placements,
    every_placement,
    placement_rows,
    placements,
    placements_of,
    scope_of,
    tasks,
)
from .placement_page import PlacementPage, placement_page
from .unsettled import Unsettled, unsettled

__all__ = [
    "COUNT_UP_TO",
    "PAGE",
    "REMOVALS",
    "Asked",
    "Correcting",
    "Decision",
    "Exempted",
    "Filters",
    "PaperFacts",
    "Placed",
    "PlacementPage",
    "Published",
    "Unsettled",
    "Wanted",
    "by_slug",
    "channels",
    "correction_by_code",
    "correction_of",
    "corrections",
    "count",
    "count_placements",
    "count_reviews",
    "entry_of_file",
    "every_placement",
    "every_published",
    "exemptions",
    "first_page",
    "grounds",
    "paper_by_code",
    "paper_by_sha256",
    "placement_page",
    "placement_rows",
    "placements",
    "placements_of",
    "published",
    "published_of",
    "reviews",
    "row_of",
    "scope_of",
    "shown_by_sha256",
    "slug_of_number",
    "tasks",
    "to_correct",
    "unsettled",
    "withheld_counts",
    "years",
]


@dataclass(frozen=True)
class Decision:
    """One decision with its text: paragraphs under headings, its paper, and how long it took.

    ``filed_on`` is the day from which the law counts, ``filing`` the word for it (立案, 受理); None where there
    is no such day, as for a decision ``on_the_spot``. ``subject_title`` is what the title is called (案由), ``withdrawal_basis`` what
    the procedure withdraws publications by,
    ``has_sheet`` whether the text can be had as PDF. ``ended_on`` is the last day of a display that is over: of the
    decision only the tombstone is left then; ``corrected_at`` is when the text was last corrected.
    ``remedies`` are the ways open to the party, as the paper tells them; none once the text is no longer public.
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
    ended_on: date | None = None
    ended_basis: str = ""
    corrected_at: datetime | None = None
    remedies: tuple[str, ...] = ()

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


def by_slug(slug: str, today: date | None = None) -> Decision:
    """The decision at a public address, as it may be read on that day. Cost: 2 queries, 3 when its display is over.

    Raises: Refused ``no-such-decision``.
    """
    row = row_of(slug)
    places = record.places([row.decision_entry_id])
    readable = row.readable(today)
    ended = not readable and row.withdrawn_at is None
    shown = row.rendition if readable else {}
    filed_on = shown.get("filed_on")
    told = listed(row, places.get(row.decision_entry_id))
    return Decision(
        listed=replace(told, subject="", subject_code="", title="", conclusion="") if ended else told,
        text=tuple((heading, text) for heading, text in shown.get("text", [])),
        filed_on=date.fromisoformat(filed_on) if filed_on else None,
        filing=shown.get("filing", ""),
        on_the_spot=not filed_on and row.case.opened_at.astimezone(SHANGHAI).date() == row.decided_on,
        subject_title=shown.get("subject_title", MatterRule().subject_title),
        withdrawal_basis=_withdrawal_basis(row) if row.withdrawn_at else "",
        decision_entry_id=row.decision_entry_id,
        paper=_paper_facts(row.paper, row.slug) if row.paper is not None else None,
        has_sheet=bool(row.sheet_sha256) and readable,
        ended_on=row.until if ended else None,
        ended_basis=_ended_basis(row) if ended else "",
        corrected_at=row.corrected_at,
        remedies=tuple(sentences(row.paper.form, row.paper.organ))
        if row.paper is not None and readable
        else (),
    )


def _ended_basis(row: Publication) -> str:
    """By which provision it was shown: the display was a part of that."""
    return row.placements.filter(channel=row.channel).values_list("basis", flat=True).first() or ""


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
    """By which provision it was taken down: that of its placement, else that of the step of its procedure."""
    placed = row.placements.filter(channel=row.channel).values_list("removal_basis", flat=True).first()
    if placed:
        return placed
    steps = law.procedure(row.case.procedure, row.decided_on).steps.values()
    return next((step.basis for step in steps if step.withdraws), "")


def slug_of_number(number: str) -> str | None:
    """The public address of a decision number, if it was published, however its brackets were typed. Cost: 1 query."""
    rows = Publication.objects.filter(number__in={number, number_as_printed(number)})
    return rows.values_list("slug", flat=True).first()


def number_as_printed(number: str) -> str:
    """A paper's number with the brackets and figures that papers use: 〔2026〕, half-width, without blanks.

    Source: GB/T 9704-2012, 7.2.5 (发文字号: 年份用六角括号“〔〕”括入).
    """
    plain = "".join(unicodedata.normalize("NFKC", number).split())
    return _YEAR_OF_NUMBER.sub(r"〔\1〕", plain)


_YEAR_OF_NUMBER = re.compile(r"[\[(【〔{]([0-9]{4})[\])】〕}]")


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
    return listed(row, record.places([row.decision_entry_id]).get(row.decision_entry_id))


def published_of(case_id: uuid.UUID) -> list[Mapping[str, object]]:
    """The publications of one case for the desk: slug, state and times, latest first. Cost: 1 query."""
    rows = Publication.objects.filter(case_id=case_id).order_by("-id")
    return list(rows.values("slug", "channel", "number", "state", "published_at", "withdrawn_at"))


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
