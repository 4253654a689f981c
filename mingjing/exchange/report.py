"""What an importer did, for people and for programs."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Report:
    """The account of one run: every row of the file is in exactly one of the three counts."""

    kind: str
    name: str
    sha256: str
    format: str = ""
    accepted: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    flagged: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    doubts: dict[str, int] = field(default_factory=dict)
    dry_run: bool = False
    notes: list[str] = field(default_factory=list)
    errors: Path | None = None

    @property
    def well(self) -> bool:
        """Whether the run needs no attention."""
        return self.rejected == 0

    def reject(self, reason: str) -> None:
        """Count a rejected row under its reason."""
        self.rejected += 1
        self.reasons[reason] = self.reasons.get(reason, 0) + 1

    def as_dict(self) -> dict[str, object]:
        """JSON-ready."""
        told = asdict(self)
        told["errors"] = str(self.errors) if self.errors else None
        return told

    def lines(self) -> list[str]:
        """For the terminal, in Chinese."""
        total = self.accepted + self.unchanged + self.rejected
        lines = [
            f"{self.name}（{self.format}）：共 {total} 行，新增 {self.created}，更新 {self.changed}，"
            f"未变 {self.unchanged}，未导入 {self.rejected}。"
        ]
        if self.dry_run:
            lines.insert(0, "试导入：只检查，没有保存任何内容。")
        if self.flagged:
            lines.append(
                f"其中 {self.flagged} 行存疑（如证件号码校验不符），已保留原值并标注，不作关联依据。"
            )
        lines += [f"  存疑 {count} 行：{what}" for what, count in sorted(self.doubts.items())]
        lines += [f"  未导入 {count} 行：{reason}" for reason, count in sorted(self.reasons.items())]
        lines += self.notes
        if self.errors:
            lines.append(f"未导入{'、存疑' if self.doubts else ''}的行及原因见 {self.errors}")
        return lines


def shown(path: Path) -> str:
    """A file's name fit to show and keep: names in GB18030, as old archives hold them, are read as such."""
    raw = os.fsencode(path.name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")
