"""Which acts may be penalized, how high, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.db.models import Q, QuerySet

from mingjing.kernel.benchmarks import Result, evaluate, tier_spans
from mingjing.kernel.fines import BASE_FACTS, FineCheck, Span, rule_for
from mingjing.kernel.refused import Refused
from mingjing.law.codex.benchmarks import benchmark_for
from mingjing.law.codex.powers import Power, from_data, power_lists
from mingjing.law.models import PowerItem

CODEX = "codex"


def power_item(code: str, *, source: str = "") -> Power:
    """The power item of that code; without a source, of the codex first, then of an imported list.

    Raises: Refused ``no-such-power``, ``power-ambiguous``. Cost: one query.
    """
    return power_of(_row(code, source))


def codex_power(code: str) -> Power:
    """The power item of that code as the codex's own files have it; asks no database.

    Raises: Refused ``no-such-power``.
    """
    for one in power_lists():
        for item in one.items:
            if item.code == code:
                return item
    raise Refused("no-such-power", f"法典的权责清单中没有编号为“{code}”的事项。", remedy="请核对编号。")


def power_key(code: str, *, source: str = "") -> int:
    """The row that a case refers to; found and refused as by ``power_item``. Cost: one query."""
    return _row(code, source).pk


def _row(code: str, source: str) -> PowerItem:
    rows = PowerItem.objects.filter(code=code)
    found = list((rows.filter(source=source) if source else rows)[:20])
    chosen = [row for row in found if row.source == CODEX] or [row for row in found if not row.withdrawn]
    if len(chosen) > 1:
        lists = "、".join(row.source for row in chosen)
        raise Refused(
            "power-ambiguous",
            f"编号“{code}”同时见于几份权责清单：{lists}。",
            remedy="请管理员统一编号，或者撤下不再使用的清单。",
        )
    if not (chosen or found):
        raise Refused(
            "no-such-power",
            f"权责清单中没有编号为“{code}”的事项。",
            remedy="在“权责事项”中查找正确的编号，或先导入权责清单。",
        )
    return (chosen or found)[0]


def power_of(row: PowerItem) -> Power:
    """The power item held in a row."""
    return replace(
        from_data(row.data, row.source, row.edition), withdrawn=row.withdrawn, organ_id=row.organ_id
    )


def powers_of_organ(organ_id: int | None) -> list[Power]:
    """What an organ may choose from: the codex and its own imported lists, in code order. Cost: one query."""
    own = Q(source=CODEX) | Q(organ_id=organ_id) if organ_id else Q(source=CODEX)
    return [
        power_of(row) for row in PowerItem.objects.filter(own, withdrawn=False).order_by("source", "code")
    ]


def power_items(
    *,
    field: str = "",
    organ_field: str = "",
    words: str = "",
    source: str = CODEX,
    withdrawn: bool = False,
) -> list[Power]:
    """Power items in code order, filtered by field, kind of organ and words. Cost: one query."""
    rows = power_rows(field=field, words=words, source=source, withdrawn=withdrawn)
    items = [power_of(row) for row in rows]
    return [item for item in items if not organ_field or organ_field in item.organ_fields]


def power_rows(
    *, field: str = "", words: str = "", source: str = "", withdrawn: bool = False
) -> QuerySet[PowerItem]:
    """Rows of all lists, imported ones as well; for counting and paging."""
    rows = PowerItem.objects.filter(withdrawn=withdrawn)
    if source:
        rows = rows.filter(source=source)
    if field:
        rows = rows.filter(field=field)
    if words:
        rows = rows.filter(Q(title__contains=words) | Q(code=words) | Q(statute__contains=words))
    return rows


def check_fine(code: str, facts: Mapping[str, object], fine_fen: int) -> FineCheck:
    """Whether a fine lies within, below or above the law's range for this item and these facts.

    Raises: Refused ``no-such-power`` and those of ``Power.check_fine``.
    """
    return power_item(code).check_fine(facts, fine_fen)


def discretion(code: str, inputs: Mapping[str, object], facts: Mapping[str, object], on: date) -> Result:
    """What the discretion benchmark of an item says for a case: tier, range in fen, row and arithmetic.

    ``inputs`` answers the questions of the table, ``facts`` holds the amounts as for ``check_fine``.
    Raises: Refused ``no-benchmark`` and those of ``kernel.benchmarks.evaluate`` and ``Power.legal_span``.
    """
    item = power_item(code).applied(facts, on)
    table = benchmark_for(code, on)
    if table is None:
        raise Refused(
            "no-benchmark",
            f"{item.code}“{item.title}”在{on:%Y-%m-%d}没有裁量基准。",
            basis="行政处罚法/34",
            remedy="在决定中写明裁量理由，并由本机关制定该事项的裁量基准。",
        )
    return evaluate(table, inputs, legal=item.legal_span(facts), base_fen=_base_fen(item, facts))


def _base_fen(item: Power, facts: Mapping[str, object]) -> int | None:
    """What multiples of the item's fines multiply; None where they are amounts or it is not known."""
    rule = rule_for(item.fines, facts, basis=item.basis)
    base = facts.get(BASE_FACTS[rule.base][0]) if rule.base != "amount" else None
    return max(base, rule.floor_fen) if isinstance(base, int) else None


def spans_of_tier(item: Power, tier: str, facts: Mapping[str, object], on: date) -> tuple[Span, ...] | None:
    """The ranges that the benchmark of the item gives for a tier; None where the item has no benchmark.

    ``item`` is the version that the case applies. Raises: Refused as ``discretion``.
    """
    table = benchmark_for(item.code, on)
    if table is None or not item.fines:
        return None
    return tier_spans(table, tier, legal=item.legal_span(facts), base_fen=_base_fen(item, facts))


def fitting_tier(item: Power, facts: Mapping[str, object], fine_fen: int, on: date) -> str | None:
    """The tier in which a fine lies, the ordinary one first; None where it lies in none or nothing says."""
    for tier in ("ordinary", "lighter", "heavier", "mitigated"):
        spans = spans_of_tier(item, tier, facts, on)
        if spans and any(span.min_fen <= fine_fen <= span.max_fen for span in spans):
            return tier
    return None
