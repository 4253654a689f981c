"""What a device hands in: an act with its key, its time by the device's clock, its values and its files."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from mingjing.cases import actions
from mingjing.kernel import json_text
from mingjing.kernel.refused import Refused
from mingjing.web.ui.wording import SHANGHAI

# Nobody's clock is so wrong that a year more or less would be believed.
_MOST_OFFSET_MS = 366 * 24 * 3600 * 1000
_MOST_TEXT = 2_000_000
MOST_KEY = 2**63 - 1  # of a row, in every database


class Act(NamedTuple):
    """An act as the device sent it: what it tells of itself, and its contents."""

    told: actions.Told
    content: Mapping[str, Any]
    files: MultiValueDict[str, Any]

    def text(self, name: str, limit: int = 300) -> str:
        """A text of the contents, empty where there is none."""
        return str(self.content.get(name) or "").replace("\x00", "").strip()[:limit]

    @property
    def post(self) -> QueryDict:
        """The values as the fields of a form, in their order."""
        post = QueryDict(mutable=True)
        for pair in self.content.get("values") or []:
            name, value = (str(one) for one in pair)
            post.appendlist(name, value)
        return post


def read(request: Any) -> Act:
    """The act of a request. Raises: Refused ``bad-act`` for what no page of ours would send, ``not-yours``."""
    text = str(request.POST.get("act") or "")
    try:
        if len(text) > _MOST_TEXT:
            raise ValueError
        content = json_text.read(text)
        told = _told(content, _digest(text, request.FILES))
        _require_shape(content)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        raise Refused("bad-act", "收到的内容不完整，没有办理。", remedy="请在“待上传”中重新上传。") from None
    if content.get("officer") != request.actor.id:
        raise Refused(
            "not-yours",
            "这一项由另一名执法人员办理，不能以您的名义上传。",
            remedy="请由办理的人员登录后上传。",
        )
    return Act(told, content, request.FILES)


def _require_shape(content: Mapping[str, Any]) -> None:
    """Raises ValueError and its like unless the parts that are read later are what they should be."""
    for _name, _value in content.get("values") or []:
        pass
    if content.get("after"):
        uuid.UUID(content["after"])
    numbers = [*(content.get("handlers") or []), content.get("base") or 0]
    if not all(0 <= int(one) <= MOST_KEY for one in numbers):
        raise ValueError


def _told(content: Mapping[str, Any], digest: str) -> actions.Told:
    offset = int(content.get("offset") or 0)
    if abs(offset) > _MOST_OFFSET_MS:
        raise ValueError
    place = content.get("place")
    return actions.Told(
        key=uuid.UUID(content["key"]),
        kind=str(content["kind"])[:20],
        device=uuid.UUID(content["device"]),
        digest=digest,
        acted_at=moment(content["at"], offset),
        offset_ms=offset,
        late_reason=str(content.get("late_reason") or "").replace("\x00", "").strip()[:500],
        place={name: str(place[name])[:30] for name in ("lat", "lon", "accuracy") if name in place}
        if isinstance(place, dict)
        else None,
    )


def moment(text: str, offset_ms: int) -> datetime:
    """A moment of the device by the platform's clock, to the second."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError
    return (at + timedelta(milliseconds=offset_ms)).astimezone(SHANGHAI).replace(microsecond=0)


def _digest(text: str, files: MultiValueDict[str, Any]) -> str:
    """SHA-256 over what was handed in: the text, and each file's field, size and bytes."""
    found = hashlib.sha256(_stable(text))
    for name in sorted(files):
        for file in files.getlist(name):
            found.update(f"\n{name} {file.size}\n".encode())
            for chunk in file.chunks():
                found.update(chunk)
            file.seek(0)
    return found.hexdigest()


# What the device may add between two tries without the act being another.
_PASSING = ("late_reason", "reason", "held", "why", "after")


def _stable(text: str) -> bytes:
    content = json.loads(text)
    kept = {name: value for name, value in content.items() if name not in _PASSING}
    return json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()
