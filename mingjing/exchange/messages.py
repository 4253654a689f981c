"""What a channel is told of one decision: the public record to show or to correct, or that it must go.

Penalties and permits go in the fields of 双公示; other acts as the summary that the public reads here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings

from mingjing.kernel.refused import Refused
from mingjing.law.codex.double_sets import field_set
from mingjing.publicity import leaving
from mingjing.publicity.models import Placement

from .double.rows import CreditFacts
from .double.values import outside
from .double_decisions import told_of

SHOW, CORRECT, REMOVE = "show", "correct", "remove"
SUMMARY = (
    "执法机关",
    "执法机关统一社会信用代码",
    "决定文书号",
    "行政相对人",
    "统一社会信用代码",
    "事项",
    "结论",
    "决定日期",
    "公示截止期",
    "公示地址",
)


@dataclass(frozen=True)
class Told:
    """What a channel is told of one placement: the message for an interface, and what it was made of.

    ``record`` is the 双公示 record, ``summary`` that of another act; both are empty for a removal.
    """

    body: dict[str, Any]
    record: CreditFacts | None = None
    summary: Mapping[str, str] = field(default_factory=dict)


def told(placement: Placement, kind: str, today: date) -> Told:
    """What there is to tell. Raises: Refused ``not-confirmed`` where there is no public text to show, ``leak``.

    Cost: as ``leaving.require_safe``.
    """
    body: dict[str, Any] = {
        "kind": kind,
        "channel": placement.channel,
        "act": placement.act,
        "number": placement.number,
        "organ": placement.organ.name,
        "organ_code": placement.organ.credit_code,
        "decided_on": placement.decided_on.isoformat(),
    }
    if kind == REMOVE:
        return Told(body | {"reason": removal_reason(placement)})
    record = record_of(placement, today)
    if record is not None:
        return Told(body | {"record": record.kind, "fields": outside_of(record, today)}, record)
    lines = summary(placement)
    return Told(body | {"summary": lines}, summary=lines)


def message(placement: Placement, kind: str, today: date) -> dict[str, Any]:
    """The message for an interface; see ``told``."""
    return told(placement, kind, today).body


def record_of(placement: Placement, today: date) -> CreditFacts | None:
    """The 双公示 record, None for other acts. Raises: Refused ``not-confirmed``."""
    try:
        return told_of(placement, today)
    except Refused as refused:
        if refused.code == "not-double" and placement.publication is not None:
            return None
        raise


def outside_of(record: CreditFacts, today: date) -> dict[str, str]:
    """The values of a record as they go outside, by code, without the empty ones."""
    fields = field_set(record.kind, today).fields
    return {one.code: text for one in fields if (text := outside(one, record.values.get(one.code)))}


FELL = "决定已经变更、撤销或者确认违法、无效"


def removal_reason(placement: Placement) -> str:
    """Why it must go, in public words; words that would tell of a person are left out, for a removal MUST go out."""
    shown = placement.publication
    if placement.removal_kind == "ended":
        return "公示期满"
    reason = shown.withdrawal_reason if shown else ""
    try:
        leaving.require_safe(placement, {"撤下的理由": reason})
    except Refused:
        return FELL
    return reason or FELL


def summary(placement: Placement) -> dict[str, str]:
    """What the public reads of a decision, by heading of ``SUMMARY``. Raises: Refused ``leak``."""
    shown, organ = placement.publication, placement.organ
    assert shown is not None  # record_of refuses before
    values = (
        organ.name,
        organ.credit_code,
        placement.number,
        shown.subject,
        shown.subject_code,
        shown.title,
        shown.conclusion,
        placement.decided_on.isoformat(),
        placement.until.isoformat() if placement.until else "",
        f"{settings.MINGJING_PUBLIC_URL}/decisions/{shown.slug}",
    )
    lines = {heading: value for heading, value in zip(SUMMARY, values, strict=True) if value}
    # The address is random and tells nothing; its figures may look like a number.
    leaving.require_safe(placement, {key: text for key, text in lines.items() if key != "公示地址"})
    return lines


def digest_of(told: dict[str, Any]) -> str:
    """SHA-256 of a message in its one form: sorted keys, no blanks."""
    content = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()
