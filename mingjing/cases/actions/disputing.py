"""易引发争议: listing a case among those that may be disputed, and taking it off again."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.sql import update

from .. import disputes, moves
from ..work import Work, lock


def set_disputed(*, case_id: uuid.UUID, disputed: bool, words: str, actor: Actor, at: datetime) -> None:
    """Record the case whole from now on because it may be disputed, or no longer; with the reason.

    By a handler or a head; taking it off again only by a head, who answers for recording less. What was taken
    before is judged as it was.

    Raises: Refused ``bad-reason``, ``other-organ``, ``ended``, ``not-handler``, ``heads-only``, ``as-it-is``.
    Source: 达州三项制度方案/7(2).
    """
    require(actor, "case.move")
    with transaction.atomic():
        work = lock(case_id, at, None)
        moves.require_own_organ(work, actor)
        words = moves.reason_of(words, "理由", most=200)
        moves.require_running(work)
        _require_may(work, actor, disputed)
        work.case.disputed_at = at if disputed else None
        update(work.case, "disputed_at")
        title = "列为易引发争议，此后全程音像记录" if disputed else "不再列为易引发争议"
        moves.note(work, kind="disputed", title=title, actor=actor, text=words, plain={"disputed": disputed})


def _require_may(work: Work, actor: Actor, disputed: bool) -> None:
    if (work.case.disputed_at is not None) == disputed:
        raise Refused(
            "as-it-is",
            "本案已经列为易引发争议。" if disputed else "本案没有列为易引发争议。",
            remedy="请刷新案件页面。",
        )
    heads = bool(actor.roles & disputes.HEADS)
    if not disputed and not heads:
        raise Refused(
            "heads-only",
            f"{actor.name}不是承办机构或者机关负责人，不能减轻音像记录的要求。",
            basis=disputes.BASIS,
            remedy="请由负责人决定。",
        )
    if not heads and actor.id not in {one.id for one in work.handlers}:
        raise Refused(
            "not-handler", f"{actor.name}不是本案承办人或者负责人。", remedy="请由承办人或者负责人办理。"
        )
