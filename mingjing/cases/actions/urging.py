"""催办: asking a colleague for what he owes; it changes no date and no right."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from mingjing.organs.authority import Actor, require
from mingjing.sql import update

from .. import moves
from ..urges import why_not_urge
from ..work import lock

MOST_URGED = 200


def urge(*, case_id: uuid.UUID, obligation_id: int, actor: Actor, at: datetime, words: str = "") -> None:
    """Ask for what is owed in a case; it shows in the to-do list of whoever owes it, once in 24 hours.

    By the handlers of the case, those who assign cases, and the head of the organ. A party is not urged here:
    the law gives that its own form (催告).

    Raises: Refused ``not-found``, ``other-organ``, ``may-not-urge``, ``own-duty``, ``party-not-urged``,
    ``not-at-hand``, ``urged-lately``.
    """
    require(actor, "case.move")
    words = moves.reason_of(words, "催办说明", most=MOST_URGED) if words.strip() else ""
    with transaction.atomic():
        work = lock(case_id, at, None)
        moves.require_own_organ(work, actor)
        row = next((one for one in work.owed if one.pk == obligation_id), None)
        refused = why_not_urge(work, row, actor)
        if refused is not None:
            raise refused
        assert row is not None  # why_not_urge has refused a duty that is gone
        row.urged_at, row.urges = at, row.urges + 1
        update(row, "urged_at", "urges")
        moves.note(
            work,
            kind="urged",
            title=f"催办：{row.title.removeprefix('审批：')}",
            actor=actor,
            text=words,
            plain={"step": row.step, "kind": row.kind, "times": row.urges},
        )
