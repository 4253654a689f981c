"""The case page: one matter told whole, with what may be done next and why not."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mingjing.kernel import engine
from mingjing.kernel.fines import yuan
from mingjing.kernel.marking import MERGED
from mingjing.kernel.procedure import Field, Procedure
from mingjing.kernel.procedure import Step as Rule
from mingjing.organs.authority import Actor
from mingjing.organs.roles import role_title
from mingjing.record import queries as record

from .. import disputes, going_back, recordings
from ..access import why_not_actor, why_not_approve
from ..entering import happened_on
from ..models import Case, CaseParty, Submission
from ..papers import refining
from ..participants import ROLES, with_services
from ..recordings import CONFIRMERS
from ..work import Work
from .completeness import completeness
from .finding import case_for, case_work
from .possible import action_of, actions_of, obligation_of
from .reading import (
    CountersignRow,
    ExcuseRow,
    HandoverRow,
    LinkRow,
    MoveRow,
    Read,
    RelatedRow,
    StepRow,
    SubmissionRow,
    read,
)
from .telling import changed, fact_lines
from .views import (
    ActionView,
    CasePage,
    ChangeLine,
    CountersignView,
    EventView,
    EvidenceView,
    ExcuseView,
    HandoverView,
    LinkView,
    MoveView,
    PaperView,
    ParticipantView,
    RelatedCase,
    StageView,
    SubmissionView,
)


def case_page(actor: Actor, no: str, at: datetime, *, before: int | None = None) -> CasePage:
    """The case as this person sees it at this moment; events newest first, at most 50 before seq ``before``.

    Cost: 2 queries (the case, the confirmed registers of its organ), whatever the number of events, papers and files.
    """
    told = read(actor, no, at, before)
    work, case, facts = told.work, told.work.case, told.work.facts()
    names = told.handled
    obligations = tuple(obligation_of(row, work, actor) for row in told.obligations)
    dated = [one for one in obligations if one.due_at and not one.paused and one.role != role_title("party")]
    nearest = min(dated, key=lambda one: one.due_at or at, default=None)
    windows = tuple(
        one for one in engine.windows(work.procedure, work.marking, facts, at) if one.state != "not-open"
    )
    return CasePage(
        id=case.pk,
        no=case.no,
        label=case.label,
        title=case.title,
        version=case.version,
        organ=case.organ.name,
        organ_code=case.organ.code,
        procedure_id=case.procedure,
        procedure_title=work.procedure.title,
        edition=case.edition,
        act=case.act,
        field=case.field,
        region=case.region,
        outcome=_outcome(told),
        opened_at=case.opened_at,
        ended_at=case.ended_at,
        lamp=nearest.lamp if nearest and not case.ended_at else None,
        nearest=nearest,
        stages=_stages(work, case),
        party=_party(case),
        party_title=_party_title(work.procedure),
        shown=work.procedure.matter.shows,
        links=tuple(_link(one, case.pk) for one in told.links),
        excuses=tuple(_excuse(one, work, actor) for one in told.excuses),
        parent=next((_related(one) for one in told.related if one.is_parent and one.seen), None),
        children=tuple(_related(one) for one in told.related if one.seen and not one.is_parent),
        power=_power(work),
        handlers=tuple(
            (one.name, one.certificates[0].number if one.certificates else "") for one in work.handlers
        ),
        handler_ids=frozenset(one.id for one in work.handlers if one.id is not None),
        is_handler=actor.id in {one.id for one in work.handlers},
        facts=fact_lines([each for _, each in work.procedure.fields()], case.facts, names, _variants(work)),
        events=tuple(_event(told, step, names, actor) for step in told.steps),
        events_before=min((step.seq for step in told.steps), default=1) - 1,
        obligations=obligations,
        windows=windows,
        actions=actions_of(work, facts, actor, obligations, told.submissions),
        submissions=tuple(
            _submission(told, one, actor)
            for one in told.submissions
            if one.state == "open" or _still_returned(one, told.submissions, work)
        ),
        payments=tuple(
            {"code": one.code, "due": yuan(one.due_fen), "state": one.state, "paid_on": one.paid_on}
            for one in told.payments
        ),
        done_steps=tuple(work.marking.executed),
        checks=completeness(told, facts, actor, obligations, windows),
        moves=tuple(_move(one) for one in told.moves),
        participants=tuple(_participant(one) for one in work.participants),
        represented=_represented(work),
        disputed_at=case.disputed_at,
        dispute_signs=tuple(disputes.signs(case.facts)),
        handover=next((_handover(one, actor) for one in told.handovers), None),
    )


def step_view(
    actor: Actor, no: str, step: str, at: datetime
) -> tuple[Case, Work, Rule, dict[str, Any], ActionView]:
    """A step's form: the case, its work, the rule, the facts to start from, and whether it may be taken."""
    case = case_for(actor, no)
    work = case_work(case, at)
    rule = work.rule(step)
    facts = work.facts()
    open_submissions = list(case.submissions.filter(step=step, state="open"))
    obligations = tuple(
        obligation_of(row, work, None) for row in case.obligations.filter(state="open", step=step)
    )
    refused = engine.why_not(work.procedure, work.marking, step, facts, at)
    view = action_of(work, rule, refused, facts, actor, obligations, open_submissions)
    return case, work, rule, facts, view


