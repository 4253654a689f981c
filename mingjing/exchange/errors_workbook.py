"""The workbook of rejected rows: every row that was not taken in, with the reason and its original values.

Rows that were taken in with doubts stand on a sheet of their own, so that whoever sent them can look again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import xlsxwriter
from django.conf import settings

from mingjing.kernel.cells import inert
from mingjing.kernel.refused import Refused

from .tables import Row

_MOST_CHARS = 32_000
_DOUBTED = ("工作表", "行号", "存疑之处")
_FIXED = ("工作表", "行号", "列", "原值", "未导入的原因", "怎么办")
# A sheet of the format holds no more; further rows go to a further sheet.
MOST_ROWS = 1_000_000
# Characters that XML knows not even as references; a workbook that holds one does not open.
NO_XML = dict.fromkeys((*range(0xD800, 0xE000), 0xFFFE, 0xFFFF), "\ufffd")


def place_for(source: Path, given: Path | None = None) -> Path:
    """Where the workbook goes: as given, else beside the file, else under the data folder of the platform."""
    if given is not None:
        return given
    name = f"{source.stem}.errors.xlsx"
    if os.access(source.parent, os.W_OK):
        return source.with_name(name)
    return settings.MINGJING_VAR / "imports" / name


def harmless(text: str) -> str:
    """The text as a table program will only show it: formulas get a leading apostrophe, long text is cut."""
    kept = text if len(text) <= _MOST_CHARS else f"{text[:_MOST_CHARS]}…（原文过长，已截断）"
    return inert(kept.translate(NO_XML))


class ErrorsWorkbook:
    """Collects rejected rows into ``path``; without any, no file is made and an older one is removed.

    Used as a context manager. Memory: one row, whatever the number of rows.
    Raises: Refused ``errors-unwritable`` at the first rejected row.
    """

    def __init__(
        self,
        path: Path,
        fields: Sequence[tuple[str, str]],
        fault_of: Callable[[Refused], str] = lambda _refused: "",
    ) -> None:
        self.path = path
        self.rows = 0
        self.doubted = 0
        self._fields = tuple(fields)
        self._fault_of = fault_of
        self._book: xlsxwriter.Workbook | None = None
        self._page: xlsxwriter.worksheet.Worksheet | None = None
        self._doubts: xlsxwriter.worksheet.Worksheet | None = None

    def __enter__(self) -> ErrorsWorkbook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._book is not None:
            self._book.close()
            self._partial.replace(self.path)
        elif kind is None:
            self.path.unlink(missing_ok=True)

    def reject(self, row: Row, refused: Refused) -> None:
        """Add a row with the reason why it was refused, and the cell at fault where it is one cell's."""
        field = self._fault_of(refused)
        originals = row.originals()
        place = [row.sheet, str(row.number), row.column(field), originals.get(field, "")]
        told = [*place, refused.reason, refused.remedy or ""]
        self._write([*told, *(originals.get(name, "") for name, _ in self._fields)])

    def doubt(self, row: Row, reasons: Sequence[str]) -> None:
        """Add a row that was taken in, with what is odd about it; at most a sheet of them is kept."""
        if self.doubted >= MOST_ROWS:
            return
        if self._doubts is None:
            self._doubts = self._sheet("存疑", (*_DOUBTED, *(title for _, title in self._fields)))
        self.doubted += 1
        originals = row.originals()
        told = [row.sheet, str(row.number), "".join(reasons)]
        self._put(self._doubts, self.doubted, [*told, *(originals.get(name, "") for name, _ in self._fields)])

    @property
    def _partial(self) -> Path:
        return self.path.with_name(f".{self.path.name}.part")

    def _write(self, values: Sequence[str]) -> None:
        if self._page is None or self.rows % MOST_ROWS == 0:
            number = self.rows // MOST_ROWS + 1
            titles = (*_FIXED, *(title for _, title in self._fields))
            self._page = self._sheet(f"未导入{number if number > 1 else ''}", titles)
        line = self.rows % MOST_ROWS + 1
        self.rows += 1
        self._put(self._page, line, values)

    def _put(self, page: xlsxwriter.worksheet.Worksheet, line: int, values: Sequence[str]) -> None:
        for column, value in enumerate(values):
            page.write_string(line, column, harmless(value))

    def _open(self) -> xlsxwriter.Workbook:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._partial.touch()
        except OSError as error:
            raise Refused(
                "errors-unwritable",
                f"无法写入错误清单 {self.path}（{error.strerror}）。",
                remedy="请把文件复制到可写的文件夹再导入。",
            ) from error
        return xlsxwriter.Workbook(self._partial, {"constant_memory": True, "strings_to_formulas": False})

    def _sheet(self, name: str, titles: Sequence[str]) -> xlsxwriter.worksheet.Worksheet:
        if self._book is None:
            self._book = self._open()
        page = self._book.add_worksheet(name)
        bold = self._book.add_format({"bold": True, "text_wrap": True})
        for column, title in enumerate(titles):
            page.write_string(0, column, title, bold)
        page.set_column(0, 1, 8)
        page.set_column(2, 3, 20)
        page.set_column(4, 5, 40)
        page.freeze_panes(1, 0)
        return page
