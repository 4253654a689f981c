"""Upload files for channels without an interface: made from what waits, answered by a person with the receipt.

Each placement in a file counts as sent; what the channel sent back goes into the next file once a person said so.
Source: 达州三项制度方案/1(1), 4(1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from mingjing.kernel.refused import Refused
from mingjing.organs import authority
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.organs.models import Organ
from mingjing.publicity import actions as publicity
from mingjing.publicity import queries as publications
from mingjing.publicity.models import Delivery, Placement
from mingjing.record import actions as record

from .. import messages, queries
from ..channels import interfaces, upload
from ..models import Package, Sending
from .delivering import MANAGE, MOST_IN_A_ROUND, Telling, kind_of, require_own, with_all

PACKAGED, PACKAGE_ANSWERED = "package.made", "package.answered"


def make_package(*, channel: str, organ: str, actor: Actor, at: datetime) -> Package:
    """Put everything that waits for a channel without an interface into one upload file.

    Each placement in it counts as sent; a person uploads the file and records the receipt. What cannot be told yet
    stays. Raises: Refused ``no-permission``, ``not-your-organ``, ``has-interface``, ``nothing-to-send``,
    ``own-channel``, ``no-such-channel``. Cost: about 30 queries, however many placements.
    """
    own = organs.organ(organ)
    if actor.kind != "system":
        authority.require(actor, MANAGE)
        require_own(own.pk, actor)
    if channel in interfaces():
        raise Refused("has-interface", "这个渠道设有接口，由平台自动报送。", remedy="见“每日对账”。")
    wanted = publications.placement_rows(publications.Wanted(organ=organ, channel=channel))
    with transaction.atomic():
        due = with_all(queries.for_upload(wanted)).order_by("pk").select_for_update(of=("self",))
        tellings = _tellable(due[:MOST_IN_A_ROUND], at)
        if not tellings:
            raise Refused(
                "nothing-to-send", "没有待报送的决定。", remedy="决定办理公示以后，才会进入待报送。"
            )
        number = _number(channel, own, at)
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
        kinds = {one.placement.pk: one.kind for one in tellings}
        publicity.sent_each(kinds=kinds, actor=actor, at=at, batch=number)
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


def _number(channel: str, organ: Organ, at: datetime) -> str:
    """Channel, organ and second; two files of one second are told apart by a further figure."""
    number = f"{channel}-{organ.code}-{timezone.localtime(at):%Y%m%d%H%M%S}"
    made = Package.objects.filter(number__startswith=number).count()
    return f"{number}-{made + 1}" if made else number


def _tellable(placements: Iterable[Placement], at: datetime) -> list[Telling]:
    """What can be told; the rest stays. Raises: Refused of the first where nothing can."""
    found, whys = [], []
    for placement in placements:
        kind = kind_of(placement)
        if not kind:  # another worker put it into a file while this one waited for the row
            continue
        try:
            found.append(Telling(placement, kind, messages.told(placement, kind, timezone.localdate(at))))
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
        digest = messages.digest_of(one.told.body)
        lines.append({"number": placement.number, "kind": one.kind, "sha256": digest})
        if one.kind == messages.REMOVE:
            day = placement.decided_on.isoformat()
            reason = one.told.body["reason"]
            removals.append((placement.number, organ.name, organ.credit_code, day, reason))
        elif one.told.record is not None:
            records.append(one.told.record)
        else:
            others.append(one.told.summary)
    return upload.Content(
        number, channel, organ.name, organ.credit_code, today, records, others, removals, lines
    )


def accept_package(*, number: str, receipt: str, actor: Actor, at: datetime) -> Package:
    """Record that the channel took an upload file, with its receipt: every decision in it that was not sent back
    is accepted.

    Raises: Refused ``no-permission``, ``not-your-organ``, ``no-such-package``, ``no-receipt``, ``answered``.
    Cost: about 25 queries, however many decisions.
    """
    if not receipt.strip():
        raise Refused("no-receipt", "没有填写回执编号。", remedy="请抄录对方平台给出的回执编号。")
    with transaction.atomic():
        package = _package(number, actor)
        if package.answered_at is not None:
            raise Refused("answered", f"{number}已经登记过回执。", remedy="请刷新页面核对。")
        publicity.accepted_each(batch=number, actor=actor, at=at, number=receipt.strip())
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
        found = _unanswered(number).filter(placement__number=decision.strip()).first()
        if found is None:
            raise Refused(
                "not-in-package",
                f"报送包 {number} 里没有等待回执的“{decision[:60]}”。",
                remedy="请从该包的清单中选择。",
            )
        publicity.refused(placement_id=found.placement_id, reason=reason, actor=actor, at=at, batch=number)
        _append_answer(package, actor, at, refused=decision.strip())
        return package


def _package(number: str, actor: Actor) -> Package:
    authority.require(actor, MANAGE)
    found = Package.objects.select_for_update(of=("self",)).filter(number=number).first()
    if found is None:
        raise Refused("no-such-package", f"没有编号为“{number[:60]}”的报送包。", remedy="请从列表中选择。")
    require_own(found.organ_id, actor)
    return found


def _unanswered(number: str) -> QuerySet[Delivery]:
    """What went out in an upload file and has no answer yet."""
    return Delivery.objects.filter(batch=number, outcome="waiting").order_by("placement_id")


def _append_answer(package: Package, actor: Actor, at: datetime, **plain: str) -> None:
    record.append(
        kind=PACKAGE_ANSWERED,
        subject=f"package:{package.number}",
        at=at,
        actor=actor,
        plain={"package": package.number, "channel": package.channel, **plain},
    )
