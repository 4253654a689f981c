"""帮助: what the keys do, and where to begin."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from .frame import desk, page


@require_safe
@desk("desk.enter")
def help_page(request: Any) -> HttpResponse:
    """The same sheet that ``?`` opens, for those without scripts."""
    return page(request, "desk/help.html", {})
