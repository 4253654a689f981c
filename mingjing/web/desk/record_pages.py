"""全过程记录: the head of the log, what waits for it, sealing by hand, and verification."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from mingjing.kernel.refused import Refused
from mingjing.record import actions as record_actions
from mingjing.record import queries as record
from mingjing.web.ui import flash

from .frame import desk, page

SHOWN_FAULTS = 100
# Beyond this the pages say how to verify on the server instead of keeping a browser waiting.
MOST_VERIFIED = 20_000


@require_safe
@desk("record.read")
def overview(request: Any) -> HttpResponse:
    """The signed head, the state of the record, and the buttons."""
    state = record.state()
    context = {"state": state, "checks": record.doctor(), "small": state.size <= MOST_VERIFIED}
    return page(request, "desk/record.html", context, current="record")


@require_POST
@desk("record.read")
def seal(request: Any) -> HttpResponse:
    """Take the waiting entries into the log now."""
    sealed = record_actions.seal(request.at)
    flash.say(request, f"新编入 {sealed.added} 条，日志共 {sealed.size} 条。")
    return redirect("desk:record")


@require_POST
@desk("record.read")
def verify(request: Any) -> HttpResponse:
    """Rebuild every hash of the log and show what does not fit; too long a log is verified on the server."""
    size = record.state().size
    if size > MOST_VERIFIED:
        raise Refused(
            "too-large",
            f"日志已有 {size} 条，网页上最多核验 {MOST_VERIFIED} 条。",
            remedy="请在服务器上运行 mingjing record fsck。",
        )
    report = record.verify()
    context = {"report": report, "faults": report.faults[:SHOWN_FAULTS]}
    return page(request, "desk/record_verified.html", context, current="record")
