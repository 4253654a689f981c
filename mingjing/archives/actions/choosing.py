"""选用排列办法: an organ chooses how its files are arranged."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mingjing.organs.authority import Actor, require
from mingjing.record import actions as record

from ..models import OrderChoice
from ..orders import order_named
from .sealing import PERMISSION, organ_of


def choose_order(*, order: str, actor: Actor, at: datetime) -> None:
    """Let the organ's files be arranged by this template from now on; an empty name undoes the choice.

    Sealed volumes stay as they are. Raises: Refused ``no-permission``, ``no-such-order``.
    """
    require(actor, PERMISSION)
    if order:
        order_named(order)
    with transaction.atomic():
        mine = OrderChoice.objects.select_for_update().filter(organ_id=organ_of(actor))
        values = {"order": order, "chosen_by_id": actor.officer_id, "chosen_at": at}
        if not order:
            mine.delete()
        elif not mine.update(**values):
            OrderChoice.objects.create(organ_id=organ_of(actor), **values)
        record.append(
            kind="file-order-chosen",
            subject=f"file-order:{actor.organ_id}",
            at=at,
            actor=actor,
            plain={"order": order},
        )
