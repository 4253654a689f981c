"""退回重办: what going back to a step would mean, shown before it is done."""

from __future__ import annotations

from datetime import datetime

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor

from .. import going_back
from ..models import Paper, Step
from .finding import case_for, case_work


def back_plan(actor: Actor, no: str, seq: int, at: datetime) -> tuple[str, tuple[str, ...], Refused | None]:
    """The step's title, the titles of what would be done over, and why it may not be, if so. Cost: 4 queries.

    Raises: Refused ``not-found``.
    """
    case = case_for(actor, no)
    step = case.steps.filter(seq=seq, set_aside_at__isnull=True).first()
    if step is None:
        raise Refused("not-found", f"本案没有第 {seq} 号有效环节。", remedy="请从案件的时间轴进入。")
    work = case_work(case, at)
    steps = list(Step.objects.filter(case=case, set_aside_at__isnull=True).order_by("seq"))
    papers = Paper.objects.filter(case=case, outgoing=True, voided_at__isnull=True)
    try:
        back = going_back.plan(work, steps, set(papers.values_list("step_id", flat=True)), seq, actor)
    except Refused as why:
        return step.title, (), why
    return step.title, tuple(one.title for one in back.aside), None
