"""The recordings of the demo city: a short tone each, really playable, so that no step looks unrecorded by neglect."""

from __future__ import annotations

import io
import math
import uuid
import wave
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from mingjing.cases import actions as cases
from mingjing.cases.actions import Taken
from mingjing.cases.facts import Upload
from mingjing.kernel.procedure import Step as Rule
from mingjing.organs.authority import Actor

_RATE, _SECONDS = 8000, 1
# One matter in so many has lost its recordings: the checks of the case page then have something to say.
_LOST = 9


LATE = "当时在现场办理，没有网络，返回后录入。"


def take(
    case_id: uuid.UUID, rule: Rule, facts: dict[str, Any], actor: Actor, at: datetime, number: int = 1
) -> Taken:
    """Take a step with the recording that it has in matter ``number``, entered as after a day without network."""
    return cases.take(
        case_id=case_id,
        step=rule.id,
        facts=facts,
        actor=actor,
        at=at,
        files=film_of(rule, number),
        late_reason=LATE,
    )


def make_up(rule: Rule, taken: Taken, number: int, officer: Actor, head: Actor, at: datetime) -> None:
    """What an office does about a recording that is not there: sign why, or bring it in late."""
    if rule.recording not in ("key", "full") or taken.seq is None or film_of(rule, number):
        return
    later = at + timedelta(minutes=10)
    if number // _LOST % 2:
        film = Upload("files", f"{rule.title}录音（演示）.wav", "audio/wav", tone(number % 12), "audiovisual")
        cases.add_recording(
            case_id=taken.case_id,
            seq=taken.seq,
            files=[film],
            made_at=at,
            reason="执法记录仪返回后才导出，原件存装备室。",
            actor=officer,
            at=later,
        )
        return
    code = "written_suffices" if rule.recording == "key" else "device_failure"
    words = (
        "文字记录已经双方核对签字，反映了全部过程。"
        if rule.recording == "key"
        else "执法记录仪突然断电，已报修。"
    )
    excuse = cases.excuse_recording(
        case_id=taken.case_id, seq=taken.seq, code=code, text=words, actor=officer, at=later
    )
    if rule.recording == "full":
        cases.confirm_excuse(
            excuse_id=excuse, actor=head, at=later + timedelta(minutes=5), answer="情况属实。"
        )


def film_of(rule: Rule, number: int) -> list[Upload]:
    """The recording of a step that has to be filmed, in matter ``number``; none where it was forgotten."""
    field = next((field for field in rule.facts if field.kind == "files"), None)
    if rule.recording not in ("key", "full") or field is None or number % _LOST == 0:
        return []
    return [
        Upload(field.name, f"{rule.title}录音（演示）.wav", "audio/wav", tone(number % 12), "audiovisual")
    ]


@cache
def tone(pitch: int) -> bytes:
    """A second of a soft tone as WAV."""
    step = 2 * math.pi * 220 * 2 ** (pitch / 12) / _RATE
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(_RATE)
        out.writeframes(bytes(128 + round(40 * math.sin(step * tick)) for tick in range(_RATE * _SECONDS)))
    return buffer.getvalue()
