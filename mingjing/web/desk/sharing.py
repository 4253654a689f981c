"""提供证据: asking that a piece be lent to another organ or a court, answering, taking it back."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from mingjing.cases import actions
from mingjing.kernel.refused import Refused
from mingjing.web.ui import flash
from mingjing.web.ui.asked import number
from mingjing.web.ui.sealing import seal_now

from .evidence import again
from .frame import desk


@require_POST
@desk("case.move")
def ask(request: Any, evidence_id: int) -> HttpResponse:
    """Ask for a share of one piece."""
    days = request.POST.get("days", "")
    try:
        actions.ask_share(
            evidence_id=evidence_id,
            recipient=request.POST.get("recipient", ""),
            purpose=request.POST.get("purpose", ""),
            days=number(days[:4], 0),
            actor=request.actor,
            at=request.at,
        )
    except Refused as refused:
        return again(request, evidence_id, refused)
    return _back(request, evidence_id, "已申请，等待机关负责人或者承办机构负责人批准。")


@require_POST
@desk("case.move")
def answer(request: Any, share_id: uuid.UUID) -> HttpResponse:
    """Approve or decline a share."""
    approve = request.POST.get("do") == "approve"
    share = actions.answer_share(
        share_id=share_id,
        approve=approve,
        answer=request.POST.get("answer", ""),
        actor=request.actor,
        at=request.at,
    )
    told = "已批准，申请人可以把链接和提取码告诉对方。" if approve else "已答复不同意。"
    return _back(request, int(share.piece.partition(":")[2]), told)


@require_POST
@desk("case.move")
def end(request: Any, share_id: uuid.UUID) -> HttpResponse:
    """Take a share back."""
    share = actions.end_share(share_id=share_id, actor=request.actor, at=request.at)
    return _back(request, int(share.piece.partition(":")[2]), "已停止，链接不能再用。")


def _back(request: Any, evidence_id: int, told: str) -> HttpResponse:
    seal_now(request)
    flash.say(request, told)
    return redirect(reverse("desk:evidence", args=[evidence_id]) + "#shares")