def returned_facts(case_id: uuid.UUID, step: str) -> dict[str, Any]:
    """What the latest submission of a step said, if it came back or was withdrawn; else nothing. 1 query."""
    last = Submission.objects.filter(case_id=case_id, step=step).order_by("-id").first()
    return dict(last.facts) if last is not None and last.state in ("returned", "withdrawn") else {}


def _move(row: MoveRow) -> MoveView:
    return MoveView(
        seq=row.seq,
        kind=row.kind,
        title=row.title,
        at=row.at,
        by=row.by_name,
        text=row.text,
        entry_id=row.entry_id,
        place=record.place_at(row.leaf_log, row.leaf),
        hash=row.leaf_hash.hex() if row.leaf_hash else "",
    )


def _participant(row: CaseParty) -> ParticipantView:
    return ParticipantView(
        id=row.pk,
        party_id=row.party_id,
        kind=row.role,
        role=ROLES[row.role].title,
        name=row.party.name,
        code=row.passport or row.party.code,
        represents=row.represents.name if row.represents else "",
        scope=row.scope,
        nationality=row.nationality,
    )


def _represented(work: Work) -> tuple[tuple[int, str], ...]:
    first = [work.case.party] if work.case.party else []
    others = [one.party for one in work.participants if one.role in ("co_party", "interested")]
    return tuple((one.pk, one.name) for one in (*first, *others))


def _handover(row: HandoverRow, actor: Actor) -> HandoverView:
    return HandoverView(
        id=row.id,
        giver=row.giver,
        receiver=row.receiver,
        reason=row.reason,
        duties=tuple(row.duties),
        materials=tuple(row.materials),
        offered_at=row.offered_at,
        mine=actor.id == row.receiver_id,
        to_withdraw=actor.id in (row.offered_by_id, row.giver_id),
    )


def _stages(work: Work, case: Case) -> tuple[StageView, ...]:
    """The steps bar. A stage counts as done only where a step of it was taken: an inspection before filing leads on
    into the investigation, and yet nothing has been filed."""
    stages = work.procedure.stages
    taken = {work.procedure.steps[one].stage for one in work.marking.executed}
    ended = case.ended_at is not None
    current = next((index for index, stage in enumerate(stages) if stage.id == case.stage), 0)

    def state(index: int, stage: str) -> str:
        if index == current and not ended:
            return "current"
        if index <= current and stage in taken:
            return "done"
        return "skipped" if ended else "todo"

    return tuple(
        StageView(stage.id, stage.title, state(index, stage.id)) for index, stage in enumerate(stages)
    )


