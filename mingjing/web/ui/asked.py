"""What an address asks for, made harmless before it reaches a query."""

from __future__ import annotations

from typing import TypeVar

from django.http import HttpRequest

from .addresses import MOST_DIGITS

Otherwise = TypeVar("Otherwise")


def word(request: HttpRequest, name: str, *, limit: int = 100) -> str:
    """A parameter without what a database cannot store, cut to a sensible length; empty if absent."""
    return str(request.GET.get(name, "")).replace("\x00", "").strip()[:limit]


def number(text: str, otherwise: Otherwise) -> int | Otherwise:
    """A whole number as addresses and forms carry it; ``otherwise`` for anything else, and for longer than a row has."""
    plain = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if plain else otherwise
