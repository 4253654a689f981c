"""Who may take which step of a case: organ, role, and being one of its handlers."""

from __future__ import annotations

from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, why_not_role

from .work import Work


def check_door(rule: Rule, through: str | None) -> None:
    """Steps that belong to an upper room are taken by its action only."""
    if (rule.through or ("payment" if rule.confirms_payment else None)) != through:
        raise Refused(
            "wrong-door",
            f"“{rule.title}”须在专门页面办理。",
            remedy="请从案件页面的“办理”按钮进入。",
        )


def check_actor(work: Work, rule: Rule, actor: Actor) -> None:
    """Whether this person may take this step in this case at all."""
    refused = why_not_actor(work, rule, actor)
    if refused is not None:
        raise refused


def why_not_approve(
    work: Work, role: str, title: str, proposers: frozenset[int | None], actor: Actor, verb: str = "审批"
) -> Refused | None:
    """Why the person may not answer a submission that ``proposers`` made: organ, role, and being another.

    A deputy is judged with the person he stands in for: neither may have proposed or handled.
    """
    if actor.organ_id != work.case.organ_id:
        return Refused(
            "other-organ",
            f"本案由{work.case.organ.name}办理，{actor.name}不能{verb}。",
            remedy="请由办案机关的负责人办理。",
        )
    refused = why_not_role(actor, (role,), f"{verb}：{title}")
    if refused is not None:
        return refused
    persons = actor.persons((role,))
    if persons & proposers:
        return Refused(
            "same-person",
            f"报批人不能自己{verb}，也不能由代理人{verb}。",
            basis="行政处罚法/57(1)",
            remedy="请由其他有权人员办理。",
        )
    if persons & work.handled:
        return Refused(
            "same-person",
            f"{actor.signature((role,))}是本案承办人或者曾经承办本案，不能{verb}本案的报批。",
            basis="行政处罚法/57(1)",
            remedy="请由未承办本案的负责人办理。",
        )
    return None


def why_not_actor(work: Work, rule: Rule, actor: Actor) -> Refused | None:
    """The answering half of ``check_actor``: organ, role, and being one of the handlers."""
    if actor.kind == "system":
        return None
    handler_ids = {one.id for one in work.handlers}
    if actor.kind == "officer" and actor.organ_id != work.case.organ_id:
        return Refused(
            "other-organ",
            f"本案由{work.case.organ.name}办理，{actor.name}属于{actor.organ_name}，不能办理。",
            remedy="需要协助的，请办理移送或者协助。",
        )
    if "party" in rule.by and actor.id in handler_ids:
        return None  # the handler enters what the party said or handed in
    refused = why_not_role(actor, rule.by, rule.title)
    if refused is not None:
        return refused
    # Also for the head of the unit, who may add himself: separation of duties looks at these rows only.
    only_as_handler = not actor.roles & (set(rule.by) - {"handler"})
    if only_as_handler and handler_ids and actor.id not in handler_ids:
        names = "、".join(one.name for one in work.handlers)
        return Refused(
            "not-handler-of-case",
            f"本案承办人为{names}，{actor.name}不是本案承办人。",
            remedy="请由承办人办理，或由承办机构负责人增加承办人。",
        )
    return None
