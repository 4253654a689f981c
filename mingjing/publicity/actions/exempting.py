"""Not showing a decision, or not yet: proposed by the publisher, approved by the head, judged anew on its day.

Publication is the rule and not showing the exception, so each exemption has a coded reason with its article, an
approver who is not the proposer, and a day of review. Source: 达州三项制度方案/4(1); 政府信息公开条例/14-18.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import transaction

from mingjing.cases.models import Case
from mingjing.kernel.refused import Refused
from mingjing.organs import authority
from mingjing.organs.authority import SYSTEM, Actor
from mingjing.record import actions as record
from mingjing.sql import insert

from ..changing import MANAGE, require_apart
from ..matrix import Ground, matrix
from ..models import Exemption, Placement, Publication
from ..placing import day_of, decision_paper, review_day
from ..placing_models import STANDING
from .placing import settle
from .publishing import take_down

PROPOSED, CLOSED, REVIEWED = "exemption.proposed", "exemption.closed", "exemption.reviewed"
APPROVE = "publication.approve"
NOT_FOR_THE_PUBLIC = "经审查，本决定依法不予公开。"
"""What readers are told of a decision that was taken down because it may not be public: never the ground itself."""
ANSWERS = {"approve": "approved", "return": "returned"}


def propose_exemption(
    *,
    case_id: uuid.UUID,
    ground: str,
    reason: str,
    review_on: date | None = None,
    actor: Actor,
    at: datetime,
) -> Exemption:
    """Ask the head not to show the decision of a case, or to show it later; ``reason`` says why in this case.

    What is shown already and may not be is taken down everywhere when the head agrees.

    Raises: Refused ``no-permission``, ``not-your-organ``, ``no-such-ground``, ``by-law-itself``, ``no-reason``,
    ``no-decision``, ``same-person``, ``shown-already``, ``exempt-already``, ``review-too-late``.
    """
    with transaction.atomic():
        authority.require(actor, MANAGE)
        code = matrix().ground(ground)
        case = _case(case_id, actor)
        paper = decision_paper(case)
        _require_open(case, code, reason, actor)
        if paper is None:
            raise Refused("no-decision", "本案还没有作出可以公示的决定。", remedy="请在作出决定以后办理。")
        latest = review_day(code, day_of(at))
        made = Exemption(
            case=case,
            paper=paper,
            organ_id=case.organ_id,
            kind=code.kind,
            ground=code.id,
            reason=reason.strip()[:1000],
            review_on=_review(review_on, latest, at),
            proposed_at=at,
            proposed_by_id=actor.officer_id,
        )
        insert([made])
        _append(PROPOSED, made, actor, at)
        settle(case_id=case_id, actor=actor, at=at)  # the head owes an answer
        return made


def _case(case_id: uuid.UUID, actor: Actor) -> Case:
    case = Case.objects.select_for_update(of=("self",)).filter(pk=case_id).first()
    if case is None or case.organ_id != actor.organ_id:
        raise Refused("not-your-organ", "本机关没有这个案件。", remedy="请由作出决定的机关办理。")
    return case


def _require_open(case: Case, code: Ground, reason: str, actor: Actor) -> None:
    if code.kind == "law":
        raise Refused(
            "by-law-itself",
            f"“{code.title}”由法律直接规定，不需要也不能由机关批准。",
            basis=code.basis,
            remedy="平台按规则自动不公示。",
        )
    if not reason.strip():
        raise Refused("no-reason", "没有写明本案的具体理由。", remedy="请写明为什么属于这种情形。")
    require_apart(case.pk, actor, MANAGE, "提出不公示本案的决定")
    shown = Placement.objects.filter(case=case, state__in=(*STANDING, "sent")).exists()
    if shown and code.kind == "delay":
        raise Refused("shown-already", "决定已经公示或者送出，不能再暂缓。", remedy="暂缓须在公示以前办理。")
    if Exemption.objects.filter(case=case, state__in=("open", "approved")).exists():
        raise Refused("exempt-already", "本案已有一件不公示申请。", remedy="请先办理那一件。")


def _review(wanted: date | None, latest: date, at: datetime) -> date:
    """The day of review: as asked, but not later than the codex allows. Source: 政府信息公开条例/18."""
    if wanted is None:
        return latest
    if not day_of(at) < wanted <= latest:
        raise Refused(
            "review-too-late",
            f"复核日期写的是 {wanted}，应在明日至 {latest} 之间。",
            basis="政府信息公开条例/18",
            remedy="请改写复核日期；不填的取最迟的一天。",
        )
    return wanted


def answer_exemption(
    *, exemption_id: int, answer: str, opinion: str = "", actor: Actor, at: datetime
) -> Exemption:
    """The head approves (``approve``) or returns (``return``) what the publisher proposed; never his own proposal.

    Raises: Refused ``no-permission``, ``no-such-exemption``, ``answered-already``, ``own-proposal``, ``same-person``
    for who handled the case, ``bad-answer``, ``no-reason`` for a return without an opinion.
    """
    with transaction.atomic():
        authority.require(actor, APPROVE)
        row = _exemption(exemption_id, actor)
        if row.state != "open":
            raise Refused("answered-already", "这件申请已经答复。", remedy="请刷新页面核对。")
        if row.proposed_by_id in authority.persons(actor, APPROVE):
            raise Refused("own-proposal", "不能批准自己提出的申请。", remedy="请由其他负责人批准。")
        require_apart(row.case_id, actor, APPROVE, "批准不公示本案的决定")
        if answer not in ANSWERS:
            raise Refused("bad-answer", "没有这种答复。", remedy="请选择同意或者退回。")
        if answer == "return" and not opinion.strip():
            raise Refused("no-reason", "退回没有写明理由。", remedy="请写明理由。")
        row.state, row.opinion = ANSWERS[answer], opinion.strip()[:500]
        row.closed_at, row.closed_by_id = at, actor.officer_id
        row.save()
        _append(CLOSED, row, actor, at)
        if answer == "approve":
            take_down(paper_id=row.paper_id, reason=NOT_FOR_THE_PUBLIC, actor=actor, at=at)
        settle(case_id=row.case_id, actor=actor, at=at)
        return row


def review_exemption(
    *, exemption_id: int, keep_until: date | None, reason: str, actor: Actor, at: datetime
) -> Exemption:
    """Judge an exemption anew: keep it until another day of review, or lift it (None) so that it is to be shown.

    A delay may be kept only while the head finds the investigation still needs it. Raises: Refused
    ``no-permission``, ``no-such-exemption``, ``not-standing``, ``same-person``, ``no-reason``, ``review-too-late``,
    ``taken-down``.
    Source: 政府信息公开条例/18.
    """
    with transaction.atomic():
        authority.require(actor, APPROVE)
        row = _exemption(exemption_id, actor)
        if row.state != "approved":
            raise Refused("not-standing", "这件不公示没有生效或者已经解除。", remedy="请刷新页面核对。")
        require_apart(row.case_id, actor, APPROVE, "复核本案的不公示")
        if not reason.strip():
            raise Refused("no-reason", "没有写明复核的理由。", remedy="请写明为什么继续或者解除。")
        if keep_until is None:
            _require_never_shown(row)
            row.state, row.lifted_at, row.lifted_by_id = "lifted", at, actor.officer_id
        else:
            ground = matrix().ground(row.ground)
            row.review_on = _review(keep_until, review_day(ground, day_of(at)), at)
        row.opinion = reason.strip()[:500]
        row.save()
        _append(REVIEWED, row, actor, at)
        settle(case_id=row.case_id, actor=actor, at=at)
        return row


def _require_never_shown(row: Exemption) -> None:
    """What was public and had to go does not come back: whoever saved it knows what was hidden since."""
    if Publication.objects.filter(paper=row.paper_id, state="withdrawn").exists():
        raise Refused(
            "taken-down",
            "这份决定公示以后因不得公开而撤下，不能恢复公示。",
            basis=matrix().ground(row.ground).basis,
            remedy="请继续不公示，写明下一次复核日期。",
        )


def lapse_delays(*, at: datetime) -> int:
    """End every delay whose day of review is over without the head keeping it: the decision is to be shown.

    Nothing is shown by itself: the term to show begins anew. Source: 政府信息公开条例/18; 达州三项制度方案/4(1).
    Cost: 1 query where nothing lapses.
    """
    over = Exemption.objects.filter(kind="delay", state="approved", review_on__lt=day_of(at))
    return sum(_lapse(key, at) for key in over.values_list("pk", flat=True))


def _lapse(key: int, at: datetime) -> int:
    with transaction.atomic():
        rows = Exemption.objects.select_for_update(of=("self",))
        row = rows.filter(pk=key, state="approved", review_on__lt=day_of(at)).first()
        if row is None:  # reviewed meanwhile
            return 0
        row.state = "lapsed"
        row.save(update_fields=["state"])
        _append(REVIEWED, row, SYSTEM, at)
        settle(case_id=row.case_id, actor=SYSTEM, at=at)
        return 1


def _exemption(exemption_id: int, actor: Actor) -> Exemption:
    row = Exemption.objects.select_for_update(of=("self",)).filter(pk=exemption_id).first()
    if row is None or row.organ_id != actor.organ_id:
        raise Refused("no-such-exemption", "本机关没有这件不公示申请。", remedy="请刷新页面核对。")
    return row


def _append(kind: str, row: Exemption, actor: Actor, at: datetime) -> None:
    """Ground and dates in plain; the words of reason and opinion may tell of people."""
    record.append(
        kind=kind,
        subject=f"placements:{row.paper_id}",
        at=at,
        actor=actor,
        plain={
            "ground": row.ground,
            "kind": row.kind,
            "state": row.state,
            "review_on": row.review_on.isoformat(),
        },
        personal={"reason": row.reason, "opinion": row.opinion},
    )
