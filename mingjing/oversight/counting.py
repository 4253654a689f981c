"""The live figures of an organ, with its sub-units under it, or of a region; and the acts behind one cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from time import thread_time

from django.db.models import Q

from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.reporting import ALL, TOTAL, UNASSIGNED, Act, Figures, Scheme, Tally, span, summed
from mingjing.organs.models import Organ

from .acts import Span, acts

# What is listed under its body: an organization that acts in the body's name. Who acts in its own reports itself.
SUB_UNIT = "entrusted"
# Bodies that act in their own name or another's; a government as such does not enforce.
BODIES = ("organ", "authorized", "entrusted")


@dataclass(frozen=True)
class Asked:
    """Which report: whose (an organ with what hangs below it; None for every organ), year, period, scheme."""

    scheme: Scheme
    year: int
    period: str = "year"
    organ: Organ | None = None
    region: str = ""
    below: str = ""

    def rows(self) -> list[tuple[str, str]]:
        """The rows: the body first, its sub-units under it, by their place in the tree. Cost: 1 query."""
        return [(one.code, one.name) for one in self._organs()]

    def _organs(self) -> list[Organ]:
        found = Organ.objects.filter(kind__in=BODIES)
        if self.organ is not None:
            found = found.filter(Q(pk=self.organ.pk) | Q(path__startswith=self.organ.path, kind=SUB_UNIT))
        if self.below:
            found = found.filter(path__startswith=self.below)
        if self.region:
            found = found.filter(region=self.region)
        return sorted(found, key=lambda one: (one.path, one.code))

    def span(self, at: datetime) -> tuple[Span, list[tuple[str, str]]]:
        """What is to be read, and the rows it goes into. Cost: 1 query."""
        organs = self._organs()
        first, last = span(self.year, self.period)
        narrow = self.organ is not None or self.below or self.region
        keys = tuple(one.pk for one in organs) if narrow else None
        return Span(first, last, keys, at), [(one.code, one.name) for one in organs]

    @property
    def words(self) -> str:
        """The period for people."""
        return f"{self.year}年" + (
            "" if self.period == "year" else f"第{'一二三四'[int(self.period[1]) - 1]}季度"
        )

    def over(self, at: datetime) -> bool:
        """Whether the period has ended."""
        return at.astimezone(SHANGHAI).date() > span(self.year, self.period)[1]


def live(asked: Asked, at: datetime) -> Figures:
    """The figures as the cases stand now. Cost: at most 9 queries; memory grows with the cells only."""
    spanned, rows = asked.span(at)
    tally = Tally(asked.scheme, spanned.first, spanned.last)
    return tally.add_all(acts(spanned, asked.scheme.subjects)).figures(rows)


# Counting a hundred thousand cases takes seconds; whoever looks again within minutes gets what was counted then,
# told with its time. What takes less than this of the processor is counted each time.
SLOW_SECONDS, KEPT_FOR, MOST_KEPT = 1.0, timedelta(minutes=10), 64
_kept: dict[Asked, tuple[datetime, Figures]] = {}


def lately(asked: Asked, at: datetime, *, again: bool = False) -> tuple[Figures, datetime]:
    """The figures as ``live`` gives them, or as it gave them a few minutes ago where that took long; with the time.

    ``again`` counts them now. What is locked is never taken from here. Cost: that of ``live``, or none.
    """
    kept = None if again else _kept.get(asked)
    if kept is not None and timedelta(0) <= at - kept[0] < KEPT_FOR:
        return kept[1], kept[0]
    started = thread_time()
    figures = live(asked, at)
    if thread_time() - started >= SLOW_SECONDS:
        _kept[asked] = (at, figures)
        for oldest in list(_kept)[:-MOST_KEPT]:
            _kept.pop(oldest, None)
    return figures, at


def behind(asked: Asked, at: datetime, *, table: str, column: str, row: str = ALL) -> Iterator[Act]:
    """The acts that one cell counts, in the order in which they were counted; ``row`` empty is all rows."""
    wanted = asked.scheme.table(table)
    spanned, _ = asked.span(at)
    tally = Tally(asked.scheme, spanned.first, spanned.last)
    columns = adding(asked.scheme, table, column)
    for act in acts(spanned, set(wanted.subjects)):
        if row in (ALL, act.row) and any(of == table and into in columns for of, into in tally.add(act)):
            yield act


def adding(scheme: Scheme, table: str, column: str) -> frozenset[str]:
    """The column itself, and those that it adds where it is a total."""
    wanted = scheme.table(table)
    found = None if column == UNASSIGNED else wanted.column(column)
    return frozenset({column, *(summed(wanted, found) if found is not None and found.is_ == TOTAL else ())})


def page_behind(
    asked: Asked, at: datetime, *, table: str, column: str, row: str, start: int, limit: int
) -> list[Act]:
    """A page of the acts behind a cell, and one more where there are more."""
    found = behind(asked, at, table=table, column=column, row=row)
    return list(islice(found, start, start + limit + 1))
