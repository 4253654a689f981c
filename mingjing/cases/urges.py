"""催办: who may ask for what is owed, and how often."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.organs.roles import role_title

from .work import Work

AGAIN_AFTER = timedelta(hours=24)
URGING = frozenset({"unit_head", "organ_head"})


class Owed(Protocol):
    """What is looked at of an obligation."""

    @property
    def title(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def basis(self) -> str: ...
    @property
    def assignee_id(self) -> int | None: ...
    @property
    def ready_at(self) -> datetime | None: ...
    @property
    def urged_at(self) -> datetime | None: ...


def why_not_urge(work: Work, row: Owed | None, actor: Actor) -> Refused | None:
    """Why the person may not ask for this now, or None: the answering half of ``actions.urge``."""
    if row is None:
        return Refused("not-found", "这一事项已经办结或者不再需要办理。", remedy="请刷新案件页面。")
    handlers = {one.id for one in work.handlers}
    if actor.id not in handlers and not actor.roles & URGING:
        return Refused(
            "may-not-urge",
            f"{actor.name}不是本案承办人，也不是承办机构、机关负责人，不能催办。",
            remedy="请由承办人或者负责人催办。",
        )
    if row.role == "party":
        return Refused(
            "party-not-urged",
            f"“{row.title}”应由当事人办理，不能用催办代替法定的催告。",
            basis=row.basis or "行政强制法/35",
            remedy="请依法办理催告。",
        )
    if row.assignee_id == actor.id or (row.assignee_id is None and row.role in actor.roles):
        return Refused("own-duty", f"“{row.title}”就在您自己的待办里。", remedy="请直接办理。")
    if row.ready_at is None or row.ready_at > work.at:
        return Refused(
            "not-at-hand", f"“{row.title}”还不到能办的时候，不能催办。", remedy="请先办理它前面的环节。"
        )
    if row.urged_at is not None and work.at < row.urged_at + AGAIN_AFTER:
        last = row.urged_at.astimezone(SHANGHAI)
        return Refused(
            "urged-lately",
            f"“{row.title}”已于{last:%m月%d日 %H:%M}催办，二十四小时内不再重复催办（{role_title(row.role)}）。",
            remedy="请稍后再催，或者当面联系。",
        )
    return None
