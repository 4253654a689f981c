"""报批: approving, returning and withdrawing what a handler has submitted."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.sql import update

from .. import moves, obligations
from ..access import why_not_approve
from ..entering import Entered, happened_on
from ..models import Submission
from ..work import Work, lock
from .countersigning import cancel_open, countersigned, proposers_of
from .taking import Taken, check_rules, execute

MOST_OPINION = 500


def approve(
    *, submission_id: int, actor: Actor, at: datetime, opinion: str = "", version: int | None = None
) -> Taken:
    """Approve a submission; the step happens now, under the rules as they stand now.

    Raises ``Refused`` if the submission is no longer open, the actor is its proposer or holds another
    role, a countersigner has not answered, or the step has become impossible since it was submitted.
    """
    with transaction.atomic():
        work, submission = _open(submission_id, at, version)
        _check_approver(work, submission, actor, "审批")
        opinion = _opinion(opinion, "审批意见")
        words = countersigned(submission, actor, opinion)
        proposer = organs.actor_of_officer(submission.proposed_by_id, at.date())
        rule = work.rule(submission.step)
        facts = check_rules(work, rule, submission.facts, actor, proposer)
        _close(submission, "approved", actor, at, opinion)
        obligations.close_approval(work, step=rule.id)
        return execute(
            work,
            rule,
            submission.facts,
            submission.files,
            facts=facts,
            actor=actor,
            proposer=proposer,
            opinion=opinion,
            countersigned=words,
            entered=_as_submitted(submission, work),
        )


def _as_submitted(submission: Submission, work: Work) -> Entered:
    """What was late when it was submitted stays so; the approver's own act is never late."""
    legal_on = (
        happened_on(work.rule(submission.step), submission.facts) or work.at.astimezone(SHANGHAI).date()
    )
    return Entered(legal_on, work.at, submission.late_reason)


def send_back(*, submission_id: int, actor: Actor, at: datetime, reason: str) -> None:
    """Return a submission to its proposer with a reason; nothing else of the case changes."""
    reason = _opinion(reason, "退回理由")
    if not reason:
        raise Refused("missing", "退回须写明理由。", remedy="请填写退回理由，便于承办人补正。")
    with transaction.atomic():
        work, submission = _open(submission_id, at, None)
        _check_approver(work, submission, actor, "退回")
        _end(work, submission, "returned", actor, at, reason)


def withdraw_submission(*, submission_id: int, actor: Actor, at: datetime) -> None:
    """Take back one's own submission before it is approved."""
    with transaction.atomic():
        work, submission = _open(submission_id, at, None)
        handlers = {one.id for one in work.handlers}
        # Who took a case over answers for what his predecessor had submitted.
        inherited = actor.id in handlers and submission.proposed_by_id not in handlers
        if actor.id != submission.proposed_by_id and not inherited:
            raise Refused("not-proposer", "只有报批人本人可以撤回。", remedy="请联系报批人，或由审批人退回。")
        _end(work, submission, "withdrawn", actor, at, "")


def _open(submission_id: int, at: datetime, version: int | None) -> tuple[Work, Submission]:
    found = Submission.objects.filter(pk=submission_id).values_list("case_id", flat=True).first()
    if found is None:
        raise Refused("not-found", "没有这一报批事项。", remedy="请刷新页面。")
    work = lock(found, at, version)
    submission = Submission.objects.get(pk=submission_id)
    if submission.state != "open":
        titles = {"approved": "已审批", "returned": "已退回", "withdrawn": "已撤回"}
        raise Refused(
            "changed-meanwhile",
            f"“{submission.title}”的报批{titles[submission.state]}，您的操作未生效。",
            remedy="请刷新页面查看最新情况。",
        )
    return work, submission


def _check_approver(work: Work, submission: Submission, actor: Actor, verb: str) -> None:
    proposers = proposers_of(submission)
    refused = why_not_approve(work, submission.role, submission.title, proposers, actor, verb)
    if refused is not None:
        raise refused


def _opinion(text: str, what: str) -> str:
    text = text.strip()
    if len(text) > MOST_OPINION:
        raise Refused(
            "too-long", f"{what}最多 {MOST_OPINION} 个字，现有 {len(text)} 个字。", remedy="请精简后再提交。"
        )
    return text


def _close(submission: Submission, state: str, actor: Actor, at: datetime, opinion: str) -> None:
    submission.state = state
    submission.closed_by_id = actor.id
    submission.closed_at = at
    submission.opinion = opinion
    update(submission, "state", "closed_by", "closed_at", "opinion")


_ENDED = {"returned": "退回报批", "withdrawn": "撤回报批"}


def _end(work: Work, submission: Submission, state: str, actor: Actor, at: datetime, reason: str) -> None:
    _close(submission, state, actor, at, reason)
    cancel_open(work, submission, actor)
    obligations.close_approval(work, step=submission.step)
    moves.note(
        work,
        kind=f"submission-{state}",
        title=f"{_ENDED[state]}：{submission.title}",
        actor=actor,
        text=reason,
        roles=(submission.role,) if state == "returned" else (),
        plain={"step": submission.step, "submission": str(submission.entry_id)},
    )
