"""Processes killed at any moment, and disks that fail at any step, lose nothing that was acknowledged.

A thousand kills and more: ``python -m bench crash``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.databases import database
from tests.record import crashes
from tests.run import postgres_binaries

__all__ = ["database"]
pytestmark = [pytest.mark.slow, pytest.mark.own_database]
ROOT = Path(__file__).resolve().parents[2]


def run(mode: str, folder: Path, database: str, kills: int = crashes.RANDOM_KILLS) -> dict[str, object]:
    """The outcome of one mode."""
    environment = {**os.environ, "MINGJING_VAR": str(folder), "MINGJING_DATABASE_URL": database}
    environment |= {"DJANGO_SETTINGS_MODULE": "mingjing.settings"}
    environment.pop("MINGJING_SIGNING_KEY_FILE", None)
    command = [sys.executable, "-m", "tests.record.crashes", mode, str(kills)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_kills_at_random_moments_lose_nothing(tmp_path, database):
    outcome = run("random", tmp_path, database)

    assert outcome["faults"] == []
    assert outcome["killed"] == crashes.RANDOM_KILLS
    assert outcome["entries"] >= outcome["promised"] >= crashes.RANDOM_KILLS
    assert outcome["size"] == outcome["published"] == outcome["entries"]


def test_a_kill_before_any_durable_step_leaves_the_whole_or_nothing(tmp_path, database):
    outcome = run("every", tmp_path, database)

    assert outcome["faults"] == []
    assert outcome["killed"] >= 40
    assert outcome["size"] == outcome["published"] == outcome["entries"]


def test_a_disk_that_fails_at_any_step_makes_nobody_lie(tmp_path, database):
    outcome = run("errors", tmp_path, database)

    assert outcome["faults"] == []
    assert outcome["killed"] == 0
    assert outcome["steps"] >= 20
    assert outcome["size"] == outcome["published"] == outcome["entries"]


def test_processes_that_seal_together_number_each_entry_once(tmp_path, database):
    outcome = run("together", tmp_path, database)

    assert outcome["faults"] == []
    assert outcome["size"] == outcome["published"] == outcome["entries"] == outcome["promised"] == 40


@pytest.mark.skipif(
    connection.vendor != "postgresql" or postgres_binaries() is None,
    reason="kills a whole PostgreSQL: only in the pass on PostgreSQL, with the server's programs at hand",
)
def test_a_database_server_that_is_killed_loses_nothing(tmp_path):
    outcome = run("cluster", tmp_path, os.environ["MINGJING_DATABASE_URL"], kills=3)

    assert outcome["faults"] == []
    assert outcome["killed"] == 3
    assert outcome["size"] == outcome["published"] == outcome["entries"] >= outcome["promised"]
