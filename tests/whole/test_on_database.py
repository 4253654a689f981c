"""What the pass on PostgreSQL leaves out, and that it is nothing which uses the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.on_database import MARKERS, uses_database

TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture
def organ(db: None) -> None:
    """Reaches the database, as most fixtures do."""


def test_a_test_of_rules_alone_is_left_out(request: pytest.FixtureRequest) -> None:
    assert not uses_database(request.node)


@pytest.mark.django_db
def test_the_marker_of_the_database_keeps_a_test(request: pytest.FixtureRequest) -> None:
    assert uses_database(request.node)


@pytest.mark.usefixtures("organ")
def test_a_fixture_that_reaches_the_database_keeps_a_test(request: pytest.FixtureRequest) -> None:
    assert uses_database(request.node)


@pytest.mark.own_database
def test_the_marker_of_processes_keeps_a_test(request: pytest.FixtureRequest) -> None:
    assert uses_database(request.node)


def test_whoever_hands_the_database_to_a_process_carries_the_marker() -> None:
    """pytest-django cannot see into another process, so such tests must say it themselves."""
    said = {path: path.read_text("utf-8") for path in TESTS.rglob("test_*.py") if path != Path(__file__)}
    ways = ('os.environ["MINGJING_DATABASE_URL"]', "from tests.databases import")
    handing = {path for path, text in said.items() if any(way in text for way in ways)}
    marked = {path for path, text in said.items() if f"mark.{MARKERS[1]}" in text}

    assert handing
    assert handing <= marked
