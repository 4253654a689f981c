"""移交: giving volumes to the state archives, as a list that a receipt closes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from mingjing.cases.facts import Upload
from mingjing.cases.models import Case
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.record import actions as record

from ..models import Transfer, Volume
from .sealing import PERMISSION, organ_of

LAW = "档案法/15; 档案法实施条例/20"
PROCEDURE = "archive-transfer"
MOST = 500


def list_transfer(
    *, volume_ids: Sequence[int], hall: str, actor: Actor, at: datetime, matter_no: str = ""
) -> Transfer:
    """Put volumes on a list for the state archives; each must have passed its check or a signed exception.

    ``matter_no`` is the organ's matter under the procedure ``archive-transfer``, whose approval the giving needs.
    Raises: Refused ``no-permission``, ``bad-choice``, ``bad-hall``, ``no-such-matter``, ``not-passed``,
    ``not-kept``.
    """
    require(actor, PERMISSION)
    hall = hall.replace("\x00", "").strip()
    if not 0 < len(hall) <= 120:
        raise Refused("bad-hall", "没有写明接收的档案馆。", remedy="例：达州市档案馆。")
    _require_matter(matter_no, actor)
    with transaction.atomic():
        volumes = free_volumes(volume_ids, actor)
        failed = [one.archive_no for one in volumes if not one.passed]
        if failed:
            raise Refused(
                "not-passed",
                f"有 {len(failed)} 卷没有通过四性检测：{'、'.join(failed[:5])}。",
                basis=LAW,
                remedy="请先检测；不能补正的，由负责人签署例外。",
            )
        transfer = Transfer(
            organ_id=organ_of(actor),
            hall=hall,
            matter_no=matter_no,
            listed_by_id=actor.officer_id,
            listed_at=at,
        )
        transfer.save()
        transfer.entry_id = _append(transfer, "transfer-listed", volumes, actor, at)
        transfer.save(update_fields=["entry_id"])
        Volume.objects.filter(pk__in=[one.pk for one in volumes]).update(transfer=transfer)
    return transfer


def hand_over_transfer(
    *,
    transfer_id: int,
    receipt_no: str,
    received_on: date,
    actor: Actor,
    at: datetime,
    receipt: Upload | None = None,
) -> Transfer:
    """Close a list with the receipt of the archives; its volumes are theirs from then on.

    Raises: Refused ``no-permission``, ``not-found``, ``changed-meanwhile``, ``bad-receipt``, ``bad-date``.
    """
    require(actor, PERMISSION)
    receipt_no = receipt_no.replace("\x00", "").strip()
    if not 0 < len(receipt_no) <= 60:
        raise Refused("bad-receipt", "没有写明接收凭证的编号。", remedy="请照档案馆出具的交接文据填写。")
    if received_on > at.astimezone(SHANGHAI).date():
        raise Refused("bad-date", f"接收日期 {received_on} 还没有到。", remedy="请写档案馆实际接收的日期。")
    with transaction.atomic():
        transfer = _listed(transfer_id, actor)
        files = []
        if receipt is not None:
            blob = record.keep_blob(receipt.content, receipt.media_type, receipt.name)
            transfer.receipt_sha256, transfer.receipt_name = blob.sha256, receipt.name[:200]
            files = [blob.as_file("移交接收凭证")]
        transfer.state, transfer.receipt_no, transfer.received_on = "handed", receipt_no, received_on
        transfer.handed_by_id, transfer.handed_at = actor.officer_id, at
        volumes = list(transfer.volumes.all())
        transfer.entry_id = _append(transfer, "transfer-handed", volumes, actor, at, files)
        transfer.save()
        transfer.volumes.update(state="transferred")
    return transfer


def cancel_transfer(*, transfer_id: int, actor: Actor, at: datetime) -> None:
    """Take a list back that was not handed over. Raises: Refused ``no-permission``, ``not-found`` …"""
    require(actor, PERMISSION)
    with transaction.atomic():
        transfer = _listed(transfer_id, actor)
        volumes = list(transfer.volumes.all())
        transfer.state = "cancelled"
        transfer.entry_id = _append(transfer, "transfer-cancelled", volumes, actor, at)
        transfer.save(update_fields=["state", "entry_id"])
        transfer.volumes.update(transfer=None)


def free_volumes(volume_ids: Sequence[int], actor: Actor) -> list[Volume]:
    """The chosen volumes of the actor's organ, locked; none may be on another list.

    Raises: Refused ``bad-choice``, ``not-kept``.
    """
    chosen = list(dict.fromkeys(volume_ids))
    if not 1 <= len(chosen) <= MOST:
        raise Refused(
            "bad-choice", f"一份清单可以列 1 至 {MOST} 卷，现选了 {len(chosen)} 卷。", remedy="请重新勾选。"
        )
    rows = Volume.objects.select_for_update(of=("self",)).select_related("appraisal")
    found = list(rows.filter(pk__in=chosen, organ_id=organ_of(actor)).order_by("archive_no"))
    if len(found) != len(chosen):
        raise Refused("bad-choice", "选择的案卷中有不属于本机关的。", remedy="请从归档管理的列表中重新勾选。")
    for one in found:
        busy = one.transfer_id is not None or (
            one.appraisal is not None and one.appraisal.state in ("listed", "approved")
        )
        if one.state != "kept" or busy:
            raise Refused(
                "not-kept",
                f"{one.archive_no} 已经移交、销毁或者在另一份清单上。",
                remedy="请从清单中去掉这一卷。",
            )
    return found


def _require_matter(matter_no: str, actor: Actor) -> None:
    if not matter_no:
        return
    if not Case.objects.filter(no=matter_no, organ_id=organ_of(actor), procedure=PROCEDURE).exists():
        raise Refused(
            "no-such-matter",
            f"本机关没有编号为 {matter_no[:40]} 的档案移交事项。",
            basis=LAW,
            remedy="请在“登记新案”中登记“向国家档案馆移交档案”，再填它的案号；也可以不填。",
        )


def _listed(transfer_id: int, actor: Actor) -> Transfer:
    found = Transfer.objects.select_for_update().filter(pk=transfer_id, organ_id=organ_of(actor)).first()
    if found is None:
        raise Refused("not-found", "没有这份移交清单，或者您无权办理。", remedy="请从归档管理进入。")
    if found.state != "listed":
        raise Refused("changed-meanwhile", "这份移交清单已经办结。", remedy="请刷新页面。")
    return found


def _append(
    transfer: Transfer,
    kind: str,
    volumes: Sequence[Volume],
    actor: Actor,
    at: datetime,
    files: Sequence[dict[str, object]] = (),
) -> UUID:
    entry = record.append(
        kind=kind,
        subject=f"transfer:{transfer.pk}",
        at=at,
        actor=actor,
        plain={
            "hall": transfer.hall,
            "matter": transfer.matter_no,
            "receipt": transfer.receipt_no,
            "volumes": [{"archive_no": one.archive_no, "sha256": one.sha256} for one in volumes],
        },
        files=files,
    )
    key: UUID = entry.pk
    return key
