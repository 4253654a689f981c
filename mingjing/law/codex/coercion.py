"""Coercive powers: ``codex/coercion/*.toml``, each a measure that a statute lets an organ take.

Source: 行政强制法 art. 10 (measures are set by statute), 13 (execution is), 17 (taken only by the organ named).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mingjing.kernel.refused import Refused
from mingjing.law.codex import files

# 行政强制法 art. 9 (措施) and art. 12 (执行), as far as organs take them by themselves.
MEASURES = {
    "seal_place": "查封场所",
    "seal_goods": "查封设施、财物",
    "impound": "扣押财物",
    "freeze": "冻结存款、汇款",
    "cut_power": "停止供电",
    "cut_explosives": "停止供应民用爆炸物品",
    "hold_license": "扣留证件",
    "restrain": "限制公民人身自由",
}
EXECUTIONS = {
    "transfer": "划拨存款、汇款",
    "auction": "拍卖或者依法处理查封、扣押的财物",
    "remove": "排除妨碍、恢复原状",
    "demolish": "强制拆除违法建筑物、构筑物、设施",
    "substitute": "代履行",
    "substitute_at_once": "立即实施代履行",
}
KINDS = {**MEASURES, **EXECUTIONS}
GENERAL = "general"
APPROVERS = {"organ_head": "行政机关负责人", "principal": "主要负责人"}


@dataclass(frozen=True)
class CoercivePower:
    """法律授予的强制权: who may do what to which things, and what the law says of it.

    ``kinds`` are keys of ``KINDS``. ``organ_fields`` and ``items`` (codes of power items) are empty where the
    statute does not narrow them. ``remedied`` names the event until which the law lets the measure last in
    place of a term (违法状态消除); ``approver`` who must approve it.
    """

    code: str
    field: str
    title: str
    kinds: tuple[str, ...]
    basis: str
    organ_fields: tuple[str, ...]
    items: tuple[str, ...]
    objects: str
    remedied: str
    approver: str
    notes: tuple[str, ...]
    in_force: date
    until: date | None
    sure: str
    file: str

    @property
    def kinds_in_words(self) -> str:
        """The measures as people call them."""
        return "、".join(KINDS.get(kind, kind) for kind in self.kinds)

    def valid(self, on: date) -> bool:
        """Whether the power exists on that day."""
        return self.in_force <= on and (self.until is None or on < self.until)

    def serves(self, field: str, organ_field: str) -> bool:
        """Whether an organ of that kind has the power in matters of that field."""
        in_field = self.field in (GENERAL, field)
        return in_field and (not self.organ_fields or organ_field in self.organ_fields)

    def covers(self, item: str | None) -> bool:
        """Whether the power serves matters that rest on this power item (its code)."""
        return not self.items or item in self.items


def coercive_powers() -> tuple[CoercivePower, ...]:
    """Every coercive power of the codex, in order of file and place.

    Raises: Refused ``codex-wrong``, ``codex-unreadable``.
    """
    return files.kept("coercion", ["coercion"], _read)


def _read() -> tuple[CoercivePower, ...]:
    return tuple(one for path in files.files("coercion") for one in _powers(path))


def _powers(path: Path) -> list[CoercivePower]:
    keys = files.Keys(files.read(path), files.shown(path))
    keys.get("title", str)
    field = keys.get("field", str)
    powers = [_power(table, field) for table in keys.tables("powers")]
    keys.done()
    return powers


def _power(keys: files.Keys, field: str) -> CoercivePower:
    power = CoercivePower(
        code=keys.get("code", str),
        field=field,
        title=keys.get("title", str),
        kinds=keys.texts("kinds"),
        basis=keys.get("basis", str),
        organ_fields=keys.texts("organ_fields"),
        items=keys.texts("items"),
        objects=keys.get("objects", str),
        remedied=keys.text("remedied"),
        approver=keys.text("approver") or "organ_head",
        notes=keys.texts("notes"),
        in_force=keys.get("in_force", date),
        until=keys.maybe("until", date),
        sure=keys.get("sure", str),
        file=keys.file,
    )
    keys.done()
    for kind in power.kinds:
        if kind not in KINDS:
            raise Refused(
                "codex-wrong",
                f"{keys.file}：{keys.name('kinds')} “{kind}”不是强制的种类。",
                remedy=f"应为 {'、'.join(KINDS)} 之一。",
            )
    return power
