"""Telling other platforms of decisions: by interface with tries that survive a crash, or by upload files.

Nothing is told twice: each ``Sending`` has a key that goes with every try, and a channel takes a key once. What the
channel answered becomes the delivery of the placement (``publicity``). Source: 达州三项制度方案/1(1), 4(1).
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from mingjing.kernel.refused import Refused
from mingjing.organs import authority
from mingjing.organs import queries as organs
from mingjing.organs.authority import SYSTEM, Actor
from mingjing.organs.models import Organ
from mingjing.publicity import actions as publicity
from mingjing.publicity import queries as publications
from mingjing.publicity.models import Placement
from mingjing.record import actions as record

from .. import messages, queries
from ..channels import Answer, Down, interfaces, post, upload
from ..models import Package, Sending

LEASE = timedelta(minutes=10)
"""After so long a try that told nothing is taken for dead; longer than the longest timeout of an interface."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
MOST_IN_A_ROUND = 500
PACKAGED, PACKAGE_ANSWERED = "package.made", "package.answered"
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
    body: dict[str, Any]


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
    for placement in _with_all(rows).order_by("pk")[:MOST_IN_A_ROUND]:
        with suppress(Refused):  # cannot be told yet: it stays among what is not sent
            made += _queue(placement, at, actor) is not None
    return made


def _with_all(rows: QuerySet[Placement]) -> QuerySet[Placement]:
    return rows.select_related("organ", "publication", "paper__step", "case__party")


def kind_of(placement: Placement) -> str:
    """What is to be told of a placement now; empty where there is nothing."""
    if placement.removal == "owed":
        return messages.CORRECT if placement.removal_kind == "corrected" else messages.REMOVE
    return messages.SHOW if placement.state in ("approved", "refused") else ""


def _queue(placement: Placement, at: datetime, actor: Actor, kind: str = "") -> Sending | None:
    """A sending with its frozen message; None where another is already on its way."""
    kind = kind or kind_of(placement)
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
    found = _with_all(Placement.objects.filter(pk=placement_id)).first()
    if found is None:
        raise Refused("no-such-placement", "没有这条发布项。", remedy="请刷新页面核对。")
    _require_own(found.organ_id, actor)
    return found


