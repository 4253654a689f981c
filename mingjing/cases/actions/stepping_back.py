"""退回重办: taking a case back to an earlier step of the office, which is then done over."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from mingjing.kernel import marking
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.sql import update

from .. import effects, going_back, moves, obligations
from ..models import Paper, Step
from ..work import Work, lock


def step_back(
    *, case_id: uuid.UUID, seq: int, reason: str, actor: Actor, at: datetime, version: int | None = None
) -> tuple[str, ...]:
    """Go back to step ``seq``: it and every later step of the office are to be done over; their titles.

    The steps stay on the time line as set aside, their papers are void, their numbers stay used. No term begins
    anew. What has reached the party or the public is not taken back. Source: 行政处罚法/47, 57.

    Raises: Refused of ``going_back.plan``, and ``ended``, ``other-organ``, ``submission-open``, ``bad-reason``.
    """
    require(actor, "case.move")
    reason = moves.reason_of(reason, "退回重办的理由")
    with transaction.atomic():
        work = lock(case_id, at, version)
        moves.require_running(work)
        moves.require_own_organ(work, actor)
        require_nothing_submitted(work)
        steps = list(work.case.steps.filter(set_aside_at__isnull=True).order_by("seq"))
        back = going_back.plan(work, steps, outgoing(work), seq, actor)
        _set_aside(work, back, actor)
        _go_on_from(work, back)
        titles = tuple(one.title for one in back.aside)
        moves.note(
            work,
            kind="stepped-back",
            title=f"退回重办：{back.to.title}",
            actor=actor,
            text=f"{reason}（须重新办理：{'、'.join(titles)}）"[:1000],
            plain={"step": back.to.step, "seqs": [one.seq for one in back.aside]},
            roles=("organ_head",) if "organ_head" in actor.roles else (),
        )
        return titles


def require_nothing_submitted(work: Work) -> None:
    """What waits for approval was proposed on the case as it stands."""
    waiting = work.case.submissions.filter(state="open").values_list("title", flat=True).first()
    if waiting is not None:
        raise Refused(
            "submission-open",
            f"“{waiting}”正在等待审批，不能退回重办。",
            remedy="请先撤回或者退回报批。",
        )


def outgoing(work: Work) -> set[int]:
    """The keys of the steps that issued papers for the outside. Cost: 1 query."""
    rows = Paper.objects.filter(case=work.case, outgoing=True, voided_at__isnull=True)
    return set(rows.values_list("step_id", flat=True))


def _set_aside(work: Work, back: going_back.Back, actor: Actor) -> None:
    keys = [one.pk for one in back.aside]
    Step.objects.filter(pk__in=keys).update(set_aside_at=work.at, set_aside_by=actor.officer_id)
    Paper.objects.filter(step__in=keys, voided_at__isnull=True).update(
        voided_at=work.at, void_reason=f"“{back.to.title}”退回重办"
    )


def _go_on_from(work: Work, back: going_back.Back) -> None:
    """The case as the standing steps leave it; what is owed follows the marking."""
    case = work.case
    work.marking, case.facts = back.marking, back.facts
    case.marking = marking.dump(back.marking)
    stage = effects.stage_after(work.procedure, back.marking)
    case.stage, case.stage_title = stage.id, stage.title
    obligations.settle(work, done="")
    case.due_at = obligations.earliest_due(work)
    update(case, "facts", "marking", "stage", "stage_title", "due_at")
