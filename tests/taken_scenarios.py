"""Scenarios of the codex lived through at the desk: every line goes through its action, papers and all.

What a scenario does not say, because no rule looks at it, is filled in by the kind of the field. A line that
the scenario expects to be refused must be refused by the action with the same code.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mingjing.cases import actions as cases
from mingjing.cases import queries
from mingjing.cases.actions import Taken
from mingjing.cases.models import Case
from mingjing.kernel import scenarios
from mingjing.kernel.procedure import Field, Procedure
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.kernel.scenarios import Line, Scenario
from mingjing.law import queries as law
from mingjing.organs.authority import Actor
from mingjing.publicity import actions as publicity
from mingjing.review import actions as review
from tests.office import LATE, Office, company, film, person

FOLDER = Path(__file__).resolve().parents[1] / "codex" / "scenarios"


def filled(rule: Rule, given: Mapping[str, Any], known: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The form of a step: what the scenario says, then what the field inherits, then the plainest value."""
    facts: dict[str, Any] = {}
    for each in rule.facts:
        seen = {**known, **facts}
        if each.name in given:
            facts[each.name] = given[each.name]
        elif (
            each.required
            and each.kind not in ("files", "officers")
            and (each.when is None or each.when.holds(seen))
        ):
            inherited = known.get(each.default_fact or "") or known.get(each.name)
            if inherited in (None, "", []):
                inherited = _day_before_which(each, rule, given) or plainest(each, at)
            facts[each.name] = inherited
    return facts


def _day_before_which(each: Field, rule: Rule, given: Mapping[str, Any]) -> Any:
    """The earliest date of the form that may not precede this one, if the scenario says any."""
    after = [given[one.name] for one in rule.facts if each.name in one.not_before and one.name in given]
    return min(after, default=None) if each.kind == "date" else None


def plainest(each: Field, at: datetime) -> Any:
    """Some value of the field's kind."""
    values: dict[str, Any] = {
        "text": "某某",
        "long": f"{each.label}：某某情况。",
        "date": at.date().isoformat(),
        "datetime": at,
        "money": 10_000,
        "number": 1,
        "decimal": "1",
        "bool": True,
        "provision": "行政强制法/45",
    }
    if each.kind in ("choice", "choices"):
        first = each.choices[0][0]
        return first if each.kind == "choice" else [first]
    return values[each.kind]