def _party(case: Case) -> dict[str, str]:
    party = case.party
    if party is None:
        return {}
    doubts = "、".join(party.code_doubts)
    return {
        "id": str(party.pk),
        "kind": party.kind,
        "name": party.name,
        "code": party.code,
        "doubts": doubts,
        "legal_representative": party.legal_representative,
        "address": party.address,
        "phone": party.phone,
    }


def _party_title(procedure: Procedure) -> str:
    """How the party of such a matter is called; empty where there is none."""
    return "" if procedure.matter.party == "none" else procedure.matter.party_title


def _related(one: RelatedRow) -> RelatedCase:
    return RelatedCase(one.no, one.label, one.title, one.stage_title, one.ended_at is not None)


def _outcome(told: Read) -> str:
    case = told.work.case
    if case.outcome == MERGED:
        return next((f"并入{one.other_label}" for one in told.links if one.case_id == case.pk), "并入他案")
    return told.work.procedure.outcomes.get(case.outcome, case.outcome)


_LINKS = {
    ("merged", True): "并入的主案",
    ("merged", False): "并入本案的案件",
    ("split", True): "分案前的原案",
    ("split", False): "分出另办的案件",
}


def _link(row: LinkRow, case_id: uuid.UUID) -> LinkView:
    away = row.case_id == case_id
    no, label, title = (
        (row.other_no, row.other_label, row.other_title) if away else (row.no, row.label, row.title)
    )
    return LinkView(_LINKS[row.kind, away], no, label, title)


def _power(work: Work) -> dict[str, str]:
    power = work.power
    return {} if power is None else {"code": power.code, "title": power.title, "basis": power.basis}


def _event(told: Read, step: StepRow, names: Mapping[int | None, str], actor: Actor) -> EventView:
    work = told.work
    rule = work.procedure.steps.get(step.step)
    return EventView(
        seq=step.seq,
        step=step.step,
        title=step.title,
        at=step.at,
        by=step.by_name,
        proposed_by=step.proposer or "",
        note=step.note,
        entry_id=step.entry_id,
        place=record.place_at(step.leaf_log, step.leaf),
        hash=step.leaf_hash.hex() if step.leaf_hash else "",
        recording=told.recordings.get(step.seq, rule.recording if rule else "none"),
        happened_on=happened_on(rule, step.facts),
        entered_at=step.entered_at,
        late_reason=step.late_reason,
        excuse=_excused(told, step),
        set_aside_at=step.set_aside_at,
        may_go_back=_may_go_back(told, step, actor),
        facts=fact_lines(_fields(work, rule), step.facts, names, _variants(work)),
        papers=tuple(
            PaperView(
                one.id, one.form, one.title, one.number, one.issued_at, one.pages, one.sha256, one.outgoing
            )
            for one in told.papers
            if one.step_id == step.id
        ),
        evidence=tuple(
            EvidenceView(
                one.id,
                one.kind,
                one.name,
                one.media_type,
                one.size_bytes,
                one.sha256,
                one.made_at,
                one.added_at,
                one.adder or "",
                one.late_reason,
                one.entry_id,
                one.lost_at,
                one.lost_reason,
                step=step.title,
            )
            for one in told.evidence
            if one.step_id == step.id
        ),
        may_film=rule is not None and _may_film(work, rule, actor),
    )


def _excuse(row: ExcuseRow, work: Work, actor: Actor) -> ExcuseView:
    role = next((one for one in CONFIRMERS if one in actor.roles), "")
    may = row.state == "open" and bool(role) and "case.move" in actor.permissions
    may = may and why_not_approve(work, role, row.title, frozenset({row.by_id}), actor) is None
    return ExcuseView(
        id=row.id,
        seq=row.seq,
        title=row.title,
        kind=recordings.reasons()[row.code].title,
        text=row.text,
        by=row.name,
        at=row.at,
        state=row.state,
        until=row.until,
        mine_to_confirm=may,
    )


