"""``import laws PATH``: statute texts; the reading is the law room's, the account is ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mingjing.law import actions as law

_SHOWN = 8


@dataclass(frozen=True)
class LawsReport:
    """The account of one import of statute texts."""

    told: law.ImportReport
    name: str

    @property
    def accepted(self) -> int:
        """New and changed wordings."""
        return self.told.versions

    @property
    def unchanged(self) -> int:
        """Wordings held already."""
        return self.told.unchanged + self.told.kept_other_source

    @property
    def rejected(self) -> int:
        """Files that gave no statute."""
        return len(self.told.refused)

    @property
    def well(self) -> bool:
        """Files that are no statute are told, but spoil nothing."""
        return self.told.files > len(self.told.refused)

    def as_dict(self) -> dict[str, object]:
        """JSON-ready."""
        return {"kind": "laws", "name": self.name, **self.told.as_dict()}

    def lines(self) -> list[str]:
        """For the terminal, in Chinese."""
        told = self.told
        lines = [
            f"{self.name}：读取 {told.files} 个文本，新增或补全 {told.versions} 个文本版本"
            f"（{told.articles} 条），未变 {told.unchanged}，已有其他来源 {told.kept_other_source}，"
            f"不能作为法律文本读取 {len(told.refused)}。"
        ]
        if told.undated:
            lines.append(f"施行日期待核的版本 {len(told.undated)} 个。")
        if told.damaged:
            lines.append(f"原文有缺损、暂不采用个别条文的文本 {len(told.damaged)} 个。")
        lines += [f"  {file}：{reason}" for file, reason in told.refused[:_SHOWN]]
        if len(told.refused) > _SHOWN:
            lines.append(f"  ……另有 {len(told.refused) - _SHOWN} 个，用 --json 查看全部。")
        return lines


def import_laws(
    path: str | Path, *, at: datetime, progress: Callable[[int], None] | None = None
) -> LawsReport:
    """Import statute texts from a folder, a file or the installed package by its name.

    Raises: Refused as ``law.actions.import_statutes``.
    """
    read = 0

    def count(_file: str) -> None:
        nonlocal read
        read += 1
        if progress is not None:
            progress(read)

    return LawsReport(law.import_statutes(path, at, progress=count), Path(path).name)
