"""Which tests use the database, for the pass on PostgreSQL: the others prove there what they proved before.

Loaded by ``tests/run.py`` (``-p tests.on_database``). pytest-django refuses the database to a test that has
neither its marker nor a fixture that opens it, so nothing that touches the database in this process can be left
out by mistake. What reaches it from a process of its own, by ``MINGJING_DATABASE_URL``, carries the marker
``own_database``.
"""

from __future__ import annotations

import pytest

FIXTURES = frozenset({"db", "transactional_db", "live_server", "django_db_setup"})
MARKERS = ("django_db", "own_database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out every test that has nothing to do with the database."""
    others = [item for item in items if not uses_database(item)]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if uses_database(item)]


def uses_database(item: pytest.Item) -> bool:
    """Whether a test is given the database: by a marker, or by any fixture that it or its fixtures ask for."""
    fixtures = FIXTURES.intersection(getattr(item, "fixturenames", ()))
    return bool(fixtures) or any(item.get_closest_marker(name) for name in MARKERS)
