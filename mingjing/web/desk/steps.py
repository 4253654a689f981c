"""Taking a step: the form that the procedure file describes, and the one action behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from mingjing.cases import actions, reading_out
from mingjing.cases import queries as cases
from mingjing.cases.facts import InvalidFacts
from mingjing.cases.papers.forms import titles as paper_titles
from mingjing.kernel.procedure import Procedure
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.publicity.actions import decision_of
from mingjing.review import actions as review
from mingjing.web.ui import flash, forms
from mingjing.web.ui.filenames import disposition
from mingjing.web.ui.recordings import recordings_of, with_recordings
from mingjing.web.ui.refusals import status_with
from mingjing.web.ui.sealing import seal_now
from mingjing.web.ui.step_form import first_values, form_context
from mingjing.web.ui.uploads import forget_sent, uploads_of

from . import aid, publishing
from .case import posted_version
from .dossier import seal_if_ended
from .frame import desk, page

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.move")
def step(request: Any, no: str, step: str) -> HttpResponse:
    """The form of a step; a post takes it, or shows the form again with what was typed and what is wrong."""
    if request.method != "POST":
        return _form(request, no, step)
    case, _, rule, _, view = cases.step_view(request.actor, no, step, request.at)
    typed = forms.read_post(rule.facts, request.POST)
    if request.POST.get("do") in ("aid", "restore", "mask"):
        return _form(request, no, step, typed=typed)
    try:
        taken = _take(request, case.pk, rule, view.through, typed)
    except Refused as refused:
        return _form(request, no, step, typed=typed, refused=refused)
    forget_sent(request)
    sealed = seal_if_ended(request, taken.case_id)
    seal_now(request)
    flash.say(request, _told(rule, taken, request) + sealed)
    return redirect("desk:case", no=no)


@require_POST
@desk("case.move")
def preview(request: Any, no: str, step: str, form: str) -> HttpResponse:
    """The paper as it would look with what is typed so far."""
    _, _, rule, _, _ = cases.step_view(request.actor, no, step, request.at)
    typed = forms.read_post(rule.facts, request.POST)
    pdf = cases.preview(request.actor, no, step, form, typed, request.at)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="preview-{form}.pdf"'
    return response


@require_POST
@desk("case.move")
def draft(request: Any, no: str, step: str, form: str) -> HttpResponse:
    """The paper as a Word document to work on, with what is typed so far."""
    _, _, rule, _, _ = cases.step_view(request.actor, no, step, request.at)
    typed = forms.read_post(rule.facts, request.POST)
    made = cases.draft(request.actor, no, step, form, typed, request.at)
    response = HttpResponse(made, content_type=DOCX)
    name = f"草稿-{paper_titles()[form]}.docx"
    response["Content-Disposition"] = disposition(name, plain=f"draft-{form}.docx")
    return response


@require_POST
@desk("case.move")
def discretion_aid(request: Any, no: str, step: str) -> HttpResponse:
    """The discretion panel for what is typed so far, as a fragment of the form's page."""
    _, work, rule, facts, _ = cases.step_view(request.actor, no, step, request.at)
    typed = forms.read_post(rule.facts, request.POST)
    context = {"aid": _aid(request, work, rule, facts, typed), "case": work.case, "rule": rule}
    return render(request, "desk/aid_panel.html", context)


def _take(request: Any, case_id: Any, rule: Rule, through: str, typed: Mapping[str, Any]) -> actions.Taken:
    """Hand the form to the action that the step belongs to."""
    common: dict[str, Any] = {
        "case_id": case_id,
        "facts": typed,
        "actor": request.actor,
        "at": request.at,
        "version": posted_version(request),
        "late_reason": _words(request, "late_reason"),
    }
    if through == "publicity":
        return publishing.act(rule, request.POST, common)
    files = uploads_of(rule.facts, request.FILES, typed, request)
    files += recordings_of(case_id, rule.facts, request.POST)
    if through == "review":
        del common["late_reason"]
        return review.give_opinion(files=files, **common)
    return actions.take(step=rule.id, files=files, film_pending=_words(request, "film_pending"), **common)


def _words(request: Any, name: str) -> str:
    return str(request.POST.get(name, "")).replace("\x00", "").strip()


def _told(rule: Rule, taken: actions.Taken, request: Any) -> str:
    if taken.submitted:
        return f"“{rule.title}”已报批，等待审批。"
    papers = f"，制作文书 {len(taken.papers)} 份" if taken.papers else ""
    return f"“{rule.title}”已办理{papers}。"


def _form(
    request: Any,
    no: str,
    step: str,
    *,
    typed: Mapping[str, Any] | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    """The page as the case stands now. A step that cannot be taken is shown with the reason, without inputs."""
    case, work, rule, facts, view = cases.step_view(request.actor, no, step, request.at)
    barred = view.refused or view.not_mine
    errors = dict(refused.fields) if isinstance(refused, InvalidFacts) else {}
    values = first_values(work, rule) if typed is None else typed
    context = {
        "case": case,
        "rule": rule,
        "view": view,
        "notices": [] if barred else reading_out.notices(case, rule, work.handlers),
        "version": case.version,
        "barred": barred,
        "ways": _ways(work.procedure, barred) if barred else [],
        "typed_late": _words(request, "late_reason"),
        "typed_pending": _words(request, "film_pending"),
        "refused": None if errors else refused,
        "papers": [(form, paper_titles().get(form, form)) for form in view.papers],
        "publishing": publishing.proposal(case, decision_of(case, rule.id), request.POST)
        if rule.shows and barred is None
        else None,
        "since": cases.since_last(work, rule.id) if view.through == "review" and not barred else None,
        "aid": None if barred else _aid(request, work, rule, facts, typed),
        "file": None
        if barred or "handler" in rule.by or rule.withdraws
        else cases.case_page(request.actor, no, request.at),
        **form_context(
            rule.facts,
            procedure=work.procedure,
            constants=work.constants,
            facts=facts,
            handlers=work.handlers,
            power=work.power,
            values=values,
            errors=errors,
            on=request.at.date(),
            organ_id=case.organ_id,
        ),
    }
    if not barred:
        posted = request.POST if request.method == "POST" else None
        context = with_recordings(context, case.pk, rule, posted)
    status = status_with(refused or (barred if typed is None else None))
    return page(request, "desk/step.html", context, current="cases", status=status)


def _ways(procedure: Procedure, barred: Refused) -> list[Rule]:
    """The steps that a refusal tells to take first: it names them as “…”."""
    named = set(re.findall("“([^”]+)”", barred.remedy or ""))
    return [one for one in procedure.steps.values() if one.title in named]


def _aid(
    request: Any, work: Any, rule: Rule, facts: Mapping[str, Any], typed: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    """The discretion panel beside steps in which a fine is named; None where there is no item to reckon by."""
    if not aid.asks_fine(rule):
        return None
    known = aid.so_far(rule, facts, typed)
    try:
        power = work.power_for(known)
    except Refused:  # the item typed does not exist, which the form itself will say
        return None
    return aid.panel(rule, power, known, request.POST, request.at.date()) if power is not None else None
