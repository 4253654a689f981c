"""并案: making one running case part of another."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from mingjing.kernel import marking
from mingjing.kernel.marking import MERGED, frozen
from mingjing.organs.authority import Actor, require
from mingjing.sql import insert, update

from .. import moves, obligations
from ..merging import HEADS, check_merger, joining
from ..models import CaseLink, CaseOfficer
from ..work import Work, lock


def merge_into(
    *,
    case_id: uuid.UUID,
    leading_id: uuid.UUID,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> tuple[str, ...]:
    """End a case by making it part of ``leading_id``; the names of those who take part there from now on.

    By a head who handles neither. Its steps, papers and evidence stay where they are and are linked; what it
    owed is owed in the leading case, whose terms are no longer (see ``cases.merging``). Its handlers count there as
    people who once handled it. Source: 行政处罚法/36, 42, 44, 57, 60.

    Raises: Refused of ``check_merger`` and ``joining``, ``other-organ``, ``bad-reason``, ``changed-meanwhile``.
    """
    require(actor, "case.move")
    reason = moves.reason_of(reason, "并案的理由")
    with transaction.atomic():
        merged, leading = _locked(case_id, leading_id, at, version)
        moves.require_own_organ(merged, actor)
        check_merger(merged, leading, actor)
        rows = joining(merged, leading)
        insert(rows)
        if rows and not leading.case.more_parties:
            leading.case.more_parties = True
            update(leading.case, "more_parties")
        CaseOfficer.objects.bulk_create(
            CaseOfficer(case=leading.case, officer_id=one, role="handler", since=at, until=at)
            for one in sorted(merged.handled - leading.handled)
        )
        insert([CaseLink(case=merged.case, other=leading.case, kind="merged", at=at)])
        _end(merged)
        names = tuple(one.party.name for one in rows)
        _tell(merged, leading, reason, names, actor)
        return names


def _locked(
    case_id: uuid.UUID, leading_id: uuid.UUID, at: datetime, version: int | None
) -> tuple[Work, Work]:
    """Both cases, always locked in the order of their keys, so that two mergers never wait for each other."""
    versions = {case_id: version, leading_id: None}
    if len(versions) == 1:
        both = lock(case_id, at, version)
        return both, both
    works = {key: lock(key, at, versions[key]) for key in sorted(versions)}
    return works[case_id], works[leading_id]


def _end(merged: Work) -> None:
    """The case is over by the merger: nothing is owed in it, and the engine refuses every further step."""
    case = merged.case
    merged.marking = replace(merged.marking, pending=frozen({}), outcome=MERGED)
    case.marking = marking.dump(merged.marking)
    case.outcome, case.ended_at, case.due_at = MERGED, merged.at, None
    obligations.settle(merged, done="")
    update(case, "marking", "outcome", "ended_at", "due_at")


def _tell(merged: Work, leading: Work, reason: str, names: tuple[str, ...], actor: Actor) -> None:
    joined = f"共同当事人和其他参加人转入：{'、'.join(names)}。" if names else "当事人相同。"
    plain = {"merged": merged.case.no, "leading": leading.case.no}
    moves.note(
        merged,
        kind="merged-into",
        title=f"并入{leading.case.label}"[:80],
        actor=actor,
        text=f"{reason}（并入{leading.case.label}，{leading.case.no}）",
        plain=plain,
        roles=HEADS,
    )
    moves.note(
        leading,
        kind="merged-here",
        title=f"{merged.case.label}并入本案"[:80],
        actor=actor,
        text=f"{merged.case.no}并入本案。{joined}理由：{reason}"[:1000],
        plain=plain,
        roles=HEADS,
    )
