"""``audit FILE``: cases that another system handled, replayed against our procedure on every core.

The rules are those that greyed the buttons and set the lamps of our own cases: one source, three uses.
"""

from __future__ import annotations

import csv
import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from mingjing.kernel.audit import KINDS, Audit, Auditor, Breach, Event
from mingjing.kernel.cells import inert
from mingjing.kernel.procedure import Procedure
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law

from .logs import Log, Mapping, read_log, read_mapping

# So many cases go to a process at a time; fewer are audited in this process at once.
BATCH = 500
MOST_EXAMPLES = 5
Found = list[tuple[str, Audit]]


@dataclass
class AuditReport:
    """The account of one audit. ``breaches`` counts cases by kind, step and article, the commonest first."""

    name: str
    procedure: str
    cases: int = 0
    events: int = 0
    lines_read: int = 0
    unmatched: dict[str, int] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    never_seen: list[str] = field(default_factory=list)
    clean: int = 0
    doubts: int = 0
    breaches: list[dict[str, Any]] = field(default_factory=list)
    examples: list[dict[str, str]] = field(default_factory=list)
    out: str = ""

    @property
    def well(self) -> bool:
        """Whether every case was lawful and every line was understood."""
        return not (self.breaches or self.rejected or self.unmatched)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)

    def lines(self) -> list[str]:
        """For the terminal, in Chinese."""
        said = [
            f"{self.name}：按“{self.procedure}”核对 {self.cases} 案 {self.events} 个环节，"
            f"其中 {self.clean} 案未发现问题，{self.cases - self.clean} 案有问题。"
        ]
        for row in self.breaches:
            said.append(
                f"  {row['cases']:>6} 案  {KINDS[row['kind']]}：{row['title']}（{row['basis'] or '无依据'}）"
            )
        said += [f"  例：{one['case']}：{one['reason']}" for one in self.examples]
        if self.doubts:
            said.append(f"另有 {self.doubts} 处因日志缺少事实而无法判断，未计为问题。")
        if self.never_seen:
            said.append(
                f"日志中从未出现的环节：{'、'.join(self.never_seen)}。系统未记录的，请在对照文件 unrecorded 中写明。"
            )
        said += [f"未识别的活动“{name}”：{count} 行，未参与核对。" for name, count in self.unmatched.items()]
        said += [f"未采用 {count} 行：{why}。" for why, count in self.rejected.items()]
        if self.out:
            said.append(f"逐条问题见 {self.out}")
        return said


def audit_file(
    path: Path, *, procedure_id: str, at: datetime, map_path: Path | None = None, out: Path | None = None
) -> AuditReport:
    """Audit every case of a log against the procedure in force on the day of ``at``.

    ``out`` receives every single breach as CSV. Raises: Refused of the readers, ``no-such-procedure``.
    """
    procedure = law.procedure(procedure_id, at.date())
    mapping = read_mapping(map_path, procedure) if map_path else Mapping()
    log = read_log(path, procedure, mapping)
    report = _begun(path, procedure, log)
    until = min(at, log.last_at) if log.last_at else at
    auditor = Auditor(procedure, law.calendar(), until, unrecorded=mapping.unrecorded)
    found = _sorted(_audited(_Job(auditor, mapping, list(log.cases.items()))))
    _sum_up(report, found)
    if out is not None:
        _write(out, found)
        report.out = str(out)
    return report


def _begun(path: Path, procedure: Procedure, log: Log) -> AuditReport:
    seen = {event.step for events in log.cases.values() for event in events}
    return AuditReport(
        name=path.name,
        procedure=procedure.title,
        cases=len(log.cases),
        events=sum(map(len, log.cases.values())),
        lines_read=log.lines,
        unmatched={name: count for name, count in log.unmatched.most_common() if count},
        rejected=dict(log.rejected.most_common()),
        facts=log.facts,
        never_seen=[
            step.title for step in procedure.steps.values() if step.flow == "main" and step.id not in seen
        ],
    )


# --- auditing on every core ---


@dataclass
class _Job:
    """What the processes share; forked, not copied."""

    auditor: Auditor
    mapping: Mapping
    cases: list[tuple[str, list[Event]]]

    def audit(self, case: str, events: Sequence[Event]) -> Audit:
        first = min(event.at for event in events)
        return self.auditor.audit(events, _constants(self.mapping.profile, first.date(), self.mapping.person))


_job: _Job | None = None


@lru_cache(maxsize=4096)
def _constants(profile: str, on: date, person: bool) -> dict[str, Any]:
    return {**law.constants(profile, on, person=person), "field": profile, "party_is_person": person}


def _audited(job: _Job) -> Iterator[tuple[str, Audit]]:
    global _job
    workers = os.cpu_count() or 1
    if len(job.cases) <= BATCH or workers == 1 or "fork" not in multiprocessing.get_all_start_methods():
        yield from ((case, job.audit(case, events)) for case, events in job.cases)
        return
    _job = job
    try:
        with multiprocessing.get_context("fork").Pool(workers) as pool:
            for batch in pool.imap(_audit_batch, range(0, len(job.cases), BATCH)):
                yield from batch
    finally:
        _job = None


def _audit_batch(start: int) -> Found:
    assert _job is not None
    return [(case, _job.audit(case, events)) for case, events in _job.cases[start : start + BATCH]]


# --- telling ---


def _sorted(audited: Iterator[tuple[str, Audit]]) -> Found:
    return sorted(audited, key=lambda pair: pair[0])


def _sum_up(report: AuditReport, found: Found) -> None:
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for _, audit in found:
        counts.update({(one.kind, one.step, one.title, one.basis) for one in audit.breaches})
    report.clean = sum(not audit.breaches for _, audit in found)
    report.doubts = sum(audit.doubts for _, audit in found)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], list(KINDS).index(item[0][0]), item[0]))
    report.breaches = [
        {"kind": kind, "step": step, "title": title, "basis": basis, "cases": count}
        for (kind, step, title, basis), count in ordered
    ]
    report.examples = [
        {"case": case, "reason": one.reason}
        for case, one in _first_of_each_kind(found, [row["kind"] for row in report.breaches])
    ]


def _first_of_each_kind(found: Found, kinds: Sequence[str]) -> Iterator[tuple[str, Breach]]:
    for kind in list(dict.fromkeys(kinds))[:MOST_EXAMPLES]:
        yield next((case, one) for case, audit in found for one in audit.breaches if one.kind == kind)


def _write(out: Path, found: Found) -> None:
    try:
        file = out.open("w", encoding="utf-8-sig", newline="")
    except (OSError, ValueError) as error:
        raise Refused(
            "unwritable",
            f"无法写入 {out}：文件夹不存在，或者没有写入权限。",
            remedy="请换一个可写的位置。",
        ) from error
    with file:
        writer = csv.writer(file)
        writer.writerow(["案号", "类别", "环节", "时间", "问题", "依据"])
        for case, audit in found:
            for one in audit.breaches:
                row = (case, KINDS[one.kind], one.title, f"{one.at:%Y-%m-%d %H:%M}", one.reason, one.basis)
                writer.writerow([inert(text) for text in row])
