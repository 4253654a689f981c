"""公示统计: what was decided and made public in a year, by organ, act, region, field, month and outcome.

The rows of a year are grouped once in the database, over an index that holds all that is grouped, and folded
here. Decisions count by the day they were made, whether still shown, withdrawn or expired: the figures of a
year stay. That is why small cells are hidden (``kernel.small_cells``): a figure outlives the publication.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.core.cache import cache
from django.db.models import Case, Count, F, IntegerField, Q, Value, When

from mingjing.kernel.small_cells import Key, Sum, hidden
from mingjing.law import queries as law
from mingjing.organs.models import Organ

from .lists import CHANNEL
from .models import Placement, Publication
from .placing_models import WAITING

# How long the figures of a year are kept: the page says as of when they are.
KEPT_SECONDS = 300
ALL = ""


@dataclass(frozen=True)
class Cell:
    """A figure: ``count``, or None where it is too small to be shown or protects one that is."""

    count: int | None


@dataclass(frozen=True)
class Line:
    """One line of a table: what it is about, its figures by column, and their total.

    ``short`` is a short title for a chart, where there is one.
    """

    code: str
    title: str
    cells: Mapping[str, Cell]
    total: Cell
    short: str = ""


@dataclass(frozen=True)
class Figures:
    """The statistics of one year as of a moment.

    ``acts`` are the columns: every act with a decision, in falling order. ``kinds`` are outcomes: one decision
    may have several, so their sum is not the total. ``below`` is the threshold of small cells.
    """

    year: int
    at: datetime
    below: int
    acts: tuple[str, ...]
    total: Line
    organs: tuple[Line, ...]
    regions: tuple[Line, ...]
    fields: tuple[Line, ...]
    months: tuple[Line, ...]
    kinds: tuple[Line, ...]


@dataclass(frozen=True)
class _Group:
    """Decisions that agree in everything that is counted."""

    month: int
    organ: int
    act: str
    field: str
    kinds: str
    count: int


def figures(year: int, at: datetime) -> Figures:
    """The statistics of a year, at most five minutes old. Cost: 2 queries, or none."""
    key = f"statistics:{year}"
    kept: Figures | None = cache.get(key)
    if kept is None or kept.at > at:
        kept = reckoned(year, at)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def reckoned(year: int, at: datetime) -> Figures:
    """The statistics of a year as the rows are now. Cost: 2 queries."""
    groups = _groups(year)
    organs = {row.pk: row for row in Organ.objects.filter(pk__in={one.organ for one in groups})}
    tally = _Tally(groups, organs)
    below = law.statistics_rule().small_cell_below
    gone = hidden(tally.values, tally.sums(), below)
    names = {region.code: region.name for region in law.regions()}
    return Figures(
        year=year,
        at=at,
        below=below,
        acts=tally.acts,
        total=tally.line("all", ALL, ALL, gone),
        organs=tally.lines("organ", {row.code: row.name for row in organs.values()}, gone),
        regions=tally.lines("region", names, gone),
        fields=tally.lines("field", {}, gone),
        months=tuple(tally.line("month", f"{month:02d}", f"{month}月", gone) for month in range(1, 13)),
        kinds=tally.lines("kind", {}, gone),
    )


@dataclass(frozen=True)
class Punctual:
    """How many decisions of an organ were to be public by now, and how many were so in time.

    What was lawfully withheld within its term was not to be published and does not count; what ran out before it was
    withheld or fell was late. Source: 达州三项制度方案/4(1).
    """

    code: str
    title: str
    due: int
    in_time: int

    @property
    def share(self) -> float:
        """In time of all that were due, 0 to 1."""
        return self.in_time / self.due if self.due else 1.0


def punctuality(year: int, at: datetime) -> tuple[Punctual, ...]:
    """Whether the organs published the decisions of a year in time; the slowest first. Cost: 2 queries, or none."""
    key = f"punctuality:{year}"
    kept: tuple[Punctual, ...] | None = cache.get(key)
    if kept is None:
        kept = _punctuality(year, at)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _punctuality(year: int, at: datetime) -> tuple[Punctual, ...]:
    rows = Placement.objects.filter(
        channel=CHANNEL, decided_on__gte=date(year, 1, 1), decided_on__lte=date(year, 12, 31)
    )
    shown = Q(shown_on__isnull=False)
    counted = rows.order_by().values_list("organ_id").annotate(
        due=Count("organ_id", filter=shown | Q(late=True) | Q(state__in=WAITING, due_at__lt=at)),
        in_time=Count("organ_id", filter=shown & Q(late=False)),
    )  # fmt: skip
    found = {organ: (due, in_time) for organ, due, in_time in counted if due}
    organs = Organ.objects.filter(pk__in=found)
    lines = [Punctual(row.code, row.name, *found[row.pk]) for row in organs]
    return tuple(sorted(lines, key=lambda one: (one.share, -one.due, one.code)))


def _groups(year: int) -> list[_Group]:
    """The decisions of a year, grouped. Cost: 1 query."""
    starts = [date(year, month, 1) for month in range(2, 13)]
    month = Case(
        *(When(decided_on__lt=start, then=Value(start.month - 1)) for start in starts),
        default=Value(12),
        output_field=IntegerField(),
    )
    rows = Publication.objects.filter(
        channel=CHANNEL, decided_on__gte=date(year, 1, 1), decided_on__lte=date(year, 12, 31)
    )
    grouped = rows.order_by().annotate(month=month).values("month", "organ_id", "act", "field", "kinds")
    found = grouped.annotate(count=Count("*")).order_by(F("organ_id"))
    return [
        _Group(one["month"], one["organ_id"], one["act"], one["field"], one["kinds"], one["count"])
        for one in found
    ]


class _Tally:
    """Counts of every cell of every table, and which of them sum up to which."""

    def __init__(self, groups: Iterable[_Group], organs: Mapping[int, Organ]) -> None:
        self.organs = {row.code: row for row in organs.values()}
        self._counts: Counter[tuple[str, str, str]] = Counter()
        for one in groups:
            organ = organs[one.organ]
            places = [("all", ALL), ("organ", organ.code), ("region", organ.region)]
            places += [("field", one.field), ("month", f"{one.month:02d}")]
            places += [("kind", kind) for kind in one.kinds.split(",") if kind]
            for table, code in places:
                self._counts[table, code, one.act] += one.count
                self._counts[table, code, ALL] += one.count
        acts = {act: count for (table, _, act), count in self._counts.items() if table == "all" and act}
        self.acts = tuple(sorted(acts, key=lambda act: (-acts[act], act)))

    @property
    def values(self) -> dict[Key, int]:
        """Every cell that a page shows; outcomes only over all acts."""
        shown: dict[Key, int] = {}
        for table in ("all", "organ", "region", "field", "month"):
            for code in self.codes(table):
                shown |= {(table, code, act): self._counts[table, code, act] for act in (*self.acts, ALL)}
        return shown | {("kind", code, ALL): self._counts["kind", code, ALL] for code in self.codes("kind")}

    def codes(self, table: str) -> list[str]:
        """The lines of a table."""
        return sorted({code for name, code, _ in self._counts if name == table})

    def sums(self) -> list[Sum]:
        """Lines over acts, columns over lines, and regions over their organs."""
        found: list[Sum] = []
        for table in ("all", "organ", "region", "field", "month"):
            codes = self.codes(table)
            found += [
                Sum((table, code, ALL), tuple((table, code, act) for act in self.acts)) for code in codes
            ]
            if table != "all" and codes:
                found += [
                    Sum(("all", ALL, act), tuple((table, code, act) for code in codes))
                    for act in (*self.acts, ALL)
                ]
        for region in self.codes("region"):
            within = [code for code, row in self.organs.items() if row.region == region]
            found += [
                Sum(("region", region, act), tuple(("organ", code, act) for code in within))
                for act in (*self.acts, ALL)
            ]
        return found

    def lines(self, table: str, titles: Mapping[str, str], gone: frozenset[Key]) -> tuple[Line, ...]:
        """A table, the fullest line first."""
        codes = sorted(self.codes(table), key=lambda code: (-self._counts[table, code, ALL], code))
        return tuple(self.line(table, code, titles.get(code, code), gone) for code in codes)

    def line(self, table: str, code: str, title: str, gone: frozenset[Key]) -> Line:
        """One line with what may be shown of it."""

        def cell(act: str) -> Cell:
            return Cell(None if (table, code, act) in gone else self._counts[table, code, act])

        short = self.organs[code].short_name if table == "organ" else ""
        return Line(code, title, {act: cell(act) for act in self.acts}, cell(ALL), short)
