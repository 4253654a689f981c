"""Finding one case, paper or file, as far as the asking person may see it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from mingjing.kernel.marking import load
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs.authority import Actor, require
from mingjing.vault import queries as vault

from ..models import Case, Evidence, Move, Paper, Payment, Step, Submission
from ..recording_rules import Further, procedure_of
from ..work import Work

OF_ORGAN, UNDER = "organ", "organ__path__startswith"


def sight(actor: Actor) -> tuple[str, Any]:
    """Which cases the person may read, as a lookup with its value: the own organ's, or those of all organs
    under the same government for supervisors, province, city or county alike.

    Source: 行政执法监督条例 (the justice bureau supervises the organs of its government and those below).
    """
    require(actor, "case.read")
    return (UNDER, actor.supervises) if actor.supervises else (OF_ORGAN, actor.organ_id)


def visible(actor: Actor) -> Q:
    """Which cases the person may read."""
    lookup, value = sight(actor)
    return Q(**{lookup: value})


def visible_cases(actor: Actor) -> QuerySet[Case]:
    """The cases this person may read."""
    return Case.objects.filter(visible(actor))


def case_for(actor: Actor, no: str) -> Case:
    """The case with this number if the person may read it.

    A case that exists and one that does not are refused alike, so that numbers cannot be probed.
    Cost: 1 query.
    """
    case = visible_cases(actor).select_related("organ", "party", "power_item", "parent").filter(no=no).first()
    if case is None:
        raise not_found(no)
    return case


def not_found(no: str) -> Refused:
    """What is told of a case that does not exist, and of one that the person may not read."""
    return Refused(
        "not-found",
        f"没有找到案件 {no}，或者您无权查看。",
        remedy="请核对案号；其他机关的案件请向办案机关或者司法行政机关了解。",
    )


def case_id_of(actor: Actor, no: str) -> uuid.UUID:
    """The key of a readable case."""
    return case_for(actor, no).pk


def case_work(case: Case, at: datetime, further: Sequence[Further] | None = None) -> Work:
    """The case with all that rules look at, for reading only; nothing is locked.

    Lists that do not ask what has to be recorded give no ``further`` requirements: ``()``. Cost: 0 or 1 query.
    """
    return Work(
        case=case,
        procedure=procedure_of(case, at, further),
        marking=load(case.marking),
        calendar=law.calendar(),
        at=at,
    )


def work_of(case_id: uuid.UUID, at: datetime) -> Work:
    """Any case by its key, for programs that act for nobody in particular (demo, replay). Cost: 1 query."""
    return case_work(Case.objects.select_related("organ", "party", "power_item").get(pk=case_id), at)


def open_slip(case_id: uuid.UUID) -> tuple[str, int] | None:
    """The code and amount in fen of the case's open payment slip, if there is one."""
    rows = Payment.objects.filter(case_id=case_id, state="open").values_list("code", "due_fen")
    return rows.first()


def paper_for(actor: Actor, paper_id: int) -> Paper:
    """A paper of a readable case. Cost: 1 query."""
    paper = (
        Paper.objects.select_related("case", "organ")
        .filter(pk=paper_id, case__in=visible_cases(actor))
        .first()
    )
    if paper is None:
        raise Refused("not-found", "没有找到这份文书，或者您无权查看。")
    return paper


def evidence_for(actor: Actor, evidence_id: int) -> Evidence:
    """A piece of evidence of a readable case. Cost: 1 query."""
    found = Evidence.objects.filter(pk=evidence_id, case__in=visible_cases(actor)).first()
    if found is None:
        raise Refused("not-found", "没有找到这份材料，或者您无权查看。")
    return found


def submission_case(actor: Actor, submission_id: int) -> str:
    """The number of the readable case that a submission belongs to."""
    no = Submission.objects.filter(pk=submission_id, case__in=visible_cases(actor)).values_list(
        "case__no", flat=True
    )
    found = no.first()
    if found is None:
        raise Refused("not-found", "没有这一报批事项，或者您无权查看。")
    return found


def entry_of_case(actor: Actor, entry_id: uuid.UUID) -> None:
    """Pass if the entry of the record belongs to a readable case, else refuse. Cost: at most 7 queries."""
    cases = visible_cases(actor)
    tables = (Step, Submission, Evidence, Move)
    if any(one.objects.filter(entry_id=entry_id, case__in=cases).exists() for one in tables):
        return
    piece = vault.piece_of_entry(entry_id)
    if piece is None or not Evidence.objects.filter(pk=piece, case__in=cases).exists():
        raise Refused("not-found", f"没有编号为 {entry_id} 的记录，或者您无权查看。")


def paper_by_code(code: str) -> Paper | None:
    """The outgoing paper that bears this verification code; for anybody. Cost: 1 query."""
    return (
        Paper.objects.select_related("organ").filter(verify_code=code.strip().upper(), outgoing=True).first()
    )


def papers_by_hash(sha256: str) -> list[Paper]:
    """Outgoing papers whose bytes have this SHA-256; for anybody. Cost: 1 query."""
    return list(Paper.objects.select_related("organ").filter(sha256=sha256.lower(), outgoing=True))
