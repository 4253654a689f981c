"""Changing placements: the row, the line of its history and the entry of the record, in one go."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mingjing.cases.models import CaseOfficer, Step
from mingjing.kernel.clocks import end_of_day, reckon
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs import authority
from mingjing.organs.authority import Actor
from mingjing.record import actions as record
from mingjing.sql import insert

from .models import Placement, PlacementChange
from .placing import day_of, last_day, terms_of_withdrawal
from .placing_models import REMOVING, STANDING, STATES, WAITING

SETTLED = "placement.settled"
"""The kind of the entries that the record keeps of a decision's channels."""
MANAGE, READ = "publication.manage", "publication.read"
WITHHELD_TERM, WITHHELD_BASIS = "1d", "政府信息公开条例/14-15; 达州三项制度方案/4(1)"
NO_NUMBER = "（无文号）"


def locked(placement_id: int, actor: Actor) -> Placement:
    """The placement, locked, if the actor may manage it: a publisher of its organ, or the platform itself.

    Raises: Refused ``no-permission``, ``no-such-placement``, ``not-your-organ``.
    """
    return locked_each([placement_id], actor)[0]


def locked_each(placement_ids: Sequence[int], actor: Actor) -> list[Placement]:
    """As ``locked``, for several in the order asked. Cost: 1 query."""
    if actor.kind != "system":
        authority.require(actor, MANAGE)
    found = Placement.objects.select_for_update(of=("self",)).order_by("pk").in_bulk(placement_ids)
    if len(found) < len(set(placement_ids)):
        raise Refused("no-such-placement", "没有这条发布项。", remedy="请刷新页面核对。")
    if actor.kind != "system" and any(row.organ_id != actor.organ_id for row in found.values()):
        # Whose it is and what number it bears is not for another organ to read.
        raise Refused(
            "not-your-organ",
            "决定由作出的机关公示，您不是该机关的公示人员。",
            basis="达州三项制度方案/1(1)",
            remedy="请由作出决定的机关办理。",
        )
    return [found[key] for key in placement_ids]


def require_apart(case_id: uuid.UUID, actor: Actor, permission: str, what: str) -> None:
    """Raise ``Refused("same-person")`` where the actor, or whom he stands in for, handles the case or once did.

    Cost: 1 query. Source: 达州三项制度方案/4(1) (承办人不得办理公示).
    """
    hands = [one for one in authority.persons(actor, permission) if one is not None]
    rows = CaseOfficer.objects.filter(case_id=case_id, role="handler", officer_id__in=hands)
    if actor.kind != "system" and rows.exists():
        raise Refused(
            "same-person",
            f"{actor.name}或者所代理的人是本案承办人或者曾经承办本案，不得{what}。",
            basis="达州三项制度方案/4(1)",
            remedy="请由未承办本案的人员办理。",
        )


def require_state(row: Placement, allowed: Sequence[str], what: str) -> None:
    """Raise ``Refused("wrong-state")`` unless the placement is in one of these states."""
    if row.state not in allowed:
        wanted = "、".join(STATES[one] for one in allowed)
        raise Refused(
            "wrong-state",
            f"{row.number or NO_NUMBER}在该渠道的状态是“{STATES[row.state]}”，不能{what}。",
            remedy=f"状态是“{wanted}”时才能办理；请刷新页面核对。",
        )


def write(
    kind: str,
    rows: Sequence[Placement],
    *,
    actor: Actor,
    at: datetime,
    note: str = "",
    **more: Any,
) -> None:
    """Save placements of one decision that were changed, with their history and one entry of the record.

    ``note`` may tell of people and is personal on the record; ``more`` goes on it in plain.
    """
    first = rows[0]
    entry = record.append(
        kind=kind,
        subject=first.subject_of_record,
        at=at,
        actor=actor,
        plain={"number": first.number, "channels": {row.channel: _told(row) for row in rows}, **more},
        personal={"note": note} if note else None,
    )
    for row in rows:
        row.moved_at = at
        row.save()
    insert([_change(row, entry.pk, actor, at, note) for row in rows])


