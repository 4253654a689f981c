"""What the actions of this room work on: a locked case with everything the rules look at, read once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from mingjing.kernel.case_dates import local, reckoned_dates
from mingjing.kernel.marking import Marking
from mingjing.kernel.marking import load as load_marking
from mingjing.kernel.procedure import Procedure
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.kernel.workdays import Calendar
from mingjing.law import queries as law
from mingjing.law.queries import LicenseItem, Power
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.parties.models import Party
from mingjing.sql import Kept

from . import debts, inspections, recordings
from .acting import acting_roles
from .models import Bar, Case, CaseOfficer, CaseParty, Obligation, Service, Step
from .needs import Situation
from .numbering import Drawn
from .papers import refining
from .participants import co_parties, participants_of, with_services
from .recording_rules import LISTED_ABOVE, procedure_of

DECIDED_ON = "decided_on"  # the stamp of deciding steps in procedure files
POWER_ITEM = "power_item"  # the fact that names the power item of the codex
LICENSE_ITEM = "license_item"  # the fact that names the license item of the codex
ACCEPTED_ON = "accepted_on"  # the stamp of accepting steps
EXAMINED_ON = "examined_on"  # the stamp of the step that concludes an examination
_OF_AGE = 18

# Every step of every case asks these.
_LOCKED = Kept(
    lambda case: (
        Case.objects.select_for_update(of=("self",))
        .select_related("organ", "party", "power_item")
        .filter(pk=case)
    )
)
_OWED = Kept(lambda case: Obligation.objects.filter(case=case, state="open").order_by("pk"))
_HANDLERS = Kept(
    lambda case: organs.holdings(
        organs.Officer.objects.filter(
            case_roles__case=case, case_roles__role="handler", case_roles__until__isnull=True
        ).order_by("case_roles__pk")
    )
)

# Needs that keep two parts of a matter in different hands, and the stamp of the part that must be another's.
_APART = {
    "cashier_not_decider": DECIDED_ON,
    "issuer_not_decider": DECIDED_ON,
    "examiner_not_acceptor": ACCEPTED_ON,
    "decider_not_examiner": EXAMINED_ON,
    "host_not_examiner": EXAMINED_ON,
}


class Grown(NamedTuple):
    """A matter that grew out of a case."""

    title: str
    procedure: str
    edition: str
    ended: bool


@dataclass
class Work:
    """A case under the hands of an action, inside its transaction."""

    case: Case
    procedure: Procedure
    marking: Marking
    calendar: Calendar
    at: datetime
    drawn: Mapping[str, Drawn] = field(default_factory=dict)  # numbers that papers bear already, by form

    @cached_property
    def constants(self) -> dict[str, Any]:
        """The values that the field's profile supplies on the day."""
        return law.constants(
            self.case.field, self.at.date(), person=bool(self.case.party and self.case.party.is_person)
        )

    @cached_property
    def handlers(self) -> tuple[Actor, ...]:
        """The handlers of the case as actors on the day, in order of assignment."""
        return tuple(organs.actors(_HANDLERS(case=self.case.pk), self.at.date()).values())

    @cached_property
    def participants(self) -> list[CaseParty]:
        """Who takes part beside the first party. Cost: 1 query where there is anybody, else none."""
        return participants_of(self.case)

    @cached_property
    def handled(self) -> frozenset[int]:
        """Everybody who handles the case or once did: they neither approve nor review in it. Cost: 1 query."""
        rows = CaseOfficer.objects.filter(case=self.case, role="handler")
        return frozenset(rows.values_list("officer_id", flat=True))

    @cached_property
    def owed(self) -> list[Obligation]:
        """The open rows of what is owed in the case. ``cases.obligations`` keeps them up to date."""
        return _OWED(case=self.case.pk)

    @cached_property
    def power(self) -> Power | None:
        """The power item the case rests on."""
        item = self.case.power_item
        return None if item is None else law.power_of(item)

    def power_for(self, facts: Mapping[str, Any]) -> Power | None:
        """The power item that ``facts`` name, else the one the case rests on. Raises: Refused ``no-such-power``."""
        code = facts.get(POWER_ITEM)
        if not code or (self.power is not None and self.power.code == code):
            return self.power
        return law.power_item(code)

    def facts(self, new: Mapping[str, Any] | None = None, rule: Rule | None = None) -> dict[str, Any]:
        """Everything a condition may read: constants, what the case is, its facts, the new ones, derived ones.

        ``new`` are the facts of the form of ``rule``, which replace all that an earlier round said in it.
        """
        own = {**lasting(self.case, rule), **(new or {})}
        item = self.license_for(own)
        constants = {**self.constants, **(item.overrides if item else {})}
        own |= reckoned_dates(self.procedure, {**constants, "field": self.case.field, **own}, self.calendar)
        return known_facts(self.case, self.procedure, constants, own, self.participants)

    def license_for(self, facts: Mapping[str, Any]) -> LicenseItem | None:
        """The license item that ``facts`` name. Raises: Refused ``no-such-license``."""
        code = facts.get(LICENSE_ITEM)
        return law.license_item(code) if code else None

    def rule(self, step: str) -> Rule:
        """The step's rule, or ``Refused("unknown-step")``."""
        rule = self.procedure.steps.get(step)
        if rule is None:
            raise Refused(
                "unknown-step",
                f"《{self.procedure.title}》中没有名为“{step}”的环节。",
                remedy="请从案件页面选择环节。",
            )
        asked = with_services(rule, self.participants) if rule.serves else rule
        if not refining.refinements():
            return asked
        return refining.refined(asked, self.case.organ, self.at.date())

    @cached_property
    def takers(self) -> tuple[tuple[str, int | None], ...]:
        """Every step taken, with the key of the officer who took it, and of the one he deputized for."""
        rows = Step.objects.filter(case=self.case).values_list("step", "by_id", "on_behalf_of_id")
        return tuple((step, one) for step, *both in rows for one in both)

    @cached_property
    def served(self) -> frozenset[str]:
        """The forms of papers that were served."""
        return frozenset(Service.objects.filter(paper__case=self.case).values_list("paper__form", flat=True))

    @cached_property
    def grown(self) -> tuple[Grown, ...]:
        """The matters that grew out of the case."""
        rows = Case.objects.filter(parent=self.case).values_list("title", "procedure", "edition", "ended_at")
        return tuple(
            Grown(title, procedure, edition, ended_at is not None)
            for title, procedure, edition, ended_at in rows
        )

    @cached_property
    def recorded(self) -> list[Any]:
        """The steps that had to be filmed, with what there is of them. Cost: 1 query where there is any."""
        filmed = (self.procedure.steps.get(step) for step in self.marking.executed)
        if not any(rule is not None and rule.recording in recordings.FILMED for rule in filmed):
            return []
        return recordings.recorded(self.case.pk)

    def why_unrecorded(self, rule: Rule) -> Refused | None:
        """Why ``rule`` must wait for a recording."""
        if not recordings.gates(rule):
            return None
        return recordings.why_not(rule, self.recorded, self.procedure.steps, self.case.field, self.at)

    def know(self, **found: Any) -> None:
        """Take what was read along with the case, by the names of these properties; nobody asks for it again."""
        vars(self).update(found)

    def open_children(self) -> tuple[str, ...]:
        """The titles of matters that grew out of the case and must end before it does.

        A lawsuit about the case runs apart from it (``matter.apart``).
        """
        return tuple(
            one.title
            for one in self.grown
            if not one.ended and not law.procedure_edition(one.procedure, one.edition).matter.apart
        )

    def _running(self) -> frozenset[str]:
        """The procedures of the matters that grew out of the case and have not ended."""
        return frozenset(one.procedure for one in self.grown if not one.ended)

    def _took(self, stamp: str) -> frozenset[int]:
        """The officers who took a step that stamps this day."""
        steps = {step.id for step in self.procedure.steps.values() if step.stamps == stamp}
        return frozenset(by for step, by in self.takers if step in steps and by is not None)

    def confirmed(self, kind: str, organ_id: int | None) -> organs.ConfirmedList | None:
        """The confirmed register of this kind that binds an organ on the day: its own, and for an authorized or
        entrusted organization the one of the organ above it. Cost: 1 query for all.
        """
        organ = self.case.organ
        found = self._confirmed.get((kind, organ_id or 0))
        if found is None and organ_id == organ.pk and organ.kind in LISTED_ABOVE:
            found = self._confirmed.get((kind, organ.parent_id or 0))
        return found

    @cached_property
    def _confirmed(self) -> dict[tuple[str, int], organs.ConfirmedList]:
        organ = self.case.organ
        concerned = {organ.pk, organ.parent_id, *(one.organ_id for one in self.handlers)}
        return organs.confirmed_lists((one for one in concerned if one is not None), self.at.date())

    def _bars(self, needs: Iterable[str], facts: Mapping[str, Any]) -> tuple[tuple[str, date, str], ...]:
        """What bars the party from applying for this license today: title, last day, basis. Cost: 1 query.

        Who asks to keep or change a license that he holds is barred only by such a request of his own.
        """
        procedures = {"not_barred": ("", self.procedure.id), "not_barred_again": (self.procedure.id,)}
        asked = next((procedures[need] for need in needs if need in procedures), None)
        if asked is None:
            return ()
        rows = Bar.objects.filter(
            party=self.case.party, thing=facts.get(LICENSE_ITEM, ""), until_on__gte=self.at.date()
        ).exclude(case=self.case)
        rows = rows.filter(procedure__in=asked).order_by("-until_on")
        return tuple(rows.values_list("title", "until_on", "basis"))

    def _ahead(self, facts: Mapping[str, Any]) -> tuple[str, ...]:
        """Applications for the same license that this organ accepted earlier and has not decided. Cost: 1 query.

        Those accepted on one day stand in the order in which they were registered.
        """
        rows = Case.objects.filter(
            organ=self.case.organ,
            procedure=self.case.procedure,
            decided_on__isnull=True,
            ended_at__isnull=True,
            facts__license_item=facts.get(LICENSE_ITEM),
        ).exclude(pk=self.case.pk)
        mine = (facts.get(ACCEPTED_ON) or "", self.case.opened_at)
        return tuple(
            label
            for label, accepted_on, opened_at in rows.values_list("label", "facts__accepted_on", "opened_at")
            if accepted_on and (accepted_on, opened_at) < mine
        )

    def _youngest(self, facts: Mapping[str, Any]) -> int | None:
        """The age of the youngest party on the day of the violation, where a birthday is known."""
        everybody = [one for one in (self.case.party, *co_parties(self.participants)) if one is not None]
        ages = [age_of(one, self.case, facts) for one in everybody]
        return min((age for age in ages if age is not None), default=None)

    def situation(
        self, rule: Rule, facts: Mapping[str, Any], actor: Actor, proposer: Actor | None
    ) -> Situation:
        """What the needs of a step look at; only what they look at is asked of the database."""
        needs = rule.needs
        took = {stamp: self._took(stamp) for need, stamp in _APART.items() if need in needs}
        return Situation(
            rule=rule,
            facts=facts,
            act=self.case.act,
            field=self.case.field,
            case_region=self.case.region,
            organ_id=self.case.organ_id,
            organ_name=self.case.organ.name,
            organ_region=self.case.organ.region,
            organ_field=self.case.organ.field,
            organ_kind=self.case.organ.kind,
            organ_fields=tuple(self.case.organ.organ_fields),
            organ_confirmed_on=self.case.organ.confirmed_on,
            organ_code=self.case.organ.code,
            confirmed=self.confirmed,
            actor=actor,
            acting_as=acting_roles(rule, proposer),
            youngest=self._youngest(facts) if "minor_protected" in needs else None,
            guarded=any(one.role == "guardian" for one in self.participants),
            proposer=proposer,
            handlers=self.handlers,
            handled=self.handled if _HANDLED & set(needs) else frozenset(),
            deciders=took.get(DECIDED_ON, frozenset()),
            acceptors=took.get(ACCEPTED_ON, frozenset()),
            examiners=took.get(EXAMINED_ON, frozenset()),
            procedure=self.procedure.id,
            license=self.license_for(facts),
            bars=self._bars(needs, facts),
            ahead=self._ahead(facts) if "first_in_line" in needs else (),
            served=self.served if "paper_served" in needs else frozenset(),
            open_children=self.open_children() if "children_ended" in needs else (),
            power=self.power_for(facts),
            standings=law.standings,
            calendar=self.calendar,
            at=self.at,
            grown=frozenset(one.procedure for one in self.grown) if _GROWN & set(needs) else frozenset(),
            running=self._running() if "no_crime_transfer" in needs else frozenset(),
            debt=debts.debt_of(self.case) if debts.SURCHARGE_NEED in needs else None,
            **self._inspected(needs),
        )

    def _inspected(self, needs: tuple[str, ...]) -> dict[str, Any]:
        """What the needs of inspections look at; nothing is read for other acts."""
        found: dict[str, Any] = {}
        if "drawn_at_random" in needs and self.case.parent_id is not None:
            found["drawn"] = self._drawn
        if "monitoring_record_entered" in needs and self.case.parent_id is not None:
            found["record_entered"] = self._record_entered
        if "within_inspection_cap" in needs:
            found["inspected_on"] = self._inspected_on
        if "not_repeating_superior" in needs:
            found["superior_inspected"] = self._superior_inspected
        return found

    @cached_property
    def _drawn(self) -> dict[str, frozenset[str]]:
        return inspections.drawn(self.case.parent_id)

    @cached_property
    def _record_entered(self) -> bool | None:
        parent = self.case.parent
        if parent is None or parent.procedure != inspections.MONITORING:
            return None
        return bool(parent.facts.get("record_passed"))

    @cached_property
    def _inspected_on(self) -> tuple[date, ...]:
        return inspections.counted(self.case)

    @cached_property
    def _superior_inspected(self) -> tuple[tuple[date, str], ...]:
        return inspections.by_superiors(self.case)


