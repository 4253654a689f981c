"""What the record keeps of registers: who did what to which edition, counts and digests, never rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mingjing.organs.authority import Actor
from mingjing.record import actions as record

from ..models import Register


def note(
    register: Register, kind: str, actor: Actor, at: datetime, plain: Mapping[str, Any], **more: Any
) -> Any:
    """Append what was done to a register; ``more`` as ``record.append`` takes it."""
    told = {"organ": register.organ.code, "register": register.code, **plain}
    return record.append(
        kind=f"register.{kind}", subject=register.subject_of_record, at=at, actor=actor, plain=told, **more
    )
