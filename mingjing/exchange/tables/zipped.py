"""Workbooks that are ZIP archives (xlsx, xlsb, ods): guards against lying and swollen ones, and which they are."""

from __future__ import annotations

import zipfile
from pathlib import Path

from mingjing.kernel.refused import Refused
from mingjing.kernel.zips import TORN

# A workbook of a million filled rows is about 150 MB of XML; beyond these it is a zip bomb or no list.
MAX_ENTRIES = 5_000
MAX_UNPACKED_BYTES = 1_000_000_000
MAX_STRINGS_BYTES = 200_000_000
_SUSPECT_BYTES = 100_000_000
_SUSPECT_RATIO = 200
# What else office programs save as an archive, by a part that only it has.
_FOREIGN = {
    "word/document.xml": "Word 文档，不是表格",
    "ppt/presentation.xml": "演示文稿，不是表格",
}


def kind_of(path: Path) -> str:
    """Which workbook the archive is: xlsx, xlsb or ods.

    Raises: Refused ``file-damaged``, ``file-encrypted``, ``file-foreign``, ``file-too-big``.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise encrypted(path)
            names = {entry.filename.lower() for entry in entries}
            is_ods = "mimetype" in names and b"opendocument.spreadsheet" in _mimetype(archive)
    except TORN as error:
        raise damaged(path, error) from error
    _require_workbook(path, names, is_ods=is_ods)
    _bound(path, entries)
    return "ods" if is_ods else "xlsb" if "xl/workbook.bin" in names else "xlsx"


def _mimetype(archive: zipfile.ZipFile) -> bytes:
    with archive.open("mimetype") as part:
        return part.read(200)


def _require_workbook(path: Path, names: set[str], *, is_ods: bool) -> None:
    for part, what in _FOREIGN.items():
        if part in names:
            raise Refused(
                "file-foreign", f"{path.name} 是{what}。", remedy="请把其中的表格另存为 xlsx 或 csv 后导入。"
            )
    if not is_ods and "[content_types].xml" not in names:
        raise Refused(
            "file-foreign",
            f"{path.name} 是压缩包，不是工作簿。",
            remedy="请先解压，再逐个导入其中的表格。",
        )


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


def damaged(path: Path, error: BaseException, sheet: str = "", row: int = 0) -> Refused:
    """The refusal for a workbook that breaks off or cannot be parsed, with the place."""
    where = f"工作表“{sheet}”第 {row} 行之后" if sheet else "文件"
    return Refused(
        "file-damaged",
        f"{path.name} 已损坏或不完整：{where}无法读取（{type(error).__name__}）。",
        remedy="请重新导出或重新传输；也可用表格软件打开修复后另存。",
    )
