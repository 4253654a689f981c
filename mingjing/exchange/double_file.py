"""``import double-publicity FILE``: credit publicity data (双公示) as other systems and organs keep them.

Each row is accepted, accepted with doubts, or refused with the reason; samples, notes and second headers are told
apart. Records are kept once: the same decision told again is unchanged, told otherwise it is brought up to date.
Source: codex/publicity/double.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from mingjing.kernel.refused import Refused
from mingjing.law.codex.double_sets import FieldSet, field_set, field_sets
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.organs.models import Organ

from . import queries
from .double import reading, rows
from .double.rows import CreditFacts
from .errors_workbook import ErrorsWorkbook
from .models import CreditRecord
from .report import Report
from .tables import Column, Row

CHUNK_ROWS = 500
KINDS = ("penalty", "permit")
_WRITTEN = ("values", "doubts", "sha256", "sheet", "row", "taken_in_at", "organ", "decided_on")
DOUBTS = {
    "amount-contradicts": "金额与处罚内容不一致",
    "amount-from-text": "金额按处罚内容补读",
    "bad-credit-code": "统一社会信用代码校验不符",
    "bad-id-number": "证件号码校验不符",
    "category-contradicts": "相对人类别与代码矛盾",
    "category-inferred": "相对人类别由平台推定",
    "digits-lost": "代码被表格软件存成数字",
    "id-in-code": "信用代码栏填了身份证号",
    "masked": "名称或者号码已隐去",
    "missing": "缺标准列为必填的内容",
    "older-status": "旧版的当前状态",
    "span-reversed": "截止日早于起始日",
    "swapped": "名称和代码填反",
    "too-long": "超过标准的长度",
    "unit-assumed": "金额没有写明单位",
    "unit-contradicts": "金额单位与处罚内容矛盾",
    "unknown-value": "不在取值表中",
}
"""What the kinds of doubt are called, as ``double.rows`` and ``double.values`` raise them."""


def all_columns() -> tuple[Column, ...]:
    """The columns of both kinds, each field once, for the workbook that goes back to the sender."""
    found = {
        column.field: Column(column.field, (f"{column.names[1]}（{column.field}）",))
        for edition in field_sets()
        for column in reading.columns(edition)
    }
    return tuple(found.values())


def fault_of(refused: Refused) -> str:
    """The field whose value a refusal is about, empty where it is the whole row."""
    return str(getattr(refused, "field", ""))


@dataclass(frozen=True)
class _Line:
    """A row understood."""

    row: Row
    facts: CreditFacts


def import_double(
    path: Path, report: Report, errors: ErrorsWorkbook, *, actor: Actor, at: datetime, dry_run: bool = False
) -> Iterator[int]:
    """Take in the rows chunk by chunk; yields the rows read so far after each committed chunk.

    With ``dry_run`` everything is counted and nothing kept. An officer tells of his own organ's decisions, and of
    organs that are not on this platform: rows of another organ here are refused. Raises: Refused as ``open_table``.
    """
    today = timezone.localdate(at)
    passed = reading.Passed()
    editions = tuple(field_set(kind, today) for kind in KINDS)
    source = reading.records(path, editions, passed)
    intake = _Intake(report, errors, at, dry_run, actor)
    read = 0
    while chunk := list(islice(source, CHUNK_ROWS)):
        read += len(chunk)
        intake.take([line for edition, row in chunk if (line := intake.line(edition, row)) is not None])
        yield read
    report.format = path.suffix.lstrip(".") or "表格"
    report.dry_run = dry_run
    report.notes += passed.lines()
    before = queries.imported_before(report.sha256)
    if before is not None:
        report.notes.append(f"这个文件 {timezone.localdate(before.at)} 已经导入过；相同的行没有重复登记。")


class _Intake:
    """One run: what it has seen, and the organs it knows."""

    def __init__(
        self, report: Report, errors: ErrorsWorkbook, at: datetime, dry_run: bool, actor: Actor
    ) -> None:
        self._actor = actor
        self._report = report
        self._errors = errors
        self._at = at
        self._today = timezone.localdate(at)
        self._dry_run = dry_run
        # Of each record of the file the row that told it first, and the digest of what it told: a long file has many.
        self._seen: dict[str, tuple[int, bytes]] = {}
        self._organs = _organs()

    def line(self, edition: FieldSet, row: Row) -> _Line | None:
        """The record in a row, unless a row before told the same; a refused one goes into the workbook."""
        try:
            if row.fault:
                raise Refused("row-damaged", f"{row.fault}。", remedy="请核对这一行，改正后重新导入。")
            facts = rows.read(edition, reading.cells(row, edition), self._today)
            self._require_own(facts)
            if self._told_before(row, facts):
                self._report.unchanged += 1
                return None
        except Refused as refused:
            self._errors.reject(row, refused)
            self._report.reject(refused.reason if refused.code.startswith("no-") else refused.code)
            return None
        return _Line(row, facts)

    def _require_own(self, facts: CreditFacts) -> None:
        """Neither by code nor by name may an officer speak for another organ of this platform."""
        others = [one for one in self._named(facts) if one.pk != self._actor.organ_id]
        if others and self._actor.kind == "officer":
            raise Refused(
                "other-organ",
                f"这是{others[0].name}的决定，只有该机关能导入。",
                remedy="请只导入本机关的数据，或者交该机关导入。",
            )

    def _told_before(self, row: Row, facts: CreditFacts) -> bool:
        """Whether a row of the file told the same decision. Raises: Refused ``told-twice`` where it told it differently."""
        digest = _digest(facts.values)
        if facts.key not in self._seen:
            self._seen[facts.key] = (row.number, digest)
            return False
        number, told = self._seen[facts.key]
        if told != digest:
            raise Refused(
                "told-twice",
                f"与第 {number} 行的文号、机关、相对人相同，内容却不同。",
                remedy="请核对哪一行是对的，只留一行。",
            )
        return True

    @transaction.atomic
    def take(self, lines: list[_Line]) -> None:
        """Keep a chunk: new records, changed ones, and those already there."""
        known = {
            one.key: one for one in CreditRecord.objects.filter(key__in=[line.facts.key for line in lines])
        }
        new: list[CreditRecord] = []
        changed: list[CreditRecord] = []
        for line in lines:
            kept = known.get(line.facts.key)
            if kept is None:
                new.append(self._filled(CreditRecord(key=line.facts.key), line))
            elif kept.values == dict(line.facts.values):
                self._report.unchanged += 1
                continue
            else:
                changed.append(self._filled(kept, line))
            self._account(line)
        self._report.created += len(new)
        self._report.changed += len(changed)
        self._report.accepted += len(new) + len(changed)
        if not self._dry_run:
            CreditRecord.objects.bulk_create(new)
            CreditRecord.objects.bulk_update(changed, _WRITTEN, batch_size=100)

    def _account(self, line: _Line) -> None:
        """Count what is odd about a record, each kind once."""
        if not line.facts.doubts:
            return
        self._report.flagged += 1
        for code in {one.code for one in line.facts.doubts}:
            title = DOUBTS[code]
            self._report.doubts[title] = self._report.doubts.get(title, 0) + 1
        self._errors.doubt(line.row, [one.reason for one in line.facts.doubts])

    def _filled(self, record: CreditRecord, line: _Line) -> CreditRecord:
        facts = line.facts
        record.kind = facts.kind
        record.number = facts.number[:300]
        record.plain_number = rows.plain_number(facts.number)[:300]
        record.organ_name = facts.organ[:300]
        record.organ = self._organ(facts)
        record.party = facts.name[:300]
        record.decided_on = facts.decided_on
        record.values = dict(facts.values)
        record.doubts = [[one.code, one.field, one.reason] for one in facts.doubts]
        record.sha256, record.sheet, record.row = self._report.sha256, line.row.sheet[:100], line.row.number
        record.taken_in_at = self._at
        return record

    def _organ(self, facts: CreditFacts) -> Organ | None:
        """The organ of this platform that decided: by its code, else by its name."""
        return next(iter(self._named(facts)), None)

    def _named(self, facts: CreditFacts) -> list[Organ]:
        names = (facts.text(facts.codes.organ_code), facts.organ)
        return [self._organs[name] for name in names if name in self._organs]


def _digest(values: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).digest()


def _organs() -> dict[str, Organ]:
    known: dict[str, Organ] = {}
    for organ in organs.organs():
        known |= {text: organ for text in (organ.short_name, organ.name, organ.credit_code) if text}
    return known
