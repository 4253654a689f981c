"""承办: who may come to handle a case, and who may say so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from mingjing.kernel.procedure import Procedure
from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor, why_not_role

from .models import Countersign, Step
from .work import Work

HANDLING = frozenset({"handler", "unit_head"})


def handling(procedure: Procedure) -> list[str]:
    """The roles that may handle such a matter: those that begin it too, unless it is assigned to others."""
    begins = next(step for step in procedure.steps.values() if step.start).by
    return [*sorted(HANDLING), *(() if procedure.matter.assigned else begins)]


def check_handlers(officer_ids: Sequence[int], organ_id: int, roles: Sequence[str], at: datetime) -> None:
    """Handlers are those whose office it is to handle cases, or one of ``roles``. Cost: 1 query."""
    actors = organs.actors_of(list(officer_ids), at.date())
    for one in officer_ids:
        actor = actors.get(one)
        if actor is None or actor.organ_id != organ_id:
            raise Refused("other-organ", "承办人须为本机关在职人员。", remedy="请从名单中重新选择。")
        refused = why_not_role(actor, tuple(roles), "承办案件")
        if refused is not None:
            raise refused


def check_newcomer(work: Work, officer_id: int) -> None:
    """Who approved, reviewed, heard, decided or countersigned in a case does not come to handle it. Cost: 3 queries.

    Raises: Refused ``other-organ``, ``wrong-role``, ``same-person``. Source: 行政处罚法/57(1), 58, 64(4).
    """
    check_handlers([officer_id], work.case.organ_id, handling(work.procedure), work.at)
    what = judged(work, officer_id)
    if what is not None:
        raise Refused(
            "same-person",
            f"该人员在本案中办理过“{what}”，不得再承办本案。",
            basis="行政处罚法/57(1); 行政处罚法/58; 行政处罚法/64(4)",
            remedy="请由没有审批、审核、主持、决定过本案的人员承办。",
        )


def judged(work: Work, officer_id: int) -> str | None:
    """The title of a step that the officer approved, countersigned, or took otherwise than as a handler."""
    rows = Step.objects.filter(Q(by=officer_id) | Q(on_behalf_of=officer_id), case=work.case).values_list(
        "step", "title", "proposed_by_id"
    )
    for step, title, proposed_by in rows:
        rule = work.procedure.steps.get(step)
        by = set(rule.by) if rule is not None else set()
        as_handler = proposed_by is None and (rule is None or rule.start or by & (HANDLING | {"party"}))
        if not as_handler:
            return str(title)
    words = Countersign.objects.filter(submission__case=work.case, officer=officer_id)
    gave = words.exclude(state="cancelled").values_list("submission__title", flat=True).first()
    return None if gave is None else f"会签：{gave}"


def may_arrange(work: Work, actor: Actor) -> bool:
    """Whether the person says who handles the case: its handlers, and those who assign cases."""
    return "case.assign" in actor.permissions or actor.id in {one.id for one in work.handlers}
