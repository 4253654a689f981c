"""Reading statistical reports: an organ's own, what the justice bureau collects, what is published."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q

from mingjing.cases.models import Case, Obligation
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from mingjing.kernel.report_layout import Difference, differences, from_json, money
from mingjing.kernel.reporting import MONEY, RATE, Figures, Scheme, rolled_up
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.organs.models import Organ
from mingjing.publicity.models import Publication
from mingjing.record import queries as record
from mingjing.review.models import Review

from .acts import Span
from .counting import Asked, live, page_behind
from .matters import PROCEDURE, matter_of, opening_days
from .models import AnnualReport
from .printing import set_report

__all__ = ["Asked", "differences", "live", "page_behind"]

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


_PEOPLE = ("locked_by", "signed_by", "returned_by", "accepted_by", "published_by")
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
    return [view(row) for row in rows.select_related("organ", "case", *_PEOPLE).order_by("-edition")]


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


def late_changes(report: ReportView, asked: Asked, at: datetime) -> list[Difference]:
    """How the cases read now against what was locked; nothing for figures that came from elsewhere.

    Cost: as ``live``.
    """
    if report.figures is None or report.origin != "cases":
        return []
    return differences(report.figures, live(asked, at))


def edition_changes(reports: Sequence[ReportView]) -> list[Difference]:
    """The cells in which the latest edition with figures differs from the one before it."""
    whole = [one for one in reports if one.figures is not None]
    if len(whole) < 2:
        return []
    now, before = whole[0].figures, whole[1].figures
    assert now is not None
    assert before is not None
    return differences(before, now)


# --- the justice bureau ---


@dataclass(frozen=True)
class Collected:
    """One organ in the bureau's list."""

    organ: str
    code: str
    report: ReportView | None
    case_id: Any
    case_no: str
    due_at: datetime | None
    late: bool
    urges: int

    @property
    def state(self) -> str:
        """Where the organ stands: the state of its report, ``missing`` where there is none."""
        return self.report.state if self.report else "missing"


@dataclass(frozen=True)
class Collection:
    """What was collected for a year: every organ that has to report, and how many stand where."""

    rows: tuple[Collected, ...]
    counts: dict[str, int] = field(default_factory=dict)


_SENT = ("submitted", "accepted", "published")


def collection(actor: Actor, year: int, scheme: Scheme, at: datetime) -> Collection:
    """Every supervised organ with its report and its term. Cost: 4 queries, whatever the number of organs."""
    if not actor.supervises:
        raise Refused("not-supervised", "只有司法行政机关汇总年报。", remedy="请查看本机关的年报。")
    bodies = [
        one
        for one in organs.organs()
        if one.path.startswith(actor.supervises) and one.kind in ("organ", "authorized")
    ]
    keys = [one.pk for one in bodies]
    rows = AnnualReport.objects.filter(organ__in=keys, year=year, period="year", scheme=scheme.id)
    latest = {
        row.organ_id: view(row) for row in rows.select_related("organ", "case", *_PEOPLE).order_by("edition")
    }
    matters = {
        row["organ_id"]: row
        for row in Case.objects.filter(
            organ__in=keys, procedure=PROCEDURE, facts__opens_on__in=opening_days(year)
        ).values("organ_id", "pk", "no")
    }
    owed = {
        row["case_id"]: row
        for row in Obligation.objects.filter(
            case__in=[one["pk"] for one in matters.values()], kind="duty", state="open"
        )
        .filter(Q(step="submit"))
        .values("case_id")
        .annotate(due=Max("due_at"), urges=Max("urges"))
    }
    urged = _urged([one["pk"] for one in matters.values()])
    found = [_collected(one, latest, matters, owed, urged, at, year) for one in bodies]
    # Who needs attention comes first: the late, then those with a report, then those without.
    found.sort(key=lambda one: (not one.late, one.report is None))
    counts: dict[str, int] = {}
    for one in found:
        counts[one.state] = counts.get(one.state, 0) + 1
    return Collection(tuple(found), counts)


def _urged(cases: Sequence[Any]) -> dict[Any, int]:
    rows = Obligation.objects.filter(case__in=cases, urges__gt=0)
    return dict(rows.values("case").annotate(most=Max("urges")).values_list("case", "most"))


def _collected(
    organ: Organ, latest: Any, matters: Any, owed: Any, urged: Any, at: datetime, year: int
) -> Collected:
    report, found = latest.get(organ.pk), matters.get(organ.pk)
    duty = owed.get(found["pk"]) if found else None
    due_at = duty["due"] if duty else None
    sent = report is not None and report.state in _SENT
    by = datetime(year + 1, 1, 10, 23, 59, 59, tzinfo=SHANGHAI)
    if report is not None and report.origin == "counts":
        late = False  # of a year before the platform: nobody owed it here
    elif sent:
        assert report is not None
        late = report.submitted_at is not None and report.submitted_at > by
    else:
        late = found is not None and (due_at or by) < at
    return Collected(
        organ.name,
        organ.code,
        report,
        found["pk"] if found else None,
        found["no"] if found else "",
        due_at if not sent else None,
        late,
        urged.get(found["pk"], 0) if found else 0,
    )


