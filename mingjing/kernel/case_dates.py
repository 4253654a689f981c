"""The dates of a case, reckoned by clocks: when a duty is due, a right lapses, a wait is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from mingjing.kernel import clocks
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.marking import Duty, Extension, Right, Stop, Wait
from mingjing.kernel.numerals import plain_date
from mingjing.kernel.procedure_parts import AtLeast, Procedure, WindowRule
from mingjing.kernel.refused import Refused
from mingjing.kernel.tables import length, named_term
from mingjing.kernel.terms import Reckoning
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
    stops, extensions = (tuple(stops), tuple(extensions)) if pausable else ((), ())
    if stops or extensions:
        reckoning = clocks.reckon(
            term,
            duty.since,
            calendar,
            excluded=_intervals(procedure, "excluded", stops),
            suspended=_intervals(procedure, "suspended", stops),
            extension=_extensions(procedure, extensions),
            profile=profile,
        )
    else:
        reckoning = _reckoned(duty.within, duty.since, calendar, profile)
    return replace(
        duty,
        due_on=reckoning.due_on,
        due_at=reckoning.due_at,
        provisional=reckoning.provisional,
        paused=any(stop.until_on is None for stop in stops),
        explanation=reckoning.explanation,
    )


def _reckoned(within: str, since: date | datetime, calendar: Calendar, profile: str | None) -> Reckoning:
    """An undisturbed term, remembered: thousands of cases share the day from which it runs."""
    if length(within).unit != "h" and isinstance(since, datetime):
        since = local(since).date()
    return _remembered(within, since, calendar, profile)


@lru_cache(maxsize=16384)
def _remembered(within: str, since: date | datetime, calendar: Calendar, profile: str | None) -> Reckoning:
    return clocks.reckon(length(within), since, calendar, profile=profile)


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
            cause=stop.cause or procedure.steps[stop.by].title,
            document=stop.document or _document(procedure, stop.by, stop.from_on),
        )
        for stop in stops
        if stop.kind == kind
    ]


def why_paused(procedure: Procedure, stops: Iterable[Stop]) -> str:
    """What keeps a term standing still now, and by which paper, as people read it; empty where it runs."""
    open_ones = [stop for stop in stops if stop.until_on is None]
    told = [one for kind in ("suspended", "excluded") for one in _intervals(procedure, kind, open_ones)]
    return "；".join(f"{one.cause}，{one.document}" for one in told)


def _extensions(procedure: Procedure, extensions: Iterable[Extension]) -> list[clocks.Extension]:
    return [
        clocks.Extension(length(item.length), _document(procedure, item.by, item.on)) for item in extensions
    ]


def _document(procedure: Procedure, step: str, on: date) -> str:
    """How an explanation refers to the paper of a step: the case file holds it under that title and day."""
    return f"{plain_date(on)}“{procedure.steps[step].title}”"


def open_right(
    rule: WindowRule, facts: Mapping[str, Any], at: datetime, order: int, calendar: Calendar
) -> Right | None:
    """The right that a step done at ``at`` opens, with the moment it lapses; None where its dates are missing.

    They are missing only where the right does not exist (``enabling.form_refusal`` asks for them otherwise).
    """
    span = _span(rule.within, rule.from_fact, rule.until_fact, facts, at, calendar)
    if span is None:
        return None
    return Right(at, order, span.due_on, span.due_at, span.provisional, span.explanation)


def begin_wait(rule: AtLeast, facts: Mapping[str, Any], at: datetime, calendar: Calendar) -> Wait | None:
    """The time to be left free: whole days, so that the day it ends is not yet late enough."""
    span = _span(rule.wait, rule.from_fact, rule.until_fact, facts, at, calendar)
    if span is None:
        return None
    return Wait(span.since_at, span.due_at, span.provisional, span.explanation)


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of time with its end and how it was found."""

    since_at: datetime
    due_on: date
    due_at: datetime
    provisional: bool
    explanation: tuple[str, ...]


def _span(
    term: str | None,
    from_fact: str | None,
    until_fact: str | None,
    facts: Mapping[str, Any],
    at: datetime,
    calendar: Calendar,
) -> _Span | None:
    """From ``at`` or the date in ``from_fact`` for a term, or to the end of the day in ``until_fact``."""
    if until_fact:
        until = day_or_moment(facts.get(until_fact))
        if until is None:
            return None
        due_at = until if isinstance(until, datetime) else clocks.end_of_day(until)
        return _Span(at, due_at.date(), due_at, False, (f"以{plain_date(due_at.date())}为最后一日。",))
    since = day_or_moment(facts.get(from_fact)) if from_fact else at
    if since is None or term is None:
        return None
    found = _reckoned(settled(term, facts), since, calendar, facts.get("field"))
    return _Span(as_moment(since), found.due_on, found.due_at, found.provisional, found.explanation)


def reckoned_dates(procedure: Procedure, facts: Mapping[str, Any], calendar: Calendar) -> dict[str, str]:
    """The reckoned dates of a case as ISO text; those whose own dates are not known yet are left out.

    ``facts`` are the case's with the constants of its field.
    """
    return {one.name: one.on.isoformat() for one in reckonings(procedure, facts, calendar)}


@dataclass(frozen=True, slots=True)
class ReckonedDate:
    """推算日 with the way it was found, for people to check."""

    name: str
    title: str
    on: date
    basis: str
    explanation: tuple[str, ...]


def reckonings(
    procedure: Procedure, facts: Mapping[str, Any], calendar: Calendar
) -> tuple[ReckonedDate, ...]:
    """Every reckoned date that can be found, in file order."""
    if not procedure.reckoned:
        return ()
    known = procedure.derive(facts)
    found: dict[str, ReckonedDate] = {}
    for one in procedure.reckoned:
        rule = next((rule for rule in one.rules if rule.when is None or rule.when.holds(known)), None)
        since = day_or_moment(known.get(rule.from_fact)) if rule else None
        if rule is None or since is None:
            continue
        on, lines = (since.date() if isinstance(since, datetime) else since), tuple[str, ...]()
        if rule.within is not None:
            term = length(settled(rule.within, known))
            result = clocks.reckon(term, since, calendar, profile=known.get("field"))
            on, lines = result.due_on, result.explanation
        found[one.name] = ReckonedDate(one.name, one.title, on, rule.basis, lines)
        known[one.name] = on.isoformat()
    return tuple(found.values())
