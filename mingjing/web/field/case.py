"""A case as one needs it outdoors, and the forms of its steps; what is done goes through the queue on the device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from mingjing.cases import queries as cases
from mingjing.cases import reading_out
from mingjing.kernel import conduct
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.web.ui.entering import officers_only
from mingjing.web.ui.recordings import with_recordings
from mingjing.web.ui.refusals import status_with
from mingjing.web.ui.step_form import first_values, form_context

from .frame import FIELD, page

# Steps that belong to other rooms have their own pages at the desk.
AT_THE_DESK = ("publicity", "review", "payment")


@require_safe
@officers_only(FIELD)
def case(request: Any, no: str) -> HttpResponse:
    """Who, what, how far; what may be done now, what comes after it, and what not and why. Cost: 1 query."""
    shown = cases.case_page(request.actor, no, request.at)
    outdoors = law.field_steps(shown.procedure_id)
    possible = [one for one in shown.mine_now if one.through not in AT_THE_DESK]
    now = [one for one in possible if one.step in outdoors or not outdoors]
    context = {
        "case": shown,
        "now": now,
        "elsewhere": [one for one in possible if one not in now],
        "ahead": _ahead(shown, outdoors, {one.step for one in now}),
        "barred": [
            one
            for one in shown.actions
            if one.step in outdoors and not one.possible and one.submitted is None
        ],
    }
    return page(request, "field/case.html", context)


def _ahead(shown: cases.CasePage, outdoors: tuple[str, ...], now: set[str]) -> list[tuple[str, str]]:
    """Steps outdoors that come after those that may be taken now, as (step, title)."""
    if shown.ended_at or not shown.is_handler:
        return []
    procedure = law.procedure_edition(shown.procedure_id, shown.edition)
    done = max((outdoors.index(one) for one in shown.done_steps if one in outdoors), default=-1)
    return [
        (step, procedure.steps[step].title)
        for place, step in enumerate(outdoors)
        if step in procedure.steps and place > done and step not in now
    ]


@require_safe
@officers_only(FIELD)
def step(request: Any, no: str, step: str) -> HttpResponse:
    """The form of a step. One that cannot be taken yet is shown as well, marked, if it belongs to the work outdoors:
    without a network nobody knows what another step has opened, and the platform judges when it arrives."""
    found, work, rule, facts, view = cases.step_view(request.actor, no, step, request.at)
    barred = view.not_mine
    ahead = view.refused if barred is None else None
    if ahead is not None and rule.id not in law.field_steps(found.procedure):
        barred, ahead = ahead, None
    if view.through in AT_THE_DESK:
        barred = Refused("wrong-door", f"“{rule.title}”在工作台办理。", remedy="请在电脑上打开本案办理。")
    context = {
        "case": found,
        "rule": rule,
        "view": view,
        "barred": barred,
        "ahead": ahead,
        "notices": [] if barred else reading_out.notices(found, rule, work.handlers),
        "sources": _sources(rule, again=work.marking.has_happened(step)),
        "aids": [] if barred else _aids(found.procedure, rule, found.field, facts),
        **form_context(
            rule.facts,
            procedure=work.procedure,
            constants=work.constants,
            facts=facts,
            handlers=work.handlers,
            power=work.power,
            values=first_values(work, rule),
            errors={},
            on=request.at.date(),
            organ_id=found.organ_id,
        ),
    }
    if not barred:
        context = with_recordings(context, found.pk, rule, None)
    return page(request, "field/step.html", context, status=status_with(barred))


def _sources(rule: Rule, *, again: bool) -> dict[str, tuple[str | None, str | None]]:
    """By field, the facts from which it takes its first value, its own and another: for what the device knows of.

    The same rule as ``forms.starting_values`` and ``step_form.first_values``; files and signatures are never carried.
    """
    return {
        field.name: (None if again else field.name, field.default_fact)
        for field in rule.facts
        if field.name not in conduct.FRESH and field.kind not in ("files", "signature")
    }


def _aids(procedure: str, rule: Rule, field: str, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The aids of the codex for this step, as the page's script takes them."""
    return [
        {
            "kind": one.kind,
            "fact": one.fact,
            "title": one.title,
            "photos": one.photos,
            "lines": _lines(str(facts.get(one.items_fact) or "")) or list(one.lines),
        }
        for one in law.field_aids(procedure, rule.id, field)
    ]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@require_safe
@officers_only(FIELD)
def record(request: Any) -> HttpResponse:
    """记录: my matters in which something can be recorded, each leading to its forms. Cost: 1 query."""
    rows, _ = cases.todo(request.actor, request.at, limit=100)
    matters = {row.case_no: row for row in rows}
    context = {"matters": list(matters.values()), "desk": reverse("desk:cases")}
    return page(request, "field/record.html", context)
