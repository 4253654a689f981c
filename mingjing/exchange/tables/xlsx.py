"""Excel workbooks (xlsx), streamed by openpyxl behind guards against lying and swollen files."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from mingjing.kernel.refused import Refused

from .cells import MAX_COLUMNS, Sheet, Value

# A workbook of a million filled rows is about 150 MB of XML; beyond these it is a zip bomb or no list.
MAX_ENTRIES = 5_000
MAX_ROWS = 1_048_576  # the format's own limit; a cell that claims to lie lower is lying
MAX_UNPACKED_BYTES = 1_000_000_000
MAX_STRINGS_BYTES = 200_000_000
_SUSPECT_BYTES = 100_000_000
_SUSPECT_RATIO = 200

# What a cell holds whose formula failed.
_ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"))

# openpyxl reports a damaged part by whatever its parser stumbles over; these are the ones seen under fuzzing.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    DefusedXmlException,
    InvalidFileException,
    EOFError,
    OSError,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
    OverflowError,
)


def xlsx_sheets(path: Path) -> Iterator[Sheet]:
    """The visible worksheets in order. Memory: one row, plus the table of shared strings.

    Raises: Refused ``file-too-big``, ``file-encrypted``, ``file-foreign``, ``file-damaged``.
    """
    _guard(path)
    with path.open("rb") as file:
        try:
            # A file object, because openpyxl judges a path by its extension.
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except DAMAGE as error:
            raise _damaged(path, error) from error
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                yield Sheet(sheet.title, _rows(path, sheet))


def _rows(path: Path, sheet: ReadOnlyWorksheet) -> Iterator[tuple[int, list[Value]]]:
    # The declared dimension is whatever the writing program left there; without it openpyxl reads what is.
    sheet.reset_dimensions()
    number, gap = 0, None
    rows = sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
    try:
        for number, values in enumerate(rows, start=1):
            if values is gap:  # openpyxl fills gaps with one and the same row
                continue
            trimmed = _trimmed(values)
            gap = gap if trimmed else values
            yield number, trimmed
    except DAMAGE as error:
        raise _damaged(path, error, sheet.title, number) from error


def _trimmed(values: tuple[Value, ...]) -> list[Value]:
    last = len(values)
    while last and values[last - 1] is None:
        last -= 1
    return [None if value in _ERRORS else value for value in values[:last]]


def _guard(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(path, error) from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise encrypted(path)
    if not any(name.lower() == "[content_types].xml" for name in names):
        raise Refused(
            "file-foreign",
            f"{path.name} 是压缩包，不是工作簿。",
            remedy="请先解压，再逐个导入其中的表格。",
        )
    _bound(path, entries)


def _bound(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse what would unpack beyond reason; Python never unpacks more than an entry declares."""
    packed = max(1, sum(entry.compress_size for entry in entries))
    unpacked = sum(entry.file_size for entry in entries)
    strings = max(
        (e.file_size for e in entries if e.filename.lower().endswith("sharedstrings.xml")), default=0
    )
    if len(entries) > MAX_ENTRIES:
        raise _too_big(path, f"含 {len(entries)} 个部件，上限 {MAX_ENTRIES} 个")
    if unpacked > MAX_UNPACKED_BYTES or strings > MAX_STRINGS_BYTES:
        raise _too_big(path, f"解压后有 {max(unpacked, strings) // 1_000_000} MB")
    if unpacked > _SUSPECT_BYTES and unpacked / packed > _SUSPECT_RATIO:
        raise _too_big(path, f"解压后膨胀 {unpacked // packed} 倍（{unpacked // 1_000_000} MB）")


def _too_big(path: Path, why: str) -> Refused:
    return Refused(
        "file-too-big",
        f"{path.name} {why}，超出安全上限，没有读取。",
        remedy="请核实文件来源；确为真实数据的，拆成几个文件或另存为 csv 后导入。",
    )


def encrypted(path: Path) -> Refused:
    """The refusal for a workbook locked by a password."""
    return Refused(
        "file-encrypted", f"{path.name} 有打开密码，无法读取。", remedy="请去除密码后重新保存再导入。"
    )


def _damaged(path: Path, error: BaseException, sheet: str = "", row: int = 0) -> Refused:
    where = f"工作表“{sheet}”第 {row} 行之后" if sheet else "文件"
    return Refused(
        "file-damaged",
        f"{path.name} 已损坏或不完整：{where}无法读取（{type(error).__name__}）。",
        remedy="请重新导出或重新传输；也可用表格软件打开修复后另存。",
    )
