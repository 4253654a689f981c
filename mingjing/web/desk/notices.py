"""提醒: running terms that have come to a mark, for those who owe the duties."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from mingjing.cases import actions
from mingjing.cases import queries as cases

from .frame import desk, page


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.read")
def notices(request: Any) -> HttpResponse:
    """The reminders; a post marks them as read."""
    if request.method == "POST":
        actions.read_notices(request.actor, request.at)
        return redirect("desk:notices")
    rows = cases.notices(request.actor, request.at)
    context = {"rows": rows, "unread": sum(row.new for row in rows)}
    return page(request, "desk/notices.html", context, current="notices")
