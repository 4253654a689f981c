"""汇总各机关的年报: who has reported and who is late, the reports in one, checked against the cases themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max, Q

from mingjing.cases.models import Case, Obligation
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from mingjing.kernel.report_layout import money
from mingjing.kernel.reporting import MONEY, RATE, Figures, Scheme, rolled_up
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.organs.models import Organ
from mingjing.publicity.models import Publication
from mingjing.review.models import Review

from .acts import Span
from .counting import Asked
from .matters import PROCEDURE, opening_days
from .models import AnnualReport
from .queries import PEOPLE, ReportView, view


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
        row.organ_id: view(row) for row in rows.select_related("organ", "case", *PEOPLE).order_by("edition")
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
