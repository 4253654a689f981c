"""Reads a workbook by calamine in a process of its own: ``python xls_worker.py FILE`` prints JSON lines.

A damaged file can make the reading library ask for absurd amounts of memory, which ends the whole process at
once; here that process is only this one. Lines: ``{"sheet": name, "merged": [[first, last, column]]}``, then
``[number, [values]]``; a final ``{"end": true}``, or ``{"error": kind}``. Dates are ``{"at": iso}``, durations ``{"seconds": n}``.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

_MAX_MEMORY_BYTES = 2_000_000_000


def main(path: str, most_columns: int) -> None:
    """Print the visible worksheets of the file."""
    _limit_memory()
    try:
        # From a stream, because a path would be judged by its extension.
        book = CalamineWorkbook.from_filelike(io.BytesIO(Path(path).read_bytes()))
        for sheet in book.sheets_metadata:
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
                _sheet(book, sheet.name, most_columns)
    except PasswordError:
        _line({"error": "encrypted"})
    except (CalamineError, OSError, ValueError):
        _line({"error": "damaged"})
    else:
        _line({"end": True})


def _sheet(book: CalamineWorkbook, name: str, most_columns: int) -> None:
    sheet = book.get_sheet_by_name(name)
    _line({"sheet": name, "merged": _merged(sheet)})
    # Leading empty columns are left out by the library, leading empty rows are not.
    left = [None] * min(sheet.start[1] if sheet.start else 0, most_columns)
    for number, values in enumerate(sheet.iter_rows(), start=1):
        _line([number, [*left, *(_value(value) for value in values[: most_columns - len(left)])]])


def _merged(sheet: CalamineSheet) -> list[list[int]]:
    """Cells merged downwards: first and last row from 1, column from 0."""
    areas = sheet.merged_cell_ranges or ()
    return [[top + 1, bottom + 1, column] for (top, column), (bottom, _) in areas if bottom > top]


def _value(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return {"at": value.isoformat()}
    if isinstance(value, timedelta):
        return {"seconds": value.total_seconds()}
    return None if value == "" else value


def _line(content: Any) -> None:
    sys.stdout.write(json.dumps(content) + "\n")


def _limit_memory() -> None:
    """Bound the address space where the system can; without it the process still dies alone."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
