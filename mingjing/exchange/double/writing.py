"""双公示 records on their way out: a workbook or a CSV file in the columns of the standard.

What is written is read back field by field by ``reading``: text cells only, 万元 with six decimals, days as
2026/01/05. Cells that a table program would run as formulas are made harmless.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import IO

import xlsxwriter

from mingjing.kernel.refused import Refused
from mingjing.law.codex.double_sets import FieldSet

from ..errors_workbook import harmless
from .rows import CreditFacts
from .values import outside

FORMATS = ("xlsx", "csv")
_WIDE = {"CF_SY": 48, "CF_NR": 40, "CF_YJ": 40, "XK_NR": 40}


def header(edition: FieldSet) -> list[list[str]]:
    """The rows above the records: names, codes, as the edition wants them."""
    return [[getattr(one, what) for one in edition.fields] for what in edition.header]


def line(edition: FieldSet, facts: CreditFacts) -> list[str]:
    """A record as a row of texts."""
    return [outside(one, facts.values.get(one.code)) for one in edition.fields]


def write(path: Path, sheets: Sequence[tuple[FieldSet, Iterable[CreditFacts]]], form: str) -> int:
    """Write the records; the number of them. A CSV file holds one kind only.

    Raises: Refused ``out-unwritable``, ``one-kind-only``.
    """
    if form == "csv" and len(sheets) != 1:
        raise Refused(
            "one-kind-only",
            "CSV 文件只能装一种数据。",
            remedy="请加 --kind penalty 或者 --kind permit，或者用 xlsx。",
        )
    _require_writable(path)
    return _csv(path, *sheets[0]) if form == "csv" else _xlsx(path, sheets)


def _require_writable(path: Path) -> None:
    try:
        path.touch()
    except (OSError, ValueError) as error:  # a name with a zero byte is no name
        raise Refused("out-unwritable", f"无法写入 {path}。", remedy="请用 --out 指定可写的位置。") from error


def _csv(path: Path, edition: FieldSet, records: Iterable[CreditFacts]) -> int:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        return write_csv(file, edition, records)


def write_csv(file: IO[str], edition: FieldSet, records: Iterable[CreditFacts]) -> int:
    """The records as CSV; the number of them."""
    writer = csv.writer(file)
    writer.writerows(header(edition))
    count = 0
    for facts in records:
        writer.writerow([harmless(text) for text in line(edition, facts)])
        count += 1
    return count


def _xlsx(path: Path, sheets: Sequence[tuple[FieldSet, Iterable[CreditFacts]]]) -> int:
    count = 0
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        # The same records give the same bytes: a workbook would otherwise tell the second it was made.
        book.set_properties({"created": datetime.combine(sheets[0][0].in_force, time(), UTC)})
        bold = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#EEF2F7", "border": 1})
        for edition, records in sheets:
            page = book.add_worksheet(edition.title)
            for place, one in enumerate(edition.fields):
                page.set_column(place, place, _WIDE.get(one.code, 18))
            for number, titles in enumerate(header(edition)):
                page.write_row(number, 0, titles, bold)
            page.freeze_panes(len(edition.header), 1)
            for number, facts in enumerate(records, start=len(edition.header)):
                for place, text in enumerate(line(edition, facts)):
                    page.write_string(number, place, text)
                count += 1
    return count
