"""The office as a fixture: one world of rows for a module, from which each test goes on by a savepoint."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from mingjing.law.actions import load_codex
from tests.office import Office, found_office, load_law, one_rolled_back_world


@pytest.fixture(scope="module")
def office(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Office]:
    """The law loaded and one organ staffed; gone after the module."""
    var = tmp_path_factory.mktemp("var")
    with one_rolled_back_world(django_db_blocker, var):
        load_law()
        office = found_office()
        office.var = var
        yield office


def law_of_module(at: datetime) -> Any:
    """A fixture for a whole module: the codex loaded once, and there for each of its tests in any order."""

    @pytest.fixture(scope="module", autouse=True)
    def codex(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[None]:
        with one_rolled_back_world(django_db_blocker, tmp_path_factory.mktemp("var")):
            load_codex(at)
            yield

    return codex
