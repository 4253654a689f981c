"""Opening a matter and saying who handles it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from mingjing.kernel import engine
from mingjing.kernel.marking import dump
from mingjing.kernel.procedure import Procedure
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor, require
from mingjing.organs.models import Organ
from mingjing.parties import actions as parties
from mingjing.parties import queries as party_queries

from ..facts import Upload
from ..handling import HANDLING, check_handlers, check_newcomer, handling, may_arrange
from ..models import Case, CaseOfficer
from ..moves import note
from ..numbering import next_number
from ..work import LICENSE_ITEM, lock
from .taking import Taken, take

MOST_TITLE = 300
# Two digits of the case number, and the series in which acts that share them are counted.
_ACT_DIGITS = {
    "license": "01",
    "penalty": "02",
    "coercion": "03",
    "levy": "04",
    "expropriation": "04",
    "benefit": "05",
    "inspection": "06",
    "confirmation": "07",
    "reward": "08",
    "adjudication": "09",
    "other": "10",
    "requisition": "11",
}
_SERIES = {"expropriation": "levy"}


def open_case(
    *,
    organ_id: int,
    procedure: str,
    title: str,
    facts: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    party_id: int | None = None,
    party: Mapping[str, str] | None = None,
    power_item_id: int | None = None,
    handlers: Sequence[int] = (),
    region: str = "",
    field: str = "",
    files: Sequence[Upload] = (),
    parent_id: uuid.UUID | None = None,
    entered_at: datetime | None = None,
    late_reason: str = "",
    film_pending: str = "",
) -> Taken:
    """Open a matter under the edition of ``procedure`` in force on the day, and take its opening step.

    The party is known by ``party_id`` or newly described by ``party`` (keys of ``parties.facts.read_facts``);
    a new party stays only if the case does. ``handlers`` are officer ids; without them the actor handles
    alone until colleagues are assigned. ``parent_id`` is the matter this one grew out of.
    """
    require(actor, "case.open")
    if actor.organ_id != organ_id:
        raise Refused("other-organ", "只能为本机关登记案件。", remedy="请由该机关人员登记，或办理移送。")
    if not title.strip():
        raise Refused(
            "missing",
            "案件名称必填。",
            remedy="请写明当事人和案由，如“达州市某某食品店经营超过保质期的食品案”。",
        )
    if len(title.strip()) > MOST_TITLE:
        raise Refused(
            "too-long",
            f"案件名称最多 {MOST_TITLE} 个字，现有 {len(title.strip())} 个字。",
            remedy="请精简后再提交。",
        )
    with transaction.atomic():
        organ = organs.organ_by_id(organ_id)
        edition = law.edition_in_force(procedure, at.date())
        start = edition.procedure.steps[_start_of(edition.procedure)]
        item = law.license_item(str(facts[LICENSE_ITEM])) if facts.get(LICENSE_ITEM) else None
        of = field or (item.field if item else organ.field)
        case = _new_case(organ, edition, title.strip(), region or organ.region, of, at)
        if party:
            case.party = parties.take_in(facts=party, actor=actor, at=at)
        elif party_id is not None:
            case.party = party_queries.party(party_id)
        if edition.procedure.matter.party == "none" and case.party is not None:
            raise Refused("no-party", "这类事项没有相对人。", remedy="请不要填写相对人。")
        case.power_item_id = power_item_id
        case.parent_id = parent_id
        if parent_id is not None:
            _check_parent(edition.procedure, parent_id)
        case.save(force_insert=True)
        chosen = list(dict.fromkeys(handlers)) or _opener_as_handler(edition.procedure, actor)
        check_handlers(chosen, organ_id, handling(edition.procedure), at)
        CaseOfficer.objects.bulk_create(
            CaseOfficer(case=case, officer_id=one, role="handler", since=at) for one in chosen
        )
        return take(
            case_id=case.pk,
            step=start.id,
            facts=facts,
            actor=actor,
            at=at,
            files=files,
            entered_at=entered_at,
            late_reason=late_reason,
            film_pending=film_pending,
        )


def begin_case(
    organ: Organ,
    edition: law.Edition,
    *,
    title: str,
    facts: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    parent: Case | None = None,
    handlers: Sequence[int] = (),
) -> Taken:
    """A matter that the platform opens by itself: nobody opposite; who handles it is known from ``parent`` or not yet.

    MUST run inside a transaction.
    """
    of = parent or organ
    case = _new_case(organ, edition, title[:MOST_TITLE], of.region, of.field, at)
    case.parent = parent
    case.save(force_insert=True)
    CaseOfficer.objects.bulk_create(
        CaseOfficer(case=case, officer_id=one, role="handler", since=at) for one in handlers
    )
    return take(case_id=case.pk, step=_start_of(edition.procedure), facts=facts, actor=actor, at=at)


def _check_parent(procedure: Procedure, parent_id: uuid.UUID) -> None:
    """A matter grows only out of the acts that its procedure names; one that names none may grow out of any."""
    act = Case.objects.values_list("act", flat=True).get(pk=parent_id)
    if procedure.parents and act not in procedure.parents:
        raise Refused(
            "wrong-parent",
            f"“{procedure.title}”不能由这一种类的案件引起。",
            basis=procedure.basis,
            remedy="请核对所属案件编号；与那一案件无关的，不填写。",
        )


def _start_of(procedure: Procedure) -> str:
    return next(step.id for step in procedure.steps.values() if step.start)


def _new_case(organ: Organ, edition: law.Edition, title: str, region: str, field: str, at: datetime) -> Case:
    procedure = edition.procedure
    serial = next_number(organ.pk, f"case-{_SERIES.get(procedure.act, procedure.act)}", at.year)
    no = f"{organ.region}{organ.pk % 1000:03d}{_ACT_DIGITS[procedure.act]}{at.year}{serial:06d}"
    first = procedure.stages[0]
    return Case(
        no=no,
        label=f"{procedure.matter.label}{at.year}-{serial:04d}",
        organ=organ,
        procedure=procedure.id,
        edition=edition.sha256,
        act=procedure.act,
        field=field,
        region=region,
        title=title,
        marking=dump(engine.begin(procedure)),
        stage=first.id,
        stage_title=first.title,
        opened_at=at,
        moved_at=at,
    )


def _opener_as_handler(procedure: Procedure, actor: Actor) -> list[int]:
    """Who opens a matter handles it until colleagues are named; a clerk never handles what he has accepted."""
    assigned = procedure.matter.assigned and not actor.roles & HANDLING
    return [] if assigned or actor.officer_id is None else [actor.officer_id]


def assign(
    *, case_id: uuid.UUID, officer_id: int, role: str, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Add an officer to a case as handler. Source: 行政处罚法/42 (two officers)."""
    require(actor, "case.move")
    with transaction.atomic():
        work = lock(case_id, at, version)
        case = work.case
        if actor.organ_id != case.organ_id:
            raise Refused(
                "other-organ",
                f"本案由{case.organ.name}办理，不能增加办案人员。",
                remedy="请由该机关人员办理。",
            )
        if not may_arrange(work, actor):
            raise Refused(
                "not-handler-of-case",
                f"只有本案承办人或者承办机构负责人可以增加办案人员，{actor.name}都不是。",
                remedy="请由承办人或者承办机构负责人增加。",
            )
        check_newcomer(work, officer_id)
        _, created = CaseOfficer.objects.get_or_create(
            case=case, officer_id=officer_id, role=role, until=None, defaults={"since": at}
        )
        if not created:
            raise Refused(
                "already-assigned", "该人员已是本案办案人员，无须再增加。", remedy="请刷新案件页面核对。"
            )
        newcomer = organs.actor_of_officer(officer_id, at.date())
        note(
            work,
            kind="assignment",
            title="增加办案人员",
            actor=actor,
            text=f"增加{newcomer.name}为本案办案人员。",
            plain={"officer": f"officer:{officer_id}", "role": role},
        )
