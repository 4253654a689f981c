"""Counts of a statistical report that others made: JSON as published or as this platform writes it, and workbooks.

Nothing is trusted: headers are looked for, units read from titles, empty cells kept empty, and whatever does not
add up is flagged by ``kernel.report_counts``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from mingjing.kernel.refused import Refused
from mingjing.kernel.report_counts import Flag, Given, best_scheme, grid, laid_out
from mingjing.kernel.reporting import Figures, Scheme

from .tables import as_text, raw_sheets

MOST_ROWS, MOST_BYTES = 5_000, 20_000_000
OWN_ORGAN = "本机关"
_UNITS = {"元": "yuan", "万元": "wan", "yuan": "yuan", "wan": "wan"}
_RULES = {"heaviest": "heaviest", "every_kind": "every_kind", "择重": "heaviest", "逐种": "every_kind"}


@dataclass(frozen=True)
class Counts:
    """One report in a file: whose, of which year (None where the file does not say), and its tables."""

    place: str
    year: int | None
    given: tuple[Given, ...]
    rule: str = ""

    @property
    def titles(self) -> list[str]:
        """Every column title that it has."""
        return [title for one in self.given for _, values in one.rows for title in values]


@dataclass(frozen=True)
class LaidOut:
    """A report laid out by a scheme, with the flags of its cells."""

    place: str
    year: int
    figures: Figures
    flags: tuple[Flag, ...]


def lay_out_file(
    path: Path, year: int, schemes: Sequence[Scheme], wanted: Scheme | None, period: str = "year"
) -> list[LaidOut]:
    """Every report of that year in the file, by the scheme that was asked for, else the one that fits best.

    Raises: Refused ``file-missing``, ``not-json``, ``no-counts``, ``no-such-year`` and as ``tables``.
    """
    found = list(_reports(path, wanted or schemes[0], schemes))
    if not found:
        raise Refused(
            "no-counts",
            f"{path.name} 里没有认得出的统计数字。",
            remedy="工作簿须有栏目名称（如“警告”“罚款”“合计”）的表头；JSON 须有 order 和 values。",
        )
    fitting = [one for one in found if one.year in (None, year)]
    if not fitting:
        told = "、".join(sorted({str(one.year) for one in found}))
        raise Refused(
            "no-such-year", f"{path.name} 里没有{year}年的数字，有的是：{told}。", remedy="请核对年度。"
        )
    laid = []
    for one in fitting:
        scheme = wanted or best_scheme(schemes, one.titles)
        figures, flags = laid_out(scheme, one.given, year, period)
        laid.append(LaidOut(one.place or OWN_ORGAN, year, figures, (*flags, *_rule_flags(one, figures))))
    return laid


def _rule_flags(one: Counts, figures: Figures) -> Iterator[Flag]:
    rules = {table.table.rule for table in figures.tables if table.lines}
    if one.rule and one.rule not in rules:
        yield Flag("", "", "", "原报告的计数规则（择重、逐种）与本口径不同，数字照原样列出。")


def _reports(path: Path, scheme: Scheme, schemes: Sequence[Scheme]) -> Iterator[Counts]:
    if not path.is_file():
        raise Refused("file-missing", f"没有文件“{path.name}”。", remedy="请核对路径。")
    if path.stat().st_size > MOST_BYTES:
        raise Refused("file-too-big", f"{path.name} 太大，不像统计报表。", remedy="请核对文件。")
    with path.open("rb") as file:
        start = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in (b"[", b"{"):
        yield from _from_json(path)
    else:
        yield from _from_sheets(path, scheme, schemes)


# --- JSON ---


def _from_json(path: Path) -> Iterator[Counts]:
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Refused("not-json", f"{path.name} 不是正确的 JSON：{error}。", remedy="请核对文件。") from error
    for one in told if isinstance(told, list) else [told]:
        if isinstance(one, Mapping):
            counts = _of_object(one.get("report", one) if isinstance(one.get("report"), Mapping) else one)
            if counts.given:
                yield counts


def _of_object(told: Mapping[str, Any]) -> Counts:
    """One report: tables as ``{order, values, total, money}``, as ``{title: number}``, or as we write them."""
    unit = _UNITS.get(str(told.get("unit_money") or told.get("unit") or ""), "")
    place = str(told.get("place") or told.get("organ") or OWN_ORGAN)
    if isinstance(told.get("tables"), list):
        given = tuple(_of_ours(table, unit) for table in told["tables"] if isinstance(table, Mapping))
    else:
        named = {**told, **(told["tables"] if isinstance(told.get("tables"), Mapping) else {})}
        given = tuple(
            Given(((place, values),), unit)
            for table in named.values()
            if isinstance(table, Mapping) and (values := _of_table(table))
        )
    year = told.get("year") or str(told.get("first") or "")[:4]
    rule = _RULES.get(str(told.get("count_rule") or ""), "")
    return Counts(
        place, int(year) if str(year).isdigit() else None, tuple(one for one in given if one.rows), rule
    )


def _of_table(table: Mapping[str, Any]) -> dict[str, Any]:
    order, values = table.get("order"), table.get("values")
    if isinstance(order, list) and isinstance(values, list):
        found: dict[str, Any] = {
            str(title): _value(value) for title, value in zip(order, values, strict=False)
        }
    else:
        found = {str(title): value for title, value in table.items() if _is_value(value)}
        found = {title: value for title, value in found.items() if title not in ("total", "money")}
    for key, title in (("total", "合计"), ("money", "罚没金额")):
        if key in table and found:
            found[title] = _value(table[key])
    return found


def _of_ours(table: Mapping[str, Any], unit: str) -> Given:
    """A table as ``kernel.report_layout.as_json`` writes it."""
    titles = {str(one.get("id")): str(one.get("title")) for one in table.get("columns", ())}
    rows = []
    for row in table.get("rows", ()):
        cells = {titles[id]: cell.get("text") or None for id, cell in row["cells"].items() if id in titles}
        rows.append(
            (str(row.get("title")), {title: text for title, text in cells.items() if title != "未归类"})
        )
    return Given(tuple(rows), unit, str(table.get("id", "")))


def _is_value(value: object) -> bool:
    return value is None or (isinstance(value, int | float | str) and not isinstance(value, bool))


def _value(value: object) -> Any:
    return value if _is_value(value) else None


# --- workbooks ---


def _from_sheets(path: Path, scheme: Scheme, schemes: Sequence[Scheme]) -> Iterator[Counts]:
    given: list[Given] = []
    known = {column.title for one in schemes for table in one.tables for column in table.columns}
    for sheet in raw_sheets(path, known):
        rows = [[as_text(value) for value in values] for _, values in islice(sheet.rows, MOST_ROWS)]
        titles = [cell for row in rows[:20] for cell in row if cell.strip()]
        given += grid(rows, best_scheme(schemes, titles) if titles else scheme)
    if given:
        yield Counts("", None, tuple(given))
