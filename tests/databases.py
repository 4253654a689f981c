"""Databases of their own for tests that start processes and kill them.

A run of all migrations takes ten seconds of a processor, so it happens once in a worker, for the database of its
tests: the tables as they stand then, new and without rows, are kept aside and copied. Whoever gets a copy may
migrate all the same and finds nothing to do.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import ConnectionHandler, connection, connections

from mingjing.settings import _database

KEPT = "_as_new"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Any]:
    """The tests' database, as pytest-django makes it, and aside from it what it is like before any test.

    The value is the copy: the path of an SQLite file, or the name of a PostgreSQL database.
    """
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            kept = tmp_path_factory.mktemp("tables") / f"{KEPT}.sqlite3"
            connection.ensure_connection()
            with closing(sqlite3.connect(kept)) as target:
                connection.connection.backup(target)
            yield kept
            return
        name = str(connection.settings_dict["NAME"])
        connection.close()  # nobody may be connected to what is copied
    with on_server(f"{name}{KEPT}", like=name):
        yield f"{name}{KEPT}"


@pytest.fixture
def database(django_db_setup: Any, tmp_path: Path) -> Iterator[str]:
    """The address of a database like the one that the tests run on: today's tables without a row."""
    if connection.vendor == "sqlite":
        yield f"sqlite://{shutil.copy(django_db_setup, tmp_path / 'crash.sqlite3')}"
        return
    with on_server(f"crash_{secrets.token_hex(4)}", like=django_db_setup) as url:
        yield url


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table."""
    if connection.vendor == "sqlite":
        yield f"sqlite://{tmp_path / 'empty.sqlite3'}"
        return
    with on_server(f"empty_{secrets.token_hex(4)}", like="template1") as url:
        yield url


@contextmanager
def connected_to(address: str) -> Iterator[None]:
    """This thread works on another database meanwhile."""
    usual = connections["default"]
    other = connections["default"] = ConnectionHandler({"default": _database(address)})["default"]
    try:
        yield
    finally:
        other.close()
        connections["default"] = usual


@pytest.fixture(scope="session")
def lay_tables(request: pytest.FixtureRequest) -> Callable[[Path], Path]:
    """Lays an SQLite file with today's tables at a path, for a process that works on SQLite in either pass.

    In a pass on PostgreSQL there is none to copy: the process migrates its own.
    """
    kept = request.getfixturevalue("django_db_setup") if connection.vendor == "sqlite" else None
    return lambda path: Path(shutil.copy(kept, path)) if kept else path


@contextmanager
def on_server(name: str, *, like: str) -> Iterator[str]:
    """A PostgreSQL database, copied from another on the server of this run; its address, while it exists."""
    import psycopg

    url = os.environ["MINGJING_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
