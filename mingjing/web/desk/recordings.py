"""补传音像: adding a recording that was not there in time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from mingjing.cases import actions
from mingjing.cases import queries as cases
from mingjing.kernel.refused import Refused
from mingjing.web.ui.uploads import forget_sent, uploads_under
from mingjing.web.ui.wording import SHANGHAI

from .case import page_at
from .frame import desk, page
from .posting import acted

FILES = "files"


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.move")
def add(request: Any, no: str, seq: int) -> HttpResponse:
    """The form for one step of a case; a post adds the files or says why not."""
    shown, event = page_at(request, no, seq)
    done = acted(request, lambda: _add(request, shown, seq), "desk:case", no=no)
    if isinstance(done, HttpResponse):
        return done
    context = {
        "case": shown,
        "event": event,
        "made_at": request.POST.get("made_at") or event.at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
        "reason": request.POST.get("reason", ""),
        "refused": done,
    }
    return page(request, "desk/recording.html", context, current="cases")


def _add(request: Any, shown: cases.CasePage, seq: int) -> str:
    actions.add_recording(
        case_id=shown.id,
        seq=seq,
        files=uploads_under(request.FILES, FILES, request),
        made_at=_moment(request.POST.get("made_at", "")),
        reason=request.POST.get("reason", "").replace("\x00", ""),
        actor=request.actor,
        at=request.at,
    )
    forget_sent(request)
    return "已补传，时间轴上标明为补传。"


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    except ValueError:
        raise Refused("bad-date", f"录制时间“{text}”看不懂。", remedy="请选择日期和时间。") from None
