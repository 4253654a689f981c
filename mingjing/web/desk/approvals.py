"""批量审批: several submissions read on one page, each ticked by itself, each approved or refused by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from mingjing.cases import actions
from mingjing.cases import queries as cases
from mingjing.kernel.refused import Refused
from mingjing.web.ui.asked import number
from mingjing.web.ui.sealing import seal_now

from .frame import desk, page
from .submissions import OPINION_LENGTH, too_long


@dataclass(frozen=True)
class Result:
    """What became of one ticked submission."""

    title: str
    no: str
    label: str
    refused: Refused | None


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.move")
def approvals(request: Any) -> HttpResponse:
    """The submissions with their facts; a post approves those that were ticked, one transaction each."""
    opinion = request.POST.get("opinion", "").replace("\x00", "").strip()
    picked = [one for text in request.POST.getlist("pick") if (one := number(text, 0))]
    results: list[Result] = []
    refused = None
    if request.method == "POST":
        try:
            results = _approve(request, picked, opinion)
            picked, opinion = [], ""
        except Refused as no_way:
            refused = no_way
    rows, more = cases.approvals(request.actor, request.at)
    context = {
        "rows": rows,
        "shares": cases.shares_to_answer(request.actor),
        "more": more,
        "results": results,
        "refused": refused,
        "picked": picked,
        "opinion": opinion,
    }
    return page(request, "desk/approvals.html", context, current="todo")


def _approve(request: Any, picked: list[int], opinion: str) -> list[Result]:
    """Approve each by itself: what one of them is refused for touches no other."""
    if not picked:
        raise Refused("bad-choice", "没有勾选任何一件。", remedy="请勾选同意的事项。")
    if len(opinion) > OPINION_LENGTH:
        raise too_long(opinion)
    waiting, _ = cases.approvals(request.actor, request.at)
    known = {row.id: row for row in waiting}
    results = []
    for one in picked:
        row = known.get(one)
        told = (row.title, row.case_no, row.case_label) if row else (f"报批事项 {one}", "", "")
        results.append(Result(*told, _why_not(request, one, opinion)))
    if any(result.refused is None for result in results):
        seal_now(request)
    return results


def _why_not(request: Any, submission_id: int, opinion: str) -> Refused | None:
    """Approve one on what the page showed of its case; what stands against it, if anything."""
    version = request.POST.get(f"version-{submission_id}", "")
    try:
        cases.submission_case(request.actor, submission_id)
        actions.approve(
            submission_id=submission_id,
            actor=request.actor,
            at=request.at,
            opinion=opinion,
            version=number(version, -1),
        )
    except Refused as refused:
        return refused
    return None
