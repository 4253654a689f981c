"""文书号段: drawing numbers in advance, giving them back or calling them in, and where a series begins.

Source: 达州三项制度方案/8(1): the making, use and management of papers is controlled.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from mingjing.cases.papers import forms
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.record import actions as record
from mingjing.sql import insert

from ..models import Counter, NumberBlock, Paper, SeriesStart, VoidNumber
from ..moves import reason_of
from ..numbering import new_code, next_number

# A day's work outdoors; who needs more draws again.
MOST_DRAWN = 50
MOST_OPEN = 100
MOST_REASON = 300
MOST_BEFORE = 99_999
BASIS = "达州三项制度方案/8(1)"


def draw_numbers(*, form: str, count: int, device: uuid.UUID, actor: Actor, at: datetime) -> NumberBlock:
    """Draw the next ``count`` numbers of a form's series for an officer's device.

    Raises: Refused ``bad-number``, ``too-many-numbers`` where the officer holds many unused ones already.
    """
    require(actor, "case.move")
    if not 1 <= count <= MOST_DRAWN:
        raise Refused(
            "bad-number", f"一次可以领取 1 至 {MOST_DRAWN} 个号码，填写的是 {count}。", remedy="请更正数量。"
        )
    organ_id = _organ_of(actor)
    wenzhong = forms.form(form).wenzhong
    if not wenzhong:
        raise Refused("bad-number", f"《{forms.form(form).title}》不编文号，无须领取。")
    with transaction.atomic():
        first = next_number(organ_id, wenzhong, at.year)
        series = Counter.objects.filter(organ_id=organ_id, kind=wenzhong, year=at.year)
        held = NumberBlock.objects.filter(officer_id=actor.officer_id, form=form, closed_at__isnull=True)
        unused = sum(len(unused_of(block)) for block in held)
        if unused + count > MOST_OPEN:
            raise Refused(
                "too-many-numbers",
                f"您还有 {unused} 个领取后没有用的号码，再领 {count} 个超过 {MOST_OPEN} 个。",
                basis=BASIS,
                remedy="请先归还不用的号段。",
            )
        series.update(last=first + count - 1)
        block = NumberBlock(
            organ_id=organ_id,
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
            raise Refused(
                "not-drawn", f"第 {seq} 号不是这一号段中没有用的号码。", basis=BASIS, remedy="请核对号码。"
            )
        entry = _note(block, "number-voided", actor, at, {"void": [seq]}, reason)
        _void(block, [seq], reason, actor, at, entry)


def recall_numbers(*, block_id: int, reason: str, actor: Actor, at: datetime) -> list[int]:
    """Close the block of somebody who cannot return it (left, device lost): all its unused numbers are void.

    None goes back into the series: a device that was offline may have written it on a paper already. Returns
    the void numbers. Raises: Refused ``no-permission``, ``no-such-block``, ``block-closed``, ``own-block``.
    """
    require(actor, "case.assign")
    reason = reason_of(reason, "收回理由", most=MOST_REASON)
    with transaction.atomic():
        block = _open_block(NumberBlock.objects.filter(pk=block_id, organ_id=_organ_of(actor)))
        if block.officer_id == actor.officer_id:
            raise Refused("own-block", "这是您自己领取的号段。", basis=BASIS, remedy="请在“文书号段”中归还。")
        void = unused_of(block)
        entry = _note(block, "numbers-recalled", actor, at, {"void": void}, reason)
        _void(block, void, reason, actor, at, entry)
        block.closed_at = at
        block.save(update_fields=["closed_at"])
        return void


def start_series(*, wenzhong: str, last: int, reason: str, actor: Actor, at: datetime) -> SeriesStart:
    """Let this year's series of the organ go on after ``last``: the numbers before it were given off the platform.

    Raises: Refused ``no-permission``, ``bad-number``, ``series-begun`` where the platform gave numbers already.
    """
    require(actor, "case.assign")
    organ_id = _organ_of(actor)
    reason = reason_of(reason, "说明", most=MOST_REASON)
    if wenzhong not in forms.series():
        raise Refused("bad-number", f"没有“{wenzhong}”字的编号文书。", remedy="请从列表中选择文种代字。")
    if not 1 <= last <= MOST_BEFORE:
        raise Refused(
            "bad-number", f"已用到的号码须在 1 至 {MOST_BEFORE} 之间，填写的是 {last}。", remedy="请更正。"
        )
    with transaction.atomic():
        given = next_number(organ_id, wenzhong, at.year)
        if given != 1:
            raise Refused(
                "series-begun",
                f"{at.year} 年“{wenzhong}”字号平台已经编到第 {given - 1} 号，不能再定起始号。",
                basis=BASIS,
                remedy="平台上出具的文书接着编号；平台外出具的，在原台账中登记。",
            )
        Counter.objects.filter(organ_id=organ_id, kind=wenzhong, year=at.year).update(last=last)
        entry = record.append(
            kind="series-started",
            subject=f"series:{actor.organ_code}/{wenzhong}/{at.year}",
            at=at,
            actor=actor,
            plain={"series": wenzhong, "year": at.year, "last": last},
            personal={"reason": reason},
        )
        return SeriesStart.objects.create(
            organ_id=organ_id,
            wenzhong=wenzhong,
            year=at.year,
            last=last,
            reason=reason,
            by_id=actor.officer_id,
            at=at,
            entry_id=entry.pk,
        )


def unused_of(block: NumberBlock) -> list[int]:
    """The numbers of a block that no paper has and that are not void. Cost: 2 queries."""
    span = range(block.first, block.last + 1)
    used = Paper.objects.filter(
        organ_id=block.organ_id, wenzhong=block.wenzhong, year=block.year, seq__in=span
    ).values_list("seq", flat=True)
    gone = {*used, *VoidNumber.objects.filter(block=block).values_list("seq", flat=True)}
    return [seq for seq in span if seq not in gone]


def _organ_of(actor: Actor) -> int:
    """The organ whose numbers the actor deals with. Raises: Refused ``other-organ`` for one who belongs to none."""
    if actor.organ_id is None:
        raise Refused("other-organ", "没有所属机关的账号不能办理文号。", remedy="请由执法机关人员办理。")
    return actor.organ_id


def _own_block(block_id: int, actor: Actor) -> NumberBlock:
    return _open_block(NumberBlock.objects.filter(pk=block_id, officer_id=actor.officer_id))


def _open_block(rows: QuerySet[NumberBlock]) -> NumberBlock:
    block = rows.select_for_update().first()
    if block is None:
        raise Refused(
            "no-such-block",
            "没有这个号段，或者不归您办理。",
            basis=BASIS,
            remedy="请由领取人归还；领取人不能归还的，由承办机构负责人收回。",
        )
    if block.closed_at is not None:
        raise Refused("block-closed", "这个号段已经归还或者收回。", basis=BASIS, remedy="需要的请另行领取。")
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
