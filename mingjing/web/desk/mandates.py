"""委托代理: lending one's role while away, seeing whom one deputizes for, ending it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from mingjing.kernel.refused import Refused
from mingjing.organs import actions
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.organs.mandates import MOST_DAYS, why_not_lend
from mingjing.organs.roles import role_title
from mingjing.web.ui import flash
from mingjing.web.ui.asked import number
from mingjing.web.ui.sealing import seal_now

from .frame import desk, page


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.move")
def mandates(request: Any) -> HttpResponse:
    """The mandates of the person, given and received, and the form for a new one."""
    refused = None
    if request.method == "POST":
        try:
            _delegate(request)
            return redirect("desk:mandates")
        except Refused as no_way:
            refused = no_way
    actor = request.actor
    staff = organs.actors_of_organ(actor.organ_id, request.at.date())
    roles = _lendable(actor)
    context = {
        "rows": [_told(row, request) for row in organs.mandates_of(actor.id, request.at.date())],
        "roles": roles,
        "kept": [why for role in sorted(actor.roles) if (why := why_not_lend(role)) is not None],
        "colleagues": [one for one in staff if one.id != actor.id],
        "principals": [one for one in staff if _lendable(one)] if actor.is_principal else [],
        "all_roles": sorted({role for one in staff for role in _lendable(one)}) if actor.is_principal else [],
        "role_title": role_title,
        "today": request.at.date(),
        "most_days": MOST_DAYS,
        "typed": request.POST,
        "refused": refused,
    }
    return page(request, "desk/mandates.html", context, current="mandates")


@require_POST
@desk("case.move")
def end(request: Any, mandate_id: int) -> HttpResponse:
    """End a mandate at once."""
    actions.end_mandate(mandate_id=mandate_id, actor=request.actor, at=request.at)
    seal_now(request)
    flash.say(request, "委托已经终止。")
    return redirect("desk:mandates")


def _delegate(request: Any) -> None:
    post = request.POST
    principal = post.get("principal", "")
    actions.delegate(
        principal_id=number(principal, request.actor.officer_id),
        deputy_id=_chosen(post.get("deputy", "")),
        role=post.get("role", ""),
        since=_day(post.get("since", "")),
        until=_day(post.get("until", "")),
        reason=post.get("reason", ""),
        actor=request.actor,
        at=request.at,
    )
    seal_now(request)
    flash.say(request, "委托已经登记，代理人在期间内可以办理。")


def _lendable(actor: Actor) -> list[str]:
    """The roles of the person's own that another may act in."""
    lent = {one.role for one in actor.mandates}
    return [role for role in sorted(actor.roles - lent) if why_not_lend(role) is None]


def _told(row: Any, request: Any) -> dict[str, Any]:
    today = request.at.date()
    running = row.ended_at is None and row.until >= today
    state = (
        "已终止"
        if row.ended_at
        else "已期满"
        if row.until < today
        else "未开始"
        if row.since > today
        else "代理中"
    )
    return {
        "id": row.pk,
        "principal": row.principal.name,
        "deputy": row.deputy.name,
        "role": role_title(row.role),
        "since": row.since,
        "until": row.until,
        "reason": row.reason,
        "state": state,
        "running": running,
        "mine": row.principal_id == request.actor.id,
    }


def _chosen(text: str) -> int:
    chosen = number(text, None)
    if chosen is None:
        raise Refused("bad-choice", "没有选择代理人。", remedy="请从名单中选择一名同事。")
    return chosen


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("bad-date", f"日期“{text[:20]}”看不懂。", remedy="请选择代理的起止日期。") from None
