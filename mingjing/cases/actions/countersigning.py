"""会签、加签: asking colleagues for their word before a submission is approved, and giving it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from mingjing.kernel.case_dates import local
from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor, require
from mingjing.sql import insert, update

from .. import moves, obligations
from ..access import why_not_approve
from ..models import Countersign, Submission
from ..work import Work, lock

MOST_QUESTION = 300
MOST_ASKED = 10
MOVE_KINDS = {"agreed": "会签同意", "objected": "会签提出不同意见", "cancelled": "取消会签"}


def ask_countersign(
    *, submission_id: int, officer_ids: Sequence[int], actor: Actor, at: datetime, question: str = ""
) -> list[int]:
    """Ask colleagues of the organ for their word on an open submission; it is not approved before they gave it.

    By its proposer or a handler of the case (会签), or by whoever may approve it (加签). A countersigner is
    neither proposer nor handler, and does not approve the same submission himself.

    Raises: Refused ``may-not-ask``, ``other-organ``, ``same-person``, ``already-asked``, ``bad-choice``.
    """
    require(actor, "case.move")
    question = moves.reason_of(question, "会签的问题", most=MOST_QUESTION) if question.strip() else ""
    with transaction.atomic():
        work, submission = open_submission(submission_id, at)
        _require_asker(work, submission, actor)
        wanted = list(dict.fromkeys(officer_ids))
        people = _colleagues(work, submission, wanted, at)
        rows = [
            Countersign(
                submission=submission,
                officer_id=one,
                question=question,
                asked_by_id=actor.officer_id,
                asked_at=at,
            )
            for one in wanted
        ]
        insert(rows)
        for row in rows:
            obligations.open_personal(
                work.case,
                kind="countersign",
                key=_key(row),
                title=f"会签：{submission.title}",
                role=next(iter(sorted(people[row.officer_id].roles)), "handler"),
                assignee_id=row.officer_id,
                at=at,
            )
        names = "、".join(people[one].name for one in wanted)
        moves.note(
            work,
            kind="countersign-asked",
            title=f"提请会签：{submission.title}",
            actor=actor,
            text=f"请{names}会签。{question}",
            plain={"step": submission.step, "officers": [f"officer:{one}" for one in wanted]},
        )
        return [row.pk for row in rows]


def countersign(*, countersign_id: int, agrees: bool, actor: Actor, at: datetime, opinion: str = "") -> None:
    """Give one's word: agreement, or an objection with its reason. It stands on the approval table.

    Raises: Refused ``not-found``, ``not-receiver``, ``changed-meanwhile``, ``bad-reason``.
    """
    if opinion.strip() or not agrees:
        opinion = moves.reason_of(opinion, "会签意见")
    with transaction.atomic():
        work, row = _open(countersign_id, at)
        if actor.id != row.officer_id:
            raise Refused("not-receiver", "只有被请会签的人可以会签。", remedy="请由本人办理。")
        _close(work, row, "agreed" if agrees else "objected", actor, opinion.strip())


def cancel_countersign(*, countersign_id: int, actor: Actor, at: datetime, reason: str) -> None:
    """Do without a word that was asked for and not yet given, with the reason; by whoever asked for it.

    Raises: Refused ``not-found``, ``not-proposer``, ``changed-meanwhile``, ``bad-reason``.
    """
    reason = moves.reason_of(reason, "取消会签的理由")
    with transaction.atomic():
        work, row = _open(countersign_id, at)
        if actor.id != row.asked_by_id:
            raise Refused("not-proposer", "只有提请会签的人可以取消。", remedy="请由提请人办理。")
        _close(work, row, "cancelled", actor, reason)


def open_submission(submission_id: int, at: datetime) -> tuple[Work, Submission]:
    """The case, locked, and its submission that is still open. Raises: Refused ``not-found``, ``changed-meanwhile``."""
    found = Submission.objects.filter(pk=submission_id).values_list("case_id", flat=True).first()
    if found is None:
        raise Refused("not-found", "没有这一报批事项。", remedy="请刷新页面。")
    work = lock(found, at, None)
    submission = Submission.objects.get(pk=submission_id)
    if submission.state != "open":
        raise Refused(
            "changed-meanwhile",
            f"“{submission.title}”的报批已经办结，您的操作未生效。",
            remedy="请刷新页面查看最新情况。",
        )
    return work, submission


def _require_asker(work: Work, submission: Submission, actor: Actor) -> None:
    moves.require_own_organ(work, actor)
    if actor.id == submission.proposed_by_id or actor.id in {one.id for one in work.handlers}:
        return
    if why_not_approve(work, submission.role, submission.title, proposers_of(submission), actor) is None:
        return
    raise Refused(
        "may-not-ask",
        f"{actor.name}不是报批人、承办人，也不是审批人，不能提请会签。",
        remedy="请由报批人、承办人或者审批人提请。",
    )


def proposers_of(submission: Submission) -> frozenset[int | None]:
    """Who submitted it, and for whom."""
    return frozenset({submission.proposed_by_id, submission.on_behalf_of_id} - {None})


def _colleagues(work: Work, submission: Submission, wanted: Sequence[int], at: datetime) -> dict[int, Actor]:
    if not wanted or len(wanted) > MOST_ASKED:
        raise Refused("bad-choice", f"请选择一至 {MOST_ASKED} 名会签人。", remedy="请从名单中选择同事。")
    people = organs.actors_of(list(wanted), at.date())
    for one in wanted:
        person = people.get(one)
        if person is None or person.organ_id != work.case.organ_id or "case.move" not in person.permissions:
            raise Refused(
                "other-organ", "会签人须为本机关能够办理案件的在职人员。", remedy="请从名单中重新选择。"
            )
        if one in work.handled | proposers_of(submission):
            raise Refused(
                "same-person",
                f"{person.name}是本案承办人或者报批人，不能为自己会签。",
                basis="行政处罚法/57(1)",
                remedy="请选择其他同事。",
            )
    asked = Countersign.objects.filter(submission=submission, officer__in=wanted).exclude(state="cancelled")
    if asked.exists():
        raise Refused("already-asked", "所选人员中已有人被请会签。", remedy="请刷新页面核对。")
    return people


def _open(countersign_id: int, at: datetime) -> tuple[Work, Countersign]:
    found = Countersign.objects.filter(pk=countersign_id).values_list("submission_id", flat=True).first()
    if found is None:
        raise Refused("not-found", "没有这一会签。", remedy="请刷新页面。")
    work, _ = open_submission(found, at)
    row = Countersign.objects.select_related("submission", "officer").get(pk=countersign_id)
    if row.state != "open":
        raise Refused("changed-meanwhile", "这一会签已经办结。", remedy="请刷新页面。")
    return work, row


def _close(work: Work, row: Countersign, state: str, actor: Actor, opinion: str) -> None:
    row.state, row.opinion = state, opinion
    row.closed_by_id, row.closed_at = actor.id, work.at
    update(row, "state", "opinion", "closed_by", "closed_at")
    obligations.close_personal(work, kind="countersign", key=_key(row), done=state != "cancelled")
    who = f"（{row.officer.name}）" if actor.id != row.officer_id else ""
    moves.note(
        work,
        kind=f"countersign-{state}",
        title=f"{MOVE_KINDS[state]}：{row.submission.title}",
        actor=actor,
        text=f"{opinion}{who}",
        plain={"step": row.submission.step},
    )


def _key(row: Countersign) -> str:
    return f"countersign/{row.pk}"


# --- what approving asks ---


def countersigned(submission: Submission, actor: Actor, opinion: str) -> list[dict[str, str]]:
    """The words given, as the approval table prints them. Cost: 1 query.

    Raises: Refused ``countersign-open`` while one is missing, ``same-person`` if the approver gave one himself,
    ``bad-opinion`` if one objected and the approval says nothing of it.
    """
    rows = list(submission.countersigns.exclude(state="cancelled").select_related("officer"))
    missing = [row.officer.name for row in rows if row.state == "open"]
    if missing:
        raise Refused(
            "countersign-open",
            f"“{submission.title}”正在会签，{'、'.join(missing)}尚未表示意见，不能批准。",
            remedy="请等会签完毕，或者由提请人写明理由取消会签。",
        )
    if actor.persons((submission.role,)) & {row.officer_id for row in rows}:
        raise Refused("same-person", "会签人不能再审批同一事项。", remedy="请由其他有权人员审批。")
    if any(row.state == "objected" for row in rows) and not opinion:
        raise Refused(
            "bad-opinion", "会签有不同意见，批准须在审批意见中写明采纳与否和理由。", remedy="请填写审批意见。"
        )
    return [
        {
            "role": "countersign",
            "opinion": row.opinion or "同意。",
            "name": row.officer.name,
            "date": local(row.closed_at).date().isoformat() if row.closed_at else "",
        }
        for row in rows
    ]


def cancel_open(work: Work, submission: Submission, actor: Actor) -> None:
    """Nobody's word is waited for any more once the submission has come back. Cost: 1 query, 2 for each."""
    for row in submission.countersigns.filter(state="open"):
        row.state, row.closed_by_id, row.closed_at = "cancelled", actor.id, work.at
        update(row, "state", "closed_by", "closed_at")
        obligations.close_personal(work, kind="countersign", key=_key(row), done=False)
