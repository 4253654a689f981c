"""年度事项: matters that nobody asks for; the platform opens them for every organ on their day of the year."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from mingjing.kernel.procedure import Procedure
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.organs.authority import SYSTEM
from mingjing.organs.models import Organ

from ..models import Counter
from ..numbering import next_number
from .opening import begin_case
from .taking import Taken

# A run that failed for weeks is made up; a platform that is new does not accuse its organs of the months before.
MADE_UP_DAYS = 60


@dataclass(frozen=True)
class Opened:
    """The yearly matters that a run opened, and those that refused, by title, with the reason."""

    taken: tuple[Taken, ...]
    refused: tuple[tuple[str, Refused], ...]


@dataclass(frozen=True)
class _Due:
    """One matter that is to exist: whose, of which kind, for the year in which ``day`` lies."""

    organ: Organ
    procedure: Procedure
    day: date

    @property
    def series(self) -> str:
        return f"yearly-{self.procedure.id}"

    @property
    def title(self) -> str:
        assert self.procedure.yearly is not None
        return self.procedure.yearly.title.format(
            organ=self.organ.name, year=self.day.year, last_year=self.day.year - 1
        )


def open_yearly(*, at: datetime, only: Collection[int] | None = None) -> Opened:
    """Open every yearly matter whose day has come: one for each organ, procedure and year, however often asked.

    Days missed by the platform are made up, for at most ``MADE_UP_DAYS``; terms run from the day of the year, not
    from the day of opening. ``only`` narrows it to these organs. Each is a transaction of its own: one that refuses
    does not keep the others waiting. Cost: 3 queries where nothing is to be opened.
    Source: 达州三项制度方案/4(2), 政府信息公开条例/49, and the basis of each procedure.
    """
    taken, refused = [], []
    for due in list(_missing(at.date())):
        if only is not None and due.organ.pk not in only:
            continue
        try:
            one = _open(due, at)
        except Refused as why:
            refused.append((due.title, why))
        else:
            taken += [one] if one is not None else []
    return Opened(tuple(taken), tuple(refused))


def _missing(today: date) -> Iterator[_Due]:
    """What is to be opened and has not been, in order of day, procedure and organ."""
    days = [(day, one) for one in law.procedures(today) for day in _days(one, today)]
    if not days:
        return
    years = {day.year for day, _ in days}
    rows = Counter.objects.filter(kind__startswith="yearly-", year__in=years)
    there = set(rows.values_list("organ_id", "kind", "year"))
    bodies = organs.organs()
    for day, procedure in sorted(days, key=lambda pair: (pair[0], pair[1].id)):
        for organ in bodies:
            due = _Due(organ, procedure, day)
            if _concerns(procedure, organ, day) and (organ.pk, due.series, day.year) not in there:
                yield due


def _days(procedure: Procedure, today: date) -> list[date]:
    """The day of this year or the last on which such a matter opens, if it has come and is not too long past."""
    rule = procedure.yearly
    if rule is None:
        return []
    found = [date(year, rule.month, rule.day) for year in (today.year - 1, today.year)]
    made_up_from = today - timedelta(days=MADE_UP_DAYS)
    return [day for day in found if made_up_from <= day <= today and procedure.in_force_on(day)]


def _concerns(procedure: Procedure, organ: Organ, day: date) -> bool:
    """Whether the duty is this organ's: by its kind, and only if it was an organ on that day."""
    assert procedure.yearly is not None
    wanted = procedure.yearly.organs
    fits = organ.kind in wanted or (organ.is_justice_bureau and "justice_bureau" in wanted)
    return fits and (organ.confirmed_on is None or organ.confirmed_on <= day)


def _open(due: _Due, at: datetime) -> Taken | None:
    """The matter with its opening step taken by the platform; None where another worker was faster.

    The first number of its series decides who opens it: the other waits for that row, finds it taken, and gives
    its own number back.
    """
    assert due.procedure.yearly is not None
    with transaction.atomic():
        if next_number(due.organ.pk, due.series, due.day.year) != 1:
            transaction.set_rollback(True)
            return None
        return begin_case(
            due.organ,
            law.edition_in_force(due.procedure.id, at.date()),
            title=due.title,
            facts={due.procedure.yearly.fact: due.day.isoformat()},
            actor=SYSTEM,
            at=at,
        )
