"""音像记录情况: coverage by organ and officer, what is missing, excused and late; for heads and the justice bureau."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingjing.cases import actions, recordings
from mingjing.cases import queries as cases
from mingjing.kernel.refused import Refused
from mingjing.web.ui import flash
from mingjing.web.ui.sealing import seal_now

from .case import case_page, page_at
from .frame import desk, page
from .lately import Asked, asked_for, tabs_context
from .posting import acted

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
    asked = asked_for(request, TABS)
    context = tabs_context(request, asked, TABS, _rows(request, asked))
    return page(request, "desk/watch.html", context, current="recording-watch")


def _rows(request: Any, asked: Asked) -> list[Any]:
    actor, since, organ, leaf = request.actor, asked.since, asked.organ, asked.leaf
    if asked.tab == "missing":
        return cases.unrecorded(actor, since, request.at, organ=organ, page=leaf)
    if asked.tab == "excuses":
        return cases.excuses(actor, since, organ=organ, page=leaf)
    if asked.tab == "recordings":
        return cases.late_recordings(actor, since, organ=organ, page=leaf)
    if asked.tab == "entries":
        return cases.late_entries(actor, since, organ=organ, page=leaf)
    return cases.recording_coverage(actor, since, request.at, organ=organ)


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.move")
def excuse(request: Any, no: str, seq: int) -> HttpResponse:
    """Signing why a step has no recording."""
    shown, event = page_at(request, no, seq)
    done = acted(request, lambda: _excuse(request, shown, seq), "desk:case", no=no)
    if isinstance(done, HttpResponse):
        return done
    reasons = [one for one in recordings.reasons().values() if event.recording in one.levels]
    context = {
        "case": shown,
        "event": event,
        "reasons": reasons,
        "typed": request.POST,
        "refused": done,
    }
    return page(request, "desk/excuse.html", context, current="cases")


def _excuse(request: Any, shown: cases.CasePage, seq: int) -> str:
    actions.excuse_recording(
        case_id=shown.id,
        seq=seq,
        code=request.POST.get("code", ""),
        text=request.POST.get("text", ""),
        actor=request.actor,
        at=request.at,
    )
    return "理由已经签署，时间轴上已经标明。"


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
    reason = request.POST.get("reason", "")

    def report() -> str:
        actions.report_loss(evidence_id=evidence_id, reason=reason, actor=request.actor, at=request.at)
        return "已登记灭失，这份材料不再作为记录和证据使用。"

    done = acted(request, report, "desk:case", no=found.case.no)
    if isinstance(done, HttpResponse):
        return done
    context = {"evidence": found, "reason": reason, "refused": done}
    return page(request, "desk/loss.html", context, current="cases")
