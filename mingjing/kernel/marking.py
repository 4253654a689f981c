"""The state of one case in one procedure: what happened, what is part of it, what is owed, which terms run.

A ``Marking`` is a value: nothing changes it, ``engine.advance`` gives the next one. ``dump`` and ``load``
turn it into JSON and back without loss. All times are aware and kept in Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, TypeVar

from mingjing.kernel.clocks import SHANGHAI

FORMAT = 1
MERGED = "merged"  # 并入他案: an end that no procedure file names; nothing is done in the case from then on

Value = TypeVar("Value")


def frozen(mapping: Mapping[str, Value]) -> Mapping[str, Value]:
    """A read-only copy."""
    return MappingProxyType(dict(mapping))


@dataclass(frozen=True, slots=True)
class Executed:
    """When a step happened first and last, how often, and at which place in the order of events last."""

    first_at: datetime
    last_at: datetime
    count: int
    order: int


@dataclass(frozen=True, slots=True)
class Duty:
    """法定职责: ``step`` is owed because ``by`` was done.

    ``due_on``/``due_at`` are None for a duty without a date. ``since`` is the day or moment the term starts
    from. While ``paused`` the term stands still and the due date is the one before the pause.
    """

    step: str
    title: str
    by: str
    clock: str
    basis: str
    opened_at: datetime
    within: str | None = None
    since: date | datetime | None = None
    due_on: date | None = None
    due_at: datetime | None = None
    provisional: bool = False
    paused: bool = False
    explanation: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What stays the same while its due date moves: owed step, opening step, clock."""
        return f"{self.step}/{self.by}/{self.clock}"


@dataclass(frozen=True, slots=True)
class Stop:
    """Time that does not count for the duties on a step: ``suspended`` (中止) or ``excluded`` (不计入).

    It runs from the day of the step ``by`` to the day ``until_on`` of the step that ended it. Where no step of the
    procedure began it ``by`` is empty, and ``cause`` and ``document`` say what did; see ``kernel.holding``, which
    also notes here that a duty was ended (``exempt``).
    """

    kind: str
    by: str
    from_on: date
    until_on: date | None = None
    cause: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """延期: the step ``by`` prolonged the term by ``length``."""

    by: str
    length: str
    on: date
    basis: str


@dataclass(frozen=True, slots=True)
class Right:
    """A right that was opened and lapses after ``due_at``; ``order`` is the place of its opening."""

    opened_at: datetime
    order: int
    due_on: date
    due_at: datetime
    provisional: bool
    explanation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """A time to be left free: nothing that waits may be dated before or at ``free_until``."""

    since_at: datetime
    free_until: datetime
    provisional: bool
    explanation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marking:
    """The state of a case. ``pending`` holds every duty, also on steps that are not part of the case now."""

    included: frozenset[str]
    executed: Mapping[str, Executed] = field(default_factory=lambda: frozen({}))
    pending: Mapping[str, tuple[Duty, ...]] = field(default_factory=lambda: frozen({}))
    stops: Mapping[str, tuple[Stop, ...]] = field(default_factory=lambda: frozen({}))
    extensions: Mapping[str, tuple[Extension, ...]] = field(default_factory=lambda: frozen({}))
    rights: Mapping[str, Right] = field(default_factory=lambda: frozen({}))
    waits: Mapping[str, Wait] = field(default_factory=lambda: frozen({}))
    outcome: str | None = None
    events: int = 0
    at: datetime | None = None

    def has_happened(self, step: str) -> bool:
        """Whether the step was taken at least once."""
        return step in self.executed

    def owes(self, step: str) -> bool:
        """Whether the step is owed: pending, and part of the case."""
        return step in self.pending and step in self.included

    def is_paused(self, step: str) -> bool:
        """Whether the terms of the duties on the step are suspended now."""
        return any(stop.kind == "suspended" and stop.until_on is None for stop in self.stops.get(step, ()))


# --- JSON ---


def dump(marking: Marking) -> dict[str, Any]:
    """The marking as JSON-ready data; keys in a fixed order, so that equal markings give equal text."""
    return {
        "format": FORMAT,
        "included": sorted(marking.included),
        "executed": _dump_each(marking.executed, _dump_record),
        "pending": _dump_each(marking.pending, _dump_list),
        "stops": _dump_each(marking.stops, _dump_list),
        "extensions": _dump_each(marking.extensions, _dump_list),
        "rights": _dump_each(marking.rights, _dump_record),
        "waits": _dump_each(marking.waits, _dump_record),
        "outcome": marking.outcome,
        "events": marking.events,
        "at": _dump_value(marking.at),
    }


def load(data: Mapping[str, Any]) -> Marking:
    """The marking that ``dump`` wrote. Anything else is the caller's bug: KeyError or ValueError."""
    if data["format"] != FORMAT:
        raise ValueError(f"unknown marking format {data['format']!r}")
    return Marking(
        included=frozenset(data["included"]),
        executed=_load_each(data["executed"], lambda item: _load_record(Executed, item)),
        pending=_load_each(data["pending"], lambda items: _load_list(Duty, items)),
        stops=_load_each(data["stops"], lambda items: _load_list(Stop, items)),
        extensions=_load_each(data["extensions"], lambda items: _load_list(Extension, items)),
        rights=_load_each(data["rights"], lambda item: _load_record(Right, item)),
        waits=_load_each(data["waits"], lambda item: _load_record(Wait, item)),
        outcome=data["outcome"],
        events=data["events"],
        at=None if data["at"] is None else _moment(data["at"]),
    )


def _dump_each(mapping: Mapping[str, Value], write: Callable[[Value], Any]) -> dict[str, Any]:
    return {key: write(mapping[key]) for key in sorted(mapping)}


def _dump_list(records: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [_dump_record(record) for record in records]


def _dump_record(record: Any) -> dict[str, Any]:
    return {name: _dump_value(getattr(record, name)) for name in record.__slots__}


def _dump_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(SHANGHAI)


def _day_or_moment(text: str) -> date | datetime:
    return date.fromisoformat(text) if len(text) == 10 else _moment(text)


# How each field of a record is read back; fields not named here are plain JSON values.
_READERS: dict[str, Callable[[Any], Any]] = {
    "first_at": _moment,
    "last_at": _moment,
    "opened_at": _moment,
    "since_at": _moment,
    "free_until": _moment,
    "due_at": _moment,
    "due_on": date.fromisoformat,
    "from_on": date.fromisoformat,
    "until_on": date.fromisoformat,
    "on": date.fromisoformat,
    "since": _day_or_moment,
    "explanation": tuple,
}


def _load_record(kind: type[Value], item: Mapping[str, Any]) -> Value:
    return kind(
        **{
            name: value if value is None or name not in _READERS else _READERS[name](value)
            for name, value in item.items()
        }
    )


def _load_list(kind: type[Value], items: list[Mapping[str, Any]]) -> tuple[Value, ...]:
    return tuple(_load_record(kind, item) for item in items)


def _load_each(mapping: Mapping[str, Any], read: Callable[[Any], Value]) -> Mapping[str, Value]:
    return frozen({key: read(item) for key, item in mapping.items()})
