"""How the figures of a report are written: units, rounding, blank or zero, and as data that can be read back.

Changing the unit changes no fact: figures hold fen; only the text is rounded, each cell from its exact sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .reporting import (
    MONEY,
    OTHER,
    PART,
    RATE,
    UNASSIGNED,
    UNASSIGNED_TITLE,
    UNITS,
    Cell,
    Column,
    Figures,
    Line,
    Scheme,
    Table,
    TableFigures,
)

_FEN = {"yuan": Decimal(100), "wan": Decimal(1_000_000)}
NOT_APPLICABLE = "—"
HIDDEN_WORDS = "不显示"


@dataclass(frozen=True)
class Difference:
    """A cell that reads otherwise than before; ``of`` is the code of its row, ``row`` its title."""

    of: str
    table: str
    table_title: str
    row: str
    column: str
    column_title: str
    before: str
    after: str
    same_count: bool


def money(fen: int, unit: str, decimals: int) -> str:
    """An amount in 元 or 万元, rounded half up, without idle zeros.

    >>> money(4_100_000, "wan", 2), money(12_345, "yuan", 2), money(4_999, "wan", 2)
    ('4.1', '123.45', '0')
    """
    rounded = (Decimal(fen) / _FEN[unit]).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def fen_of(text: str, unit: str) -> int | None:
    """The fen of an amount as a table writes it, or None where it is no amount or finer than a fen.

    >>> fen_of("4.1", "wan"), fen_of("1,200.50", "yuan"), fen_of("约三万", "yuan")
    (4100000, 120050, None)
    """
    try:
        fen = Decimal(text.replace(",", "").replace("，", "").strip()) * _FEN[unit]
    except ArithmeticError:
        return None
    return int(fen) if fen.is_finite() and fen == fen.to_integral_value() else None


def text(table: Table, column: Column, line: Line, scheme: Scheme) -> str:
    """What a cell shows."""
    cell = line.cells[column.id]
    if cell.shown:
        return cell.shown
    if column.is_ == RATE:
        return _rate(column, line)
    if cell.blank is not None:
        empty = cell.blank
    else:
        empty = scheme.zero == "blank" and (cell.fen == 0 if column.is_ == MONEY else cell.count == 0)
    if empty:
        return ""
    return money(cell.fen, scheme.unit, scheme.decimals) if column.is_ == MONEY else str(cell.count)


def _rate(column: Column, line: Line) -> str:
    part, whole = (line.cells[id].count for id in column.of)
    if not whole:
        return NOT_APPLICABLE
    return f"{(Decimal(100 * part) / whole).quantize(Decimal('0.1'), ROUND_HALF_UP):f}%"


def shown_columns(figures: TableFigures) -> tuple[Column, ...]:
    """The columns of a table, and 未归类 where something stands in it."""
    loose = any(line.cells[UNASSIGNED].count for line in figures.lines)
    return (*figures.table.columns, Column(UNASSIGNED, UNASSIGNED_TITLE)) if loose else figures.table.columns


def heading(column: Column, table: Table, scheme: Scheme) -> str:
    """The title of a column with its unit."""
    if column.is_ == RATE:
        return column.title
    unit = UNITS[scheme.unit] if column.is_ == MONEY else column.unit or table.unit
    return f"{column.title}（{unit}）"


def as_json(figures: Figures) -> dict[str, Any]:
    """Everything that figures say, in whole numbers and texts only, so that it can be signed."""
    scheme = figures.scheme
    return {
        "scheme": scheme.id,
        "title": scheme.title,
        "unit": scheme.unit,
        "first": figures.first.isoformat(),
        "last": figures.last.isoformat(),
        "tables": [
            {
                "id": one.table.id,
                "title": one.table.title,
                "rule": one.table.rule,
                "columns": [
                    {"id": column.id, "title": column.title, "unit": _unit(column, one.table, scheme)}
                    for column in shown_columns(one)
                ],
                "rows": [_line(line, one, scheme) for line in one.lines],
                "total": _line(one.total, one, scheme),
            }
            for one in figures.tables
        ],
    }


def _unit(column: Column, table: Table, scheme: Scheme) -> str:
    if column.is_ == RATE:
        return "%"
    return UNITS[scheme.unit] if column.is_ == MONEY else column.unit or table.unit


def _line(line: Line, one: TableFigures, scheme: Scheme) -> dict[str, Any]:
    return {
        "row": line.row,
        "title": line.title,
        "acts": line.acts,
        "omitted": dict(line.omitted),
        "cells": {
            column.id: {
                "count": None if line.cells[column.id].shown else line.cells[column.id].count,
                "fen": None if line.cells[column.id].shown else line.cells[column.id].fen,
                "text": text(one.table, column, line, scheme),
                **({"sha256": line.cells[column.id].digest} if line.cells[column.id].digest else {}),
                **({"blank": line.cells[column.id].blank} if line.cells[column.id].blank is not None else {}),
            }
            for column in shown_columns(one)
        },
    }


def publicly(figures: Figures) -> Figures:
    """The figures as the public reads them.

    Tables of official acts keep their true counts, however small: each act is published by itself anyway, and a
    report that hid them could not be checked. In tables about people who are not public themselves a part below the
    scheme's ``small_below`` is told only as such; where that would leave one part to be reckoned from the total,
    the total goes too.
    """
    below = figures.scheme.small_below
    return replace(figures, tables=tuple(_public_table(one, below) for one in figures.tables))


def _public_table(one: TableFigures, below: int) -> TableFigures:
    if not one.table.small_cells:
        return one
    lines = tuple(_public_line(line, one.table, below) for line in one.lines)
    # One row that is masked could be reckoned from the sum of all.
    hidden = {
        id
        for id in one.total.cells
        if sum(bool(line.cells[id].shown) for line in lines) == 1 and len(lines) > 1
    }
    return replace(one, lines=lines, total=_public_line(one.total, one.table, below, hidden))


def _public_line(line: Line, table: Table, below: int, hidden: Iterable[str] = ()) -> Line:
    parts = [*(one.id for one in table.parts), UNASSIGNED]
    small = [id for id in parts if 0 < line.cells[id].count < below]
    made = [one.id for one in table.columns if one.is_ not in (PART, OTHER, RATE)]
    whole = dict.fromkeys(small, f"1至{below - 1}") | dict.fromkeys(hidden, HIDDEN_WORDS)
    if len(small) == 1 or (small and sum(line.cells[id].count for id in small) < below):
        whole |= dict.fromkeys(made, HIDDEN_WORDS)
    masked = {id: Cell(shown=whole[id]) if id in whole else cell for id, cell in line.cells.items()}
    return replace(line, cells=masked, omitted={}, acts=0)


def from_json(told: Mapping[str, Any], scheme: Scheme) -> Figures:
    """Figures as they were kept; columns that the scheme no longer has are left aside."""
    return Figures(
        scheme,
        date.fromisoformat(told["first"]),
        date.fromisoformat(told["last"]),
        tuple(
            TableFigures(
                scheme.table(one["id"]),
                tuple(_read_line(line, scheme.table(one["id"])) for line in one["rows"]),
                _read_line(one["total"], scheme.table(one["id"])),
            )
            for one in told["tables"]
            if one["id"] in {table.id for table in scheme.tables}
        ),
    )


def _read_line(told: Mapping[str, Any], table: Table) -> Line:
    ids = [*(one.id for one in table.columns), UNASSIGNED]
    cells = {
        id: Cell(
            told["cells"][id]["count"],
            told["cells"][id]["fen"],
            told["cells"][id].get("sha256", ""),
            (),
            told["cells"][id].get("blank"),
        )
        if id in told["cells"]
        else Cell()
        for id in ids
    }
    return Line(told["row"], told["title"], cells, told["omitted"], told["acts"])


def differences(before: Figures, after: Figures) -> list[Difference]:
    """The cells that changed between two editions, or between what was locked and what the cases say now.

    A cell whose figure stands while other acts make it up counts as changed.
    """
    found = []
    now = {one.table.id: one for one in after.tables}
    for one in before.tables:
        lines = {line.row: line for line in now[one.table.id].lines} if one.table.id in now else {}
        for line in one.lines:
            other = lines.pop(line.row, Line(line.row, line.title, {}))
            found += _changed(one.table, line, other, before.scheme)
        for line in lines.values():
            found += _changed(one.table, Line(line.row, line.title, {}), line, before.scheme)
    return found


def _changed(table: Table, before: Line, after: Line, scheme: Scheme) -> list[Difference]:
    found = []
    for column in (*table.columns, Column(UNASSIGNED, UNASSIGNED_TITLE)):
        was, now = before.cells.get(column.id, Cell()), after.cells.get(column.id, Cell())
        if column.is_ == RATE or ((was.count, was.fen) == (now.count, now.fen) and _alike(was, now)):
            continue
        before_text, after_text = _written(was, column, scheme), _written(now, column, scheme)
        found.append(
            Difference(
                before.row,
                table.id,
                table.title,
                before.title,
                column.id,
                column.title,
                before_text,
                after_text,
                before_text == after_text,
            )
        )
    return found


def _written(cell: Cell, column: Column, scheme: Scheme) -> str:
    return money(cell.fen, scheme.unit, scheme.decimals) if column.is_ == MONEY else str(cell.count)


def _alike(was: Cell, now: Cell) -> bool:
    return not was.digest or not now.digest or was.digest == now.digest
