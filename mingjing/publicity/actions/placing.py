"""Keeping placements in step with their case, and what channels answer.

``settle`` derives everything from the case: decision papers, exemptions, publications, outcomes of remedies. It is
called by the actions of this room and, for what happens in the case elsewhere, by ``following.catch_up``; calling it
again changes nothing. The rest is the life of a placement on a channel that receives files.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from mingjing.cases import obligations
from mingjing.cases.exempting import follow
from mingjing.cases.models import Case, Paper
from mingjing.cases.work import Work, lock
from mingjing.kernel.publicity import Answer
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor

from .. import exempting
from ..changing import (
    MANAGE,
    SETTLED,
    is_standing,
    keep_lateness,
    locked,
    mark_ended,
    mark_standing,
    owe_at_once,
    owe_withdrawal,
    require_apart,
    require_state,
    write,
)
from ..exempting import Exemptions
from ..matrix import Matrix, matrix
from ..models import Placement, Publication
from ..placing import (
    answers,
    day_of,
    decision_of,
    decision_paper,
    remedy_of,
)
from ..placing_models import WAITING

DECIDED = "placement.decided"


def settle(*, case_id: uuid.UUID, actor: Actor, at: datetime) -> list[Placement]:
    """Make the placements of a case what its papers, exemptions, publications and remedies say; returns the changed.

    Idempotent. Cost: 6 queries where nothing changed.
    """
    with transaction.atomic():
        work = lock(case_id, at, None)
        paper = decision_paper(work.case)
        dropped = _drop_superseded(work.case, paper, actor, at)
        found = exempting.of_case(work, paper)
        obligations.settle_exemptions(work, found.to_judge, undone=found.lapsed)
        if paper is None:
            return dropped
        rows = {row.channel: row for row in Placement.objects.filter(paper=paper)}
        before = {channel: _look(row) for channel, row in rows.items()}
        shown = Publication.objects.filter(paper=paper, channel="portal").order_by("-pk").first()
        rows |= _judged(work, paper, rows, found)
        follow(work, found.told, None if shown else found.free_on, actor)
        for row in rows.values():
            _follow_publication(row, shown, at)
        _follow_remedy(work.case, list(rows.values()), shown, at)
        changed = [row for channel, row in rows.items() if before.get(channel) != _look(row)]
        if changed:
            write(SETTLED, changed, actor=actor, at=at, decision=str(paper.step.entry_id))
        return dropped + changed


def _drop_superseded(case: Case, paper: Paper | None, actor: Actor, at: datetime) -> list[Placement]:
    """What waits of a decision that was voided, or in whose place a later one stands, waits no longer."""
    waiting = Placement.objects.filter(case=case, state__in=WAITING).exclude(paper=paper).order_by("pk")
    rows = list(waiting)
    for row in rows:
        keep_lateness(row, at)
        row.state = "withdrawn"
    for key in dict.fromkeys(row.paper_id for row in rows):
        write(SETTLED, [row for row in rows if row.paper_id == key], actor=actor, at=at)
    return rows


def _look(row: Placement) -> tuple[Any, ...]:
    """What tells whether a row was changed."""
    return (row.state, row.ground, row.removal, row.removal_kind, row.publication_id, row.until, row.shown_on)


def _judged(work: Work, paper: Paper, rows: dict[str, Placement], exempt: Exemptions) -> dict[str, Placement]:
    """New rows for channels that are to have one, and rows judged anew because an exemption came or went."""
    grounds = {exempt.standing.ground} if exempt.standing else set()
    known = matrix()
    stale = [row for row in rows.values() if _exempt_changed(row, grounds, known)]
    if len(rows) and not stale:
        return {}
    found = {}
    for answer in answers(decision_of(work, paper, grounds, exempt.free_on)):
        row = rows.get(answer.channel.id)
        if row is None and (rows or answer.verdict == "not_covered"):
            continue
        row = row or _new(work, paper, answer)
        if row.pk is None or row in stale:
            keep_lateness(row, work.at)
            _apply(row, answer)
            found[answer.channel.id] = row
    return found


def _exempt_changed(row: Placement, grounds: set[str], known: Matrix) -> bool:
    """Whether the row is to be judged anew: an exemption came while it waits, or the one that held it is gone."""
    by_exemption = row.ground in known.grounds and known.grounds[row.ground].kind != "law"
    if row.state == "withheld" and by_exemption:
        return not grounds
    return bool(grounds) and row.state in WAITING and row.state != "sent"


def _new(work: Work, paper: Paper, answer: Answer) -> Placement:
    case = work.case
    return Placement(
        case=case,
        paper=paper,
        organ_id=case.organ_id,
        channel=answer.channel.id,
        act=case.act,
        region=case.region,
        number=paper.number,
        decided_on=day_of(paper.step.at),
        moved_at=work.at,
    )


def _apply(row: Placement, answer: Answer) -> None:
    """Put what the matrix says into the row."""
    rule = answer.rule
    row.verdict = answer.verdict
    row.state = "owed" if answer.verdict == "shown" else "withheld"
    row.ground = "" if row.state == "owed" else ((rule.ground if rule else "") or "not_decided")
    if rule is not None:
        row.rule, row.basis, row.clock = rule.id, rule.basis, rule.clock
        row.masking, row.content = rule.masking, rule.content
        row.display, row.display_from = answer.display, answer.display_from
    row.until = answer.until
    if answer.due is not None:
        row.due_at, row.provisional = answer.due.due_at, answer.due.provisional
        row.explanation = list(answer.due.explanation)


def _follow_publication(row: Placement, shown: Publication | None, at: datetime) -> None:
    """What the publication on the organ's own site means for each channel."""
    if shown is None or row.state in ("ended", "withdrawn", "withheld"):
        return
    row.publication = shown
    if matrix().channel(row.channel).own:
        if shown.state == "shown" and row.state != "shown":
            mark_standing(row, "shown", day_of(shown.published_at), at)
            row.until = shown.until or row.until
        elif shown.state == "ended":
            mark_ended(row, asks=False)
    elif row.state == "owed" and shown.state == "shown":
        row.state = "approved"


