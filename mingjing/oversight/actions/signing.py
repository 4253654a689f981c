"""签发、公布: the head signs the locked report, which submits it; the publisher puts it before the public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from mingjing.cases.actions import approve, take
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.record import actions as record

from .. import printing
from ..matters import owes, submission_of
from ..models import AnnualReport
from .preparing import BASIS, head_of, require_own, require_redacted

SIGNED, PUBLISHED = "annual-report.signed", "annual-report.published"


def locked_row(report_id: int, states: Mapping[str, str]) -> AnnualReport:
    """The report, locked for this transaction, in one of these states; ``states`` says for the others why not.

    Raises: Refused ``not-found``, ``wrong-state``.
    """
    report = (
        AnnualReport.objects.select_for_update(of=("self",))
        .select_related("organ")
        .filter(pk=report_id)
        .first()
    )
    if report is None:
        raise Refused("not-found", "没有这份年报。", remedy="请从年报页面进入。")
    if report.state in states:
        raise Refused("wrong-state", states[report.state], basis=BASIS, remedy="请刷新页面核对。")
    return report


_NOT_TO_SIGN = {
    "draft": "数字还没有锁定，不能签发。",
    "submitted": "这一版已经签发报送。",
    "returned": "这一版已被退回，须锁定新的一版再签发。",
    "accepted": "这一版已经报送并接收。",
    "published": "这一版已经公布。",
}


def sign(*, report_id: int, actor: Actor, at: datetime) -> AnnualReport:
    """The head signs the locked figures; with that the report is submitted to the justice bureau.

    Where the year's matter is under way it must have been checked and submitted to the head; his signature is the
    approval of 签发报送 there. Raises: Refused ``no-permission``, ``other-organ``, ``wrong-state``, ``not-checked``,
    ``sheet-not-set``.
    """
    require(actor, "report.sign")
    with transaction.atomic():
        report = locked_row(report_id, _NOT_TO_SIGN)
        require_own(report.organ_id, report.organ.name, actor)
        _approve_submission(report, actor, at)
        report.state, report.signed_at, report.signed_by_id = "submitted", at, actor.officer_id
        sheet = _keep_sheet(report, at, public=False)
        report.sheet_sha256 = sheet.sha256
        _append(report, SIGNED, actor, at, [sheet.as_file(printing.NAME)], sheet=sheet.sha256)
        report.save(update_fields=["state", "signed_at", "signed_by", "sheet_sha256", "entry_id"])
        return report


def _approve_submission(report: AnnualReport, actor: Actor, at: datetime) -> None:
    if report.case_id is None or not owes(report.case_id, "submit"):
        return
    waiting = submission_of(report.case_id)
    if waiting is None:
        raise Refused(
            "not-checked",
            "年度事项还没有核对、报请签发。",
            basis=BASIS,
            remedy="请由法制审核人员在年度事项中办理“核对”，再由承办机构负责人报请“签发报送”。",
        )
    approve(submission_id=waiting, actor=actor, at=at, opinion="同意报送。")


def _keep_sheet(report: AnnualReport, at: datetime, *, public: bool) -> Any:
    """Set the whole report and keep the file. Raises: Refused ``sheet-not-set``."""
    return record.keep_blob(
        printing.set_report(report, at, public=public), printing.MEDIA_TYPE, printing.NAME
    )


def _append(
    report: AnnualReport, kind: str, actor: Actor, at: datetime, files: Sequence[Any] = (), **more: Any
) -> None:
    entry = record.append(
        kind=kind,
        subject=report.subject_of_record,
        at=at,
        actor=actor,
        plain={**head_of(report), "figures": report.figures_sha256, **more},
        files=list(files),
    )
    report.entry_id = entry.pk


_NOT_TO_PUBLISH = {
    "draft": "数字还没有锁定、签发，不能公布。",
    "locked": "还没有经机关负责人签发，不能公布。",
    "returned": "这一版已被司法行政机关退回，不能公布。",
    "published": "这一版已经公布。",
}


def publish(*, report_id: int, note: str, actor: Actor, at: datetime) -> AnnualReport:
    """Put the signed report before the public; ``note`` is the publisher's secrecy review.

    Takes the step 公布年报 of the year's matter, with the address. Source: 国办发〔2018〕118号.
    Raises: Refused ``no-permission``, ``other-organ``, ``wrong-state``, ``missing``, ``not-redacted``, ``sheet-not-set``.
    """
    require(actor, "report.publish")
    note = note.replace("\x00", "").strip()[:1000]
    if not note:
        raise Refused(
            "missing", "没有写明保密审查说明。", remedy="请写明审查的结论，如“不含涉密和个人信息”。"
        )
    with transaction.atomic():
        report = locked_row(report_id, _NOT_TO_PUBLISH)
        require_own(report.organ_id, report.organ.name, actor)
        require_redacted(report.text, report.organ)
        report.state, report.published_at, report.published_by_id = "published", at, actor.officer_id
        if report.case_id is not None and owes(report.case_id, "publish_report"):
            facts = {
                "published_on": at.astimezone(SHANGHAI).date().isoformat(),
                "publish_url": f"{settings.MINGJING_PUBLIC_URL}/reports/{report.year}/{report.slug}",
                "publish_note": note,
            }
            take(case_id=report.case_id, step="publish_report", facts=facts, actor=actor, at=at)
        sheet = _keep_sheet(report, at, public=True)
        report.public_sheet_sha256 = sheet.sha256
        _append(report, PUBLISHED, actor, at, [sheet.as_file(printing.NAME)], sheet=sheet.sha256)
        report.save(
            update_fields=["state", "published_at", "published_by", "public_sheet_sha256", "entry_id"]
        )
        return report
