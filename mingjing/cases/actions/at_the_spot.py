"""当场处罚: the three steps of the summary procedure as one act of a few minutes, each at its own time."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs.authority import Actor

from ..facts import Upload
from .opening import open_case
from .showing import match_showings
from .taking import Taken, take

SUMMARY = "penalty-summary"
FORM = "spot-decision"


@dataclass(frozen=True)
class SpotStage:
    """One of the three: what was filled in, when it was done, which files came with it."""

    facts: Mapping[str, Any]
    at: datetime
    files: Sequence[Upload] = ()
    film_pending: str = ""  # the device that holds the recording, to be handed in


def penalize_on_the_spot(
    *,
    title: str,
    power: str,
    party: Mapping[str, str] | None,
    party_id: int | None,
    handlers: Sequence[int],
    region: str,
    check: SpotStage,
    hearing: SpotStage,
    decision: SpotStage,
    actor: Actor,
    at: datetime,
    number: int | None = None,
    parent_id: uuid.UUID | None = None,
    visit: str = "",
    entered_at: datetime | None = None,
    late_reason: str = "",
) -> Taken:
    """Find out, hear the party and decide, all or nothing; ``number`` is that of the paper handed over already.

    ``visit`` is the word under which certificates were shown to the party before there was a case.

    One officer alone decides only where the law lets one (道路交通安全法/107(1), 治安管理处罚法/120(3)).
    Raises: Refused as ``open_case`` and ``take``. Source: 行政处罚法/51-52, 44-45.
    """
    if actor.organ_id is None:
        raise Refused("other-organ", "没有所属机关的账号不能作出处罚。", remedy="请由执法机关人员办理。")
    entry: dict[str, Any] = {"entered_at": entered_at, "late_reason": late_reason}
    with transaction.atomic():
        opened = open_case(
            organ_id=actor.organ_id,
            procedure=SUMMARY,
            title=title,
            facts=check.facts,
            actor=actor,
            at=check.at,
            party_id=party_id,
            party=party,
            power_item_id=law.power_key(power),
            handlers=handlers,
            region=region,
            field=law.power_item(power).field,
            files=check.files,
            film_pending=check.film_pending,
            parent_id=parent_id,
            **entry,
        )
        match_showings(
            case_id=opened.case_id, token=visit, officers=[*handlers, actor.officer_id], actor=actor, at=at
        )
        heard = take(
            case_id=opened.case_id,
            step="hear_party",
            facts=hearing.facts,
            actor=actor,
            at=hearing.at,
            files=hearing.files,
            film_pending=hearing.film_pending,
            **entry,
        )
        return take(
            case_id=heard.case_id,
            step="spot_decision" if len(set(handlers)) > 1 else "spot_decision_single",
            facts=decision.facts,
            actor=actor,
            at=decision.at,
            files=decision.files,
            film_pending=decision.film_pending,
            **entry,
            numbers={FORM: number} if number else None,
        )
