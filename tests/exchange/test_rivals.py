"""Several workers at the same delivery at the same moment: one acts, the others are told or find nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.cases import together
from tests.exchange import rivals

ROOT = Path(__file__).resolve().parents[2]
LOSERS = rivals.WORKERS - 1


def once(outcome: dict[str, Any]) -> None:
    assert outcome["send"] == sorted(["wrong-state"] * LOSERS + ["won"])
    assert outcome["receive"] == ["nothing-sent"] * LOSERS + ["won"]
    assert outcome["pack"] == ["nothing-to-send"] * LOSERS + ["won"]
    assert outcome["settle"] == ["won"] * rivals.WORKERS
    assert sorted(outcome["deliveries"]) == [0, 0, 1, 1]
    assert outcome["faults"] == []


@pytest.mark.slow
def test_on_an_sqlite_file_a_delivery_goes_out_once(
    tmp_path: Path, lay_tables: Callable[[Path], Path]
) -> None:
    environment = {
        **os.environ,
        "MINGJING_VAR": str(tmp_path),
        "MINGJING_DATABASE_URL": f"sqlite://{lay_tables(tmp_path / 'rivals.sqlite3')}",
        "DJANGO_SETTINGS_MODULE": "mingjing.settings",
    }
    environment.pop("MINGJING_SIGNING_KEY_FILE", None)
    command = [sys.executable, "-m", "tests.exchange.rivals"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    once(json.loads(done.stdout))


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "postgresql", reason="the SQLite of the tests lives in one process")
@pytest.mark.django_db(transaction=True)
def test_on_postgresql_a_delivery_goes_out_once() -> None:
    once(rivals.race(together.new_office()))