def city(collected: Collection, scheme: Scheme) -> Figures:
    """The reports that were sent, rolled up: one row for each body, then all together."""
    parts = [
        (one.code, one.organ, one.report.figures)
        for one in collected.rows
        if one.report is not None and one.report.state in _SENT and one.report.figures is not None
    ]
    return rolled_up(scheme, parts)


@dataclass(frozen=True)
class CrossCheck:
    """A figure of the reports beside one that another room counts by itself."""

    title: str
    reported: int
    counted: int
    note: str

    @property
    def fine(self) -> bool:
        """Whether they agree."""
        return self.reported == self.counted


def cross_checks(actor: Actor, asked: Asked, figures: Figures, at: datetime) -> list[CrossCheck]:
    """Figures beside what publicity and legal review hold, for the same organs and days. Cost: 4 queries."""
    spanned: Span
    spanned, _ = asked.span(at)
    start, end = spanned.moments
    decided: dict[str, Any] = {"decided_on__gte": spanned.first, "decided_on__lte": spanned.last}
    shown = Publication.objects.filter(channel="portal", act="penalty", **decided, **spanned.of())
    closed = Case.objects.filter(act="penalty", **decided, **spanned.of())
    found: list[CrossCheck] = []
    penalties = next((one for one in figures.tables if "penalty" in one.table.subjects), None)
    if penalties is not None:
        total = penalties.total.cells["total"].count
        none = closed.filter(facts__outcome__in=["no_penalty", "not_proven"]).count()
        found.append(
            CrossCheck(
                "行政处罚宗数 与 作出决定的处罚案件",
                total,
                closed.count() - none,
                f"另有不予处罚、违法事实不能成立 {none} 件，不计入处罚。",
            )
        )
        published = shown.values("case_id").distinct().count()
        found.append(
            CrossCheck(
                "行政处罚宗数 与 公示过的处罚决定",
                total,
                published,
                "相差的是在期限内尚未公示的、依法不予公示的，或者逾期的，见公示页面。",
            )
        )
    if "review" in figures.scheme.subjects:
        rounds = Review.objects.filter(given_at__gte=start, given_at__lt=end, **spanned.of("case__")).count()
        reviewed = figures.table("review").total.cells["total"].count
        found.append(CrossCheck("法制审核次数 与 审核意见", reviewed, rounds, ""))
    return found


@dataclass(frozen=True)
class Compared:
    """A total of the reports that were sent beside the same total of all cases."""

    table: str
    column: str
    reported: str
    counted: str


def against_cases(rolled: Figures, counted: Figures) -> list[Compared]:
    """Where the sum of the organs' reports is not what the cases of all organs say."""
    found = []
    for one in rolled.tables:
        now = counted.table(one.table.id).total
        for column in one.table.columns:
            was, cell = one.total.cells[column.id], now.cells[column.id]
            if column.is_ == RATE or (was.count, was.fen) == (cell.count, cell.fen):
                continue
            if column.is_ == MONEY:
                scheme = rolled.scheme
                texts = [money(each.fen, scheme.unit, scheme.decimals) for each in (was, cell)]
            else:
                texts = [str(was.count), str(cell.count)]
            if texts[0] != texts[1]:
                found.append(Compared(one.table.title, column.title, *texts))
    return found


# --- the public ---


def published(year: int | None = None) -> list[ReportView]:
    """The reports before the public, by organ. Cost: 1 query."""
    rows = AnnualReport.objects.filter(state="published", period="year")
    if year is not None:
        rows = rows.filter(year=year)
    found = rows.select_related("organ", "case", *_PEOPLE).order_by("-year", "organ__path", "scheme")
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
    row = rows.select_related("organ", "case", *_PEOPLE).first()
    if row is None:
        raise Refused("no-such-report", "这个地址没有公布的年报。", remedy="请从“统计年报”页面查找。")
    return view(row)


def of_sheet(sha256: str) -> ReportView | None:
    """The report of which this is the PDF, as signed or as published; returned ones as well. Cost: 1 query."""
    rows = AnnualReport.objects.filter(Q(sheet_sha256=sha256) | Q(public_sheet_sha256=sha256))
    row = rows.select_related("organ", "case", *_PEOPLE).first() if sha256 else None
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
    row = rows.select_related("organ", "case", *_PEOPLE).first()
    return view(row) if row else None


def due_on(year: int) -> tuple[date, date]:
    """By when the report of a year is to be submitted and published. 达州三项制度方案/4(2); 国办发〔2018〕118号."""
    return date(year + 1, 1, 10), date(year + 1, 1, 31)
