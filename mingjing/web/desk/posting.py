"""What becomes of a posted form: the act, its place in the log, a word to the person, and the way on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from mingjing.kernel.refused import Refused
from mingjing.web.ui import flash
from mingjing.web.ui.sealing import seal_now


def acted(request: Any, act: Callable[[], str], to: str, **where: Any) -> HttpResponse | Refused | None:
    """Do what was posted, and go on to the page ``to``; the refusal if a rule says no; None where nothing is posted.

    ``act`` gives what to tell the person afterwards.
    """
    if request.method != "POST":
        return None
    try:
        told = act()
    except Refused as refused:
        return refused
    seal_now(request)
    flash.say(request, told)
    onward: HttpResponse = redirect(to, **where)
    return onward
