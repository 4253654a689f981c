"""文书台账: every number of an organ's series in a year, and what became of it.

Each number up to the last one given is on a paper (valid or void), void without a paper, held in a block that an
officer has not returned, or was given before the platform; any other is missing and is shown as such.
Source: 达州三项制度方案/8(1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from mingjing.cases.papers import forms
from mingjing.cases.papers.numbers import number as write_number
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.organs.models import Organ

from ..models import Counter, NumberBlock, Paper, SeriesStart, VoidNumber

PAGE = 50
STATES = {
    "issued": "已出具",
    "void": "文书作废",
    "unused": "空号作废",
    "held": "号段中未用",
    "before": "平台启用前",
    "missing": "缺号",
}
HEADS = ("文号", "状态", "文书", "案号", "当事人", "经办", "日期", "说明", "由哪份代替")
_PAPER = (
    "id", "seq", "number", "title", "form", "case_id", "case__no", "case__label", "case__party__name",
    "step__by__name", "step__set_aside_by__name", "issued_at", "voided_at", "void_reason",
)  # fmt: skip


@dataclass(frozen=True)
class SeriesRow:
    """One series: how many of its numbers, up to the ``last`` given, are in each state."""

    wenzhong: str
    titles: tuple[str, ...]
    label: str
    last: int
    issued: int
    void: int
    unused: int
    held: int
    before: int
    last_on: datetime | None

    @property
    def missing(self) -> int:
        """Numbers that nothing explains."""
        return self.last - self.issued - self.void - self.unused - self.held - self.before


@dataclass(frozen=True)
class LedgerRow:
    """One number; ``upto`` is the last of several that stand in one line. ``why`` explains what is no valid paper."""

    seq: int
    number: str
    state: str
    upto: int = 0
    paper_id: int | None = None
    title: str = ""
    case_no: str = ""
    case_label: str = ""
    party: str = ""
    by: str = ""
    at: datetime | None = None
    why: str = ""
    replaced_by: str = ""

    def cells(self) -> tuple[str, ...]:
        """The line as a file has it, in the order of ``HEADS``."""
        upto = f" 至 {self.upto} 号" if self.upto > self.seq else ""
        day = self.at.astimezone(SHANGHAI).date().isoformat() if self.at else ""
        of_paper = (self.title, self.case_label, self.party, self.by, day)
        return (f"{self.number}{upto}", STATES[self.state], *of_paper, self.why, self.replaced_by)


def organ_in_sight(actor: Actor, code: str = "") -> Organ:
    """The organ whose ledger is asked for: the own one, or one that the person supervises.

    Raises: Refused ``not-found``. Cost: 1 query.
    """
    require(actor, "case.read")
    rows = (
        Organ.objects.filter(path__startswith=actor.supervises)
        if actor.supervises
        else Organ.objects.filter(pk=actor.organ_id or 0)
    )
    found = rows.filter(code=code or actor.organ_code).first()
    if found is None:
        raise Refused("not-found", "没有这个机关，或者您无权查看它的台账。", remedy="请从列表中选择机关。")
    return found


def ledger_years(organ: Organ) -> list[int]:
    """The years in which the organ gave numbers, latest first. Cost: 1 query."""
    rows = Counter.objects.filter(organ=organ, kind__in=forms.series()).values_list("year", flat=True)
    return sorted(set(rows), reverse=True)


def series_rows(organ: Organ, year: int) -> list[SeriesRow]:
    """Each series of the organ in that year, those with missing numbers first. Cost: 6 queries."""
    titles = forms.series()
    of_organ = Counter.objects.filter(organ=organ, year=year, kind__in=titles)
    last = dict(of_organ.values_list("kind", "last"))
    papers = _papers(organ, year).order_by().values_list("wenzhong")
    told = papers.annotate(
        good=Count("pk", filter=Q(voided_at__isnull=True)),
        void=Count("pk", filter=Q(voided_at__isnull=False)),
        last_on=Max("issued_at"),
    )
    counted = {wenzhong: (good, void, last_on) for wenzhong, good, void, last_on in told}
    unused = VoidNumber.objects.filter(block__organ=organ, block__year=year).order_by()
    voids = dict(unused.values_list("block__wenzhong").annotate(Count("pk")))
    held = _held_counts(organ, year)
    before = {one.wenzhong: one.last for one in SeriesStart.objects.filter(organ=organ, year=year)}
    rows = []
    for wenzhong in sorted(last, key=list(titles).index):
        good, void, last_on = counted.get(wenzhong, (0, 0, None))
        rows.append(
            SeriesRow(
                wenzhong=wenzhong,
                titles=tuple(titles[wenzhong]),
                label=f"{organ.paper_prefix}{wenzhong}〔{year}〕",
                last=last[wenzhong],
                issued=good,
                void=void,
                unused=voids.get(wenzhong, 0),
                held=held.get(wenzhong, 0),
                before=before.get(wenzhong, 0),
                last_on=last_on,
            )
        )
    return sorted(rows, key=lambda one: one.missing == 0)


def series_numbers(
    organ: Organ, year: int, wenzhong: str, *, below: int = 0, limit: int = PAGE
) -> tuple[list[LedgerRow], int]:
    """The numbers of a series, the latest first, and the cursor of the next page (0 at the end). Cost: 6 queries.

    ``below`` is the cursor: only numbers smaller than it.
    """
    last = _last(organ, year, wenzhong)
    start = SeriesStart.objects.filter(organ=organ, year=year, wenzhong=wenzhong).select_related("by").first()
    floor = start.last if start else 0
    top = min(last, below - 1) if below else last
    first = max(floor + 1, top - limit + 1)
    rows = _span(organ, year, wenzhong, first, top) if top >= first else []
    if first > floor + 1:
        return rows, first
    return ([*rows, _before(organ, start)] if start and top >= 1 else rows), 0


def missing_numbers(organ: Organ, year: int, wenzhong: str, *, below: int = 0) -> tuple[list[LedgerRow], int]:
    """The numbers that nothing explains, the latest first, and the cursor. Cost: 6 queries; reads the whole series."""
    last = _last(organ, year, wenzhong)
    known = set(_papers(organ, year).filter(wenzhong=wenzhong).values_list("seq", flat=True))
    known |= set(_void(organ, year, wenzhong).values_list("seq", flat=True))
    for first, upto in _open_blocks(organ, year).filter(wenzhong=wenzhong).values_list("first", "last"):
        known.update(range(first, upto + 1))
    start = SeriesStart.objects.filter(organ=organ, year=year, wenzhong=wenzhong).first()
    gone = [seq for seq in range(last, start.last if start else 0, -1) if seq not in known]
    gone = [seq for seq in gone if not below or seq < below]
    shown = [_plain(organ, year, wenzhong, seq, "missing") for seq in gone[:PAGE]]
    return shown, shown[-1].seq if len(gone) > PAGE else 0


def void_register(organ: Organ, year: int, *, page: int = 1) -> tuple[list[LedgerRow], bool]:
    """作废登记: void papers and void numbers of the year, the latest first, and whether there are more. Cost: 3 queries."""
    upto = page * PAGE + 1
    papers = _papers(organ, year).filter(voided_at__isnull=False).order_by("-voided_at", "-pk")
    found = list(papers.values_list(*_PAPER, named=True)[:upto])
    rows = [*_issued(found)]
    unused = VoidNumber.objects.filter(block__organ=organ, block__year=year).order_by("-voided_at", "-pk")
    rows += [
        _unused(organ, year, one.block.wenzhong, one)
        for one in unused.select_related("block", "voided_by")[:upto]
    ]
    rows.sort(key=lambda one: one.at.timestamp() if one.at else 0.0, reverse=True)
    return rows[(page - 1) * PAGE : page * PAGE], len(rows) > page * PAGE


def find_papers(organ: Organ, year: int, words: str, *, below: int = 0) -> tuple[list[LedgerRow], int]:
    """Numbered papers of the year by number, name, case or party, the latest first, and the cursor. Cost: 2 queries."""
    rows = _papers(organ, year).filter(
        Q(number__icontains=words)
        | Q(title__icontains=words)
        | Q(case__label__icontains=words)
        | Q(case__no__icontains=words)
        | Q(case__party__name__icontains=words)
    )
    rows = rows.filter(pk__lt=below) if below else rows
    found = list(rows.order_by("-pk").values_list(*_PAPER, named=True)[: PAGE + 1])
    return list(_issued(found[:PAGE])), found[PAGE - 1].id if len(found) > PAGE else 0


def whole_ledger(organ: Organ, year: int, wenzhong: str = "", *, step: int = 500) -> Iterator[LedgerRow]:
    """Every number of the year, series by series from the first on; for files. Cost: 6 queries for each ``step``."""
    for one in [wenzhong] if wenzhong else [row.wenzhong for row in series_rows(organ, year)]:
        start = SeriesStart.objects.filter(organ=organ, year=year, wenzhong=one).select_related("by").first()
        if start:
            yield _before(organ, start)
        last = _last(organ, year, one)
        for first in range(start.last + 1 if start else 1, last + 1, step):
            yield from reversed(_span(organ, year, one, first, min(first + step - 1, last)))


def _papers(organ: Organ, year: int) -> QuerySet[Paper]:
    return Paper.objects.filter(organ=organ, year=year, seq__isnull=False)


def _void(organ: Organ, year: int, wenzhong: str) -> QuerySet[VoidNumber]:
    return VoidNumber.objects.filter(block__organ=organ, block__year=year, block__wenzhong=wenzhong)


def _open_blocks(organ: Organ, year: int) -> QuerySet[NumberBlock]:
    return NumberBlock.objects.filter(organ=organ, year=year, closed_at__isnull=True)


def _last(organ: Organ, year: int, wenzhong: str) -> int:
    found = (
        Counter.objects.filter(organ=organ, kind=wenzhong, year=year).values_list("last", flat=True).first()
    )
    return found or 0


def _held_counts(organ: Organ, year: int) -> dict[str, int]:
    """How many numbers of blocks that are still out have neither a paper nor been voided, by series. 3 queries."""
    counted: dict[str, int] = {}
    for wenzhong, first, last in _open_blocks(organ, year).values_list("wenzhong", "first", "last"):
        counted[wenzhong] = counted.get(wenzhong, 0) + last - first + 1
    around = _open_blocks(organ, year).filter(
        wenzhong=OuterRef("wenzhong"), first__lte=OuterRef("seq"), last__gte=OuterRef("seq")
    )
    used = _papers(organ, year).filter(Exists(around)).order_by().values_list("wenzhong")
    voids = VoidNumber.objects.filter(block__in=_open_blocks(organ, year)).order_by()
    for rows in (used.annotate(Count("pk")), voids.values_list("block__wenzhong").annotate(Count("pk"))):
        for wenzhong, gone in rows:
            counted[wenzhong] -= gone
    return counted


def _span(organ: Organ, year: int, wenzhong: str, first: int, last: int) -> list[LedgerRow]:
    """Each number from ``first`` to ``last``, the latest first."""
    between = Q(seq__range=(first, last))
    papers = _papers(organ, year).filter(between, wenzhong=wenzhong)
    rows = {one.seq: one for one in _issued(list(papers.values_list(*_PAPER, named=True)))}
    for void in _void(organ, year, wenzhong).filter(between).select_related("voided_by"):
        rows.setdefault(void.seq, _unused(organ, year, wenzhong, void))
    blocks = _open_blocks(organ, year).filter(wenzhong=wenzhong, first__lte=last, last__gte=first)
    for block in blocks.select_related("officer"):
        for seq in range(max(first, block.first), min(last, block.last) + 1):
            rows.setdefault(seq, _held(organ, block, seq))
    return [
        rows.get(seq) or _plain(organ, year, wenzhong, seq, "missing") for seq in range(last, first - 1, -1)
    ]


def _issued(found: list[Any]) -> Iterator[LedgerRow]:
    """Lines of papers; a void one names the valid paper of its form that took its place in the case. 0 or 1 query."""
    after = _successors([one for one in found if one.voided_at])
    for one in found:
        later = (number for pk, number in after.get((one.case_id, one.form), []) if pk > one.id)
        yield LedgerRow(
            seq=one.seq,
            number=one.number,
            state="void" if one.voided_at else "issued",
            paper_id=one.id,
            title=one.title,
            case_no=one.case__no,
            case_label=one.case__label,
            party=one.case__party__name or "",
            by=(one.step__set_aside_by__name if one.voided_at else one.step__by__name) or "平台",
            at=one.voided_at or one.issued_at,
            why=one.void_reason,
            replaced_by=next(later, "") if one.voided_at else "",
        )


def _successors(void: list[Any]) -> dict[tuple[Any, str], list[tuple[int, str]]]:
    if not void:
        return {}
    rows = Paper.objects.filter(
        case__in={one.case_id for one in void}, form__in={one.form for one in void}, voided_at__isnull=True
    )
    found: dict[tuple[Any, str], list[tuple[int, str]]] = {}
    for pk, case_id, form, number in rows.order_by("pk").values_list("pk", "case_id", "form", "number"):
        found.setdefault((case_id, form), []).append((pk, number))
    return found


def _plain(organ: Organ, year: int, wenzhong: str, seq: int, state: str, **more: Any) -> LedgerRow:
    return LedgerRow(seq, write_number(organ.paper_prefix, wenzhong, year, seq), state, **more)


def _unused(organ: Organ, year: int, wenzhong: str, void: VoidNumber) -> LedgerRow:
    told = {"by": void.voided_by.name, "at": void.voided_at, "why": void.reason}
    return _plain(organ, year, wenzhong, void.seq, "unused", **told)


def _held(organ: Organ, block: NumberBlock, seq: int) -> LedgerRow:
    told = {"by": block.officer.name, "at": block.drawn_at, "why": "领取后没有使用，也没有归还"}
    return _plain(organ, block.year, block.wenzhong, seq, "held", **told)


def _before(organ: Organ, start: SeriesStart) -> LedgerRow:
    told = {"upto": start.last, "by": start.by.name, "at": start.at, "why": start.reason}
    return _plain(organ, start.year, start.wenzhong, 1, "before", **told)
