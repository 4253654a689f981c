"""What a verification reports."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

SHOWN_FAULTS = 1000


@dataclass(frozen=True)
class Fault:
    """One thing that does not fit. ``where`` is an entry id, a leaf number, a path or a SHA-256."""

    code: str
    where: str
    message: str


@dataclass(frozen=True)
class Report:
    """What was looked at, and what was found; the first thousand faults are told one by one.

    ``size`` and ``published`` are sums over all logs.
    """

    entries: int
    waiting: int
    logs: int
    size: int
    published: int
    heads: int
    tiles: int
    blobs: int
    faults: tuple[Fault, ...]
    fault_count: int
    deep: bool
    lost: int = 0

    @property
    def clean(self) -> bool:
        """Whether everything fits."""
        return self.fault_count == 0

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        return {"clean": self.clean, **asdict(self)}

    def lines(self) -> list[str]:
        """The report for a terminal, in Chinese."""
        what = f"记录 {self.entries} 条，已编入 {self.size} 条，待编入 {self.waiting} 条，签名头 {self.heads} 个，文件 {self.blobs} 个"
        if self.lost:
            what += f"，其中 {self.lost} 条记录的原文已经遗失（恢复旧备份后只找回了校验值）"
        if self.clean:
            return [f"核验通过：{what}，全部相符{'（含文件内容）' if self.deep else ''}。"]
        told = [f"  {one.where}：{one.message}" for one in self.faults]
        return [f"核验不通过：{what}，发现 {self.fault_count} 处不符。", *told]


class Findings:
    """Faults as they are found: all counted, the first ones kept."""

    def __init__(self) -> None:
        self.count = 0
        self.lost = 0
        self.kept: list[Fault] = []

    def add(self, code: str, where: object, message: str) -> None:
        """Note one fault; ``message`` is a Chinese sentence."""
        self.count += 1
        if len(self.kept) < SHOWN_FAULTS:
            self.kept.append(Fault(code, str(where), message))