# Needs that keep those who handle the case, or once did, from another part of it.
_HANDLED = frozenset(
    {
        "reviewer_not_handler",
        "host_not_investigator",
        "publisher_not_handler",
        "cashier_not_decider",
        "host_not_examiner",
        "drawer_not_handler",
        "reviewer_not_collector",
    }
)
# Needs that ask which matters grew out of the case.
_GROWN = frozenset({"next_matter_opened", "execution_matter_opened"})


def lasting(case: Case, rule: Rule | None) -> dict[str, Any]:
    """The case's facts without those that the form of ``rule`` asks for.

    A field left blank, or not asked this time, is empty from then on: a ground for mitigation that belonged
    to the first proposal must not carry the second, nor a mail number the next receipt.
    """
    asked = {field.name for field in rule.facts} if rule is not None else set()
    return {name: value for name, value in case.facts.items() if name not in asked}


def known_facts(
    case: Case,
    procedure: Procedure,
    constants: Mapping[str, Any],
    facts: Mapping[str, Any],
    participants: Sequence[CaseParty] = (),
) -> dict[str, Any]:
    """What conditions see: constants, what the case and its party are, ``facts``, and all derived ones."""
    party = case.party
    base: dict[str, Any] = {
        **constants,
        "field": case.field,
        "organ_region": case.organ.region,
        "organ_kind": case.organ.kind,
        "organ_field": case.organ.field,
        "organ_uniform": bool(case.organ.uniform),
        "party_kind": party.kind if party else "",
        "party_name": party.name if party else "",
        "party_is_person": bool(party and party.is_person),
        "minor_party": any(
            _is_minor(one, case, facts) for one in (case.party, *co_parties(participants)) if one is not None
        ),
        **facts,
    }
    return procedure.derive(base)


def _is_minor(party: Party, case: Case, facts: Mapping[str, Any]) -> bool:
    """Whether a party was under eighteen on the day of the violation. 未成年人保护法 arts. 2, 103."""
    age = age_of(party, case, facts)
    return age is not None and age < _OF_AGE


def age_of(party: Party, case: Case, facts: Mapping[str, Any]) -> int | None:
    """How old a natural person was on the day of the violation; None where the birthday is not known."""
    born = party.born_on if party.is_person else None
    if born is None:
        return None
    told = facts.get("violation_on")
    day = date.fromisoformat(told) if told else local(case.opened_at).date()
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def lock(case_id: uuid.UUID, at: datetime, version: int | None) -> Work:
    """The case, locked until the transaction ends.

    ``version`` is what the actor had seen; if the case has moved since, ``Refused("changed-meanwhile")``.
    MUST run inside a transaction. Cost: 1 query.
    """
    case = _LOCKED.first(case=case_id)
    if case is None:
        raise Case.DoesNotExist(case_id)
    if version is not None and case.version != version:
        raise changed_meanwhile(case)
    return Work(
        case=case,
        procedure=procedure_of(case, at),
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
