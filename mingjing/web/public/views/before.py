"""事前公开: who acts, with which powers, by which procedure, under which law."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from markupsafe import Markup

from mingjing.cases.papers.forms import titles as paper_titles
from mingjing.kernel.procedure import Procedure, Step
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.law.fines_in_words import SUBJECTS, fine_words
from mingjing.law.queries import Basis
from mingjing.law.terms_in_words import terms_of
from mingjing.organs import queries as organs
from mingjing.organs.roles import role_title
from mingjing.publicity.registers import queries as registers
from mingjing.publicity.registers.checklist import checklist
from mingjing.publicity.registers.drawing import retention
from mingjing.web.ui import wording
from mingjing.web.ui.asked import word
from mingjing.web.ui.conditions import Vocabulary, in_words
from mingjing.web.ui.svg import flowchart

from ..cached import public_page
from ..catalogue.before import statutes


@public_page
def agencies(request: Any) -> HttpResponse:
    """Every organ that may act, as a tree, each with the confirmed register it stands in. Cost: 3 queries."""
    confirmed = registers.confirmed_subjects(request.at.date())
    return render(request, "public/agencies.html", {"tree": organs.tree(), "confirmed": confirmed})


@public_page
def powers(request: Any) -> HttpResponse:
    """Every power item by field. Cost: 1 query."""
    field, words = word(request, "field"), word(request, "q")
    items = law.power_items(field=field, words=words)
    items.sort(key=lambda item: (item.field, item.code))
    context = {
        "groups": [(title, list(group)) for title, group in groupby(items, lambda item: item.field_title)],
        "fields": list(law.FIELDS.items()),
        "field": field,
        "words": words,
        "fine_words": fine_words,
    }
    return render(request, "public/powers.html", context)


@public_page
def power(request: Any, code: str) -> HttpResponse:
    """One power item: its article as in force, its fines in words, its procedures."""
    today = request.at.date()
    item = law.power_item(code)
    context = {
        "item": item,
        "provisions": law.resolve_basis(item.basis, today),
        "fine_words": fine_words,
        "subjects": SUBJECTS,
        "benchmark": law.benchmark(code, today),
        "procedures": [one for one in law.procedures_in_force(today) if one.act == "penalty"],
    }
    return render(request, "public/power.html", context)


@public_page
def procedures(request: Any) -> HttpResponse:
    """Every procedure in force today. Cost: no query."""
    groups = wording.by_act(law.procedures_in_force(request.at.date()))
    return render(request, "public/procedures.html", {"groups": groups})


@public_page
def procedure(request: Any, id: str) -> HttpResponse:
    """Service guide and flowchart, all from the one procedure file. Cost: no query."""
    found = _procedure(request, id)
    titles = paper_titles()
    chart = flowchart.draw(found, paper_titles=titles, href=lambda step: f"#step-{step}")
    context = {
        "procedure": found,
        "chart": Markup(chart),  # noqa: S704 - drawn by us, every text escaped
        **_guide(found, titles),
        "recorded": _recorded(found),
        "retention": retention(),
        "checklists": registers.public_registers(request.at.date(), kind="recording"),
        "frozen": word(request, "edition", limit=64),
    }
    return render(request, "public/procedure.html", context)


def _procedure(request: Any, id: str) -> Procedure:
    """The edition that a published register names by its digest (``edition``), else the one in force on the day.

    Raises: Refused ``edition-lost``, ``no-such-procedure``.
    """
    sha256 = word(request, "edition", limit=64)
    return law.procedure_edition(id, sha256) if sha256 else law.procedure_in_force(id, _day(request))


def _recorded(procedure: Procedure) -> list[dict[str, Any]]:
    """The steps that must be recorded, worded as in the recording checklist. Source: 达州三项制度方案/7."""
    words = checklist()
    return [
        {
            "step": step,
            "link": words.of(step.id, step.recording),
            "basis": step.recording_basis or words.basis,
        }
        for step in procedure.steps.values()
        if step.recording in ("full", "key")
    ]


@require_safe
def flow_svg(request: Any, id: str) -> HttpResponse:
    """The flowchart alone, as a file. Cost: no query."""
    found = _procedure(request, id)
    titles = paper_titles()
    return HttpResponse(flowchart.draw(found, paper_titles=titles), content_type="image/svg+xml")


def _guide(procedure: Procedure, titles: dict[str, str]) -> dict[str, Any]:
    """The stages with the steps of the flowchart, and the aside steps apart; empty stages are left out."""
    words = Vocabulary(procedure)
    steps = [(step, _guide_step(procedure, step, titles, words)) for step in procedure.steps.values()]
    drawn = [(step.stage, shown) for step, shown in steps if step.flow != "aside"]
    stages = [
        {"title": stage.title, "steps": [shown for at, shown in drawn if at == stage.id]}
        for stage in procedure.stages
    ]
    return {
        "stages": [stage for stage in stages if stage["steps"]],
        "aside": [shown for step, shown in steps if step.flow == "aside"],
    }


def _guide_step(
    procedure: Procedure, step: Step, titles: dict[str, str], words: Vocabulary
) -> dict[str, Any]:
    who = "、".join(dict.fromkeys(role_title(role) for role in step.by))
    return {
        "id": step.id,
        "title": step.public_name or step.title,
        "guide": step.guide,
        "who": f"{who}，报{role_title(step.approve)}批准" if step.approve else who,
        "terms": terms_of(procedure, step),
        "papers": list(dict.fromkeys(titles.get(rule.form, rule.form) for rule in step.papers)),
        "recording": step.recording,
        "basis": step.basis,
        "when": in_words(step.when, words) if step.when else "",
        "ends": procedure.outcomes.get(step.ends or "", ""),
    }


@public_page
def laws(request: Any) -> HttpResponse:
    """Every instrument that the platform cites, by rank. Cost: 1 query."""
    rows = statutes(request)
    context = {
        "groups": [
            (law.RANKS.get(rank, rank), list(group)) for rank, group in groupby(rows, lambda row: row.rank)
        ],
        "ranks": list(law.RANKS.items()),
        "rank": word(request, "rank"),
        "words": word(request, "q"),
    }
    return render(request, "public/laws.html", context)


@public_page
def law_statute(request: Any, statute: str) -> HttpResponse:
    """A statute: its wordings, and the articles of the one in force on a day. Cost: 4 queries."""
    found = _statute(statute)
    day = _day(request)
    version = law.version_on(found, day)
    articles = list(law.articles(version).values("number", "sub", "label", "heading")) if version else []
    context = {
        "statute": found,
        "day": day,
        "version": version,
        "versions": law.versions(found),
        "headings": [
            (heading, list(group)) for heading, group in groupby(articles, lambda row: row["heading"])
        ],
    }
    return render(request, "public/statute.html", context)


@public_page
def law_article(request: Any, statute: str, article: str) -> HttpResponse:
    """One article in the wording in force on a day. Cost: 4 queries."""
    number, _, sub = article.partition("-")
    if not (number.isascii() and number.isdigit() and (not sub or (sub.isascii() and sub.isdigit()))):
        raise Refused("no-such-article", f"“{article}”不是条号。", remedy="条号写数字，例如 64 或 120-1。")
    day = _day(request)
    place = Basis(statute, int(number), int(sub or 0))
    found = law.provision(place, day)
    return render(request, "public/article.html", {"found": found, "place": place, "day": day})


def _statute(name: str) -> Any:
    found = law.statute(name)
    if found is None:
        raise Refused("no-such-statute", f"依据库中没有《{name}》。", remedy="请核对名称，或使用法律的简称。")
    return found


def _day(request: Any) -> date:
    """The day asked for with ``?on=``, else today."""
    given = word(request, "on")
    if not given:
        today: date = request.at.date()
        return today
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Refused("bad-date", f"“{given}”不是日期。", remedy="请按 2026-03-12 的样子填写。") from None
