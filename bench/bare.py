"""What the database alone can do: the rows of one step, written straight through the driver."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, models

Statement = tuple[str, list[Any]]


class Bare:
    """A connection of its own, without Django, set up as durable as Django's."""

    def __init__(self) -> None:
        if connection.vendor == "sqlite":
            self._open_sqlite()
        else:
            self._open_postgresql()

    def _open_sqlite(self) -> None:
        database = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None, timeout=30)
        for pragma in settings.DATABASES["default"]["OPTIONS"]["init_command"].split(";"):
            database.execute(pragma)
        self._execute: Callable[..., Any] = database.execute

        @contextmanager
        def transaction() -> Iterator[None]:
            database.execute("BEGIN IMMEDIATE")
            yield
            database.execute("COMMIT")

        self.transaction: Callable[[], AbstractContextManager[Any]] = transaction
        self._mark = "?"

    def _open_postgresql(self) -> None:
        given = settings.DATABASES["default"]
        database = psycopg.connect(
            dbname=given["NAME"], user=given["USER"], host=given["HOST"], autocommit=True
        )
        self._execute, self.transaction, self._mark = database.execute, database.transaction, "%s"

    def run(self, statements: Sequence[Statement]) -> None:
        """The statements in one transaction, committed."""
        with self.transaction():
            for sql, values in statements:
                self._execute(sql.replace("%s", self._mark), values)


def five(row: dict[str, models.Model]) -> list[Statement]:
    """One step as five statements: three inserts, a duty, and the case moved on; the rows get new keys.

    ``row`` holds an ``entry``, ``step``, ``obligation`` and ``case`` that a real step has written.
    """
    entry, step, obligation, case = (row[name] for name in ("entry", "step", "obligation", "case"))
    entry_id, number = uuid.uuid4(), uuid.uuid4().int >> 97
    moved = {"facts", "marking", "stage", "stage_title", "version", "moved_at", "due_at", "outcome"}
    return [
        _insert(entry, id=entry_id, subject=f"bare:{entry_id}"),
        (f'INSERT INTO "{_table("record", "Pending")}" (entry_id) VALUES (%s)', [_uuid(entry_id)]),
        _insert(step, seq=number, entry_id=entry_id),
        _insert(obligation, key=str(entry_id)),
        _update(case, moved),
    ]


def _table(room: str, model: str) -> str:
    from django.apps import apps

    return str(apps.get_model(room, model)._meta.db_table)


def _uuid(value: uuid.UUID) -> Any:
    return value if connection.features.has_native_uuid_field else value.hex


def _prepared(row: models.Model, field: Any, value: Any) -> Any:
    return field.get_db_prep_save(value, connection)


def _insert(row: models.Model, **changed: Any) -> Statement:
    fields = [field for field in row._meta.concrete_fields if not isinstance(field, models.AutoField)]
    values = [_prepared(row, each, changed.get(each.attname, getattr(row, each.attname))) for each in fields]
    columns = ", ".join(f'"{each.column}"' for each in fields)
    places = ", ".join("%s" for _ in fields)
    return f'INSERT INTO "{row._meta.db_table}" ({columns}) VALUES ({places})', values


def _update(row: models.Model, names: set[str]) -> Statement:
    fields = [field for field in row._meta.concrete_fields if field.attname in names]
    values = [_prepared(row, each, getattr(row, each.attname)) for each in fields]
    changes = ", ".join(f'"{each.column}" = %s' for each in fields)
    key = row._meta.pk
    return (
        f'UPDATE "{row._meta.db_table}" SET {changes} WHERE "{key.column}" = %s',
        [*values, _prepared(row, key, row.pk)],
    )
