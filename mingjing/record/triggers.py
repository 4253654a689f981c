"""Walls in the database itself: rows of the log cannot be changed or deleted by any program.

For use in a migration after the tables exist::

    migrations.RunPython(triggers.forward, triggers.backward)

SQLite drops triggers when Django rebuilds a table; a migration that alters one of these tables MUST run
``forward`` again afterwards. ``queries.doctor`` tells when a wall is missing.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("record_entry", "record_leaf", "record_node", "record_checkpoint")

_MESSAGE = "append-only: 全过程记录只能追加，不能修改或删除"
_FUNCTION = "record_append_only"


def forward(apps: Any, schema_editor: Any) -> None:
    """Raise the walls; raising them twice does no harm."""
    for statement in raising(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def backward(apps: Any, schema_editor: Any) -> None:
    """Take the walls down, where they stand."""
    for statement in lowering(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def raising(vendor: str) -> list[str]:
    """The statements that raise the walls in a database of ``vendor``, whether or not they stand."""
    walls = [statement for table in TABLES for statement in _RAISE[vendor](table)]
    return [*lowering(vendor), *_PREPARE[vendor], *walls]


def lowering(vendor: str) -> list[str]:
    """The statements that take the walls down."""
    place = " ON {}" if vendor == "postgresql" else ""
    return [
        f"DROP TRIGGER IF EXISTS {name}{place.format(table)}"
        for table in TABLES
        for name in _names(vendor, table)
    ]


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The walls that ought to stand in this database and do not."""
    catalog = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'",
    }
    with connection.cursor() as cursor:
        cursor.execute(catalog[connection.vendor])
        standing = {name for (name,) in cursor.fetchall()}
    expected = [name for table in TABLES for name in _names(connection.vendor, table)]
    return [name for name in expected if name not in standing]


def _names(vendor: str, table: str) -> tuple[str, ...]:
    events = ("update", "delete") if vendor == "sqlite" else ("change", "truncate")
    return tuple(f"{table}_no_{event}" for event in events)


def _sqlite(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{event} BEFORE {event.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
        for event in ("update", "delete")
    ]


def _postgresql(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()",
    ]


_RAISE = {"sqlite": _sqlite, "postgresql": _postgresql}
_PREPARE = {
    "sqlite": (),
    "postgresql": (
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'restrict_violation'; END $$",
    ),
}
