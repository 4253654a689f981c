"""``export double-publicity``: our decisions of a span of days in the field sets of 双公示.

Only decisions that the matrix lets the credit portal show, and whose public text a person confirmed; withdrawn ones
go as no longer in force. Source: codex/publicity; 行政处罚法/48.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from mingjing.kernel.refused import Refused
from mingjing.law.codex.double_sets import KINDS, field_set
from mingjing.publicity import rendition
from mingjing.publicity.models import Placement

from .double import writing
from .double.rows import CreditFacts
from .double_decisions import KIND_OF_ACT, told_of

CHANNEL = "credit"
SHOWN = ("approved", "sent", "accepted", "refused", "shown")
GONE = ("withdrawn", "ended")


@dataclass
class Exported:
    """What was written, and what was left out and why."""

    path: str
    form: str
    first: date
    last: date
    counts: dict[str, int] = field(default_factory=dict)
    withdrawn: int = 0
    not_confirmed: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    doubts: int = 0

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {**asdict(self), "first": self.first.isoformat(), "last": self.last.isoformat()}

    def lines(self) -> list[str]:
        """For the terminal, in Chinese."""
        told = "、".join(f"{KINDS[kind]} {count} 条" for kind, count in self.counts.items()) or "没有数据"
        said = [f"{self.first} 至 {self.last} 的决定：{told}，写入 {self.path}。"]
        if self.withdrawn:
            said.append(f"其中 {self.withdrawn} 条已经撤下或者期满，已注明。")
        if self.not_confirmed:
            said.append(f"{self.not_confirmed} 件应公示而公示文本尚未确认，没有导出。")
        if self.doubts:
            said.append(f"{self.doubts} 条缺少标准（凭记忆）列为必填的内容，报送前请核对。")
        said += [f"  {count} 件没有导出：{why}" for why, count in sorted(self.left_out.items())]
        return said


def export(
    path: Path, *, first: date, last: date, today: date, organ: str = "", kind: str = "", form: str = "xlsx"
) -> Exported:
    """Write the records of decisions made in [``first``, ``last``] to ``path``.

    Raises: Refused ``bad-span``, ``one-kind-only``, ``out-unwritable``.
    """
    if last < first:
        raise Refused("bad-span", f"截止日 {last} 早于起始日 {first}。", remedy="请核对 --from 和 --to。")
    kinds = [kind] if kind else list(KINDS)
    told = Exported(str(path), form, first, last)
    told.not_confirmed = _rows(first, last, organ, ("owed",)).filter(act__in=_acts(kinds)).count()
    found = {one: _Counted(_records(one, first, last, organ, today, told), told) for one in kinds}
    writing.write(path, [(field_set(one, today), records) for one, records in found.items()], form)
    told.counts = {one: records.count for one, records in found.items() if records.count}
    return told


class _Counted:
    """Records that are counted, and their doubts, while they are written."""

    def __init__(self, records: Iterator[CreditFacts], told: Exported) -> None:
        self._records = records
        self._told = told
        self.count = 0

    def __iter__(self) -> Iterator[CreditFacts]:
        for record in self._records:
            self.count += 1
            self._told.doubts += bool(record.doubts)
            yield record


def _acts(kinds: Sequence[str]) -> list[str]:
    return [act for act, kind in KIND_OF_ACT.items() if kind in kinds]


def _rows(first: date, last: date, organ: str, states: Sequence[str]) -> QuerySet[Placement]:
    rows = Placement.objects.filter(
        channel=CHANNEL, state__in=states, decided_on__gte=first, decided_on__lte=last
    )
    return rows.filter(organ__code=organ) if organ else rows


def _records(
    kind: str, first: date, last: date, organ: str, today: date, told: Exported
) -> Iterator[CreditFacts]:
    """The records of one kind in the order of decision. Cost: 1 query, and 2 for each five hundred."""
    rows = _rows(first, last, organ, (*SHOWN, *GONE)).filter(act__in=_acts([kind]))
    rows = rows.select_related("organ", "publication", "paper", "case__party").order_by("decided_on", "pk")
    rows = rows.prefetch_related(*rendition.PEOPLE_OF_CASE)
    for row in rows.iterator(chunk_size=500):
        try:
            record = told_of(row, today)
        except Refused as refused:
            why = refused.reason.removeprefix(row.number)
            told.left_out[why] = told.left_out.get(why, 0) + 1
            continue
        told.withdrawn += row.state in GONE
        yield record
