"""Old Excel workbooks (xls, BIFF), read by calamine; the format itself ends at 65,536 rows a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from mingjing.kernel.refused import Refused

from .cells import MAX_COLUMNS, Sheet, Value
from .xlsx import encrypted

# calamine holds the workbook in memory, so the file itself is bounded.
MAX_BYTES = 100_000_000
# How a workbook of the xlsx kind looks when a password wraps it into an OLE2 file ([MS-OFFCRYPTO] 2.3.2).
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def xls_sheets(path: Path) -> Iterator[Sheet]:
    """The visible worksheets in order.

    Raises: Refused ``file-too-big``, ``file-encrypted``, ``file-damaged``.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Refused(
            "file-too-big",
            f"{path.name} 有 {size // 1_000_000} MB，超过 xls 的上限 {MAX_BYTES // 1_000_000} MB。",
            remedy="请另存为 xlsx 或 csv 后再试。",
        )
    if _ENCRYPTED_PACKAGE in path.read_bytes():
        raise encrypted(path)
    try:
        book = CalamineWorkbook.from_path(path)
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        for name in names:
            yield Sheet(name, _rows(book, name))
    except PasswordError:
        raise encrypted(path) from None
    except (CalamineError, OSError, ValueError) as error:
        raise Refused(
            "file-damaged",
            f"{path.name} 已损坏或不完整，无法作为 xls 读取（{type(error).__name__}）。",
            remedy="请用表格软件打开后另存为 xlsx 再导入。",
        ) from error


def _rows(book: CalamineWorkbook, name: str) -> Iterator[tuple[int, list[Value]]]:
    sheet = book.get_sheet_by_name(name)
    first = sheet.start[0] if sheet.start else 0
    for number, values in enumerate(sheet.iter_rows(), start=1):
        if number > first or values:
            yield number, [None if value == "" else value for value in values[:MAX_COLUMNS]]
