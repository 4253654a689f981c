"""亮证: that an officer showed his certificate is an act of its own, with its time and place."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.organs.models import Certificate, Officer

from .staffing import note


@transaction.atomic
def show_certificate(
    *,
    number: str,
    actor: Actor,
    at: datetime,
    entered_at: datetime,
    place: Mapping[str, Any] | None = None,
) -> uuid.UUID:
    """Put on the record that the officer showed this certificate of his at ``at``; it was told at ``entered_at``.

    Returns the key of the entry.

    Raises: Refused ``no-certificate`` for one that is not his or was not valid that day.
    Source: 行政处罚法/55(1); 达州三项制度方案/3(1).
    """
    Officer.objects.select_for_update().get(pk=actor.officer_id)
    held = Certificate.objects.filter(number=number, officer_id=actor.officer_id).first()
    day = at.date()
    if held is None or held.state != "in_force" or not held.valid_from <= day <= held.valid_until:
        raise Refused(
            "no-certificate",
            f"证件 {number} 不是{actor.name}在 {day} 有效的执法证件。",
            basis="行政处罚法/55(1)",
            remedy="请核对证件；证件过期、暂停的，不得执法。",
        )
    plain = {"certificate": number, "shown_at": at.isoformat()}
    personal = {"place": dict(place)} if place else {}
    return note("organs.certificate-shown", f"officer:{actor.officer_id}", actor, entered_at, plain, personal)
