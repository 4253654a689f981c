"""What the address of the list of decisions asks for, and how it is said in an address again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.http import urlencode

from mingjing.kernel.refused import Refused
from mingjing.publicity.queries import Filters
from mingjing.web.ui.asked import word

# Filters as the address names them; ``q`` is kept for the words because links with it are out there.
_NAMES = {"words": "q"}


def filters_of(request: Any) -> Filters:
    """The filters that a request carries. Raises: Refused ``bad-date``."""
    year = word(request, "year")
    return Filters(
        organ=word(request, "organ"),
        act=word(request, "act"),
        field=word(request, "field"),
        region=word(request, "region"),
        year=int(year) if year.isascii() and year.isdigit() and 1000 <= int(year) <= 9999 else None,
        since=day(request, "since"),
        until=day(request, "until"),
        party=word(request, "party"),
        number=word(request, "number"),
        words=word(request, "q"),
        today=request.at.date(),
    )


def day(request: HttpRequest, name: str) -> date | None:
    """A day asked for, None where there is none. Raises: Refused ``bad-date``."""
    given = word(request, name)
    if not given:
        return None
    try:
        found = date.fromisoformat(given)
        found + timedelta(days=1)  # the end of the day is reckoned with
        return found
    except (ValueError, OverflowError):
        raise Refused("bad-date", f"“{given}”不是日期。", remedy="请按 2026-03-12 的样子填写。") from None


def query_of(filters: Filters, **more: str) -> str:
    """The filters as an address carries them, without those that are empty."""
    names = ("words", "organ", "act", "field", "region", "year", "since", "until", "party", "number")
    given = {_NAMES.get(name, name): str(getattr(filters, name) or "") for name in names} | more
    return urlencode({name: value for name, value in given.items() if value})
