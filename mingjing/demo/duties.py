"""Duties of the demo city that are no acts towards a party: yearly reports, filings, and the errands of offices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from mingjing.cases import actions as cases
from mingjing.cases import queries as case_queries
from mingjing.kernel.procedure import Step as Rule
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor

from .errands import ERRANDS, Errand
from .films import LATE, film_of, take
from .staffing import Team

Facts = Mapping[str, Any]
# What an organ writes when it files; how far each of the organs has come is told by how many steps it takes.
_FILED: tuple[tuple[str, str, Facts], ...] = (
    (
        "draft",
        "unit_head",
        {
            "filing_title": "本年度修订的实施细则和清单",
            "filing_summary": "修订执法全过程记录实施细则第六条、第九条；音像记录事项清单新增二项；其余没有变化。",
            "filing_attachments": "实施细则（修订本）\n音像记录事项清单\n修订说明",
            "filing_kinds": ["rules", "recording"],
        },
    ),
    (
        "check",
        "reviewer",
        {
            "check_points": ["true", "complete", "lawful", "secret"],
            "check_note": "与现行有效的文本一致，没有增设许可、处罚，可以报送。",
        },
    ),
    ("submit", "unit_head", {"filing_to": "达州市司法局", "filing_way": "platform"}),
    ("receipt", "unit_head", {"receipt_no": "达司备（演示）第 7 号"}),
)


def live_duties(teams: Mapping[str, Team], until: datetime) -> None:
    """The yearly matters whose day came lately, each organ a step further than the next, and the errands."""
    bureau = organs.organ("dz-sfj")
    ours = {bureau.pk, *(one.organ_id for one in teams.values())}
    for days, whole in ((58, True), (26, False)):
        for place, one in enumerate(cases.open_yearly(at=_morning(until, days), only=ours).taken):
            # Of the older batch one organ lags behind; of the later each is a step further than the one before.
            reached = (len(_FILED) if place != 2 else 2) if whole else place % (len(_FILED) + 1)
            _file(one.case_id, teams, until, days - 3, reached)
    for errand in ERRANDS:
        _run(errand, until)


def _run(errand: Errand, until: datetime) -> None:
    """One errand from its opening to where it stands today."""
    organ = organs.organ(errand.organ)
    (days, _, role, facts), *rest = errand.steps
    at = _morning(until, days)
    opener = _holder(organ.pk, role, at)
    start = next(iter(law.procedure(errand.procedure, at.date()).start_steps))
    rule = law.procedure(errand.procedure, at.date()).steps[start]
    case_id = cases.open_case(
        organ_id=organ.pk,
        procedure=errand.procedure,
        title=errand.title,
        facts=_filled(rule, facts, at),
        actor=opener,
        at=at,
        party=errand.party,
        files=film_of(rule, 1),
        late_reason=LATE,
    ).case_id
    for days, step, role, facts in rest:
        at = _morning(until, days)
        _take(case_id, step, _holder(organ.pk, role, at).officer_id, facts, at)


def _file(case_id: Any, teams: Mapping[str, Team], until: datetime, days: int, reached: int) -> None:
    """Take so many steps of a filing from so many days ago on, one every three days."""
    organ = case_queries.work_of(case_id, until).case.organ_id
    team = next((one for one in teams.values() if one.organ_id == organ), None)
    if team is None:
        return
    for number, (step, role, facts) in enumerate(_FILED[:reached]):
        _take(case_id, step, team.by_role[role][0], facts, _morning(until, days - 3 * number))


def _morning(until: datetime, days: int) -> datetime:
    return (until - timedelta(days=days)).replace(hour=9, minute=30, second=0, microsecond=0)


def _take(case_id: Any, step: str, officer: int, facts: Facts, at: datetime) -> None:
    """Take the step by that officer, approved by the head of the organ where it must be."""
    work = case_queries.work_of(case_id, at)
    rule = work.procedure.steps[step]
    given = _filled(rule, facts, at)
    actor = organs.actor_of_officer(officer, at.date())
    taken = take(case_id, rule, given, actor, at)
    if taken.submission_id is not None:
        head = _holder(work.case.organ_id, rule.approve or "organ_head", at)
        cases.approve(
            submission_id=taken.submission_id, actor=head, at=at + timedelta(hours=2), opinion="同意。"
        )


def _filled(rule: Rule, facts: Facts, at: datetime) -> dict[str, Any]:
    """The form: what the story says, a date being today or so many days from now; other dates today."""
    asked = {field.name for field in rule.facts}
    days = {field.name: field.kind == "date" for field in rule.facts}
    dated = {name: at.date().isoformat() for name, is_date in days.items() if is_date}
    told = {
        name: (at + timedelta(days=value)).date().isoformat()
        if days.get(name) and isinstance(value, int)
        else value
        for name, value in facts.items()
    }
    return {name: value for name, value in {**dated, **told}.items() if name in asked}


def _holder(organ_id: int, role: str, at: datetime) -> Actor:
    return next(one for one in organs.actors_of_organ(organ_id, at.date()) if role in one.roles)
