"""销毁: files whose terms are over are destroyed by two persons, from a list that was judged before.

Source: 档案法/21 (nobody destroys archives on his own). Nothing is ever destroyed because a term ran out. What the
record holds of a destroyed file are digests: every proof stays valid, and nothing can be read from it any more.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, persons, require
from mingjing.record import actions as record
from mingjing.record import backends
from mingjing.record.models import Blob

from ..models import Deletion, DeletionItem, Derivative, Ground
from ..queries.retention import MOST_LISTED, Standing, organ_of, standings
from .custody import note_custody
from .retaining import checked_reason

PROPOSE = "evidence.propose_deletion"
APPROVE = "evidence.approve_deletion"
LAW = "档案法/21"


class Destroyed(NamedTuple):
    """What an approval led to: files destroyed, and files that another organ keeps on."""

    destroyed: int
    kept: int


@transaction.atomic
def propose_deletion(*, sha256s: Sequence[str], reason: str, actor: Actor, at: datetime) -> Deletion:
    """Propose files of one's own organ for destruction: only such as stand on the list of those ready for it.

    Raises: Refused ``no-permission``, ``bad-reason``, ``bad-choice``, ``not-ready``.
    """
    require(actor, PROPOSE)
    reason = checked_reason(reason, "提请销毁")
    chosen = list(dict.fromkeys(sha256s))
    if not 1 <= len(chosen) <= MOST_LISTED:
        raise Refused(
            "bad-choice",
            f"一份清册可以列 1 至 {MOST_LISTED} 个文件，现选了 {len(chosen)} 个。",
            remedy="请重新勾选。",
        )
    found = _ready(chosen, actor, at)
    deletion = Deletion.objects.create(
        organ_id=organ_of(actor),
        reason=reason,
        persons=sorted(one for one in persons(actor, PROPOSE) if one is not None),
        proposed_at=at,
        proposed_by_id=actor.officer_id,
    )
    DeletionItem.objects.bulk_create(
        DeletionItem(
            deletion=deletion,
            blob_id=one.sha256,
            label=one.label,
            retention=one.retention,
            since=one.since,
            until=one.last_day,
        )
        for one in found
    )
    _append(deletion, "deletion-proposed", actor, at, {"reason": reason}, found)
    return deletion


@transaction.atomic
def withdraw_deletion(*, deletion_id: uuid.UUID, actor: Actor, at: datetime) -> None:
    """Take back a list that was not answered yet; by whoever proposed it.

    Raises: Refused ``not-found``, ``changed-meanwhile``, ``not-yours``.
    """
    deletion = _open(deletion_id, actor)
    if actor.id not in deletion.persons:
        raise Refused("not-yours", "只有提请人可以撤回。", remedy="请由提请人办理。")
    _answer(deletion, "withdrawn", "", actor, at)


@transaction.atomic
def reject_deletion(*, deletion_id: uuid.UUID, opinion: str, actor: Actor, at: datetime) -> None:
    """Send a list back: nothing is destroyed. Raises: as ``approve_deletion``."""
    deletion = _answerable(deletion_id, actor)
    _answer(deletion, "rejected", checked_reason(opinion, "不同意销毁"), actor, at)


def approve_deletion(*, deletion_id: uuid.UUID, opinion: str, actor: Actor, at: datetime) -> Destroyed:
    """Approve a list and destroy: the second of two persons, never the one who proposed.

    Every file is judged once more, as it stands now. The approval is on the record first; only then the bytes
    go, and what a crash leaves of them is destroyed by :func:`finish_deletions`. MUST NOT run in a transaction.

    Raises: Refused ``no-permission``, ``not-found``, ``changed-meanwhile``, ``same-person``, ``bad-reason``,
    ``not-ready``, ``still-locked``, ``store-unreachable``.
    """
    with transaction.atomic():
        deletion = _answerable(deletion_id, actor)
        opinion = checked_reason(opinion, "批准销毁")
        items = list(deletion.items.all())
        _ready([item.blob_id for item in items], actor, at, within=deletion)
        gone = _release(deletion, items, at)
        _answer(deletion, "approved", opinion, actor, at, gone)
        for sha256 in gone:
            _tell_destroyed(sha256, deletion, actor, at)
    record.destroy_marked()
    return Destroyed(len(gone), len(items) - len(gone))


def finish_deletions() -> int:
    """Destroy what was approved and whose bytes a crash, or a store out of reach, left behind; how many."""
    return record.destroy_marked()


def _ready(
    sha256s: Sequence[str], actor: Actor, at: datetime, within: Deletion | None = None
) -> list[Standing]:
    """How the files stand now, their contents locked. Raises: Refused ``not-ready``, ``still-locked``."""
    on = timezone.localtime(at).date()
    list(Blob.objects.select_for_update().filter(pk__in=sha256s).order_by("pk").values_list("pk"))
    found = standings(sha256s, organ_of(actor), on, within=within.pk if within else None)
    if len(found) != len(sha256s):
        raise Refused("not-ready", "清册中有本机关没有保管的文件。", remedy="请从鉴定清单中重新勾选。")
    for one in found:
        if one.why_not:
            raise Refused(
                "not-ready",
                f"文件“{one.label or one.sha256}”不能销毁：{one.why_not}。",
                basis=LAW,
                remedy="请从清册中去掉这个文件。",
            )
        _require_unlocked(one, at)
    return found


def _require_unlocked(one: Standing, at: datetime) -> None:
    locked = backends.current().locked_until(one.sha256)
    if locked is not None and locked > at:
        raise Refused(
            "still-locked",
            f"文件“{one.label or one.sha256}”在对象存储中锁定到 {timezone.localtime(locked):%Y-%m-%d}，不能提前删除。",
            remedy="锁定期满以后再提请销毁。",
        )


def _release(deletion: Deletion, items: Sequence[DeletionItem], at: datetime) -> list[str]:
    """The organ's grounds end; the files that no organ keeps any more are marked as destroyed. Their digests."""
    sha256s = [item.blob_id for item in items]
    Ground.objects.filter(blob_id__in=sha256s, organ_id=deletion.organ_id, released_at__isnull=True).update(
        released_at=at, label="", reason=""
    )
    others = set(
        Ground.objects.filter(blob_id__in=sha256s, released_at__isnull=True).values_list("blob_id", flat=True)
    )
    gone = [sha256 for sha256 in sha256s if sha256 not in others]
    for item in items:
        item.outcome = "kept" if item.blob_id in others else "destroyed"
        item.label = "" if item.outcome == "destroyed" else item.label
    DeletionItem.objects.bulk_update(items, ["outcome", "label"])
    record.mark_destroyed([*gone, *_derived(gone)], at=at)
    return gone


