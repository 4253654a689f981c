"""经办变动: handing a case over and asking for what is owed, from the case page."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from mingjing.cases import actions
from mingjing.cases import queries as cases
from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.web.ui import flash
from mingjing.web.ui.asked import number
from mingjing.web.ui.refusals import status_with
from mingjing.web.ui.sealing import seal_now

from .case import case_page, may_assign, posted_version
from .frame import desk, page
from .posting import acted


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.move")
def handover(request: Any, no: str) -> HttpResponse:
    """Offering the case to a colleague; or, while an offer is open, taking it over, declining, withdrawing."""
    shown = cases.case_page(request.actor, no, request.at)
    done = acted(request, lambda: _act(request, shown), "desk:case", no=no)
    if isinstance(done, HttpResponse):
        return done
    if done is not None:
        shown = cases.case_page(request.actor, no, request.at)
    staff = organs.actors_of_organ(request.actor.organ_id, request.at.date())
    handlers = [one for one in staff if one.id in shown.handler_ids]
    assigns = "case.assign" in request.actor.permissions
    context = {
        "case": shown,
        "offer": shown.handover,
        "givers": handlers if assigns else [one for one in handlers if one.id == request.actor.id],
        "colleagues": [
            one for one in staff if one.roles & {"handler", "unit_head"} and one.id not in shown.handler_ids
        ],
        "may_offer": shown.ended_at is None and may_assign(request.actor, shown),
        "typed": request.POST,
        "refused": done,
    }
    return page(request, "desk/handover.html", context, current="cases")


def _act(request: Any, shown: cases.CasePage) -> str:
    """Do what the button says; what to tell the person afterwards."""
    common: dict[str, Any] = {"actor": request.actor, "at": request.at}
    do, words = request.POST.get("do", "offer"), request.POST.get("words", "")
    if do == "offer":
        actions.hand_over(
            case_id=shown.id,
            giver_id=_chosen(request, "giver"),
            receiver_id=_chosen(request, "receiver"),
            reason=request.POST.get("reason", ""),
            materials=request.POST.get("materials", ""),
            version=posted_version(request),
            **common,
        )
        return "已提出移交，等待接收人接收。"
    offer = shown.handover
    if offer is None:
        raise Refused("changed-meanwhile", "这一移交已经办结。", remedy="请刷新页面。")
    if do == "accept":
        actions.accept_handover(handover_id=offer.id, note=words, **common)
        return "已接收，本案由您承办。"
    if do == "decline":
        actions.decline_handover(handover_id=offer.id, reason=words, **common)
        return "已退回移交人。"
    actions.withdraw_handover(handover_id=offer.id, **common)
    return "已撤回移交。"


def _chosen(request: Any, name: str) -> int:
    chosen = number(request.POST.get(name, ""), None)
    if chosen is None:
        raise Refused("bad-choice", "没有选择人员。", remedy="请从名单中选择一名同事。")
    return chosen


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.move")
def countersigning(request: Any, no: str, submission_id: int) -> HttpResponse:
    """The words on a submission: asking colleagues for theirs, giving one's own, doing without."""
    shown = cases.case_page(request.actor, no, request.at)
    found = next((one for one in shown.submissions if one.id == submission_id and one.state == "open"), None)
    if found is None:
        raise Refused("not-found", "这一报批事项已经办结，或者不属于本案。", remedy="请从案件页面进入。")
    done = acted(request, lambda: _countersign(request, submission_id), "desk:case", no=no)
    if isinstance(done, HttpResponse):
        return done
    staff = organs.actors_of_organ(request.actor.organ_id, request.at.date())
    asked = {one.officer for one in found.countersigns}
    context = {
        "case": shown,
        "one": found,
        "colleagues": [
            person
            for person in staff
            if "case.move" in person.permissions
            and person.id not in shown.handler_ids
            and person.name not in asked
        ],
        "picked": request.POST.getlist("officer"),
        "typed": request.POST,
        "refused": done,
    }
    return page(request, "desk/countersign.html", context, current="cases")


def _countersign(request: Any, submission_id: int) -> str:
    """Do what the button says; what to tell the person afterwards."""
    common: dict[str, Any] = {"actor": request.actor, "at": request.at}
    post = request.POST
    do, _, key = post.get("do", "").partition("-")
    words = post.get(f"words-{key}", "")
    if do == "ask":
        chosen = [one for text in post.getlist("officer") if (one := number(text, 0))]
        actions.ask_countersign(
            submission_id=submission_id, officer_ids=chosen, question=post.get("question", ""), **common
        )
        return "已提请会签，显示在对方的待办里。"
    row = number(key, 0)
    if do == "cancel":
        actions.cancel_countersign(countersign_id=row, reason=words, **common)
        return "已取消会签。"
    actions.countersign(countersign_id=row, agrees=do == "agree", opinion=words, **common)
    return "会签意见已经记录。"


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.move")
def back(request: Any, no: str, seq: int) -> HttpResponse:
    """What going back to a step would mean, with the form for it; a post does it."""
    shown = cases.case_page(request.actor, no, request.at)
    title, titles, why_not = cases.back_plan(request.actor, no, seq, request.at)
    done = acted(request, lambda: _step_back(request, shown, seq), "desk:case", no=no)
    if isinstance(done, HttpResponse):
        return done
    context = {
        "case": shown,
        "step_title": title,
        "titles": titles,
        "why_not": why_not,
        "typed": request.POST,
        "refused": done,
    }
    status = status_with(done or why_not)
    return page(request, "desk/step_back.html", context, current="cases", status=status)


def _step_back(request: Any, shown: cases.CasePage, seq: int) -> str:
    actions.step_back(
        case_id=shown.id,
        seq=seq,
        reason=request.POST.get("reason", ""),
        actor=request.actor,
        at=request.at,
        version=posted_version(request),
    )
    return "已退回，时间轴上标为“已退回重办”。"


@require_POST
@desk("case.move")
def urge(request: Any, no: str) -> HttpResponse:
    """Ask for what is owed in the case."""
    shown = cases.case_page(request.actor, no, request.at)
    owed = request.POST.get("obligation", "")
    try:
        actions.urge(
            case_id=shown.id,
            obligation_id=number(owed, 0),
            words=request.POST.get("words", ""),
            actor=request.actor,
            at=request.at,
        )
    except Refused as refused:
        return case_page(request, no, refused=refused)
    seal_now(request)
    flash.say(request, "已催办，显示在对方的待办里。")
    return redirect("desk:case", no=no)


@require_POST
@desk("case.move")
def disputed(request: Any, no: str) -> HttpResponse:
    """List the case among those that may be disputed, or take it off again."""
    shown = cases.case_page(request.actor, no, request.at)
    wanted = request.POST.get("disputed") == "yes"
    try:
        actions.set_disputed(
            case_id=shown.id,
            disputed=wanted,
            words=request.POST.get("words", ""),
            actor=request.actor,
            at=request.at,
        )
    except Refused as refused:
        return case_page(request, no, refused=refused)
    seal_now(request)
    flash.say(request, "此后关键过程改为全程音像记录。" if wanted else "此后按程序规定音像记录。")
    return redirect("desk:case", no=no)
