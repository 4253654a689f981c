"""长者版: the public site in large print, under ``/large``: the same pages, larger, and every link stays there.

The prefix is taken off before the address is looked up, so a page knows nothing of it but ``request.large``;
what it answers gets its links back with the prefix. No cookie, no script, nothing to remember: an address in
large print can be sent to somebody and printed on a card.
Source: 工业和信息化部 2021 互联网网站适老化通用设计规范; WCAG 2.2 1.4.4, 1.4.6.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

PREFIX = "/large"
PUBLIC_DOOR = "public"
_HTML = "text/html"
# What has no large print: other doors, files, and pages framed by others.
_ELSEWHERE = re.compile(
    r"/(?:static|desk|sign-in|sign-out|field|uploads|embed|shared)(?:/|$)|[^?#]*\.[a-z0-9]+(?:[?#]|$)"
)
_TAG = re.compile(r"<(?:a|form)\b[^>]*>")
_ADDRESS = re.compile(r'((?:href|action)=")(/(?!/)[^"]*)"')


def links(html: str) -> str:
    """A page whose links and forms stay in large print, but for those that are marked ``data-keep``."""
    return _TAG.sub(lambda tag: tag[0] if "data-keep" in tag[0] else _ADDRESS.sub(_larger, tag[0]), html)


def _larger(found: re.Match[str]) -> str:
    return f'{found[1]}{address(found[2])}"'


def address(path: str) -> str:
    """An address of ours in large print, where it has one."""
    if _ELSEWHERE.match(path) or path.startswith(f"{PREFIX}/"):
        return path
    return PREFIX + path if path != "/" else f"{PREFIX}/"


def enlarged(request: Any, response: HttpResponse) -> HttpResponse:
    """The answer with its links in large print, once; only for those who asked for it."""
    if not getattr(request, "large", False) or getattr(response, "enlarged", False):
        return response
    if response.has_header("Location"):
        response["Location"] = address(response["Location"])
    elif response.get("Content-Type", "").startswith(_HTML) and not response.has_header("Content-Encoding"):
        response.content = links(response.content.decode()).encode()
        if response.has_header("Content-Length"):  # set before, and now too small: the page would be cut off
            response["Content-Length"] = str(len(response.content))
    response.enlarged = True  # type: ignore[attr-defined]
    return response


class _LargeMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.large = request.path_info == PREFIX or request.path_info.startswith(f"{PREFIX}/")
        if request.large:
            request.path_info = request.path_info.removeprefix(PREFIX) or "/"
            request.path = request.path.replace(PREFIX, "", 1) or "/"
        response = self.get_response(request)
        return response if response.streaming else enlarged(request, response)

    def process_view(self, request: Any, view: object, args: object, kwargs: object) -> HttpResponse | None:
        public = request.resolver_match.app_name == PUBLIC_DOOR
        if request.large and not public:
            return HttpResponsePermanentRedirect(request.get_full_path())
        if public and request.method in ("GET", "HEAD") and request.GET.get("size") in ("l", "xl", "large"):
            asked = request.GET.copy()
            del asked["size"]
            tail = f"?{asked.urlencode()}" if asked else ""
            # The old way to ask: links with it are out there.
            request.large = False
            return HttpResponsePermanentRedirect(address(request.path) + tail)
        return None


def large_print(get_response: Callable[[HttpRequest], HttpResponse]) -> _LargeMiddleware:
    """Answers addresses under ``/large`` with the public pages in large print."""
    return _LargeMiddleware(get_response)
