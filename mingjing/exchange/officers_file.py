"""``import officers FILE --organ CODE``: the list of an organ's officers and certificates, as justice bureaus keep it.

People, certificates with their validity and examinations for the qualification are taken in; roles and accounts are
given one by one at the desk.
Source: 达州三项制度方案/2(1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs import actions as organs_actions
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.organs.models import Officer, Organ

from .days import day_in
from .errors_workbook import ErrorsWorkbook
from .report import Report
from .tables import Column, Row, clean_number, open_table

COLUMNS = (
    Column("name", ("姓名", "执法人员姓名", "人员姓名", "持证人", "持证人姓名"), required=True, vague=("名称", "人员")),
    Column(
        "number",
        ("执法证号", "执法证件号", "执法证件号码", "执法证号码", "执法证编号", "行政执法证号", "证件编号", "证件号码", "证号"),
        required=True,
        vague=("编号",),
        clean=clean_number,
    ),
    Column("unit", ("部门", "所在部门", "内设机构", "科室", "工作部门", "所属部门")),
    Column("post", ("职务", "职务职级", "岗位")),
    Column("kind", ("证件类型", "证件类别", "证件种类", "执法证类型")),
    Column("valid_from", ("发证日期", "有效期起", "有效期开始", "有效期自", "颁发日期", "签发日期")),
    Column(
        "valid_until",
        ("有效期止", "有效期至", "有效期截止", "有效期", "到期日期", "证件有效期", "有效期限"),
        required=True,
    ),
    Column("qualification", ("法律职业资格", "法律职业资格证号", "法律职业资格证书编号")),
    Column("examined_on", ("考试日期", "资格考试日期", "执法资格考试日期")),
    Column("examined", ("考试结果", "资格考试结果", "执法资格考试结果", "考试是否合格")),
    Column("examiner", ("考试组织单位", "资格考试组织单位")),
)  # fmt: skip
_FAULTS = {
    "no-name": "name",
    "no-number": "number",
    "bad-date": "valid_until",
    "other-holder": "number",
    "bad-result": "examined",
}
_FAILED, _PASSED = ("不合格", "未通过", "不通过", "未合格"), ("合格", "通过")


def fault_of(refused: Refused) -> str:
    """The field whose value a refusal is about, empty where it is the whole row."""
    return _FAULTS.get(refused.code, "")


@dataclass(frozen=True)
class Line:
    """A row understood."""

    name: str
    number: str
    unit: str
    post: str
    kind: str
    valid_from: date
    valid_until: date
    qualification: str
    exam: Exam | None


@dataclass(frozen=True)
class Exam:
    """What the list says of the examination for the qualification."""

    held_on: date
    passed: bool
    organizer: str


def import_officers(
    path: Path,
    report: Report,
    errors: ErrorsWorkbook,
    *,
    actor: Actor,
    at: datetime,
    organ: Organ | None = None,
) -> Iterator[int]:
    """Take in the rows one by one; yields the rows read so far.

    A certificate that is known stays with its holder; only its validity moves. Raises: Refused as
    ``open_table``, and ``no-organ``.
    """
    if organ is None:
        raise Refused("no-organ", "没有写明是哪个机关的人员。", remedy="请加 --organ 机关代码。")
    table = open_table(path, COLUMNS, what="执法人员名单")
    report.format = table.format.value
    for read, row in enumerate(table.rows, start=1):
        try:
            with transaction.atomic():  # of a row that is refused nothing stays
                _take_in(
                    read_line(row, at.date()), organ, report, actor, at, f"导入的名单：{path.name}"[:200]
                )
        except Refused as refused:
            errors.reject(row, refused)
            report.reject(refused.code if refused.code == "other-holder" else refused.reason)
        yield read
    report.notes.append("岗位和账号没有导入：请在“机关与人员”中逐人任命、设立。")


def _take_in(line: Line, organ: Organ, report: Report, actor: Actor, at: datetime, proof: str) -> None:
    known = organs.certificate(line.number)
    if known is not None and (known.officer.name, known.officer.organ_id) != (line.name, organ.pk):
        raise Refused(
            "other-holder",
            f"证件号 {line.number} 已登记在另一人或者另一机关名下。",
            remedy="请核对证件号；调动的，先收回原证件再登记新证件。",
        )
    if known is None:
        officer = organs_actions.create_officer(
            organ=organ,
            name=line.name,
            unit=line.unit,
            post=line.post,
            legal_qualification=line.qualification,
            actor=actor,
            at=at,
        )
        organs_actions.create_certificate(
            officer=officer,
            number=line.number,
            kind=line.kind,
            region=organ.region,
            valid_from=line.valid_from,
            valid_until=line.valid_until,
            actor=actor,
            at=at,
        )
        _enter_exam(line, officer, actor, at, proof)
        report.created += 1
        report.accepted += 1
        return
    examined = _enter_exam(line, known.officer, actor, at, proof)
    if known.valid_until != line.valid_until:
        organs_actions.change_certificate(
            number=line.number,
            valid_until=line.valid_until,
            reason="按导入的名单更新有效期",
            actor=actor,
            at=at,
        )
    elif not examined:
        report.unchanged += 1
        return
    report.changed += 1
    report.accepted += 1


def _enter_exam(line: Line, officer: Officer, actor: Actor, at: datetime, proof: str) -> bool:
    """Enter the examination that the list tells of, once; whether it was new."""
    told = line.exam
    if told is None:
        return False
    same = officer.qualifications.filter(kind="exam", held_on=told.held_on, passed=told.passed)
    if same.filter(voided_at__isnull=True).exists():
        return False
    organs_actions.record_qualification(
        officer_id=officer.pk,
        kind="exam",
        held_on=told.held_on,
        title="执法资格考试",
        organizer=told.organizer,
        passed=told.passed,
        proof=proof,
        actor=actor,
        at=at,
    )
    return True


def read_line(row: Row, today: date) -> Line:
    """The officer in a row.

    Raises: Refused ``row-damaged``, ``no-name``, ``no-number``, ``bad-date``, ``bad-result``.
    """
    if row.fault:
        raise Refused("row-damaged", f"{row.fault}。", remedy="请核对这一行，改正后重新导入。")
    name, number = row.text("name"), row.text("number")
    if not 1 < len(name) <= 60:
        raise Refused("no-name", "没有姓名，或者姓名过长。", remedy="请补填或者核对是否错列。")
    if not 4 <= len(number) <= 40:
        raise Refused("no-number", "没有证件号，或者长度不对。", remedy="请核对执法证号。")
    since, until = _validity(row, today)
    return Line(
        name=name,
        number=number,
        unit=row.text("unit")[:80],
        post=row.text("post")[:60],
        kind="supervision" if "监督" in row.text("kind") else "enforcement",
        valid_from=since,
        valid_until=until,
        qualification=row.text("qualification")[:40],
        exam=_exam(row, today),
    )


def _exam(row: Row, today: date) -> Exam | None:
    """The examination in a row, if it tells of one with its day and whether it was passed."""
    day, result = row.text("examined_on"), row.text("examined")
    if not day and not result:
        return None
    held_on = day_in(day) if day else None
    passed = not any(one in result for one in _FAILED) and any(one in result for one in _PASSED)
    if held_on is None or held_on > today or not (passed or any(one in result for one in _FAILED)):
        raise Refused(
            "bad-result",
            f"资格考试“{day} {result}”无法识别，或者日期还没有到。",
            remedy="考试日期写成 2026-05-10，考试结果写“合格”或者“不合格”，没有考试的两列都不填。",
        )
    return Exam(held_on, passed, row.text("examiner")[:120] or "名单没有写明")


def _validity(row: Row, today: date) -> tuple[date, date]:
    """From when until when; a cell may hold both days. A list without the first day counts from today."""
    told = row.text("valid_until")
    parts = [part for part in told.replace("至", "~").replace("—", "~").split("~") if part.strip()]
    until = day_in(parts[-1]) if parts else None
    first = row.text("valid_from") or (parts[0] if len(parts) == 2 else "")
    since = day_in(first) if first else today
    if until is None or since is None or not 1990 <= since.year <= until.year <= 2100:
        raise Refused(
            "bad-date", f"有效期“{first} {told}”无法识别。", remedy="请写成 2026-01-01 和 2030-12-31 两列。"
        )
    if until < since:
        raise Refused(
            "bad-date", f"有效期止于 {until}，早于起始日 {since}。", remedy="请核对证件上的有效期。"
        )
    return since, until
