"""Preparing a report at its organ: the text, and the figures locked as they stand."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from mingjing.cases.actions import take
from mingjing.insight.redaction import Known, redact
from mingjing.kernel import canonical
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from mingjing.kernel.report_counts import Flag
from mingjing.kernel.report_layout import as_json
from mingjing.kernel.reporting import Figures, Tally
from mingjing.organs.authority import Actor, require
from mingjing.organs.models import Organ
from mingjing.record import actions as record

from .. import manifest
from ..acts import acts
from ..counting import Asked
from ..matters import matter_of, owes
from ..models import AnnualReport

WRITTEN, LOCKED, TAKEN_IN = "annual-report.written", "annual-report.locked", "annual-report.taken-in"
BASIS = "达州三项制度方案/4(2)"
MOST_TEXT = 20_000
PREPARE = "report.prepare"
_IN_MEMORY = 4_000_000


def write_text(*, organ: Organ, asked: Asked, text: str, actor: Actor, at: datetime) -> AnnualReport:
    """Keep the second part of the report, 总体情况, while it is being written.

    A report that was locked but not signed becomes a draft again: its figures are locked anew, with the new text.
    Raises: Refused ``no-permission``, ``other-organ``, ``text-too-long``, ``locked``.
    """
    _require_preparer(organ, actor)
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(text) > MOST_TEXT:
        raise Refused(
            "text-too-long", f"总体情况最多 {MOST_TEXT} 个字，现有 {len(text)} 个。", remedy="请精简。"
        )
    with transaction.atomic():
        report = _editable(organ, asked)
        report.text, report.state = text, "draft"
        report.figures, report.figures_sha256, report.manifest_sha256 = {}, "", ""
        report.locked_at = report.locked_by = None
        entry = record.append(
            kind=WRITTEN,
            subject=report.subject_of_record,
            at=at,
            actor=actor,
            plain={**head_of(report), "text": hashlib.sha256(text.encode()).hexdigest()},
        )
        report.entry_id = entry.pk
        report.save()
        return report


def lock(*, organ: Organ, asked: Asked, actor: Actor, at: datetime) -> AnnualReport:
    """Freeze the figures of a period that is over, with the list of everything that was counted.

    Until it is signed a locked report may be locked again, which replaces its figures; both stand on the record.
    Takes the step 汇总数据 of the year's matter where it is owed (and, after a return, registers the return).
    Raises: Refused ``no-permission``, ``other-organ``, ``period-running``, ``locked``, ``not-redacted``.
    Cost: one pass over the cases of the period; memory does not grow with them.
    """
    _require_preparer(organ, actor)
    if not asked.over(at):
        raise Refused(
            "period-running",
            f"{asked.words}还没有结束，数字不能锁定。",
            basis=BASIS,
            remedy="期间届满以后再锁定；现在可以核对数字、写总体情况。",
        )
    with transaction.atomic():
        report = _editable(organ, asked)
        require_redacted(report.text, organ)
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as lines:
            figures, size = _counted(asked, at, lines)
            lines.seek(0)
            listed = record.keep_blob(lines, "text/plain", "counted.txt") if size else None  # type: ignore[arg-type]
        report.manifest_sha256 = listed.sha256 if listed else ""
        report.case = matter_of(organ.pk, asked)
        files = [listed.as_file("counted.txt")] if listed else []
        _freeze(report, figures, actor, at, LOCKED, files)
        _take_draft(report, actor, at)
        return report


def take_in(
    *,
    organ: Organ,
    asked: Asked,
    figures: Figures,
    flags: Sequence[Flag],
    actor: Actor,
    at: datetime,
    source: bytes = b"",
) -> AnnualReport:
    """Keep the figures of a period from before the platform, counted elsewhere, as a locked report.

    ``flags`` say which cells do not hold; they stay with the report. ``source`` is the file they came from.
    Raises: Refused ``no-permission``, ``other-organ``, ``period-running``, ``locked``.
    """
    _require_preparer(organ, actor)
    if not asked.over(at):
        raise Refused("period-running", f"{asked.words}还没有结束。", basis=BASIS, remedy="请核对年度。")
    with transaction.atomic():
        report = _editable(organ, asked)
        report.origin, report.flags = "counts", [vars(one) for one in flags]
        kept = record.keep_blob(source, "application/octet-stream", "source") if source else None
        _freeze(report, figures, actor, at, TAKEN_IN, [kept.as_file("source")] if kept else [])
        return report


def require_redacted(text: str, organ: Organ) -> None:
    """Raises: Refused ``not-redacted`` if the text of a report identifies a natural person."""
    left = redact(text, people=[Known(organ.name, "organization")])
    if left.spans:
        told = "、".join(f"“{text[one.start : one.end]}”（{one.reason}）" for one in left.spans[:5])
        raise Refused(
            "not-redacted",
            f"总体情况中有 {len(left.spans)} 处个人信息：{told}。",
            basis="达州三项制度方案/1(2); 行政处罚法/50",
            remedy="年报要向社会公布，请改写或者删去。",
        )


def _require_preparer(organ: Organ, actor: Actor) -> None:
    require(actor, PREPARE)
    require_own(organ.pk, organ.name, actor)


def require_own(organ_id: int, name: str, actor: Actor) -> None:
    """Raises: Refused ``other-organ``."""
    if actor.organ_id != organ_id:
        raise Refused(
            "other-organ", f"这是{name}的年报，{actor.name}不能办理。", remedy="请由该机关人员办理。"
        )


def _editable(organ: Organ, asked: Asked) -> AnnualReport:
    """The edition that may still be worked on: the standing one, else a new one; locked for this transaction."""
    Organ.objects.select_for_update().get(pk=organ.pk)  # two who begin at once get one edition
    of = {"organ": organ, "year": asked.year, "period": asked.period, "scheme": asked.scheme.id}
    rows = AnnualReport.objects.filter(**of)
    standing = rows.exclude(state="returned").first()
    if standing is None:
        last = rows.order_by("-edition").first()
        return AnnualReport(
            **of,
            scheme_title=asked.scheme.title,
            edition=last.edition + 1 if last else 1,
            text=last.text if last else "",
        )
    if standing.state not in ("draft", "locked"):
        raise _is_locked(standing)
    return standing


def _is_locked(report: AnnualReport) -> Refused:
    return Refused(
        "locked",
        f"{report.organ.name}{report.year}年的统计已经锁定，不能改动。",
        basis=BASIS,
        remedy="还没有签发的可以重新锁定；已经报送的，须由司法行政机关退回后另出一版。",
    )


def _counted(asked: Asked, at: datetime, listed: Any) -> tuple[Figures, int]:
    """The figures, with one line in ``listed`` for each act and the cells it went into."""
    spanned, rows = asked.span(at)
    tally, size = Tally(asked.scheme, spanned.first, spanned.last), 0
    for act in acts(spanned, asked.scheme.subjects):
        placed = tally.add(act)
        if placed:
            size += listed.write(manifest.line(act, placed))
    return tally.figures(rows), size


def _freeze(
    report: AnnualReport, figures: Figures, actor: Actor, at: datetime, kind: str, files: Sequence[Any]
) -> None:
    report.figures = as_json(figures)
    told = canonical.dump({"report": head_of(report), "text": report.text, "figures": report.figures})
    report.figures_sha256 = hashlib.sha256(told).hexdigest()
    kept = record.keep_blob(told, "application/json", "figures.json")
    report.state = "locked"
    report.locked_at, report.locked_by_id = at, actor.officer_id
    entry = record.append(
        kind=kind,
        subject=report.subject_of_record,
        at=at,
        actor=actor,
        plain={**head_of(report), "figures": report.figures_sha256},
        files=[kept.as_file("figures.json"), *files],
    )
    report.entry_id = entry.pk
    report.save()


def head_of(report: AnnualReport) -> dict[str, Any]:
    """Which report it is, for the record."""
    return {
        "organ": report.organ.code,
        "year": report.year,
        "period": report.period,
        "scheme": report.scheme,
        "edition": report.edition,
    }


def _take_draft(report: AnnualReport, actor: Actor, at: datetime) -> None:
    """The matter's own steps that locking is: register the return, and 汇总数据."""
    if report.case is None or report.case_id is None:
        return
    today: date = at.astimezone(SHANGHAI).date()
    if owes(report.case_id, "receipt"):
        before = (
            AnnualReport.objects.filter(
                organ=report.organ,
                year=report.year,
                period=report.period,
                scheme=report.scheme,
                state="returned",
            ).latest("edition")
            if report.edition > 1
            else None
        )
        if before is not None and before.returned_at is not None:
            facts = {
                "returned_on": before.returned_at.astimezone(SHANGHAI).date().isoformat(),
                "returned_reason": before.return_reason,
            }
            take(case_id=report.case_id, step="returned", facts=facts, actor=actor, at=at)
    if owes(report.case_id, "draft"):
        facts = {
            "filing_title": f"{report.organ.name}{report.year}年度行政执法统计年报",
            "filing_summary": f"按“{report.scheme_title}”由执法记录汇总，{today}锁定，第 {report.edition} 版。",
            "filing_attachments": "\n".join(one["title"] for one in report.figures["tables"]),
        }
        take(case_id=report.case_id, step="draft", facts=facts, actor=actor, at=at)
