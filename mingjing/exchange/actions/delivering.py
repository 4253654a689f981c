"""Telling other platforms of decisions by their interfaces, with tries that survive a crash.

Nothing is told twice: each ``Sending`` has a key that goes with every try, and a channel takes a key once. What the
channel answered becomes the delivery of the placement (``publicity``). Source: 达州三项制度方案/1(1), 4(1).
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from mingjing.kernel.refused import Refused
from mingjing.organs import authority
from mingjing.organs.authority import SYSTEM, Actor
from mingjing.publicity import actions as publicity
from mingjing.publicity import rendition
from mingjing.publicity.models import Placement
from mingjing.record import actions as record

from .. import messages, queries
from ..channels import Answer, Down, Interface, interfaces, post
from ..models import Sending

LEASE = timedelta(minutes=10)
"""After so long a try that told nothing is taken for dead; longer than the longest timeout of an interface."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
MOST_IN_A_ROUND = 500
MOST_FAILURES = 3
"""So many tries in a row that do not come through end a round for a channel: it is down."""
QUEUED, DROPPED = "sending.queued", "sending.dropped"
MANAGE = "publication.manage"


@dataclass(frozen=True)
class Sent:
    """What a round of telling came to."""

    accepted: int = 0
    refused: int = 0
    received: int = 0
    down: int = 0
    dropped: int = 0


@dataclass(frozen=True)
class Telling:
    """What a channel is told of one placement."""

    placement: Placement
    kind: str
    told: messages.Told


# --- what is to be told by interface ---


def queue_due(*, at: datetime, actor: Actor = SYSTEM) -> int:
    """Make a sending for every placement that waits for a channel with an interface; how many were made.

    What a channel refused waits for a person (``send_again``). Idempotent. Cost: 1 query where nothing is due.
    """
    channels = interfaces()
    if not channels:
        return 0
    rows = queries.to_tell(Placement.objects.filter(channel__in=channels)).exclude(queries.under_way())
    made = 0
    for placement in with_all(rows).order_by("pk")[:MOST_IN_A_ROUND]:
        with suppress(Refused):  # cannot be told yet: it stays among what is not sent
            made += _queue(placement, at, actor) is not None
    return made


def with_all(rows: QuerySet[Placement]) -> QuerySet[Placement]:
    """With everything that telling a channel of them reads, so that it asks the database no more. Cost: 3 queries."""
    rows = rows.select_related("organ", "publication", "paper__step", "case__party")
    return rows.prefetch_related(*rendition.PEOPLE_OF_CASE)


def kind_of(placement: Placement) -> str:
    """What is to be told of a placement now; empty where there is nothing."""
    if placement.removal == "owed":
        return messages.CORRECT if placement.removal_kind == "corrected" else messages.REMOVE
    return messages.SHOW if placement.state in ("approved", "refused") else ""


def _queue(placement: Placement, at: datetime, actor: Actor) -> Sending | None:
    """A sending with its message; None where another is already on its way."""
    kind = kind_of(placement)
    body = messages.message(placement, kind, timezone.localdate(at))
    made = Sending(
        placement=placement,
        kind=kind,
        key=uuid.uuid4().hex,
        body=body,
        sha256=messages.digest_of(body),
        made_at=at,
        next_at=at,
    )
    try:
        with transaction.atomic():
            made.save()
            _append(QUEUED, placement, actor, at, delivery=kind, key=made.key, sha256=made.sha256)
    except IntegrityError:  # another worker was faster
        return None
    return made


def send_again(*, placement_id: int, actor: Actor, at: datetime) -> Sending:
    """Tell a channel again what it refused, now that it was put right: by interface at the next round, else in the
    next upload file.

    Raises: Refused ``no-permission``, ``not-your-organ``, ``no-such-placement``, ``wrong-state``, ``on-its-way``.
    """
    with transaction.atomic():
        placement = _of_actor(placement_id, actor)
        if placement.state != "refused" and placement.removal != "owed":
            raise Refused(
                "wrong-state", f"{placement.number}没有被渠道退回，不需要再报。", remedy="请刷新页面核对。"
            )
        made = _queue(placement, at, actor)
        if made is None:
            raise Refused("on-its-way", f"{placement.number}已经在报送中。", remedy="请等候渠道应答。")
        return made


