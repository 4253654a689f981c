"""A database of its own for tests that start processes and kill them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database like the one that the tests run on."""
    if connection.vendor == "sqlite":
        yield f"sqlite://{tmp_path / 'crash.sqlite3'}"
        return
    import psycopg

    name, url = f"crash_{secrets.token_hex(4)}", os.environ["MINGJING_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
