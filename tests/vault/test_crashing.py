"""A process killed at any moment of taking in a recording loses no acknowledged chunk and leaves nothing dangling."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import database

__all__ = ["database"]
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.own_database
def test_a_kill_before_any_durable_step_loses_nothing_and_the_device_goes_on(
    tmp_path: Path, database: str
) -> None:
    environment = {
        **os.environ,
        "MINGJING_VAR": str(tmp_path),
        "MINGJING_DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "mingjing.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.vault.crashes"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr

    outcome = json.loads(done.stdout)
    assert outcome["faults"] == []
    assert outcome["killed"] >= 50
    assert outcome["acknowledged"] >= 80
