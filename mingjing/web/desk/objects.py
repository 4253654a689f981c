"""执法对象: all acts about one party, gathered across organs, papers beside recordings."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from mingjing.cases import queries as cases
from mingjing.cases.queries import CaseFilters

from .case_list import STATES
from .frame import desk, page, word
from .listing import address

PREMISES = "premises"


@require_safe
@desk("case.read")
def object_page(request: Any, party_id: int) -> HttpResponse:
    """The object's page; ``scope`` = premises gathers for all bodies at the same address."""
    values = {name: word(request, name) for name in ("words", "state", "scope")}
    filters = CaseFilters(words=values["words"], state=values["state"], after=word(request, "after"))
    premises = values["scope"] == PREMISES
    shown = cases.object_page(request.actor, party_id, request.at, filters, premises=premises)
    path = reverse("desk:object", args=[shown.party.pk])
    context = {
        "shown": shown,
        "values": values,
        "states": STATES,
        "scopes": ((PREMISES, "同一地址的全部单位"),) if shown.neighbours else (),
        "may_open": "case.open" in request.actor.permissions,
        "next": address(path, values, after=shown.after) if shown.after else None,
        "first": address(path, values) if filters.after else None,
        "reset": path,
    }
    return page(request, "desk/object.html", context, current="cases")
