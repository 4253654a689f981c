"""音像记录情况: coverage by organ and officer, what is missing, excused and late; for heads and the justice bureau."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingjing.cases import actions, recordings
from mingjing.cases import queries as cases
from mingjing.kernel.refused import Refused
from mingjing.web.ui import flash
from mingjing.web.ui.asked import number
from mingjing.web.ui.refusals import status_of
from mingjing.web.ui.sealing import seal_now

from . import listing
from .case import case_page
from .frame import desk, page, word

DAYS = (30, 90, 365)
TABS = {
    "": "覆盖率",
    "missing": "没有记录的环节",
    "excuses": "已签署的理由",
    "recordings": "补传的音像",
    "entries": "补录的环节",
}


@require_safe
@desk("case.read")
def watch(request: Any) -> HttpResponse:
    """One tab over the last days; every number leads to its list, every line to its case. Cost: 2 queries."""
    tab, organ = word(request, "tab"), word(request, "organ", limit=60)
    days = next((one for one in DAYS if str(one) == word(request, "days")), DAYS[1])
    leaf = max(1, number(word(request, "page", limit=4), 1))
    since = request.at - timedelta(days=days)
    tab = tab if tab in TABS else ""
    filters = {"days": days, "organ": organ}
    path = request.path
    rows = _rows(request, tab, since, organ, leaf)
    more = tab != "" and len(rows) > cases.WATCHED
    context = {
        "tab": tab,
        "tabs": [
            {"title": title, "href": listing.address(path, filters, tab=key), "current": key == tab}
            for key, title in TABS.items()
        ],
        "rows": rows[: cases.WATCHED] if tab else rows,
        "days": days,
        "all_days": [(str(one), f"近 {one} 天") for one in DAYS],
        "organ": organ,
        "organ_name": request.actor.organ_name if organ == request.actor.organ_code else organ,
        "drill": lambda key, to: listing.address(path, {"days": days, "organ": key, "tab": to}),
        "next": listing.address(path, filters, tab=tab, page=leaf + 1) if more else None,
        "first": listing.address(path, filters, tab=tab) if leaf > 1 else None,
    }
    return page(request, "desk/watch.html", context, current="recording-watch")


def _rows(request: Any, tab: str, since: Any, organ: str, leaf: int) -> list[Any]:
    actor, at = request.actor, request.at
    if tab == "missing":
        return cases.unrecorded(actor, since, at, organ=organ, page=leaf)
    if tab == "excuses":
        return cases.excuses(actor, since, organ=organ, page=leaf)
    if tab == "recordings":
        return cases.late_recordings(actor, since, organ=organ, page=leaf)
    if tab == "entries":
        return cases.late_entries(actor, since, organ=organ, page=leaf)
    return cases.recording_coverage(actor, since, at, organ=organ)


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.move")
def excuse(request: Any, no: str, seq: int) -> HttpResponse:
    """Signing why a step has no recording."""
    shown = cases.case_page(request.actor, no, request.at, before=seq + 1)
    event = next((one for one in shown.events if one.seq == seq), None)
    if event is None:
        raise Refused("not-found", f"本案没有第 {seq} 号环节。", remedy="请从案件的时间轴进入。")
    refused = None
    if request.method == "POST":
        try:
            actions.excuse_recording(
                case_id=shown.id,
                seq=seq,
                code=request.POST.get("code", ""),
                text=request.POST.get("text", ""),
                actor=request.actor,
                at=request.at,
            )
            seal_now(request)
            flash.say(request, "理由已经签署，时间轴上已经标明。")
            return redirect("desk:case", no=no)
        except Refused as no_way:
            refused = no_way
    reasons = [one for one in recordings.reasons().values() if event.recording in one.levels]
    context = {
        "case": shown,
        "event": event,
        "reasons": reasons,
        "typed": request.POST,
        "refused": refused,
    }
    status = status_of(refused) if refused else 200
    return page(request, "desk/excuse.html", context, current="cases", status=status)


@require_POST
@desk("case.move")
def judge_excuse(request: Any, no: str, excuse_id: int) -> HttpResponse:
    """Confirm a signed reason, or turn it down."""
    answer = request.POST.get("answer", "").replace("\x00", "")
    common: dict[str, Any] = {"excuse_id": excuse_id, "actor": request.actor, "at": request.at}
    try:
        if request.POST.get("do") == "refuse":
            actions.refuse_excuse(answer=answer, **common)
            told = "已退回，请补传音像记录或者重新说明。"
        else:
            actions.confirm_excuse(answer=answer, **common)
            told = "已确认，可以继续办理。"
    except Refused as refused:
        return case_page(request, no, refused=refused)
    seal_now(request)
    flash.say(request, told)
    return redirect("desk:case", no=no)


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.move")
def loss(request: Any, evidence_id: int) -> HttpResponse:
    """Telling that a file of evidence was damaged or lost."""
    found = cases.evidence_for(request.actor, evidence_id)
    refused = None
    if request.method == "POST":
        try:
            actions.report_loss(
                evidence_id=evidence_id,
                reason=request.POST.get("reason", ""),
                actor=request.actor,
                at=request.at,
            )
            seal_now(request)
            flash.say(request, "已登记灭失，这份材料不再作为记录和证据使用。")
            return redirect("desk:case", no=found.case.no)
        except Refused as no_way:
            refused = no_way
    context = {"evidence": found, "reason": request.POST.get("reason", ""), "refused": refused}
    status = status_of(refused) if refused else 200
    return page(request, "desk/loss.html", context, current="cases", status=status)
