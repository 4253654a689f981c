"""The dates of a case, reckoned by clocks: when a duty is due, a right lapses, a wait is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from mingjing.kernel import clocks
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.marking import Duty, Extension, Right, Stop, Wait
from mingjing.kernel.numerals import plain_date
from mingjing.kernel.procedure_parts import Procedure
from mingjing.kernel.refused import Refused
from mingjing.kernel.tables import length, named_term
from mingjing.kernel.workdays import Calendar


def local(at: datetime) -> datetime:
    """The moment in Asia/Shanghai. Raises ValueError for a time without zone: that is the caller's bug."""
    if at.tzinfo is None:
        raise ValueError("times must be aware")
    return at.astimezone(SHANGHAI)


def day_or_moment(value: object) -> date | datetime | None:
    """A date fact (ISO text, date or datetime) as a date or an aware moment; None if it is neither."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI) if value.tzinfo else value.replace(tzinfo=SHANGHAI)
    return value if isinstance(value, date) else None


def as_moment(value: date | datetime) -> datetime:
    """A day as its beginning, a moment as it is."""
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day, tzinfo=SHANGHAI)


def settled(term: str, facts: Mapping[str, Any]) -> str:
    """The length of a term: written out, or looked up among the constants of the field (``@decision_days``).

    Raises: Refused ``no-constant`` where the field's profile has no such length.
    """
    name = named_term(term)
    if name is None:
        return term
    value = facts.get(name)
    if not isinstance(value, str):
        raise Refused(
            "no-constant",
            f"本领域的规则（codex/profiles）没有给出期限“{name}”。",
            remedy="请管理员在该领域或者通用规则中补上这一期限和依据。",
        )
    return value


def reckon_duty(
    procedure: Procedure,
    duty: Duty,
    stops: Iterable[Stop],
    extensions: Iterable[Extension],
    calendar: Calendar,
    profile: str | None,
) -> Duty:
    """The duty with its due date worked out anew from its start, its stops and its extensions.

    A duty without a term keeps the due date it has. Terms in hours, terms counted back and terms that
    name a day run on whatever happens (clocks refuses to pause them).
    """
    if duty.within is None or duty.since is None:
        return duty
    term = length(duty.within)
    pausable = term.unit not in ("h", "date") and not term.before
    stops = tuple(stops) if pausable else ()
    reckoning = clocks.reckon(
        term,
        duty.since,
        calendar,
        excluded=_intervals(procedure, "excluded", stops),
        suspended=_intervals(procedure, "suspended", stops),
        extension=_extensions(procedure, extensions) if pausable else None,
        profile=profile,
    )
    return replace(
        duty,
        due_on=reckoning.due_on,
        due_at=reckoning.due_at,
        provisional=reckoning.provisional,
        paused=any(stop.until_on is None for stop in stops),
        explanation=reckoning.explanation,
    )


def due_by_fact(duty: Duty, value: date | datetime, label: str) -> Duty:
    """The duty due on the very day that a fact names."""
    due_at = value if isinstance(value, datetime) else clocks.end_of_day(value)
    explanation = (f"以“{label}”写明的{plain_date(due_at.date())}为到期日。",)
    return replace(duty, due_on=due_at.date(), due_at=due_at, explanation=explanation)


def _intervals(procedure: Procedure, kind: str, stops: Iterable[Stop]) -> list[clocks.Interval]:
    """The stops of a kind; the step that began one is its cause, what was done that day its document."""
    return [
        clocks.Interval(
            start=stop.from_on,
            end=stop.until_on,
            cause=procedure.steps[stop.by].title,
            document=_document(procedure, stop.by, stop.from_on),
        )
        for stop in stops
        if stop.kind == kind
    ]


def _extensions(procedure: Procedure, extensions: Iterable[Extension]) -> list[clocks.Extension]:
    return [
        clocks.Extension(length(item.length), _document(procedure, item.by, item.on)) for item in extensions
    ]


def _document(procedure: Procedure, step: str, on: date) -> str:
    """How an explanation refers to the paper of a step: the case file holds it under that title and day."""
    return f"{plain_date(on)}“{procedure.steps[step].title}”"


def open_right(within: str, at: datetime, order: int, calendar: Calendar, profile: str | None) -> Right:
    """The right opened at ``at``, with the moment it lapses."""
    reckoning = clocks.reckon(length(within), at, calendar, profile=profile)
    return Right(
        opened_at=at,
        order=order,
        due_on=reckoning.due_on,
        due_at=reckoning.due_at,
        provisional=reckoning.provisional,
        explanation=reckoning.explanation,
    )


def begin_wait(wait: str, at: datetime, calendar: Calendar, profile: str | None) -> Wait:
    """The time to be left free from ``at``: whole days, so that the day it ends is not yet late enough."""
    reckoning = clocks.reckon(length(wait), at, calendar, profile=profile)
    return Wait(
        since_at=at,
        free_until=reckoning.due_at,
        provisional=reckoning.provisional,
        explanation=reckoning.explanation,
    )