def _derived(originals: Sequence[str]) -> set[str]:
    """What was made of the originals and of nothing that stays: previews, play copies, transcripts."""
    found: set[str] = set()
    made = set(originals)
    while made:
        rows = Derivative.objects.filter(derived_from__in=made).exclude(sha256="")
        made = set(rows.values_list("sha256", flat=True)) - found - set(originals)
        found |= made
    going = {*found, *originals}
    elsewhere = Derivative.objects.filter(sha256__in=found).exclude(derived_from__in=going)
    kept = Ground.objects.filter(blob_id__in=found, released_at__isnull=True)
    return (
        found - set(elsewhere.values_list("sha256", flat=True)) - set(kept.values_list("blob_id", flat=True))
    )


def _tell_destroyed(sha256: str, deletion: Deletion, actor: Actor, at: datetime) -> None:
    """The file's own chain says that it is gone; what people once wrote about it is forgotten with it."""
    record.forget(f"blob:{sha256}")
    note_custody(
        piece=f"blob:{sha256}",
        sha256=sha256,
        kind="delete",
        actor=actor,
        at=at,
        detail={"deletion": str(deletion.pk), "basis": LAW},
    )


def _answerable(deletion_id: uuid.UUID, actor: Actor) -> Deletion:
    """The open list, if this person may answer it. Raises: Refused ``same-person`` and others."""
    require(actor, APPROVE)
    deletion = _open(deletion_id, actor)
    if persons(actor, APPROVE) & set(deletion.persons):
        raise Refused(
            "same-person",
            "销毁须由两人办理：提请的人（以及他所代理的人）不能批准。",
            basis=LAW,
            remedy="请由另一名负责人批准。",
        )
    return deletion


def _open(deletion_id: uuid.UUID, actor: Actor) -> Deletion:
    found = Deletion.objects.select_for_update().filter(pk=deletion_id, organ_id=organ_of(actor)).first()
    if found is None:
        raise Refused("not-found", "没有这份销毁清册，或者您无权办理。", remedy="请从证据保管页面进入。")
    if found.state != "open":
        raise Refused("changed-meanwhile", "这份销毁清册已经办结。", remedy="请刷新页面。")
    return found


def _answer(
    deletion: Deletion,
    state: str,
    opinion: str,
    actor: Actor,
    at: datetime,
    gone: Sequence[str] = (),
) -> None:
    deletion.state, deletion.opinion = state, opinion
    deletion.answered_at, deletion.answered_by_id = at, actor.officer_id
    deletion.save(update_fields=["state", "opinion", "answered_at", "answered_by"])
    personal = {"opinion": opinion} if opinion else {}
    record.append(
        kind=f"deletion-{state}",
        subject=f"deletion:{deletion.pk}",
        at=at,
        actor=actor,
        plain={"destroyed": list(gone)},
        personal=personal,
    )


def _append(
    deletion: Deletion,
    kind: str,
    actor: Actor,
    at: datetime,
    personal: dict[str, str],
    found: Sequence[Standing],
) -> None:
    record.append(
        kind=kind,
        subject=f"deletion:{deletion.pk}",
        at=at,
        actor=actor,
        plain={
            "files": [
                {"sha256": one.sha256, "class": one.retention, "until": str(one.until)} for one in found
            ]
        },
        personal=personal,
    )
