"""The actions of placements, each ready to be called; see ``tests.whole.test_every_action_appends``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from mingjing.organs.authority import SYSTEM
from mingjing.publicity import actions
from mingjing.publicity.models import Placement
from tests.office import Matter, Office, open_matter, to_decision

Prepared = Callable[[Office, Path], Callable[[], Any]]


def decided(office: Office) -> Matter:
    """A decision whose channels are judged."""
    matter = to_decision(open_matter(office))
    actions.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)
    return matter


def published(office: Office, channel: str = "province") -> dict[str, Any]:
    """A published decision, and who does what with it on one channel."""
    matter = decided(office)
    matter.do("publish")
    return given(matter, channel)


def given(matter: Matter, channel: str, who: str = "publisher") -> dict[str, Any]:
    row = Placement.objects.get(case_id=matter.case_id, channel=channel)
    return {"placement_id": row.pk, "actor": matter.office.actor(who, matter.at), "at": matter.at}


def _settle(office: Office, tmp: Path) -> Callable[[], Any]:
    matter = to_decision(open_matter(office))
    return partial(actions.settle, case_id=matter.case_id, actor=SYSTEM, at=matter.at)


def _after_sending(action: Callable[..., Any], **more: Any) -> Prepared:
    def prepared(office: Office, tmp: Path) -> Callable[[], Any]:
        common = published(office)
        actions.sent(**common)
        return partial(action, **common, **more)

    return prepared


CALLS: dict[str, Prepared] = {
    "publicity.settle": _settle,
    "publicity.show": lambda office, tmp: partial(
        actions.show, reason="行业规定要求。", **given(decided(office), "credit")
    ),
    "publicity.sent": lambda office, tmp: partial(actions.sent, **published(office)),
    "publicity.accepted": _after_sending(actions.accepted),
    "publicity.refused": _after_sending(actions.refused, reason="字段缺失"),
    "publicity.shown": _after_sending(actions.shown),
}
