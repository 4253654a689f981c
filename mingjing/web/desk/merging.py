"""并案、分案: making a case part of another, and taking a party out into a case of its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from mingjing.cases import actions
from mingjing.cases import queries as cases
from mingjing.kernel.refused import Refused
from mingjing.web.ui import flash
from mingjing.web.ui.sealing import seal_now

from .case import may_split, offers_merger, posted_version
from .frame import desk, page, word


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.move")
def merge(request: Any, no: str) -> HttpResponse:
    """Choosing the case that leads, with the terms of each; a post merges this case into it."""
    shown = cases.case_page(request.actor, no, request.at)
    words = word(request, "find") or request.POST.get("find", "")[:100]
    refused = None
    if request.method == "POST":
        try:
            leading = _leading(request)
            actions.merge_into(
                case_id=shown.id,
                leading_id=leading.pk,
                reason=request.POST.get("reason", ""),
                actor=request.actor,
                at=request.at,
                version=posted_version(request),
            )
            seal_now(request)
            flash.say(request, f"已把{shown.label}并入本案，当事人和期限以本页为准。")
            return redirect("desk:case", no=leading.no)
        except Refused as no_way:
            refused = no_way
    own, *others = cases.may_lead(request.actor, no, request.at, words.strip())
    context = {
        "case": shown,
        "may": offers_merger(request.actor, shown),
        "own": own,
        "others": others,
        "words": words,
        "typed": request.POST,
        "refused": refused,
    }
    return page(request, "desk/merge.html", context, current="cases")


def _leading(request: Any) -> Any:
    chosen = request.POST.get("leading", "")
    if not chosen:
        raise Refused("bad-choice", "没有选择主案。", remedy="请从列出的案件中选择一案为主案。")
    return cases.case_for(request.actor, chosen[:30])


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.move")
def split(request: Any, no: str) -> HttpResponse:
    """Choosing the party that goes into a case of its own; a post opens it."""
    shown = cases.case_page(request.actor, no, request.at)
    refused = None
    if request.method == "POST":
        try:
            opened = actions.split_off(
                participant_id=_party(request, shown),
                title=request.POST.get("title", "").replace("\x00", ""),
                reason=request.POST.get("reason", ""),
                actor=request.actor,
                at=request.at,
                version=posted_version(request),
            )
            seal_now(request)
            flash.say(request, "已分案。这是分出的新案，从第一个环节办起。")
            return redirect("desk:case", no=opened.case_no)
        except Refused as no_way:
            refused = no_way
    context = {
        "case": shown,
        "may": shown.ended_at is None and may_split(shown),
        "parties": [one for one in shown.participants if one.kind == "co_party"],
        "typed": request.POST,
        "refused": refused,
    }
    return page(request, "desk/split.html", context, current="cases")


def _party(request: Any, shown: cases.CasePage) -> int:
    """The chosen row of this very case."""
    chosen = request.POST.get("party", "")
    if chosen not in {str(one.id) for one in shown.participants}:
        raise Refused("bad-choice", "没有选择要分出的当事人。", remedy="请从本案的共同当事人中选择一名。")
    return int(chosen)
