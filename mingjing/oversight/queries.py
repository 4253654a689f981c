"""Reading statistical reports: an organ's own with what changed in it, and what is published."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from mingjing.cases.models import Obligation
from mingjing.kernel.refused import Refused
from mingjing.kernel.report_layout import Difference, differences, from_json
from mingjing.kernel.reporting import Act, Figures
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.organs.models import Organ
from mingjing.record import queries as record

from . import manifest
from .counting import Asked, adding, behind, lately, page_behind
from .matters import matter_of
from .models import AnnualReport
from .printing import set_report

__all__ = ["Asked", "differences", "lately", "page_behind"]

STATES = {
    "draft": "编写中",
    "locked": "已锁定，待签发",
    "submitted": "已报送",
    "returned": "已退回",
    "accepted": "已接收",
    "published": "已公布",
}
LAMPS = {
    "draft": "",
    "locked": "amber",
    "submitted": "blue",
    "returned": "red",
    "accepted": "green",
    "published": "green",
}
ORIGINS = {"cases": "由执法记录汇总", "counts": "由文件导入的以前年度数字"}


@dataclass(frozen=True)
class ReportView:
    """One edition for people. ``figures`` is None for a draft."""

    id: int
    slug: str
    organ: str
    organ_code: str
    year: int
    period: str
    scheme: str
    scheme_title: str
    edition: int
    state: str
    origin: str
    text: str
    figures: Figures | None
    flags: tuple[dict[str, str], ...]
    figures_sha256: str
    manifest_sha256: str
    sheet_sha256: str
    public_sheet_sha256: str
    case_no: str
    return_reason: str
    events: tuple[tuple[str, datetime, str], ...]
    published_at: datetime | None
    submitted_at: datetime | None

    @property
    def state_title(self) -> str:
        """The state for people."""
        return STATES[self.state]

    @property
    def lamp(self) -> str:
        """The colour of its tag."""
        return LAMPS[self.state]

    @property
    def origin_title(self) -> str:
        """Where its figures come from."""
        return ORIGINS[self.origin]


# The people whose names a view tells, for ``select_related``.
PEOPLE = ("locked_by", "signed_by", "returned_by", "accepted_by", "published_by")
_EVENTS = (
    ("locked", "锁定数字"),
    ("signed", "签发报送"),
    ("returned", "退回"),
    ("accepted", "接收"),
    ("published", "公布"),
)


def view(report: AnnualReport) -> ReportView:
    """The row as a value; costs nothing beyond the row with its related rows."""
    scheme = law.report_schemes().get(report.scheme)
    events = [
        (title, getattr(report, f"{name}_at"), getattr(report, f"{name}_by").name)
        for name, title in _EVENTS
        if getattr(report, f"{name}_at") is not None
    ]
    return ReportView(
        id=report.pk,
        slug=report.slug,
        organ=report.organ.name,
        organ_code=report.organ.code,
        year=report.year,
        period=report.period,
        scheme=report.scheme,
        scheme_title=report.scheme_title,
        edition=report.edition,
        state=report.state,
        origin=report.origin,
        text=report.text,
        figures=from_json(report.figures, scheme) if report.figures and scheme else None,
        flags=tuple(report.flags),
        figures_sha256=report.figures_sha256,
        manifest_sha256=report.manifest_sha256,
        sheet_sha256=report.sheet_sha256,
        public_sheet_sha256=report.public_sheet_sha256,
        case_no=report.case.no if report.case else "",
        return_reason=report.return_reason,
        events=tuple(sorted(events, key=lambda one: one[1])),
        published_at=report.published_at,
        submitted_at=report.signed_at,
    )


def editions(asked: Asked) -> list[ReportView]:
    """Every edition of the report that was asked for, the latest first. Cost: 1 query."""
    assert asked.organ is not None
    rows = AnnualReport.objects.filter(
        organ=asked.organ, year=asked.year, period=asked.period, scheme=asked.scheme.id
    )
    return [view(row) for row in rows.select_related("organ", "case", *PEOPLE).order_by("-edition")]


def organ_for(actor: Actor, code: str) -> Organ:
    """The organ whose reports the person asks for: the own one, or one that the bureau supervises.

    Raises: Refused ``not-found``, ``other-organ``.
    """
    found = next((one for one in organs.organs() if one.code == (code or actor.organ_code)), None)
    if found is None:
        raise Refused("not-found", "没有这个机关。", remedy="请从年报汇总页面进入。")
    if found.pk != actor.organ_id and not (actor.supervises and found.path.startswith(actor.supervises)):
        raise Refused(
            "other-organ",
            f"{found.name}的年报不由{actor.name}查看。",
            remedy="已公布的年报见公示网站“统计年报”。",
        )
    return found


@dataclass(frozen=True)
class MatterView:
    """The year's matter: its number, what it still owes with its term, whether it waits for the head."""

    no: str
    id: Any
    owed: tuple[tuple[str, datetime | None, bool], ...]


