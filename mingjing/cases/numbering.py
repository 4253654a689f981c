"""文号: the series of numbers of an organ, and numbers that a device drew in advance."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F

from mingjing.cases.papers import forms
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor

from .models import Counter, NumberBlock, Paper, VoidNumber

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Drawn(NamedTuple):
    """A number that a paper bears already, and the code that its readers verify it by."""

    seq: int
    code: str


def next_number(organ_id: int, kind: str, year: int) -> int:
    """The next number of a series, gapless because a roll-back gives it back.

    MUST run inside the transaction that uses the number. Source: 文号规则, 行政处罚法/52 (编有号码).
    """
    series = Counter.objects.filter(organ_id=organ_id, kind=kind, year=year)
    if not series.update(last=F("last") + 1):
        try:
            with transaction.atomic():
                Counter.objects.create(organ_id=organ_id, kind=kind, year=year, last=1)
        except IntegrityError:
            series.update(last=F("last") + 1)
    return series.values_list("last", flat=True).get()


def new_code(length: int = 12) -> str:
    """A code people can read aloud: no 0, 1, I, O."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def drawn_number(form: str, seq: int, actor: Actor, year: int) -> Drawn:
    """The number with its code, if it stands in a block of this officer and no paper has it.

    The block is locked until the paper is kept, so that nobody voids the number meanwhile: call it in a transaction.
    Raises: Refused ``not-drawn``, ``number-void``, ``number-used``. Cost: 3 queries.
    """
    wenzhong = forms.form(form).wenzhong
    blocks = NumberBlock.objects.filter(
        organ_id=actor.organ_id or 0,
        officer_id=actor.officer_id,
        form=form,
        year=year,
        first__lte=seq,
        last__gte=seq,
    )
    block = blocks.select_for_update().order_by("-drawn_at").first()
    if block is None:
        raise Refused(
            "not-drawn",
            f"{year} 年第 {seq} 号不在您领取的“{wenzhong}”字号段内。",
            remedy="请在“文书号段”中核对；号段归还之后，其中的号码不能再用。",
        )
    void = VoidNumber.objects.filter(block=block, seq=seq).first()
    if void is not None:
        raise Refused(
            "number-void",
            f"{year} 年第 {seq} 号已经作废：{void.reason}",
            remedy="请换用号段中的下一个号码。",
        )
    used = Paper.objects.filter(organ_id=actor.organ_id or 0, wenzhong=wenzhong, year=year, seq=seq).first()
    if used is not None:
        raise Refused(
            "number-used", f"{used.number}已经用于另一份文书。", remedy="请换用号段中的下一个号码。"
        )
    return Drawn(seq, block.codes[seq - block.first])