@dataclass
class Walk:
    """One scenario under way in an office."""

    office: Office
    scenario: Scenario
    party_title: str = ""
    parent_id: uuid.UUID | None = None
    case_id: uuid.UUID | None = None
    papers: list[str] = field(default_factory=list)

    @property
    def case(self) -> Case:
        return Case.objects.select_related("organ", "party").get(pk=self.case_id)

    def live(self) -> Case:
        """Every line of the scenario, one after another; the case as it stands at the end."""
        for line in self.scenario.lines:
            self.do(line)
        return self.case

    def do(self, line: Line) -> None:
        if line.step is None:
            return
        if "system" in self._rule(line.step).by:
            done = [one.step for one in cases.take_lapsed(at=line.at).taken if one.case_id == self.case_id]
            assert done == ([] if line.refused else [line.step]), f"{line.at:%F %H:%M} {line.step}"
            return
        taken, refused = self.tried(line, line.step)
        code, reason = (refused.code, refused.reason) if refused else (None, "")
        assert code == line.refused, f"{line.at:%F} {line.step}: {code} {reason}"
        if taken is not None:
            self.papers += list(self.case.papers.filter(step_id=taken.step_id).values_list("form", flat=True))

    def tried(self, line: Line, step: str) -> tuple[Taken | None, Refused | None]:
        try:
            return self._take(line, step), None
        except Refused as refused:
            return None, refused

    def _take(self, line: Line, step: str) -> Taken | None:
        rule = self._rule(step)
        if "system" in rule.by:
            done = cases.take_lapsed(at=line.at).taken
            mine = [one.step for one in done if one.case_id == self.case_id]
            if not mine:
                raise Refused("not-deemed-yet", "还没有到期。")
            assert mine == [step]
            return None
        actor = self._actor(rule, line.at)
        if self.case_id is None:
            return self._open(line, rule, actor)
        facts = filled(rule, line.facts, self._known(line.at), line.at)
        if any(each.kind == "officers" for each in rule.facts):
            facts |= {each.name: self._handlers() for each in rule.facts if each.kind == "officers"}
        taken = self._through_its_door(rule, facts, actor, line.at)
        if taken is not None and taken.submission_id is not None:
            head = self.office.actor(str(rule.approve), line.at)
            taken = cases.approve(submission_id=taken.submission_id, actor=head, at=line.at)
        return taken

    def _rule(self, step: str) -> Rule:
        return law.procedure(self.scenario.procedure, self.scenario.lines[0].at.date()).steps[step]

    def _through_its_door(
        self, rule: Rule, facts: dict[str, Any], actor: Actor, at: datetime
    ) -> Taken | None:
        common: dict[str, Any] = {"case_id": self.case_id, "actor": actor, "at": at, "facts": facts}
        if rule.confirms_payment:
            code, due = queries.open_slip(self.case.pk) or ("NOSLIP", 0)
            return cases.confirm_payment(
                code=code, amount_fen=due, paid_on=at.date(), bank_reference=f"B{code}", actor=actor, at=at
            )
        if rule.through == "review":
            return review.give_opinion(**common)
        if rule.through == "publicity" and rule.id.startswith("withdraw"):
            return publicity.withdraw(step=rule.id, late_reason=LATE, **common)
        if rule.through == "publicity":
            seen = publicity.previewed(self.case.pk, rule.id).digest
            return publicity.publish(step=rule.id, seen=seen, late_reason=LATE, **common)
        return cases.take(step=rule.id, files=film(rule), late_reason=LATE, **common)

    def _open(self, line: Line, rule: Rule, actor: Actor) -> Taken:
        procedure = law.procedure(self.scenario.procedure, line.at.date())
        facts = filled(rule, line.facts, self.scenario.facts, line.at)
        handlers = self._handlers() if "handler" in rule.by else [actor.officer_id]
        taken = cases.open_case(
            organ_id=self.office.organ.pk,
            procedure=procedure.id,
            title=f"某某公司{self.scenario.title}"[:100],
            facts=facts,
            actor=actor,
            at=line.at,
            party_id=self._party() if self._has_party(procedure) else None,
            handlers=handlers,
            field=self.scenario.profile or "general",
            parent_id=self.parent_id,
            files=film(rule),
            late_reason=LATE,
        )
        self.case_id = taken.case_id
        return taken

    def _has_party(self, procedure: Procedure) -> bool:
        """Somebody stands opposite: always, or where it may be left open, if the scenario speaks of a person."""
        wanted = procedure.matter.party
        return wanted == "required" or (
            wanted == "optional" and bool(self.scenario.facts.get("party_is_person"))
        )

    def _party(self) -> int:
        if self.scenario.facts.get("party_is_person"):
            return person(address="达州市通川区某某路2号", born_on=date(1980, 5, 1)).pk
        return company().pk

    def _handlers(self) -> list[int]:
        return [self.office.people[who].pk for who in ("handler", "second")]

    def _known(self, at: datetime) -> dict[str, Any]:
        return queries.work_of(self.case.pk, at).facts()

    def _actor(self, rule: Rule, at: datetime) -> Actor:
        who = next((role for role in rule.by if role in self.office.people), "handler")
        return self.office.actor(who, at)


def live(office: Office, procedure: str, name: str, **more: Any) -> Walk:
    """The scenario ``codex/scenarios/<procedure>/<name>.toml``, lived through in the office."""
    walk = Walk(office, scenarios.load(FOLDER / procedure / f"{name}.toml"), **more)
    walk.live()
    return walk