def matter(asked: Asked, at: datetime) -> MatterView | None:
    """The yearly matter behind a report. Cost: 2 queries."""
    assert asked.organ is not None
    found = matter_of(asked.organ.pk, asked)
    if found is None:
        return None
    rows = Obligation.objects.filter(case=found, state="open").order_by("due_at", "pk")
    owed = tuple((row.title, row.due_at, row.due_at is not None and row.due_at < at) for row in rows)
    return MatterView(found.no, found.pk, owed)


def late_changes(report: ReportView, now: Figures) -> list[Difference]:
    """How the cases read now against what was locked; nothing for figures that came from elsewhere."""
    if report.figures is None or report.origin != "cases":
        return []
    return differences(report.figures, now)


def edition_changes(reports: Sequence[ReportView]) -> tuple[int, list[Difference]]:
    """The cells in which the latest edition with figures differs from the one before it, and that one's number."""
    whole = [one for one in reports if one.figures is not None][:2]
    if len(whole) < 2:
        return 0, []
    now, before = (one.figures for one in whole)
    assert now is not None
    assert before is not None
    return whole[1].edition, differences(before, now)


def cell_moves(
    asked: Asked, at: datetime, *, edition: int, table: str, column: str, row: str
) -> tuple[list[Act], list[Act]]:
    """Which acts came into a cell, and which left it, since an edition was locked: to its successor, else to now.

    Raises: Refused ``no-manifest`` where an edition has no list of what it counted. Cost: 1 query, and that of
    ``behind`` where the cases of today are asked.
    """
    told = {one.edition: one for one in editions(asked) if one.figures is not None}
    then, later = told.get(edition), told.get(edition + 1)
    columns = adding(asked.scheme, table, column)
    before = _listed(then, table, columns, row)
    now = (
        _listed(later, table, columns, row)
        if later
        else behind(asked, at, table=table, column=column, row=row)
    )
    return manifest.moved(before, now)


def _listed(report: ReportView | None, table: str, columns: Collection[str], row: str) -> list[Act]:
    if report is None or report.origin != "cases":
        raise Refused(
            "no-manifest",
            "这一版的数字不是由执法记录汇总的，没有逐件清单可以比较。",
            remedy="请对照导入的统计表核对。",
        )
    if not report.manifest_sha256:  # nothing was counted
        return []
    with record.open_blob(report.manifest_sha256) as lines:
        return list(manifest.in_cell(lines, table, columns, row))


# --- the public ---


def published(year: int | None = None) -> list[ReportView]:
    """The reports before the public, by organ. Cost: 1 query."""
    rows = AnnualReport.objects.filter(state="published", period="year")
    if year is not None:
        rows = rows.filter(year=year)
    found = rows.select_related("organ", "case", *PEOPLE).order_by("-year", "organ__path", "scheme")
    return [view(row) for row in found]


def published_years() -> list[tuple[int, int]]:
    """The years for which reports are published, with their number, latest first. Cost: 1 query."""
    counts: dict[int, int] = {}
    for year in AnnualReport.objects.filter(state="published", period="year").values_list("year", flat=True):
        counts[year] = counts.get(year, 0) + 1
    return sorted(counts.items(), reverse=True)


def by_slug(slug: str) -> ReportView:
    """A report at its public address, also where a later edition took its place. Cost: 1 query.

    Raises: Refused ``no-such-report``.
    """
    rows = AnnualReport.objects.filter(slug=slug, published_at__isnull=False)
    row = rows.select_related("organ", "case", *PEOPLE).first()
    if row is None:
        raise Refused("no-such-report", "这个地址没有公布的年报。", remedy="请从“统计年报”页面查找。")
    return view(row)


def of_sheet(sha256: str) -> ReportView | None:
    """The report of which this is the PDF, as signed or as published; returned ones as well. Cost: 1 query."""
    rows = AnnualReport.objects.filter(Q(sheet_sha256=sha256) | Q(public_sheet_sha256=sha256))
    row = rows.select_related("organ", "case", *PEOPLE).first() if sha256 else None
    return view(row) if row else None


def entry_of_sheet(sha256: str) -> uuid.UUID | None:
    """The entry of the record that names this PDF of a report; None where it is none. Cost: 2 queries."""
    found = of_sheet(sha256)
    history = record.history(f"annual-report:{found.slug}") if found else []
    return next((one.entry_id for one in history if one.plain.get("sheet") == sha256), None)


def preview(report_id: int, at: datetime) -> bytes:
    """The PDF of a report that is locked and not signed, watermarked. Raises: Refused ``sheet-not-set``."""
    return set_report(AnnualReport.objects.select_related("organ").get(pk=report_id), at)


def superseding(report: ReportView) -> ReportView | None:
    """The published edition that took the place of one that was returned. Cost: 1 query."""
    rows = AnnualReport.objects.filter(
        organ__code=report.organ_code,
        year=report.year,
        period=report.period,
        scheme=report.scheme,
        edition__gt=report.edition,
        state="published",
    )
    row = rows.select_related("organ", "case", *PEOPLE).first()
    return view(row) if row else None


def due_on(year: int) -> tuple[date, date]:
    """By when the report of a year is to be submitted and published. 达州三项制度方案/4(2); 国办发〔2018〕118号."""
    return date(year + 1, 1, 10), date(year + 1, 1, 31)
