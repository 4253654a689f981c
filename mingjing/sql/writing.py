"""Rows written by statements that are put together once for each table.

The same as ``bulk_create`` and ``save(update_fields=…)``, at a fifth of the CPU; constraints and triggers are the
database's and hold either way. No model of this program does work in ``save()``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import (
    NOT_PROVIDED,
    AutoField,
    BinaryField,
    CharField,
    IntegerField,
    Model,
    TextField,
)

M = TypeVar("M", bound=Model)


def insert(rows: Sequence[M]) -> Sequence[M]:
    """Write new rows of one model and give them the keys that the database made. Cost: 1 query, 0 for no row.

    Columns with a ``db_default`` are left to the database, whatever the row says of them.

    Raises: IntegrityError, as ``bulk_create`` does.
    """
    if not rows:
        return rows
    if any(not row._state.adding for row in rows):
        raise ValueError(f"{type(rows[0]).__name__}: a row that is stored already cannot be inserted")
    start, places, end, fields, key = _insertion(type(rows[0]))
    values = [
        field.get_db_prep_save(field.pre_save(row, True), connection) for row in rows for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"{start}{', '.join([places] * len(rows))}{end}", values)
        keys = cursor.fetchall() if key else []
    for row, (value,) in zip(rows, keys, strict=bool(key)):
        setattr(row, key, value)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return rows


def insert_many(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write many rows given as values in the order of ``names``, without making an object of each.

    For rows by the ten thousand, whose values are numbers, texts, bytes, moments and keys. A related row stands
    by its key, under the name of its column (``log_id``).
    """
    fields = [_by_column(model, name) for name in names]
    columns = ", ".join(_quoted(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    prepare = [(place, field) for place, field in enumerate(fields) if not _goes_as_it_is(field)]
    values = [list(row) for row in rows]
    for place, field in prepare:
        for row in values:
            row[place] = field.get_db_prep_save(row[place], connection)
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES ({places})", values
            )


def update(row: Model, *names: str) -> None:
    """Write these fields of a row that exists. Cost: 1 query.

    Raises: ``DoesNotExist`` of the model if the row is gone.
    """
    sql, fields = _change(type(row), names)
    values = [field.get_db_prep_save(field.pre_save(row, False), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        if not cursor.rowcount:
            raise type(row).DoesNotExist(f"{type(row).__name__} {row.pk}")  # type: ignore[attr-defined]


@cache
def _insertion(model: type[Model]) -> tuple[str, str, str, tuple[Any, ...], str]:
    """The statement before, for and after each row; its fields; the name of the key the database makes."""
    key: Any = model._meta.pk
    made = isinstance(key, AutoField)
    fields: tuple[Any, ...] = tuple(
        field
        for field in model._meta.concrete_fields
        if not (made and field is key) and field.db_default is NOT_PROVIDED
    )
    columns = ", ".join(_quoted(field.column) for field in fields)
    start = f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES "
    places = f"({', '.join(['%s'] * len(fields))})"
    return (
        start,
        places,
        f" RETURNING {_quoted(key.column)}" if made else "",
        fields,
        key.attname if made else "",
    )


@cache
def _change(model: type[Model], names: tuple[str, ...]) -> tuple[str, tuple[Any, ...]]:
    fields: tuple[Any, ...] = tuple(model._meta.get_field(name) for name in names)
    changes = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
    key: Any = model._meta.pk
    sql = f"UPDATE {_quoted(model._meta.db_table)} SET {changes} WHERE {_quoted(key.column)} = %s"
    return sql, (*fields, key)


def _goes_as_it_is(field: Any) -> bool:
    """Whether the driver takes this field's values without Django's help."""
    target = getattr(field, "target_field", field)
    return isinstance(target, IntegerField | BinaryField | CharField | TextField)


def _by_column(model: type[Model], name: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == name)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
