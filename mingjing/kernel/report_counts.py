"""Figures that others counted, laid out by a scheme: published reports, other years' workbooks.

What came is kept as it came: an empty cell stays empty, a zero a zero, a total that does not add up stays as printed
and is flagged. A column that the scheme does not know is put under 未归类 and flagged, never dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .report_layout import fen_of
from .reporting import (
    MONEY,
    RATE,
    TOTAL,
    UNASSIGNED,
    Cell,
    Column,
    Figures,
    Line,
    Scheme,
    Table,
    TableFigures,
    span,
    summed,
    together,
)

_BRACKETS = re.compile(r"[(（\[【]([^)）\]】]*)[)）\]】]")
_NOISE = re.compile(r"[\s、，,/／·.。:：;；*＊\-—_]+")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.0+)?")
_UNITS = {"元": "yuan", "万元": "wan", "人民币元": "yuan"}
# What a cell says when nothing happened, beside being empty.
_NOTHING = frozenset(("-", "--", "—", "——", "/", "\\", "无"))
_SUMS = ("合计", "总计", "小计", "共计")
# Names under which columns are met, beside their own (annual_tables.json, published reports).
_NAMES = {
    "没收": "confiscation",
    "没收违法所得": "confiscation",
    "暂扣": "suspension",
    "暂扣许可证执照": "suspension",
    "暂扣许可证件": "suspension",
    "吊销": "revocation",
    "吊销许可证执照": "revocation",
    "吊销许可证件": "revocation",
    "拘留": "detention",
    "其他": "other",
    "其他处罚": "other",
    "法律行政法规规定的其他行政处罚": "other",
    "罚没总金额": "money",
    "罚没款金额": "money",
    "总计": "total",
}
Value = str | int | float | None


@dataclass(frozen=True)
class Given:
    """One table of others' counts: rows of (title, values by column title); ``unit`` of its money, if it says one."""

    rows: tuple[tuple[str, Mapping[str, Value]], ...]
    unit: str = ""
    table: str = ""


@dataclass(frozen=True)
class Flag:
    """A cell that cannot be taken as it stands, and why (Chinese)."""

    table: str
    row: str
    column: str
    text: str


def plain(title: str) -> str:
    """A column title without brackets, blanks and punctuation.

    >>> plain("没收违法所得、 没收非法财物（宗）")
    '没收违法所得没收非法财物'
    """
    return _NOISE.sub("", _BRACKETS.sub("", unicodedata.normalize("NFKC", title)))


def unit_in(title: str) -> str:
    """The unit of money that a title names: ``yuan``, ``wan`` or nothing.

    >>> unit_in("罚没金额（万元）"), unit_in("罚没金额")
    ('wan', '')
    """
    found = _BRACKETS.search(unicodedata.normalize("NFKC", title))
    inner = found.group(1).replace("单位", "").strip(":： ") if found else ""
    return _UNITS.get(inner, "")


def column_of(table: Table, title: str) -> Column | None:
    """The column of a table that a title means, or None."""
    wanted = plain(title)
    for one in table.columns:
        if wanted and plain(one.title) == wanted:
            return one
    by_id = {one.id: one for one in table.columns}
    if wanted in _NAMES:
        return by_id.get(_NAMES[wanted])
    close = [
        one for one in table.columns if len(wanted) >= 2 and plain(one.title).removesuffix("数量") == wanted
    ]
    return close[0] if close else None


def fitting(scheme: Scheme, titles: Sequence[str]) -> Table | None:
    """The table of the scheme that has most of these columns, at least two of them or all; None if none fits."""
    scored = [(sum(column_of(one, title) is not None for title in titles), one) for one in scheme.tables]
    best, found = max(scored, key=lambda pair: pair[0])
    return found if best >= min(2, len(titles)) and best > 0 else None


def best_scheme(schemes: Sequence[Scheme], titles: Sequence[str]) -> Scheme:
    """The scheme whose tables know most of the titles exactly; the first of those that know equally many."""

    def known(scheme: Scheme) -> tuple[int, int]:
        table = fitting(scheme, titles)
        if table is None:
            return 0, 0
        exact = {plain(one.title) for one in table.columns}
        met = sum(plain(title) in exact for title in titles)
        return met, -len(table.columns)

    return max(schemes, key=known)


