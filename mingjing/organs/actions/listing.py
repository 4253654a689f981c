"""清单约束执法: a register that the justice bureau confirmed says from its day on who may act."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from mingjing.organs.authority import Actor
from mingjing.organs.models import ConfirmedList, Organ

from .staffing import note

# The registers that say who may act. 达州三项制度方案/2(1); 国办发〔2024〕54号 (检查主体依法确认、公告).
BINDING = ("subjects", "officers", "inspection-subjects")
# What an organ wants recorded beyond the procedures. 达州三项制度方案/7(1).
RECORDING = "recording"
# Those of which a case tells when it rests on something else: they name items, which the law and people judge.
LISTED = (*BINDING, "powers", "inspection-items", RECORDING)


@transaction.atomic
def bind_list(
    *,
    organ_id: int,
    kind: str,
    title: str,
    number: int,
    since: date,
    keys: Collection[str],
    actor: Actor,
    at: datetime,
) -> ConfirmedList:
    """From ``since`` on, only who is in this confirmed edition acts where its kind binds; of items a case tells.

    Organs that a register of organs names and that had no day of confirmation get this one.
    """
    assert kind in LISTED
    told = sorted(keys)
    row = ConfirmedList.objects.create(
        organ_id=organ_id, kind=kind, title=title, number=number, since=since, keys=told
    )
    if kind == "subjects":
        Organ.objects.filter(code__in=told, confirmed_on__isnull=True).update(confirmed_on=since)
    if kind == RECORDING and told:
        Organ.objects.filter(pk=organ_id).update(records_more=True)
    plain = {
        "kind": kind,
        "edition": number,
        "since": since.isoformat(),
        "keys": hashlib.sha256("\n".join(told).encode()).hexdigest(),
    }
    note("organs.list-bound", f"organ:{organ_id}", actor, at, plain)
    return row


@transaction.atomic
def release_list(*, organ_id: int, kind: str, until: date, actor: Actor, at: datetime) -> None:
    """The register was retired: after ``until`` it binds nobody, and its kind is as if never confirmed."""
    rows = ConfirmedList.objects.filter(organ_id=organ_id, kind=kind)
    rows.filter(Q(until__isnull=True) | Q(until__gt=until)).update(until=until)
    note("organs.list-released", f"organ:{organ_id}", actor, at, {"kind": kind, "until": until.isoformat()})
