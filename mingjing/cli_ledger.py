"""The command for the ledger of papers: every series of an organ in a year, and whether a number is missing."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from mingjing import cli_words

Result = tuple[Any, list[str], bool]
Adder = Callable[[Any, str, str, Callable[[argparse.Namespace], Result]], argparse.ArgumentParser]


def add_commands(commands: Any, add: Adder) -> None:
    """Put ``ledger`` beside the other commands."""
    one = add(commands, "ledger", "文书台账：各字号编到第几号、作废、缺号；有缺号的返回 1", _ledger)
    one.add_argument("--organ", required=True, help="机关代码")
    one.add_argument("--year", type=cli_words.whole(1000, 9999), default=None, help="年度，默认今年")
    one.add_argument("--out", default="", metavar="文件", help="把逐号台账写成 CSV")


def _ledger(options: argparse.Namespace) -> Result:
    cli_words.prepare()
    from mingjing.cases import queries as cases

    organ = cli_words.organ(options.organ)
    year = options.year or options.now().year
    rows = cases.series_rows(organ, year)
    told: dict[str, Any] = {
        "organ": organ.code,
        "year": year,
        "series": [{**asdict(one), "missing": one.missing} for one in rows],
        "missing": sum(one.missing for one in rows),
    }
    lines = [
        f"{one.label}：编到 {one.last} 号，有效 {one.issued}，文书作废 {one.void}，空号作废 {one.unused}，"
        f"号段中未用 {one.held}，平台启用前 {one.before}，缺号 {one.missing}"
        for one in rows
    ] or [f"{organ.name} {year} 年没有编号的文书。"]
    if options.out:
        cli_words.write(options.out, _file(organ, year))
        told["file"] = options.out
        lines.append(f"逐号台账写入 {options.out}。")
    return told, lines, told["missing"] == 0


def _file(organ: Any, year: int) -> str:
    """The ledger as the text of a CSV file that table programs open as UTF-8."""
    from mingjing.cases import queries as cases
    from mingjing.exchange.errors_workbook import harmless

    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(cases.LEDGER_HEADS)
    for row in cases.whole_ledger(organ, year):
        writer.writerow([harmless(value) for value in row.cells()])
    return f"\ufeff{file.getvalue()}"
