"""``import payments FILE``: a bank's reconciliation file that closes payment slips.

The platform never takes money itself. Source: 行政处罚法 art. 67 (separation of penalty and collection).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from mingjing.cases import actions as cases
from mingjing.insight.amounts import narrow
from mingjing.kernel import numerals
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor

from .days import day_in
from .errors_workbook import ErrorsWorkbook
from .report import Report
from .tables import Column, Row, clean_number, open_table

COLUMNS = (
    Column(
        "code",
        (
            "缴款码",
            "缴款识别码",
            "缴款书编码",
            "缴款书号",
            "缴款书号码",
            "缴费码",
            "电子缴款码",
            "缴款编号",
            "缴款单号",
            "缴款通知书号",
            "执收码",
        ),
        required=True,
        clean=clean_number,
    ),
    Column(
        "amount",
        (
            "实缴金额",
            "到账金额",
            "入账金额",
            "缴款金额",
            "交易金额",
            "收款金额",
            "缴费金额",
            "贷方金额",
            "金额",
        ),
        required=True,
    ),
    Column(
        "paid_on",
        (
            "缴款日期",
            "缴费日期",
            "到账日期",
            "入账日期",
            "交易日期",
            "缴款时间",
            "缴费时间",
            "到账时间",
            "交易时间",
            "收款日期",
            "记账日期",
        ),
        clean=clean_number,
    ),
    Column(
        "reference",
        (
            "银行流水号",
            "交易流水号",
            "流水号",
            "银行流水",
            "凭证号",
            "凭证号码",
            "回单号",
            "回单编号",
            "参考号",
        ),
        clean=clean_number,
    ),
    Column("payer", ("缴款人", "缴款人名称", "付款人", "付款人名称", "付款户名", "对方户名")),
)
# Table programs count days from here; a date column without date format comes as such a number.
_UNIT_FEN = {"分": 1, "元": 100, "万元": 1_000_000}


_FAULTS = {
    "no-code": "code",
    "unknown-code": "code",
    "bad-amount": "amount",
    "wrong-amount": "amount",
    "bad-date": "paid_on",
    "no-reference": "reference",
}
_FIGURE = re.compile(r"[0-9]+(\.[0-9]+)?")
_MOST_FEN = 10**15


def fault_of(refused: Refused) -> str:
    """The field whose value a refusal is about, empty where it is the whole row."""
    return _FAULTS.get(refused.code, "")


@dataclass(frozen=True)
class Line:
    """One payment as the bank tells it."""

    code: str
    amount_fen: int
    paid_on: date
    reference: str


def import_payments(
    path: Path, report: Report, errors: ErrorsWorkbook, *, actor: Actor, at: datetime
) -> Iterator[int]:
    """Confirm the payments line by line, each in its own transaction; yields the lines read so far.

    Raises: Refused as ``open_table``.
    """
    table = open_table(path, COLUMNS, what="银行对账单")
    report.format = table.format.value
    seen: dict[str, int] = {}
    for read, row in enumerate(table.rows, start=1):
        try:
            line = read_line(row, at.date())
            if line.reference in seen:
                report.unchanged += 1
                report.notes.append(f"第 {row.number} 行流水号与第 {seen[line.reference]} 行相同，只计一次。")
            else:
                seen[line.reference] = row.number
                _confirm(line, report, actor, at)
        except Refused as refused:
            errors.reject(row, refused)
            report.reject(refused.reason)
        yield read


def _confirm(line: Line, report: Report, actor: Actor, at: datetime) -> None:
    taken = cases.confirm_payment(
        code=line.code,
        amount_fen=line.amount_fen,
        paid_on=line.paid_on,
        bank_reference=line.reference,
        actor=actor,
        at=at,
    )
    if taken is None:
        report.unchanged += 1
    else:
        report.accepted += 1
        report.changed += 1


def read_line(row: Row, today: date) -> Line:
    """The payment in a row.

    Raises: Refused ``row-damaged``, ``no-code``, ``bad-amount``, ``bad-date``, ``no-reference``.
    """
    if row.fault:
        raise Refused("row-damaged", f"{row.fault}。", remedy="请核对这一行，改正后重新导入。")
    for name, title in (("code", "缴款码"), ("reference", "流水号")):
        doubt = row.cells[name].doubt if name in row.cells else ""
        if doubt:
            raise Refused("row-damaged", f"{title}：{doubt}。", remedy="请让银行以文本格式导出这一列。")
    code = "".join(row.text("code").split())
    if not code or code in ("合计", "总计", "小计"):
        raise Refused(
            "no-code", "这一行没有缴款码，不是缴款明细。", remedy="合计行可以不导入；明细请补上缴款码。"
        )
    reference = row.text("reference")
    if not reference:
        raise Refused(
            "no-reference", "这一行没有银行流水号，无法防止重复入账。", remedy="请让银行补上流水号。"
        )
    return Line(code, _amount(row), _paid_on(row, today), reference[:80])


def _amount(row: Row) -> int:
    text = row.text("amount")
    unit = row.units.get("amount", "元").replace("人民币", "").replace("单位", "").strip(":： ")
    scale = _UNIT_FEN.get(unit, 100)
    figure = narrow(text).replace(",", "").replace("，", "")
    if scale != 100 and len(figure) < 20 and _FIGURE.fullmatch(figure):
        exact = Decimal(figure) * scale
        if exact != int(exact):
            raise Refused("bad-amount", f"金额“{text}{unit}”不足一分的部分无法记账。", remedy="请核对金额。")
        fen = int(exact)
    else:
        fen = numerals.parse_yuan(text)
    return _positive(text, fen)


def _positive(text: str, fen: int) -> int:
    if not 0 < fen <= _MOST_FEN:
        why = "为零" if fen == 0 else "过大"
        raise Refused("bad-amount", f"金额“{text}”{why}。", remedy="请核对金额。")
    return fen


def _paid_on(row: Row, today: date) -> date:
    text = row.text("paid_on")
    day = day_in(text)
    if day is None:
        raise Refused("bad-date", f"缴款日期“{text}”无法识别。", remedy="请写成 2026-03-02。")
    if day > today or day.year < 2000:
        raise Refused("bad-date", f"缴款日期 {day} 不可能：晚于今天或早于 2000 年。", remedy="请核对日期。")
    return day
