"""What goes out to a channel, and what the channel answers: late, twice, or for what is no longer wanted.

A receipt belongs to the attempt that it answers and to no other: the late receipt of a showing does not close the
removal that was asked for meanwhile. Source: 达州三项制度方案/1(1), 4(1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.sql import insert

from ..changing import (
    is_standing,
    kind_of_removal,
    locked,
    locked_each,
    mark_standing,
    owe_removal,
    owe_withdrawal,
    require_state,
    write,
    write_each,
)
from ..matrix import matrix
from ..models import Delivery, Placement
from ..placing import day_of, remedy_of

SENT, ANSWERED = "placement.sent", "placement.answered"
# What an answer may change of a placement, as ``_take`` does.
ANSWERS_CHANGE = ("state", "shown_on", "late", "until", "removal", "removal_late")


def sent(
    *, placement_id: int, actor: Actor, at: datetime, batch: str = "", note: str = "", kind: str = ""
) -> Delivery:
    """Say that the placement, its correction or its removal went to the channel; ``batch`` names the file.

    ``kind`` is what went out (``show``, ``correct``, ``remove``) where that was settled earlier.
    Raises: Refused ``no-permission``, ``not-your-organ``, ``wrong-state``, ``own-channel``, ``overtaken`` where
    something else is wanted by now.
    """
    with transaction.atomic():
        return _send({locked(placement_id, actor): kind}, actor, at, batch, note)[0]


def sent_each(*, kinds: Mapping[int, str], actor: Actor, at: datetime, batch: str) -> list[Delivery]:
    """As ``sent``, for all placements of one upload file: what went out by the key of the placement.

    Cost: about 10 queries, however many placements.
    """
    with transaction.atomic():
        rows = locked_each(list(kinds), actor)
        return _send({row: kinds[row.pk] for row in rows}, actor, at, batch, "")


def _send(
    kinds: Mapping[Placement, str], actor: Actor, at: datetime, batch: str, note: str
) -> list[Delivery]:
    wanted = {row: _to_send(row, kind) for row, kind in kinds.items()}
    before = _attempts(wanted)
    made = [
        _delivery(row, kind, before.get(row.pk, 0) + 1, actor, at, batch, note)
        for row, kind in wanted.items()
    ]
    insert(made)
    for row, kind in wanted.items():
        if kind == "show":
            row.state = "sent"
        else:
            row.removal = "sent"
    told = {one.placement: {"delivery": one.kind, "attempt": one.attempt, "batch": batch} for one in made}
    write_each(SENT, told, changed=("state", "removal"), actor=actor, at=at, note=note)
    return made


def _to_send(row: Placement, kind: str) -> str:
    if matrix().channel(row.channel).own:
        raise Refused("own-channel", "本平台自己的渠道不需要送出。", remedy="请在案件中办理公示。")
    wanted = _what_goes_out(row)
    if kind and kind != wanted:
        raise Refused(
            "overtaken", f"{row.number}送出期间情况有变，送出的不再是应当送出的。", remedy="请重新送出。"
        )
    return wanted


def _attempts(rows: Iterable[Placement], *, to_remove: bool = False) -> dict[int, int]:
    """How often each was brought to its channel before; ``to_remove``: the last attempt to remove or correct it.

    Cost: 1 query.
    """
    found = Delivery.objects.filter(placement__in=[row.pk for row in rows])
    counted = (found.exclude(kind="show") if to_remove else found).values("placement")
    return dict(counted.annotate(most=Max("attempt")).order_by().values_list("placement", "most"))


def _what_goes_out(row: Placement) -> str:
    if row.removal == "owed":
        return kind_of_removal(row)
    require_state(row, ("approved", "refused"), "送出")
    return "show"


def _delivery(
    row: Placement, kind: str, attempt: int, actor: Actor, at: datetime, batch: str, note: str
) -> Delivery:
    return Delivery(
        placement=row,
        attempt=attempt,
        kind=kind,
        batch=batch[:80],
        at=at,
        by_id=actor.id if actor.kind == "officer" else None,
        by_name=actor.name,
        note=note[:500],
    )


def reached(
    *, placement_id: int, actor: Actor, at: datetime, batch: str, number: str = "", answered: bool = True
) -> Placement:
    """Say that a withdrawn decision got to the channel all the same, or may have (``answered`` false): it goes again.

    For what was on its way while the decision was withdrawn. Raises: as ``locked``, and ``wrong-state``.
    """
    with transaction.atomic():
        row = locked(placement_id, actor)
        require_state(row, ("withdrawn",), "登记为已到达渠道")
        attempt = _attempts([row]).get(row.pk, 0) + 1
        made = _delivery(row, "show", attempt, actor, at, batch, "")
        if answered:
            made.outcome, made.answered_at, made.number = "accepted", at, number[:80]
        insert([made])
        if row.removal in ("", "done"):
            _owe_removal(row)
        write(ANSWERED, [row], actor=actor, at=at, outcome="overtaken", attempt=made.attempt, batch=batch)
        return row


def _owe_removal(row: Placement) -> None:
    step = remedy_of(row.case)
    if step is None:
        owe_removal(row, "withdrawn", asks=True)
    else:
        owe_withdrawal(row, step)


def outdated(*, placement_id: int, actor: Actor, at: datetime) -> Placement:
    """Say that the channel took a text that was corrected while it was on its way: it is told the new one.

    Raises: as ``locked``.
    """
    with transaction.atomic():
        row = locked(placement_id, actor)
        if is_standing(row) and row.removal in ("", "done"):
            owe_removal(row, "corrected", asks=True)
            write(ANSWERED, [row], actor=actor, at=at, outcome="outdated")
        return row


def accepted(
    *,
    placement_id: int,
    actor: Actor,
    at: datetime,
    number: str = "",
    shown_on: date | None = None,
    note: str = "",
    attempt: int | None = None,
    batch: str = "",
) -> Delivery:
    """The channel took what was sent; ``shown_on`` where it says that it shows it. ``number`` is its receipt.

    ``attempt`` or ``batch`` tell which sending it answers; without them it is the latest that has no answer.
    Raises: Refused ``no-permission``, ``not-your-organ``, ``nothing-sent``.
    """
    with transaction.atomic():
        row, delivery = _waiting(placement_id, actor, attempt, batch)
        return _answered(row, delivery, actor, at, "accepted", number, note, shown_on)


def refused(
    *,
    placement_id: int,
    reason: str,
    actor: Actor,
    at: datetime,
    number: str = "",
    attempt: int | None = None,
    batch: str = "",
) -> Delivery:
    """The channel sent it back, and why; it is to be sent again. Raises: as ``accepted``, and ``no-reason``."""
    if not reason.strip():
        raise Refused("no-reason", "没有写明渠道退回的原因。", remedy="请照抄渠道给出的原因。")
    with transaction.atomic():
        row, delivery = _waiting(placement_id, actor, attempt, batch)
        return _answered(row, delivery, actor, at, "refused", number, reason.strip(), None)


def accepted_each(*, batch: str, actor: Actor, at: datetime, number: str) -> None:
    """As ``accepted``, for everything of one upload file that has no answer yet.

    Raises: Refused ``no-permission``, ``not-your-organ``. Cost: about 10 queries, and 1 for each two hundred.
    """
    with transaction.atomic():
        waiting = Delivery.objects.filter(batch=batch, outcome="waiting").order_by("placement_id", "attempt")
        rows = locked_each(list(waiting.values_list("placement_id", flat=True).distinct()), actor)
        by_key = {row.pk: row for row in rows}
        # Read again: what was answered while this one waited for the rows has its answer.
        answers = {by_key[one.placement_id]: one for one in waiting.filter(placement__in=by_key)}
        if not answers:
            return
        removals = _attempts(answers, to_remove=True)
        for row, delivery in answers.items():
            _take(row, delivery, True, None, at, removals.get(row.pk, 0))
        taken = Delivery.objects.filter(pk__in=[one.pk for one in answers.values()])
        taken.update(outcome="accepted", answered_at=at, number=number[:80])
        told = {row: {"outcome": "accepted", "attempt": one.attempt} for row, one in answers.items()}
        write_each(ANSWERED, told, changed=ANSWERS_CHANGE, actor=actor, at=at)


def _waiting(placement_id: int, actor: Actor, attempt: int | None, batch: str) -> tuple[Placement, Delivery]:
    row = locked(placement_id, actor)
    rows = row.deliveries.filter(outcome="waiting")
    if attempt is not None:
        rows = rows.filter(attempt=attempt)
    if batch:
        rows = rows.filter(batch=batch)
    delivery = rows.order_by("-attempt").first()
    if delivery is None:
        raise Refused(
            "nothing-sent",
            f"{row.number}没有送出以后等待回执的数据。",
            remedy="请先登记送出；回执可能已经登记过，请刷新页面核对文号和渠道。",
        )
    return row, delivery


def _answered(
    row: Placement,
    delivery: Delivery,
    actor: Actor,
    at: datetime,
    outcome: str,
    number: str,
    note: str,
    shown_on: date | None,
) -> Delivery:
    delivery.outcome, delivery.answered_at = outcome, at
    delivery.number, delivery.note = number[:80], (note or delivery.note)[:500]
    delivery.save()
    removals = {} if delivery.kind == "show" else _attempts([row], to_remove=True)
    _take(row, delivery, outcome == "accepted", shown_on, at, removals.get(row.pk, 0))
    write(ANSWERED, [row], actor=actor, at=at, note=note, outcome=outcome, attempt=delivery.attempt)
    return delivery


def _take(
    row: Placement, delivery: Delivery, taken: bool, shown_on: date | None, at: datetime, last_removal: int
) -> None:
    """What an answer makes of the placement; ``last_removal`` is the last attempt to remove or correct it."""
    if delivery.kind == "show":
        _take_showing(row, taken, shown_on, at)
    elif delivery.attempt == last_removal:
        _take_removal(row, delivery.kind, taken, at)


def _take_showing(row: Placement, taken: bool, shown_on: date | None, at: datetime) -> None:
    """The answer to a showing; one that comes after the withdrawal says only whether there is anything to remove."""
    if row.state == "sent":
        if taken:
            mark_standing(row, "shown" if shown_on else "accepted", shown_on or day_of(at), at)
        else:
            row.state = "refused"
    elif not taken and row.removal == "owed" and not _was_taken(row):
        row.removal = "done"


def _was_taken(row: Placement) -> bool:
    """Whether the channel took it once, or may yet say so."""
    return row.deliveries.filter(kind="show", outcome__in=("accepted", "waiting")).exists()


def _take_removal(row: Placement, kind: str, taken: bool, at: datetime) -> None:
    """The answer to the last removal or correction that went out counts if it is the one still asked for."""
    if row.removal != "sent" or kind != kind_of_removal(row):
        return
    row.removal = "done" if taken else "owed"
    if taken and row.removal_due_at is not None:
        row.removal_late = at > row.removal_due_at


def shown(*, placement_id: int, actor: Actor, at: datetime, on: date | None = None) -> Placement:
    """Say that the channel shows it, since ``on``: found by looking, or told by it.

    Raises: Refused ``no-permission``, ``not-your-organ``, ``wrong-state``.
    """
    with transaction.atomic():
        row = locked(placement_id, actor)
        require_state(row, ("sent", "accepted"), "登记为公示中")
        row.deliveries.filter(outcome="waiting", kind="show").update(outcome="accepted", answered_at=at)
        if on is not None and row.state == "accepted":
            row.shown_on = None
        mark_standing(row, "shown", on or day_of(at), at)
        write(ANSWERED, [row], actor=actor, at=at, outcome="shown")
        return row
