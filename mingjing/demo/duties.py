"""Duties of the demo city that are no acts towards a party: yearly reports and filings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from mingjing.cases import actions as cases
from mingjing.cases import queries as case_queries
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor

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
    """The yearly matters whose day came lately, each organ a step further than the next; by actions only."""
    bureau = organs.organ("dz-sfj")
    opened = cases.open_yearly(
        at=_morning(until, 20), only={bureau.pk, *(one.organ_id for one in teams.values())}
    )
    by_organ = {team.organ_id: team for team in teams.values()}
    for place, one in enumerate(opened.taken):
        case = case_queries.work_of(one.case_id, until).case
        team = by_organ.get(case.organ_id)
        if team is not None:
            for at, (step, role, facts) in _steps(place, until):
                _take(case.pk, step, team.by_role[role][0], facts, at)


def _steps(place: int, until: datetime) -> Iterator[tuple[datetime, tuple[str, str, Facts]]]:
    """How far the matter at this place has come, a step every three days."""
    for number, line in enumerate(_FILED[: place % (len(_FILED) + 1)]):
        yield _morning(until, 17 - 3 * number), line


def _morning(until: datetime, days: int) -> datetime:
    return (until - timedelta(days=days)).replace(hour=9, minute=30, second=0, microsecond=0)


def _take(case_id: Any, step: str, officer: int, facts: Facts, at: datetime) -> None:
    """Take the step by that officer, approved by the head of the organ where it must be."""
    work = case_queries.work_of(case_id, at)
    rule = work.procedure.steps[step]
    asked = {field.name for field in rule.facts}
    dated = {field.name: at.date().isoformat() for field in rule.facts if field.kind == "date"}
    given = {name: value for name, value in {**dated, **facts}.items() if name in asked}
    actor = organs.actor_of_officer(officer, at.date())
    taken = cases.take(case_id=case_id, step=step, facts=given, actor=actor, at=at)
    if taken.submission_id is not None:
        head = _holder(work.case.organ_id, rule.approve or "organ_head", at)
        cases.approve(
            submission_id=taken.submission_id, actor=head, at=at + timedelta(hours=2), opinion="同意。"
        )


def _holder(organ_id: int, role: str, at: datetime) -> Actor:
    return next(one for one in organs.actors_of_organ(organ_id, at.date()) if role in one.roles)
