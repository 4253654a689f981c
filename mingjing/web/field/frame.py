"""What every page of the field app shares: its frame, and what the device checks itself against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mingjing.web.ui.entering import officers_only

from .shell import version

# Whoever may move a case may do so outdoors.
FIELD = "case.move"


def page(request: Any, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """A page inside the frame of the field app."""
    shared = {"shell": version(), "officer": request.actor}
    return render(request, template, {**context, **shared}, status=status)


@require_safe
@never_cache
@officers_only(FIELD)
def status(request: Any) -> JsonResponse:
    """Whether the platform answers and to whom, and what time it is: the device reckons its clock's error from it."""
    body = {"officer": request.actor.id, "now": request.at.isoformat(), "shell": version()}
    return JsonResponse(body)