def _follow_remedy(case: Case, rows: Sequence[Placement], shown: Publication | None, at: datetime) -> None:
    """A decision that fell: what waits is dropped, what is shown is to go, what was taken down is done."""
    step = remedy_of(case)
    down = shown is not None and shown.state == "withdrawn"
    if step is None and not down:
        return
    for row in rows:
        if row.state in ("withdrawn", "withheld", "ended"):
            continue
        if not is_standing(row):
            keep_lateness(row, at)
            row.state = "withdrawn"
        elif step is not None and row.removal_kind != "withdrawn":
            owe_withdrawal(row, step)
        if down and row.state != "withdrawn":
            _take_down(row, at)


def _take_down(row: Placement, at: datetime) -> None:
    """The publication is gone from the organ's own site: there it is done, elsewhere it is to be."""
    own = matrix().channel(row.channel).own
    row.state = row.removal_kind = "withdrawn"
    row.removal = "done" if own else row.removal if row.removal not in ("", "done") else "owed"
    row.removal_late = own and row.removal_due_at is not None and at > row.removal_due_at
    if row.removal_due_at is None:
        owe_at_once(row, at)


# --- what a person decides ---


def show(*, placement_id: int, reason: str, actor: Actor, at: datetime) -> Placement:
    """Decide to show a decision where the law leaves it to the organ, or does not show it in principle.

    Raises: Refused ``no-permission``, ``not-your-organ``, ``same-person``, ``wrong-state``, ``never``, ``no-reason``.
    Source: 企业信息公示暂行条例/7; 信用修复管理办法.
    """
    with transaction.atomic():
        row = locked(placement_id, actor)
        require_apart(row.case_id, actor, MANAGE, "决定公示本案")
        require_state(row, ("withheld",), "决定公示")
        if row.verdict not in ("by_decision", "in_principle_not"):
            raise Refused(
                "never",
                "这份决定在该渠道不得公示，不能由机关决定公示。",
                basis=row.basis,
                remedy="不公示的理由消失的，请办理复核。",
            )
        if not reason.strip():
            raise Refused("no-reason", "没有写明为什么需要公示。", remedy="请写明理由。")
        row.state, row.ground = "owed", ""
        _follow_publication(row, Publication.objects.filter(paper_id=row.paper_id).last(), at)
        write(DECIDED, [row], actor=actor, at=at, note=reason.strip())
        return row
