"""程序新版本: uploaded, examined, confirmed by a second person; running cases moved to it with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from mingjing.cases import actions
from mingjing.cases import queries as cases
from mingjing.cases.papers.forms import titles as paper_titles
from mingjing.kernel.refused import Refused
from mingjing.law import actions as law_actions
from mingjing.law import queries as law
from mingjing.web.ui import edition_diff, flash
from mingjing.web.ui.refusals import status_with
from mingjing.web.ui.sealing import seal_now

from .frame import desk, page, word

MOST_BYTES = 1024 * 1024  # what is read at all; the action judges the file
STATES = {"open": "待确认", "confirmed": "已确认", "rejected": "已退回"}


@require_http_methods(["GET", "HEAD", "POST"])
@desk("edition.propose")
def propose(request: Any, id: str) -> HttpResponse:
    """The form for a new edition; a post examines the file and shows everything found, or keeps the proposal."""
    found = law.procedure_in_force(id, request.at.date())
    typed = {"in_force": str(request.POST.get("in_force", "")), "reason": str(request.POST.get("reason", ""))}
    refused, result = None, None
    if request.method == "POST":
        try:
            result = _propose(request, id, typed)
        except Refused as no_way:
            refused = no_way
        if result is not None and result.proposal_id is not None:
            seal_now(request)
            flash.say(request, "已报送，请另一名执法监督员确认。")
            return redirect("desk:proposal", proposal_id=result.proposal_id)
    problems = result.examined.problems if result else ()
    context = {"procedure": found, "typed": typed, "refused": refused, "problems": problems}
    status = status_with(refused, problems)
    return page(request, "desk/propose.html", context, current="procedures", status=status)


def _propose(request: Any, id: str, typed: dict[str, str]) -> actions.Proposed:
    file = request.FILES.get("file")
    if file is None or not file.size:
        raise Refused("bad-file", "没有选择程序文件，或者文件是空的。", remedy="请选择 .toml 文件。")
    return actions.propose_edition(
        procedure=id,
        content=file.read(MOST_BYTES),
        file_name=str(file.name or "上传文件").replace("\x00", "")[-200:],
        in_force=_day(typed["in_force"]),
        reason=typed["reason"],
        actor=request.actor,
        at=request.at,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(
            "bad-date", f"施行日期“{text}”不是日期。", remedy="请按 2027-01-01 的样子填写。"
        ) from None


@require_http_methods(["GET", "HEAD", "POST"])
@desk("law.read")
def proposal(request: Any, proposal_id: int) -> HttpResponse:
    """One proposal with what it changes; a post confirms it or sends it back."""
    refused = None
    if request.method == "POST":
        try:
            _answer(request, proposal_id)
        except Refused as no_way:
            refused = no_way
        else:
            seal_now(request)
            return redirect("desk:proposal", proposal_id=proposal_id)
    row = law.proposal(proposal_id)
    now = law.edition_in_force(row.procedure, request.at.date())
    text, new = law.proposed(row)
    context = {
        "row": row,
        "procedure": now.procedure,
        "state": STATES[row.state],
        "changes": edition_diff.compare(now.procedure, new, paper_titles()),
        "raw": edition_diff.raw(now.text, text),
        "compared": now.sha256 != row.sha256,
        "may_answer": row.state == "open" and "edition.confirm" in request.actor.permissions,
        "own": row.proposed_by_id == request.actor.id,
        "refused": refused,
    }
    return page(request, "desk/proposal.html", context, current="procedures")


def _answer(request: Any, proposal_id: int) -> None:
    given = {"proposal_id": proposal_id, "actor": request.actor, "at": request.at}
    answer = str(request.POST.get("answer", ""))
    if request.POST.get("do") == "confirm":
        row = law_actions.confirm_edition(answer=answer, **given)
        flash.say(request, f"已确认，自 {row.in_force} 起登记的事项适用这个版本。")
    else:
        law_actions.reject_edition(answer=answer, **given)
        flash.say(request, "已退回。")


@require_http_methods(["GET", "HEAD", "POST"])
@desk("edition.migrate")
def migrate(request: Any, id: str) -> HttpResponse:
    """Running cases of the organ, each with what another edition would change; a post moves those ticked."""
    editions = [one for one in law.editions_of(id) if one.in_force <= request.at.date()]
    if not editions:
        raise Refused("no-such-procedure", f"没有名为“{id}”的程序。", remedy="请从办案程序列表中选择。")
    wanted = word(request, "edition", limit=64)
    chosen = next((one for one in editions if wanted and one.sha256.startswith(wanted)), editions[0])
    told: list[tuple[str, str]] = []
    if request.method == "POST":
        told = [_migrated(request, no, chosen.sha256) for no in request.POST.getlist("case")]
        seal_now(request)
    context = {
        "procedure": law.procedure_edition(id, chosen.sha256),
        "editions": editions,
        "chosen": chosen,
        "rows": cases.migration_rows(request.actor, id, chosen.sha256, request.at),
        "reason": str(request.POST.get("reason", "")),
        "told": told,
        "none_ticked": request.method == "POST" and not told,
    }
    return page(request, "desk/migrate.html", context, current="procedures")


def _migrated(request: Any, no: str, sha256: str) -> tuple[str, str]:
    """One case moved, or the reason why not; the others go on."""
    try:
        case = cases.case_for(request.actor, no)
        actions.migrate(
            case_id=case.pk,
            sha256=sha256,
            reason=str(request.POST.get("reason", "")),
            actor=request.actor,
            at=request.at,
        )
    except Refused as refused:
        return no, f"没有换用：{refused.reason}"
    return case.label, "已换用，期限按新版本推算"
