"""Twenty interruptions, a killed server and two clients at once change nothing in what arrives."""

from __future__ import annotations

from pathlib import Path

import pytest

from .platform import Platform, Session, Uploader, interrupted, random_file

pytestmark = pytest.mark.slow
SIZE = 64 << 20
MOST_MEMORY = 200 << 20


def test_a_file_survives_twenty_interruptions(running: Platform, tmp_path: Path) -> None:
    sha256 = random_file(tmp_path / "film.mp4", SIZE)
    uploader = Uploader(Session(running).sign_in(), tmp_path / "film.mp4", piece_bytes=2 << 20)
    running.begin_measuring()

    interrupted(uploader, times=20, kills=2)

    assert len(uploader.interruptions) == 20
    assert running.lives == 3
    assert uploader.sha256() == sha256
    assert running.measure() < MOST_MEMORY