def laid_out(
    scheme: Scheme, given: Sequence[Given], year: int, period: str = "year"
) -> tuple[Figures, list[Flag]]:
    """The counts as figures of the scheme, and the cells that do not hold; tables that were not given are empty."""
    flags: list[Flag] = []
    tables: dict[str, TableFigures] = {}
    for one in given:
        titles = list(dict.fromkeys(title for _, values in one.rows for title in values))
        table = _wanted(scheme, one.table) or fitting(scheme, titles)
        if table is None:
            flags.append(Flag("", "", "", f"认不出这些栏目属于哪张表：{'、'.join(titles)[:120]}。"))
            continue
        tables[table.id] = _table(scheme, table, one, flags)
    first, last = span(year, period)
    empty = {id: Cell(blank=True) for id in (UNASSIGNED,)}
    whole = tuple(
        tables.get(table.id) or TableFigures(table, (), _nothing(table, empty)) for table in scheme.tables
    )
    return Figures(scheme, first, last, whole), flags


def _wanted(scheme: Scheme, hint: str) -> Table | None:
    return next((one for one in scheme.tables if hint and one.id == hint), None)


def _nothing(table: Table, empty: Mapping[str, Cell]) -> Line:
    return Line("", "合计", {**{one.id: Cell(blank=True) for one in table.columns}, **empty})


def _table(scheme: Scheme, table: Table, given: Given, flags: list[Flag]) -> TableFigures:
    lines = [_line(scheme, table, title, values, given.unit, flags) for title, values in given.rows]
    sums = [line for line in lines if plain(line.title) in _SUMS]
    body = tuple(line for line in lines if line not in sums)
    if not body:
        body, sums = tuple(lines), []
    total = together(table, body)
    total = _blanks(total, body)
    for printed in sums:
        _compare(table, printed, total, flags)
    return TableFigures(table, body, sums[-1] if sums else total)


def _blanks(total: Line, body: Sequence[Line]) -> Line:
    """A sum is empty where every cell it adds is empty."""
    cells = {
        id: Cell(cell.count, cell.fen, blank=bool(body) and all(line.cells[id].blank for line in body))
        for id, cell in total.cells.items()
    }
    return Line(total.row, total.title, cells, total.omitted, total.acts)


def _line(
    scheme: Scheme, table: Table, title: str, values: Mapping[str, Value], unit: str, flags: list[Flag]
) -> Line:
    cells = {one.id: Cell(blank=True) for one in table.columns}
    loose = 0
    for name, value in values.items():
        column = column_of(table, name)
        if column is None:
            loose += _strange(table, title, name, value, flags)
            continue
        if column.is_ == RATE:
            continue
        known = unit_in(name) or unit
        cells[column.id] = _cell(scheme, table, column, title, value, known, flags)
    cells[UNASSIGNED] = Cell(loose, blank=loose == 0)
    acts = sum(cells[one.id].count for one in table.parts) + loose
    return Line(plain(title), title, _totalled(table, title, cells, flags), {}, acts)


def _strange(table: Table, row: str, name: str, value: Value, flags: list[Flag]) -> int:
    count = _count(value)
    text = f"“{row}”有本口径没有的栏“{name}”（{value if value is not None else '空'}），列在“未归类”。"
    flags.append(Flag(table.id, row, UNASSIGNED, text))
    return count or 0


def _cell(
    scheme: Scheme, table: Table, column: Column, row: str, value: Value, unit: str, flags: list[Flag]
) -> Cell:
    if value is None or str(value).strip() == "" or str(value).strip() in _NOTHING:
        return Cell(blank=True)
    if column.is_ == MONEY:
        if not unit:
            text = f"“{row}”的“{column.title}”没有写明元还是万元，按本口径的单位读。"
            flags.append(Flag(table.id, row, column.id, text))
        fen = fen_of(str(value), unit or scheme.unit)
        if fen is None or fen < 0:
            flags.append(Flag(table.id, row, column.id, f"“{row}”的“{column.title}”不是金额：{value}。"))
            return Cell(blank=True)
        return Cell(int(fen > 0), fen, blank=False)
    count = _count(value)
    if count is None or count < 0:
        flags.append(Flag(table.id, row, column.id, f"“{row}”的“{column.title}”不是整数：{value}。"))
        return Cell(blank=True)
    return Cell(count, blank=False)


def _count(value: Value) -> int | None:
    text = str(value).replace(",", "").strip() if value is not None else ""
    return int(float(text)) if _NUMBER.fullmatch(text) else None


