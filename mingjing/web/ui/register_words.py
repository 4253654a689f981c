"""Registers in words: states, causes to revise, and what changed between two editions, for desk and public."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mingjing.publicity.registers.comparing import RowChange
from mingjing.publicity.registers.file import columns_of

from .wording import law_refs

# State of an edition: in words, and the colour of its tag.
STATES: Mapping[str, tuple[str, str]] = {
    "draft": ("编制中", "blue"),
    "submitted": ("待确认", "amber"),
    "returned": ("已退回", "red"),
    "confirmed": ("已确认", "green"),
}
CAUSES: Mapping[str, str] = {
    "repealed": "法律废止",
    "amended": "法律修改",
    "power": "权责事项变动",
    "procedure": "程序换新版本",
    "benchmark": "裁量基准变动",
    "organ": "机构变动",
    "officer": "人员变动",
}
_CHANGES = {"added": ("新增", "green"), "removed": ("删去", "red"), "changed": ("修改", "amber")}
SHORT = 12  # of a digest of which people need to see only that it changed


def changes_in_words(
    edition: Any, changes: Iterable[RowChange], labels: Mapping[str, str], *, public: bool = False
) -> list[dict[str, Any]]:
    """Rows that changed, each with its name, kind of change and cells (label, before, after).

    ``public`` leaves out the fields that are not for everybody, and rows in which only those changed.
    """
    columns = {one.id: one for one in columns_of(edition) if one.public or not public}
    told = []
    for change in changes:
        cells = [_cell(columns[cell.field], cell) for cell in change.cells if cell.field in columns]
        word, colour = _CHANGES[change.state]
        if cells:
            name = labels.get(change.key, change.key)
            told.append(
                {
                    "key": change.key,
                    "name": name,
                    "word": word,
                    "colour": colour,
                    "state": change.state,
                    "cells": cells,
                }
            )
    return told


def _cell(column: Any, cell: Any) -> dict[str, str]:
    return {"label": column.label, "before": _said(column, cell.before), "after": _said(column, cell.after)}


def _said(column: Any, value: Any) -> str:
    text: str = column.said(value)
    if column.kind == "basis":
        return "、".join(one.text for one in law_refs(text))
    return text[:SHORT] if column.kind == "digest" else text
