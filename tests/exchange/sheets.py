"""Making the files that importers meet: sound ones and nasty ones."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

Rows = Sequence[Sequence[Any]]


def xlsx(path: Path, rows: Rows, *, sheet: str = "Sheet1", merged: Sequence[str] = ()) -> Path:
    """A workbook as office programs write it."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(list(row))
    for area in merged:
        page.merge_cells(area)
    book.save(path)
    return path


def many_rows(path: Path, header: Sequence[str], row: Callable[[int], Sequence[Any]], count: int) -> Path:
    """A long workbook, written in constant memory."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, header)
    for number in range(count):
        page.write_row(number + 1, 0, row(number))
    book.close()
    return path


def with_part(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """The same workbook with one part rewritten."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == part:
                data = change(data.decode()).encode()
            target.writestr(entry.filename, data)
    return path


def lying_dimension(path: Path, said: str) -> Path:
    """The workbook with another dimension declared than it has."""
    return with_part(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="{said}"', xml),
    )


def spreadsheetml(rows: Rows, *, encoding: str = "UTF-8") -> bytes:
    """SpreadsheetML 2003, as older reporting systems export it."""

    def cell(value: Any) -> str:
        return f'<Cell><Data ss:Type="String">{value}</Data></Cell>' if value is not None else "<Cell/>"

    body = "".join("<Row>" + "".join(cell(value) for value in row) + "</Row>" for row in rows)
    return (
        f'<?xml version="1.0" encoding="{encoding}"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="名单"><Table>{body}</Table></Worksheet></Workbook>'
    ).encode(encoding)


def html(rows: Rows, *, charset: str = "utf-8") -> bytes:
    """A web page that calls itself a workbook."""
    body = "".join("<tr>" + "".join(f"<td>{value}</td>" for value in row) + "</tr>" for row in rows)
    page = f'<html><head><meta charset="{charset}"></head><body><table>{body}</table></body></html>'
    return page.encode(charset)


def biff(rows: Rows) -> bytes:
    """A worksheet of Excel 2.1 (BIFF2) with text cells: the oldest member of the xls family."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    out = record(0x0009, struct.pack("<HH", 2, 0x0010))
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            text = str(value).encode("ascii")
            out += record(0x0004, struct.pack("<HH3xB", row, column, len(text)) + text)
    return out + record(0x000A, b"")


def xls(rows: Rows) -> bytes:
    """An Excel 97 workbook (BIFF8 in an OLE2 compound file) with one sheet of text cells."""
    return _compound(_workbook_stream(rows))


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _text(value: str, width: str) -> bytes:
    return struct.pack(width, len(value)) + b"\x01" + value.encode("utf-16-le")


def _workbook_stream(rows: Rows) -> bytes:
    bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0x41, 0x06)
    sheet_bof = struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0x41, 0x06)
    name = _text("Sheet1", "<B")
    head = _record(0x0809, bof) + _record(0x0042, struct.pack("<H", 1200))
    bound = len(head) + 4 + 6 + len(name) + 4
    head += _record(0x0085, struct.pack("<IBB", bound, 0, 0) + name) + _record(0x000A)
    cells = b"".join(
        _record(0x0204, struct.pack("<HHH", row, column, 0) + _text(str(value), "<H"))
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
    )
    return head + _record(0x0809, sheet_bof) + cells + _record(0x000A)


def _compound(stream: bytes) -> bytes:
    """One stream named Workbook in a compound file of 512-byte sectors ([MS-CFB] 2)."""
    size = max(4096, len(stream))
    stream = stream.ljust(-(-size // 512) * 512, b"\x00")
    count = len(stream) // 512
    free, end, fat_mark = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    fat_sectors = -(-(count + 2) // 127)
    chain = [*range(1, count), end, end, *[fat_mark] * fat_sectors]
    fat = chain + [free] * (fat_sectors * 128 - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, fat_sectors, count, 0, 4096, end, 0, end, 0)
    difat = [count + 1 + place for place in range(fat_sectors)]
    header += struct.pack("<109I", *(difat + [free] * (109 - fat_sectors)))
    directory = _entry("Root Entry", 5, end, 0, child=1) + _entry("Workbook", 2, 0, size)
    directory = directory.ljust(512, b"\x00")
    return header + stream + directory + struct.pack(f"<{len(fat)}I", *fat)


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    label = (name + "\x00").encode("utf-16-le")
    head = label.ljust(64, b"\x00") + struct.pack("<HBB", len(label), kind, 1)
    links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
    return head + links + b"\x00" * 36 + struct.pack("<IQ", start, size)
