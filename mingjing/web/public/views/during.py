"""事中公示: who is at the door, checked by certificate number or by the code on his screen; what must be shown there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from mingjing.cases import actions, reading_out
from mingjing.cases.papers.forms import titles as paper_titles
from mingjing.kernel.procedure import Procedure, Step
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.publicity.registers import queries as registers
from mingjing.web.ui import card_codes, english, pictures, wording
from mingjing.web.ui.asked import word
from mingjing.web.ui.limits import count_look_up

from ..cached import public_page

STATES = {"in_force": "有效", "suspended": "已暂停", "withdrawn": "已收回", "lost": "已挂失"}


@require_safe
def officers(request: Any) -> HttpResponse:
    """The form in which a certificate number is checked; a number leads to its answer."""
    number = word(request, "no")
    if number and "/" not in number:
        return redirect(english.link(request.path, reverse("public:officer", args=[number])))
    context: dict[str, Any] = {"number": number, "found": None, "asked": False, "judged": None}
    return _private(render(request, "public/officers.html", context))


@require_safe
def officer(request: Any, number: str) -> HttpResponse:
    """Whether a certificate is genuine and in force today, and whether the code that led here is of this minute.

    So many an address as ``limits`` allows, and kept nowhere. A fresh code of a visit is a scan of that visit, once.
    Cost: 3 queries, 4 for who is in no list; with a fresh code of a visit at most 8.
    """
    count_look_up(request, "certificate", request.at)
    found = organs.officer_by_certificate(number, request.at.date())
    code = word(request, "c", limit=40)
    judged = card_codes.judge(code, number, request.at) if code else None
    scan = None
    if found and found["valid"] and judged and judged.state == "fresh" and judged.token:
        scan = (
            actions.scan_card(certificate=number, token=judged.token, at=request.at)
            if request.method == "GET"
            else None
        )
    listed = (
        registers.confirmed_row("officers", found["organ_id"], found["number"], request.at.date())
        if found
        else None
    )
    context = {
        "number": number,
        "found": found,
        "asked": True,
        "unlisted": bool(found and found["valid"] and not listed and _bound(found, request.at.date())),
        "listed": listed[0] if listed else None,
        "states": STATES,
        "fields": [english.said(request.path, wording.field_title(one)) for one in found["fields"]]
        if found
        else [],
        "region": _region(found["region"]) if found else "",
        "bureau": organs.supervisor_of(found["region"] if found else ""),
        "hotline": reading_out.HOTLINE,
        "judged": judged,
        "age_minutes": _age(judged.made_at, request.at) if judged and judged.made_at else 0,
        "code": code,
        "scan": scan,
    }
    return _private(render(request, "public/officers.html", context))


def _bound(found: dict[str, Any], on: date) -> bool:
    """Whether the organ's confirmed list of officers says who may act, and this one is not in it. Cost: 1 query."""
    organ = found["organ_id"]
    binding = organs.confirmed_lists([organ], on).get(("officers", organ))
    return binding is not None and found["number"] not in binding.keys


@require_safe
def photo(request: Any, number: str) -> HttpResponse:
    """The photograph of an officer whose certificate is in force; counted like a look-up, kept nowhere."""
    count_look_up(request, "photo", request.at)
    found = organs.officer_by_certificate(number, request.at.date())
    if found is None or not found["photo"]:
        raise Http404
    return _private(pictures.photo(found["photo"]))


@csrf_exempt  # nobody is signed in here; only who holds a code of this minute has anything to say
@require_POST
def confirm(request: Any, number: str) -> HttpResponse:
    """Whoever scanned the code says that the face is the one on the card."""
    count_look_up(request, "certificate", request.at)
    code = str(request.POST.get("c") or "")[:40]
    judged = card_codes.judge(code, number, request.at)
    if judged.state in ("fresh", "old") and judged.token:
        actions.confirm_scan(certificate=number, token=judged.token, at=request.at)
    place = reverse("public:officer", args=[number])
    return redirect(f"{english.link(request.path, place)}?{urlencode({'c': code})}")


@public_page
def during(request: Any) -> HttpResponse:
    """What must be shown and told at the door, drawn from the procedures in force. Cost: 1 query."""
    on = request.at.date()
    titles = paper_titles()
    groups = [
        (title, shown)
        for title, listed in wording.by_act(law.procedures_in_force(on))
        if (shown := [one for one in (_meetings(procedure, titles) for procedure in listed) if one])
    ]
    context = {
        "groups": groups,
        "exceptions": law.conduct().exceptions.values(),
        "bureau": organs.supervisor_of(""),
        "hotline": reading_out.HOTLINE,
    }
    return render(request, "public/during.html", context)


def _meetings(procedure: Procedure, titles: dict[str, str]) -> dict[str, Any] | None:
    """The steps of a procedure in which officers meet people: what they show, say, film and hand over."""
    steps = [step for step in procedure.steps.values() if step.identity or step.tells]
    if not steps:
        return None
    return {"procedure": procedure, "steps": [_meeting(step, titles) for step in steps]}


def _meeting(step: Step, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "id": step.id,
        "title": step.public_name or step.title,
        "identity": step.identity.level if step.identity else "",
        "two": any(name.startswith("two_") for name in step.needs),
        "notice": law.spoken_notice(step.tells).words["zh"].title if step.tells else "",
        "recording": step.recording,
        "papers": list(dict.fromkeys(titles.get(rule.form, rule.form) for rule in step.papers)),
    }


def _region(code: str) -> str:
    return next((one.name for one in law.regions() if one.code == code), code)


def _age(made_at: datetime, at: datetime) -> int:
    return max(0, int((at - made_at).total_seconds()) // 60)


def _private(response: HttpResponse) -> HttpResponse:
    """An answer about a person: for whoever asked, kept by nobody, found by no search engine."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
