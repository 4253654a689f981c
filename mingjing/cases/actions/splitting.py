"""分案: taking a party out of a running case into a case of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from mingjing.kernel import marking
from mingjing.kernel.marking import frozen
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.sql import insert, update

from .. import moves, obligations
from ..merging import carried_term, check_splitting
from ..models import CaseLink, CaseParty
from ..participants import moved, participants_of
from ..work import Work, lock
from .opening import open_case
from .taking import Taken


def split_off(
    *, participant_id: int, title: str, reason: str, actor: Actor, at: datetime, version: int | None = None
) -> Taken:
    """Take a co-party out of the case into a new one, opened by a handler with the facts of its own opening.

    The new case is handled by the same people and begins at its first step; the days of the lead, of finding and of
    the violation are copied, and it must be decided by the day on which its origin must. Who stands beside the
    party goes along. What was done and found stays in the origin, which is linked. Source: 行政处罚法/36, 44, 60.

    Raises: Refused of ``check_splitting`` and ``open_case``, ``ended``, ``not-handler-of-case``, ``bad-reason``.
    """
    require(actor, "case.move")
    reason = moves.reason_of(reason, "分案的理由")
    found = CaseParty.objects.filter(pk=participant_id).values_list("case_id", flat=True).first()
    if found is None:
        raise Refused("not-found", "没有这一当事人。", remedy="请刷新页面。")
    with transaction.atomic():
        work = lock(found, at, version)
        moves.require_running(work)
        moves.require_own_organ(work, actor)
        if actor.id not in {one.id for one in work.handlers}:
            raise Refused(
                "not-handler-of-case",
                f"只有本案承办人可以分案，{actor.name}不是。",
                remedy="请由承办人办理。",
            )
        row = CaseParty.objects.select_related("party").get(pk=participant_id)
        check_splitting(work, row)
        opened = _open(work, row, title, actor)
        apart = lock(opened.case_id, at, None)
        _move_people(work, apart, row)
        _keep_term(work, apart, opened.step)
        insert([CaseLink(case=apart.case, other=work.case, kind="split", at=at)])
        _tell(work, apart, row, reason, actor)
        return opened


def _open(work: Work, row: CaseParty, title: str, actor: Actor) -> Taken:
    case = work.case
    first = case.steps.order_by("seq")[0]
    asked = {field.name for field in work.procedure.steps[first.step].facts if field.kind != "files"}
    return open_case(
        organ_id=case.organ_id,
        procedure=case.procedure,
        title=title,
        facts={name: value for name, value in first.facts.items() if name in asked},
        actor=actor,
        at=work.at,
        late_reason="分案：发现等日期沿用原案。",
        party_id=row.party_id,
        power_item_id=case.power_item_id,
        handlers=[one.officer_id for one in work.handlers],
        region=case.region,
        field=case.field,
        parent_id=case.parent_id,
    )


def _move_people(work: Work, apart: Work, row: CaseParty) -> None:
    """The party's place in the origin ends; who stands beside him stands beside him in the new case."""
    beside = [one for one in participants_of(work.case) if one.represents_id == row.party_id]
    CaseParty.objects.filter(pk__in=[row.pk, *(one.pk for one in beside)]).update(until=work.at)
    insert([moved(one, apart.case, work.at) for one in beside])
    if beside:
        apart.case.more_parties = True
        update(apart.case, "more_parties")


def _keep_term(work: Work, apart: Work, start: str) -> None:
    """The new case owes its decision no later than its origin, with the extensions and pauses of that term."""
    duty = carried_term(apart.procedure, work, start)
    if duty is None:
        return
    step, origin = duty.step, work.marking
    apart.marking = replace(
        apart.marking,
        pending=frozen({**apart.marking.pending, step: (*apart.marking.pending.get(step, ()), duty)}),
        stops=frozen({**apart.marking.stops, step: origin.stops.get(step, ())}),
        extensions=frozen({**apart.marking.extensions, step: origin.extensions.get(step, ())}),
    )
    apart.case.marking = marking.dump(apart.marking)
    obligations.settle(apart, done="")
    apart.case.due_at = obligations.earliest_due(apart)
    update(apart.case, "marking", "due_at")


def _tell(work: Work, apart: Work, row: CaseParty, reason: str, actor: Actor) -> None:
    plain = {"origin": work.case.no, "split": apart.case.no, "party": f"party:{row.party_id}"}
    moves.note(
        work,
        kind="split-off",
        title=f"分案：{apart.case.label}"[:80],
        actor=actor,
        text=f"{row.party.name}另案处理（{apart.case.label}，{apart.case.no}）：{reason}",
        plain=plain,
    )
    moves.note(
        apart,
        kind="split-from",
        title=f"分案自{work.case.label}"[:80],
        actor=actor,
        text=f"自{work.case.label}（{work.case.no}）分出，此前的环节、文书和证据见原案：{reason}",
        plain=plain,
    )
