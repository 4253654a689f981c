"""搜索: one box, answers in groups, each only as far as the person may read."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mingjing.cases import search as case_search
from mingjing.law import queries as law
from mingjing.parties import queries as parties

from .frame import desk, page, word

SHOWN = 8


@require_safe
@desk("desk.enter")
def search(request: Any) -> HttpResponse:
    """The answers to ``q``: cases, papers, parties, provisions, power items."""
    q = word(request, "q", limit=100)
    held = request.actor.permissions
    context: dict[str, Any] = {"q": q, "cases": [], "papers": [], "parties": [], "statutes": [], "powers": []}
    if q:
        if "case.read" in held:
            context["cases"], context["papers"] = case_search.find(request.actor, q, request.at, limit=SHOWN)
        if "party.read" in held:
            context["parties"] = [(one, parties.kind_title(one)) for one in parties.search(q, limit=SHOWN)]
            context["gathers"] = "case.read" in held
        context["statutes"] = list(law.statutes(words=q)[:SHOWN])
        context["provision"] = _provision(q, request)
        context["powers"] = law.power_items(words=q)[:SHOWN]
    context.setdefault("provision", None)
    return page(request, "desk/search.html", context)


def _provision(q: str, request: Any) -> Any:
    """The provision that the words cite, as 行政处罚法第四十四条 or 行政处罚法/44."""
    citations = law.citations_in(q)
    if not citations or citations[0].article is None:
        return None
    found = law.resolve(citations[0], request.at.date())
    return found if found.text else None
