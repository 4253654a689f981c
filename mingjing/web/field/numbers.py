"""文书号段: drawing numbers for papers handed over without a network, returning them, striking spoilt ones out."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from mingjing.cases import actions
from mingjing.cases import queries as cases
from mingjing.kernel.refused import Refused
from mingjing.web.ui import flash
from mingjing.web.ui.entering import officers_only
from mingjing.web.ui.refusals import status_with
from mingjing.web.ui.sealing import seal_now

from .frame import page
from .spot import FORM

USUAL = 10


@require_safe
@officers_only("case.open")
def numbers(request: Any) -> HttpResponse:
    """The register of what I drew: what is free, used, void. Cost: 3 queries."""
    return _show(request)


@require_POST
@officers_only("case.open")
def draw(request: Any) -> HttpResponse:
    """Draw a block for this device."""
    count = str(request.POST.get("count") or "")
    try:
        actions.draw_numbers(
            form=FORM,
            count=int(count) if count.isdecimal() and len(count) < 5 else 0,
            device=_device(request),
            actor=request.actor,
            at=request.at,
        )
    except Refused as refused:
        return _show(request, refused)
    seal_now(request)
    flash.say(request, "号码已领取，没有网络时也能用。")
    return redirect("field:numbers")


@require_POST
@officers_only("case.open")
def give_back(request: Any, block_id: int) -> HttpResponse:
    """Return a block, or strike one of its numbers out (``seq``)."""
    seq, reason = str(request.POST.get("seq") or ""), str(request.POST.get("reason") or "")
    try:
        if seq:
            number = int(seq) if seq.isdecimal() and len(seq) < 9 else 0
            actions.void_number(
                block_id=block_id, seq=number, reason=reason, actor=request.actor, at=request.at
            )
            flash.say(request, f"第 {number} 号已作废，记入作废登记。")
        else:
            void = actions.return_numbers(
                block_id=block_id, reason=reason, actor=request.actor, at=request.at
            )
            flash.say(request, f"号段已归还，{len(void)} 个号码作废。" if void else "号段已归还。")
    except Refused as refused:
        return _show(request, refused)
    seal_now(request)
    return redirect("field:numbers")


def _device(request: Any) -> uuid.UUID:
    try:
        return uuid.UUID(str(request.POST.get("device") or ""))
    except ValueError:
        raise Refused("bad-device", "没有识别出这部手机。", remedy="请刷新本页后再领取。") from None


def _show(request: Any, refused: Refused | None = None) -> HttpResponse:
    context = {"blocks": cases.number_blocks(request.actor), "usual": USUAL, "refused": refused}
    return page(request, "field/numbers.html", context, status=status_with(refused))
