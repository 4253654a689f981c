"""参加人: letting somebody take part in a case beside its first party, and recording that it is over."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.parties import actions as parties
from mingjing.parties import queries as party_queries
from mingjing.parties.models import Party
from mingjing.sql import insert, update

from .. import moves
from ..facts import Upload
from ..handling import may_arrange
from ..models import Case, CaseParty, Evidence
from ..participants import MOST_AGENTS, ROLES, participants_of
from ..work import Work, lock
from .taking import file_line, keep_files, keep_for_case


def join(
    *,
    case_id: uuid.UUID,
    role: str,
    reason: str,
    actor: Actor,
    at: datetime,
    party_id: int | None = None,
    party: Mapping[str, str] | None = None,
    represents_id: int | None = None,
    scope: str = "",
    nationality: str = "",
    passport: str = "",
    files: Sequence[Upload] = (),
    version: int | None = None,
) -> int:
    """Let somebody take part in a running case as ``role``; returns the key of the row.

    The person is known by ``party_id`` or newly described by ``party`` (keys of ``parties.facts.read_facts``).
    An agent needs the power of attorney as a file and its scope; a guardian stands beside a natural person.
    Nobody becomes a party once the case is decided. Source: 行政处罚法/30, 44, 64(5); 行政许可法/36.

    Raises: Refused ``ended``, ``other-organ``, ``not-handler-of-case``, ``bad-choice``, ``already-taking-part``,
    ``bad-file``, ``bad-scope``, ``too-many-agents``, ``already-decided``, ``no-first-party``, ``bad-reason``.
    """
    require(actor, "case.move")
    reason = moves.reason_of(reason, "参加的理由")
    with transaction.atomic():
        work = lock(case_id, at, version)
        _require_arranger(work, actor)
        if role not in ROLES:
            raise Refused("bad-choice", "没有选择参加的身份。", remedy="请从列出的身份中选择。")
        person = _person(party_id, party, actor, at)
        beside = _beside(work, role, represents_id)
        _check(work, role, person, beside, scope, files)
        row = CaseParty(
            case=work.case,
            party=person,
            role=role,
            represents=beside,
            scope=scope.strip()[:200],
            nationality=nationality.strip()[:60],
            passport=passport.strip()[:60],
            since=at,
        )
        insert([row])
        if not work.case.more_parties:
            work.case.more_parties = True
            update(work.case, "more_parties")
        kept = keep_files(files)
        of = f"（{beside.name}的{ROLES[role].title}）" if beside is not None else ""
        move = moves.note(
            work,
            kind="participant-joined",
            title=f"增加{ROLES[role].title}",
            actor=actor,
            text=f"{person.name}{of}：{reason}",
            plain={"party": f"party:{person.pk}", "role": role},
            files=[file_line(one) for one in kept],
        )
        _keep_authority(work, kept, person, actor, at, move.entry_id)
        return row.pk


def leave(*, participant_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Record that somebody takes part no longer: an agent dismissed, a party found not to be one.

    Raises: Refused ``not-found``, ``changed-meanwhile``, ``ended``, ``not-handler-of-case``, ``already-decided``.
    """
    reason = moves.reason_of(reason, "退出的理由")
    found = CaseParty.objects.filter(pk=participant_id).values_list("case_id", flat=True).first()
    if found is None:
        raise Refused("not-found", "没有这一参加人。", remedy="请刷新页面。")
    with transaction.atomic():
        work = lock(found, at, None)
        _require_arranger(work, actor)
        row = CaseParty.objects.select_related("party").get(pk=participant_id)
        if row.until is not None:
            raise Refused("changed-meanwhile", "该参加人已经退出。", remedy="请刷新页面。")
        if row.role == "co_party":
            _require_undecided(work.case)
        row.until = at
        update(row, "until")
        moves.note(
            work,
            kind="participant-left",
            title=f"{ROLES[row.role].title}退出",
            actor=actor,
            text=f"{row.party.name}：{reason}",
            plain={"party": f"party:{row.party_id}", "role": row.role},
        )


