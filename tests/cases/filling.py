"""Matters of any procedure walked through ``take``, their forms filled in by the kinds of their fields."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from mingjing.cases import actions as cases
from mingjing.cases import queries
from mingjing.cases.actions import Taken
from mingjing.cases.models import Case, Paper
from mingjing.cases.work import Work
from mingjing.kernel.procedure import Field
from mingjing.kernel.procedure import Step as Rule
from mingjing.law import queries as law
from mingjing.publicity import actions as publicity
from mingjing.review import actions as review
from tests.office import LATE, MONDAY, SHANGHAI, Office, company, film

TEXT = "某某"
ROWS = "某某物品 | 某型 | 件 | 1 | 完好"


def filled(
    rule: Rule,
    known: Mapping[str, Any],
    at: datetime,
    officers: tuple[int, ...],
    changes: Mapping[str, Any],
) -> dict[str, Any]:
    """Every field that the form asks: as told in ``changes`` (None: left empty), as it inherits, else the
    plainest value of its kind."""
    facts: dict[str, Any] = {}
    for each in rule.facts:
        seen = {**known, **facts}
        if each.name in changes:
            facts[each.name] = changes[each.name]
            continue
        if each.kind == "files" or (each.when is not None and not each.when.holds(seen)):
            continue
        inherited = seen.get(each.default_fact) if each.default_fact else None
        facts[each.name] = inherited if inherited is not None else _plainest(each, at, officers)
    return {name: value for name, value in facts.items() if value is not None}


def _plainest(each: Field, at: datetime, officers: tuple[int, ...]) -> Any:
    if each.kind == "choice":
        return each.choices[0][0]
    if each.kind == "choices":
        return [each.choices[0][0]]
    values: dict[str, Any] = {
        "text": TEXT,
        "long": ROWS if "一行一" in each.help else f"{each.label}：{TEXT}。",
        "date": at.date().isoformat(),
        "datetime": at,
        "money": 10_000,
        "number": 1,
        "decimal": "1",
        "bool": False,
        "officers": list(officers),
        "provision": "《中华人民共和国行政强制法》第二十五条",
    }
    return values.get(each.kind)


@dataclass
class Walk:
    """A matter under way; every step is taken an hour after the last by whoever may, unless told."""

    office: Office
    case_id: uuid.UUID
    at: datetime
    officers: tuple[int, ...]
    taken: list[Taken] = field(default_factory=list)

    @property
    def case(self) -> Case:
        return Case.objects.select_related("organ", "party").get(pk=self.case_id)

    @property
    def work(self) -> Work:
        return queries.work_of(self.case_id, self.at)

    def move_to(self, day: date, hour: int = 9) -> Walk:
        self.at = datetime.combine(day, time(hour), SHANGHAI)
        return self

    def do(self, step: str, *, who: str | None = None, **changes: Any) -> Taken:
        """Take a step to its end, through its door, submitted and approved where the procedure asks."""
        self.at += timedelta(hours=1)
        work = self.work
        rule = work.procedure.steps[step]
        facts = filled(rule, work.facts(), self.at, self.officers, changes)
        person = who or next((role for role in rule.by if role in self.office.people), "handler")
        common: dict[str, Any] = {"case_id": self.case_id, "step": step, "facts": facts, "at": self.at}
        common["actor"] = self.office.actor(person, self.at)
        if rule.through == "publicity":
            if rule.withdraws:
                taken = publicity.withdraw(late_reason=LATE, **common)
            else:
                seen = publicity.previewed(self.case_id, step).digest
                taken = publicity.publish(seen=seen, late_reason=LATE, **common)
        elif rule.through == "review":
            del common["step"]
            taken = review.give_opinion(**common)
        else:
            taken = cases.take(files=film(rule), late_reason=LATE, **common)
        if taken.submitted:
            approver = self.office.actor(str(rule.approve), self.at)
            taken = cases.approve(submission_id=taken.submission_id or 0, actor=approver, at=self.at)
        self.taken.append(taken)
        return taken

    def lapse(self) -> int:
        """Let the platform record what came due; how many effects it found."""
        return len(cases.take_lapsed(at=self.at).taken)

    def owed(self) -> set[str]:
        """What is owed, by the rows that lists read."""
        rows = self.case.obligations.filter(kind="duty", state="open")
        return set(rows.values_list("step", flat=True))

    def due(self, step: str) -> date:
        """The day by which a step is owed."""
        row = self.case.obligations.get(kind="duty", state="open", step=step)
        assert row.due_at is not None
        return row.due_at.astimezone(SHANGHAI).date()

    def papers(self) -> list[str]:
        """The forms issued, in order."""
        return list(Paper.objects.filter(case_id=self.case_id).order_by("id").values_list("form", flat=True))

    def paper(self, form: str) -> Paper:
        """The latest paper of a form."""
        found = Paper.objects.filter(case_id=self.case_id, form=form).order_by("-id").first()
        assert found is not None, form
        return found


def opened(
    office: Office,
    procedure: str,
    *,
    at: datetime = MONDAY,
    power: str = "",
    field: str = "",
    parent: uuid.UUID | None = None,
    party: Any = None,
    handlers: tuple[str, ...] = ("handler", "second"),
    opener: str = "",
    nobody: bool = False,
    **changes: Any,
) -> Walk:
    """A matter of that procedure, opened by the first handler unless told; ``changes`` are facts of the opening form."""
    officers = tuple(office.people[who].pk for who in handlers)
    rule = next(step for step in law.procedure(procedure, at.date()).steps.values() if step.start)
    item = law.power_rows(source=law.CODEX).filter(code=power).first() if power else None
    of = party or company()
    taken = cases.open_case(
        organ_id=office.organ.pk,
        procedure=procedure,
        title=f"{of.name}某某案",
        facts=filled(rule, {}, at, officers, changes),
        actor=office.actor(opener or handlers[0], at),
        at=at,
        party_id=None if nobody else of.pk,
        power_item_id=item.pk if item else None,
        handlers=officers,
        field=field or (item.field if item else ""),
        parent_id=parent,
        files=film(rule),
        late_reason=LATE,
    )
    return Walk(office, taken.case_id, at, officers, [taken])
