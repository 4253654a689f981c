"""The case page: one matter told whole, with what may be done next and why not."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from mingjing.cases import actions
from mingjing.cases import queries as cases
from mingjing.cases.disputes import HEADS
from mingjing.cases.merging import ACT, may_merge
from mingjing.cases.papers.forms import titles as paper_titles
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.publicity import queries as publicity
from mingjing.publicity.placing import publishable_forms
from mingjing.review import queries as reviews
from mingjing.vault import queries as vault
from mingjing.web.ui import flash, recordings
from mingjing.web.ui.asked import number
from mingjing.web.ui.sealing import seal_now
from mingjing.web.ui.svg import flowchart

from .frame import desk, page, word
from .opening import offers

MOST_FILES = 30  # of one step; all of them are in the evidence room


@require_safe
@desk("case.read")
def case(request: Any, no: str) -> HttpResponse:
    """The case page; ``before`` pages the timeline back."""
    return case_page(request, no)


def case_page(
    request: Any,
    no: str,
    *,
    refused: Refused | None = None,
    failed: int | None = None,
    typed: str = "",
) -> HttpResponse:
    """The page, also after a refused approval: ``failed`` is the submission, ``typed`` the opinion given."""
    shown = cases.case_page(request.actor, no, request.at, before=_before(request))
    code = shown.power.get("code")
    filmed = vault.captures_of_case(shown.id)
    may_open = "case.open" in request.actor.permissions
    context = {
        "case": shown,
        "next": shown.next_steps,
        "held_up": shown.held_up,
        "grey": [
            one
            for one in shown.actions
            if not one.possible and one.submitted is None and one not in shown.held_up
        ],
        "reviews": reviews.reviews_of(shown.id),
        "recordings": filmed,
        "gaps": vault.gaps(request.actor, case_id=shown.id) if any(one.n for one in filmed) else [],
        "in_words": recordings.in_words,
        "most_files": MOST_FILES,
        "placements": publicity.placements_of(shown.id) if _decided(shown) else [],
        "similar": cases.similar(request.actor, code, no) if code else None,
        "benchmark": law.benchmark(code, request.at.date()) if code else None,
        "paper_titles": paper_titles(),
        "may_assign": shown.ended_at is None and may_assign(request.actor, shown),
        "may_merge": offers_merger(request.actor, shown),
        "may_dispute": may_dispute(request.actor, shown),
        "may_split": shown.ended_at is None and may_split(shown),
        "may_open": may_open,
        "offers": offers(request.actor, shown.act, request.at.date()) if may_open else [],
        "may_gather": "party.read" in request.actor.permissions,
        "may_bind": "dossier.read" in request.actor.permissions,
        "refused": refused,
        "failed": failed,
        "typed": typed,
        "older": reverse("desk:case", args=[no]) + f"?before={shown.events[-1].seq}"
        if shown.events_before > 0
        else None,
    }
    return page(request, "desk/case.html", context, current="cases")


def _decided(shown: cases.CasePage) -> bool:
    """Whether the case has a decision that may go before the public: only then are there placements to ask for."""
    wanted = publishable_forms()
    return any(paper.form in wanted for paper in shown.papers)


@require_safe
@desk("case.read")
def flow(request: Any, no: str) -> HttpResponse:
    """The flowchart of the case's procedure with what was done and where the case stands."""
    shown = cases.case_page(request.actor, no, request.at)
    procedure = law.procedure_edition(shown.procedure_id, shown.edition)
    owed = {one.step for one in shown.obligations if one.kind == "duty"}
    svg = flowchart.draw(
        procedure,
        paper_titles=paper_titles(),
        href=lambda step: reverse("desk:step", args=[no, step]),
        current=owed or {one.step for one in shown.mine_now},
        done=set(shown.done_steps),
    )
    return page(request, "desk/case_flow.html", {"case": shown, "svg": svg}, current="cases")


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.move")
def handlers(request: Any, no: str) -> HttpResponse:
    """Who handles the case, and adding a colleague."""
    shown = cases.case_page(request.actor, no, request.at)
    refused = None
    if request.method == "POST":
        try:
            _assign(request, shown)
            return redirect("desk:case", no=no)
        except Refused as no_way:
            refused = no_way
    staff = organs.actors_of_organ(request.actor.organ_id, request.at.date())
    context = {
        "case": shown,
        "colleagues": [
            one for one in staff if one.roles & {"handler", "unit_head"} and one.id not in shown.handler_ids
        ],
        "may_assign": may_assign(request.actor, shown),
        "refused": refused,
    }
    return page(request, "desk/case_handlers.html", context, current="cases")


def _assign(request: Any, shown: cases.CasePage) -> None:
    chosen = number(request.POST.get("officer", ""), None)
    if chosen is None:
        raise Refused("bad-choice", "没有选择人员。", remedy="请从名单中选择一名同事。")
    actions.assign(
        case_id=shown.id,
        officer_id=chosen,
        role="handler",
        actor=request.actor,
        at=request.at,
        version=posted_version(request),
    )
    seal_now(request)
    flash.say(request, "已增加办案人员。")


def may_assign(actor: Actor, shown: cases.CasePage) -> bool:
    """Whether adding a handler makes sense for this person; the action itself judges again."""
    assigns = "case.assign" in actor.permissions or shown.is_handler
    return actor.organ_code == shown.organ_code and assigns


def may_dispute(actor: Actor, shown: cases.CasePage) -> bool:
    """Whether this person may list the case as one that may be disputed; the action itself judges again."""
    heads = bool(actor.roles & HEADS)
    ours = actor.organ_code == shown.organ_code and shown.ended_at is None
    return ours and (heads or (shown.is_handler and shown.disputed_at is None))


def offers_merger(actor: Actor, shown: cases.CasePage) -> bool:
    """Whether merging the case makes sense for this person; the action itself judges again."""
    stage = next((one.id for one in shown.stages if one.state == "current"), "")
    return shown.ended_at is None and may_merge(shown.act, stage, actor, shown.organ_code)


def may_split(shown: cases.CasePage) -> bool:
    """Whether taking a party out of the case makes sense for this person; the action itself judges again."""
    return shown.act == ACT and shown.is_handler and any(one.kind == "co_party" for one in shown.participants)


def page_at(request: Any, no: str, seq: int) -> tuple[cases.CasePage, cases.EventView]:
    """A case as its page shows it up to one of its steps, and that step. Raises ``Refused`` if there is none."""
    shown = cases.case_page(request.actor, no, request.at, before=seq + 1)
    event = next((one for one in shown.events if one.seq == seq), None)
    if event is None:
        raise Refused("not-found", f"本案没有第 {seq} 号环节。", remedy="请从案件的时间轴进入。")
    return shown, event


def posted_version(request: Any) -> int:
    """The version of the case that the person had before the eyes; a form without it matches no version."""
    return number(request.POST.get("version", ""), -1)


def _before(request: Any) -> int | None:
    return number(word(request, "before", limit=9), None)