def _of_actor(placement_id: int, actor: Actor) -> Placement:
    authority.require(actor, MANAGE)
    found = with_all(Placement.objects.filter(pk=placement_id)).first()
    if found is None:
        raise Refused("no-such-placement", "没有这条发布项。", remedy="请刷新页面核对。")
    require_own(found.organ_id, actor)
    return found


def require_own(organ_id: int, actor: Actor) -> None:
    if actor.organ_id != organ_id:
        raise Refused(
            "not-your-organ",
            "决定由作出的机关报送，您不是该机关的公示人员。",
            basis="达州三项制度方案/1(1)",
            remedy="请由作出决定的机关办理。",
        )


# --- telling by interface ---


def send_due(*, at: datetime, actor: Actor = SYSTEM, most: int = MOST_IN_A_ROUND) -> Sent:
    """Try every sending that is due, once; what does not come through is tried again later, ever more rarely.

    The claim is committed before the channel is called and the answer after: a crash in between leaves a claim
    that grows old, and the next round tells the channel again with the same key. A channel that fails several
    times in a row is left in peace until the next round.
    """
    known, failed = interfaces(), Counter[str]()
    counts = dict.fromkeys(("accepted", "refused", "received", "down", "dropped"), 0)
    tried: set[int] = set()
    while len(tried) < most and (sending := _claim(at, known, tried)) is not None:
        tried.add(sending.pk)
        channel = sending.placement.channel
        outcome = _try(sending, known[channel], actor, at)
        counts[outcome] += 1
        failed[channel] = failed[channel] + 1 if outcome == "down" else 0
        if failed[channel] >= MOST_FAILURES:
            del known[channel]
    return Sent(**counts)


def _try(sending: Sending, interface: Interface, actor: Actor, at: datetime) -> str:
    """Tell the channel once, if it is still to be told; what came of it."""
    if not _still_wanted(sending, actor, at):
        return "dropped"
    try:
        answer = post(interface, sending.body, sending.key)
    except Down as down:
        _put_off(sending, str(down), at)
        return "down"
    return _note(sending, answer, actor, at)


@transaction.atomic
def _still_wanted(sending: Sending, actor: Actor, at: datetime) -> bool:
    """Whether the channel is still to be told this; a message that nobody can have seen is brought up to date.

    What was told once keeps its words, because its key stands for them. What is wanted no longer is dropped; if a
    channel may have taken it without our knowing, it is to be taken out there.
    """
    placement = with_all(Placement.objects.filter(pk=sending.placement_id)).get()
    first = sending.tries == 1
    if kind_of(placement) != sending.kind:
        _drop(sending, Answer("received"), actor, at, told=not first)
        return False
    if first:
        try:
            sending.body = messages.message(placement, sending.kind, timezone.localdate(at))
        except Refused:  # it may not leave as it stands now: it waits among what is not sent
            _drop(sending, Answer("received"), actor, at, told=False)
            return False
        sending.sha256 = messages.digest_of(sending.body)
        sending.save(update_fields=["body", "sha256"])
    return True


