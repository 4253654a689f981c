"""Reads 裁量基准 files (``codex/benchmarks/*.toml``) into tables that ``kernel.benchmarks`` answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from mingjing.kernel.benchmarks import TIERS, Benchmark, Cell, Input, Row
from mingjing.kernel.refused import Refused

_BOUND = re.compile(r"^(<=|>=|<|>|=)\s*(-?[\d.,]+)\s*(万元|元|分)?$")
_UNITS = {"万元": Decimal(1_000_000), "元": Decimal(100), "分": Decimal(1), None: Decimal(1)}
_KNOWN = {"id", "title", "items", "inputs", "rows", "hit", "basis", "note", "in_force", "until"}

T = TypeVar("T")


def read(data: Mapping[str, object], source: str) -> Benchmark:
    """Build a table from a parsed codex file.

    Raises: Refused ``bad-benchmark`` or ``bad-cell``, naming the file, the key and what to write.
    """
    for key in sorted(set(data) - _KNOWN):
        raise _bad(source, key, "不认识的键")
    inputs = tuple(_input(name, raw, source) for name, raw in _table(data, "inputs", source).items())
    raw_rows = data.get("rows")
    if not isinstance(raw_rows, list) or not raw_rows:
        raise _bad(source, "rows", "至少要有一档 [[rows]]")
    rows = tuple(_read_row(number, raw, inputs, source) for number, raw in enumerate(raw_rows, start=1))
    until = data.get("until")
    hit = data.get("hit", "unique")
    if hit not in ("unique", "first"):
        raise _bad(source, "hit", f"应为 unique 或 first，现为“{hit}”")
    if until is not None and not isinstance(until, date):
        raise _bad(source, "until", "应为日期")
    in_force = _required(data, "in_force", date, source)
    return Benchmark(
        id=_required(data, "id", str, source),
        title=_required(data, "title", str, source),
        items=tuple(str(code) for code in _required(data, "items", list, source)),
        inputs=inputs,
        rows=rows,
        hit="first" if hit == "first" else "unique",
        basis=_required(data, "basis", str, source),
        note=_required(data, "note", str, source),
        in_force=in_force,
        until=until,
        source=source,
    )


def _bad(source: str, key: str, message: str) -> Refused:
    return Refused("bad-benchmark", f"{source}：{key} {message}。", remedy=f"修改 {source} 的 {key}。")


def _required(data: Mapping[str, object], key: str, kind: type[T], source: str) -> T:
    value = data.get(key)
    if not isinstance(value, kind):
        raise _bad(source, key, "缺失或类型不对")
    return value


def _table(data: Mapping[str, object], key: str, source: str) -> dict[str, dict[str, object]]:
    table = data.get(key)
    if not isinstance(table, dict) or not table or not all(isinstance(v, dict) for v in table.values()):
        raise _bad(source, key, "至少要有一项")
    return table


def _input(name: str, raw: Mapping[str, object], source: str) -> Input:
    kind = raw.get("kind")
    if kind not in ("choice", "bool", "money", "number"):
        raise _bad(source, f"inputs.{name}.kind", f"应为 choice、bool、money 或 number，现为“{kind}”")
    choices = raw.get("choices", [])
    if not isinstance(choices, list) or (kind == "choice") != bool(choices):
        raise _bad(source, f"inputs.{name}.choices", "choice 必须列出选项，其他类型不应列出")
    pairs = tuple((str(code), str(label)) for code, label in choices)
    label = _required(raw, "label", str, f"{source} inputs.{name}")
    return Input(name, label, kind, pairs, str(raw.get("help", "")))


def _read_row(number: int, raw: object, inputs: tuple[Input, ...], source: str) -> Row:
    where = f"rows[{number}]"
    if not isinstance(raw, dict):
        raise _bad(source, where, "应为一个表")
    questions = {question.name: question for question in inputs}
    when = raw.get("when", {})
    unknown = sorted(set(when) - set(questions))
    if unknown:
        raise _bad(source, f"{where}.when", f"用了未声明的因素 {'、'.join(unknown)}")
    tier = raw.get("tier")
    if tier not in TIERS:
        raise _bad(source, f"{where}.tier", f"应为 {'、'.join(TIERS)} 之一，现为“{tier}”")
    spans = [key for key in ("fen", "times", "share") if key in raw]
    if len(spans) > 1 or (not spans and tier not in ("exempt", "mitigated")):
        raise _bad(source, where, "fen、times、share 应当只写一个")
    title = _required(raw, "title", str, f"{source} {where}")
    basis = _required(raw, "basis", str, f"{source} {where}")
    cells = {name: cell(questions[name], value) for name, value in when.items()}
    fen = _pair(raw, "fen", source, where)
    return Row(
        number=number,
        cells=cells,
        tier=tier,
        basis=basis,
        title=title,
        fen=(int(fen[0]), int(fen[1])) if fen else None,
        times=_pair(raw, "times", source, where),
        share=_pair(raw, "share", source, where),
    )


def _pair(raw: Mapping[str, object], key: str, source: str, where: str) -> tuple[Decimal, Decimal] | None:
    value = raw.get(key)
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise _bad(source, f"{where}.{key}", "应为两个数 [下限, 上限]")
    low, high = (Decimal(str(number)) for number in value)
    if low > high or low < 0:
        raise _bad(source, f"{where}.{key}", f"下限{low}应不小于零且不大于上限{high}")
    return low, high


def cell(question: Input, raw: object) -> Cell:
    """Read one condition as written in the file.

    A choice takes a code or a list of codes, a yes/no takes ``true`` or ``false``, an amount takes bounds
    joined by commas: ``">= 1万元, < 5万元"`` (元 and 万元 are turned into fen).

    Raises: Refused ``bad-cell``.
    """
    if question.kind == "choice":
        wanted = frozenset(raw if isinstance(raw, list) else [raw])
        unknown = sorted(str(code) for code in wanted - {code for code, _ in question.choices})
        if unknown:
            raise Refused(
                "bad-cell", f"“{question.label}”没有选项 {'、'.join(unknown)}。", remedy=question.expected
            )
        return Cell(wanted, (), "或".join(question.said(code) for code in sorted(map(str, wanted))))
    if question.kind == "bool":
        if not isinstance(raw, bool):
            raise Refused("bad-cell", f"“{question.label}”的条件应写 true 或 false，现为“{raw}”。")
        return Cell(frozenset([raw]), (), question.said(raw))
    return Cell(None, _bounds(question, raw), str(raw))


def _bounds(question: Input, raw: object) -> tuple[tuple[str, Decimal], ...]:
    found = []
    for part in re.split(r"[,，]\s*(?=[<>=])", str(raw).strip()):
        match = _BOUND.match(part.strip())
        if match is None:
            raise Refused(
                "bad-cell",
                f"“{question.label}”的条件“{raw}”读不懂。",
                remedy="写成 < 1万元、>= 1万元, < 5万元 或 >= 3 这样的界限。",
            )
        sign, digits, unit = match.groups()
        if unit and question.kind != "money":
            raise Refused("bad-cell", f"“{question.label}”不是金额，条件“{raw}”不应带“{unit}”。")
        try:
            found.append((sign, Decimal(digits.replace(",", "")) * _UNITS[unit]))
        except InvalidOperation as error:
            raise Refused("bad-cell", f"“{question.label}”的条件“{raw}”里的数字不对。") from error
    return tuple(found)
