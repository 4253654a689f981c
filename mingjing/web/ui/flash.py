"""One-time messages that survive a redirect, kept in the session of a signed-in person."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest

_KEY = "flash"


def say(request: HttpRequest, text: str, kind: Literal["good", "warn", "bad"] = "good") -> None:
    """Show ``text`` at the top of the next page this person sees."""
    request.session[_KEY] = [*request.session.get(_KEY, []), [kind, text]]


def take(request: HttpRequest) -> list[tuple[str, str]]:
    """The waiting messages as (kind, text), which are gone afterwards; the public door has none.

    A page that a script fetches in advance (the field app keeps the day's pages) is read by nobody: it takes none.
    """
    if getattr(request, "actor", None) is None or not _is_looked_at(request):
        return []
    return [(kind, text) for kind, text in request.session.pop(_KEY, [])]


def _is_looked_at(request: HttpRequest) -> bool:
    """Whether the answer is for somebody's eyes: our own script says so of what it fetches to keep."""
    return "X-Ahead" not in request.headers
