"""报批: approving, returning and withdrawing from the case page."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from mingjing.cases import actions
from mingjing.cases import queries as cases
from mingjing.kernel.refused import Refused
from mingjing.web.ui import flash
from mingjing.web.ui.sealing import seal_now

from .case import case_page, posted_version
from .frame import desk


@require_POST
@desk("case.move")
def approve(request: Any, submission_id: int) -> HttpResponse:
    """Approve; the step happens now, on what the approver had before the eyes."""
    no = cases.submission_case(request.actor, submission_id)
    opinion = request.POST.get("opinion", "").replace("\x00", "").strip()
    try:
        if len(opinion) > OPINION_LENGTH:
            raise too_long(opinion)
        actions.approve(
            submission_id=submission_id,
            actor=request.actor,
            at=request.at,
            opinion=opinion,
            version=posted_version(request),
        )
    except Refused as refused:
        return case_page(request, no, refused=refused, failed=submission_id, typed=opinion)
    seal_now(request)
    flash.say(request, "已批准，环节已经办理。")
    return redirect("desk:case", no=no)


@require_POST
@desk("case.move")
def send_back(request: Any, submission_id: int) -> HttpResponse:
    """Return to the proposer, with the reason."""
    no = cases.submission_case(request.actor, submission_id)
    reason = request.POST.get("opinion", "").replace("\x00", "").strip()
    try:
        if len(reason) > OPINION_LENGTH:
            raise too_long(reason)
        actions.send_back(submission_id=submission_id, actor=request.actor, at=request.at, reason=reason)
    except Refused as refused:
        return case_page(request, no, refused=refused, failed=submission_id, typed=reason)
    seal_now(request)
    flash.say(request, "已退回报批人。")
    return redirect("desk:case", no=no)


@require_POST
@desk("case.move")
def withdraw(request: Any, submission_id: int) -> HttpResponse:
    """Take back one's own submission."""
    no = cases.submission_case(request.actor, submission_id)
    try:
        actions.withdraw_submission(submission_id=submission_id, actor=request.actor, at=request.at)
    except Refused as refused:
        return case_page(request, no, refused=refused)
    seal_now(request)
    flash.say(request, "已撤回报批，可以修改后重新报批。")
    return redirect("desk:case", no=no)


@require_safe
@desk("case.read")
def paper(request: Any, submission_id: int, form: str) -> HttpResponse:
    """The paper that approving would issue, as a PDF marked as a preview."""
    pdf = cases.submitted_paper(request.actor, submission_id, form, request.at)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="preview-{form}.pdf"'
    return response


OPINION_LENGTH = 500


def too_long(opinion: str) -> Refused:
    """The refusal of an opinion that does not fit the approval table."""
    return Refused(
        "bad-opinion",
        f"意见最多 {OPINION_LENGTH} 个字，现有 {len(opinion)} 个字。",
        remedy="请精简后再提交。",
    )
