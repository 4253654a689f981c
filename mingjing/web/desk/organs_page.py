"""机关与人员: the organs as a tree, their officers, and certificates that end soon."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from mingjing.organs import queries as organs
from mingjing.organs.roles import ROLES

from .frame import ORGANS_READ, desk, page, word

SOON_DAYS = 90


@require_safe
@desk(*ORGANS_READ)
def overview(request: Any) -> HttpResponse:
    """The tree; with ``organ`` the people of one organ; certificates that ran out or soon will."""
    on = request.at.date()
    tree = organs.tree()
    code = word(request, "organ")
    chosen = next((row for _, row in tree if row.code == code), None)
    context = {
        "tree": tree,
        "chosen": chosen,
        "people": organs.actors_of_organ(chosen.pk, on) if chosen else [],
        "former": organs.former_officers(chosen.pk) if chosen else [],
        "ending": organs.certificates_ending(on + timedelta(days=SOON_DAYS)),
        "soon_days": SOON_DAYS,
        "on": on,
        "roles": list(ROLES.values()),
        "here": reverse("desk:organs"),
        "manages": "organ.manage" in request.actor.permissions,
    }
    return page(request, "desk/organs.html", context, current="organs")
