"""着装和标志: uniforms and signs given out to officers, and what became of them.

Source: 达州三项制度方案/3(1) (officers wear the prescribed uniform and signs); domain R-031.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.organs.models import Equipment, Officer

from .staffing import note, require_manager

KINDS = {"uniform": "制式服装", "sign": "标志"}
ENDINGS = {"returned": "已交回", "lost": "遗失", "worn": "报废"}
BASIS = "达州三项制度方案/3(1)"
MOST_QUANTITY = 20


@transaction.atomic
def issue_equipment(
    *,
    officer_id: int,
    kind: str,
    item: str,
    issued_on: date,
    actor: Actor,
    at: datetime,
    number: str = "",
    quantity: int = 1,
    remark: str = "",
) -> Equipment:
    """Enter what an officer was given. Who wears it already under that number is named.

    Raises: Refused ``no-permission``, ``officer-left``, ``bad-choice``, ``bad-quantity``, ``bad-date``, ``still-out``.
    """
    require_manager(actor)
    officer = Officer.objects.select_for_update().get(pk=officer_id)
    item, number = item.strip(), number.strip()
    if not officer.active:
        raise Refused(
            "officer-left", f"{officer.name}已经离岗，不能配发。", basis=BASIS, remedy="请收回其服装和标志。"
        )
    if kind not in KINDS or not item:
        raise Refused("bad-choice", "没有选择类别，或者没有写品名。", remedy="请填写后再提交。")
    if not 1 <= quantity <= (1 if number else MOST_QUANTITY):
        least = "有编号的逐件登记，数量为 1。" if number else f"数量须为 1 至 {MOST_QUANTITY}。"
        raise Refused("bad-quantity", least, remedy="请更正数量。")
    if issued_on > at.astimezone(SHANGHAI).date():
        raise Refused("bad-date", f"配发日期 {issued_on} 还没有到。", remedy="请在配发之后登记。")
    given = Equipment(
        officer=officer,
        kind=kind,
        item=item,
        number=number,
        quantity=quantity,
        issued_on=issued_on,
        note=remark.strip(),
    )
    row = _given_out(given)
    plain = {"kind": kind, "item": item, "number": number, "quantity": quantity, "on": issued_on.isoformat()}
    note("organs.equipment-issued", f"officer:{officer.pk}", actor, at, plain)
    return row


@transaction.atomic
def end_equipment(
    *, equipment_id: int, ended: str, ended_on: date, actor: Actor, at: datetime, remark: str = ""
) -> Equipment:
    """Enter that it was given back, lost or worn out.

    Raises: Refused ``no-permission``, ``not-found``, ``already-ended``, ``bad-choice``, ``bad-date``, ``no-reason``.
    """
    require_manager(actor)
    row = Equipment.objects.select_for_update().filter(pk=equipment_id).first()
    if row is None:
        raise Refused("not-found", "没有这一条配发登记。", remedy="请刷新页面核对。")
    if row.ended_on is not None:
        raise Refused("already-ended", f"{row}已经在 {row.ended_on} 登记去向。", remedy="请刷新页面核对。")
    if ended not in ENDINGS:
        raise Refused("bad-choice", "没有选择去向。", remedy=f"可选：{'、'.join(ENDINGS.values())}。")
    if not row.issued_on <= ended_on <= at.astimezone(SHANGHAI).date():
        raise Refused(
            "bad-date", f"日期 {ended_on} 早于配发日 {row.issued_on}，或者还没有到。", remedy="请更正日期。"
        )
    if ended == "lost" and not remark.strip():
        raise Refused(
            "no-reason", "遗失的没有写明情况。", basis=BASIS, remedy="请写明何时何地遗失、是否已经声明。"
        )
    row.ended, row.ended_on, row.ended_note = ended, ended_on, remark.strip()
    row.save(update_fields=["ended", "ended_on", "ended_note"])
    plain = {"item": row.item, "number": row.number, "ended": ended, "on": ended_on.isoformat()}
    note("organs.equipment-ended", f"officer:{row.officer_id}", actor, at, plain, {"remark": row.ended_note})
    return row


def _given_out(row: Equipment) -> Equipment:
    """The row saved; a numbered thing has one holder, as the table's constraint judges."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        same = Equipment.objects.filter(item=row.item, number=row.number, ended_on__isnull=True)
        held = same.select_related("officer").first()  # None where it came back at this very moment
        raise Refused(
            "still-out",
            f"{row}已经配发给{held.officer.name if held else '他人'}，还没有交回。",
            basis=BASIS,
            remedy="请先登记交回，或者核对编号。",
        ) from None
    return row
