"""The recordings of the demo city: a short tone each, really playable, so that no step looks unrecorded by neglect."""

from __future__ import annotations

import io
import math
import wave
from functools import cache

from mingjing.cases.facts import Upload
from mingjing.kernel.procedure import Step as Rule

_RATE, _SECONDS = 8000, 1
# One matter in so many has lost its recordings: the checks of the case page then have something to say.
_LOST = 9


def film_of(rule: Rule, number: int) -> list[Upload]:
    """The recording of a step that has to be filmed, in matter ``number``; none where it was forgotten."""
    field = next((field for field in rule.facts if field.kind == "files"), None)
    if rule.recording not in ("key", "full") or field is None or number % _LOST == 0:
        return []
    return [
        Upload(field.name, f"{rule.title}录音（演示）.wav", "audio/wav", _tone(number % 12), "audiovisual")
    ]


@cache
def _tone(pitch: int) -> bytes:
    """A second of a soft tone as WAV."""
    step = 2 * math.pi * 220 * 2 ** (pitch / 12) / _RATE
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(_RATE)
        out.writeframes(bytes(128 + round(40 * math.sin(step * tick)) for tick in range(_RATE * _SECONDS)))
    return buffer.getvalue()
