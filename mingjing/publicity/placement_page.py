"""One decision on one channel, told whole: why, by when, what went out and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor

from .exemption_lists import Exempted, exempted
from .matrix import SURE, matrix
from .models import Delivery, Exemption
from .placement_lists import Placed, placed, placement_rows, scope_of
from .placing_models import STATES

MOST_SHOWN = 100  # changes and attempts, each


@dataclass(frozen=True)
class Changed:
    """One line of the history of a placement."""

    state_title: str
    at: datetime
    by: str
    note: str


@dataclass(frozen=True)
class Delivered:
    """One attempt to bring it to the channel, and what the channel answered."""

    attempt: int
    kind: str
    batch: str
    at: datetime
    by: str
    outcome: str
    answered_at: datetime | None
    number: str
    note: str


@dataclass(frozen=True)
class Why:
    """为什么: the row of the matrix that decides, with what is sure about it and what is not."""

    title: str
    basis: str
    sure: str
    note: str


@dataclass(frozen=True)
class PlacementPage:
    """One decision on one channel, told whole."""

    placed: Placed
    why: Why | None
    changes: tuple[Changed, ...]
    deliveries: tuple[Delivered, ...]
    removal_explanation: tuple[str, ...]
    exemption: Exempted | None


def placement_page(placement_id: int, actor: Actor) -> PlacementPage:
    """A placement of the actor's organ, or of one he supervises, with what became of it lately. Cost: 4 queries.

    Raises: Refused ``no-such-placement``, ``no-organ``.
    """
    rows = placement_rows(scope_of(actor)).select_related("organ", "case", "publication")
    row = rows.filter(pk=placement_id).first()
    if row is None:
        raise Refused("no-such-placement", "没有这条发布项。", remedy="请从“公示”列表重新进入。")
    rule = matrix().rule(row.rule)
    exempt = Exemption.objects.filter(paper=row.paper_id, state__in=("open", "approved"))
    held = exempt.select_related("case", "paper", "organ", "proposed_by").first()
    return PlacementPage(
        placed=placed(row),
        why=Why(rule.title, rule.basis, SURE[rule.sure], rule.note) if rule else None,
        changes=tuple(
            Changed(STATES[one.state], one.at, one.by_name, one.note)
            for one in row.changes.order_by("-id")[:MOST_SHOWN]
        ),
        deliveries=tuple(_delivered(one) for one in row.deliveries.order_by("-attempt")[:MOST_SHOWN]),
        removal_explanation=tuple(row.removal_explanation),
        exemption=exempted(held) if held else None,
    )


def _delivered(row: Delivery) -> Delivered:
    return Delivered(
        attempt=row.attempt,
        kind=DELIVERIES[row.kind],
        batch=row.batch,
        at=row.at,
        by=row.by_name,
        outcome=OUTCOMES[row.outcome],
        answered_at=row.answered_at,
        number=row.number,
        note=row.note,
    )


DELIVERIES = {"show": "公示", "correct": "更正", "remove": "撤下"}
OUTCOMES = {"waiting": "等待回执", "accepted": "已接收", "refused": "被退回"}
