"""What wraps every request: headers, who asks and when, and how a no is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone

from mingjing.kernel.refused import Refused
from mingjing.organs import actions
from mingjing.organs import queries as organs

from .refusals import render_refused
from .wording import SHANGHAI

GetResponse = Callable[[HttpRequest], HttpResponse]

# No inline script or style anywhere: what a page says can then never become what a page does.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
# The one page that other sites may show in a frame: it says so itself (``framed``).
FRAMED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors *; base-uri 'none'; form-action 'none'"
}
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(self), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PUBLIC_DOOR = "public"
_COMPRESSED = ("text/css", "text/javascript", "application/javascript", "image/svg+xml")
SEEN_EVERY_SECONDS = 300


def security_headers(get_response: GetResponse) -> GetResponse:
    """Adds the security headers; pages of signed-in people are never kept by a cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        framed = getattr(response, "framed", False)
        for name, value in (FRAMED if framed else HEADERS).items():
            response.setdefault(name, value)
        if getattr(request, "actor", None) is not None:
            response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def small_statics(get_response: GetResponse) -> GetResponse:
    """Sends styles and scripts compressed: they hold no secret, and a public page is to weigh under 60 KB."""
    gzip = GZipMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        text = response.get("Content-Type", "").partition(";")[0] in _COMPRESSED
        if request.path_info.startswith(settings.STATIC_URL) and text:
            gzip.process_response(request, response)  # compresses it in place; a file is sent as a stream
        return response

    return middleware


class _ActorMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.at = timezone.now().astimezone(SHANGHAI)
        request.actor = None
        return self.get_response(request)

    def process_view(self, request: Any, view: object, args: object, kwargs: object) -> None:
        # The public door is anonymous by construction: it never looks at the session, so its pages
        # carry no cookie and may be cached by anybody.
        if request.resolver_match.app_name == PUBLIC_DOOR:
            return
        if request.user.is_authenticated:
            request.actor = organs.actor_behind(request.user, request.at.date())
            self._touch(request)

    def _touch(self, request: Any) -> None:
        """Note every five minutes at most that the session is in use."""
        now = request.at.timestamp()
        if now - request.session.get("seen", 0) > SEEN_EVERY_SECONDS:
            request.session["seen"] = now
            actions.touch_session(session_key=request.session.session_key, at=request.at)


def actor(get_response: GetResponse) -> _ActorMiddleware:
    """Sets ``request.at``, the aware moment of the request, and ``request.actor``, who asks or None.

    Cost: 2 queries (session, account with its officer) behind the public door's back, none at it.
    """
    return _ActorMiddleware(get_response)


class _FormMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        if request.method != "POST" or not any(
            "\x00" in text for name, values in request.POST.lists() for text in (name, *values)
        ):
            return None
        refused = Refused(
            "bad-text",
            "提交的文字中有不能保存的控制字符。",
            remedy="请去掉后重新提交；粘贴的文字可先贴到记事本中。",
        )
        return render_refused(request, refused)


def forms(get_response: GetResponse) -> _FormMiddleware:
    """Refuses a form that holds a NUL: nobody types one, and no database stores it."""
    return _FormMiddleware(get_response)


class _RefusalMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return render_refused(request, exception) if isinstance(exception, Refused) else None


def refusals(get_response: GetResponse) -> _RefusalMiddleware:
    """Shows every ``Refused`` that a view lets rise; anything else is a bug and rises on."""
    return _RefusalMiddleware(get_response)