def _require_arranger(work: Work, actor: Actor) -> None:
    moves.require_running(work)
    moves.require_own_organ(work, actor)
    if not may_arrange(work, actor):
        raise Refused(
            "not-handler-of-case",
            f"只有本案承办人或者承办机构负责人可以登记参加人，{actor.name}都不是。",
            remedy="请由承办人登记。",
        )


def _person(party_id: int | None, party: Mapping[str, str] | None, actor: Actor, at: datetime) -> Party:
    if party_id is not None:
        return party_queries.party(party_id)
    return parties.take_in(facts=party or {}, actor=actor, at=at)


def _beside(work: Work, role: str, represents_id: int | None) -> Party | None:
    """The party that an agent, guardian or translator stands beside; the first one unless another is named."""
    if work.case.party is None:
        raise Refused("no-first-party", "本案还没有当事人，不能登记参加人。", remedy="请先查明当事人。")
    if not ROLES[role].beside:
        return None
    sides = {work.case.party.pk: work.case.party}
    sides |= {
        one.party_id: one.party
        for one in participants_of(work.case)
        if one.role in ("co_party", "interested")
    }
    found = sides.get(represents_id or work.case.party.pk)
    if found is None:
        raise Refused("bad-choice", "被代理的人不是本案当事人。", remedy="请从本案当事人中选择。")
    return found


def _check(
    work: Work, role: str, person: Party, beside: Party | None, scope: str, files: Sequence[Upload]
) -> None:
    rows = participants_of(work.case)
    first = work.case.party
    if any((one.party_id, one.role) == (person.pk, role) for one in rows) or (
        first is not None and role in ("co_party", "interested") and person.pk == first.pk
    ):
        raise Refused(
            "already-taking-part", f"{person.name}已经以这一身份参加本案。", remedy="请刷新页面核对。"
        )
    if role == "co_party":
        _require_undecided(work.case)
    if role == "agent":
        _check_agent(rows, beside, scope, files)
    if role == "guardian" and (beside is None or not beside.is_person):
        raise Refused(
            "bad-choice",
            "法定代理人只为自然人设置；单位由法定代表人代表。",
            basis="行政处罚法/30",
            remedy="请改登记为委托代理人。",
        )


def _check_agent(
    rows: Sequence[CaseParty], beside: Party | None, scope: str, files: Sequence[Upload]
) -> None:
    if not files:
        raise Refused(
            "bad-file",
            "委托代理人须提交授权委托书。",
            basis="行政处罚法/64(5)",
            remedy="请上传授权委托书。",
        )
    if not scope.strip():
        raise Refused("bad-scope", "没有写明代理权限。", remedy="请写明一般代理，或者特别授权的具体事项。")
    others = [one for one in rows if one.role == "agent" and beside and one.represents_id == beside.pk]
    if len(others) >= MOST_AGENTS:
        raise Refused(
            "too-many-agents",
            f"每名当事人可以委托一至二人代理，现已有 {len(others)} 人。",
            basis="行政处罚法/64(5)",
            remedy="请先登记原代理人退出。",
        )


def _require_undecided(case: Case) -> None:
    if case.decided_on is not None:
        raise Refused(
            "already-decided",
            "本案已经作出决定，当事人不能再增减。",
            basis="行政处罚法/44; 行政处罚法/59",
            remedy="对其他人另行立案；决定有误的，依法变更或者撤销。",
        )


def _keep_authority(
    work: Work,
    kept: Sequence[Mapping[str, object]],
    person: Party,
    actor: Actor,
    at: datetime,
    entry: uuid.UUID,
) -> None:
    """The power of attorney and what else was handed in lies in the file, with the opening step."""
    keep_for_case(work.case, kept, at)
    first = work.case.steps.order_by("seq").first()
    Evidence.objects.bulk_create(
        Evidence(
            case=work.case,
            step=first,
            added_at=at,
            added_by_id=actor.id,
            made_at=at,
            late_reason=f"{person.name}参加本案的材料",
            entry_id=entry,
            **{key: one[key] for key in ("kind", "name", "media_type", "size_bytes", "sha256")},
        )
        for one in kept
    )
