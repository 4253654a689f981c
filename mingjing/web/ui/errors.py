"""Pages for what is not a refusal: unknown addresses, forbidden requests, bugs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mingjing.kernel.refused import Refused

from . import kept
from .refusals import TITLES, at_public_door, render_refused, wants_json


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: for the public with a box to search in, for officials with the way back to their desk."""
    if at_public_door(request):
        context = {"refused": None, "status": 404, "back": ""}
        return render(request, "errors/public.html", context, status=404)
    return render(request, "errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500. Leans on nothing that may be broken itself."""
    return render(request, "errors/500.html", {"public": at_public_door(request)}, status=500)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or old: the person signed in or out meanwhile, or another site sent it.

    What was typed into a form of ours is given back; what another site sent is not even shown.
    """
    if request.resolver_match is not None and request.resolver_match.app_name == "uploads":
        # For programs 409 means: another offset. They must not try again without the token.
        return HttpResponse(
            "缺少 X-CSRFToken，或者已经过期。", status=403, content_type="text/plain; charset=utf-8"
        )
    fields = kept.typed(request.POST) if request.method == "POST" and kept.from_us(request) else []
    refused = Refused(
        "stale-form",
        "这个页面打开得太久，或者期间重新登录过，刚才的提交没有生效。",
        remedy="您填写的内容在下面，没有丢失。" if fields else "请返回上一页，刷新后重新提交。",
    )
    if not fields or wants_json(request):
        return render_refused(request, refused)
    context = {
        "refused": refused,
        "title": TITLES[409],
        "fields": fields if kept.restores(request) else [],
        "words": kept.words(fields),
        "address": request.get_full_path(),
    }
    return render(request, "errors/kept.html", context, status=409)
