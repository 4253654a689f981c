"""The natural order of dates: nothing is served before it is written, nothing happened tomorrow. Pure.

A date field of a procedure file says what its date may not precede (``not_before``) or follow
(``not_after``): the name of another date fact, ``step:x`` for the day on which step x was taken, ``paper:f``
for the day on which paper f was issued, or ``today`` for the moment of entry. What has no date yet bounds
nothing. Days are compared with days; two moments are compared to the minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mingjing.kernel.case_dates import day_or_moment, local
from mingjing.kernel.marking import Marking
from mingjing.kernel.numerals import plain_date
from mingjing.kernel.procedure_parts import Field, Procedure, Step
from mingjing.kernel.refused import Refused

TODAY, STEP, PAPER = "today", "step:", "paper:"
Moment = date | datetime


@dataclass(frozen=True, slots=True)
class Bound:
    """A date that another may not cross, and what it is called."""

    value: Moment
    name: str


def misplaced(
    procedure: Procedure,
    marking: Marking,
    step: Step,
    given: Mapping[str, Any],
    known: Mapping[str, Any],
    at: datetime,
    titles: Mapping[str, str] | None = None,
) -> dict[str, Refused]:
    """The date fields of a filled form that stand out of order, each with the reason in words.

    ``given`` are the facts of this form, ``known`` all facts with them; ``titles`` names papers by form.
    """
    found: dict[str, Refused] = {}
    order = _Order(procedure, marking, known, local(at), titles or {})
    for field in step.facts:
        value = day_or_moment(given.get(field.name))
        if value is not None and (fault := order.fault(step, field, value)) is not None:
            found[field.name] = fault
    return found


@dataclass(frozen=True, slots=True)
class _Order:
    procedure: Procedure
    marking: Marking
    known: Mapping[str, Any]
    at: datetime
    titles: Mapping[str, str]

    def fault(self, step: Step, field: Field, value: Moment) -> Refused | None:
        for bound in self._bounds(field.not_before):
            if _precedes(value, bound.value):
                return _refusal(step, field, value, bound, "早于")
        for bound in self._bounds(field.not_after):
            if _precedes(bound.value, value):
                return _refusal(step, field, value, bound, "晚于")
        return None

    def _bounds(self, references: Iterable[str]) -> Iterable[Bound]:
        for reference in references:
            bound = self._bound(reference)
            if bound is not None:
                yield bound

    def _bound(self, reference: str) -> Bound | None:
        if reference == TODAY:
            return Bound(self.at, "登记的时间")
        if reference.startswith(STEP):
            name = reference.removeprefix(STEP)
            return self._last([name], f"办理{self.procedure.title_of(name)}的时间")
        if reference.startswith(PAPER):
            form = reference.removeprefix(PAPER)
            title = self.titles.get(form, "文书")
            return self._last(issuing(self.procedure, form), f"《{title}》的日期", whole_day=True)
        value = day_or_moment(self.known.get(reference))
        label = next((f.label for _, f in self.procedure.fields() if f.name == reference), "")
        return None if value is None else Bound(value, f"“{label or _STAMPS.get(reference, reference)}”")

    def _last(self, steps: Iterable[str], name: str, *, whole_day: bool = False) -> Bound | None:
        """When one of the steps was last taken; a paper bears a day, not an hour."""
        taken = [self.marking.executed[step].last_at for step in steps if step in self.marking.executed]
        if not taken:
            return None
        last = local(max(taken))
        return Bound(last.date() if whole_day else last, name)


def issuing(procedure: Procedure, form: str) -> list[str]:
    """The steps that issue a form."""
    return [step.id for step in procedure.steps.values() if form in (paper.form for paper in step.papers)]


# What the days that steps stamp are called.
_STAMPS = {"filed_on": "立案日期", "decided_on": "决定日期", "closed_on": "结案日期"}


def _precedes(value: Moment, other: Moment) -> bool:
    """Whether ``value`` lies before ``other``; a day and a moment are compared by their days."""
    if isinstance(value, datetime) and isinstance(other, datetime):
        return _to_the_minute(value) < _to_the_minute(other)
    return _day(value) < _day(other)


def _to_the_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _day(value: Moment) -> date:
    return value.date() if isinstance(value, datetime) else value


def _refusal(step: Step, field: Field, value: Moment, bound: Bound, how: str) -> Refused:
    exactly = isinstance(value, datetime) and isinstance(bound.value, datetime)
    reason = f"{_told(value, exactly)}{how}{bound.name}{_told(bound.value, exactly)}。"
    return Refused("date-order", reason, basis=step.basis or None, remedy="请核对这两个日期，改正后再提交。")


def _told(value: Moment, exactly: bool) -> str:
    day = plain_date(_day(value))
    return f"{day}{value:%H:%M}" if exactly and isinstance(value, datetime) else day
