"""文书号段: drawing numbers in advance, giving them back, and the register of those that were spoilt.

Source: 三项制度意见 二(二)8(1): the making, use and management of papers is controlled.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from mingjing.cases.papers import forms
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.record import actions as record
from mingjing.sql import insert

from ..models import Counter, NumberBlock, Paper, VoidNumber
from ..moves import reason_of
from ..numbering import new_code, next_number

# A day's work outdoors; who needs more draws again.
MOST_DRAWN = 50
MOST_OPEN = 100
MOST_REASON = 300


def draw_numbers(*, form: str, count: int, device: uuid.UUID, actor: Actor, at: datetime) -> NumberBlock:
    """Draw the next ``count`` numbers of a form's series for an officer's device.

    Raises: Refused ``bad-number``, ``too-many-numbers`` where the officer holds many unused ones already.
    """
    require(actor, "case.move")
    if not 1 <= count <= MOST_DRAWN:
        raise Refused(
            "bad-number", f"一次可以领取 1 至 {MOST_DRAWN} 个号码，填写的是 {count}。", remedy="请更正数量。"
        )
    if actor.organ_id is None:
        raise Refused("other-organ", "没有所属机关的账号不能领取文号。", remedy="请由执法机关人员领取。")
    wenzhong = forms.form(form).wenzhong
    if not wenzhong:
        raise Refused("bad-number", f"《{forms.form(form).title}》不编文号，无须领取。")
    with transaction.atomic():
        first = next_number(actor.organ_id, wenzhong, at.year)
        series = Counter.objects.filter(organ_id=actor.organ_id, kind=wenzhong, year=at.year)
        held = NumberBlock.objects.filter(officer_id=actor.officer_id, form=form, closed_at__isnull=True)
        unused = sum(len(unused_of(block)) for block in held)
        if unused + count > MOST_OPEN:
            raise Refused(
                "too-many-numbers",
                f"您还有 {unused} 个领取后没有用的号码，再领 {count} 个超过 {MOST_OPEN} 个。",
                remedy="请先归还不用的号段。",
            )
        series.update(last=first + count - 1)
        block = NumberBlock(
            organ_id=actor.organ_id,
            officer_id=actor.officer_id,
            device=device,
            form=form,
            wenzhong=wenzhong,
            year=at.year,
            first=first,
            last=first + count - 1,
            codes=[new_code() for _ in range(count)],
            drawn_at=at,
        )
        insert([block])
        _note(block, "numbers-drawn", actor, at, {"first": first, "last": block.last})
        return block


def return_numbers(*, block_id: int, reason: str, actor: Actor, at: datetime) -> list[int]:
    """Close a block: its unused tail goes back into the series if nobody drew after it, all else is void.

    Returns the numbers that became void. Raises: Refused ``no-such-block``, ``block-closed``.
    """
    reason = reason_of(reason, "归还理由", most=MOST_REASON)
    with transaction.atomic():
        block = _own_block(block_id, actor)
        unused = unused_of(block)
        kept = _give_back(block, unused)
        void = [seq for seq in unused if seq not in kept]
        entry = _note(
            block, "numbers-returned", actor, at, {"void": void, "given_back": sorted(kept)}, reason
        )
        _void(block, void, reason, actor, at, entry)
        block.closed_at = at
        block.save(update_fields=["closed_at", "last"])
        return void


def void_number(*, block_id: int, seq: int, reason: str, actor: Actor, at: datetime) -> None:
    """Strike one number out of a block: its paper was spoilt. Raises: Refused ``not-drawn`` if it is not free."""
    reason = reason_of(reason, "作废理由", most=MOST_REASON)
    with transaction.atomic():
        block = _own_block(block_id, actor)
        if seq not in unused_of(block):
            raise Refused("not-drawn", f"第 {seq} 号不是这一号段中没有用的号码。", remedy="请核对号码。")
        entry = _note(block, "number-voided", actor, at, {"void": [seq]}, reason)
        _void(block, [seq], reason, actor, at, entry)


def unused_of(block: NumberBlock) -> list[int]:
    """The numbers of a block that no paper has and that are not void. Cost: 2 queries."""
    span = range(block.first, block.last + 1)
    used = Paper.objects.filter(
        organ_id=block.organ_id, wenzhong=block.wenzhong, year=block.year, seq__in=span
    ).values_list("seq", flat=True)
    gone = {*used, *VoidNumber.objects.filter(block=block).values_list("seq", flat=True)}
    return [seq for seq in span if seq not in gone]


def _own_block(block_id: int, actor: Actor) -> NumberBlock:
    block = NumberBlock.objects.select_for_update().filter(pk=block_id, officer_id=actor.officer_id).first()
    if block is None:
        raise Refused("no-such-block", "没有这个号段，或者不是您领取的。", remedy="请由领取人办理。")
    if block.closed_at is not None:
        raise Refused("block-closed", "这个号段已经归还。", remedy="需要的请另行领取。")
    return block


def _give_back(block: NumberBlock, unused: list[int]) -> set[int]:
    """The tail of the block that returns to its series, which then runs on without a gap."""
    tail: set[int] = set()
    seq = block.last
    while seq in unused:
        tail.add(seq)
        seq -= 1
    series = Counter.objects.filter(
        organ_id=block.organ_id, kind=block.wenzhong, year=block.year, last=block.last
    )
    if not tail or not series.update(last=seq):
        return set()
    block.last = seq
    return tail


def _void(
    block: NumberBlock, numbers: list[int], reason: str, actor: Actor, at: datetime, entry: uuid.UUID
) -> None:
    VoidNumber.objects.bulk_create(
        VoidNumber(
            block=block, seq=seq, reason=reason, voided_at=at, voided_by_id=actor.officer_id, entry_id=entry
        )
        for seq in numbers
    )


def _note(
    block: NumberBlock, kind: str, actor: Actor, at: datetime, plain: dict[str, object], reason: str = ""
) -> uuid.UUID:
    entry = record.append(
        kind=kind,
        subject=f"numbers:{block.pk}",
        at=at,
        actor=actor,
        plain={"series": block.wenzhong, "year": block.year, "form": block.form, **plain},
        personal={"reason": reason} if reason else {},
    )
    return entry.pk
