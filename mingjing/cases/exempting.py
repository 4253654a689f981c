"""不予公示、暂缓公示: what an exemption from publishing does to the duties of its case.

Whether a decision may stay unshown is judged in the room ``publicity``; here the case follows: a delay lets the term to
publish stand still, a non-publication ends it, and once neither stands it runs anew. Whoever must approve or judge
anew owes that by its day. Source: 达州三项制度方案/4(1); 政府信息公开条例/14-18.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from mingjing.kernel import holding
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.marking import MERGED, Marking, dump
from mingjing.kernel.numerals import plain_date
from mingjing.organs.authority import Actor
from mingjing.sql import update

from . import moves, obligations
from .work import Work

KINDS, RENEWED = {True: "publication-paused", False: "publication-exempted"}, "publication-renewed"
TITLES = {
    "publication-paused": "暂缓公示，公示期限停止计算",
    "publication-exempted": "不予公示，公示义务了结",
    "publication-renewed": "恢复公示，公示期限重新起算",
}


@dataclass(frozen=True)
class Exempted:
    """An exemption that stands: a ``delay`` or for good, its ground in words, and when it is to be judged anew."""

    delay: bool
    cause: str
    review_on: date

    @property
    def reason(self) -> holding.Reason:
        """For the reckoning of the term."""
        return holding.Reason(self.cause, f"机关负责人批准，{plain_date(self.review_on)}复核")


def follow(work: Work, exempt: Exempted | None, free_on: date | None, actor: Actor) -> None:
    """Make the duty to publish what the exemption says; ``free_on`` is since when none stands any more of what is
    still to be shown, None where none ever did. Does nothing where it is so already.

    MUST run inside the transaction that locked the case. Cost: none where nothing changes.
    """
    if work.marking.outcome == MERGED:
        return
    for rule in work.procedure.steps.values():
        still = rule.shows and rule.id in work.marking.included
        found = _changed(work, rule.id, exempt, free_on) if still else None
        if found is not None:
            _move(work, rule.id, *found, actor)


def _changed(
    work: Work, step: str, exempt: Exempted | None, free_on: date | None
) -> tuple[str, Marking, str] | None:
    """What becomes of the duty: the kind of move, the marking after it, and why; None where all stays."""
    marking, on = work.marking, work.at.astimezone(SHANGHAI).date()
    common: dict[str, Any] = {"facts": work.facts(), "calendar": work.calendar}
    if exempt is not None and marking.owes(step):
        kind, text = KINDS[exempt.delay], f"{exempt.cause}；{exempt.reason.document}。"
        if exempt.delay:
            after = holding.pause(work.procedure, marking, step, exempt.reason, on, **common)
        else:
            after = holding.end(marking, step, exempt.reason, on)
    elif (
        exempt is None and free_on is not None and (holding.is_held(marking, step) or not marking.owes(step))
    ):
        kind, text = RENEWED, f"自{plain_date(free_on)}起。"
        after = holding.renew(work.procedure, marking, step, free_on, at=work.at, **common)
    else:
        return None
    return (kind, after, text) if after is not marking else None


def _move(work: Work, step: str, kind: str, marking: Marking, text: str, actor: Actor) -> None:
    work.marking = marking
    work.case.marking = dump(marking)
    obligations.settle(work, done="")
    if kind == RENEWED:
        obligations.keep_lateness(work, step)
    work.case.due_at = obligations.earliest_due(work)
    update(work.case, "marking", "due_at")
    moves.note(work, kind=kind, title=TITLES[kind], actor=actor, text=text, plain={"step": step})
