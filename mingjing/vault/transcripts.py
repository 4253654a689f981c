"""文字稿: what is said in a recording, line by line with its moments; as bytes to keep, and as text to edit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mingjing.kernel.refused import Refused

FORM = "mingjing-transcript/1"
MEDIA_TYPE = "application/json"
MOST_LINES = 20_000
MOST_LINE = 2_000
_LINE = re.compile(r"\[?(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:\.(\d{1,3}))?\]?\s*(.*)")


@dataclass(frozen=True)
class Line:
    """What is said from ``from_ms`` on; ``to_ms`` is 0 where nobody said until when."""

    from_ms: int
    to_ms: int
    text: str


@dataclass(frozen=True)
class Transcript:
    """The lines in their order."""

    lines: tuple[Line, ...]
    language: str = ""


def write(transcript: Transcript) -> bytes:
    """The bytes that are kept."""
    lines = [[one.from_ms, one.to_ms, one.text] for one in transcript.lines]
    told = {"format": FORM, "language": transcript.language, "lines": lines}
    return json.dumps(told, ensure_ascii=False, indent=0).encode()


def read(content: bytes) -> Transcript:
    """What :func:`write` wrote."""
    told = json.loads(content)
    return Transcript(tuple(Line(*one) for one in told["lines"]), told["language"])


def as_text(transcript: Transcript) -> str:
    """For a person to edit: ``[12:34] text``, one line each."""
    return "\n".join(f"[{clock(one.from_ms)}] {one.text}" for one in transcript.lines)


def from_text(text: str) -> Transcript:
    """What a person wrote; a line without a moment goes on with the one before.

    Raises: Refused ``bad-transcript``.
    """
    lines = list(_read_lines(text.replace("\x00", "")))
    if not lines:
        raise Refused("bad-transcript", "文字稿是空的。", remedy="请按 [分:秒] 文字 的样子逐行填写。")
    if len(lines) > MOST_LINES or any(len(one.text) > MOST_LINE for one in lines):
        raise Refused("bad-transcript", f"文字稿最多 {MOST_LINES} 行，每行最多 {MOST_LINE} 个字。")
    return Transcript(tuple(lines))


def _read_lines(text: str) -> Iterator[Line]:
    last: Line | None = None
    for row in filter(None, (one.strip() for one in text.splitlines())):
        found = _LINE.fullmatch(row)
        if found is None and last is None:
            raise Refused(
                "bad-transcript", f"第一行没有写时间：“{row[:40]}”。", remedy="请按 [分:秒] 文字 的样子填写。"
            )
        if found is None and last is not None:
            last = Line(last.from_ms, 0, f"{last.text}\n{row}".strip())
            continue
        if last is not None:
            yield last
        assert found is not None
        last = Line(_moment(found), 0, found[5].strip())
    if last is not None:
        yield last


def _moment(found: re.Match[str]) -> int:
    hours, minutes, seconds, fraction = found.groups()[:4]
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int((fraction or "0").ljust(3, "0"))


def clock(ms: int) -> str:
    """A moment as people write it: 12:34 or 1:02:03."""
    seconds = ms // 1000
    if seconds >= 3600:
        return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    return f"{seconds // 60:02d}:{seconds % 60:02d}"
