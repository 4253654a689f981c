"""What the actions of this room work on: a locked case with everything the rules look at, read once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from mingjing.kernel.marking import Marking
from mingjing.kernel.marking import load as load_marking
from mingjing.kernel.procedure import Procedure
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.kernel.workdays import Calendar
from mingjing.law import queries as law
from mingjing.law.queries import Power
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor

from .models import Case, CaseOfficer, Service, Step
from .needs import Situation

DECIDED_ON = "decided_on"  # the stamp of deciding steps in procedure files


@dataclass
class Work:
    """A case under the hands of an action, inside its transaction."""

    case: Case
    procedure: Procedure
    marking: Marking
    calendar: Calendar
    at: datetime

    @cached_property
    def constants(self) -> dict[str, Any]:
        """The values that the field's profile supplies on the day."""
        return law.constants(
            self.case.field, self.at.date(), person=bool(self.case.party and self.case.party.is_person)
        )

    @cached_property
    def handlers(self) -> tuple[Actor, ...]:
        """The handlers of the case as actors on the day, in order of assignment."""
        ids = list(
            CaseOfficer.objects.filter(case=self.case, role="handler")
            .order_by("id")
            .values_list("officer_id", flat=True)
        )
        actors = organs.actors_of(ids, self.at.date())
        return tuple(actors[one] for one in ids)

    @cached_property
    def power(self) -> Power | None:
        """The power item the case rests on."""
        item = self.case.power_item
        return None if item is None else law.power_of(item)

    def facts(self, new: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Everything a condition may read: constants, what the case is, its facts, the new ones, derived ones."""
        return known_facts(self.case, self.procedure, self.constants, new)

    def rule(self, step: str) -> Rule:
        """The step's rule, or ``Refused("unknown-step")``."""
        rule = self.procedure.steps.get(step)
        if rule is None:
            raise Refused(
                "unknown-step",
                f"《{self.procedure.title}》中没有名为“{step}”的环节。",
                remedy="请从案件页面选择环节。",
            )
        return rule

    def situation(
        self, rule: Rule, facts: Mapping[str, Any], actor: Actor, proposer: Actor | None
    ) -> Situation:
        """What the needs of a step look at."""
        deciding = [step.id for step in self.procedure.steps.values() if step.stamps == DECIDED_ON]
        deciders = frozenset(
            Step.objects.filter(case=self.case, step__in=deciding, by__isnull=False).values_list(
                "by_id", flat=True
            )
            if "cashier_not_decider" in rule.needs
            else ()
        )
        served = frozenset(
            Service.objects.filter(paper__case=self.case).values_list("paper__form", flat=True)
            if "paper_served" in rule.needs
            else ()
        )
        return Situation(
            rule=rule,
            facts=facts,
            field=self.case.field,
            case_region=self.case.region,
            organ_region=self.case.organ.region,
            actor=actor,
            proposer=proposer,
            handlers=self.handlers,
            deciders=deciders,
            served=served,
            power=self.power,
            calendar=self.calendar,
            at=self.at,
        )


def known_facts(
    case: Case, procedure: Procedure, constants: Mapping[str, Any], new: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The facts conditions see, derived ones included."""
    party = case.party
    base: dict[str, Any] = {
        **constants,
        "field": case.field,
        "organ_region": case.organ.region,
        "party_kind": party.kind if party else "",
        "party_name": party.name if party else "",
        "party_is_person": bool(party and party.is_person),
        "minor_party": bool(case.facts.get("minor_party")),
        **case.facts,
        **(new or {}),
    }
    return procedure.derive(base)


def lock(case_id: uuid.UUID, at: datetime, version: int | None) -> Work:
    """The case, locked until the transaction ends.

    ``version`` is what the actor had seen; if the case has moved since, ``Refused("changed-meanwhile")``.
    MUST run inside a transaction. Cost: 1 query.
    """
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("organ", "party", "power_item")
        .get(pk=case_id)
    )
    if version is not None and case.version != version:
        raise changed_meanwhile(case)
    return Work(
        case=case,
        procedure=law.procedure_edition(case.procedure, case.edition),
        marking=load_marking(case.marking),
        calendar=law.calendar(),
        at=at,
    )


def changed_meanwhile(case: Case) -> Refused:
    """What the second of two people is told."""
    last = case.steps.order_by("-seq").values_list("title", "by_name", "at").first()
    what = f"{last[1]}已办理“{last[0]}”" if last else "有他人办理了本案"
    return Refused(
        "changed-meanwhile",
        f"您打开页面之后，{what}，本案情况已变化，您的提交未生效。",
        remedy="请刷新案件页面，核对最新情况后再办理；您填写的内容仍保留在本页。",
    )
