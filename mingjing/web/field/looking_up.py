"""查依据: power items, their fines and benchmarks, for reading outdoors; the page works without a network."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mingjing.law import queries as law
from mingjing.law.fines_in_words import SUBJECTS, fine_words
from mingjing.organs import queries as organs
from mingjing.web.ui.entering import officers_only

from .frame import FIELD, page


@require_safe
@officers_only(FIELD)
def look_up(request: Any) -> HttpResponse:
    """Everything the organ may penalize, with ranges and steps of the benchmark; narrowed by the page's script.

    Cost: 2 queries.
    """
    organ = organs.organ_by_id(request.actor.organ_id) if request.actor.organ_id else None
    kinds = (organ.organ_fields or [organ.field]) if organ else []
    items = {item.code: item for kind in kinds for item in law.power_items(organ_field=kind)}
    on = request.at.date()
    rows = [{"item": item, "benchmark": law.benchmark(code, on)} for code, item in items.items()]
    return page(
        request,
        "field/look_up.html",
        {"rows": rows, "organ": organ, "words": fine_words, "subjects": SUBJECTS},
    )
