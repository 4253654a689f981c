"""The exemptions of one case: which stands, since when none does, and what somebody must approve or judge anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mingjing.cases.exempting import Exempted
from mingjing.cases.models import Paper, Step
from mingjing.cases.obligations import Judging
from mingjing.cases.work import Work
from mingjing.kernel.clocks import end_of_day
from mingjing.kernel.holding import REVIEWED
from mingjing.sql import insert

from .matrix import Ground, matrix
from .models import Exemption
from .placing import day_of, review_day

REVIEW_BASIS = f"{REVIEWED}; 达州三项制度方案/4(1)"
ANSWERED_IN_CASE = "已在案件中批准不予公示，本件不再办理。"
KINDS = {"delay": "暂缓公示", "decision": "不公示"}


@dataclass(frozen=True)
class Exemptions:
    """What of a decision's exemptions counts now.

    ``standing`` keeps it from the public; ``free_on`` is since when none does, None where none ever did; ``to_judge``
    is what a head owes, ``lapsed`` the keys of delays that ended without anybody having judged.
    """

    standing: Exemption | None
    free_on: date | None
    to_judge: tuple[Judging, ...]
    lapsed: frozenset[str]

    @property
    def told(self) -> Exempted | None:
        """The standing one, as the case is told of it."""
        row = self.standing
        if row is None:
            return None
        return Exempted(row.kind == "delay", matrix().ground(row.ground).title, row.review_on)


def of_case(work: Work, paper: Paper | None) -> Exemptions:
    """The exemptions of the decision on ``paper``; one that the case's own procedure approved is taken over first.

    Cost: 2 queries, 1 more where one is taken over.
    """
    rows = [
        row for row in work.case.exemptions.order_by("pk") if paper is not None and row.paper_id == paper.pk
    ]
    standing = next((row for row in rows if row.state == "approved"), None)
    if paper is not None:
        taken = _taken_over(work, paper, rows)
        standing = standing or taken
        rows += [taken] if taken else []
    return Exemptions(
        standing=standing,
        free_on=None if standing else _free_on(rows),
        to_judge=tuple(_judging(row) for row in rows if row.state in ("open", "approved")),
        lapsed=frozenset(_key(row) for row in rows if row.state == "lapsed"),
    )


def _free_on(rows: Sequence[Exemption]) -> date | None:
    """Since when no exemption keeps the decision from being shown; None where none ever did."""
    gone = [row for row in rows if row.state in ("lifted", "lapsed")]
    if not gone:
        return None
    return day_of(gone[-1].lifted_at) if gone[-1].lifted_at else gone[-1].review_on


def _judging(row: Exemption) -> Judging:
    ground = matrix().ground(row.ground)
    if row.state == "open":
        return Judging(_key(row), f"批准：{KINDS[row.kind]}", ground.approver, ground.basis)
    due_at = end_of_day(row.review_on)
    return Judging(_key(row), f"复核：{KINDS[row.kind]}", ground.approver, REVIEW_BASIS, due_at)


def _key(row: Exemption) -> str:
    return f"exemption/{row.pk}"


def _taken_over(work: Work, paper: Paper, rows: Sequence[Exemption]) -> Exemption | None:
    """The exemption that the procedure of the case approved, where no row was made of it yet."""
    steps = work.case.steps.filter(step="withhold_publication", set_aside_at__isnull=True)
    step = steps.order_by("-seq").first()
    if step is None or Exemption.objects.filter(step_entry_id=step.entry_id).exists():
        return None
    if any(row.state == "approved" or (row.lifted_at and row.lifted_at >= step.at) for row in rows):
        return None
    for row in rows:
        if row.state == "open":  # the head has answered in the case itself
            row.state, row.opinion = "returned", ANSWERED_IN_CASE
            row.closed_at, row.closed_by_id = step.at, step.by_id
            row.save(update_fields=["state", "opinion", "closed_at", "closed_by"])
    return _made_of(step, work, paper)


def _made_of(step: Step, work: Work, paper: Paper) -> Exemption:
    assert step.by_id is not None  # a person approves that a decision is not shown
    ground: Ground = matrix().ground(step.facts["withholding_ground"])
    review = step.facts.get("withholding_review_on")
    made = Exemption(
        case=work.case,
        paper=paper,
        organ_id=work.case.organ_id,
        kind=ground.kind,
        ground=ground.id,
        reason=step.facts["withholding_reason"],
        review_on=date.fromisoformat(review) if review else review_day(ground, day_of(step.at)),
        state="approved",
        step_entry_id=step.entry_id,
        proposed_at=step.at,
        proposed_by_id=step.proposed_by_id or step.by_id,
        closed_at=step.at,
        closed_by_id=step.by_id,
    )
    insert([made])
    return made
