"""Processes killed at any moment lose nothing that was acknowledged and leave a log that verifies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.record import crashes

ROOT = Path(__file__).resolve().parents[2]


def run(mode: str, folder: Path) -> dict[str, object]:
    """The outcome of one mode, on an SQLite file of its own."""
    environment = {
        **os.environ,
        "MINGJING_VAR": str(folder),
        "MINGJING_DATABASE_URL": f"sqlite://{folder / 'crash.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "mingjing.settings",
    }
    command = [sys.executable, "-m", "tests.record.crashes", mode]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_kills_at_random_moments_lose_nothing(tmp_path):
    outcome = run("random", tmp_path)

    assert outcome["faults"] == []
    assert outcome["killed"] == crashes.RANDOM_KILLS
    assert outcome["entries"] >= outcome["promised"] >= crashes.RANDOM_KILLS
    assert outcome["size"] == outcome["published"] == outcome["entries"]


@pytest.mark.slow
def test_a_kill_before_any_durable_step_leaves_the_whole_or_nothing(tmp_path):
    outcome = run("every", tmp_path)

    assert outcome["faults"] == []
    assert outcome["killed"] >= 40
    assert outcome["size"] == outcome["published"] == outcome["entries"]


@pytest.mark.slow
def test_processes_that_seal_together_number_each_entry_once(tmp_path):
    outcome = run("together", tmp_path)

    assert outcome["faults"] == []
    assert outcome["size"] == outcome["published"] == outcome["entries"] == outcome["promised"] == 40
