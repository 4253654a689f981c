"""What the machine finds in an edition before a person confirms it: gaps, law no longer in force, data that moved on.

A finding decides nothing: what is ``blocking`` cannot be submitted, the rest is for the justice bureau to weigh.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mingjing.cases import recording_rules
from mingjing.kernel.procedure_steps import RECORDINGS
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.organs.models import Organ

from .comparing import RowChange, differences
from .drawing import drawn_rows, merged
from .kinds import Column, Kind

Rows = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Finding:
    """One thing found: in which row and field (empty: the whole list), in words, with what it rests on."""

    key: str
    field: str
    text: str
    basis: str = ""
    blocking: bool = False


def findings(kind: Kind, columns: Sequence[Column], organ: Organ, rows: Rows, on: date) -> list[Finding]:
    """Everything found, what blocks first. Cost: at most 5 queries for each different basis, 5 for drawn rows."""
    found = [
        *_gaps(columns, rows),
        *_further(columns, rows),
        *_unexamined(kind, organ, on),
        *_of_organ(organ),
        *_laws(columns, rows, on),
        *_moved(kind, organ, rows, on),
    ]
    return sorted(found, key=lambda one: not one.blocking)


def blocking(columns: Sequence[Column], rows: Rows) -> list[Finding]:
    """Only what keeps an edition from being submitted. Cost: no query."""
    found = [*_gaps(columns, rows), *_further(columns, rows)]
    return [one for one in found if one.blocking]


def _gaps(columns: Sequence[Column], rows: Rows) -> Iterator[Finding]:
    if not rows:
        yield Finding("", "", "清单没有任何一行。", "达州三项制度方案/2", blocking=True)
    for key, values in rows.items():
        for one in columns:
            if values.get(one.id) not in (None, ""):
                continue
            if one.required:
                yield Finding(key, one.label, f"没有填写“{one.label}”。", blocking=True)
            elif one.kind == "basis":
                yield Finding(key, one.label, f"没有写明“{one.label}”。", "行政处罚法/4")


def _further(columns: Sequence[Column], rows: Rows) -> Iterator[Finding]:
    """Of a recording checklist: what an organ asks for must be more than the procedure does, and have its reason."""
    label = next((one.label for one in columns if one.id == "further"), "")
    for key, values in rows.items() if label else ():
        level, asked = str(values.get("level") or "none"), str(values.get("further") or "")
        if asked and RECORDINGS.index(asked) <= RECORDINGS.index(level):
            text = f"程序已经要求{values.get('way')}，{label}只能更严。"
            yield Finding(key, label, text, recording_rules.BASIS, blocking=True)
        elif asked and not values.get("further_reason"):
            yield Finding(key, label, "没有写进一步要求的理由。", recording_rules.BASIS, blocking=True)
        elif not asked and (values.get("further_places") or values.get("further_reason")):
            text = f"写了场所或者理由，没有选择“{label}”。"
            yield Finding(key, label, text, recording_rules.BASIS, blocking=True)


def _unexamined(kind: Kind, organ: Organ, on: date) -> Iterator[Finding]:
    """Of a list of officers: whose qualification nobody entered, for the justice bureau to ask about. Cost: 2 queries."""
    if kind.drawn != "officers":
        return
    examined = organs.examinations_of_organ(organ.pk)
    for held in organs.certificates_of_organ(organ.pk, on):
        if held.kind == "enforcement" and held.officer_id not in examined:
            text = f"{held.officer.name}没有登记执法资格考试合格或者免试。"
            yield Finding(held.number, "", text, "行政处罚法/42(1)")


def _of_organ(organ: Organ) -> Iterator[Finding]:
    if not organ.credit_code:
        yield Finding("", "", f"{organ.name}没有登记统一社会信用代码。", "达州三项制度方案/2(1)")
    if not organ.basis:
        yield Finding("", "", f"{organ.name}没有登记职权依据。", "行政处罚法/17")
    if organ.confirmed_on is None:
        yield Finding("", "", f"{organ.name}的执法主体资格尚未确认。", "达州三项制度方案/2(1)")


def _laws(columns: Sequence[Column], rows: Rows, on: date) -> Iterator[Finding]:
    """Bases that name no provision in force on the day; what the store does not know is not held against anybody."""
    bases = [one for one in columns if one.kind == "basis"]
    seen: dict[str, list[str]] = {}
    for key, values in rows.items():
        for one in bases:
            text = str(values.get(one.id) or "")
            if text and text not in seen:
                standing = law.standings(text, on)
                seen[text] = [each.why for each in standing if each.state in ("not-in-force", "missing")]
            for why in seen.get(text, ()):
                yield Finding(key, one.label, why, "")


def _moved(kind: Kind, organ: Organ, rows: Rows, on: date) -> Iterator[Finding]:
    """Rows that no longer say what organs, officers, powers or procedure files say today."""
    for change in live_changes(kind, organ, rows, on):
        said = {
            "added": "登记中有、清单中没有这一行。",
            "removed": "清单中有、登记中已经没有（取消、离岗或者证件失效）。",
            "changed": "与现在的登记不一致："
            + "、".join(_label(kind, one.field) for one in change.cells)
            + "。",
        }
        yield Finding(change.key, "", said[change.state], kind.basis)


def live_changes(kind: Kind, organ: Organ, rows: Rows, on: date) -> list[RowChange]:
    """What drawing the rows anew would change; nothing for a typed register."""
    if not kind.drawn:
        return []
    drawn = {one.id for one in kind.columns if one.drawn}
    ours = {key: {name: value for name, value in row.items() if name in drawn} for key, row in rows.items()}
    return differences(ours, merged(kind, drawn_rows(kind, organ, on), {}))


def _label(kind: Kind, id: str) -> str:
    return next((one.label for one in kind.columns if one.id == id), id)
