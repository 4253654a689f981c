"""Whoever finds a mistake in what is shown says so here, and reads the answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import party_actor
from mingjing.publicity import actions
from mingjing.publicity import queries as publicity
from mingjing.web.ui.asked import word
from mingjing.web.ui.limits import count_look_up
from mingjing.web.ui.refusals import status_with
from mingjing.web.ui.sealing import seal_now

_TYPED = ("role", "asker", "contact", "text")


@csrf_exempt  # nobody is signed in here: there is nothing that another site could do in somebody's name
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: Any, slug: str) -> HttpResponse:
    """The form that asks for a correction; what is typed goes to the organ alone. Cost: 3 queries."""
    found = publicity.by_slug(slug, request.at.date())
    typed = {name: request.POST.get(name, "").replace("\x00", "") for name in _TYPED}
    asked, refused = None, None
    if request.method == "POST":
        try:
            count_look_up(request, "correct", request.at)
            asked = actions.ask_correction(
                slug=slug, **typed, actor=party_actor(typed["asker"] or "申请人"), at=request.at
            )
            seal_now(request)
        except Refused as no_way:
            refused = no_way
    context = {
        "row": found.listed,
        "open": not found.listed.withdrawn and found.ended_on is None,
        "asked": asked,
        "typed": typed,
        "refused": refused,
    }
    return _private(request, "public/correct.html", context, refused)


@require_http_methods(["GET", "HEAD"])
def answer(request: Any) -> HttpResponse:
    """The state of a request and the answer to it, for whoever has its code. Cost: 1 query."""
    code, found, refused = word(request, "code").strip(), None, None
    if code:
        try:
            count_look_up(request, "correction", request.at)
            found = publicity.correction_by_code(code)
        except Refused as no_way:
            refused = no_way
    return _private(
        request, "public/correction.html", {"code": code, "asked": found, "refused": refused}, refused
    )


def _private(request: Any, template: str, context: dict[str, Any], refused: Refused | None) -> HttpResponse:
    """A page for one person: kept by nobody, found by no search engine."""
    response = render(request, template, context, status=status_with(refused))
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
