"""提取证据: another organ or a court takes a file along, by the link and the code that it was told."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mingjing.cases import actions
from mingjing.kernel.refused import Refused
from mingjing.record import queries as record
from mingjing.web.ui import ranges
from mingjing.web.ui.filenames import disposition
from mingjing.web.ui.limits import count_look_up
from mingjing.web.ui.refusals import status_with


@csrf_exempt  # nobody is signed in here: there is nothing that another site could do in somebody's name
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: Any, link: str) -> HttpResponseBase:
    """The form for the code; a post with the right one is answered with the file, on the record."""
    refused = None
    if request.method == "POST":
        try:
            count_look_up(request, "share", request.at)
            return _file(request, link)
        except Refused as no_way:
            refused = no_way
    context, status = {"refused": refused}, status_with(refused)
    response: HttpResponse = render(request, "public/shared.html", context, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _file(request: Any, link: str) -> HttpResponseBase:
    found = actions.take_shared(link=link, code=request.POST.get("code", ""), at=request.at)
    response = ranges.answer(
        request,
        record.open_blob(found.sha256),
        size=found.size_bytes,
        sha256=found.sha256,
        media_type="application/octet-stream",
    )
    response["Content-Disposition"] = disposition(found.name)
    response["Cache-Control"] = "no-store"
    return response
