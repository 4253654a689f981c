"""经办变动: putting on the record and on the time line what moves a matter in the office but is no step of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.record import actions as record
from mingjing.sql import insert, update

from .models import Move
from .work import Work

MOST_REASON = 500


def note(
    work: Work,
    *,
    kind: str,
    title: str,
    actor: Actor,
    text: str = "",
    plain: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
    files: Sequence[Mapping[str, Any]] = (),
    roles: Collection[str] = (),
) -> Move:
    """Append the move to the record and to the time line of its case, and count it in the case's version.

    ``text`` is what people read on the time line and goes on the record as personal, since it may name people;
    ``roles`` are those in which the actor moves it, where a deputy signs in both names.
    Cost: 3 queries beside those of the record.
    """
    case, acting = work.case, actor.acts_for(roles)
    behalf = {"on_behalf_of": f"officer:{acting.principal_id}"} if acting else {}
    entry = record.append(
        kind=kind,
        subject=f"case:{case.pk}",
        at=work.at,
        actor=actor,
        plain={"case": case.no, **behalf, **(plain or {})},
        personal={**({"text": text} if text else {}), **(personal or {})},
        files=files,
    )
    move = Move(
        case=case,
        seq=case.version + 1,
        kind=kind,
        title=title,
        at=work.at,
        by_id=actor.id,
        by_name=actor.signature(roles),
        text=text,
        entry_id=entry.pk,
    )
    insert([move])
    case.version += 1
    case.moved_at = work.at
    update(case, "version", "moved_at")
    return move


def reason_of(text: str, what: str, *, most: int = MOST_REASON) -> str:
    """The reason without blanks around it. Raises: Refused ``bad-reason`` if there is none or it is too long."""
    text = text.replace("\x00", "").strip()
    if not text:
        raise Refused("bad-reason", f"没有写明{what}。", remedy=f"请写明{what}。")
    if len(text) > most:
        raise Refused(
            "bad-reason", f"{what}最多 {most} 个字，现有 {len(text)} 个字。", remedy="请精简后再提交。"
        )
    return text


def require_running(work: Work) -> None:
    """Raises: Refused ``ended`` where the case is over."""
    if work.case.ended_at is not None:
        raise Refused("ended", "本案已经办结，不能再变动经办情况。", remedy="请在案件页面查看办理结果。")


def require_own_organ(work: Work, actor: Actor) -> None:
    """Raises: Refused ``other-organ``."""
    if actor.organ_id != work.case.organ_id:
        raise Refused(
            "other-organ",
            f"本案由{work.case.organ.name}办理，{actor.name}不能办理。",
            remedy="请由该机关人员办理。",
        )
