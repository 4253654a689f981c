"""Several people at the same step at the same moment: one wins, the others are told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction

from mingjing.cases.actions import take
from mingjing.cases.models import Case
from tests.cases import together
from tests.office import company, open_matter

ROOT = Path(__file__).resolve().parents[2]
LOSERS = together.RIVALS - 1


@pytest.fixture
def together_file(tmp_path: Path, lay_tables: Callable[[Path], Path]) -> Path:
    return lay_tables(tmp_path / "together.sqlite3")


def on_a_file(mode: str, database: Path) -> dict[str, Any]:
    """The outcome of one mode in a process of its own, on an SQLite file."""
    environment = {
        **os.environ,
        "MINGJING_VAR": str(database.parent),
        "MINGJING_DATABASE_URL": f"sqlite://{database}",
        "DJANGO_SETTINGS_MODULE": "mingjing.settings",
    }
    environment.pop("MINGJING_SIGNING_KEY_FILE", None)
    command = [sys.executable, "-m", "tests.cases.together", mode]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def exactly_one_won(outcome: dict[str, Any]) -> None:
    expected = {
        "approve": ["changed-meanwhile"] * LOSERS + ["won"],
        "seen": ["changed-meanwhile"] * LOSERS + ["won"],
        "once": ["already-submitted"] * LOSERS + ["won"],
        "pay": ["already-paid"] * LOSERS + ["won"],
    }
    assert outcome["outcomes"] == expected
    assert outcome["faults"] == []


@pytest.mark.slow
def test_on_an_sqlite_file_one_wins_and_the_others_are_told(together_file: Path) -> None:
    exactly_one_won(on_a_file("race", together_file))


@pytest.mark.slow
def test_a_process_killed_at_any_moment_leaves_whole_steps_or_nothing(together_file: Path) -> None:
    outcome = on_a_file("kills", together_file)

    assert outcome["faults"] == []
    assert outcome["killed"] == together.KILLS
    assert outcome["steps"] >= together.KILLS
    assert outcome["papers"] >= outcome["steps"] // 2


def each_once(outcome: dict[str, Any]) -> None:
    assert outcome["there"] > 0
    assert outcome["opened"] == outcome["there"] == outcome["different"]
    assert outcome["refused"] == outcome["faults"] == []


@pytest.mark.slow
def test_workers_at_once_on_an_sqlite_file_open_each_yearly_matter_once(together_file: Path) -> None:
    each_once(on_a_file("yearly", together_file))


on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="row locks need PostgreSQL; the file variant above runs anywhere",
)


@pytest.mark.slow
@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_on_postgresql_one_wins_and_the_others_are_told() -> None:
    exactly_one_won(together.race(together.new_office()))


@pytest.mark.slow
@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_on_postgresql_open_each_yearly_matter_once() -> None:
    each_once(together.yearly())


@pytest.mark.slow
@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_on_postgresql_two_cases_do_not_wait_for_each_other() -> None:
    """While one case is held in an open transaction, a step in another one goes through."""
    office = together.new_office()
    held, free = (open_matter(office, party=company()) for _ in range(2))
    taken: list[Any] = []

    def act() -> None:
        try:
            form = free.form("site_inspection")
            taken.append(
                take(
                    case_id=free.case_id,
                    step="site_inspection",
                    facts=form,
                    actor=office.actor("handler", free.at),
                    at=free.at,
                )
            )
        finally:
            connections.close_all()

    with transaction.atomic():
        Case.objects.select_for_update().get(pk=held.case_id)
        held.do("site_inspection")
        other = threading.Thread(target=act)
        other.start()
        other.join(timeout=120)
        assert taken, "the other case waited for the lock of this one"
    assert together.faults() == []
