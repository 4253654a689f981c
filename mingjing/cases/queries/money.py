"""Payment slips as the cashier sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mingjing.organs.authority import Actor, require

from ..models import Payment

PAGE = 50


@dataclass(frozen=True)
class SlipRow:
    """One slip in a list; amounts in fen."""

    code: str
    case_no: str
    case_label: str
    case_title: str
    party: str
    due_fen: int
    paid_fen: int
    state: str
    paid_on: date | None
    bank_reference: str


def slips(actor: Actor, *, state: str = "", words: str = "", after: int = 0) -> tuple[list[SlipRow], int]:
    """Slips of the person's organ, latest first, and the cursor of the next page (0 at the end). 1 query."""
    require(actor, "payment.reconcile")
    rows = (
        Payment.objects.filter(organ__officers=actor.officer_id)
        .select_related("case", "case__party")
        .order_by("-id")
    )
    if state:
        rows = rows.filter(state=state)
    if words:
        rows = rows.filter(code=words.strip().upper()) | rows.filter(case__label__contains=words.strip())
    if after:
        rows = rows.filter(id__lt=after)
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    cursor = shown[-1].pk if len(found) > PAGE else 0
    return [_row(one) for one in shown], cursor


def _row(one: Payment) -> SlipRow:
    case = one.case
    return SlipRow(
        code=one.code,
        case_no=case.no,
        case_label=case.label,
        case_title=case.title,
        party=case.party.name if case.party else "",
        due_fen=one.due_fen,
        paid_fen=one.paid_fen,
        state=one.state,
        paid_on=one.paid_on,
        bank_reference=one.bank_reference,
    )
