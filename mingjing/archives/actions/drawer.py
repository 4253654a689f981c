"""补充归档: what comes after a volume was sealed lies in a drawer behind it; the volume stays as it was."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum

from mingjing.cases.facts import Upload
from mingjing.cases.queries.finding import not_found
from mingjing.cases.work import lock
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.record import actions as record
from mingjing.record import queries as records
from mingjing.vault import actions as vault

from ..models import LatePaper, Volume
from ..pieces import PDF, PICTURES, pages_of
from .sealing import LAW, PERMISSION

MOST_REASON = 300
MOST_TITLE = 200


def add_late_paper(
    *,
    case_id: UUID,
    title: str,
    made_on: date,
    reason: str,
    file: Upload,
    actor: Actor,
    at: datetime,
    number: str = "",
) -> LatePaper:
    """Put a late paper or recording into the drawer of a sealed volume; its pages go on counting.

    Raises: Refused ``no-permission``, ``not-found``, ``not-sealed-yet``, ``not-kept``, ``bad-title``,
    ``bad-reason``, ``bad-date``, ``empty-file``, ``unreadable-paper``.
    """
    require(actor, PERMISSION)
    with transaction.atomic():
        volume = _locked(case_id, actor, at)
        values = {
            "title": _text(title, MOST_TITLE, "bad-title", "题名"),
            "reason": _text(reason, MOST_REASON, "bad-reason", "补充归档的理由"),
            "number": number.replace("\x00", "").strip()[:60],
            "made_on": _made(made_on, at),
        }
        late = _keep(volume, file, values, actor, at)
        Volume.objects.filter(pk=volume.pk).update(late=F("late") + 1, passed=False)
    return late


def _locked(case_id: UUID, actor: Actor, at: datetime) -> Volume:
    case = lock(case_id, at, None).case
    if case.organ_id != actor.organ_id:
        raise not_found(case.no)
    volume = Volume.objects.select_for_update(of=("self",)).select_related("case").filter(case=case).first()
    if volume is None:
        raise Refused(
            "not-sealed-yet",
            "本案的案卷还没有封存，不用补充归档。",
            basis=LAW,
            remedy="请在案件的环节中存入。",
        )
    if volume.state != "kept":
        raise Refused(
            "not-kept",
            "这一卷已经移交或者销毁，不能补充。",
            basis=LAW,
            remedy="已经移交的，请与接收的档案馆联系。",
        )
    return volume


def _text(given: str, most: int, code: str, what: str) -> str:
    text = given.replace("\x00", "").strip()
    if not 0 < len(text) <= most:
        raise Refused(code, f"{what}须写 1 至 {most} 个字。", remedy=f"请写明{what}。")
    return text


def _made(on: date, at: datetime) -> date:
    if on > at.astimezone(SHANGHAI).date():
        raise Refused("bad-date", f"形成日期 {on} 还没有到。", remedy="请写材料实际形成的日期。")
    return on


def _keep(volume: Volume, file: Upload, values: dict[str, object], actor: Actor, at: datetime) -> LatePaper:
    kept = (
        records.blob_for(file.kept)
        if file.kept
        else record.keep_blob(file.content, file.media_type, file.name)
    )
    pages = pages_of(kept.sha256, kept.media_type)
    if not pages and kept.media_type in (PDF, *PICTURES):
        raise Refused(
            "unreadable-paper", f"文件“{file.name}”不能打开。", remedy="请重新扫描后上传 PDF 或者 JPEG、PNG。"
        )
    subject = f"case:{volume.case_id}"
    label = f"{volume.case.no} {values['title']}"
    vault.attach({kept.sha256: label}, subject=subject, organ_id=volume.organ_id, at=at)
    vault.settle(subject=subject, until=volume.due_on, actor=actor, at=at)
    before = volume.late_papers.aggregate(total=Sum("pages"))["total"] or 0
    seq = volume.late_papers.count() + 1
    entry = record.append(
        kind="late-paper",
        subject=subject,
        at=at,
        actor=actor,
        plain={
            "archive_no": volume.archive_no,
            "volume": volume.sha256,
            "seq": seq,
            "pages": pages,
            "made_on": str(values["made_on"]),
        },
        personal={key: str(values[key]) for key in ("title", "number", "reason")},
        files=[kept.as_file("补充归档材料")],
    )
    return LatePaper.objects.create(
        volume=volume,
        seq=seq,
        kind="document" if pages else "audiovisual",
        media_type=kept.media_type,
        sha256=kept.sha256,
        size_bytes=kept.size_bytes,
        pages=pages,
        first_page=volume.pages + before + 1 if pages else 0,
        added_by_id=actor.officer_id,
        added_at=at,
        entry_id=entry.pk,
        **values,
    )
