"""Why a published register is to be revised: law that ended or changed, and live data that moved on under its rows.

Derived from the edition and today's data; ``actions.revising`` keeps each cause once as a duty with its day.
Source: 达州三项制度方案/1(2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from mingjing.kernel.refused import Refused
from mingjing.law import basis as notation
from mingjing.law import queries as law
from mingjing.organs.models import Organ

from .comparing import RowChange
from .findings import live_changes
from .kinds import Column, Kind

Rows = Mapping[str, Mapping[str, Any]]
BASIS = "达州三项制度方案/1(2)"
# What a drawn register rests on, and what its rows are called in sentences.
_RESTS_ON = {
    "subjects": ("organ", "执法主体"),
    "officers": ("officer", "执法人员"),
    "powers": ("power", "权责事项"),
    "recording": ("procedure", "程序文件"),
    "guides": ("procedure", "程序文件"),
    "flowcharts": ("procedure", "程序文件"),
    "benchmarks": ("benchmark", "裁量基准"),
}


@dataclass(frozen=True)
class Cause:
    """One reason to revise. ``things`` name each change once and for all, ``keys`` the rows that rest on it."""

    kind: str
    text: str
    basis: str
    things: tuple[str, ...]
    keys: tuple[str, ...]
    since: date


@dataclass(frozen=True)
class Looked:
    """What is looked at: the rows of an edition, and the day on which its organ last stood for them."""

    kind: Kind
    columns: Sequence[Column]
    organ: Organ
    rows: Rows
    seen_on: date


def causes(looked: Looked, on: date) -> list[Cause]:
    """Everything that calls for a revision that day. Cost: at most 4 queries for each statute cited."""
    return [*_of_law(looked, on), *_of_live_data(looked, on)]


# --- law ---


def _of_law(looked: Looked, on: date) -> Iterator[Cause]:
    for name, keys in sorted(cited(looked.columns, looked.rows).items()):
        instrument = law.statute(name)
        if instrument is None:
            continue
        now = law.version_on(instrument, on)
        if now is None:
            yield from _repealed(instrument, keys, on)
            continue
        then = law.version_on(instrument, looked.seen_on)
        if then is not None and then.pk != now.pk and now.in_force_from is not None:
            said = f"《{instrument.title}》自 {now.in_force_from} 起施行新的文本（{now.label}），清单中有 {len(keys)} 行引用。"
            thing = f"amended:{instrument.slug}:{now.in_force_from}"
            yield Cause("amended", said, instrument.short_title, (thing,), tuple(keys), now.in_force_from)


def _repealed(instrument: Any, keys: Sequence[str], on: date) -> Iterator[Cause]:
    ended = [
        (one.in_force_until, one.repealed_by)
        for one in law.versions(instrument)
        if one.in_force_until is not None and one.in_force_until <= on
    ]
    if not ended:
        return
    day, repealed_by = max(ended)
    by = f"由《{repealed_by}》" if repealed_by else ""
    said = f"《{instrument.title}》自 {day} 起{by}废止，不能再作为依据；清单中有 {len(keys)} 行引用。"
    thing = f"repealed:{instrument.slug}:{day}"
    yield Cause("repealed", said, instrument.short_title, (thing,), tuple(keys), day)


def cited(columns: Sequence[Column], rows: Rows) -> dict[str, list[str]]:
    """The statutes that the rows name as their basis, each with the keys of those rows."""
    bases = [one.id for one in columns if one.kind == "basis"]
    found: dict[str, list[str]] = {}
    for key, values in rows.items():
        names = {name for field in bases for name in _statutes(str(values.get(field) or ""))}
        for name in names:
            found.setdefault(name, []).append(key)
    return found


def _statutes(text: str) -> set[str]:
    try:
        return {one.statute for one in notation.parse(text)}
    except Refused:
        return set()


# --- live data ---


def _of_live_data(looked: Looked, on: date) -> Iterator[Cause]:
    changes = live_changes(looked.kind, looked.organ, looked.rows, on)
    if not changes:
        return
    kind, what = _RESTS_ON[looked.kind.drawn]
    things = tuple(f"{kind}:{one.state}:{one.key}:{_mark(one)}" for one in changes)
    since = min((_since(looked, one, on) for one in changes), default=on)
    yield Cause(
        kind, _said(what, changes), looked.kind.basis, things, tuple(one.key for one in changes), since
    )


def _said(what: str, changes: Sequence[RowChange]) -> str:
    words = {"removed": "已经取消、失效", "changed": "已经变更", "added": "新增"}
    counted = ((state, sum(one.state == state for one in changes)) for state in words)
    told = "、".join(f"{words[state]} {number} 行" for state, number in counted if number)
    return f"{what}与公布的清单不一致：{told}。"


def _mark(change: RowChange) -> str:
    """A short digest of what the row became, so that a further change of the same row is another thing."""
    after = "\n".join(f"{one.field}={one.after}" for one in change.cells)
    return hashlib.sha256(after.encode()).hexdigest()[:12]


def _since(looked: Looked, change: RowChange, on: date) -> date:
    """Since when: a certificate that ran out, since the day after its last; anything else, since it was noticed."""
    until = str(looked.rows.get(change.key, {}).get("valid_until") or "")
    if change.state == "removed" and until and until < on.isoformat():
        return date.fromisoformat(until) + timedelta(days=1)
    return on