def _require_own(organ_id: int, actor: Actor) -> None:
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
    that grows old, and the next round tells the channel again with the same key.
    """
    known = interfaces()
    counts = dict.fromkeys(("accepted", "refused", "received", "down", "dropped"), 0)
    tried: set[int] = set()
    while len(tried) < most and (sending := _claim(at, known, tried)) is not None:
        tried.add(sending.pk)
        try:
            answer = post(known[sending.placement.channel], sending.body, sending.key)
        except Down as down:
            _put_off(sending, str(down), at)
            counts["down"] += 1
        else:
            counts[_note(sending, answer, actor, at)] += 1
    return Sent(**counts)


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
    outcome = answer.state
    try:
        with transaction.atomic():
            _tell_placement(sending, answer, actor, at)
    except Refused as refused:
        outcome = "dropped"
        sending.last_error = refused.reason[:300]
    Sending.objects.filter(pk=sending.pk).update(
        state="done", outcome=outcome, done_at=at, claimed_at=None, last_error=sending.last_error
    )
    if outcome == "dropped":
        _take_back(sending, answer, actor, at)
    return outcome


def _tell_placement(sending: Sending, answer: Answer, actor: Actor, at: datetime) -> None:
    placement_id = sending.placement_id
    publicity.sent(placement_id=placement_id, actor=actor, at=at, batch=sending.key)
    if answer.state == "accepted":
        publicity.accepted(
            placement_id=placement_id,
            actor=actor,
            at=at,
            number=answer.receipt,
            shown_on=answer.shown_on,
            note=answer.reason,
        )
    elif answer.state == "refused":
        publicity.refused(
            placement_id=placement_id, reason=answer.reason, actor=actor, at=at, number=answer.receipt
        )


def _take_back(sending: Sending, answer: Answer, actor: Actor, at: datetime) -> None:
    """The decision was withdrawn while the channel was being told to show it: it is told at once to remove it."""
    placement = _with_all(Placement.objects.filter(pk=sending.placement_id)).get()
    _append(DROPPED, placement, actor, at, delivery=sending.kind, key=sending.key, answer=answer.state)
    if sending.kind != messages.REMOVE and answer.state != "refused":
        _queue(placement, at, actor, messages.REMOVE)


def _append(kind: str, placement: Placement, actor: Actor, at: datetime, **plain: str) -> None:
    record.append(
        kind=kind,
        subject=placement.subject_of_record,
        at=at,
        actor=actor,
        plain={"number": placement.number, "channel": placement.channel, **plain},
    )


# --- upload files ---


def make_package(*, channel: str, organ: str, actor: Actor, at: datetime) -> Package:
    """Put everything that waits for a channel without an interface into one upload file.

    Each placement in it counts as sent; a person uploads the file and records the receipt. What cannot be told yet
    stays. Raises: Refused ``no-permission``, ``not-your-organ``, ``has-interface``, ``nothing-to-send``,
    ``own-channel``, ``no-such-channel``.
    """
    own = organs.organ(organ)
    if actor.kind != "system":
        authority.require(actor, MANAGE)
        _require_own(own.pk, actor)
    if channel in interfaces():
        raise Refused("has-interface", "这个渠道设有接口，由平台自动报送。", remedy="见“每日对账”。")
    wanted = publications.placement_rows(publications.Wanted(organ=organ, channel=channel))
    with transaction.atomic():
        due = _with_all(queries.for_upload(wanted)).order_by("pk").select_for_update(of=("self",))
        tellings = _tellable(due[:MOST_IN_A_ROUND], at)
        if not tellings:
            raise Refused(
                "nothing-to-send", "没有待报送的决定。", remedy="决定办理公示以后，才会进入待报送。"
            )
        number = f"{channel}-{own.code}-{timezone.localtime(at):%Y%m%d%H%M%S}"
        content = _content(number, channel, own, tellings, at)
        blob = record.keep_blob(upload.build(content, messages.SUMMARY), "application/zip", f"{number}.zip")
        made = Package.objects.create(
            number=number,
            organ=own,
            channel=channel,
            sha256=blob.sha256,
            rows=len(tellings),
            made_at=at,
            maker_id=actor.officer_id if actor.kind == "officer" else None,
        )
        for one in tellings:
            publicity.sent(placement_id=one.placement.pk, actor=actor, at=at, batch=number)
        told = [one.placement for one in tellings]
        again = Sending.objects.filter(placement__in=told).exclude(state="done")
        again.update(state="done", outcome="received", done_at=at)
        record.append(
            kind=PACKAGED,
            subject=f"package:{number}",
            at=at,
            actor=actor,
            plain={"package": number, "channel": channel, "rows": len(tellings)},
            files=[blob.as_file(f"{number}.zip")],
        )
        return made


def _tellable(placements: Iterable[Placement], at: datetime) -> list[Telling]:
    """What can be told; the rest stays. Raises: Refused of the first where nothing can."""
    found, whys = [], []
    for placement in placements:
        kind = kind_of(placement)
        try:
            found.append(Telling(placement, kind, messages.message(placement, kind, timezone.localdate(at))))
        except Refused as refused:
            whys.append(refused)
    if whys and not found:
        raise whys[0]
    return found


def _content(
    number: str, channel: str, organ: Organ, tellings: Sequence[Telling], at: datetime
) -> upload.Content:
    today = timezone.localdate(at)
    records, others, removals, lines = [], [], [], []
    for one in tellings:
        placement = one.placement
        lines.append({"number": placement.number, "kind": one.kind, "sha256": messages.digest_of(one.body)})
        if one.kind == messages.REMOVE:
            day = placement.decided_on.isoformat()
            removals.append((placement.number, organ.name, organ.credit_code, day, one.body["reason"]))
        elif (found := messages.record_of(placement, today)) is not None:
            records.append(found)
        else:
            others.append(messages.summary(placement))
    return upload.Content(
        number, channel, organ.name, organ.credit_code, today, records, others, removals, lines
    )


def accept_package(*, number: str, receipt: str, actor: Actor, at: datetime) -> Package:
    """Record that the channel took an upload file, with its receipt: every decision in it that was not sent back
    is accepted.

    Raises: Refused ``no-permission``, ``not-your-organ``, ``no-such-package``, ``no-receipt``, ``answered``.
    """
    if not receipt.strip():
        raise Refused("no-receipt", "没有填写回执编号。", remedy="请抄录对方平台给出的回执编号。")
    with transaction.atomic():
        package = _package(number, actor)
        if package.answered_at is not None:
            raise Refused("answered", f"{number}已经登记过回执。", remedy="请刷新页面核对。")
        for placement_id in _unanswered(number):
            publicity.accepted(placement_id=placement_id, actor=actor, at=at, number=receipt.strip())
        package.receipt, package.answered_at, package.answered_by_id = (
            receipt.strip()[:80],
            at,
            actor.officer_id,
        )
        package.save(update_fields=["receipt", "answered_at", "answered_by"])
        _append_answer(package, actor, at, receipt=package.receipt)
        return package


def refuse_in_package(*, number: str, decision: str, reason: str, actor: Actor, at: datetime) -> Package:
    """Record that the channel sent back one decision of an upload file, with its reason.

    Raises: Refused ``no-permission``, ``not-your-organ``, ``no-such-package``, ``not-in-package``, ``no-reason``.
    """
    with transaction.atomic():
        package = _package(number, actor)
        found = [
            key for key in _unanswered(number) if Placement.objects.get(pk=key).number == decision.strip()
        ]
        if not found:
            raise Refused(
                "not-in-package",
                f"报送包 {number} 里没有等待回执的“{decision[:60]}”。",
                remedy="请从该包的清单中选择。",
            )
        publicity.refused(placement_id=found[0], reason=reason, actor=actor, at=at)
        _append_answer(package, actor, at, refused=decision.strip())
        return package


def _package(number: str, actor: Actor) -> Package:
    authority.require(actor, MANAGE)
    found = Package.objects.select_for_update(of=("self",)).filter(number=number).first()
    if found is None:
        raise Refused("no-such-package", f"没有编号为“{number[:60]}”的报送包。", remedy="请从列表中选择。")
    _require_own(found.organ_id, actor)
    return found


def _unanswered(number: str) -> list[int]:
    """The placements of an upload file that the channel has not answered yet."""
    rows = Placement.objects.filter(deliveries__batch=number, deliveries__outcome="waiting")
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct())


def _append_answer(package: Package, actor: Actor, at: datetime, **plain: str) -> None:
    record.append(
        kind=PACKAGE_ANSWERED,
        subject=f"package:{package.number}",
        at=at,
        actor=actor,
        plain={"package": package.number, "channel": package.channel, **plain},
    )
