"""Pages for what is not a refusal: unknown addresses, forbidden requests, bugs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mingjing.kernel.refused import Refused

from .refusals import render_refused


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return render(request, "errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return render(request, "errors/500.html", status=500)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or old: the person signed in or out meanwhile, or another site sent it."""
    refused = Refused(
        "stale-form",
        "这个页面打开得太久，或者期间重新登录过，刚才的提交没有生效。",
        remedy="请返回上一页，刷新后重新提交。",
    )
    return render_refused(request, refused)
