"""当事人和参加人: the parties of a case, their agents and guardians, and those whose interests are touched."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from mingjing.cases import actions
from mingjing.cases import queries as cases
from mingjing.cases.participants import ROLES
from mingjing.kernel.refused import Refused
from mingjing.parties import queries as parties
from mingjing.parties.facts import KINDS
from mingjing.web.ui import flash
from mingjing.web.ui.asked import number
from mingjing.web.ui.sealing import seal_now
from mingjing.web.ui.uploads import forget_sent, uploads_under

from .case import may_assign, posted_version
from .frame import desk, page, word

FOUND = 10
NEW = ("name", "kind", "code", "legal_representative", "sex", "born_on", "address", "phone")


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.read")
def participants(request: Any, no: str) -> HttpResponse:
    """Who takes part; a post lets somebody join or leave. ``find`` looks for known parties."""
    shown = cases.case_page(request.actor, no, request.at)
    refused = None
    if request.method == "POST":
        try:
            told = _act(request, shown)
            forget_sent(request)
            seal_now(request)
            flash.say(request, told)
            return redirect("desk:participants", no=no)
        except Refused as no_way:
            refused = no_way
            shown = cases.case_page(request.actor, no, request.at)
    words = word(request, "find") or request.POST.get("find", "")[:100]
    context = {
        "case": shown,
        "roles": ROLES,
        "kinds": KINDS,
        "words": words,
        "found": parties.search(words, limit=FOUND) if words else [],
        "may_change": shown.ended_at is None
        and "case.move" in request.actor.permissions
        and may_assign(request.actor, shown),
        "typed": request.POST,
        "refused": refused,
    }
    return page(request, "desk/participants.html", context, current="cases")


def _act(request: Any, shown: cases.CasePage) -> str:
    """Do what the button says; what to tell the person afterwards."""
    post = request.POST
    common: dict[str, Any] = {"actor": request.actor, "at": request.at}
    leaving = post.get("leave", "")
    if leaving:
        key = number(leaving, 0)
        actions.leave(participant_id=key, reason=post.get(f"reason-{leaving}", ""), **common)
        return "已登记退出。"
    known, beside = post.get("party", ""), post.get("represents", "")
    actions.join(
        case_id=shown.id,
        role=post.get("role", ""),
        reason=post.get("reason", ""),
        party_id=number(known, None),
        party={name: post.get(f"party.{name}", "").replace("\x00", "").strip() for name in NEW},
        represents_id=number(beside, None),
        scope=post.get("scope", ""),
        nationality=post.get("nationality", ""),
        passport=post.get("passport", ""),
        files=uploads_under(request.FILES, "files", request),
        version=posted_version(request),
        **common,
    )
    return "已登记参加人。"
