"""The front page, its one search box, and the small pages every site needs."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from mingjing.organs import queries as organs
from mingjing.publicity import queries as publicity
from mingjing.web.ui.asked import word
from mingjing.web.ui.english import link
from mingjing.web.ui.limits import count_look_up

from ..cached import public_page

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
# What may be the number of a certificate or a paper's code: one word with a digit in it.
_REGISTERED = re.compile(r"(?=.*\d)[\w-]{5,40}")
_CODE = re.compile(r"[0-9A-Za-z]{12}")
# A verification code or a credit code (GB 32100-2015: 18 letters and figures), without blanks.
_IN_GROUPS = re.compile(r"(?=.*\d)(?:[0-9A-Za-z]{12}|[0-9A-Za-z]{18})")
LATEST = 8


@public_page
def home(request: Any) -> HttpResponse:
    """One search box, three doors, the latest decisions. Cost: 3 queries."""
    everything = publicity.Filters(today=request.at.date())
    context = {
        "rows": publicity.published(everything, limit=LATEST),
        "total": publicity.count(everything),
        "count_up_to": publicity.COUNT_UP_TO,
    }
    return render(request, "public/home.html", context)


@require_safe
def find(request: Any) -> HttpResponse:
    """Lead whatever was typed to the page that answers it. Cost: at most 4 queries."""
    words = word(request, "q")
    if not words:
        return redirect(link(request.path, "/"))
    return redirect(link(request.path, _address_for(words, request)))


def _address_for(words: str, request: Any) -> str:
    if _SHA256.fullmatch(words):
        return f"/verify/{words.lower()}"
    slug = publicity.slug_of_number(words)
    if slug:
        return f"/decisions/{slug}"
    words = _run_together(words)
    # Only what may be a code or a certificate number asks the registers, and that is counted.
    if not _REGISTERED.fullmatch(words):
        return f"/decisions?{urlencode({'q': words})}"
    count_look_up(request, "certificate", request.at)
    if _CODE.fullmatch(words.replace("-", "")) and publicity.paper_by_code(words):
        return f"/v/{words.replace('-', '').upper()}"
    if organs.officer_by_certificate(words, request.at.date()):
        return f"/officers?{urlencode({'no': words})}"
    return f"/decisions?{urlencode({'q': words})}"


def _run_together(words: str) -> str:
    """A code or credit code that was typed in groups, as one word; anything else as it is."""
    whole = "".join(words.split())
    return whole if whole != words and _IN_GROUPS.fullmatch(whole) else words


@public_page
def about(request: HttpRequest) -> HttpResponse:
    """What this site is, how to use it without a mouse, whom to ask."""
    return render(request, "public/about.html")


@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    """无障碍声明: what was done, what is lacking, whom to call."""
    return render(request, "public/accessibility.html")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the process answers; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")
