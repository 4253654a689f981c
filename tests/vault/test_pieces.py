"""Pieces against a model: whatever is cut, killed or damaged, the told bytes are the sent bytes."""

from __future__ import annotations

import hashlib
import io
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingjing.kernel.refused import Refused
from mingjing.vault import pieces
from mingjing.vault.pieces import ChecksumMismatch

WHOLE = bytes(range(256)) * 3
# How many bytes come, and what happens to them on their way.
ACTS = st.lists(
    st.tuples(
        st.integers(0, 300), st.sampled_from(["good", "cut", "cut-checked", "damaged", "killed", "more"])
    ),
    max_size=25,
)


class Broken:
    """A line that gives some bytes and breaks."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read(self, size: int, /) -> bytes:
        given, self.content = self.content, b""
        if not given:
            raise OSError("reset")
        return given


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=60,
)
@given(ACTS)
def test_what_is_told_is_what_was_sent(tmp_path: Path, acts: list[tuple[int, str]]) -> None:
    path, told = tmp_path / uuid.uuid4().hex, 0
    path.touch()
    for length, act in acts:
        part = WHOLE[told : told + length]
        if act == "more":
            part = WHOLE[told:] + b"x"
        told += _appended(path, told, part, act)
        assert path.read_bytes()[:told] == WHOLE[:told]
        if act != "killed":
            assert path.stat().st_size == told


def _appended(path: Path, told: int, part: bytes, act: str) -> int:
    digest = ("sha256", hashlib.sha256(part).digest())
    sources: dict[str, tuple[Any, Any]] = {
        "good": (io.BytesIO(part), digest),
        "cut": (Broken(part), None),
        "cut-checked": (Broken(part), digest),
        "damaged": (io.BytesIO(part + b"!"), digest),
        "more": (io.BytesIO(part), None),
        "killed": (None, None),
    }
    source, check = sources[act]
    with path.open("r+b") as file:
        if act == "killed":  # bytes lie behind what was told, of whatever kind
            file.seek(told)
            file.write(b"?" * 77)
            return 0
        try:
            return pieces.append(file, told, source, len(WHOLE) - told, check)
        except (ChecksumMismatch, Refused):
            return 0


def test_a_full_disk_leaves_what_was_told(tmp_path: Path) -> None:
    class Full(io.BytesIO):
        def write(self, content: Any, /) -> int:
            raise OSError(28, "No space left on device")

    file = Full(WHOLE)

    with pytest.raises(OSError, match="No space"):
        pieces.append(file, 100, io.BytesIO(b"more"), 500)

    assert file.getvalue() == WHOLE[:100]
