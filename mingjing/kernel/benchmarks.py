"""裁量基准 as decision tables: declared inputs, rows, and a proof that no case falls between the rows.

A table that is silent about a case and a table that is broken must never look alike, so "no row matched" is a
``Refused`` and ``check`` finds gaps and overlaps before the table is used. The proof enumerates one sample of
every region into which the rows cut the inputs (their cut points, and the values of choices and yes/no).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from mingjing.kernel.fines import Span, yuan
from mingjing.kernel.refused import Refused

Tier = Literal["exempt", "mitigated", "lighter", "ordinary", "heavier"]
Kind = Literal["choice", "bool", "money", "number"]

TIERS: dict[Tier, str] = {
    "exempt": "不予处罚",
    "mitigated": "减轻处罚",
    "lighter": "从轻处罚",
    "ordinary": "一般处罚",
    "heavier": "从重处罚",
}
# A table cut into more regions than this is too large to prove, and too large to read.
MOST_REGIONS = 200_000


@dataclass(frozen=True)
class Input:
    """One question of the table. ``choices`` pairs a code with its label; money is in fen."""

    name: str
    label: str
    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""

    def value(self, given: object) -> object:
        """The answer in the form the cells compare.

        Raises: Refused ``input-missing``, ``input-wrong``.
        """
        if given is None or given == "":
            raise Refused("input-missing", f"裁量因素“{self.label}”未填写。", remedy=f"填写“{self.label}”。")
        if self.kind == "choice" and given in dict(self.choices):
            return given
        if self.kind == "bool" and isinstance(given, bool):
            return given
        if self.kind == "money" and isinstance(given, int) and not isinstance(given, bool) and given >= 0:
            return Decimal(given)
        if self.kind == "number" and isinstance(given, int | Decimal) and not isinstance(given, bool):
            return Decimal(given)
        raise Refused("input-wrong", f"裁量因素“{self.label}”的值“{given}”不对。", remedy=self.expected)

    @property
    def expected(self) -> str:
        """What an answer looks like, in words."""
        if self.kind == "choice":
            return "应为：" + "、".join(f"{code}（{label}）" for code, label in self.choices) + "。"
        return {"bool": "应为是或否。", "money": "应为不小于零的整数（分）。", "number": "应为数字。"}[
            self.kind
        ]

    def said(self, value: object) -> str:
        """A value in words, for explanations."""
        if self.kind == "choice":
            return dict(self.choices).get(str(value), str(value))
        if self.kind == "bool":
            return "是" if value else "否"
        if self.kind == "money" and isinstance(value, Decimal):
            return yuan(int(value))
        return str(value)


@dataclass(frozen=True)
class Cell:
    """One condition of a row on one input: either a set of values or a conjunction of bounds."""

    values: frozenset[object] | None
    bounds: tuple[tuple[str, Decimal], ...]
    text: str

    def holds(self, value: object) -> bool:
        """Whether the value meets the condition."""
        if self.values is not None:
            return value in self.values
        assert isinstance(value, Decimal)
        return all(_compare(value, sign, limit) for sign, limit in self.bounds)


@dataclass(frozen=True)
class Row:
    """One line of the table: conditions, tier, and the range as fen, as multiples or as a share of the law's.

    ``share`` is per cent of the statutory range: 0 is its lower end, 100 its upper end. ``times`` multiplies
    the base the statute names (goods, gains). At most one of ``fen``, ``times`` and ``share`` is given; tiers
    ``exempt`` and ``mitigated`` need none.
    """

    number: int
    cells: Mapping[str, Cell]
    tier: Tier
    basis: str
    title: str
    fen: tuple[int, int] | None = None
    times: tuple[Decimal, Decimal] | None = None
    share: tuple[Decimal, Decimal] | None = None

    def matches(self, values: Mapping[str, object]) -> bool:
        """Whether every condition of the row holds."""
        return all(cell.holds(values[name]) for name, cell in self.cells.items())


@dataclass(frozen=True)
class Benchmark:
    """One table, valid in [``in_force``, ``until``)."""

    id: str
    title: str
    items: tuple[str, ...]
    inputs: tuple[Input, ...]
    rows: tuple[Row, ...]
    hit: Literal["unique", "first"]
    basis: str
    note: str
    in_force: date
    until: date | None
    source: str


@dataclass(frozen=True)
class Result:
    """The answer of a table: tier, range, the row that gave it, and the way there in words."""

    tier: Tier
    tier_title: str
    span: Span | None
    row: int
    basis: str
    explanation: tuple[str, ...]


@dataclass(frozen=True)
class Flaw:
    """A hole or a contradiction of a table, shown on one sample case."""

    kind: Literal["gap", "overlap", "dead-row", "too-large"]
    rows: tuple[int, ...]
    message: str


def _compare(value: Decimal, sign: str, limit: Decimal) -> bool:
    if sign == "<":
        return value < limit
    if sign == "<=":
        return value <= limit
    if sign == ">":
        return value > limit
    if sign == ">=":
        return value >= limit
    return value == limit


def evaluate(
    benchmark: Benchmark,
    inputs: Mapping[str, object],
    *,
    legal: Span | None = None,
    base_fen: int | None = None,
) -> Result:
    """Answer the table for one case.

    ``legal`` is the range of the statute (needed by rows that give a share of it), ``base_fen`` the value
    that multiples multiply (needed by rows that give multiples).

    Raises: Refused ``input-missing``, ``input-wrong``, ``no-row``, ``several-rows``, ``legal-range-missing``,
    ``amount-missing``.
    """
    values = {question.name: question.value(inputs.get(question.name)) for question in benchmark.inputs}
    row = _row(benchmark, values)
    said = [f"{q.label}：{q.said(values[q.name])}" for q in benchmark.inputs]
    steps = ["；".join(said) + "。", f"符合第{row.number}档：{row.title}，{TIERS[row.tier]}。"]
    span = _span(benchmark, row, legal, base_fen)
    if span is not None:
        steps.extend(span.explanation)
    return Result(row.tier, TIERS[row.tier], span, row.number, row.basis, tuple(steps))


def tier_spans(
    benchmark: Benchmark, tier: str, *, legal: Span | None = None, base_fen: int | None = None
) -> tuple[Span, ...]:
    """The ranges of every row of a tier; empty where the table has no such tier or its rows name no amount.

    Raises: Refused ``legal-range-missing``, ``amount-missing``.
    """
    spans = (_span(benchmark, row, legal, base_fen) for row in benchmark.rows if row.tier == tier)
    return tuple(span for span in spans if span is not None)


def _row(benchmark: Benchmark, values: Mapping[str, object]) -> Row:
    matching = [row for row in benchmark.rows if row.matches(values)]
    case = "；".join(f"{q.label}为{q.said(values[q.name])}" for q in benchmark.inputs)
    if not matching:
        raise Refused(
            "no-row",
            f"裁量基准《{benchmark.title}》没有覆盖这种情形：{case}。",
            basis=benchmark.basis,
            remedy="由负责人集体讨论决定幅度并说明理由，同时补全裁量基准。",
        )
    if len(matching) > 1 and benchmark.hit == "unique":
        numbers = "、".join(f"第{row.number}档" for row in matching)
        raise Refused(
            "several-rows",
            f"裁量基准《{benchmark.title}》的{numbers}同时适用：{case}。",
            basis=benchmark.basis,
            remedy="先修正裁量基准中重叠的条件。",
        )
    return matching[0]


def _span(benchmark: Benchmark, row: Row, legal: Span | None, base_fen: int | None) -> Span | None:
    if row.tier == "exempt":
        return Span(0, 0, ("不予处罚，不罚款。",))
    if row.fen is not None:
        span = Span(*row.fen)
        return Span(span.min_fen, span.max_fen, (f"本档罚款{span}。",))
    if row.times is not None:
        return _multiples(benchmark, row.times, base_fen)
    if row.tier == "mitigated":
        return _below(benchmark, legal)
    return _share(benchmark, row.share, legal) if row.share is not None else None


def _multiples(benchmark: Benchmark, times: tuple[Decimal, Decimal], base_fen: int | None) -> Span:
    if base_fen is None:
        raise Refused("amount-missing", "缺少计算倍数的基数（货值金额或违法所得）。", basis=benchmark.basis)
    low, high = (int(base_fen * multiple) for multiple in times)
    text = f"{yuan(base_fen)}×{times[0]}={yuan(low)}，{yuan(base_fen)}×{times[1]}={yuan(high)}。"
    return Span(low, high, (text,))


def _needed(benchmark: Benchmark, legal: Span | None) -> Span:
    if legal is None:
        raise Refused(
            "legal-range-missing",
            "缺少法定罚款幅度，无法换算本档的百分比。",
            basis=benchmark.basis,
            remedy="先确定权责事项和计算基数。",
        )
    return legal


def _below(benchmark: Benchmark, legal: Span | None) -> Span:
    floor = _needed(benchmark, legal).min_fen
    ceiling = max(floor - 1, 0)
    return Span(0, ceiling, (f"减轻处罚，在法定最低额{yuan(floor)}以下决定。",))


def _share(benchmark: Benchmark, share: tuple[Decimal, Decimal], legal: Span | None) -> Span:
    whole = _needed(benchmark, legal)
    width = whole.max_fen - whole.min_fen
    low, high = (whole.min_fen + int(width * part / 100) for part in share)
    text = (
        f"法定幅度{yuan(whole.min_fen)}至{yuan(whole.max_fen)}，本档取其{share[0]}%至{share[1]}%："
        f"{yuan(whole.min_fen)}+{yuan(width)}×{share[0]}%={yuan(low)}，"
        f"{yuan(whole.min_fen)}+{yuan(width)}×{share[1]}%={yuan(high)}。"
    )
    return Span(low, high, (*whole.explanation, text))


def check(benchmark: Benchmark) -> tuple[Flaw, ...]:
    """Every gap and overlap of the table, each shown on one sample, and every row that can never apply.

    Overlaps count only under the hit policy ``unique``. An empty answer is a proof: each region into which
    the cut points divide the inputs was visited.
    """
    axes = [_samples(benchmark, question) for question in benchmark.inputs]
    regions = 1
    for axis in axes:
        regions *= len(axis)
    if regions > MOST_REGIONS:
        message = f"条件划分出{regions}种情形，超过可验证的{MOST_REGIONS}种，请拆成几张表。"
        return (Flaw("too-large", (), message),)
    return tuple(_flaws(benchmark, axes))


def _samples(benchmark: Benchmark, question: Input) -> Sequence[object]:
    """One value from every region of an input: choices, yes/no, or the cut points and the gaps between."""
    if question.kind == "choice":
        return [code for code, _ in question.choices]
    if question.kind == "bool":
        return [True, False]
    cuts = {Decimal(0)}
    for row in benchmark.rows:
        bounds = row.cells[question.name].bounds if question.name in row.cells else ()
        cuts.update(limit for _, limit in bounds)
    ordered = sorted(cuts)
    step = Decimal(1)
    between = [low + min(step, (high - low) / 2) for low, high in itertools.pairwise(ordered)]
    return sorted({*ordered, *between, ordered[-1] + step})


def _flaws(benchmark: Benchmark, axes: list[Sequence[object]]) -> Iterator[Flaw]:
    names = [question.name for question in benchmark.inputs]
    seen: set[tuple[int, ...]] = set()
    alive: set[int] = set()
    for combination in itertools.product(*axes):
        values = dict(zip(names, combination, strict=True))
        hits = tuple(row.number for row in benchmark.rows if row.matches(values))
        alive.update(hits if benchmark.hit == "unique" else hits[:1])
        broken = not hits or (len(hits) > 1 and benchmark.hit == "unique")
        if broken and hits not in seen:
            seen.add(hits)
            yield _flaw(benchmark, hits, values)
    for row in benchmark.rows:
        if row.number not in alive:
            yield Flaw("dead-row", (row.number,), f"第{row.number}档（{row.title}）永远不会适用。")


def _flaw(benchmark: Benchmark, hits: tuple[int, ...], values: Mapping[str, object]) -> Flaw:
    case = "；".join(f"{q.label}＝{q.said(values[q.name])}" for q in benchmark.inputs)
    if not hits:
        return Flaw("gap", (), f"没有一档适用于：{case}。")
    numbers = "、".join(f"第{number}档" for number in hits)
    return Flaw("overlap", hits, f"{numbers}同时适用于：{case}。")
