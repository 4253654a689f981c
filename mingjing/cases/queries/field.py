"""What the field app asks: where an earlier act of a device left its case, and which numbers an officer holds."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from mingjing.cases.papers import forms
from mingjing.cases.papers.numbers import number as write_number
from mingjing.organs.authority import Actor, require
from mingjing.organs.models import Organ

from ..models import FieldAct, NumberBlock, Paper, VoidNumber

_ALONG = ("organ", "officer")


@dataclass(frozen=True)
class NumberRow:
    """One number of a block: ``state`` is free, used, void or returned."""

    seq: int
    number: str
    code: str
    state: str
    why: str = ""
    case_no: str = ""


@dataclass(frozen=True)
class BlockRow:
    """A block of numbers: who drew it when, and what became of each number. ``holder_left`` tells why it may stay out."""

    id: int
    officer_id: int
    officer: str
    holder_left: bool
    form: str
    title: str
    year: int
    device: str
    drawn_at: datetime
    closed_at: datetime | None
    numbers: tuple[NumberRow, ...]

    @property
    def free(self) -> tuple[NumberRow, ...]:
        """What may still be used."""
        return () if self.closed_at else tuple(one for one in self.numbers if one.state == "free")

    def count(self, state: str) -> int:
        """How many numbers are in that state."""
        return sum(one.state == state for one in self.numbers)


def version_after(actor: Actor, key: uuid.UUID) -> int | None:
    """The version in which an act of this officer left its case; None where it has not been taken. Cost: 1 query."""
    require(actor, "case.read")
    rows = FieldAct.objects.filter(key=key, officer_id=actor.officer_id, state__in=("taken", "submitted"))
    return rows.values_list("version", flat=True).first()


def number_blocks(actor: Actor, *, most: int = 20) -> list[BlockRow]:
    """The blocks that the officer drew, latest first, with what became of each number. Cost: 3 queries."""
    require(actor, "case.read")
    return _told(list(NumberBlock.objects.filter(officer_id=actor.officer_id).select_related(*_ALONG)[:most]))


def organ_blocks(
    organ: Organ, *, out: bool = False, before: int = 0, most: int = 20
) -> tuple[list[BlockRow], int]:
    """The blocks of an organ, latest first, or only those still ``out``, and the cursor of the next page. 3 queries."""
    rows = NumberBlock.objects.filter(organ=organ).select_related(*_ALONG).order_by("-pk")
    rows = rows.filter(closed_at__isnull=True) if out else rows
    blocks = list((rows.filter(pk__lt=before) if before else rows)[: most + 1])
    return _told(blocks[:most]), blocks[most - 1].pk if len(blocks) > most else 0


def _told(blocks: list[NumberBlock]) -> list[BlockRow]:
    used = _used(blocks)
    void: dict[int, dict[int, str]] = defaultdict(dict)
    for one in VoidNumber.objects.filter(block__in=blocks):
        void[one.block_id][one.seq] = one.reason
    return [_row(block, used, void[block.pk]) for block in blocks]


def _used(blocks: list[NumberBlock]) -> dict[tuple[str, int, int], str]:
    """The cases whose papers bear numbers of these blocks, by series, year and number."""
    spans = Q(pk__in=[])
    for one in blocks:
        spans |= Q(
            organ_id=one.organ_id, wenzhong=one.wenzhong, year=one.year, seq__range=(one.first, one.last)
        )
    rows = Paper.objects.filter(spans).values_list("wenzhong", "year", "seq", "case__no")
    return {(series, year, seq): no for series, year, seq, no in rows if seq is not None}


def _row(block: NumberBlock, used: dict[tuple[str, int, int], str], void: dict[int, str]) -> BlockRow:
    def one(seq: int) -> NumberRow:
        number = write_number(block.organ.paper_prefix, block.wenzhong, block.year, seq)
        code = block.codes[seq - block.first]
        case_no = used.get((block.wenzhong, block.year, seq), "")
        if case_no:
            return NumberRow(seq, number, code, "used", case_no=case_no)
        if seq in void:
            return NumberRow(seq, number, code, "void", why=void[seq])
        return NumberRow(seq, number, code, "free")

    return BlockRow(
        id=block.pk,
        officer_id=block.officer_id,
        officer=block.officer.name,
        holder_left=not block.officer.active or block.officer.organ_id != block.organ_id,
        form=block.form,
        title=forms.form(block.form).title,
        year=block.year,
        device=str(block.device),
        drawn_at=block.drawn_at,
        closed_at=block.closed_at,
        numbers=tuple(one(seq) for seq in range(block.first, block.last + 1)),
    )
