"""统计: acts counted into the cells of a report by a scheme that is data (``codex/reports``).

A scheme says which tables there are, which kinds of act each column takes, and whether an act of several kinds
counts once under the heaviest (择重) or under every kind (逐种). What no column takes stands in the column
未归类, never hidden; what a scheme deliberately leaves out is counted beside the table with its reason. Pure: acts
come in, figures go out, and memory grows with the cells, not with the acts.
Source: domain.md 7.5 (counting rules read in published reports).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

HEAVIEST, EVERY_KIND = "heaviest", "every_kind"
RULES = (HEAVIEST, EVERY_KIND)
PART, OTHER, TOTAL, MONEY, MARKED, RATE = "part", "other", "total", "money", "marked", "rate"
COLUMNS = (PART, OTHER, TOTAL, MONEY, MARKED, RATE)
UNITS = {"yuan": "元", "wan": "万元"}
ZEROS = ("zero", "blank")
REVOKED = ("counted", "left_out")
PERIODS = ("year", "quarter")
UNASSIGNED, LEFT_OUT, ALL = "unassigned", "left_out", ""
UNASSIGNED_TITLE = "未归类"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that counts: a decision, an application, a measure taken, an officer on the roll.

    ``ref`` names what is counted (a case number, ``案号#环节``), ``on`` the day by which it counts, ``row`` whose it
    is (code of the organ). ``fen`` is the money of the decision as far as it is determinable, ``revoked_on`` the day
    on which it was lawfully undone, ``marks`` whatever else columns ask for (``summary``, ``reviewed`` …).
    """

    ref: str
    subject: str
    on: date
    kinds: frozenset[str]
    row: str = ""
    fen: int = 0
    marks: frozenset[str] = frozenset()
    revoked_on: date | None = None


@dataclass(frozen=True)
class Column:
    """One column. ``part`` and ``other`` take kinds; the rest are made of them.

    ``total`` adds the parts ``of`` (all, if none are named) and what is unassigned; ``money`` adds the fen of their
    acts; ``marked`` counts those that bear ``mark``; ``rate`` is the first of two columns by the second, in percent.
    """

    id: str
    title: str
    is_: str = PART
    kinds: tuple[str, ...] = ()
    mark: str = ""
    of: tuple[str, ...] = ()
    group: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Omission:
    """A kind that a table leaves out, and why."""

    kind: str
    title: str
    reason: str


@dataclass(frozen=True)
class Table:
    """One table: the subjects it counts, its rule, and its columns, kinds from light to heavy.

    ``small_cells`` marks a table about people who did not become public themselves (informants, claimants): its
    figures below the scheme's ``small_below`` are not told to the public one by one.
    """

    id: str
    title: str
    subjects: tuple[str, ...]
    rule: str
    unit: str
    columns: tuple[Column, ...]
    omissions: tuple[Omission, ...] = ()
    note: str = ""
    basis: str = ""
    sure: str = ""
    small_cells: bool = False

    @property
    def parts(self) -> tuple[Column, ...]:
        """The columns that take acts."""
        return tuple(one for one in self.columns if one.is_ in (PART, OTHER))

    def column(self, id: str) -> Column:
        """The column with this id; KeyError where there is none."""
        return {one.id: one for one in (*self.columns, _UNASSIGNED)}[id]

    def places(self, act: Act) -> tuple[str, ...]:
        """Into which columns an act goes: exactly one under the heaviest rule, one for each kind else.

        A named kind beats 其他; an act none of whose kinds has a column is unassigned, one all of whose kinds the
        table leaves out is left out.
        """
        kinds = act.kinds - {one.kind for one in self.omissions}
        if act.kinds and not kinds:
            return (LEFT_OUT,)
        named = [one for one in self.columns if one.is_ == PART and kinds & set(one.kinds)]
        others = [one for one in self.columns if one.is_ == OTHER and kinds & set(one.kinds)]
        if self.rule == HEAVIEST:
            found = named[-1:] or others[-1:]
            return (found[0].id,) if found else (UNASSIGNED,)
        known = {kind for one in self.parts for kind in one.kinds}
        placed = tuple(one.id for one in (*named, *others))
        return placed if placed and kinds <= known else (*placed, UNASSIGNED)


_UNASSIGNED = Column(UNASSIGNED, UNASSIGNED_TITLE)


