"""Fixtures that keep tests apart: each has its own record, and nothing that another left in memory.

``tests/conftest.py`` imports them; pytest then applies them to the whole suite.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection

from mingjing.oversight import counting
from mingjing.record import triggers

REAL_TRANSACTIONS = {
    "transactional_db",
    "live_server",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
}


@pytest.fixture(autouse=True)
def own_record_folders(settings: Any, tmp_path: Path) -> None:
    """A log folder and a signing key of its own for each test.

    A published log belongs to one database; after the rows of one test are rolled back, its log on disk
    would rightly be taken for the future of an older backup, and sealing would be refused.
    """
    settings.MINGJING_VAR = tmp_path
    settings.MINGJING_SIGNING_KEY_FILE = tmp_path / "keys" / "record.key"


@pytest.fixture(autouse=True)
def walls_fall_before_rows_are_cleared(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests with real transactions end by deleting all rows, which the walls of the record forbid."""
    marker = request.node.get_closest_marker("django_db")
    real = bool(marker and marker.kwargs.get("transaction")) or REAL_TRANSACTIONS & set(request.fixturenames)
    if not real:
        yield
        return
    # Asked for here so that it is torn down after this fixture.
    request.getfixturevalue("transactional_db")
    execute(triggers.raising(connection.vendor))
    yield
    execute(triggers.lowering(connection.vendor))


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Public pages and figures are kept for a while, and look-ups counted; a test must see its own.

    The first figures of a process take long, for they read the codex: they alone would be kept for the next test,
    whose organ has the same number.
    """
    for one in caches.all(initialized_only=True):
        one.clear()
    counting._kept.clear()


def execute(statements: Iterable[str]) -> None:
    """Run statements in the test's database."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