def write_each(
    kind: str,
    rows: Mapping[Placement, Mapping[str, Any]],
    *,
    changed: Sequence[str],
    actor: Actor,
    at: datetime,
    note: str = "",
) -> None:
    """As ``write``, for placements of many decisions of which only the fields ``changed`` are new; each with what
    goes on its entry of the record in plain.

    Cost: 5 queries, 1 more with a note, and 1 for each two hundred placements.
    """
    entries = record.append_each(
        [
            record.Happening(
                row.subject_of_record,
                {"number": row.number, "channels": {row.channel: _told(row)}, **more},
                {"note": note} if note else {},
            )
            for row, more in rows.items()
        ],
        kind=kind,
        at=at,
        actor=actor,
    )
    for row in rows:
        row.moved_at = at
    Placement.objects.bulk_update(rows, [*changed, "moved_at"], batch_size=200)
    insert([_change(row, entries[row.subject_of_record].pk, actor, at, note) for row in rows])


def _change(row: Placement, entry_id: uuid.UUID, actor: Actor, at: datetime, note: str) -> PlacementChange:
    return PlacementChange(
        placement=row,
        state=row.state,
        at=at,
        by_id=actor.id if actor.kind == "officer" else None,
        by_name=actor.name,
        note=note[:1000],
        entry_id=entry_id,
    )


def _told(row: Placement) -> dict[str, str]:
    """What strangers may check of a placement: its state, the rule, and its dates."""
    told = {
        "state": row.state,
        "rule": row.rule,
        "ground": row.ground,
        "due": day_of(row.due_at).isoformat() if row.due_at else "",
        "until": row.until.isoformat() if row.until else "",
        "removal": f"{row.removal_kind}/{row.removal}" if row.removal else "",
    }
    return {key: value for key, value in told.items() if value}


def mark_standing(row: Placement, state: str, on: Any, at: datetime) -> None:
    """The channel has it: the duty is done, late or not, and the display runs."""
    first = row.shown_on is None
    row.state = state
    if first:
        row.shown_on = on
        row.late = row.late or (row.due_at is not None and end_of_day(on) > row.due_at)
    if row.display and row.display_from == "showing":
        row.until = last_day(row.display, row.shown_on or on)
    row.moved_at = at


def keep_lateness(row: Placement, at: datetime) -> None:
    """What ran out unshown stays late, whatever becomes of it now: held back, judged anew, fallen, superseded."""
    row.late = row.late or (row.state in WAITING and row.due_at is not None and at > row.due_at)


def mark_ended(row: Placement, *, asks: bool) -> None:
    """The display is over; a channel that does not end by itself must be told.

    A withdrawal that is still to be done stays one: its term runs on, and readers are told why it is gone.
    """
    row.state = "ended"
    if not (asks and row.removal_kind == "withdrawn" and row.removal in REMOVING):
        owe_removal(row, "ended", asks=asks)


def owe_removal(row: Placement, kind: str, *, asks: bool) -> None:
    """The channel must take it out, or change it; nothing to do where it acts by itself."""
    row.removal_kind = kind
    row.removal = "owed" if asks else "done"


def owe_withdrawal(row: Placement, step: Step) -> None:
    """The decision fell: the channel must take it out by the earliest of the terms that the remedy sets off."""
    owe_removal(row, "withdrawn", asks=True)
    terms = terms_of_withdrawal(row.act, row.channel, step.facts)
    if terms:
        rule, ends = terms[0]
        row.removal_due_at, row.removal_clock = ends.due_at, rule.clock
        row.removal_basis = "; ".join(one.basis for one, _ in terms)[:200]
        row.removal_explanation = list(ends.explanation)


def owe_at_once(row: Placement, at: datetime) -> None:
    """By when a channel must take out what should never have been shown: a day, as after a remedy.

    Source: 政府信息公开条例/14-15 forbid showing it and set no term; the day is that of 达州三项制度方案/4(1).
    """
    ends = reckon(WITHHELD_TERM, day_of(at), law.calendar())
    row.removal_due_at, row.removal_clock = ends.due_at, ""
    row.removal_basis, row.removal_explanation = WITHHELD_BASIS, list(ends.explanation)


def kind_of_removal(row: Placement) -> str:
    """What a channel is told so that it takes the decision out or changes it: ``correct`` or ``remove``."""
    return "correct" if row.removal_kind == "corrected" else "remove"


def is_standing(row: Placement) -> bool:
    """Whether the channel has it, or may have it soon."""
    return row.state in (*STANDING, "sent")
