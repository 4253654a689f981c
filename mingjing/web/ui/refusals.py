"""The one place where a lawful no becomes a page, a fragment or problem+json."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from mingjing.kernel.refused import Refused

from . import kept

FORBIDDEN = frozenset(
    {
        "no-permission",
        "wrong-role",
        "other-organ",
        "not-your-organ",
        "not-handler-of-case",
        "same-person",
        "not-proposer",
        "not-receiver",
        "may-not-urge",
        "may-not-ask",
        "not-yours",
        "not-principal-of-role",
        "in-person",
        "wrong-password",
    }
)
UNPROCESSABLE = frozenset({"bad-facts", "weak-password", "password-mismatch"})
TITLES = {403: "不能办理", 404: "没有找到", 409: "现在不能这样做", 422: "填写需要更正", 429: "请稍后再试"}


def status_of(refused: Refused) -> int:
    """403: wrong person; 404: not there; 422: wrong input; 429: too many tries; 409: anything else."""
    if refused.code in FORBIDDEN:
        return 403
    if refused.code == "not-found" or refused.code.startswith("no-such-"):
        return 404
    if refused.code in UNPROCESSABLE or refused.code.startswith("bad-"):
        return 422
    return 429 if refused.code in ("locked", "too-many") else 409


def status_with(refused: Refused | None, wrong: object = None) -> int:
    """The status of a page that shows this refusal, if any; 422 where fields are ``wrong``, else 200."""
    return status_of(refused) if refused else 422 if wrong else 200


def render_refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The refusal in the shape that was asked for, never cached."""
    status = status_of(refused)
    response = _in_shape(request, refused, status)
    response["Cache-Control"] = "no-store"
    return response


def _in_shape(request: HttpRequest, refused: Refused, status: int) -> HttpResponse:
    if wants_json(request):
        return problem(refused)
    if getattr(request, "htmx", False):
        return render(request, "errors/refused_fragment.html", {"refused": refused}, status=status)
    mine = request.method == "POST" and kept.from_us(request)
    if at_public_door(request) and not mine:
        shown = {"refused": refused, "status": status, "back": _back(request)}
        return render(request, "errors/public.html", shown, status=status)
    context = {
        "refused": refused,
        "title": TITLES[status],
        "words": kept.words(kept.typed(request.POST)) if mine else [],
        "back": _back(request),
        "home": "/desk" if getattr(request, "actor", None) else "/",
    }
    return render(request, "errors/refused.html", context, status=status)


_DOORS = re.compile(r"/(?:desk|field|sign-in|sign-out|uploads|shared)(?:/|$)")


def at_public_door(request: HttpRequest) -> bool:
    """Whether a citizen asks: nobody is signed in, and the address is not one of the other doors."""
    return getattr(request, "actor", None) is None and not _DOORS.match(request.path)


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks, not a person."""
    accept = request.headers.get("Accept", "")
    return "json" in accept and "text/html" not in accept


def problem(refused: Refused, **more: Any) -> HttpResponse:
    """The refusal as problem+json (RFC 9457), with whatever else the program needs to know."""
    status = status_of(refused)
    body: dict[str, Any] = {
        "title": TITLES[status],
        "status": status,
        "detail": refused.reason,
        **refused.as_dict(),
        **more,
    }
    fields = getattr(refused, "fields", None)
    if fields:
        body["fields"] = fields
    return JsonResponse(
        body,
        status=status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def _back(request: HttpRequest) -> str:
    """Where the person came from, if that is a page of ours and not this one."""
    referer = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure())
    return referer if ours and referer != request.build_absolute_uri() else ""
