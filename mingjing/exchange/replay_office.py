"""The office that replays summaries: an organ apart, with invented people for every role a case needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from mingjing.organs import actions as organs_actions
from mingjing.organs import queries as organs
from mingjing.organs.authority import SYSTEM, Actor

CODE = "replay"
SINCE = date(2013, 1, 1)
UNTIL = date(2049, 12, 31)
_REGION = "511700"
# Name, unit, post, roles, whether principal, legal qualification.
_PEOPLE = (
    ("回某甲", "演练一科", "科员", ("handler",), False, ""),
    ("回某乙", "演练一科", "科员", ("handler",), False, ""),
    ("放某丙", "法制科", "审核员", ("reviewer", "hearing_host"), False, "演练-0001"),
    ("放某丁", "机关领导", "主要负责人", ("organ_head",), True, ""),
)


@dataclass(frozen=True)
class Office:
    """The organ and its officers by role; ``actor`` gives one of them on a day."""

    organ_id: int
    handlers: tuple[int, ...]
    by_role: dict[str, int]
    names: dict[int, str]

    def actor(self, role: str, on: date) -> Actor:
        """The first holder of the role as an actor on that day."""
        return _actor(self.by_role[role], on)


@cache
def _actor(officer_id: int, on: date) -> Actor:
    return organs.actor_of_officer(officer_id, on)


def open_office(at: datetime) -> Office:
    """The replay office, founded at the first call."""
    _actor.cache_clear()
    if not any(organ.code == CODE for organ in organs.organs()):
        _found(at)
    organ = organs.organ(CODE)
    people = organs.actors_of_organ(organ.pk, at.date())
    by_role: dict[str, int] = {}
    for actor in people:
        for role in actor.roles:
            by_role.setdefault(role, actor.id or 0)
    handlers = tuple(actor.id or 0 for actor in people if "handler" in actor.roles)
    return Office(organ.pk, handlers, by_role, {actor.id or 0: actor.name for actor in people})


def _found(at: datetime) -> None:
    organ = organs_actions.create_organ(
        code=CODE,
        name="案例回放演练机关",
        short_name="回放演练",
        region=_REGION,
        paper_prefix="演练",
        actor=SYSTEM,
        at=at,
        field="general",
        address="达州市某某路1号",
        phone="0818-0000000",
        reconsideration_organ="达州市人民政府",
        court="达州市某某人民法院",
        bank="某某银行达州某某支行",
        confirmed_on=SINCE,
    )
    for number, (name, unit, post, roles, principal, qualification) in enumerate(_PEOPLE, start=1):
        officer = organs_actions.create_officer(
            organ=organ,
            name=name,
            unit=unit,
            post=post,
            is_principal=principal,
            legal_qualification=qualification,
            actor=SYSTEM,
            at=at,
        )
        organs_actions.create_certificate(
            officer=officer,
            number=f"演练{number:04d}",
            region=_REGION,
            valid_from=SINCE,
            valid_until=UNTIL,
            actor=SYSTEM,
            at=at,
        )
        for role in roles:
            organs_actions.appoint(officer=officer, role=role, since=SINCE, actor=SYSTEM, at=at)
