"""What an address asks for, made harmless before it reaches a query."""

from __future__ import annotations

from django.http import HttpRequest


def word(request: HttpRequest, name: str, *, limit: int = 100) -> str:
    """A parameter without what a database cannot store, cut to a sensible length; empty if absent."""
    return str(request.GET.get(name, "")).replace("\x00", "").strip()[:limit]
