"""试走: a procedure walked step by step with dates, in the browser. The walk lives in the form; nothing is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import tomli_w
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from mingjing.cases.facts import clean_so_far
from mingjing.kernel import engine, json_text
from mingjing.kernel.procedure import Field, Procedure
from mingjing.kernel.refused import Refused
from mingjing.kernel.scenarios import Line, Pace, Runner, Scenario
from mingjing.law import queries as law
from mingjing.web.ui import forms
from mingjing.web.ui.need_words import need_words
from mingjing.web.ui.step_form import form_context

from .frame import desk, page, word

SHANGHAI = ZoneInfo("Asia/Shanghai")
PROFILES = {"general": "一般规定", **law.FIELDS}
MOST_STEPS = 200
MOST_CHARACTERS = 200_000
# Uploaded files and officers of an organ have no place in a case that does not exist.
_NOT_ASKED = frozenset({"files", "signature", "officers"})


@dataclass(frozen=True)
class Walk:
    """What a walk has told: the field whose values hold, the kind of party, and the steps in order.

    ``lines`` are (moment, step, facts as the form cleaned them).
    """

    profile: str = "general"
    person: bool = True
    lines: tuple[tuple[datetime, str, Mapping[str, Any]], ...] = ()

    def dump(self) -> str:
        """The walk as the hidden input that carries it."""
        lines = [[at.isoformat(timespec="minutes"), step, dict(facts)] for at, step, facts in self.lines]
        return json.dumps(lines, ensure_ascii=False)


@dataclass
class Way:
    """A walk taken through a procedure: what came of each step, and the case as it stands."""

    procedure: Procedure
    runner: Runner
    paces: list[Pace] = field(default_factory=list)

    def facts(self, at: datetime) -> dict[str, Any]:
        """What conditions see, derived facts included."""
        return self.procedure.derive(self.runner.facts_on(at.date()))


@require_http_methods(["GET", "HEAD", "POST"])
@desk("law.read")
def walk(request: Any, id: str) -> HttpResponse:
    """The walk so far, what may be done now and what not, and the form of the step chosen."""
    edition = word(request, "edition", limit=64)
    found = _procedure(id, edition, request.at.date())
    refused, tried, step = None, None, str(request.POST.get("step", ""))
    at = request.at
    try:
        told = _told(request, found)
        at = _moment(request, told)
        if request.POST.get("do") == "take":
            tried = _tried(request, found, told, step, at)
            told, step = replace(told, lines=(*told.lines, tried)), ""
        elif request.POST.get("do") == "undo":
            told, step = replace(told, lines=told.lines[:-1]), ""
        elif request.POST.get("do") == "again":
            told, step = replace(told, lines=()), ""
        way = _walked(found, told)
        if tried and way.paces[-1].refused:
            refused, step = way.paces[-1].refused, tried[1]
            told = replace(told, lines=told.lines[:-1])
            way = _walked(found, told)
    except Refused as wrong:
        refused, told = wrong, Walk()
        way = _walked(found, told)
    context = {
        "procedure": found,
        "edition": edition,
        "walk": told,
        "fields": [],
        "profiles": list(PROFILES.items()),
        "way": way,
        "at": _local(at),
        "refused": refused,
        "chosen": None,
        "scenario": _scenario(found, told) if told.lines else "",
        **_standing(way, at),
        **_form(request.actor.organ_id, way, step, at, tried[2] if tried and refused else {}),
    }
    # A question was answered, whatever the answer.
    return page(request, "desk/walk.html", context, current="procedures", status=200)


def _procedure(id: str, edition: str, on: date) -> Procedure:
    for one in law.editions_of(id) if edition else ():
        if one.sha256.startswith(edition):
            return law.procedure_edition(id, one.sha256)
    return law.procedure_in_force(id, on)


# --- reading the form ---


def _told(request: Any, procedure: Procedure) -> Walk:
    """The walk that the form carries. Raises: Refused ``bad-walk`` for anything this page did not write."""
    profile = str(request.POST.get("profile", "general"))
    walk = Walk(
        profile=profile if profile in PROFILES else "general",
        person=request.POST.get("person", "1") == "1",
    )
    text = str(request.POST.get("walk", "")) or "[]"
    try:
        if len(text) > MOST_CHARACTERS:
            raise ValueError("too long")
        lines = [_line(procedure, *entry) for entry in json_text.read(text)]
        if len(lines) > MOST_STEPS:
            raise ValueError("too many")
    except (ValueError, TypeError, AttributeError) as error:
        raise Refused(
            "bad-walk", "页面带来的试走经过读不出来。", remedy=f"请重新开始（最多 {MOST_STEPS} 步）。"
        ) from error
    return replace(walk, lines=tuple(lines))


def _line(procedure: Procedure, at: str, step: str, facts: Any) -> tuple[datetime, str, Mapping[str, Any]]:
    moment = datetime.fromisoformat(at).astimezone(SHANGHAI)
    rule = procedure.steps.get(step)
    if rule is None or not isinstance(facts, dict):
        raise ValueError("no such step")
    # Whether a field was asked was judged when it was filled in; here only its shape counts.
    fields = tuple(replace(one, when=None, required=False) for one in _asked(rule.facts))
    return moment, step, clean_so_far(fields, facts, {})


def _moment(request: Any, told: Walk) -> datetime:
    """The time asked for; else that of the last step, else now. Raises: Refused ``bad-date``."""
    text = str(request.POST.get("at", "")).strip()
    if not text:
        return told.lines[-1][0] if told.lines else request.at.astimezone(SHANGHAI)
    try:
        at = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    except ValueError:
        raise Refused("bad-date", f"“{text}”不是时间。", remedy="请写成 2026-03-12T09:30。") from None
    return at


def _tried(
    request: Any, procedure: Procedure, told: Walk, step: str, at: datetime
) -> tuple[datetime, str, Mapping[str, Any]]:
    """The step with what its form says; what is wrong or missing is left out, as the engine would find it."""
    rule = procedure.steps.get(step)
    if rule is None:
        raise Refused("unknown-step", "没有选择环节。", remedy="请从“现在可以办理”中选择。")
    if told.lines and at < told.lines[-1][0]:
        raise Refused(
            "back-in-time",
            f"时间早于上一步（{told.lines[-1][0]:%Y-%m-%d %H:%M}）。",
            remedy="请按先后填写，或者退回一步。",
        )
    fields = _asked(rule.facts)
    known = _walked(procedure, told).facts(at)
    return at, step, clean_so_far(fields, forms.read_post(fields, request.POST), known)


def _asked(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    return tuple(one for one in fields if one.kind not in _NOT_ASKED)


# --- walking ---


def _walked(procedure: Procedure, told: Walk) -> Way:
    lines = tuple(Line(at, step, facts, None, None) for at, step, facts in told.lines)
    start = {"party_is_person": told.person, "minor_party": False}
    scenario = Scenario("试走", procedure.id, told.profile, None, start, lines, "试走")
    runner = Runner(
        scenario,
        procedure,
        law.calendar(),
        lambda on: law.constants(told.profile, on, person=told.person),
    )
    return Way(procedure, runner, [runner.pace(line) for line in lines])


def _standing(way: Way, at: datetime) -> dict[str, Any]:
    """What may be done at that moment, what not and why, what is owed, and which rights run."""
    procedure, marking = way.procedure, way.runner.marking
    facts = way.facts(at)
    found = engine.possible(procedure, marking, facts, at)
    done = set(marking.executed)
    steps = procedure.steps
    return {
        "possible": [steps[name] for name, why in found.items() if why is None],
        "barred": [(steps[name], why) for name, why in found.items() if why is not None and name not in done],
        "owed": engine.duties(marking),
        "windows": [one for one in engine.windows(procedure, marking, facts, at) if one.state != "not-open"],
        "outcome": procedure.outcomes.get(marking.outcome) if marking.outcome else None,
        "need_words": need_words,
    }


def _form(
    organ_id: int | None, way: Way, step: str, at: datetime, values: Mapping[str, Any]
) -> dict[str, Any]:
    """The form of the step chosen, as the desk would show it."""
    rule = way.procedure.steps.get(step)
    if rule is None:
        return {}
    facts = way.facts(at)
    fields = _asked(rule.facts)
    return {
        "chosen": rule,
        **form_context(
            fields,
            procedure=way.procedure,
            constants=law.constants(way.runner.scenario.profile or "general", at.date(), person=True),
            facts=facts,
            handlers=(),
            organ_id=organ_id,
            power=None,
            values=values or forms.starting_values(fields, way.runner.told),
            errors={},
            on=at.date(),
        ),
    }


def _scenario(procedure: Procedure, told: Walk) -> str:
    """The walk as a scenario file, for the codex or for ``mingjing walk``."""
    data = {
        "title": f"{procedure.title}：试走",
        "procedure": procedure.id,
        "profile": told.profile,
        "facts": {"party_is_person": told.person},
        "steps": [
            {"at": at.replace(tzinfo=None), "step": step, **({"facts": dict(facts)} if facts else {})}
            for at, step, facts in told.lines
        ],
    }
    return tomli_w.dumps(data)


def _local(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
