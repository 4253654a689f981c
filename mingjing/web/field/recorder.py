"""录制: the recorder's page. What is recorded lives on the device until the platform has given its receipt."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mingjing.cases import queries as cases
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.vault import queries as vault
from mingjing.web.ui.entering import officers_only

from .frame import FIELD, page


@require_safe
@officers_only(FIELD)
def recorder(request: Any) -> HttpResponse:
    """The page, for a step of a case (``case`` and ``step`` in the address) or for none yet."""
    mine = cases.my_filmed_cases(request.actor, request.at)
    chosen = _chosen(request)
    case, rule, officers = chosen or (None, None, (request.actor,))
    context = {
        "case": case,
        "rule": rule,
        "announcement": announcement(request.actor, officers, case, rule),
        "choices": [
            {
                "no": one.no,
                "label": f"{one.label} {one.party or one.title}",
                "steps": [[step.step, step.title] for step in one.steps],
            }
            for one in mine
        ],
        "number": _number(request.actor),
        "hand_in": vault.rules().hand_in,
    }
    return page(request, "field/recorder.html", context)


def announcement(actor: Actor, officers: tuple[Actor, ...], case: Any, rule: Rule | None) -> str:
    """What is read out when a recording begins: who, what, that it is recorded. ``{time}`` is put in on the device.

    Source: 达州三项制度方案/8; 行政处罚法/55 (officers show their certificates and say who they are).
    """
    named = "、".join(f"{one.name}（证号 {_number(one)}）" if _number(one) else one.name for one in officers)
    what = f"现依法对{case.party.name if case and case.party else '你单位（你）'}" if case else "现依法"
    doing = f"进行“{rule.title}”" if rule else "开展执法活动"
    whole = "全程" if rule is None or rule.recording == "full" else ""
    return (
        f"现在是{{time}}。我们是{actor.organ_name}行政执法人员{named}，这是我们的执法证件。"
        f"{what}{doing}，{whole}同步录音录像，请予配合。你有权陈述、申辩，认为执法人员与本案有直接利害关系的，有权申请回避。"
    )


def _chosen(request: Any) -> tuple[Any, Rule, tuple[Actor, ...]] | None:
    """The case and step in the address with the case's handlers, if the person may see them."""
    no, step = request.GET.get("case", ""), request.GET.get("step", "")
    if not no or not step or "\x00" in no:
        return None
    case = cases.case_for(request.actor, no)
    work = cases.case_work(case, request.at)
    rule = work.procedure.steps.get(step)
    if rule is None:
        raise Refused("not-found", f"案件 {no} 没有这一环节。", remedy="请从案件页面进入。")
    return case, rule, tuple(work.handlers) or (request.actor,)


def _number(actor: Actor) -> str:
    return next((one.number for one in actor.certificates), "")
