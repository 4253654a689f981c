"""What a step does besides moving the marking: services, payment slips, lasting facts, the case's stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mingjing.kernel.case_dates import settled
from mingjing.kernel.clocks import parse_length, reckon
from mingjing.kernel.marking import Marking
from mingjing.kernel.procedure import Procedure, Stage
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs.authority import Actor
from mingjing.parties.models import Party

from . import issuing
from .models import Bar, Case, Paper, Payment, Service, Step
from .numbering import new_code
from .papers import forms
from .participants import services
from .work import DECIDED_ON, LICENSE_ITEM, POWER_ITEM, Work


def after(work: Work, rule: Rule, step: Step, papers: Sequence[Paper], slip: Slip | None) -> None:
    """Everything that follows from the step in other tables of this room."""
    _name_case(work.case, rule, papers)
    code = step.facts.get(POWER_ITEM)
    if code and (work.power is None or work.power.code != code):
        work.case.power_item_id = law.power_key(code)
    if rule.serves:
        _serve(work, rule, step, papers)
    if slip is not None:
        # What is owed now takes the place of what was: a reduction, a surcharge on top of the principal.
        work.case.payments.filter(state="open").update(state="void")
        Payment.objects.create(
            case=work.case, organ_id=work.case.organ_id, code=slip.code, due_fen=slip.due_fen
        )
    if rule.bars and work.case.party is not None:
        Bar.objects.bulk_create(_bars(work, rule, step, work.case.party))
    if rule.stamps == DECIDED_ON:
        work.case.decided_on = work.at.date()


def _bars(work: Work, rule: Rule, step: Step, party: Party) -> list[Bar]:
    """The terms in which the party may not apply again, counted from this day. 行政许可法 arts. 78, 79."""
    facts, on = work.facts(), work.at.date()
    return [
        Bar(
            case=work.case,
            step=step,
            party=party,
            thing=facts.get(LICENSE_ITEM, ""),
            procedure=bar.only,
            title=bar.title,
            from_on=on,
            until_on=reckon(parse_length(settled(bar.within, facts)), on, work.calendar).due_on,
            clock=bar.clock,
            basis=bar.basis,
        )
        for bar in rule.bars
        if bar.when is None or bar.when.holds(facts)
    ]


def approvals(
    rule: Rule,
    actor: Actor,
    proposer: Actor | None,
    opinion: str,
    at: datetime,
    countersigned: Sequence[Mapping[str, str]] = (),
) -> list[dict[str, str]]:
    """The opinions that an approval table prints: who proposed, who countersigned, who approved."""
    day = at.date().isoformat()
    lines = []
    if proposer is not None:
        lines.append(
            {
                "role": "handler",
                "opinion": "建议按上述意见办理。",
                "name": proposer.signature(rule.by),
                "date": day,
            }
        )
    lines += [dict(one) for one in countersigned]
    if rule.approve is not None:
        lines.append(
            {
                "role": rule.approve,
                "opinion": opinion or "同意。",
                "name": actor.signature((rule.approve,)),
                "date": day,
            }
        )
    return lines


def stage_after(procedure: Procedure, marking: Marking) -> Stage:
    """The furthest stage that any step of the case has reached."""
    order = {stage.id: index for index, stage in enumerate(procedure.stages)}
    reached = [
        order[procedure.steps[step].stage]
        for step in marking.executed
        if procedure.steps[step].stage in order
    ]
    return procedure.stages[max(reached, default=0)]


def _name_case(case: Case, rule: Rule, papers: Sequence[Paper]) -> None:
    """The number of a paper whose form says so is what people call the case by.

    A case that is not filed keeps the name of its lead, though the table of 不予立案 has a number too.
    """
    for paper in () if rule.ends else papers:
        if paper.number and forms.form(paper.form).names_case:
            case.label = paper.number


def _serve(work: Work, rule: Rule, step: Step, papers: Sequence[Paper]) -> None:
    """Write who received which paper how. Source: 行政处罚法/61; 民事诉讼法/87-95."""
    case = work.case
    latest = issuing.to_serve(case, rule.serves)
    if not latest:
        raise Refused(
            "nothing-to-serve",
            f"没有可以送达的文书，不能办理“{rule.title}”。",
            basis=rule.basis,
            remedy="请先制作文书。",
        )
    receipt = next((paper for paper in papers if paper.form == "service-receipt"), None)
    facts = step.facts
    Service.objects.bulk_create(
        Service(
            paper=paper,
            step=step,
            method=facts.get("service_method", "direct"),
            recipient=facts.get("service_recipient") or (case.party.name if case.party else ""),
            served_on=date.fromisoformat(facts.get("served_on") or work.at.date().isoformat()),
            receipt=receipt,
            party=case.party,
        )
        for paper in latest
    )
    Service.objects.bulk_create(
        Service(
            paper=paper,
            step=step,
            method=method,
            recipient=recipient,
            served_on=on,
            receipt=receipt,
            party=party,
        )
        for paper in latest
        for party, method, recipient, on in services(facts, work.participants)
    )


@dataclass(frozen=True)
class Slip:
    """缴款通知 before it has a row: the code under which the bank will know it, and the amount in fen."""

    code: str
    due_fen: int


def new_slip(rule: Rule, new: Mapping[str, Any]) -> Slip | None:
    """The slip of a step by which money becomes owed. Source: 行政处罚法/67(1), (3).

    Only amounts that this very step decided count: what was proposed earlier binds nobody.
    """
    due = sum(int(new.get(name) or 0) for name in rule.payment)
    return Slip(new_code(16), due) if due > 0 else None