@dataclass(frozen=True)
class Scheme:
    """统计口径: the tables of a report with its rules, unit and source.

    ``small_below`` is the threshold of ``Table.small_cells``; nothing is below one.
    """

    id: str
    title: str
    tables: tuple[Table, ...]
    unit: str = "yuan"
    decimals: int = 2
    zero: str = "zero"
    revoked: str = "counted"
    period: str = "year"
    basis: str = ""
    sure: str = ""
    source: str = ""
    note: str = ""
    in_force: date = date.min
    until: date | None = None
    small_below: int = 1
    file: str = field(default="", compare=False)

    @property
    def subjects(self) -> frozenset[str]:
        """Everything that some table counts."""
        return frozenset(subject for table in self.tables for subject in table.subjects)

    def table(self, id: str) -> Table:
        """The table with this id; KeyError where there is none."""
        return {one.id: one for one in self.tables}[id]


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one cell: how many, how much money (fen), and the digest of what was counted, in order.

    ``refs`` names what was counted where the tally keeps names. ``blank`` tells of a figure that came from elsewhere
    whether its cell was empty; None for one that was counted. ``shown`` stands in place of a figure too small to be
    told to the public.
    """

    count: int = 0
    fen: int = 0
    digest: str = ""
    refs: tuple[str, ...] = ()
    blank: bool | None = None
    shown: str = ""


@dataclass(frozen=True)
class Line:
    """One row of a table: whose it is (empty for all together) and its cells by column."""

    row: str
    title: str
    cells: Mapping[str, Cell]
    omitted: Mapping[str, int] = field(default_factory=dict)
    acts: int = 0


@dataclass(frozen=True)
class TableFigures:
    """The figures of one table: its rows, then all of them together."""

    table: Table
    lines: tuple[Line, ...]
    total: Line


@dataclass(frozen=True)
class Figures:
    """The figures of a report over days from ``first`` to ``last``, both counted."""

    scheme: Scheme
    first: date
    last: date
    tables: tuple[TableFigures, ...]

    def table(self, id: str) -> TableFigures:
        """The figures of the table with this id; KeyError where there is none."""
        return {one.table.id: one for one in self.tables}[id]


@dataclass(frozen=True)
class Finding:
    """One sum that was checked: whether it comes out, in Chinese."""

    table: str
    row: str
    column: str
    fine: bool
    text: str


def span(year: int, period: str = "year") -> tuple[date, date]:
    """The first and last day of a year, or of a quarter of it (``q1`` … ``q4``, up to its end).

    A decision counts in the year in which it was dated, 1 January to 31 December. Source: domain.md 7.5 [P].
    """
    if period == "year":
        return date(year, 1, 1), date(year, 12, 31)
    quarter = int(period.removeprefix("q"))
    ends = {1: (3, 31), 2: (6, 30), 3: (9, 30), 4: (12, 31)}[quarter]
    return date(year, 3 * quarter - 2, 1), date(year, *ends)


def rolled_up(scheme: Scheme, parts: Sequence[tuple[str, str, Figures]]) -> Figures:
    """Several reports (row, title, figures) in one: each body with its sub-units as one row, then all together."""
    first = min((figures.first for _, _, figures in parts), default=date.min)
    last = max((figures.last for _, _, figures in parts), default=date.min)
    tables = []
    for table in scheme.tables:
        lines = []
        for row, title, figures in parts:
            total = figures.table(table.id).total
            lines.append(Line(row, title, total.cells, total.omitted, total.acts))
        tables.append(TableFigures(table, tuple(lines), together(table, lines)))
    return Figures(scheme, first, last, tuple(tables))


class _Sum:
    """A cell that grows."""

    __slots__ = ("count", "fen", "refs", "seen")

    def __init__(self, keep: bool) -> None:
        self.count, self.fen = 0, 0
        self.seen = hashlib.sha256()
        self.refs: list[str] | None = [] if keep else None

    def add(self, act: Act) -> None:
        self.count += 1
        self.fen += act.fen
        self.seen.update(f"{act.ref}\n".encode())
        if self.refs is not None:
            self.refs.append(act.ref)

    def cell(self) -> Cell:
        return Cell(self.count, self.fen, self.seen.hexdigest(), tuple(self.refs or ()))


class Tally:
    """Counts acts one by one; ``keep_refs`` also keeps the name of each in its cells."""

    def __init__(self, scheme: Scheme, first: date, last: date, *, keep_refs: bool = False) -> None:
        self.scheme, self.first, self.last = scheme, first, last
        self._keep = keep_refs
        self._sums: dict[tuple[str, str, str], _Sum] = {}
        self._acts: dict[tuple[str, str], int] = {}
        self._omitted: dict[tuple[str, str, str], int] = {}
        self._tables: dict[str, list[Table]] = {}
        for table in scheme.tables:
            for subject in table.subjects:
                self._tables.setdefault(subject, []).append(table)

    def add(self, act: Act) -> tuple[tuple[str, str], ...]:
        """Count one act; returns the cells (table, column) it went into, none where it does not count."""
        if not self.first <= act.on <= self.last or (
            act.revoked_on is not None and self.scheme.revoked == "left_out"
        ):
            return ()
        placed: list[tuple[str, str]] = []
        for table in self._tables.get(act.subject, ()):
            placed += self._into(table, act)
        return tuple(placed)

    def add_all(self, acts: Iterable[Act]) -> Tally:
        """Count them all; returns itself."""
        for act in acts:
            self.add(act)
        return self

    def _into(self, table: Table, act: Act) -> list[tuple[str, str]]:
        places = table.places(act)
        if places == (LEFT_OUT,):
            for kind in act.kinds:
                key = (table.id, act.row, kind)
                self._omitted[key] = self._omitted.get(key, 0) + 1
            return []
        self._acts[table.id, act.row] = self._acts.get((table.id, act.row), 0) + 1
        made = [one.id for one in table.columns if _adds(one, act, places)]
        for column in (*places, *made):
            key = (table.id, act.row, column)
            if key not in self._sums:
                self._sums[key] = _Sum(self._keep)
            self._sums[key].add(act)
        return [(table.id, column) for column in (*places, *made)]

    def figures(self, rows: Sequence[tuple[str, str]] = ()) -> Figures:
        """The figures, by these rows (code, title) in this order; rows that nobody named come last."""
        return Figures(
            self.scheme,
            self.first,
            self.last,
            tuple(self._table(table, rows) for table in self.scheme.tables),
        )

    def _table(self, table: Table, rows: Sequence[tuple[str, str]]) -> TableFigures:
        named = dict(rows)
        strange = sorted({row for (of, row, _) in self._sums if of == table.id and row not in named})
        lines = tuple(self._line(table, row, named.get(row, row)) for row in (*named, *strange))
        return TableFigures(table, lines, together(table, lines))

    def _line(self, table: Table, row: str, title: str) -> Line:
        ids = [one.id for one in table.columns if one.is_ not in (TOTAL, RATE)]
        ids += [UNASSIGNED]
        cells = {
            id: self._sums[table.id, row, id].cell() if (table.id, row, id) in self._sums else Cell()
            for id in ids
        }
        omitted = {
            one.kind: self._omitted[table.id, row, one.kind]
            for one in table.omissions
            if (table.id, row, one.kind) in self._omitted
        }
        return Line(row, title, with_totals(table, cells), omitted, self._acts.get((table.id, row), 0))


def _adds(column: Column, act: Act, places: tuple[str, ...]) -> bool:
    """Whether a column that is made of others takes the act as well."""
    if column.of and not set(column.of) & set(places):
        return False
    return (column.is_ == MONEY and act.fen != 0) or (column.is_ == MARKED and column.mark in act.marks)


def with_totals(table: Table, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """The cells with those that are sums of others, in the order of the columns; 未归类 last."""
    whole = dict(cells)
    for column in table.columns:
        if column.is_ == TOTAL:
            parts = [whole.get(id, Cell()) for id in summed(table, column)]
            whole[column.id] = Cell(sum(one.count for one in parts), sum(one.fen for one in parts))
        elif column.is_ == RATE:
            whole[column.id] = Cell()
    ids = [*(one.id for one in table.columns), UNASSIGNED]
    return {id: whole.get(id, Cell()) for id in ids}


def summed(table: Table, total: Column) -> tuple[str, ...]:
    """The columns that a total adds: those it names, else every part and what is unassigned."""
    return total.of or (*(one.id for one in table.parts), UNASSIGNED)


def together(table: Table, lines: Sequence[Line]) -> Line:
    """All rows of a table in one."""
    cells = {
        id: Cell(
            sum(line.cells[id].count for line in lines),
            sum(line.cells[id].fen for line in lines),
            _joint(line.cells[id].digest for line in lines),
            tuple(ref for line in lines for ref in line.cells[id].refs),
            # A sum is empty where every cell it adds was.
            True if lines and all(line.cells[id].blank for line in lines) else None,
        )
        for id in (*(one.id for one in table.columns), UNASSIGNED)
    }
    omitted: dict[str, int] = {}
    for line in lines:
        for kind, count in line.omitted.items():
            omitted[kind] = omitted.get(kind, 0) + count
    return Line(ALL, "合计", cells, omitted, sum(line.acts for line in lines))


def _joint(digests: Iterable[str]) -> str:
    known = [one for one in digests if one]
    return hashlib.sha256("\n".join(known).encode()).hexdigest() if known else ""


def findings(figures: Figures) -> list[Finding]:
    """Every sum of a report checked: parts against totals, cells against acts, what is unassigned or left out."""
    return [
        finding
        for one in figures.tables
        for line in (*one.lines, one.total)
        for finding in _of_line(one.table, line)
    ]


def _of_line(table: Table, line: Line) -> list[Finding]:
    whose = line.title
    found = []
    counted = sum(line.cells[id].count for id in (*(one.id for one in table.parts), UNASSIGNED))
    if table.rule == HEAVIEST:
        fine = counted == line.acts
        text = f"{whose}：各栏之和 {counted}，行为 {line.acts} {table.unit}，{'相符' if fine else '不符'}。"
    else:
        fine = counted >= line.acts
        text = f"{whose}：各栏之和 {counted}，行为 {line.acts} {table.unit}，逐种计算多出 {counted - line.acts}。"
    found.append(Finding(table.id, line.row, "", fine, text))
    loose = line.cells[UNASSIGNED].count
    if loose:
        told = f"{whose}：有 {loose} {table.unit}不能归入任何一栏，列在“未归类”，请核对种类。"
        found.append(Finding(table.id, line.row, UNASSIGNED, False, told))
    titles = {one.kind: one for one in table.omissions}
    for kind, count in line.omitted.items():
        told = f"{whose}：{titles[kind].title} {count} {table.unit}不列入本表，{titles[kind].reason}。"
        found.append(Finding(table.id, line.row, LEFT_OUT, True, told))
    return found