def _excused(told: Read, step: StepRow) -> str:
    """Why a step has no recording, in a word; empty where no reason holds."""
    for one in told.excuses:
        if one.step_id == step.id and (one.until is None or one.until >= told.work.at):
            waiting = "理由待确认" if one.state == "open" else "已说明理由"
            return "待交存" if one.until else waiting
    return ""


def _may_go_back(told: Read, step: StepRow, actor: Actor) -> bool:
    """Whether offering to do the step over makes sense; the page behind it judges who may, and says why not."""
    work = told.work
    if work.case.ended_at is not None or step.set_aside_at is not None:
        return False
    if actor.organ_id != work.case.organ_id or "case.move" not in actor.permissions:
        return False
    sent = any(one.step_id == step.id and one.outgoing for one in told.papers)
    return going_back.why_stands(work, step, sent) is None


def _fields(work: Work, rule: Rule | None) -> Sequence[Field]:
    """The fields of the step's form, with those that it has for further parties."""
    if rule is None:
        return ()
    return refining.ever_refined(with_services(rule, work.participants)).facts


def _variants(work: Work) -> Mapping[str, str]:
    return work.power.variants if work.power is not None else {}


def _may_film(work: Work, rule: Rule, actor: Actor) -> bool:
    """Whether this person may add a late recording; the action itself judges again."""
    filmed = rule.recording in recordings.FILMED
    return filmed and work.case.ended_at is None and why_not_actor(work, rule, actor) is None


def _submission(
    told: Read,
    row: SubmissionRow,
    actor: Actor,
) -> SubmissionView:
    work, names = told.work, told.handled
    rule = work.rule(row.step)
    proposers = frozenset({row.proposed_by_id, row.on_behalf_of_id} - {None})
    may = "case.move" in actor.permissions
    may = may and why_not_approve(work, row.role, row.title, proposers, actor) is None
    acting = actor.acts_for((row.role,)) if may else None
    return SubmissionView(
        id=row.id,
        step=row.step,
        title=row.title,
        role=role_title(row.role),
        proposed_by=row.proposer,
        proposed_at=row.proposed_at,
        state=row.state,
        opinion=row.opinion,
        facts=fact_lines(rule.facts, row.facts, names, _variants(work)),
        papers=tuple(paper.form for paper in rule.papers),
        mine_to_approve=row.state == "open" and may,
        acting_for=acting.principal if acting else "",
        mine=row.proposed_by_id == actor.id or _inherited(work, row, actor),
        changes=_since_return(rule, row, told.submissions, names),
        countersigns=tuple(_word(one, actor) for one in told.countersigns if one.submission_id == row.id),
        may_ask=row.state == "open"
        and (may or actor.id == row.proposed_by_id or actor.id in {one.id for one in work.handlers}),
    )


def _word(row: CountersignRow, actor: Actor) -> CountersignView:
    return CountersignView(
        id=row.id,
        officer=row.officer,
        question=row.question,
        state=row.state,
        opinion=row.opinion,
        closed_at=row.closed_at,
        mine=row.state == "open" and row.officer_id == actor.id,
        to_cancel=row.state == "open" and row.asked_by_id == actor.id,
    )


def _inherited(work: Work, row: SubmissionRow, actor: Actor) -> bool:
    """Whether the person took the case over from whoever submitted this."""
    handlers = {one.id for one in work.handlers}
    return actor.id in handlers and row.proposed_by_id not in handlers


def _since_return(
    rule: Rule, row: SubmissionRow, rows: Sequence[SubmissionRow], names: Mapping[int | None, str]
) -> tuple[ChangeLine, ...]:
    """What differs from the same step's submission that came back before."""
    earlier = next((one for one in rows if one.step == row.step and one.id < row.id), None)
    if row.state != "open" or earlier is None:
        return ()
    return changed(rule.facts, earlier.facts, row.facts, names)


def _still_returned(row: SubmissionRow, rows: Sequence[SubmissionRow], work: Work) -> bool:
    """A returned submission is shown until the step is submitted again or taken."""
    newer = any(other.step == row.step and other.id > row.id for other in rows)
    return not newer and not work.marking.has_happened(row.step)
