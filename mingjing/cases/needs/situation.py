"""What a named condition of lawful action looks at, and how one is asked: see :mod:`mingjing.cases.needs.general`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mingjing.kernel.debts import Debt
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.kernel.workdays import Calendar
from mingjing.law.queries import LicenseItem, Power, Standing
from mingjing.organs.authority import Actor
from mingjing.organs.queries import ConfirmedList


@dataclass(frozen=True)
class Situation:
    """Everything a need may look at. ``handled`` are all who handle the case or once did, ``deciders`` are the
    officers who took a deciding step, ``acceptors`` and ``examiners`` those who accepted and examined an
    application, ``bars`` what keeps the party from applying (title, last day, basis), ``ahead`` the applications
    for the same license accepted earlier, ``served`` the forms of papers that were served on the party,
    ``open_children`` the titles of matters that grew out of this one (a seizure, a transfer) and have not ended,
    ``grown`` the procedures of all matters that grew out of it and ``running`` of those that have not ended;
    ``standings`` looks up how the provisions cited in a text stood on a day; ``debt`` is what is owed of a fine,
    for needs that look at it; ``drawn`` are the ``objects`` and ``officers`` drawn at random in the matter this one
    grew out of, ``inspected_on`` the days of this organ's other inspections of the party that count towards the
    yearly cap, ``superior_inspected`` those of the organs above it, with their names; ``record_entered`` tells
    whether the monitoring record that the matter grew out of passed its review, None where there is none;
    ``confirmed`` looks up the confirmed register of a kind that binds an organ, None where none does yet."""

    rule: Rule
    facts: Mapping[str, Any]
    act: str
    field: str
    case_region: str
    organ_name: str
    organ_region: str
    organ_field: str
    organ_kind: str
    organ_fields: tuple[str, ...]
    organ_confirmed_on: date | None
    actor: Actor
    proposer: Actor | None
    handlers: tuple[Actor, ...]
    deciders: frozenset[int]
    served: frozenset[str]
    open_children: tuple[str, ...]
    power: Power | None
    standings: Callable[[str, date], tuple[Standing, ...]]
    calendar: Calendar
    at: datetime
    organ_id: int | None = None
    grown: frozenset[str] = frozenset()
    handled: frozenset[int] = frozenset()
    running: frozenset[str] = frozenset()
    acting_as: tuple[str, ...] = ()
    youngest: int | None = None
    guarded: bool = False
    procedure: str = ""
    license: LicenseItem | None = None
    acceptors: frozenset[int] = frozenset()
    examiners: frozenset[int] = frozenset()
    bars: tuple[tuple[str, date, str], ...] = ()
    ahead: tuple[str, ...] = ()
    debt: Debt | None = None
    drawn: Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)
    inspected_on: tuple[date, ...] = ()
    record_entered: bool | None = None
    superior_inspected: tuple[tuple[date, str], ...] = ()
    organ_code: str = ""
    confirmed: Callable[[str, int | None], ConfirmedList | None] = lambda kind, organ_id: None

    @property
    def on(self) -> date:
        """The local day of the act."""
        return self.at.date()

    def acting(self) -> tuple[Actor, ...]:
        """The officers on the spot: those the step names, else the handlers of the case."""
        named = self._named()
        if not named:
            return self.handlers
        return tuple(actor for actor in self.handlers if actor.id in named)

    def persons(self) -> frozenset[int | None]:
        """The actor, and whom he deputizes for in this step: separation of duties is judged on both."""
        return self.actor.persons(self.acting_as)

    def handlers_ever(self) -> frozenset[int | None]:
        """Who handles the case, and who handed it over: both stay out of its review, hearing and publication."""
        return self.handled | {actor.id for actor in self.handlers}

    def strangers(self) -> frozenset[int]:
        """The officers that the step names and the case does not know."""
        return frozenset(self._named()) - {actor.id for actor in self.handlers}

    def _named(self) -> tuple[int, ...]:
        """Whom the form of this step names: those of an earlier one may have handed the case over since."""
        asked = any(field.name == "officers_present" for field in self.rule.facts)
        return tuple(self.facts.get("officers_present") or ()) if asked else ()


Need = Callable[[Situation], Refused | None]
NEEDS: dict[str, Need] = {}


def need(function: Need) -> Need:
    """Register a condition under its name."""
    NEEDS[function.__name__] = function
    return function


def unmet(names: tuple[str, ...], situation: Situation) -> Refused | None:
    """The first need that is not met, or None."""
    for name in names:
        refused = NEEDS[name](situation)
        if refused is not None:
            return refused
    return None
