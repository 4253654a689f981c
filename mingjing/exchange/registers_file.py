"""A register from a workbook: the columns of one edition, met under their labels; each row judged as on the desk.

Drawn fields in the file tell which row is meant and are otherwise left alone. Source: 达州三项制度方案/2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.publicity import actions as publicity
from mingjing.publicity.registers import queries
from mingjing.publicity.registers.file import columns_of
from mingjing.publicity.registers.kinds import Column as Field

from .days import day_in
from .errors_workbook import ErrorsWorkbook
from .report import Report
from .tables import Column, Row, open_table

# Words that other people's lists use for the same things.
_ALSO: Mapping[str, tuple[str, ...]] = {
    "item": ("事项", "事项名称", "检查事项", "抽查事项", "抽查项目", "违法行为", "违法行为名称"),
    "legal_basis": ("依据", "法律依据", "设定依据", "检查依据", "实施依据", "处罚依据", "法定依据"),
    "object": ("对象", "检查对象", "抽查对象"),
    "way": ("方式", "检查方式", "抽查方式"),
    "code": ("编码", "事项编码", "职权编码"),
    "number": ("证件号码", "执法证号", "证件编号"),
    "unit": ("承办机构", "承办科室"),
    "violation": ("违法行为", "违法情形"),
    "act": ("行为类别", "执法类别", "权力类型", "事项类别"),
    "tier": ("裁量阶次", "裁量档次", "裁量等级", "违法程度"),
    "conditions": ("适用条件", "适用情形", "裁量情节", "具体情形", "违法情节"),
    "measure": ("裁量幅度", "裁量标准", "处罚标准", "处罚幅度", "具体标准"),
    "document": ("制定文件", "文件名称", "文号"),
}
_CITED = re.compile(r"《(?P<name>[^》]+)》第(?P<article>\d+)条")


def import_rows(
    path: Path,
    report: Report,
    errors: ErrorsWorkbook,
    *,
    edition_id: int,
    replace: bool,
    actor: Actor,
    at: datetime,
) -> None:
    """Put the rows of a file into an edition being drafted, at once; what is not taken goes to the workbook.

    Raises: Refused as ``open_table`` and ``publicity.put_rows``.
    """
    edition = queries.edition(edition_id)
    fields = columns_of(edition)
    table = open_table(path, layout(fields, edition), what=edition.register.title)
    report.format = table.format.value
    sound: list[tuple[Row, dict[str, Any]]] = []
    for row in table.rows:
        if row.fault:
            _reject(
                row, Refused("row-damaged", f"{row.fault}。", remedy="请改正后重新导入。"), report, errors
            )
        else:
            sound.append((row, values_of(row, fields)))
    answers = publicity.put_rows(
        edition_id=edition_id,
        rows=[values for _, values in sound],
        replace=replace,
        source=report.sha256,
        actor=actor,
        at=at,
    )
    for (row, _), refused in zip(sound, answers, strict=True):
        if refused is None:
            report.accepted += 1
        else:
            _reject(row, refused, report, errors)


def _reject(row: Row, refused: Refused, report: Report, errors: ErrorsWorkbook) -> None:
    errors.reject(row, refused)
    report.reject(refused.code)


def layout(fields: Sequence[Field], edition: Any) -> tuple[Column, ...]:
    """The columns to look for: a field by its label and what else it is called; those of the key are required."""
    labels = {one.label for one in fields}
    keys = queries.kind_of_register(edition.register).key or [fields[0].id]
    return tuple(
        Column(
            one.id,
            (one.label, *(name for name in _ALSO.get(one.id, ()) if name not in labels)),
            required=one.id in keys and len(fields) > 1,
        )
        for one in fields
    )


def values_of(row: Row, fields: Sequence[Field]) -> dict[str, Any]:
    """The cells of a row as a form would give them: choices by label, dates however written, 《法》第几条 as a basis."""
    told = {one.id: _value(one, row.text(one.id)) for one in fields}
    return {name: value for name, value in told.items() if value}


def _value(field: Field, text: str) -> str:
    text = text.strip()
    if field.choices:
        return next((code for code, label in field.choices if text in (label, code)), text)
    if field.kind == "date" and text:
        day = day_in(text)
        return day.isoformat() if day else text
    if field.kind == "basis":
        return _CITED.sub(r"\g<name>/\g<article>", text)
    return text.removesuffix(".0") if field.kind == "number" else text