def _claim(at: datetime, known: Collection[str], tried: Collection[int]) -> Sending | None:
    """The next due sending, marked as being told: by one sender only, also where several run."""
    due = Q(state="waiting", next_at__lte=at) | Q(state="sending", claimed_at__lte=at - LEASE)
    rows = Sending.objects.filter(due, placement__channel__in=known).exclude(pk__in=tried)
    for found in rows.select_related("placement").order_by("next_at", "pk")[:20]:
        same = Sending.objects.filter(due, pk=found.pk, tries=found.tries)
        if same.update(state="sending", claimed_at=at, tries=F("tries") + 1):
            found.state, found.claimed_at, found.tries = "sending", at, found.tries + 1
            return found
    return None


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries: a minute, doubled each time, at most six hours."""
    doublings: int = 2 ** min(tries - 1, 20)
    return min(FIRST_WAIT * doublings, LONGEST_WAIT)


def _put_off(sending: Sending, why: str, at: datetime) -> None:
    Sending.objects.filter(pk=sending.pk, tries=sending.tries).update(
        state="waiting", claimed_at=None, last_error=why[:300], next_at=at + wait_after(sending.tries)
    )


@transaction.atomic
def _note(sending: Sending, answer: Answer, actor: Actor, at: datetime) -> str:
    """The channel's answer becomes the delivery of the placement; what is no longer wanted there is taken back."""
    mine = Sending.objects.select_for_update().filter(pk=sending.pk, tries=sending.tries, state="sending")
    if not mine.exists():  # claimed anew by another sender, who will be given the same answer
        return "dropped"
    try:
        with transaction.atomic():
            _tell_placement(sending, answer, actor, at)
    except Refused as refused:
        sending.last_error = refused.reason[:300]
        _drop(sending, answer, actor, at, told=answer.state != "refused")
        return "dropped"
    _done(sending, answer.state, at)
    return answer.state


def _done(sending: Sending, outcome: str, at: datetime) -> None:
    Sending.objects.filter(pk=sending.pk).update(
        state="done", outcome=outcome, done_at=at, claimed_at=None, last_error=sending.last_error
    )


def _tell_placement(sending: Sending, answer: Answer, actor: Actor, at: datetime) -> None:
    common: dict[str, Any] = {"placement_id": sending.placement_id, "actor": actor, "at": at}
    stale = sending.kind != messages.REMOVE and _outdated(sending, at)
    publicity.sent(**common, batch=sending.key, kind=sending.kind)
    if answer.state == "accepted":
        publicity.accepted(
            **common,
            batch=sending.key,
            number=answer.receipt,
            shown_on=answer.shown_on,
            note=answer.reason,
        )
    elif answer.state == "refused":
        publicity.refused(**common, batch=sending.key, reason=answer.reason, number=answer.receipt)
    if stale and answer.state != "refused":
        publicity.outdated(**common)


def _outdated(sending: Sending, at: datetime) -> bool:
    """Whether the channel was told words that were corrected while it was being told."""
    placement = with_all(Placement.objects.filter(pk=sending.placement_id)).get()
    if kind_of(placement) != sending.kind:
        return False
    try:
        told = messages.message(placement, sending.kind, timezone.localdate(at))
    except Refused:  # what was told may not be told any more
        return True
    return messages.digest_of(told) != sending.sha256


def _drop(sending: Sending, answer: Answer, actor: Actor, at: datetime, *, told: bool) -> None:
    """The decision was withdrawn meanwhile: what the channel took, or may have taken, is to go out again."""
    _done(sending, "dropped", at)
    placement = Placement.objects.get(pk=sending.placement_id)
    _append(DROPPED, placement, actor, at, delivery=sending.kind, key=sending.key, answer=answer.state)
    if told and sending.kind == messages.SHOW and placement.state == "withdrawn":
        publicity.reached(
            placement_id=placement.pk,
            actor=actor,
            at=at,
            batch=sending.key,
            number=answer.receipt,
            answered=answer.state == "accepted",
        )
        _queue(with_all(Placement.objects.filter(pk=placement.pk)).get(), at, actor)


def _append(kind: str, placement: Placement, actor: Actor, at: datetime, **plain: str) -> None:
    record.append(
        kind=kind,
        subject=placement.subject_of_record,
        at=at,
        actor=actor,
        plain={"number": placement.number, "channel": placement.channel, **plain},
    )
