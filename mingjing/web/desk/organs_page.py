"""机关与人员: the organs as a tree, their officers, and certificates that end soon."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from mingjing.organs import queries as organs
from mingjing.organs.roles import ROLES
from mingjing.web.ui.asked import number

from .frame import ORGANS_READ, desk, page, word
from .listing import address

SOON_DAYS = 90


@require_safe
@desk(*ORGANS_READ)
def overview(request: Any) -> HttpResponse:
    """The tree; with ``organ`` the people of one organ, page by page; certificates that ran out or soon will."""
    on = request.at.date()
    tree = organs.tree()
    code, after = word(request, "organ"), number(word(request, "after", limit=18), 0)
    chosen = next((row for _, row in tree if row.code == code), None)
    found = organs.staff_page(chosen.pk, on, after=after, limit=organs.STAFF_PAGE + 1) if chosen else []
    people = found[: organs.STAFF_PAGE]
    values, path = {"organ": chosen.code if chosen else ""}, reverse("desk:organs")
    context = {
        "tree": tree,
        "chosen": chosen,
        "people": people,
        "next": address(path, values, after=people[-1].id) if len(found) > len(people) else None,
        "first": address(path, values) if after else None,
        "most": organs.STAFF_PAGE,
        "former": organs.former_officers(chosen.pk) if chosen else [],
        "ending": organs.certificates_ending(on + timedelta(days=SOON_DAYS)),
        "soon_days": SOON_DAYS,
        "on": on,
        "roles": list(ROLES.values()),
        "here": path,
        "manages": "organ.manage" in request.actor.permissions,
    }
    return page(request, "desk/organs.html", context, current="organs")