def _totalled(table: Table, row: str, cells: Mapping[str, Cell], flags: list[Flag]) -> dict[str, Cell]:
    """The cells with each printed total checked against its parts; one that was left empty is reckoned."""
    whole = dict(cells)
    for column in table.columns:
        if column.is_ != TOTAL:
            continue
        ids = summed(table, column)
        parts, printed = sum(cells[id].count for id in ids), cells[column.id]
        if printed.blank:
            whole[column.id] = Cell(parts, blank=all(cells[id].blank for id in ids))
        elif printed.count != parts:
            text = f"“{row}”的“{column.title}”写作 {printed.count}，各栏相加为 {parts}。"
            flags.append(Flag(table.id, row, column.id, text))
    return whole


def _compare(table: Table, printed: Line, summed_up: Line, flags: list[Flag]) -> None:
    for column in table.columns:
        was, now = printed.cells[column.id], summed_up.cells[column.id]
        if column.is_ == RATE or was.blank:
            continue
        if (was.fen, now.fen) != (0, 0) and was.fen != now.fen and column.is_ == MONEY:
            flags.append(
                Flag(table.id, printed.title, column.id, f"合计行的“{column.title}”与各行之和不符。")
            )
        elif column.is_ != MONEY and was.count != now.count:
            text = f"合计行的“{column.title}”写作 {was.count}，各行相加为 {now.count}。"
            flags.append(Flag(table.id, printed.title, column.id, text))


def grid(rows: Sequence[Sequence[str]], scheme: Scheme) -> list[Given]:
    """The tables that stand in a sheet, found by their headers, whatever stands above and between.

    Of a header of several rows with merged cells the title of a column is the lowest text above its numbers.
    """
    found: list[Given] = []
    at = 0
    while (head := _header(rows, at, scheme)) is not None:
        titles = _titles(rows, head)
        at, body = head + 1, []
        if at < len(rows) and not any(cell.strip() for cell in rows[at]):
            at += 1  # the lower half of a header that is merged downwards
        while at < len(rows) and any(cell.strip() for cell in rows[at]) and not _is_header(rows[at], scheme):
            body.append(_grid_row(rows[at], titles))
            at += 1
        lines = tuple((title, values) for title, values in body if any(values.values()))
        if lines:
            found.append(Given(lines, _unit_above(rows, head)))
    return found


def _is_header(row: Sequence[str], scheme: Scheme) -> bool:
    names = [cell for cell in row if cell.strip() and not _NUMBER.fullmatch(cell.strip())]
    known = max(sum(column_of(one, name) is not None for name in names) for one in scheme.tables)
    return known >= 2


def _header(rows: Sequence[Sequence[str]], start: int, scheme: Scheme) -> int | None:
    """The last row of the next header: the row after it no longer names columns."""
    for at in range(start, len(rows)):
        if _is_header(rows[at], scheme):
            while at + 1 < len(rows) and _is_header(rows[at + 1], scheme):
                at += 1
            return at
    return None


def _titles(rows: Sequence[Sequence[str]], head: int) -> dict[int, str]:
    width = max(len(row) for row in rows[max(0, head - 2) : head + 1])
    titles: dict[int, str] = {}
    for place in range(width):
        for at in range(head, max(-1, head - 3), -1):
            text = rows[at][place].strip() if place < len(rows[at]) else ""
            if text and not _NUMBER.fullmatch(text):
                titles[place] = text
                break
    return titles


def _grid_row(row: Sequence[str], titles: Mapping[int, str]) -> tuple[str, dict[str, Value]]:
    """The label of a row (its first text) and its values by title."""
    label_at = next((n for n, cell in enumerate(row) if cell.strip() and not _is_amount(cell)), None)
    values: dict[str, Value] = {
        title: (row[place].strip() or None) if place < len(row) else None
        for place, title in titles.items()
        if place != label_at and plain(title) not in ("序号", "单位", "执法主体", "实施主体", "机关", "名称")
    }
    return (row[label_at].strip() if label_at is not None else "本机关"), values


def _is_amount(cell: str) -> bool:
    return cell.strip() in _NOTHING or re.fullmatch(r"[+-]?[0-9,]*\.?[0-9]+", cell.strip()) is not None


def _unit_above(rows: Sequence[Sequence[str]], head: int) -> str:
    """单位：万元, as it stands above many tables."""
    for row in rows[max(0, head - 4) : head]:
        for cell in row:
            match = re.search(r"单位[:：]?\s*(?:宗|件|次)?[、，,/]?\s*(万?元)", cell)
            if match:
                return _UNITS[match.group(1)]
    return ""
